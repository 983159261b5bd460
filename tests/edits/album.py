# SPDX-License-Identifier: MIT
"""Photos whose people are known by the way they are made: crops of faces from the sample photos, side by side on a plain ground.

Where a person is follows from the layout alone, so a test does not ask the program for what it then compares the program with.
All positions are in pixels of the upright picture."""
import io
import random
from collections import namedtuple

from PIL import Image, ImageEnhance

# Sample photo, centre of the face and height of the face, in parts of the photo's width and height. The sample photos are pinned.
ROW = {
    "Ann": ("sample6.jpg", 0.662, 0.293, 0.183),
    "Ben": ("sample6.jpg", 0.825, 0.259, 0.194),
    "Cleo": ("sample2.jpg", 0.801, 0.208, 0.171),
    "Dan": ("sample1.jpg", 0.260, 0.375, 0.185),
    "Eve": ("sample3.jpg", 0.612, 0.258, 0.237),
}
SINGLE = {
    "Fay": ("sample1.jpg", 0.822, 0.250, 0.175),
    "Gil": ("sample5.jpg", 0.242, 0.727, 0.228),
    "Hal": ("sample3.jpg", 0.833, 0.319, 0.220),
    "Ida": ("sample6.jpg", 0.396, 0.312, 0.206),
    "Jim": ("sample3.jpg", 0.358, 0.348, 0.206),
    "Kim": ("sample5.jpg", 0.784, 0.378, 0.199),
    "Lea": ("sample4.jpg", 0.699, 0.185, 0.152),
    "Max": ("sample4.jpg", 0.183, 0.222, 0.157),
    "Nic": ("sample5.jpg", 0.626, 0.225, 0.164),
}
TILE = (200, 300)  # pixels of a crop: narrow, as there are other people beside most of them
AROUND = 2.1  # height of a crop in face heights
STEP = 336  # from one person to the next
NEAR = STEP * 0.3  # a face is where it should be within this many pixels

Person = namedtuple("Person", "name x y")
Picture = namedtuple("Picture", "data width height people")  # data: the bytes of the JPEG


def missing(photos):
    """The name of a sample photo that is not there, or None."""
    return next((p[0] for p in {**ROW, **SINGLE}.values() if not (photos / p[0]).is_file()), None)


def some_of(identities, seed):
    """Random people of a folder with a folder of aligned pictures for each, such as LFW."""
    names = [*ROW, *SINGLE]
    some = random.Random(seed).sample(sorted(f for f in identities.iterdir() if any(f.glob("*.jpg"))), len(names))
    return {name: (sorted(f.glob("*.jpg"))[0], 0.5, 0.5, 0.42) for name, f in zip(names, some)}


class Album:
    """Makes pictures. No two are equal, and a person does not look the same in any two: programs may know edits by likeness."""

    def __init__(self, photos, seed=1, people=None):
        self.random = random.Random(seed)
        self.crops = {name: self._crop(photos, *where) for name, where in (people or {**ROW, **SINGLE}).items()}
        self.made = 0

    @staticmethod
    def _crop(photos, file, x, y, height):
        whole = Image.open(photos / file).convert("RGB")
        half = height * whole.height * AROUND / 2
        side = half * TILE[0] / TILE[1]
        x, y = x * whole.width, y * whole.height
        box = tuple(round(v) for v in (x - side, y - half, x + side, y + half))
        return whole.crop(box).resize(TILE, Image.LANCZOS)

    def _pose(self, name, ground):
        """The person with another tilt, shape of the face and light; the face stays in the middle."""
        between = self.random.uniform
        image = self.crops[name].rotate(between(-12, 12), Image.BICUBIC, fillcolor=ground)
        for change in (ImageEnhance.Color, ImageEnhance.Contrast, ImageEnhance.Brightness):
            image = change(image).enhance(between(0.7, 1.3))
        height = between(0.8, 1.1)
        image = image.resize((round(TILE[0] * height * between(0.88, 1.15)), round(TILE[1] * height)), Image.LANCZOS)
        lean = between(-0.15, 0.15)
        return image.transform(image.size, Image.AFFINE, (1, lean, -lean * image.height / 2, 0, 1, 0), Image.BICUBIC, fillcolor=ground)

    def picture(self, people, width, height):
        self.made += 1
        ground = tuple(self.random.randrange(70, 190) for _ in range(3))
        image = Image.new("RGB", (width, height), ground)
        for p in people:
            pose = self._pose(p.name, ground)
            image.paste(pose, (p.x - pose.width // 2, p.y - pose.height // 2))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=93)
        return Picture(out.getvalue(), width, height, people)

    def five(self):
        """Five people in a row, evenly: mirrored, each is where another one was."""
        names = list(ROW)
        self.random.shuffle(names)
        x = 1680 // 2 - 2 * STEP + 8 * self.random.randrange(-1, 2)
        return self.picture([Person(n, x + i * STEP, 340 + self.random.randrange(-40, 41)) for i, n in enumerate(names)], 1680, 720)

    def one(self, name=None):
        name = name or list(SINGLE)[self.made // 2 % len(SINGLE)]
        return self.picture([Person(name, self.random.randrange(380, 600), self.random.randrange(260, 440))], 960, 720)
