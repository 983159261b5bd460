# SPDX-License-Identifier: MIT
"""Follows a text: runs its commands in one session and compares what it shows."""
import re
import time

from shell_session import Stuck
from shown_output import differs


def read_table(path):
    """The commands that are not run as they are: {command: (why, what instead)}."""
    table = {}
    with open(path) as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                command, why, *instead = [p.strip() for p in line.split(" | ")]
                table[command] = (why, instead[0] if instead else "")
    return table


def runs_on(command):
    """Whether the command ends only when it is told to: the daemon."""
    words = command.split()
    return words[:1] == ["facenetd"] and not re.search(r"\s--?(once|check|help|version|h|V)\b", command) and words[-1] != "&"


class Walk:
    """is_ready: whether the daemon that was started watches; it gets what the screen shows."""

    def __init__(self, session, home, is_ready, seconds):
        self.session, self.home, self.is_ready, self.seconds = session, home, is_ready, seconds
        self.failures, self.times = [], []

    def fail(self, line, command, why, text):
        tail = "\n".join("    " + l for l in text.strip().splitlines()[-25:])
        self.failures.append(f"line {line}: {command}\n  {why}\n{tail}")

    def step(self, step, instead=None, codes=(0,)):
        """Runs one command. What the screen shows; None when the session is of no use afterwards."""
        command = instead or step.command
        began = time.monotonic()
        try:
            if runs_on(command):
                code, text = self.session.run_until(command, self.is_ready, self.seconds)
                codes = (0, 130)
            else:
                code, text = self.session.run(command, self.seconds)
        except Stuck as stuck:
            self.fail(step.line, command, f"not done after {self.seconds} s", str(stuck))
            return None
        self.times.append((time.monotonic() - began, command))
        if code not in codes:
            self.fail(step.line, command, f"exit code {code}", text)
        elif step.output and not instead:
            missing = differs(step.output, text, self.home)
            if missing is not None:
                self.fail(step.line, command, f"README shows another output: {missing}\n  the real one:", text)
        return text
