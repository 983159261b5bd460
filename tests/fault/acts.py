#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Acts on a failing disk: every command that writes an act, with a fault at its n-th call that
writes (fault_shim.c), for every n and every kind of fault.

The rule is checked without code of the program: the rows of the log are read with LMDB alone
(log_reader.c). Exit 0 if and only if the act is in the log. Where the program says that it cannot
tell (FN_EUNCERTAIN), another process has the index open and the disk has turned read-only; this is
counted. After each trial the doctor finds nothing, and after the next act labels.log has the whole
log of the index.

    acts.py [--only WORD] [--mode MODE]    FN_TRIALS: how many, drawn with FN_SEED; all of them with
    FN_TEST_FULL=1; FN_SECONDS: no trial begins later. FNQ, MAKE_INDEX, FAULT_SHIM, LOG_READER: programs."""
import collections
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

FNQ, MAKE_INDEX, SHIM, READER = (os.environ[k] for k in ("FNQ", "MAKE_INDEX", "FAULT_SHIM", "LOG_READER"))
# the mode of the shim, and whether the disk stays broken
MODES = [("enospc", 0), ("enospc", 1), ("eio", 0), ("eio", 1), ("short", 0), ("short", 1),
         ("late", 0), ("late", 1), ("late2", 0), ("kill", 0), ("torn", 0), ("int", 0)]
KILLED, INTERRUPTED = -9, -2
UNCERTAIN = "Whether the change is stored shows when the disk works again"


class World:
    """A prepared index, and the acts to try on a copy of it."""

    def __init__(self, top):
        self.top = top
        self.base = os.path.join(top, "base")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("FACENETD_", "FN_SHIM"))}
        self.env.update(HOME=os.path.join(top, "home"), XDG_DATA_HOME=os.path.join(top, "data"),
                        XDG_CONFIG_HOME=os.path.join(top, "config"), XDG_RUNTIME_DIR=os.path.join(top, "run"),
                        LC_ALL="C.UTF-8")
        os.mkdir(self.env["HOME"])
        self.make(self.base)
        self.acts = self.prepare()

    def make(self, index):
        subprocess.run([MAKE_INDEX, index, os.path.join(self.top, "photos"), "5", "6"], check=True)

    def fnq(self, index, *args, stdin="", shim=None):
        env = dict(self.env, **shim) if shim else self.env
        p = subprocess.run([FNQ, "--index", index, "--no-daemon", *args], input=stdin.encode(),
                           env=env, capture_output=True)
        return p.returncode, p.stdout.decode(errors="replace"), p.stderr.decode(errors="replace")

    def must(self, index, *args, stdin=""):
        code, out, err = self.fnq(index, *args, stdin=stdin)
        if code:
            sys.exit(f"acts.py: {args}: exit {code}: {err}")
        return out

    def prepare(self):
        """Some history, so that there is something to rename, merge, show again, undo and redo."""
        b = self.base
        people = [line.split("\t")[0] for line in self.must(b, "people", "list").splitlines()]
        faces = {p: [x.split("\t")[0] for x in self.must(b, "faces", "list", "--person", p).splitlines()]
                 for p in people[:5]}
        strangers = [x.split("\t")[0] for x in self.must(b, "find", "path:stranger*", "--output=faces").splitlines()]
        p1, p2, p3, p4, p5 = people[:5]
        self.must(b, "people", "name", p1, "Ann Berg")
        self.must(b, "people", "name", p2, "Bea")
        self.must(b, "label", strangers[0], "Tom")
        self.must(b, "people", "hide", p5)
        self.must(b, "reject", faces[p1][0], "--of", "ann")
        self.must(b, "people", "name", p4, "Dee")
        self.must(b, "undo")
        other = os.path.join(self.top, "other")
        self.make(other)
        self.must(other, "people", "name", p3, "Carl")
        self.must(other, "label", strangers[0], "Eve")
        self.log = os.path.join(self.top, "other.log")
        shutil.copy(os.path.join(other, "labels.log"), self.log)
        self.lines = os.path.join(self.top, "acts.txt")
        with open(self.lines, "w") as f:
            f.write(f"+Fay -- {faces[p3][1]}\n-ann%20berg -- {faces[p1][2]}\n")
        self.next = faces[p3][2]
        hidden = [x.split("\t")[0] for x in self.must(b, "people", "list", "--all").splitlines()
                  if x.split("\t")[0] not in [y.split("\t")[0] for y in self.must(b, "people", "list").splitlines()]]
        batch = f"+Gil -- {faces[p3][0]} {faces[p3][1]}\n!face -- {faces[p4][0]}\n"
        return [
            ("label", ["label", faces[p3][0], "tom"], ""),
            ("label-new", ["label", faces[p3][0], "Gil New", "--json"], ""),
            ("confirm", ["confirm", faces[p1][1]], ""),
            ("confirm-of", ["confirm", "--of", "bea", "--yes"], ""),
            ("reject", ["reject", faces[p1][3], "--of", "ann"], ""),
            ("notface", ["notface", faces[p2][1], "--json"], ""),
            ("batch", ["label", "--batch"], batch),
            ("name", ["people", "name", p3, "Cleo"], ""),
            ("rename", ["people", "name", "ann", "Anna B", "--json"], ""),
            ("merge", ["people", "merge", p4, "ann"], ""),
            ("split", ["people", "split", "ann", faces[p1][1], faces[p1][2], "--as", "Zoe"], ""),
            ("hide", ["people", "hide", "bea"], ""),
            ("hide-unnamed", ["people", "hide", "--unnamed", "--max-photos", "9"], ""),
            ("unhide", ["people", "unhide", hidden[0], "--json"], ""),
            ("undo", ["undo"], ""),
            ("undo-first", ["undo", "L1", "--json"], ""),
            ("redo", ["redo"], ""),
            ("import", ["import", "labels", self.log], ""),
            ("import-json", ["import", "labels", self.log, "--json"], ""),
            ("import-acts", ["import", "labels", self.lines], ""),
        ]


def rows(index):
    p = subprocess.run([READER, index], capture_output=True, check=True)
    return p.stdout.decode().splitlines()


# What the index is like before the act.
def as_is(world, index):
    pass


def no_copy(world, index):
    os.remove(os.path.join(index, "labels.log"))


def copy_behind(world, index):
    path = os.path.join(index, "labels.log")
    with open(path, "rb+") as f:
        f.truncate(os.path.getsize(path) // 2)


STATES = [("", as_is), ("no-copy", no_copy), ("behind", copy_behind)]
ALL_STATES = ("label", "batch", "rename", "undo", "import") # acts that are tried in each of them
Trial = collections.namedtuple("Trial", "act state hold mode keep at")


class Holder:
    """Another process that has the index open, as a daemon would."""

    def __init__(self, index):
        self.p = subprocess.Popen([READER, index, "hold"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.p.stdout.readline()

    def end(self):
        self.p.stdin.close()
        self.p.wait()


class Run:
    def __init__(self, world):
        self.world = world
        self.lock = threading.Lock()
        self.n, self.lies, self.outcome = 0, [], collections.Counter()
        self.by_act = collections.Counter()
        self.until = time.time() + float(os.environ.get("FN_SECONDS") or "inf")

    def start(self, name, state):
        index = tempfile.mkdtemp(prefix="index-", dir=self.world.top)
        for f in os.listdir(self.world.base):
            shutil.copy(os.path.join(self.world.base, f), index)
        state(self.world, index)
        return index

    def count(self, act, state):
        """The number of calls that the act makes without a fault."""
        name, args, stdin = act
        index = self.start(name, state[1])
        out = index + ".count"
        code, _, err = self.world.fnq(index, *args, stdin=stdin, shim={
            "LD_PRELOAD": SHIM, "FN_SHIM_DIR": index, "FN_SHIM_AT": "0", "FN_SHIM_COUNT": out})
        if code:
            sys.exit(f"acts.py: {args}: exit {code} without a fault: {err}")
        with open(out) as f:
            n = int(f.read())
        if not n:
            sys.exit(f"acts.py: {args}: no call was counted")
        shutil.rmtree(index)
        return n

    def lie(self, trial, what, *more):
        with self.lock:
            self.lies.append(trial)
            print(f"LIE {trial.act[0]} {trial.state[0]} hold={trial.hold} {trial.mode} keep={trial.keep} at={trial.at}: {what}")
            for m in more:
                print("   ", str(m).rstrip())

    def judge(self, t, index, before, code, out, err):
        """Returns the outcome."""
        after = rows(index)
        if after[:len(before)] != before:
            self.lie(t, "the log is not what it was", err)
        done = len(after) > len(before)
        if code == KILLED:
            return "killed, in the log" if done else "killed, not in the log"
        if code == 8 and UNCERTAIN in err and t.hold:
            return "not known, and said so"
        if code and not done:
            if not err.strip() and code != INTERRUPTED:
                self.lie(t, f"exit {code} without a word")
            return "failed, not in the log"
        if (code == 0) != done:
            self.lie(t, f"exit {code}, and the act is{'' if done else ' not'} in the log", out, err)
            return "lie"
        if "--json" in t.act[1]:
            try:
                text_copy = json.loads(out)["text_copy"]
                if text_copy != ("text copy" not in err):
                    self.lie(t, "JSON and warning differ about the text copy", out, err)
            except (ValueError, KeyError):
                self.lie(t, "the JSON is not complete", out, err)
        return "done, with a warning" if "done" in err else "done"

    def check_after(self, t, index):
        """The doctor finds nothing, and the next act makes the text copy complete."""
        for when in ("after the fault", "after the next act"):
            _, out, err = self.world.fnq(index, "doctor")
            bad = [x for x in out.splitlines() if x.startswith(("fail", "warn"))
                   and "models:" not in x and not (when == "after the fault" and "the next act appends" in x)]
            if bad or not out:
                self.lie(t, f"the doctor {when}", *bad, err)
            if when == "after the fault":
                code, _, err = self.world.fnq(index, "label", self.world.next, "Next One", "--new")
                if code or "text copy" in err:
                    self.lie(t, f"the next act: exit {code}", err)
        _, export, _ = self.world.fnq(index, "export", "labels")
        with open(os.path.join(index, "labels.log")) as f:
            if f.read() != export:
                self.lie(t, "the text copy is not the log")

    def one(self, t):
        name, args, stdin = t.act
        if time.time() > self.until:
            return
        index = self.start(name, t.state[1])
        before = rows(index)
        holder = Holder(index) if t.hold else None
        shim = {"LD_PRELOAD": SHIM, "FN_SHIM_DIR": index, "FN_SHIM_AT": str(t.at), "FN_SHIM_MODE": t.mode}
        if t.keep:
            shim["FN_SHIM_KEEP"] = "1"
        code, out, err = self.world.fnq(index, *args, stdin=stdin, shim=shim)
        outcome = self.judge(t, index, before, code, out, err)
        if holder:
            holder.end()
        known = rows(index)
        self.check_after(t, index)
        if outcome.startswith("failed") and len(known) > len(before):
            self.lie(t, "it came back later")
        shutil.rmtree(index)
        with self.lock:
            self.n += 1
            self.outcome[outcome] += 1
            self.by_act[name] += 1


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else ""


def main():
    top = tempfile.mkdtemp(prefix="acts-")
    began = time.time()
    try:
        world = World(top)
        run = Run(world)
        jobs = []
        for act in world.acts:
            if option("--only") not in act[0]:
                continue
            for state in STATES:
                if state[0] and act[0] not in ALL_STATES:
                    continue
                n = run.count(act, state)
                for hold in (False, True):
                    # Another process matters to commits alone, which are the same with any text copy.
                    modes = [m for m in MODES if option("--mode") in m[0] and (not hold or m[0].startswith("late"))]
                    if hold and state[0]:
                        continue
                    jobs += [Trial(act, state, hold, mode, keep, at) for mode, keep in modes for at in range(1, n + 1)]
        total = len(jobs)
        random.Random(int(os.environ.get("FN_SEED", "1"))).shuffle(jobs)
        wanted = int(os.environ.get("FN_TRIALS", "150"))
        if os.environ.get("FN_TEST_FULL") != "1" and wanted < total:
            jobs = jobs[:wanted]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for f in [pool.submit(run.one, j) for j in jobs]:
                f.result()
        print(f"{run.n} trials of {total} ({len(run.by_act)} acts), {len(run.lies)} lies, {time.time() - began:.0f} s")
        for what, n in sorted(run.outcome.items()):
            print(f"  {n:5d} {what}")
        return 1 if run.lies or not run.n else 0
    finally:
        shutil.rmtree(top)


sys.exit(main())
