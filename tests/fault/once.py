#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""facenetd --once on a disk that is full or fails.

Each trial indexes the same photos in a new index: with a fault at the n-th call that writes
(fault_shim.c), or, as root, on a tmpfs of n KB. It must end: with 0 if and only if the index
then is what a run without a fault makes; otherwise with 8, and one line that names the index and
what to do. The doctor finds nothing, and the next run, without the fault, ends with 0 and makes
the same index: the same faces, and the same people.

    once.py [--tmpfs]    FN_TRIALS: how many, drawn with FN_SEED; all of them with FN_TEST_FULL=1.
    --tmpfs: only the trials on a tmpfs.
    FACENETD, INDEX_TOOL, FAULT_SHIM: programs. FACENETD_TEST_MODELS, FACENETD_TEST_PHOTOS"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FACENETD, TOOL, SHIM = (os.environ[k] for k in ("FACENETD", "INDEX_TOOL", "FAULT_SHIM"))
MODELS = os.environ.get("FACENETD_TEST_MODELS") or f"{SOURCE}/build/models"
PHOTOS = os.environ.get("FACENETD_TEST_PHOTOS") or f"{SOURCE}/build/samples"
SAMPLES = ("sample1.jpg", "sample4.jpg", "sample5.jpg")
MODES = [("enospc", 0), ("enospc", 1), ("eio", 1), ("short", 1), ("late", 0), ("late", 1), ("late2", 0)]
TMPFS_KB = [*range(60, 340, 8), *range(340, 2048, 128)]
HANGS_S = 300  # no limit for a slow machine: only a run that never ends takes so long
TODO = r"(Free space there|Check the disk) and run it again|Free space on this disk"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


class World:
    def __init__(self, top):
        self.top, self.photos = top, f"{top}/photos"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("FACENETD_", "FN_SHIM", "XDG_"))}
        self.env.update(HOME=f"{top}/home", XDG_RUNTIME_DIR=f"{top}/run", LC_ALL="C.UTF-8",
                        FACENETD_LIMITS_MIN_FREE_SPACE="0", FACENETD_LIMITS_WORKERS="1",
                        FACENETD_SCHEDULE_PRIORITY="normal")
        for d in ("home", "run", "photos"):
            os.mkdir(f"{top}/{d}")
        for name in SAMPLES:
            shutil.copy(f"{PHOTOS}/{name}", self.photos)

    def once(self, index, shim=None):
        """The exit code, and the lines on standard error."""
        got = subprocess.run([FACENETD, "--once", "--no-progress", "--index", index, "--models", MODELS, self.photos],
                             env={**self.env, **(shim or {})}, capture_output=True, text=True, timeout=HANGS_S)
        return got.returncode, got.stderr.splitlines()

    def content(self, index):
        """The faces with the person of each, and the files."""
        return [subprocess.run([TOOL, index, what], capture_output=True, text=True, check=True).stdout.splitlines()
                for what in ("faces", "paths")]

    def shim(self, index, mode, keep, at, count=None):
        env = {"LD_PRELOAD": SHIM, "FN_SHIM_DIR": index, "FN_SHIM_AT": str(at), "FN_SHIM_MODE": mode}
        if keep:
            env["FN_SHIM_KEEP"] = "1"
        if count:
            env["FN_SHIM_COUNT"] = count
        return env


class Run:
    def __init__(self, world):
        self.world, self.lies, self.codes = world, 0, {}
        index, count = f"{world.top}/whole", f"{world.top}/count"
        code, lines = world.once(index, world.shim(index, "none", 0, 0, count))
        if code:
            sys.exit(f"once.py: exit {code} without a fault: {lines}")
        self.whole = world.content(index)
        with open(count) as f:
            self.calls = int(f.read())
        if not self.calls or len(self.whole[0]) < 3:
            sys.exit(f"once.py: {self.calls} calls, {len(self.whole[0])} faces: nothing to test")

    def lie(self, name, what, *more):
        self.lies += 1
        print(f"LIE {name}: {what}")
        for m in more:
            print("   ", m)

    def judge(self, name, index, code, lines):
        self.codes[code] = self.codes.get(code, 0) + 1
        if code == 0:
            if self.world.content(index) != self.whole:
                self.lie(name, "exit 0, and the index is not complete", *lines)
            if lines:
                self.lie(name, "exit 0, and something to say", *lines)
        elif code != 8:
            self.lie(name, f"exit {code}", *lines)
        elif len(lines) != 1 or os.path.realpath(index) not in lines[0] or not re.search(TODO, lines[0]):
            # Creating the index fails before anything is there to lose; LMDB's own text is enough for EIO.
            if not (len(lines) == 1 and "Input/output error" in lines[0] and index in lines[0]):
                self.lie(name, "not one line with the place and what to do", *lines)

    def afterwards(self, name, index):
        code, lines = self.world.once(index)
        if code:
            self.lie(name, f"the next run: exit {code}", *lines)
        elif self.world.content(index) != self.whole:
            self.lie(name, "the next run did not complete the index")
        got = subprocess.run([TOOL, index, "doctor"], capture_output=True, text=True)
        if got.returncode:
            self.lie(name, "the doctor finds damage", got.stdout)

    def fault(self, mode, keep, at):
        name = f"{mode} keep={keep} at={at}"
        index = tempfile.mkdtemp(prefix="index-", dir=self.world.top)
        self.attempt(name, index, self.world.shim(index, mode, keep, at))
        shutil.rmtree(index)

    def tmpfs(self, kb):
        index = tempfile.mkdtemp(prefix="tmpfs-", dir=self.world.top)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kb}k", "tmpfs", index], check=True)
        try:
            self.attempt(f"tmpfs of {kb} KB", index, None,
                         lambda: subprocess.run(["mount", "-o", "remount,size=64m", index], check=True))
        finally:
            subprocess.run(["umount", index], check=True)
        os.rmdir(index)

    def attempt(self, name, index, shim, mend=lambda: None):
        try:
            code, lines = self.world.once(index, shim)
            self.judge(name, index, code, lines)
            mend()
            self.afterwards(name, index)
        except subprocess.TimeoutExpired:
            self.lie(name, f"it does not end within {HANGS_S} s")


def can_mount(top):
    probe = f"{top}/probe"
    os.mkdir(probe)
    if os.getuid() or subprocess.run(["mount", "-t", "tmpfs", "tmpfs", probe], capture_output=True).returncode:
        return False
    subprocess.run(["umount", probe], check=True)
    return True


def main():
    if not os.path.exists(f"{MODELS}/default.profile"):
        skip(f"no {MODELS}/default.profile (set FACENETD_TEST_MODELS)")
    if not all(os.path.exists(f"{PHOTOS}/{s}") for s in SAMPLES):
        skip(f"no {PHOTOS}/{SAMPLES[0]} (set FACENETD_TEST_PHOTOS)")
    top = os.path.realpath(tempfile.mkdtemp(prefix="once-"))
    try:
        run = Run(World(top))
        # Where batches end differs from run to run: some more calls than were counted.
        jobs = [(run.fault, (mode, keep, at)) for mode, keep in MODES for at in range(1, run.calls + 4)]
        if can_mount(top):
            jobs += [(run.tmpfs, (kb,)) for kb in TMPFS_KB]
        else:
            print("skipped: trials on a tmpfs: not root, or no mounts here")
        if "--tmpfs" in sys.argv:
            jobs = [j for j in jobs if j[0] == run.tmpfs]
        total = len(jobs)
        random.Random(int(os.environ.get("FN_SEED", "1"))).shuffle(jobs)
        if os.environ.get("FN_TEST_FULL") != "1":
            jobs = jobs[:int(os.environ.get("FN_TRIALS", "12"))]
        for do, args in jobs:
            do(*args)
        print(f"{len(jobs)} trials of {total}, {run.lies} lies; exit codes: {run.codes}")
        return 1 if run.lies else 0
    finally:
        shutil.rmtree(top)


sys.exit(main())
