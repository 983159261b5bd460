# SPDX-License-Identifier: MIT
"""Edits of photos. Each takes a Picture and returns the edited one, with the people where this edit puts them: every edit has
its own arithmetic here, and none asks the program.

An edit may put people outside the picture; they are left out of its people."""
import io
import math
import shutil
import struct
import subprocess

from PIL import Image, ImageEnhance

from album import Person, Picture


def _decoded(picture):
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


def _encoded(image, quality=90):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _moved(picture, data, width, height, where):
    """where(x, y) is the new position of a point. People near or over the edge are gone."""
    people = [Person(p.name, *where(p.x, p.y)) for p in picture.people]
    return Picture(data, width, height, [p for p in people if 0 < p.x < width and 0 < p.y < height])


def _same_places(picture, data):
    return picture._replace(data=data)


def _segment(picture, marker, content):
    """Inserts a segment after the start of the file; the pixels stay as they are."""
    body = struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
    return picture.data[:2] + body + picture.data[2:]


def tag(picture):
    return _same_places(picture, _segment(picture, 0xFE, b"the artist is known"))


def orientation_tag(picture, value=6):
    """An Exif segment with nothing but the orientation: 6 is a quarter turn clockwise, 8 against the clock, 3 a half."""
    exif = b"Exif\0\0" + b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, value, 0, 0)
    w, h = picture.width, picture.height
    turns = {
        2: (w, h, lambda x, y: (w - x, y)),
        3: (w, h, lambda x, y: (w - x, h - y)),
        6: (h, w, lambda x, y: (h - y, x)),
        8: (h, w, lambda x, y: (y, w - x)),
    }
    return _moved(picture, _segment(picture, 0xE1, exif), *turns[value])


def _jpegtran(picture, *options):
    return subprocess.run(["jpegtran", "-copy", "all", *options], input=picture.data, stdout=subprocess.PIPE, check=True).stdout


def lossless_rotation(picture):
    w, h = picture.width, picture.height
    return _moved(picture, _jpegtran(picture, "-rotate", "90"), h, w, lambda x, y: (h - y, x))


def mirror(picture):
    w, h = picture.width, picture.height
    return _moved(picture, _jpegtran(picture, "-flip", "horizontal"), w, h, lambda x, y: (w - x, y))


def crop(picture):
    """Takes a fifth from the left and a little from the other sides: the first of five people is cut away."""
    w, h = picture.width, picture.height
    left, top, right, bottom = w * 2 // 10, h // 12, w - w // 50, h - h // 20
    data = _encoded(_decoded(picture).crop((left, top, right, bottom)), 92)
    kept = picture._replace(people=[p for p in picture.people if p.x - left > 40])
    return _moved(kept, data, right - left, bottom - top, lambda x, y: (x - left, y - top))


def resize(picture):
    w, h = picture.width * 7 // 10, picture.height * 7 // 10
    data = _encoded(_decoded(picture).resize((w, h), Image.LANCZOS))
    return _moved(picture, data, w, h, lambda x, y: (x * w / picture.width, y * h / picture.height))


def reencode(picture):
    return _same_places(picture, _encoded(_decoded(picture), 70))


def colour(picture):
    image = ImageEnhance.Brightness(ImageEnhance.Color(_decoded(picture)).enhance(0.4)).enhance(1.15)
    return _same_places(picture, _encoded(image))


def straighten(picture, degrees=3):
    """Turned clockwise around the middle, then cut so that no corner is empty."""
    w, h = picture.width, picture.height
    a = math.radians(degrees)
    cut_x, cut_y = math.ceil(h / 2 * math.sin(a)), math.ceil(w / 2 * math.sin(a))
    image = _decoded(picture).rotate(-degrees, Image.BICUBIC)
    data = _encoded(image.crop((cut_x, cut_y, w - cut_x, h - cut_y)), 92)

    def where(x, y):
        dx, dy = x - w / 2, y - h / 2
        return (
            w / 2 + dx * math.cos(a) - dy * math.sin(a) - cut_x,
            h / 2 + dx * math.sin(a) + dy * math.cos(a) - cut_y,
        )

    return _moved(picture, data, w - 2 * cut_x, h - 2 * cut_y, where)


def sideways(picture):
    """As a phone stores it that was held upright: pixels on their side, and the tag that turns them."""
    turned = picture._replace(data=_jpegtran(picture, "-rotate", "270"))
    tagged = orientation_tag(turned._replace(width=picture.height, height=picture.width, people=[]), 6)
    return picture._replace(data=tagged.data)


def turned_for_good(picture):
    """sideways() undone, as programs do that turn pixels upright and drop the tag."""
    stored = picture._replace(data=_jpegtran(picture, "-rotate", "90"))
    return _same_places(picture, _without_exif(stored.data))


def orientation_dropped(picture):
    """The tag of sideways() is gone, and the pixels stay: a quarter turn against the clock."""
    w, h = picture.width, picture.height
    return _moved(picture, _without_exif(picture.data), h, w, lambda x, y: (y, w - x))


def _without_exif(data):
    at = 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2:at + 4], "big")
        if data[at + 1] == 0xE1:
            return data[:at] + data[end:]
        at = end
    return data


def next_of_burst(picture):
    """Another picture, taken a moment later: nearly the same, but no edit of the first."""
    image = ImageEnhance.Brightness(_decoded(picture)).enhance(1.03)
    data = _encoded(image.crop((6, 3, *image.size)).resize(image.size, Image.BICUBIC))
    return _same_places(picture, data)


def padded(picture, size):
    """The same picture in a file of this size; encoded again if it is too large."""
    quality = 90
    while len(picture.data) > size - 4:
        picture = _same_places(picture, _encoded(_decoded(picture), quality))
        quality -= 10
    rest = size - len(picture.data) - 4
    while rest > 60000:
        picture = _same_places(picture, _segment(picture, 0xFE, bytes(60000)))
        rest = size - len(picture.data) - 4
    return _same_places(picture, _segment(picture, 0xFE, bytes(rest)))


EDITS = {
    "tag edit": tag,
    "orientation tag": orientation_tag,
    "rotate 90": lossless_rotation,
    "mirror": mirror,
    "crop": crop,
    "resize": resize,
    "re-encode": reencode,
    "colour": colour,
    "straighten 3": straighten,
}
# All labels must be right after these; the others may lose some, if they say so.
SAFE = ("tag edit", "orientation tag", "rotate 90", "mirror", "resize", "re-encode", "colour")


def missing_tool():
    return next((t for t in ("jpegtran",) if not shutil.which(t)), None)
