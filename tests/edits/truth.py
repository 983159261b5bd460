# SPDX-License-Identifier: MIT
"""Compares the names that the index shows with the people that are in a picture."""
import math

from album import NEAR


def confirmed(photo, picture):
    """[(name, x, y)] of the confirmed faces, in pixels of the picture."""
    return [
        (f["person"]["name"], (f["box"][0] + f["box"][2] / 2) * picture.width, (f["box"][1] + f["box"][3] / 2) * picture.height)
        for f in photo["faces"]
        if f["state"] == "confirmed"
    ]


def person_at(picture, x, y):
    """The person whose face is nearest, if it is near enough."""
    best = min(picture.people, key=lambda p: math.hypot(p.x - x, p.y - y), default=None)
    return best.name if best and math.hypot(best.x - x, best.y - y) <= NEAR else None


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
    for f in photo["faces"]:
        x, y, w, h = f["box"]
        there = person_at(picture, (x + w / 2) * picture.width, (y + h / 2) * picture.height)
        if there and there not in ids:
            ids[there] = f["face"]
    return ids
