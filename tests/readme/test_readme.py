# SPDX-License-Identifier: MIT
"""Every command that README.md shows works, in its order, and does what README shows.

The session has a home of its own with the sample photos as ~/Pictures, and is in a folder that looks like a
clone with this build as build/release. Commands that cannot run here are in elsewhere.txt.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pictures
import readme_commands
from shell_session import Session
from walk import Walk, read_table, runs_on

SOURCE, BUILD = os.environ["FN_SOURCE_DIR"], os.environ["FN_BINARY_DIR"]
MODELS = os.environ.get("FACENETD_TEST_MODELS", "")
SECONDS = int(os.environ.get("FN_WAIT_SECONDS", "30")) * 2


def static_checks(text, steps, table):
    """What can be said without running anything."""
    commands = [s.command for s in steps]
    wrong = [f"elsewhere.txt has a command that README.md does not: {c}" for c in table if c not in commands]
    return wrong + pictures.strange(text)


def clone(folder):
    """A folder like a clone after building: this build is its build/release."""
    os.makedirs(f"{folder}/build")
    for entry in os.listdir(SOURCE):
        if entry not in ("build", ".git"):
            os.symlink(f"{SOURCE}/{entry}", f"{folder}/{entry}")
    os.symlink(BUILD, f"{folder}/build/release")
    os.symlink(MODELS, f"{folder}/build/models")
    return folder


def home(folder):
    """A home with the models and ~/Pictures."""
    os.makedirs(f"{folder}/.local/share/facenetd")
    os.symlink(MODELS, f"{folder}/.local/share/facenetd/models")
    pictures.make(f"{folder}/Pictures")


def environment(top):
    keep = {k: v for k, v in os.environ.items() if re.match(r"(ASAN|UBSAN|TSAN|LSAN)_OPTIONS|LD_LIBRARY_PATH|TMPDIR", k)}
    return {**keep, "HOME": f"{top}/home", "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "XDG_RUNTIME_DIR": f"{top}/run", "PAGER": "cat", "MANPAGER": "cat"}


def span_failures(text, env):
    """Commands in the prose: the command, its options and the script exist."""
    wrong = []
    for line, span in readme_commands.spans(text):
        words = span.split()
        if words[0].startswith("scripts/") and not os.path.exists(f"{SOURCE}/{words[0]}"):
            wrong.append(f"line {line}: there is no {words[0]}")
        if words[0] not in ("fnq", "facenetd"):
            continue
        program = f"{BUILD}/{'cli' if words[0] == 'fnq' else 'daemon'}/{words[0]}"
        plain = []
        for word in words[1:]:
            if not re.fullmatch(r"[a-z]+", word):
                break
            plain.append(word)
        if plain[:1] == ["help"] or words[0] == "facenetd":
            plain = []
        got = subprocess.run([program, *plain, "--help"], capture_output=True, text=True, env=env)
        if got.returncode:
            wrong.append(f"line {line}: `{span}`: {got.stderr.strip()}")
        for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", span):
            if option not in ("--help", "--version") and not re.search(re.escape(option) + r"(?![a-z-])", got.stdout):
                wrong.append(f"line {line}: `{span}`: --help does not have {option}")
    return wrong


def follow(steps, table, env, top):
    def watches(screen):
        status = subprocess.run([f"{BUILD}/cli/fnq", "status"], capture_output=True, text=True, env=env).stdout
        return "is not running" not in status and "watching" in status

    session = Session(env, clone(f"{top}/facenetd"))
    walk = Walk(session, f"{top}/home", watches, SECONDS)
    for step in steps:
        why, instead = table.get(step.command, (None, ""))
        if (why is None or instead) and walk.step(step, instead) is None:
            break
    session.close()
    return walk


def main():
    with open(f"{SOURCE}/README.md") as f:
        text = f.read()
    steps, table = readme_commands.steps(text), read_table(f"{SOURCE}/tests/readme/elsewhere.txt")
    failures = static_checks(text, steps, table)
    lacking = pictures.missing() or ("" if os.path.isfile(f"{MODELS}/default.profile") else "no models (FACENETD_TEST_MODELS)")
    with tempfile.TemporaryDirectory(prefix="fn") as top:
        env = environment(top)
        os.makedirs(f"{top}/run", 0o700)
        failures += span_failures(text, env)
        if not lacking:
            home(f"{top}/home")
            walk = follow(steps, table, env, top)
            failures += walk.failures
            for seconds, command in walk.times:
                print(f"{seconds:6.1f} s  {command}")
    for command, (why, instead) in table.items():
        print(f"not run: {command}   ({why})" + (f"   instead: {instead}" if instead else ""))
    for failure in failures:
        print(f"FAILED: {failure}")
    if failures:
        return 1
    if lacking:
        print(f"skipped: {lacking}; only the names in the prose were checked")
        return 77
    return 0


sys.exit(main())
