#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a photo costs by two profiles: CPU milliseconds of a worker, in alternating rounds.

    profile_time.py FNQ MODELS PHOTOS A B [ROUNDS]

PHOTOS is a folder of pictures. Each round starts `fnq embed` once for each profile with all of them, and once with
the first alone; the difference is what the others cost, without start-up. CPU time of fnq and its worker, which is
little disturbed by other programs. Prints the median of each, and the median over rounds of B less A, in percent.
"""
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main():
    if len(sys.argv) not in (6, 7):
        sys.exit(__doc__)
    fnq, models, photos = sys.argv[1:4]
    profiles, rounds = sys.argv[4:6], int(sys.argv[6]) if len(sys.argv) == 7 else 9
    files = sorted(str(p) for p in pathlib.Path(photos).rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if len(files) < 2:
        sys.exit(f"{photos}: not two pictures")
    ms = {p: [] for p in profiles}
    folder = tempfile.TemporaryDirectory()
    configs = {p: f"{folder.name}/{p}.conf" for p in profiles}
    for p in profiles:
        pathlib.Path(configs[p]).write_text(f"[models]\nprofile = {p}\n")
    for k in range(rounds):
        for p in profiles if k % 2 == 0 else profiles[::-1]:
            command = [fnq, "-q", "--config", configs[p], "--models", models, "embed"]
            ms[p].append((cpu(command + files) - cpu(command + files[:1])) / (len(files) - 1))
    more = [b / a - 1 for a, b in zip(ms[profiles[0]], ms[profiles[1]])]
    spread = statistics.stdev(more) / len(more) ** .5
    for p in profiles:
        print(f"{p}: {statistics.median(ms[p]):.2f} ms of CPU a photo")
    print(f"{profiles[1]} less {profiles[0]}: {100 * statistics.median(more):+.1f} % +- {100 * spread:.1f}, {len(files)} photos, {rounds} rounds")


main()
