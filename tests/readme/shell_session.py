# SPDX-License-Identifier: MIT
"""A shell on a terminal of its own, to which commands are given one by one, as a person would."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

# Reads commands from one descriptor, and reports on another the processor time so far and the exit code of each.
LOOP = 'while IFS= read -r -d "" -u {0} c; do eval "$c" {0}<&- {1}>&-; r=$?; times >&{1}; echo "= $r" >&{1}; done'


class Stuck(Exception):
    """A command took too long."""


class Session:
    """before: what starts the shell elsewhere, such as ["chroot", DIR]."""

    def __init__(self, env, cwd=None, before=(), columns=80):
        self.cpu = 0.0  # seconds of processor time of the commands so far
        self.report = b""
        self.screen, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        reads, self.commands = os.pipe()
        self.codes, writes = os.pipe()
        argv = [*before, "bash", "--norc", "--noprofile", "-c", LOOP.format(reads, writes)]
        self.shell = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, env=env, cwd=cwd, pass_fds=(reads, writes),
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        for fd in (slave, reads, writes):
            os.close(fd)

    def start(self, command):
        self.text = b""
        os.write(self.commands, command.encode() + b"\0")

    def poll(self, seconds):
        """Reads what appears within some seconds. The exit code of the command, or None while it runs."""
        ready, _, _ = select.select([self.screen, self.codes], [], [], seconds)
        if self.screen in ready:
            self.read_screen()
        if self.codes not in ready:
            return None
        report = os.read(self.codes, 4096)
        self.report += report
        if report and not re.search(rb"^= \d+\n", self.report, re.M):
            return None
        while select.select([self.screen], [], [], .05)[0] and self.read_screen():
            pass
        if not report:  # the shell is gone
            return self.shell.wait()
        report, self.report = self.report.decode(), b""
        self.cpu = sum(60 * int(m) + float(s) for m, s in re.findall(r"(\d+)m([\d.]+)s", report))
        return int(report.split("= ")[1])

    def read_screen(self):
        try:
            data = os.read(self.screen, 65536)
        except OSError:  # the last process of the terminal is gone
            return False
        self.text += data
        if data.endswith(b"[Y/n] "):
            os.write(self.screen, b"\n")
        return bool(data)

    def finish(self, seconds):
        """Waits until the command is done: (exit code, what the screen shows)."""
        until = time.monotonic() + seconds
        while (code := self.poll(.2)) is None:
            if time.monotonic() > until:
                raise Stuck(shown(self.text))
        return code, shown(self.text)

    def run(self, command, seconds):
        self.start(command)
        return self.finish(seconds)

    def run_until(self, command, is_ready, seconds):
        """For a command that does not end: waits until it is ready, then presses Ctrl-C."""
        self.start(command)
        until = time.monotonic() + seconds
        while not is_ready(shown(self.text)):
            if (code := self.poll(.2)) is not None:
                return code, shown(self.text)
            if time.monotonic() > until:
                self.interrupt()
                raise Stuck(shown(self.text))
        self.interrupt()
        return self.finish(seconds)

    def interrupt(self):
        """SIGINT to what the shell runs, but not to the shell."""
        shell = self.shell.pid
        while name_of(shell) != "bash" and (children := descendants(shell)):
            shell = children[0]
        for pid in descendants(shell):
            try:
                os.kill(pid, signal.SIGINT)
            except ProcessLookupError:
                pass

    def close(self):
        os.close(self.commands)
        try:
            self.shell.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.shell.pid, signal.SIGKILL)
        os.close(self.screen)


def descendants(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            children = [int(p) for p in f.read().split()]
    except OSError:
        return []
    return children + [d for c in children for d in descendants(c)]


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as f:
            return f.read().strip()
    except OSError:
        return ""


def shown(data):
    """What is left on the screen: no colours, and of a line that was redrawn the last state."""
    text = data.decode(errors="replace").replace("\r\n", "\n")
    text = re.sub(r"\x1b\][^\x07\x1b]*(\x07|\x1b\\)", "", text)  # titles and links
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    lines = [([p for p in l.split("\r") if p.strip()] or [""])[-1] for l in text.split("\n")]
    return "\n".join(l.rstrip() for l in lines)
