#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a message advises exists: advice.py SOURCE BUILD
Every command ("fnq people list"), option ("--all") and setting ("people.min_photos") that a string of the sources names must be
one of those that the programs have, as their --help and the table of settings list them. An option after a command must be an
option of that command. Fails with the place of each string that names something else."""
import pathlib
import re
import subprocess
import sys

PARTS = ("engine", "index", "daemon", "cli")
PROGRAMS = ("daemon/facenetd", "daemon/facenetd-bulk", "engine/work/facenetd-worker")
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|\'(?:\\.|[^\'\\])*\'|"((?:\\.|[^"\\])*)"|(\s+)|(.)', re.S)
COMMAND = re.compile(r"(?<![\w./-])fnq(?: --[a-z-]+)* ([a-z]+)(?:[ ]([a-z]+))?")
OPTION = re.compile(r"(?<![\w-])--([a-z][a-z0-9-]*)")
SETTING = re.compile(r"(?<![\w./%-])([a-z]+)\.([a-z][a-z_]+)(?![\w/(])")
# "fnq cannot pause" is no command, and "people.size_class" is an act in the log.
PROSE = {"cannot", "to"}
NO_SETTING = {"people.size_class"}


def strings(text):
    """(line, value) of each string, adjacent ones joined."""
    line, first, value = 1, None, ""
    for m in TOKEN.finditer(text):
        if m.group(1) is not None:
            first = first or line
            value += m.group(1)
        elif m.group(3) is not None and first:
            yield first, value
            first, value = None, ""
        line += m.group(0).count("\n")


def help_of(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    return done.stdout


def options_in(text):
    return set(re.findall(r"^ +(?:-., )?--([a-z][a-z0-9-]*)", text, re.M))


def commands(fnq, source):
    """Options of each command, and of every command."""
    names = []
    for path in sorted((source / "cli").rglob("*.c")):
        names += re.findall(r'^    \.name = "([a-z ]+)",', path.read_text(), re.M)
    common = options_in(help_of(fnq, "help", "options"))
    return {name: options_in(help_of(fnq, "help", *name.split())) | common for name in names}, common


def aliases(source):
    text = (source / "cli/commands.c").read_text()
    return dict(re.findall(r'^    \{"([a-z]+)", "([a-z ]+)"\},', text, re.M))


def command_in(m, table, short):
    """The command that a match of COMMAND names: its name, or None and what is wrong."""
    first, second = m.group(1), m.group(2)
    if first in table or first in PROSE:
        return first if first in table else None, None
    if second and f"{first} {second}" in table:
        return f"{first} {second}", None
    if first in short:
        return short[first], None
    return None, f"fnq {first} {second or ''}".strip()


def faults(text, table, short, options, keys):
    at = [(m.start(), *command_in(m, table, short)) for m in COMMAND.finditer(text)]
    yield from (wrong for _, _, wrong in at if wrong)
    for m in OPTION.finditer(text):
        before = [name for start, name, _ in at if start < m.start() and name]
        own = table[before[-1]] if before and "." not in text[at[0][0]:m.start()] else options
        if m.group(1) not in own:
            yield m.group(0) if own is options else f"fnq {before[-1]} {m.group(0)}"
    sections = {key.split(".")[0] for key in keys}
    for m in SETTING.finditer(text):
        if m.group(1) in sections and m.group(0) not in keys | NO_SETTING:
            yield m.group(0)


def main():
    source, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    fnq = build / "cli/fnq"
    if not fnq.exists():
        print("skipped: fnq is not built")
        return 77
    table, options = commands(fnq, source)
    for program in PROGRAMS:
        if (build / program).exists():
            options = options | options_in(help_of(build / program, "--help"))
    for own in table.values():
        options = options | own
    keys = set(re.findall(r'"([a-z]+\.[a-z_]+)"', (source / "engine/base/config_keys.c").read_text()))
    keys |= set(re.findall(r"\b(?:NAMED|FIELD)\((?:\w+, )?([a-z]+\.[a-z_]+)", (source / "engine/train/options_json.c").read_text()))
    short, n, bad = aliases(source), 0, 0
    for part in PARTS:
        for path in sorted((source / part).rglob("*.[ch]")):
            where = path.relative_to(source)
            for line, text in strings(path.read_text()):
                n += 1
                for wrong in faults(text, table, short, options, keys):
                    print(f"{where}:{line}: there is no '{wrong}'")
                    bad += 1
    print(f"{n} strings, {len(table)} commands, {len(options)} options, {len(keys)} settings")
    return bad != 0


sys.exit(main())
