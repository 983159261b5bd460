# SPDX-License-Identifier: MIT
"""A bare Debian in a folder, and shells in it."""
import glob
import os
import re
import shutil
import stat
import subprocess

from shell_session import Session

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
CA_VARIABLES = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
CA_INSIDE = "/opt/machine-ca.crt"


class NoMirror(Exception):
    pass


def say(*words):
    print(*words, flush=True)


def mirror():
    """The Debian mirror of this machine; None: that of debootstrap."""
    if os.environ.get("FN_FRESH_MIRROR"):
        return os.environ["FN_FRESH_MIRROR"]
    got = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Component: main"],
                         capture_output=True, text=True)
    return next((l for l in got.stdout.split() if l.rstrip("/").endswith("/debian")), None)


def make_base(suite, folder):
    """The bare system that the roots are copies of; made once."""
    base = f"{folder}/base-{suite}"
    if os.path.exists(f"{base}/usr/bin/apt-get"):
        return base
    say(f"debootstrap {suite}")
    part = base + ".part"
    shutil.rmtree(part, ignore_errors=True)
    log = f"{folder}/base-{suite}.log"
    where = mirror()
    with open(log, "w") as f:
        code = subprocess.run(["debootstrap", "--variant=minbase", suite, part, *([where] if where else [])], stdout=f, stderr=f).returncode
    if code:
        raise NoMirror(f"debootstrap {suite} does not work here: {log}")
    os.rename(part, base)
    return base


def machine_settings(root):
    """What a machine behind a proxy needs to reach the network: the variables, and its certificates in the root."""
    env = {k: v for k, v in os.environ.items() if re.fullmatch(r"(?i)(https?|no|all|ftp)_proxy|npm_config_(registry|proxy|https_proxy)", k)}
    bundle = next((os.environ[v] for v in CA_VARIABLES if os.path.isfile(os.environ.get(v, ""))), None)
    if bundle:
        shutil.copy(bundle, root + CA_INSIDE)
        env.update({v: CA_INSIDE for v in CA_VARIABLES}, npm_config_cafile=CA_INSIDE)
    own = f"{root}/usr/local/share/ca-certificates"
    os.makedirs(own, exist_ok=True)
    for certificate in glob.glob("/usr/local/share/ca-certificates/**/*.crt", recursive=True):
        shutil.copy(certificate, own)
    for name in ("resolv.conf", "hosts"):
        if os.path.exists(f"/etc/{name}"):
            shutil.copy(f"/etc/{name}", f"{root}/etc/{name}")
    return env


class Root:
    """A copy of a bare system, with the kernel's file systems. Packages are kept in a folder shared by all roots of a suite."""

    def __init__(self, suite, name, folder, again=False):
        self.suite, self.path = suite, f"{folder}/{suite}-{name}"
        again = again and os.path.isdir(self.path)
        if not again:
            base = make_base(suite, folder)
            shutil.rmtree(self.path, ignore_errors=True)
            subprocess.run(["cp", "-a", base, self.path], check=True)
        self.env = machine_settings(self.path)
        # A root that is thrown away need not reach the disk; this saves minutes.
        with open(f"{self.path}/etc/dpkg/dpkg.cfg.d/fresh", "w") as f:
            f.write("force-unsafe-io\n")
        self.mount(folder)
        self.must("id ann >/dev/null 2>&1 || useradd -m -s /bin/bash ann")

    def mount(self, folder):
        def run(*words):
            subprocess.run(["mount", *words], check=True)
        run("-t", "proc", "proc", f"{self.path}/proc")
        run("-t", "tmpfs", "-o", "mode=755", "tmpfs", f"{self.path}/dev")
        for name in DEVICES:
            open(f"{self.path}/dev/{name}", "w").close()
            run("--bind", f"/dev/{name}", f"{self.path}/dev/{name}")
        for name in ("pts", "shm"):
            os.makedirs(f"{self.path}/dev/{name}")
        run("--rbind", "/dev/pts", f"{self.path}/dev/pts")
        # A node beside pts, not a link to pts/ptmx: that one is often closed to users (ptmxmode=000).
        os.mknod(f"{self.path}/dev/ptmx", stat.S_IFCHR, os.makedev(5, 2))
        os.chmod(f"{self.path}/dev/ptmx", 0o666)
        run("-t", "tmpfs", "-o", "mode=1777", "tmpfs", f"{self.path}/dev/shm")
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            os.symlink(f"/proc/self/fd/{number}", f"{self.path}/dev/{name}")
        os.symlink("/proc/self/fd", f"{self.path}/dev/fd")
        archives = f"{folder}/packages-{self.suite}"
        os.makedirs(f"{archives}/partial", exist_ok=True)
        run("--bind", archives, f"{self.path}/var/cache/apt/archives")

    def prefix(self, user, network=True):
        cut = [] if network else ["unshare", "-n"]
        home = "/root" if user == "root" else f"/home/{user}"
        env = {**self.env, "HOME": home, "USER": user, "LOGNAME": user, "LANG": "C.UTF-8", "TERM": "xterm-256color",
               "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" if user == "root" else "/usr/local/bin:/usr/bin:/bin"}
        as_user = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        return [*cut, "chroot", self.path, *as_user, "env", "-i", f"--chdir={home}", *(f"{k}={v}" for k, v in env.items())]

    def session(self, user, network=True):
        """A shell on a terminal, in the home of a user."""
        return Session(dict(os.environ), before=self.prefix(user, network))

    def run(self, command, user="root", network=True):
        got = subprocess.run([*self.prefix(user, network), "sh", "-c", command], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        return got.returncode, got.stdout

    def must(self, command, user="root"):
        code, text = self.run(command, user)
        if code:
            raise RuntimeError(f"{command}: exit code {code}\n{text}")
        return text

    def packages(self):
        """The installed packages, each as NAME=VERSION."""
        return set(self.must("dpkg-query -W -f '${Package}=${Version}\\n'").split())

    def megabytes(self, packages):
        """What apt downloads for these packages; one that came as a file has no size here."""
        if not packages:
            return 0
        _, text = self.run(f"apt-cache show {' '.join(sorted(packages))} 2>/dev/null")
        return sum(int(size) for size in re.findall(r"^Size: (\d+)", text, re.M)) / 1e6

    def put(self, what, where, user="root"):
        """Copies files of this machine into the root."""
        os.makedirs(os.path.dirname(self.path + where), exist_ok=True)
        subprocess.run(["cp", "-rL", *what, self.path + where], check=True)
        self.must(f"chown -R {user}: {where}")

    def remove(self):
        subprocess.run(["umount", "-R", "-l", f"{self.path}/dev", f"{self.path}/proc", f"{self.path}/var/cache/apt/archives"], check=False)
        with open("/proc/self/mounts") as f:
            if self.path + "/" not in f.read():
                shutil.rmtree(self.path, ignore_errors=True)
