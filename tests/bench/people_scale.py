#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Questions about many people: people_scale.py [--build DIR] [--index DIR] [--people N] [--named N] [--runs N]
Makes an index of N (100,000) generated people with three faces each, of whom some (10,000) have names, and runs the commands that a
person waits for. Prints a table for Markdown: the median of the wall time and of the CPU time of N (9) runs, and the peak of memory.
The index stays in DIR (build/bench/people-N) and is used again. Making it takes some minutes; a limit in the table is that of the
commands that answer a person, and is a figure to compare with, not a verdict."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

FIRST = ["Ann", "Tom", "Maria", "José", "Bo", "Li", "Serena", "Ole", "Zoë", "Priya"]
PARTS = ["ka", "lo", "mi", "ner", "sto", "vi", "ber", "gu", "ha", "dal"]


def name_of(i):
    """A different one for each i below 100,000."""
    return FIRST[i % 10] + " " + "".join(PARTS[int(c)] for c in f"{i:05d}").capitalize()


def make(build, index, people, named):
    fnq = build / "cli/fnq"
    if not (index / "data.mdb").exists():
        subprocess.run([build / "tests/make_index", index, "/nonexistent/photos", str(people), "3"], check=True)
    rows = subprocess.run([fnq, "--index", index, "people", "list", "--all", "--jsonl"], check=True, capture_output=True).stdout
    covers = [json.loads(row)["cover"] for row in rows.splitlines()]
    step = max(1, len(covers) // named)
    lines = [f"+{urllib.parse.quote(name_of(i))} -- {c}" for i, c in enumerate(covers[::step][:named])]
    subprocess.run([fnq, "--index", index, "label", "--batch", "--yes"], input="\n".join(lines) + "\n", text=True, check=True,
                   stdout=subprocess.DEVNULL)
    (index / ".made").touch()


def once(command):
    """Wall ms, CPU ms and peak MB of one run."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=out)
        _, _, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = 0
    return 1000 * wall, 1000 * (used.ru_utime + used.ru_stime), used.ru_maxrss / 1024


def measure(command, runs):
    once(command)
    return [statistics.median(column) for column in zip(*(once(command) for _ in range(runs)))]


def commands(fnq, index):
    some = subprocess.run([fnq, "--index", index, "people", "list", "--limit", "1", "--jsonl"], check=True, capture_output=True).stdout
    an_id = json.loads(some.splitlines()[0])["id"]
    one, other = name_of(0), name_of(1)
    slip = one[:-1] + "x"
    return [
        ("all rows", ["people", "list"]),
        ("all rows", ["people", "list", "--all"]),
        ("all rows", ["people", "list", "--all", "--json"]),
        (100, ["people", "list", "--limit", "20"]),
        (100, ["people", "list", "--sort", "name", "--limit", "20"]),
        (100, ["people", "show", one]),
        (100, ["people", "show", one.split()[1]]),
        (100, ["people", "show", slip]),
        (100, ["find", *one.split(), "and", "not", *other.split()]),
        (100, ["find", slip]),
        (100, ["find", an_id]),
        (100, ["people", "name", an_id, "Somebody", "-n"]),
        (100, ["people", "name", slip, "Somebody", "-n"]),
        (50, ["complete", "--", "find", ""]),
        (50, ["complete", "--", "find", "ann"]),
        (50, ["complete", "--", "people", "name", "p"]),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--index", type=pathlib.Path)
    parser.add_argument("--people", type=int, default=100000)
    parser.add_argument("--named", type=int, default=10000)
    parser.add_argument("--runs", type=int, default=9)
    o = parser.parse_args()
    index = o.index or pathlib.Path(f"build/bench/people-{o.people}")
    fnq = (o.build / "cli/fnq").resolve()
    if not (index / ".made").exists():
        index.parent.mkdir(parents=True, exist_ok=True)
        make(o.build.resolve(), index, o.people, o.named)
        os.execv(sys.executable, [sys.executable, *sys.argv])  # a child's peak begins with that of its parent
    print("| command | limit, ms | wall ms | CPU ms | peak MB |")
    print("|---|---|---|---|---|")
    for limit, words in commands(fnq, index):
        wall, cpu, peak = measure([fnq, "--index", index, *words], o.runs)
        print(f"| `fnq {' '.join(w or chr(39) * 2 for w in words)}` | {limit} | {wall:.0f} | {cpu:.0f} | {peak:.0f} |", flush=True)


sys.exit(main())
