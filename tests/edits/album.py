# SPDX-License-Identifier: MIT
"""Photos whose people are known by the way they are made: crops of faces from the sample photos, side by side on a plain ground.

Where a person is follows from the layout alone, so a test does not ask the program for what it then compares the program with.
All positions are in pixels of the upright picture."""
import io
import random
from collections import namedtuple

from PIL import Image, ImageEnhance

# Sample photo, centre of the face and height of the face, in parts of the photo's width and height. The sample photos are pinned.
PEOPLE = {
    "Ann": ("sample6.jpg", 0.662, 0.293, 0.183),
    "Ben": ("sample6.jpg", 0.825, 0.259, 0.194),
    "Cleo": ("sample2.jpg", 0.801, 0.208, 0.171),
    "Dan": ("sample1.jpg", 0.260, 0.375, 0.185),
    "Eve": ("sample3.jpg", 0.612, 0.258, 0.237),
}
TILE = (200, 300)  # pixels of a crop: narrow, as there are other people beside most of them
AROUND = 2.1  # height of a crop in face heights
STEP = 336  # from one person to the next
NEAR = STEP * 0.3  # a face is where it should be within this many pixels

Person = namedtuple("Person", "name x y")
Picture = namedtuple("Picture", "data width height people")  # data: the bytes of the JPEG


def missing(photos):
    """The name of a sample photo that is not there, or None."""
    return next((p[0] for p in PEOPLE.values() if not (photos / p[0]).is_file()), None)


def five_of(identities, seed):
    """Five random people of a folder with a folder of aligned pictures for each, such as LFW."""
    some = random.Random(seed).sample(sorted(f for f in identities.iterdir() if any(f.glob("*.jpg"))), 5)
    return {name: (sorted(f.glob("*.jpg"))[0], 0.5, 0.5, 0.42) for name, f in zip(PEOPLE, some)}


class Album:
    """Makes pictures; no two are equal."""

    def __init__(self, photos, seed=1, people=None):
        self.random = random.Random(seed)
        self.crops = {name: self._crop(photos, *where) for name, where in (people or PEOPLE).items()}
        self.made = 0

    @staticmethod
    def _crop(photos, file, x, y, height):
        whole = Image.open(photos / file).convert("RGB")
        half = height * whole.height * AROUND / 2
        side = half * TILE[0] / TILE[1]
        x, y = x * whole.width, y * whole.height
        box = tuple(round(v) for v in (x - side, y - half, x + side, y + half))
        return whole.crop(box).resize(TILE, Image.LANCZOS)

    def picture(self, names, width, height, first_x, y):
        """The named people from left to right; the first has its face at (first_x, y)."""
        self.made += 1
        ground = tuple(self.random.randrange(70, 190) for _ in range(3))
        image = Image.new("RGB", (width, height), ground)
        people = []
        for i, name in enumerate(names):
            x = first_x + i * STEP
            crop = ImageEnhance.Brightness(self.crops[name]).enhance(self.random.uniform(0.93, 1.07))
            image.paste(crop, (x - TILE[0] // 2, y - TILE[1] // 2))
            people.append(Person(name, x, y))
        # A mark of its own: also two pictures of one person on the same ground differ.
        image.paste((self.made * 40 % 256, self.made // 6 * 40 % 256, 128), (0, height - 16, 16, height))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=93)
        return Picture(out.getvalue(), width, height, people)

    def five(self):
        """Five people in a row, evenly: mirrored, each is where another one was."""
        names = list(self.crops)
        self.random.shuffle(names)
        x = 1680 // 2 - 2 * STEP + 8 * self.random.randrange(-1, 2)
        return self.picture(names, 1680, 720, x, 340 + 8 * self.random.randrange(-2, 3))

    def one(self, name=None):
        name = name or list(self.crops)[self.made % len(self.crops)]
        return self.picture([name], 960, 720, 380 + 8 * self.random.randrange(-2, 3), 340)
