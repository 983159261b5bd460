#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How far a face moves when its picture is edited: the figures of docs/decisions/edits.md.

Edits each JPEG below the folders, compares the faces before and after by `fnq embed`, and prints percentiles of the squared
distance. A face is found again by where it has to be. Folders with one person each (--people) also give the distances of one
person in two pictures.

  edit_drift.py [--people] [--limit N] FOLDER...      FNQ: the program (build/release/cli/fnq)
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageEnhance, ImageOps


def colours(im):
    im = ImageEnhance.Brightness(im).enhance(1.25)
    return ImageEnhance.Color(ImageEnhance.Contrast(im).enhance(1.2)).enhance(0.7)


def cropped(im, left, top, right, bottom):
    w, h = im.size
    return im.crop((int(w * left), int(h * top), int(w * right), int(h * bottom)))


# name: edit, and where a point goes (in parts of the picture)
EDITS = {
    "crop": (lambda im: cropped(im, 0.08, 0.06, 0.95, 0.92), lambda x, y: ((x - 0.08) / 0.87, (y - 0.06) / 0.86)),
    "half the size": (lambda im: im.resize((im.width // 2, im.height // 2), Image.LANCZOS), lambda x, y: (x, y)),
    "a quarter of the size": (lambda im: im.resize((im.width // 4, im.height // 4), Image.LANCZOS), lambda x, y: (x, y)),
    "JPEG quality 50": (lambda im: im, lambda x, y: (x, y)),
    "mirror": (ImageOps.mirror, lambda x, y: (1 - x, y)),
    "straightened by 3 degrees": (
        lambda im: cropped(im.rotate(3, resample=Image.BICUBIC), 0.05, 0.05, 0.95, 0.95),
        lambda x, y: ((x - 0.05) / 0.9, (y - 0.05) / 0.9),
    ),
    "colours": (colours, lambda x, y: (x, y)),
    "black and white": (lambda im: im.convert("L").convert("RGB"), lambda x, y: (x, y)),
}


def embed(fnq, paths):
    """[[(centre x, centre y, size, quality, vector)]] of files."""
    out = subprocess.run([fnq, "--jsonl", "embed", *map(str, paths)], capture_output=True, check=False).stdout
    found = []
    for line in out.splitlines():
        faces = json.loads(line)["faces"]
        boxes = [f["box"] for f in faces]
        found.append([(b[0] + b[2] / 2, b[1] + b[3] / 2, max(b[2:]), f["quality"], np.array(f["embedding"])) for f, b in zip(faces, boxes)])
    return found


def d2(a, b):
    return float(((a - b) ** 2).sum())


def show(what, distances, missed):
    if distances:
        print("%-28s %5d faces, %d not found   median %.3f  95 %% %.3f  99 %% %.3f" % (what, len(distances), missed, *np.percentile(distances, [50, 95, 99])))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--people", action="store_true")
    p.add_argument("--limit", type=int, default=100)
    p.add_argument("folders", nargs="+")
    o = p.parse_args()
    fnq = os.environ.get("FNQ", "build/release/cli/fnq")
    files = sorted(f for folder in o.folders for f in pathlib.Path(folder).rglob("*.jpg"))
    files = files[:: max(1, len(files) // o.limit)][: o.limit]
    if not files:
        sys.exit("no *.jpg there")
    before = embed(fnq, files)
    for name, (edit, moved) in EDITS.items():
        with tempfile.TemporaryDirectory() as top:
            paths = [pathlib.Path(top) / ("%d.jpg" % i) for i in range(len(files))]
            for f, to in zip(files, paths):
                edit(Image.open(f).convert("RGB")).save(to, quality=50 if name.startswith("JPEG") else 92)
            after = embed(fnq, paths)
        distances, missed = [], 0
        for old, new in zip(before, after):
            for x, y, size, quality, v in old:
                if quality < 0.3:
                    continue
                u, w = moved(x, y)
                near = [d2(v, g[4]) for g in new if max(abs(g[0] - u), abs(g[1] - w)) < size * 0.6]
                if near:
                    distances.append(min(near))
                else:
                    missed += 1
        show(name, distances, missed)
    if o.people:
        folders = {}
        for f, faces in zip(files, before):
            folders.setdefault(f.parent, []).extend(g[4] for g in faces[:1])
        pairs = [d2(a, b) for v in folders.values() for i, a in enumerate(v) for b in v[:i]]
        if pairs:
            print("one person, two pictures: %d pairs, 1 %% %.3f  5 %% %.3f  median %.3f" % (len(pairs), *np.percentile(pairs, [1, 5, 50])))


if __name__ == "__main__":
    main()
