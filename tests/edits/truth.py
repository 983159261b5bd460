# SPDX-License-Identifier: MIT
"""Compares the names that the index shows with the people that are in a picture."""
import math

from album import NEAR


def places(faces, picture):
    """[(face, x, y)] of the middle of its box, in pixels of the picture."""
    boxes = [(f, *f["box"]) for f in faces]
    return [(f, (x + w / 2) * picture.width, (y + h / 2) * picture.height) for f, x, y, w, h in boxes]


def confirmed(photo, picture):
    """[(name, x, y)] of the confirmed faces, in pixels of the picture."""
    return [(f["person"]["name"], x, y) for f, x, y in places(photo["faces"], picture) if f["state"] == "confirmed"]


def person_at(picture, x, y):
    """The person whose face is nearest, if it is near enough."""
    best = min(picture.people, key=lambda p: math.hypot(p.x - x, p.y - y), default=None)
    return best.name if best and math.hypot(best.x - x, best.y - y) <= NEAR else None


def is_found(faces, picture, person):
    """Whether one of the faces is where this person is."""
    return any(math.hypot(x - person.x, y - person.y) <= NEAR for _, x, y in places(faces, picture))


def embeddings(faces, picture):
    """{name: embedding of the face that is where this person is}."""
    near = {}
    for p in picture.people:
        here = [(math.hypot(x - p.x, y - p.y), f["embedding"]) for f, x, y in places(faces, picture)]
        if here and min(here)[0] <= NEAR:
            near[p.name] = min(here)[1]
    return near


def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b))


def names_in(photo, picture):
    """(names on their own faces, {name: whose face it is on}) of one photo."""
    right, wrong = set(), {}
    for name, x, y in confirmed(photo, picture):
        there = person_at(picture, x, y)
        if there == name and name not in right:
            right.add(name)
        else:
            wrong[name] = there or "nobody"
    return right, wrong


def ids_of(photo, picture):
    """{name: id of the face that is where this person is}."""
    ids = {}
    for p in picture.people:
        near = [(math.hypot(x - p.x, y - p.y), f["face"]) for f, x, y in places(photo["faces"], picture)]
        if near and min(near)[0] <= NEAR:
            ids[p.name] = min(near)[1]
    return ids
