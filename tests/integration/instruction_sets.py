#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same people with every instruction set of this CPU. Two of them may find a face one step of the stored box apart, and
thus give it two ids, but never put two faces together that another one puts apart.

Expects FACENETD, FNQ, FACENETD_TEST_MODELS and FACENETD_TEST_PHOTOS in the environment."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

models, photos = os.environ.get("FACENETD_TEST_MODELS", ""), os.environ.get("FACENETD_TEST_PHOTOS", "")
if not os.path.isdir(models) or not os.path.isdir(photos):
    print("skipped: the models or the sample photos are missing (scripts/fetch-models)")
    sys.exit(77)
if not shutil.which("jpegtran"):
    print("skipped: jpegtran is not installed")
    sys.exit(77)
folder = tempfile.mkdtemp()


def masks():
    """FACENET_CPU_MASK for each level of this CPU (engine/kernels/cpu.h), from portable C up."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as f:
        words = set(f.read().split())
    ret = [0]
    for bit, needs in enumerate(({"avx2", "fma", "f16c"}, {"avx512f", "avx512bw", "avx512dq", "avx512vl"}, {"avx512_vnni"},
                                 {"amx_bf16"})):
        if not needs <= words:
            break
        ret.append(ret[-1] | 1 << bit)
    return ret if len(ret) > 1 else [0, 16]


def index(mask):
    """[(photo, box, person)] of all faces with a person."""
    data = os.path.join(folder, f"{mask:x}")
    env = dict(os.environ, HOME=folder, FACENET_CPU_MASK=f"{mask:x}")
    args = ["--index", data, "--models", models]
    subprocess.run([os.environ["FACENETD"], "--once", *args, os.path.join(folder, "photos")], env=env, check=True,
                   capture_output=True)
    out = subprocess.run([os.environ["FNQ"], *args, "find", "faces:>=1", "--output", "faces", "--json"], env=env, check=True,
                         capture_output=True, text=True).stdout
    return [(f["photo"], f["box"], (f["person"] or {}).get("id"), f["face"]) for f in json.loads(out)["faces"]]


def overlap(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(w, 0) * max(h, 0)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def compare(one, two):
    """Faces of the two by overlap; the number with another id. Exits if the people differ."""
    ids = 0
    there, back = {}, {}
    if len(one) != len(two):
        sys.exit(f"{len(one)} faces, and {len(two)}")
    for photo, box, person, face in one:
        other = max((f for f in two if f[0] == photo), key=lambda f: overlap(box, f[1]))
        if overlap(box, other[1]) < .9:
            sys.exit(f"{face} has no counterpart")
        ids += other[3] != face
        if (person is None) != (other[2] is None):
            sys.exit(f"{face} belongs to nobody in one of the two")
        if person and (there.setdefault(person, other[2]) != other[2] or back.setdefault(other[2], person) != person):
            sys.exit(f"{face} is with other faces")
    return ids


try:
    subprocess.run([os.path.join(os.environ["FN_SOURCE_DIR"], "scripts", "sample-album"), photos,
                    os.path.join(folder, "photos")], check=True, capture_output=True)
    levels = masks()
    results = [index(mask) for mask in levels]
    for mask, result in zip(levels[1:], results[1:]):
        ids = compare(results[0], result)
        print(f"mask {mask:x}: {len(result)} faces, {ids} with another id, the same people")
finally:
    shutil.rmtree(folder)
