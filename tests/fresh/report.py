# SPDX-License-Identifier: MIT
"""What a way took: commands, packages, megabytes, seconds."""
import os
import time

from bare_root import say

LOCK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/models.lock")

TITLES = ("WAY", "COMMANDS", "PACKAGES", "MB", "WALL s", "CPU s")


def models_megabytes():
    """The size of the packages with the models, the last word of each line of the lock."""
    with open(LOCK) as f:
        return round(sum(int(l.split()[-1]) for l in f if l.split()[-1:] and l.split()[-1].isdigit()) / 1e6)


class Stretch:
    """From its making on: what is typed in one session, and what that takes."""

    def __init__(self, name, root, session):
        self.name, self.root, self.session = name, root, session
        self.commands, self.began, self.cpu = 0, time.monotonic(), session.cpu
        self.packages = root.packages()

    def row(self, name=""):
        wall = time.monotonic() - self.began
        new = self.root.packages() - self.packages
        return (name or self.name, self.commands, len(new), round(self.root.megabytes(new)), round(wall, 1),
                round(self.session.cpu - self.cpu, 1))


class Report:
    def __init__(self, folder):
        self.path, self.rows, self.failures, self.notes = f"{folder}/report.txt", [], [], []

    def add(self, row):
        self.rows.append(row)
        say("   ".join(f"{t} {v}" for t, v in zip(TITLES, row)))

    def fail(self, where, what):
        self.failures.append(f"{where}: {what}")
        say(f"FAILED: {where}: {what}")

    def note(self, where, what):
        self.notes.append(f"{where}: {what}")
        say(f"{where}: {what}")

    def text(self):
        lines = [f"{TITLES[0]:44}" + "".join(f"{t:>10}" for t in TITLES[1:])]
        lines += [f"{r[0]:44}" + "".join(f"{v:>10}" for v in r[1:]) for r in self.rows]
        lines += ["", "MB: the sizes of the Debian packages; those that an earlier run downloaded are not downloaded again.",
                  f"The models are {models_megabytes()} more, in the ways from the sources."]
        return "\n".join([*lines, "", *self.notes, "", *[f"FAILED: {f}" for f in self.failures]]).rstrip() + "\n"

    def write(self):
        with open(self.path, "w") as f:
            f.write(self.text())
        print(self.text())
