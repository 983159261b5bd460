#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What scripts/quickstart prints, with programs that only pretend in place of apt-get, cmake, fnq and facenetd."""
import os, shutil, signal, subprocess, tempfile, time, unittest

SOURCE = os.environ.get("FN_SOURCE_DIR", os.getcwd())
PEOPLE = """#!/bin/sh
echo "fnq $*" >>"$CALLS"
case "$*" in
*"people list --all --jsonl")
    echo '{"schema":"fnq.person/1","id":"pnamedperson","name":"Ann"}'
    echo '{"schema":"fnq.person/1","id":"pabcdefghijk","name":null}' ;;
*"people list --jsonl") seq "$PEOPLE" ;;
*"people list --limit 15") seq "$PEOPLE" | sed 's/^/row /' | head -n 15 ;;
*--html*) ;;
esac
"""
CMAKE = """#!/bin/sh
echo noise of the build
case "$1" in
--preset) mkdir -p build/release/cli build/release/daemon && : >build/release/CMakeCache.txt ;;
--build)
    [ -z "$BREAK_BUILD" ] || { echo "error: does not compile" && exit 1; }
    cp "$FAKES/people" build/release/cli/fnq
    printf '#!/bin/sh\\necho "facenetd $*" >>"$CALLS"\\n' >build/release/daemon/facenetd
    chmod +x build/release/cli/fnq build/release/daemon/facenetd ;;
esac
"""


def runs(pid):
    """Whether a process runs. One that ended and that nobody waited for is still in /proc: in a bare root, for ever."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.tree, self.fakes, self.photos = (f"{self.root}/{name}" for name in ("tree", "fakes", "my photos"))
        for folder in (f"{self.tree}/scripts", self.fakes, f"{self.photos}/2019", f"{self.root}/empty"):
            os.makedirs(folder)
        for name in os.listdir(f"{SOURCE}/scripts"):
            if name in ("quickstart", "install-packages") or name.startswith("packages"):
                shutil.copy(f"{SOURCE}/scripts/{name}", f"{self.tree}/scripts")
        self.program(f"{self.tree}/scripts/fetch-models", "mkdir -p build/models && touch build/models/default.profile build/models/.stamp")
        self.program(f"{self.tree}/scripts/sample-album", "mkdir -p build/sample-album && touch build/sample-album/bar.jpg")
        self.installed(True)
        self.fake("cmake", CMAKE)
        self.fake("people", PEOPLE)
        self.fake("apt-get", "echo noise of apt; echo 'E: no network'; exit 100")
        self.fake("nproc", "echo 2")
        for name in ("IMG 1.JPG", "notes.txt"):
            open(f"{self.photos}/2019/{name}", "w").close()
        open(f"{self.root}/empty/notes.txt", "w").close()

    def program(self, path, text):
        with open(path, "w") as f:
            f.write(text if text.startswith("#!") else f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)

    def fake(self, name, text):
        self.program(f"{self.fakes}/{name}", text)

    def installed(self, yes):
        self.fake("dpkg-query", 'shift 2; for p; do echo "$p installed"; done' if yes else "exit 1")

    def run_it(self, *args, cwd=None, **env):
        env = {"PATH": f"{self.fakes}:{os.environ['PATH']}", "HOME": self.root, "CALLS": f"{self.root}/calls", "FAKES": self.fakes,
               "PEOPLE": "3", "BREAK_BUILD": "", **env}
        got = subprocess.run(["sh", f"{self.tree}/scripts/quickstart", *args], env=env, cwd=cwd or self.tree, text=True, timeout=120,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return got.returncode, got.stdout

    def calls(self):
        try:
            with open(f"{self.root}/calls") as calls:
                return calls.read()
        except FileNotFoundError:
            return ""

    def check_refused(self, code, words, *args, **env):
        got, said = self.run_it(*args, **env)
        self.assertEqual(got, code, said)
        self.assertIn(words, said)
        self.assertFalse(os.path.exists(f"{self.tree}/build/release"), "it began to build")
        self.assertEqual(self.calls(), "")
        return said

    def test_what_is_wrong_is_said_before_anything_is_done(self):
        self.installed(False)
        self.check_refused(2, "no such folder", f"{self.root}/none")
        self.check_refused(2, "no photos in this folder", f"{self.root}/empty")
        self.check_refused(2, "unknown option '--fast'", "--fast")

    def test_disk_is_full(self):
        self.fake("df", "echo head; echo /dev/none 1 1 9000 100% /")
        self.check_refused(8, "9 MB are free on this disk, 400 MB are needed", self.photos)

    def test_user_who_may_not_install(self):
        self.installed(False)
        self.fake("id", "echo 1000")
        self.fake("sudo", "exit 1")
        said = self.check_refused(1, "this user may not install them. As root:", self.photos)
        line = [l for l in said.splitlines() if "apt-get install" in l][0]
        for package in ("build-essential", "curl", "ca-certificates"):
            self.assertIn(f" {package}", line)
        self.assertNotIn("libjpeg-turbo-progs", line)  # only the sample needs it
        self.assertIn("libjpeg-turbo-progs", self.check_refused(1, "As root:"))

    def test_a_step_that_fails_shows_the_end_of_its_log(self):
        self.installed(False)
        self.fake("id", "echo 0")
        said = self.check_refused(1, "packages failed after", self.photos)
        self.assertIn("E: no network", said)
        self.assertIn(f"{self.tree}/build/apt.log", said)
        self.installed(True)
        code, said = self.run_it(self.photos, BREAK_BUILD="1")
        self.assertEqual(code, 1, said)
        self.assertIn("error: does not compile", said)
        self.assertIn(f"{self.tree}/build/release-build.log", said)

    def check_lines(self, said):
        self.assertNotIn("noise", said)
        for i, name in enumerate(("packages", "programs", "models", "photos", "people")):
            self.assertIn(f"{i + 1} of 5  {name}: ", said)
        self.assertIn(f'export PATH="{self.tree}/build/release/cli:{self.tree}/build/release/daemon:$PATH"', said)

    def test_own_folder(self):
        code, said = self.run_it(self.photos, PEOPLE="227")
        self.assertEqual(code, 0, said)
        self.check_lines(said)
        self.assertEqual(said.count("\nrow "), 15)
        self.assertIn("and 212 more: fnq people list\n", said)
        self.assertIn('  fnq people name pabcdefg "Ann Berg"\n  fnq find ann\n', said)
        self.assertIn(f"  fnq who '{self.photos}/2019/IMG 1.JPG'\n", said)
        self.assertIn(f"{self.tree}/build/people/index.html", said)
        self.assertIn(f"facenetd --once {self.photos}\n", self.calls())
        self.assertNotIn("--index", self.calls() + said)

    def test_sample(self):
        code, said = self.run_it()
        self.assertEqual(code, 0, said)
        self.check_lines(said)
        self.assertNotIn("more:", said)
        self.assertIn("  fnq --index build/sample who build/sample-album/bar.jpg\n", said)
        self.assertIn(f"facenetd --once --index {self.tree}/build/sample {self.tree}/build/sample-album\n", self.calls())
        code, said = self.run_it(cwd="/")
        self.assertIn(f"  fnq --index {self.tree}/build/sample who {self.tree}/build/sample-album/bar.jpg\n", said)

    def test_the_name_it_suggests_is_free(self):
        self.fake("people", PEOPLE.replace('"name":"Ann"', '"name":"Ann Berg"'))
        code, said = self.run_it(self.photos)
        self.assertEqual(code, 0, said)
        self.assertNotIn("people name", said)
        self.assertIn("  fnq find ann\n", said)

    def test_nobody_recurs(self):
        code, said = self.run_it(self.photos, PEOPLE="0")
        self.assertEqual(code, 0, said)
        self.assertIn("nobody is in three photos or more. Everybody: fnq people list --all\n", said)
        self.assertNotIn("index.html", said)

    def test_interrupted_build_leaves_nothing_running(self):
        self.fake("cmake", "sleep 300 & echo $! >\"$CALLS.new\"; mv \"$CALLS.new\" \"$CALLS\"; wait")
        env = {"PATH": f"{self.fakes}:{os.environ['PATH']}", "HOME": self.root, "CALLS": f"{self.root}/calls"}
        run = subprocess.Popen(["sh", f"{self.tree}/scripts/quickstart", self.photos], env=env, text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        deadline = time.monotonic() + 60
        while not self.calls() and time.monotonic() < deadline:
            time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 130, said)
        self.assertIn("Run it again to continue", said)
        build = int(self.calls())
        while runs(build) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(runs(build), "the build goes on")

    def test_help(self):
        code, said = self.run_it("--help")
        self.assertEqual(code, 0)
        self.assertIn("scripts/quickstart [DIR]", said)


if __name__ == "__main__":
    unittest.main()
