#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fnq and facenetd on a pseudo-terminal of 60, 80 and 200 columns: no line is wider than the
terminal, pipes get whole values, progress is redrawn in place, Ctrl-C says what is saved."""
import fcntl, os, pty, re, select, shutil, struct, subprocess, sys, tempfile, termios, time, unicodedata

FNQ, FACENETD, MAKE_INDEX = (os.environ.get(n, "") for n in ("FNQ", "FACENETD", "MAKE_INDEX"))
SOURCES = os.environ.get("FN_SOURCE_DIR", ".")
MODELS = os.environ.get("FACENETD_TEST_MODELS") or SOURCES + "/build/models"
PHOTOS = os.environ.get("FACENETD_TEST_PHOTOS") or SOURCES + "/build/samples"
WAIT_S = 120
failed = []


def check(ok, what, text=""):
    if not ok:
        failed.append(what)
        print("FAILED: %s\n%s" % (what, text))


def width(s):
    n = 0
    for c in s:
        if unicodedata.category(c) not in ("Mn", "Me", "Cf", "Cc"):
            n += 2 if unicodedata.east_asian_width(c) in "WF" else 1
    return n


class Terminal:
    """A program on a terminal. lines: what was ever shown on a line, redraws included."""

    def __init__(self, columns, args, env=None):
        self.columns, self.raw = columns, b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.pop("COLUMNS", None)
            os.environ.update(env or {})
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            os.execv(args[0], args)

    def read(self, until=None, seconds=WAIT_S):
        """Reads to the end, or until the text is there."""
        end = time.time() + seconds
        while time.time() < end:
            if until and until in self.text():
                return True
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    data = os.read(self.fd, 1 << 16)
                except OSError:
                    data = b""
                if not data:
                    return not until
                self.raw += data
        return False

    def text(self):
        return re.sub(r"\x1b\[[0-9;]*m", "", self.raw.decode("utf-8", "replace")).replace("\r\n", "\n")

    def end(self):
        check(self.read(), "the program ends", self.text())
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def check_width(self, what):
        for line in self.text().split("\n"):
            if line.strip().startswith("fnq "):  # a command to copy is not broken
                continue
            for shown in line.replace("\x1b[K", "").split("\r"):
                shown = shown.split("^C")[0]
                check(width(shown) <= self.columns, "%s: %d of %d columns" % (what, width(shown), self.columns), shown)


# ---- fnq ----

NAMES = ["Ann Berg", "木村 さくら", "שרה לוי", "Zoe\u0308 O'Hara", "Maximiliane Friederike von Hohenstaufen-Sigmaringen the Younger"]
COMMANDS = [
    ["people", "list", "--all"], ["people", "show", "Ann Berg"], ["find", "faces:>=1"],
    ["find", "faces:>=1", "--output", "photos"], ["find", "faces:>=1", "--output", "faces"],
    ["find", "faces:>=1", "--output", "people"], ["faces", "list"], ["files", "--bad", "--missing"], ["log"],
    ["config", "list"], ["watch", "list"], ["doctor"], ["status"], ["model", "list"], ["help"], ["people"],
    ["help", "train"], ["help", "people"], ["help", "options"], ["help", "find"], ["help", "label"], ["confirm", "-n", "--of", NAMES[4]], ["people", "merge", "-n", "Ann Berg", NAMES[4]],
    ["people", "list", "--no-such-option-exists-anywhere-at-all", "--neither-this-one"], ["find", "nobody-here and (ann or"],
]


def fnq(*args, env=None):
    return subprocess.run([FNQ, "--index", INDEX, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=dict(os.environ, **(env or {}))).stdout.decode("utf-8", "replace")


def on_terminal(columns, args, env=None):
    t = Terminal(columns, [FNQ, "--index", INDEX, *args], env)
    t.end()
    return t


def check_fnq():
    photos = T + "/home/A folder with quite a long name/2019 写真 夏休み/and another folder below it"
    subprocess.run([MAKE_INDEX, INDEX, photos, "8", "30"], check=True)
    ids = [line.split("\t")[0] for line in fnq("people", "list", "--all").splitlines()]
    for person, name in zip(ids, NAMES):
        fnq("--no-daemon", "people", "name", person, name)
    face, other = (line.split("\t")[0] for line in fnq("faces", "list").splitlines()[:2])
    more = [["faces", "show", face], ["why", face], ["why", face, other], ["like", face]]
    for locale in ("C.UTF-8", "C"):
        for columns in (60, 80, 200):
            for args in COMMANDS + more:
                t = on_terminal(columns, args, {"LC_ALL": locale})
                t.check_width("%s in %s" % (" ".join(args), locale))
                if locale == "C" and not re.search("[^\x00-\x7f]", fnq(*args)):
                    check(t.text().isascii(), "only ASCII in the C locale: " + " ".join(args), t.text())
    check_words(photos, face)


def check_words(photos, face):
    narrow, wide = on_terminal(60, ["find", "ann"]).text(), on_terminal(200, ["find", "ann"]).text()
    check("…" in narrow and "~/A folder" in narrow, "a path is shortened in the middle", narrow)
    check("…/" not in wide and "~/A folder" in wide, "a path that fits is whole", wide)
    piped = fnq("find", "ann", env={"COLUMNS": "30"})
    check(len(piped.splitlines()) >= 30 and all(p.startswith(photos) for p in piped.splitlines()), "a pipe gets whole paths", piped)
    check("…" not in fnq("people", "list", "--json") + fnq("people", "list"), "data are never shortened")
    shown = on_terminal(60, ["people", "list"]).text()
    check("CONFIRMED" not in shown and "PHOTOS" in shown, "less important columns are left out", shown)
    check("CONFIRMED" in on_terminal(200, ["people", "list"]).text(), "all columns where there is space")
    dry = on_terminal(80, ["confirm", "-n", "--of", "Ann Berg"]).text()
    check("to do it: fnq --index %s confirm --of 'Ann Berg' --yes" % INDEX in dry, "a dry run names --yes, in one line", dry)
    few = on_terminal(80, ["confirm", "-n", face]).text()
    check("to do it:" in few and "--yes" not in few, "no --yes for one face", few)
    check_caret()
    for args in (["faces", "list"], ["faces", "show", face], ["why", face]):
        for line in on_terminal(200, args).text().splitlines():
            check(not ("unnamed" in line.split("nearest")[0] and "100 %" in line), "no percent for unnamed people: " + line)


def check_caret():
    """The caret is below what is wrong, and the line does not wrap, wherever that is."""
    fine = " and ".join("faces:>=%d" % i for i in range(1, 9))
    for query in ("@ and " + fine, fine + " and @ and " + fine, fine + " and @", "写真 and " * 9 + "@", "ann and @"):
        for columns in (60, 80):
            t = on_terminal(columns, ["find", query.replace("写真", "path:写真").replace("@", "(zzz(")])
            t.check_width("caret: " + query)
            lines = t.text().rstrip("\n").split("\n")
            under = lines[-1].find("^")
            shown = [c for c in lines[-2] for _ in range(width(c))]
            check(lines[-1].strip() == "^" and "".join(shown[under:under + 3]) == "zzz", "the caret is below the mistake", t.text())
    whole = subprocess.run([FNQ, "--index", INDEX, "find", fine + " and (zzz("], stderr=subprocess.PIPE).stderr.decode()
    check("     " + fine + " and (zzz(" in whole, "a log gets the whole query", whole)


# ---- facenetd ----


def make_photos(folder, n):
    """n different files: bytes after the end of a JPEG do not change the picture."""
    os.makedirs(folder)
    names = sorted(p for p in os.listdir(PHOTOS) if p.endswith(".jpg"))
    for i in range(n):
        to = "%s/%03d.jpg" % (folder, i)
        shutil.copy(os.path.join(PHOTOS, names[i % len(names)]), to)
        with open(to, "ab") as f:
            f.write(b"%d" % i)


def daemon(columns, *args):
    return Terminal(columns, [FACENETD, "--index", T + "/second", "--models", MODELS, *args])


def check_stop(folder, n):
    t = daemon(60, "--once", folder)
    check(t.read(until="photos/s, "), "progress is shown", t.text())
    began = time.time()
    os.write(t.fd, b"\x03")
    code = t.end()
    check(time.time() - began < 30, "Ctrl-C ends it within seconds")
    check(code == 130, "the exit code after Ctrl-C is %d" % code)
    t.check_width("facenetd --once")
    progress = [line for line in t.text().split("\n") if " of %d photos" % n in line]
    check(len(progress) == 1 and progress[0].count("\r") > 2, "progress is one line, redrawn in place", t.text())
    stopped = re.search(r"stopped: (\d+) of (\d+) photos are indexed and saved;\s+run the same command to continue",
                        t.text())
    check(stopped, "Ctrl-C says what is saved", t.text())
    index = [FNQ, "--index", T + "/second", "--models", MODELS]
    status = subprocess.run(index + ["doctor"], stdout=subprocess.PIPE)
    check(status.returncode == 0, "the index is good after Ctrl-C", status.stdout.decode())
    if stopped:
        check(int(stopped.group(2)) == n, "the total is %s" % stopped.group(2))
        count = subprocess.run(index + ["find", "faces:>=0", "--output", "count"], stdout=subprocess.PIPE).stdout
        check(int(count) == int(stopped.group(1)), "%s photos are saved, not %s" % (stopped.group(1), count.decode()))


def check_watching(folder, n):
    t = daemon(80, folder)
    check(t.read(until="Ctrl-C stops"), "it watches", t.text())
    shutil.copy(folder + "/000.jpg", folder + "/copy.jpg")
    check(t.read(until="1 file moved or copied"), "a change is one line", t.text())
    os.write(t.fd, b"\x03")
    check(t.end() == 0, "a daemon that watches ends with 0")
    t.check_width("facenetd")
    text = re.sub(r"\n +", " ", t.text())
    check(re.search(r"keeping up to date the faces in the photos below \S+; the index is ", text), "the first line", text)
    check(re.search(r"watching \S+: %d photos, 1 folder; Ctrl-C stops" % n, text), "the line when it watches", text)
    check("stopped: %d photos are indexed and saved." % (n + 1) in text, "the last line", text)


def check_log(folder, n):
    """Not a terminal: no escape sequences, complete lines with a time, whole and plain numbers."""
    args = [FACENETD, "--once", "--index", T + "/third", "--models", MODELS, folder]
    run = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    err = run.stderr.decode()
    check("\x1b" not in err and "\r" not in err, "no escape sequences in a log", err)
    check(all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ facenetd: ", line) for line in err.splitlines()), "a time in a log", err)
    check(run.stdout.decode().startswith("indexed %d photos: " % n), "the summary", run.stdout.decode())


def check_pictures():
    """Pages and sheets show progress, and Ctrl-C says what is kept."""
    if not os.path.isdir(PHOTOS):
        print("skipped: pictures, no photos")
        return
    index = [FNQ, "--index", T + "/pictures", "--no-daemon"]
    subprocess.run([MAKE_INDEX, T + "/pictures", T + "/made", "40", "8"], check=True)
    one = max((os.path.join(PHOTOS, p) for p in os.listdir(PHOTOS) if p.endswith(".jpg")), key=os.path.getsize)
    shutil.copy(one, T + "/one.jpg")
    for path in subprocess.run(index + ["find", "faces:>=1"], stdout=subprocess.PIPE).stdout.decode("utf-8", "replace").splitlines():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.link(T + "/one.jpg", path)
    for option, out, shows, says in (
            ("--sheet", "sheet.jpg", "photos for the sheet", r"fnq: stopped: no sheet is written\."),
            ("--html", "page", "photos for the page", r"fnq: stopped: the pictures of \d+ of \d+ photos are made and kept\.\s+Run\s+the\s+same\s+command\s+to\s+continue")):
        t = Terminal(80, index + ["people", "list", "--all", option, T + "/" + out])
        check(t.read(until=shows), option + " shows progress", t.text())
        os.write(t.fd, b"\x03")
        code = t.end()
        check(code == 130, "%s: the exit code after Ctrl-C is %d" % (option, code), t.text())
        check(re.search(says, t.text()), option + ": Ctrl-C says what is kept", t.text())
    check(not [f for f in os.listdir(T) if f.startswith("sheet")], "no half sheet is left")
    check(not os.path.exists(T + "/page/index.html"), "no half page is left")


def check_facenetd():
    if not os.path.exists(MODELS + "/default.profile") or not os.path.isdir(PHOTOS) or not FACENETD:
        print("skipped: facenetd, no models or no photos")
        return
    make_photos(T + "/album", 400)
    make_photos(T + "/few", 3)
    check_stop(T + "/album", 400)
    check_log(T + "/few", 3)
    shutil.rmtree(T + "/second")
    check_watching(T + "/few", 3)


T = tempfile.mkdtemp()
INDEX = T + "/index"
try:
    os.environ.update(HOME=T + "/home", XDG_DATA_HOME=T + "/data", XDG_CONFIG_HOME=T + "/config", XDG_RUNTIME_DIR=T + "/run",
                      LC_ALL="C.UTF-8", TERM="xterm", FACENETD_LIBRARY_SETTLE_MS="200",
                      FACENETD_LIMITS_MIN_FREE_SPACE="0", FACENETD_LIMITS_WORKERS="1", FACENETD_SCHEDULE_PRIORITY="normal")
    for name in ("NO_COLOR", "JOURNAL_STREAM", "COLUMNS"):
        os.environ.pop(name, None)
    os.makedirs(T + "/home")
    os.makedirs(T + "/run")
    check_fnq()
    check_pictures()
    check_facenetd()
finally:
    shutil.rmtree(T, ignore_errors=True)
sys.exit(1 if failed else 0)
