# SPDX-License-Identifier: MIT
"""The edit matrix: names stay on their faces when photos are edited.

Every edit (alter.py) in every way in which an editor puts the result in place of the old file (replacing.py), while facenetd
watches, while it is stopped and started again, and by `facenetd --once`; photos with one face and with five in a row. For each
name that was confirmed before: right (on its own face), listed (`fnq labels lost` has it), silent (gone, and nothing said) or
another (it is on another face). One index is made and labelled once; each run starts with a copy of it.

  matrix.py [--short] [--when "live;stopped;once"] [--ways "NAME;..."] [--edits "NAME;..."] [--keep]
"""
import argparse
import collections
import os
import pathlib
import sys
import time

sys.dont_write_bytecode = True  # the sources stay as they are

try:
    import album as albums
    import alter
except ImportError as e:  # Pillow
    print("skipped: python3 has no %s (package python3-pil)" % e.name)
    sys.exit(77)
import programs
import replacing
import scene
import truth

WHEN = ("live", "stopped", "once")
SHORT = [("rename over", "live"), ("NAME_original", "live"), ("in place", "once"), ("copy, delete", "once"), ("move", "stopped")]
OUTCOMES = ("right", "listed", "silent", "another")
Item = collections.namedtuple("Item", "edit faces name before after")


def items_of(p, album, edits):
    """One photo with one face and one with five for each edit. A name whose face the program does not find after the edit cannot
    be right, so the pictures are such that it finds everybody before and after."""

    def maker(edit, make):
        def pair():
            before = make()
            return before, alter.EDITS[edit](before)

        return pair

    cells = [(edit, faces) for edit in edits for faces in (1, 5)]
    pairs = scene.findable(p, [maker(edit, album.one if faces == 1 else album.five) for edit, faces in cells])
    return [Item(edit, faces, "%s %d.jpg" % (edit.replace(" ", "-"), faces), *pair) for (edit, faces), pair in zip(cells, pairs)]


class Matrix:
    def __init__(self, p, edits, album):
        self.items = items_of(p, album, edits)
        # Photos of the same people that nobody labelled, and one that is labelled and never touched.
        others = scene.findable(p, [lambda: (album.five(),)] * 3 + [lambda: (album.one(),)] * 2)
        self.untouched = {"untouched.jpg": others[0][0]}
        self.unlabelled = {"control %d.jpg" % i: other[0] for i, other in enumerate(others[1:])}
        pictures = {**{i.name: i.before for i in self.items}, **self.unlabelled, **self.untouched}
        self.scene = scene.Scene(p, pictures, self.unlabelled)
        self.p = p
        self.cells = {}
        self.problems = []

    def edit(self, way, when):
        """Returns {name of the old file: path of the edited one}."""
        first, last = replacing.WAYS[way]
        live = when == "live"
        if live:
            self.p.start()
        paths = {i.name: first(self.p.photos / i.name, i.after.data) for i in self.items}
        if live:
            self.seen(paths)
        for i in self.items:
            last(self.p.photos / i.name)
        if when == "once":
            self.p.once()
        elif not live:
            self.p.start()
        if when != "once":
            self.seen(paths)
            self.p.until("only files that exist are in the index", self.nothing_stale)
            time.sleep(0.5)  # an event that is still on its way may not make it worse
            self.p.until("the queue is empty", self.p.idle)
        return paths

    def seen(self, paths):
        self.p.until("all edited photos are in the index", lambda: all(map(self.p.photo, paths.values())), 40)
        self.p.until("the queue is empty", self.p.idle)

    def nothing_stale(self):
        gone = [i.name for i in self.items if not (self.p.photos / i.name).exists()]
        return all(self.p.run("find", 'path:"%s"' % name, "--output=count")[1].strip() in ("", "0") for name in gone)

    def judge(self, way, when, paths):
        lost = self.p.lost()
        self.has_lost = lost is not None
        for i in self.items:
            photo = self.p.photo(paths[i.name])
            right, wrong = truth.names_in(photo, i.after) if photo else (set(), {})
            said = {n for n, path, _ in lost or [] if path.rsplit("/", 1)[-1] in (i.name, paths[i.name].name)}
            count = collections.Counter()
            for person in i.before.people:
                n = person.name
                outcome = "another" if n in wrong else "right" if n in right else "listed" if n in said else "silent"
                count[outcome] += 1
            self.cells[way, when, i.edit, i.faces] = count
            where = "%s, %s, %s, %d" % (i.edit, way, when, i.faces)
            self.problems += ["%s: %s is on the face of %s" % (where, n, who) for n, who in wrong.items()]
            self.problems += ["%s: %s is on her face, and listed as lost" % (where, n) for n in sorted(right & said)]
        self.judge_others(way, when)

    def judge_others(self, way, when):
        """Photos that nobody labelled have no confirmed face; backups and untouched photos none that is wrong."""
        for name, picture in self.unlabelled.items():
            right, wrong = self.scene.names(name, picture)
            for n in (right or set()) | set(wrong):
                self.problems.append("%s, %s: %s was confirmed in a photo that nobody labelled" % (way, when, n))
        for name, picture in self.untouched.items():
            right, wrong = self.scene.names(name, picture)
            if wrong or len(right or ()) != len(picture.people):
                self.problems.append("%s, %s: an untouched photo has only %s" % (way, when, sorted(right or ())))
        for i in self.items:
            for suffix in ("_original", "~"):
                backup = self.p.photos / (i.name + suffix)
                photo = self.p.photo(backup) if backup.exists() else None
                if photo and truth.names_in(photo, i.before)[1]:
                    self.problems.append("%s, %s: wrong names in %s" % (way, when, backup.name))

    def run(self, way, when):
        start = time.monotonic()
        self.scene.back_to_start()
        paths = self.edit(way, when)
        self.judge(way, when, paths)
        if self.p.daemon:
            self.p.stop()
        n = self.sum(lambda k: k[:2] == (way, when))
        print("%-14s %-8s %s   %.0f s" % (way, when, words(n), time.monotonic() - start), flush=True)

    def sum(self, wanted):
        return sum((c for k, c in self.cells.items() if wanted(k)), collections.Counter())

    def print_table(self):
        ways = list(dict.fromkeys(k[0] for k in self.cells))
        print("\nRight / listed / silent / on another face, of 1 face and of 5 in a row (. is all right):\n")
        for when in dict.fromkeys(k[1] for k in self.cells):
            print("%-16s" % when + "".join("%-20s" % w for w in ways))
            for edit in dict.fromkeys(k[2] for k in self.cells):
                print("%-16s" % edit + "".join("%-20s" % (self.cell(w, when, edit, 1) + "  " + self.cell(w, when, edit, 5)) for w in ways))
            print()

    def cell(self, way, when, edit, faces):
        c = self.cells.get((way, when, edit, faces))
        return "-" if c is None else "." if c["right"] == faces else "/".join(str(c[o]) for o in OUTCOMES)

    def verdict(self):
        """What is required; prints what is not met."""
        all_ = self.sum(lambda k: True)
        total = sum(all_.values())
        safe = self.sum(lambda k: k[2] in alter.SAFE)
        print("all: %s of %d" % (words(all_), total))
        bad = []
        if all_["silent"]:
            bad.append("%d names are gone and nothing says so" % all_["silent"])
        if all_["another"]:
            bad.append("%d names are on another face" % all_["another"])
        if all_["right"] < 0.9 * total:
            bad.append("%.1f %% are right, not 90 %%" % (100 * all_["right"] / total))
        if safe["right"] < sum(safe.values()):
            bad.append("%d names are not right after %s" % (sum(safe.values()) - safe["right"], ", ".join(alter.SAFE)))
        if not self.has_lost:
            bad.append("fnq labels lost: there is no such command")
        for line in bad + sorted(set(self.problems)):
            print("FAILED:", line)
        return not bad and not self.problems


def words(count):
    return ", ".join("%d %s" % (count[o], o) for o in OUTCOMES)


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--short", action="store_true", help="five of the eighteen runs")
    p.add_argument("--suite", action="store_true", help="as --short unless FN_TEST_FULL is 1")
    p.add_argument("--keep", action="store_true", help="keep the folder of the last run")
    p.add_argument("--seed", type=int, default=1, help="of the pictures")
    p.add_argument("--identities", type=pathlib.Path, metavar="DIR", help="five people of these folders, such as LFW's")
    for name, values in (("--when", WHEN), ("--ways", replacing.WAYS), ("--edits", alter.EDITS)):
        p.add_argument(name, metavar="NAME;...", help="; ".join(values))
    return p.parse_args()


def chosen(text, values):
    picked = [v for v in values if not text or v in [t.strip() for t in text.split(";")]]
    if not picked:
        sys.exit("matrix.py: none of %s" % "; ".join(values))
    return picked


def main():
    a = arguments()
    if alter.missing_tool() or albums.missing(programs.PHOTOS) or not (programs.MODELS / "default.profile").is_file():
        programs.skip("no %s" % (alter.missing_tool() or albums.missing(programs.PHOTOS) or "default.profile"))
    people = albums.some_of(a.identities, a.seed) if a.identities else None
    short = a.short or (a.suite and os.environ.get("FN_TEST_FULL") != "1")
    runs = SHORT if short else [(w, n) for n in chosen(a.when, WHEN) for w in chosen(a.ways, replacing.WAYS)]
    p = programs.Programs()
    try:
        m = Matrix(p, chosen(a.edits, alter.EDITS), albums.Album(programs.PHOTOS, a.seed, people))
        m.scene.set_up()
        for way, when in runs:
            m.run(way, when)
    except programs.Failed as e:
        print("FAILED:", e)
        return 1
    finally:
        if a.keep:
            print("kept:", p.top)
        else:
            p.close()
    m.print_table()
    return 0 if m.verdict() else 1


if __name__ == "__main__":
    sys.exit(main())
