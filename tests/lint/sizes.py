#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sizes of functions and files: sizes.py SOURCE
The lines of a function are those from its opening brace to its closing brace, as clang-tidy counts them. Fails when one has
more than 60, the median function more than 12 or the median file more than 200. Prints both for each folder."""
import collections
import pathlib
import statistics
import sys

PARTS = ("engine", "index", "daemon", "cli", "tests")
LONGEST, MEDIAN_FUNCTION, MEDIAN_FILE = 60, 12, 200


def functions(lines):
    """(line of the opening brace, lines of the body) of each function: clang-format keeps both braces in column one."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start
            start = None


def main():
    source = pathlib.Path(sys.argv[1])
    sizes, files, bad = collections.defaultdict(list), collections.defaultdict(list), 0
    for part in PARTS:
        for path in sorted((source / part).rglob("*.[ch]")):
            lines = path.read_text().splitlines()
            where = path.relative_to(source)
            files[str(where.parent)].append(len(lines))
            for start, n in functions(lines):
                sizes[str(where.parent)].append(n)
                if n > LONGEST:
                    print(f"{where}:{start}: a function of {n} lines, the limit is {LONGEST}")
                    bad += 1

    def figures(name, folders):
        f, s = sum((files[x] for x in folders), []), sum((sizes[x] for x in folders), [])
        print(f"{name:24} {len(f):4} files, median {statistics.median(f):5.1f} lines;"
              f" {len(s):4} functions, median {statistics.median(s or [0]):4.1f}, most {max(s, default=0):2}")
        return statistics.median(f), statistics.median(s or [0])

    for name in sorted(files):
        figures(name, [name])
    of_file, of_function = figures("all", list(files))
    if of_file > MEDIAN_FILE or of_function > MEDIAN_FUNCTION:
        print(f"a median file has at most {MEDIAN_FILE} lines, a median function {MEDIAN_FUNCTION}")
        bad += 1
    return bad != 0


sys.exit(main())
