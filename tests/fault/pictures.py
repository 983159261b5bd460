#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ctrl-C while fnq people list writes pages or a sheet: SIGINT at the n-th call that writes
(fault_shim.c). It ends with 130 and one line that says what is kept, or, when nothing was left to
do, with 0. Every file that is there is one of the whole result, and the next run completes it.

    pictures.py    FN_TRIALS: how many n of each; all of them with FN_TEST_FULL=1.
    FNQ, MAKE_INDEX, DRAW_PEOPLE, FAULT_SHIM: programs"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

FNQ, MAKE_INDEX, DRAW, SHIM = (os.environ[k] for k in ("FNQ", "MAKE_INDEX", "DRAW_PEOPLE", "FAULT_SHIM"))
SAYS = {"--html": r"fnq: stopped: (the pictures of \d+ of \d+ photos are|all pictures are) made and kept.* Run\s+the same command to continue",
        "--sheet": r"fnq: stopped: no sheet is written\."}
lies, codes = [], {}


def lie(what, text=""):
    lies.append(what)
    print(f"LIE {what}\n{text}")


def files(folder):
    """{name: content}, without the time at which a page was made and the list of names."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            below = os.path.relpath(f"{place}/{name}", folder)
            with open(f"{place}/{name}", "rb") as f:
                found[below] = re.sub(rb"<p>Made on .*", b"", f.read())
    found.pop(".facenetd-page", None)
    return found


def run(top, option, folder, at=0, count=None):
    """The exit code, and standard error."""
    env = {**os.environ, "LD_PRELOAD": SHIM, "FN_SHIM_DIR": folder, "FN_SHIM_AT": str(at), "FN_SHIM_MODE": "int" if at else "none"}
    if count:
        env["FN_SHIM_COUNT"] = count
    out = folder if option == "--html" else f"{folder}/sheet.jpg"
    got = subprocess.run([FNQ, "--index", f"{top}/index", "--no-daemon", "people", "list", "--all", option, out],
                         env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return got.returncode, got.stderr


def folder_for(top, name):
    os.mkdir(f"{top}/{name}")
    return f"{top}/{name}"


def attempt(top, option, at, whole):
    name = f"{option} at {at}"
    folder = folder_for(top, "trial")
    code, says = run(top, option, folder, at)
    codes[code] = codes.get(code, 0) + 1
    there = files(folder)
    if code == 130 and (not re.fullmatch(SAYS[option], says.strip()) or there == whole):
        lie(f"{name}: exit 130", says)
    elif code == 0 and there != whole or code not in (0, 130):
        lie(f"{name}: exit {code}, and {'not ' if there != whole else ''}all is there", says)
    strange = [f for f in there if there[f] != whole.get(f)]
    if strange:
        lie(f"{name}: no files of the whole result: {strange}")
    if run(top, option, folder)[0] or files(folder) != whole:
        lie(f"{name}: the next run does not complete it")
    shutil.rmtree(folder)


def main():
    top = os.path.realpath(tempfile.mkdtemp(prefix="pictures-"))
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        os.environ[name] = f"{top}/{name}"
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        # More people than fit on one page of the sheet.
        subprocess.run([MAKE_INDEX, f"{top}/index", f"{top}/photos", "24", "3"], check=True)
        subprocess.run([DRAW, f"{top}/photos", "24", "3"], check=True)
        for option in ("--html", "--sheet"):
            folder = folder_for(top, "whole" + option)
            code, says = run(top, option, folder, 0, f"{top}/count")
            with open(f"{top}/count") as f:
                n = int(f.read())
            whole = files(folder)
            if code or n < 4 or len(whole) < 2:
                sys.exit(f"pictures.py: {option}: exit {code}, {n} calls, {len(whole)} files: {says}")
            trials = n if os.environ.get("FN_TEST_FULL") == "1" else min(n, int(os.environ.get("FN_TRIALS", "8")))
            for i in range(trials):
                attempt(top, option, 1 + i * (n - 1) // max(trials - 1, 1), whole)
            print(f"{option}: {trials} of {n} calls, {len(whole)} files")
        print(f"{len(lies)} lies; exit codes: {codes}")
        return 1 if lies or 130 not in codes else 0
    finally:
        shutil.rmtree(top)


sys.exit(main())
