# SPDX-License-Identifier: MIT
"""The commands that README.md shows, in order, and the output that it shows for them.

A block is indented by four spaces or fenced. Each of its lines is a command, unless one begins with "$ ":
then those are the commands, and the lines after each are its output. A block that begins with no known
program, or is fenced as text, is the output of the last command. Other languages are left out.
"""
import re
import shutil
import subprocess

COMMANDS = {"", "sh", "bash", "shell", "console"}
OUTPUT = {"text", "txt", "output", "json", "csv", "tsv"}
OF_THE_SHELL = {"cd", "export", "for", "while", "if", "unset", "alias", "source", ".", "eval", "set", "umask"}
# Programs that a reader may be told to run and that are not everywhere.
ELSEWHERE = {"sudo", "su", "apt", "apt-get", "dpkg", "git", "cmake", "ctest", "cpack", "systemctl", "journalctl", "man",
             "npm", "fnq", "facenetd", "facenetd-bulk", "xdg-open", "mpirun"}


class Step:
    """One command: where it is, its text, and the lines of output shown (None: none are shown)."""

    def __init__(self, line, command):
        self.line, self.command, self.output = line, command, None


class Block:
    def __init__(self, line, info):
        self.line, self.info, self.text = line, info, []


def blocks(text):
    """The indented and fenced blocks of a Markdown text, without their indentation."""
    found, fence, block, item, before_blank = [], None, None, 0, True
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.expandtabs(4)
        bare = line.strip()
        indent = len(line) - len(line.lstrip())
        if fence:
            if re.fullmatch(fence[0] + "{%d,}" % len(fence), bare):
                fence, block = None, None
            else:
                block.text.append(line[min(indent, start):])
            continue
        opening = re.match(r"(`{3,}|~{3,})\s*([\w-]*)", bare)
        if opening:
            fence, start = opening.group(1), indent
            block = Block(number + 1, opening.group(2).lower())
            found.append(block)
        elif not bare:
            before_blank = True
            if block:
                block.text.append("")
            continue
        elif indent >= item + 4 and (block or before_blank):
            if not block:
                block = Block(number, "")
                found.append(block)
            block.text.append(line[item + 4:])
        else:
            marker = re.match(r"([-*+]|\d+[.)])\s+", bare)
            block = None
            if marker:
                item = indent + len(marker.group(0))
            elif indent < item and before_blank:
                item = 0
        before_blank = False
    for block in found:
        while block.text and not block.text[-1]:
            block.text.pop()
    return [b for b in found if b.text]


def is_program(word):
    return word in OF_THE_SHELL or word in ELSEWHERE or "/" in word or "=" in word or bool(shutil.which(word))


def complete(command):
    """Whether a shell could run this much, or needs another line."""
    if command.endswith("\\"):
        return False
    return subprocess.run(["bash", "-n", "-c", command], capture_output=True).returncode == 0


def steps_of(lines, first):
    """One step for each command of these lines; comments are left out."""
    steps, command, begun = [], "", first
    for number, line in enumerate(lines, first):
        if not command:
            begun = number
            if not line.strip() or line.lstrip().startswith("#"):
                continue
        command += ("\n" if command else "") + line.rstrip()
        if complete(command):
            steps.append(Step(begun, without_comment(command)))
            command = ""
    if command:
        steps.append(Step(begun, command))
    return steps


def without_comment(command):
    """Drops a comment at the end of a line; one inside quotes is text."""
    cut = re.compile(r"""((?:[^\s"'#\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#|\s(?!\s*#))*)\s+#.*""")
    return "\n".join(m.group(1).rstrip() if (m := cut.fullmatch(l)) else l for l in command.splitlines())


def session_steps(block):
    """A block with "$ " before its commands and output after them."""
    steps, lines = [], block.text
    for number, line in enumerate(lines, block.line):
        if line.startswith("$ "):
            steps.append(Step(number, line[2:]))
            steps[-1].output = []
        elif steps and not complete(steps[-1].command):
            steps[-1].command += "\n" + line.removeprefix("> ")
        elif steps:
            steps[-1].output.append(line)
    for step in steps:
        step.command = without_comment(step.command)
        step.output = step.output or None
    return steps


def steps(text):
    """All commands of a Markdown text."""
    found = []
    for block in blocks(text):
        if block.info not in COMMANDS | OUTPUT:
            continue
        if block.info not in OUTPUT and any(l.startswith("$ ") for l in block.text):
            found += session_steps(block)
        elif block.info in OUTPUT or not is_program(first_word(block.text)):
            if not found:
                raise ValueError(f"line {block.line}: output, but no command before it")
            found[-1].output = (found[-1].output or []) + block.text
        else:
            found += steps_of(block.text, block.line)
    return found


def first_word(lines):
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            return line.split()[0]
    return ""


def spans(text):
    """The words in backquotes outside blocks, with their line."""
    inside = set()
    for block in blocks(text):
        inside.update(range(block.line, block.line + len(block.text)))
    kept = "\n".join("" if n in inside else l for n, l in enumerate(text.splitlines(), 1))
    return [(kept.count("\n", 0, m.start()) + 1, " ".join(m.group(1).split()))
            for m in re.finditer(r"(?<!`)`([^`]+)`(?!`)", kept)]
