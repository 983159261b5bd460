# SPDX-License-Identifier: MIT
"""Compares the output that README shows with the real one.

Spaces in a row count as one. "…" in a line stands for anything; a line of "…" or "..." for any lines. Times,
speeds and memory differ between machines, and the home folder between people.
"""
import re

GAP = re.compile(r"\s*[\[(]?(\.\.\.|…)[\])]?\s*")
MEASURED = re.compile(r"\b\d[\d.,]*\s?(s|ms|MB|photos/s|seconds?|minutes?)(?=\W|$)")
CLOCK = re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?\b")


def plain(line, home):
    line = line.replace(home, "~") if home else line
    line = re.sub(r"/home/\w+(?=/|\b)", "~", line)
    line = MEASURED.sub(r"N \1", CLOCK.sub("TIME", line))
    return " ".join(line.split())


def same(wanted, got):
    return re.fullmatch(".*".join(re.escape(p.strip()).replace(r"\ ", " *") for p in wanted.split("…")), got) is not None


def differs(wanted, got, home=""):
    """None if the output shown is the real one, else the first line shown that is not there."""
    real = [p for l in got.splitlines() if (p := plain(l, home))]
    at, anywhere = 0, False
    for line in wanted:
        if GAP.fullmatch(line):
            anywhere = True
        elif line.strip():
            want = plain(line, home)
            while anywhere and at < len(real) and not same(want, real[at]):
                at += 1
            if at >= len(real) or not same(want, real[at]):
                return line
            at, anywhere = at + 1, False
    return None if anywhere or at >= len(real) else f"(nothing more is shown, but there is: {real[at]})"
