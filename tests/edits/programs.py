# SPDX-License-Identifier: MIT
"""The real programs, on an index and a home of their own."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(os.environ.get("FN_SOURCE_DIR") or pathlib.Path(__file__).resolve().parents[2])
MODELS = pathlib.Path(os.environ.get("FACENETD_TEST_MODELS") or SOURCE / "build/models")
PHOTOS = pathlib.Path(os.environ.get("FACENETD_TEST_PHOTOS") or SOURCE / "build/packages/@vladmandic/face-api/demo")
FNQ = os.environ.get("FNQ") or str(SOURCE / "build/release/cli/fnq")
FACENETD = os.environ.get("FACENETD") or str(SOURCE / "build/release/daemon/facenetd")
WAIT = float(os.environ.get("FN_WAIT_SECONDS") or 60)


def skip(why):
    print("skipped:", why)
    sys.exit(77)


class Failed(Exception):
    pass


class Programs:
    def __init__(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="fnd-edits."))
        self.index, self.photos = self.top / "index", self.top / "photos"
        self.photos.mkdir()
        env = {k: v for k, v in os.environ.items() if k not in ("NOTIFY_SOCKET", "JOURNAL_STREAM", "WATCHDOG_USEC")}
        for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_RUNTIME_DIR", "run")):
            env[name] = str(self.top / folder)
            (self.top / folder).mkdir()
        self.env = dict(
            env,
            FACENETD_LIBRARY_SETTLE_MS="300",
            FACENETD_LIMITS_MIN_FREE_SPACE="0",
            FACENETD_SCHEDULE_PRIORITY="normal",
            FACENETD_LIMITS_WORKERS="1",
            LC_ALL="C.UTF-8",
        )
        self.daemon = None

    def close(self):
        if self.daemon:
            self.daemon.kill()
            self.daemon.wait()
        shutil.rmtree(self.top, ignore_errors=True)

    # ---- fnq

    def run(self, *args):
        """fnq with these arguments: (exit code, output, errors)."""
        p = subprocess.run([FNQ, "--index", str(self.index), "--models", str(MODELS), *map(str, args)],
                           env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        return p.returncode, p.stdout, p.stderr

    def fnq(self, *args):
        code, out, err = self.run(*args)
        if code:
            raise Failed("fnq %s: exit %d: %s" % (" ".join(map(str, args)), code, err.strip()))
        return out

    def found(self, pictures):
        """For each picture, the faces that the program finds in it, without any index."""
        folder = self.top / "probe"
        folder.mkdir(exist_ok=True)
        files = [folder / ("%d.jpg" % i) for i in range(len(pictures))]
        for f, picture in zip(files, pictures):
            f.write_bytes(picture.data)
        return [f["faces"] for f in json.loads(self.run("embed", *files, "--json")[1])["files"]]

    def photo(self, path):
        """What the index has about the content of this file, if it shows it at this path; otherwise None."""
        code, out, _ = self.run("photos", "show", path, "--json")
        if code:
            return None
        photo = json.loads(out)["photos"][0]
        return photo if photo["state"] == "ok" and str(path) in photo["paths"] else None

    def lost(self):
        """[(name, path, photo)] of `fnq labels lost`; None if the program has no such command."""
        code, out, _ = self.run("labels", "lost", "--json")
        if code:
            return None
        return [(l["person"]["name"], l.get("path") or "", l.get("photo")) for l in json.loads(out)["lost"]]

    # ---- facenetd

    def command(self, *args):
        return [FACENETD, "--no-progress", "--index", str(self.index), "--models", str(MODELS), *args, str(self.photos)]

    def once(self):
        with open(self.top / "log", "ab") as log:
            code = subprocess.run(self.command("--once"), env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL).returncode
        if code:
            raise Failed("facenetd --once: exit %d\n%s" % (code, self.log_end()))

    def start(self):
        with open(self.top / "log", "ab") as log:
            self.daemon = subprocess.Popen(self.command(), env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.until("the daemon watches", self.idle)

    def stop(self, sig=signal.SIGTERM):
        daemon, self.daemon = self.daemon, None
        daemon.send_signal(sig)
        code = daemon.wait()
        if code not in (0, -sig):
            raise Failed("facenetd: exit %d\n%s" % (code, self.log_end()))

    def kill(self):
        self.stop(signal.SIGKILL)

    def idle(self):
        """A daemon runs, has scanned its root, and has nothing in its queue."""
        code, out, _ = self.run("status", "--json")
        if code:
            return False
        s = json.loads(out)
        queue = s["queue"]
        scanned = all(r.get("last_scan") and not r.get("scanning") for r in s["roots"])
        return s["daemon"]["running"] and queue["done"] >= queue["total"] and bool(s["roots"]) and scanned

    def until(self, what, true, seconds=None):
        """True if it became so in time."""
        end = time.monotonic() + (seconds or WAIT)
        while not true():
            if time.monotonic() > end:
                print("  never: %s" % what)
                return False
            time.sleep(0.15)
        return True

    def log_end(self):
        return "\n".join((self.top / "log").read_text(errors="replace").splitlines()[-15:])
