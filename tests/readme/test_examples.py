# SPDX-License-Identifier: MIT
"""Every example that a command's --help shows works on the sample photos.

Each runs by itself in a shell, in a copy of one home: the sample album as ~/Pictures is indexed, and what
examples.txt prepares has been done. What cannot run here is in examples.txt with its reason.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import pictures

BUILD = os.environ["FN_BINARY_DIR"]
MODELS = os.environ.get("FACENETD_TEST_MODELS", "")
SECONDS = int(os.environ.get("FN_WAIT_SECONDS", "30")) * 4


def read_table():
    """(what is done once, {command: reason why it is not run}, {command: what is done before it}, those that need the daemon)."""
    prepare, reasons, before, with_daemon = [], {}, {}, set()
    with open(f"{HERE}/examples.txt") as f:
        for line in f:
            words = [w.strip() for w in line.split(" || ")]
            if line.startswith("#") or not line.strip():
                continue
            if words[0] == "prepare":
                prepare.append(words[1])
            elif words[1] == "before":
                before[words[0]] = words[2]
            elif words[1] == "daemon":
                with_daemon.add(words[0])
            else:
                reasons[words[0]] = words[1]
    return prepare, reasons, before, with_daemon


def run(command, env):
    """The exit code, and what was printed."""
    p = subprocess.Popen(["bash", "-o", "pipefail", "-c", command], cwd=env["HOME"], env=env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        out, _ = p.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        out, _ = p.communicate()
        return "none: it does not end", out.decode(errors="replace")
    return p.returncode, out.decode(errors="replace")


def run_with_daemon(command, env):
    """The same, while facenetd watches."""
    with open(f"{env['HOME']}/daemon.log", "w") as log:
        daemon = subprocess.Popen([f"{BUILD}/daemon/facenetd"], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            end = time.monotonic() + SECONDS
            while "watching" not in run("fnq status", env)[1]:
                if daemon.poll() is not None or time.monotonic() > end:
                    return "none: facenetd does not watch", ""
                time.sleep(0.1)
            return run(command, env)
        finally:
            daemon.kill()
            daemon.wait()


def words(env, *line):
    out = subprocess.run([f"{BUILD}/cli/fnq", "complete", "--", *line], env=env, capture_output=True, text=True).stdout
    return [w.split("\t")[0] for w in out.splitlines()[1:]]


def help_of(env, *words_):
    return subprocess.run([f"{BUILD}/cli/fnq", "help", *words_], env=env, capture_output=True, text=True).stdout


def commands(env):
    for c in words(env, ""):
        text = help_of(env, c)
        if re.match(f"usage: fnq {c} COMMAND$", text, re.M):
            yield from ((c, w) for w in words(env, "help", c, ""))
        elif re.match(f"usage: fnq {c}( |$)", text, re.M):
            yield (c,)


def examples(env):
    for c in commands(env):
        m = re.search(r"^Examples?:\n(.*?)\n\n", help_of(env, *c), re.M | re.S)
        yield from (line.strip() for line in m.group(1).splitlines())
    text = subprocess.run([f"{BUILD}/daemon/facenetd", "--help"], env=env, capture_output=True, text=True).stdout
    yield from (l.strip() for l in re.search(r"^Examples:\n(.*?)\n\n", text, re.M | re.S).group(1).splitlines())


def environment(home):
    keep = {k: v for k, v in os.environ.items() if re.match(r"(ASAN|UBSAN|TSAN|LSAN)_OPTIONS|LD_LIBRARY_PATH|TMPDIR", k)}
    return {**keep, "HOME": home, "PATH": f"{BUILD}/cli:{BUILD}/daemon:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": f"{home}/.run", "FACENETD_LIMITS_MIN_FREE_SPACE": "0"}


def make_home(home, prepare):
    env = environment(home)
    os.makedirs(f"{home}/.run", 0o700)
    os.makedirs(f"{home}/.local/share/facenetd")
    os.symlink(MODELS, f"{home}/.local/share/facenetd/models")
    pictures.make(f"{home}/Pictures")
    for command in prepare:
        code, text = run(command, env)
        if code:
            sys.exit(f"FAILED: {command}: exit code {code}\n{text}")
    return env


def main():
    lacking = pictures.missing() or ("" if os.path.isfile(f"{MODELS}/default.profile") else "no models (FACENETD_TEST_MODELS)")
    if lacking:
        print(f"skipped: {lacking}")
        return 77
    prepare, reasons, before, with_daemon = read_table()
    failures, ran = 0, 0
    with tempfile.TemporaryDirectory(prefix="fn") as top:
        home, kept = f"{top}/home", f"{top}/kept"
        env = make_home(home, prepare)
        os.rename(home, kept)
        shown = list(examples(environment(kept)))
        for command in shown:
            if command in reasons:
                print(f"not run: {command}   ({reasons[command]})")
                continue
            # The same path each time: the index holds it.
            shutil.copytree(kept, home, symlinks=True, ignore=lambda _, names: [n for n in names if n.endswith(".sock")])
            code, text = run(before[command], env) if command in before else (0, "")
            if code:
                command = before[command]
            else:
                code, text = (run_with_daemon if command in with_daemon else run)(command, env)
            ran += 1
            if code:
                failures += 1
                print(f"FAILED: {command}: exit code {code}\n{text[-1500:]}")
            shutil.rmtree(home)
    for command in {*reasons, *before, *with_daemon} - set(shown):
        failures += 1
        print(f"FAILED: examples.txt has a command that no --help shows: {command}")
    print(f"{ran} of {len(shown)} examples run, {failures} failures")
    return 1 if failures or ran < 40 else 0


sys.exit(main())
