# SPDX-License-Identifier: MIT
"""A folder of photos whose people are labelled, made once; then any number of tests that start from it."""
import collections
import shutil

import programs
import truth


LIKE = 0.4  # squared distance of embeddings; an edit is below .15, another photo of the person rarely


def recognised(pictures, found):
    """Whether the program finds everybody in each of the versions of a picture, and they look to it as in the first one. A face
    on its side, for example, is sometimes found as it stands, and then looks like nobody."""
    first = truth.embeddings(found[0], pictures[0])
    return len(first) == len(pictures[0].people) and all(
        name in (now := truth.embeddings(faces, picture)) and truth.distance(first[name], now[name]) <= LIKE
        for faces, picture in zip(found[1:], pictures[1:])
        for name in {p.name for p in picture.people}
    )


def findable(p, makers):
    """Calls each maker, which returns the versions of a picture, until the program recognises everybody in all of them."""
    made = [None] * len(makers)
    for _ in range(40):
        some = [(i, make()) for i, make in enumerate(makers) if not made[i]]
        if not some:
            return made
        found = iter(p.found([picture for _, pictures in some for picture in pictures]))
        for i, pictures in some:
            if recognised(pictures, [next(found) for _ in pictures]):
                made[i] = pictures
    raise programs.Failed("no pictures in which everybody is recognised: numbers %s" % [i for i, m in enumerate(made) if not m])


class Scene:
    """pictures: {path below the folder: Picture}; the people in those of `unlabelled` are not labelled."""

    def __init__(self, p, pictures, unlabelled=()):
        self.p = p
        self.pictures, self.unlabelled = pictures, set(unlabelled)

    def path(self, name):
        return self.p.photos / name

    def lay_out(self):
        """The photos as they were at first, in the same folder: the index knows it by its inode."""
        for f in self.p.photos.iterdir():
            shutil.rmtree(f) if f.is_dir() else f.unlink()
        for name, picture in self.pictures.items():
            self.path(name).parent.mkdir(exist_ok=True)
            self.path(name).write_bytes(picture.data)

    def set_up(self):
        self.lay_out()
        self.p.once()
        faces = collections.defaultdict(list)
        for name, picture in self.pictures.items():
            photo = self.p.photo(self.path(name))
            ids = truth.ids_of(photo, picture) if photo else {}
            if len(ids) != len(picture.people):
                raise programs.Failed("%s: %d of %d people are found where they are" % (name, len(ids), len(picture.people)))
            if name not in self.unlabelled:
                for person, face in ids.items():
                    faces[person].append(face)
        for person, ids in sorted(faces.items()):
            self.p.fnq("label", *ids, person, "-y")
        shutil.copytree(self.p.index, self.p.top / "labelled", ignore=shutil.ignore_patterns("sock"))

    def back_to_start(self):
        if self.p.daemon:
            self.p.kill()
        shutil.rmtree(self.p.index)
        shutil.copytree(self.p.top / "labelled", self.p.index)
        self.lay_out()
        self.p.once()  # the contents are known: nothing is computed
        for name, picture in self.pictures.items():
            right, wrong = self.names(name, picture)
            if wrong or len(right) != (0 if name in self.unlabelled else len(picture.people)):
                raise programs.Failed("%s is not as it was labelled" % name)

    def names(self, name, picture):
        """(names on their own faces, {name on another face: whose}) that the index shows for this file; None: not indexed."""
        photo = self.p.photo(self.path(name))
        return truth.names_in(photo, picture) if photo else (None, {})
