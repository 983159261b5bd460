# SPDX-License-Identifier: MIT
"""The reader of README.md: blocks, commands, the output shown, and how outputs are compared."""
import os
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from readme_commands import spans, steps
from shell_session import Session, shown
from shown_output import differs


def read(text):
    return [(s.line, s.command, s.output) for s in steps(text)]


class Reader(unittest.TestCase):
    def test_indented(self):
        self.assertEqual(read("Do:\n\n    ls -l   # all\n    # a comment\n    fnq find 'a # b'\n\nand\n    not code\n"),
                         [(3, "ls -l", None), (5, "fnq find 'a # b'", None)])

    def test_fences(self):
        self.assertEqual(read("```sh\nls \\\n  -l\n```\n```c\nint x;\n```\n~~~~\nfnq log\n~~~~\n"),
                         [(2, "ls \\\n  -l", None), (9, "fnq log", None)])

    def test_shown_output(self):
        self.assertEqual(read("    $ fnq log\n    L1  one\n\n    L2\n    $ ls\n"), [(1, "fnq log", ["L1  one", "", "L2"]), (5, "ls", None)])
        self.assertEqual(read("```\nfnq log\n```\nshows\n\n```text\nls\n```\n"), [(2, "fnq log", ["ls"])])
        self.assertEqual(read("    fnq log\n\nshows\n\n    L1  one\n"), [(1, "fnq log", ["L1  one"])])

    def test_lists(self):
        self.assertEqual(read("- one:\n\n      ls\n\n- two\n\n    not code\n\ndone\n\n    fnq log\n"), [(3, "ls", None), (11, "fnq log", None)])
        self.assertEqual(read("1. one:\n\n   ```\n   ls\n   ```\n"), [(4, "ls", None)])

    def test_several_lines(self):
        self.assertEqual(read("    for f in *; do\n        ls $f\n    done\n"), [(1, "for f in *; do\n    ls $f\ndone", None)])

    def test_spans(self):
        self.assertEqual(spans("see `fnq\nlog`\n\n    `ls`\n"), [(1, "fnq log")])


class Compare(unittest.TestCase):
    def test_lines(self):
        real = "9 photos in 7.9 s\nAnn   5 faces\nTom   1 face\n/tmp/h/Pictures/a.jpg\n"
        for wanted in (["9 photos in 12.1 s", "Ann 5 faces", "Tom 1 face", "~/Pictures/a.jpg"], ["…", "Tom 1 face", "/home/ann/Pictures/a.jpg"],
                       ["9 photos…", "..."], ["[...]", "Ann … faces", "…"]):
            self.assertIsNone(differs(wanted, real, "/tmp/h"), wanted)
        for wanted in (["8 photos in 7.9 s", "…"], ["Ann 5 faces"], ["9 photos in 7.9 s"], ["…", "Tom 2 faces", "…"], ["…", "Tom 1 face", "Ann 5 faces", "…"]):
            self.assertIsNotNone(differs(wanted, real, "/tmp/h"), wanted)

    def test_screen(self):
        self.assertEqual(shown(b"\x1b[1mA\x1b[0m\r\n10 %\r20 %\x1b[K\r\nend"), "A\n20 %\nend")


class Shell(unittest.TestCase):
    def test_one_session(self):
        s = Session({"PATH": os.environ["PATH"]})
        self.assertEqual(s.run("cd /; x=1", 20), (0, ""))
        self.assertEqual(s.run("pwd; echo $x; stty size; false", 20), (1, "/\n1\n40 80\n"))
        waits = """sh -c 'trap "exit 130" INT; echo ready; while :; do sleep .1; done'"""
        self.assertEqual(s.run_until(waits, lambda t: "ready" in t, 20)[0], 130)
        self.assertEqual(s.run("echo still here", 20), (0, "still here\n"))
        s.close()


unittest.main()
