#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every id that fnq ever printed is valid at the end of 200 random acts, additions and deletions of photos.

The ids are those in the output of the commands: whole in pipes and JSON, short in text. Expects FNQ, MAKE_INDEX and
CHANGE_INDEX in the environment. FN_TEST_SEED: another run."""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

STEPS = 200
PEOPLE = 6
NAMES = ["Ann Berg", "Bea", "Carl Ek", "Dora", "Emil Fuchs"]
rng = random.Random(int(os.environ.get("FN_TEST_SEED", "1")))
folder = tempfile.mkdtemp()
index = os.path.join(folder, "index")
home = os.path.join(folder, "home")
env = dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home, XDG_RUNTIME_DIR=home, LC_ALL="C.UTF-8")
printed = {"people": set(), "faces": set(), "photos": set()}
by_acts = {}


def run(*args):
    p = subprocess.run(args, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    return p.returncode, p.stdout, p.stderr


def fnq(*args):
    return run(os.environ["FNQ"], "--index", index, "--no-daemon", *args)


def collect(text):
    """The ids in an output."""
    printed["people"].update(re.findall(r"\bp[a-z2-7]{26}\b", text))
    printed["people"].update(re.findall(r"unnamed (p[a-z2-7]{7})\b", text))
    printed["faces"].update(re.findall(r"\bf[0-9a-f]{16}\b|\bf[0-9a-f]{8}\b", text))
    printed["photos"].update(re.findall(r"\b[0-9a-f]{32}\b", text))


def ask(*args):
    code, out, errors = fnq(*args)
    if code not in (0, 1):
        sys.exit(f"fnq {' '.join(args)}: exit {code}: {errors}")
    collect(out)
    return out


def people():
    lines = ask("people", "list", "--all").splitlines()
    return [(f[0], f[1]) for f in (line.split("\t") for line in lines)]


def here():
    return json.loads(ask("find", "faces:>=1", "--output", "photos", "--json"))["photos"]


def faces():
    return [line.split("\t")[0] for line in ask("faces", "list").splitlines()]


def who():
    identity, name = rng.choice(people())
    return name if name and rng.random() < .5 else identity if rng.random() < .5 else identity[:8]


def some(items):
    return rng.sample(items, min(len(items), rng.randint(1, 4)))


def act():
    kind = rng.choice(["name", "name", "merge", "hide", "unhide", "split", "label", "label", "confirm", "reject", "notface",
                       "undo", "undo", "redo"])
    all_faces = faces()
    args = {"name": lambda: ("people", "name", who(), rng.choice(NAMES)),
            "merge": lambda: ("people", "merge", who(), who()),
            "hide": lambda: ("people", "hide", who()),
            "unhide": lambda: ("people", "unhide", who()),
            "split": lambda: ("people", "split", who(), "--take", "A"),
            "label": lambda: ("label", *some(all_faces), rng.choice(NAMES)),
            "confirm": lambda: ("confirm", *some(all_faces)),
            "reject": lambda: ("reject", *some(all_faces)),
            "notface": lambda: ("notface", rng.choice(all_faces)),
            "undo": lambda: ("undo",) if rng.random() < .7 else ("undo", f"L{rng.randint(1, 60)}"),
            "redo": lambda: ("redo",)}[kind]() if all_faces else ("undo",)
    code, out, errors = fnq(*args, "--yes")
    if code in (7, 8, 70) or code < 0:
        sys.exit(f"fnq {' '.join(args)}: exit {code}: {errors}")
    collect(out)
    by_acts[kind, code == 0] = by_acts.get((kind, code == 0), 0) + 1


def change(number):
    photos = here()
    if photos and rng.random() < .55:
        path = os.path.relpath(rng.choice(photos)["path"], os.path.join(folder, "photos"))
        code, _, errors = run(os.environ["CHANGE_INDEX"], index, "remove", path)
    else:
        code, _, errors = run(os.environ["CHANGE_INDEX"], index, "add", str(number % 60), str(PEOPLE))
    if code:
        sys.exit(errors)


def look():
    """The commands that print ids."""
    for identity, _ in people()[:3]:
        ask("people", "show", identity)
        ask("people", "show", identity, "--json")
    ask("people", "list")
    some_photos = some(here())
    for photo in some_photos[:2]:
        ask("photos", "show", photo["photo"])
    for face in some(faces())[:2]:
        ask("faces", "show", face)
    ask("find", "faces:>=1", "--output", "faces")
    ask("log")


def resolve(kind):
    ids = sorted(printed[kind])
    bad = []
    for i in range(0, len(ids), 40):
        if fnq(kind, "show", *ids[i:i + 40])[0]:
            bad += [x for x in ids[i:i + 40] if fnq(kind, "show", x)[0]]
    for x in bad[:10]:
        print(f"{kind} show {x}: exit {fnq(kind, 'show', x)[0]}: {fnq(kind, 'show', x)[2]}", file=sys.stderr)
    return len(ids), len(bad)


def main():
    os.mkdir(home)
    code, _, errors = run(os.environ["MAKE_INDEX"], index, os.path.join(folder, "photos"), str(PEOPLE), "5")
    if code:
        sys.exit(errors)
    for number in range(STEPS):
        if rng.random() < .6:
            act()
        else:
            change(number)
        if number % 10 == 0:
            look()
    # as they are printed on terminals and sheets
    printed["people"].update({x[:8] for x in printed["people"]})
    printed["faces"].update({x[:9] for x in printed["faces"]})
    printed["photos"].update({x[:10] for x in printed["photos"]})
    found = {kind: resolve(kind) for kind in printed}
    unnamed = [x for x in printed["people"] if fnq("find", x)[0] not in (0, 1)]
    print(", ".join(f"{kind}: {n} ids, {bad} not found" for kind, (n, bad) in found.items()), sorted(by_acts.items()))
    assert found["people"][0] > 40 and found["faces"][0] > 60 and found["photos"][0] > 40, found
    assert not unnamed, unnamed
    return 1 if any(bad for _, bad in found.values()) else 0


try:
    sys.exit(main())
finally:
    shutil.rmtree(folder)
