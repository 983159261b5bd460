# SPDX-License-Identifier: MIT
"""Single cases of edited, moved, swapped and restored photos, each with the real programs. In every one, names are on their own
faces at the end, or `fnq labels lost` has them.

  cases.py [CASE...]      all cases, or those whose names contain one of the words
"""
import json
import os
import shutil
import signal
import subprocess
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

CASES = []


def case(f):
    CASES.append(f)
    return f


class Wrong(Exception):
    pass


class Skipped(Exception):
    pass


class Home:
    """The photos of all cases, and what a case may ask."""

    def __init__(self, p):
        album = albums.Album(programs.PHOTOS, seed=2)

        def burst():
            first = album.one("Fay")
            return first, alter.next_of_burst(first), alter.colour(first)

        def row():
            five = album.five()
            turned = alter.resize(alter.lossless_rotation(alter.reencode(alter.mirror(five))))
            return five, alter.mirror(five), alter.lossless_rotation(five), turned

        def trip_row():
            five = album.five()
            return five, alter.mirror(five), alter.lossless_rotation(five)

        def phone():
            upright = alter.sideways(album.five())
            return upright, alter.orientation_dropped(upright)

        (row, *_), (trip, *_), (phone, _), (first, second, _), (ann,), (ben,), (cleo,), (another,) = scene.findable(
            p, [row, trip_row, phone, burst] + [lambda n=n: (album.one(n),) for n in ("Ann", "Ben", "Cleo", "Ben")]
        )
        self.pictures = {
            "row.jpg": row,
            "ann.jpg": ann,
            "ben.jpg": ben,
            "trip/cleo.jpg": cleo,
            "trip/row.jpg": trip,
            "phone.jpg": phone,
            "burst 1.jpg": first,
            "burst 2.jpg": second,
        }
        self.another_ben = another
        self.scene = scene.Scene(p, self.pictures, ["burst 2.jpg"])
        self.p = p

    def path(self, name):
        return self.scene.path(name)

    def look_again(self, live, edit):
        """Does the edit while facenetd watches, or before the next `facenetd --once`."""
        if live:
            self.p.start()
            edit()
        else:
            edit()
            self.p.once()

    def right(self, expected):
        """{file: Picture}: waits until the index has these contents; every name has to be on its face, and none listed as lost."""
        self.right_here(expected)
        lost = self.p.lost() or []
        for name, picture in expected.items():
            right, _ = self.scene.names(name, picture)
            listed = {l[0] for l in lost if os.path.basename(l[1]) == os.path.basename(name)} & right
            if listed and sum(os.path.basename(n) == os.path.basename(name) for n in self.pictures) == 1:
                raise Wrong("%s: %s listed as lost, but on their faces" % (name, ", ".join(sorted(listed))))

    def right_here(self, expected):
        self.wait_for(expected)
        for name, picture in expected.items():
            right, wrong = self.scene.names(name, picture)
            people = {p.name for p in picture.people}
            if right is None:
                raise Wrong("%s: its new content is not in the index" % name)
            if wrong:
                raise Wrong("%s: %s" % (name, ", ".join("%s is on the face of %s" % w for w in wrong.items())))
            self.missing_here(name, picture, people - right)

    def missing_here(self, name, picture, people):
        """Names that are not on their faces: right only where the program does not find the face, and says so."""
        faces = self.p.photo(self.path(name))["faces"]
        for p in picture.people:
            if p.name in people and truth.is_found(faces, picture, p):
                raise Wrong("%s: %s lost" % (name, ", ".join(sorted(people))))
            if p.name in people:
                self.said_lost(p.name, name)

    def wait_for(self, names):
        if self.p.daemon:
            self.p.until("the index has %s" % ", ".join(names), lambda: all(self.p.photo(self.path(n)) for n in names), 30)
            self.p.until("the queue is empty", self.p.idle)
            time.sleep(0.6)
            self.p.until("the queue is empty", self.p.idle)

    def nobody(self, name, picture):
        self.wait_for([name])
        right, wrong = self.scene.names(name, picture)
        if right or wrong:
            raise Wrong("%s: %s is confirmed, which nobody did" % (name, ", ".join(sorted(right | set(wrong)))))

    def said_lost(self, person, name):
        lost = self.p.lost()
        if lost is None:
            raise Wrong("%s of %s is gone, and there is no fnq labels lost" % (person, name))
        if not any(l[0] == person and os.path.basename(l[1]) == os.path.basename(name) for l in lost):
            raise Wrong("%s of %s is gone, and fnq labels lost does not say so: %s" % (person, name, lost))

    def right_or_lost(self, name, new, old):
        """As right(), but the people who are no longer in the picture are listed as lost."""
        self.right_here({name: new})
        for person in {p.name for p in old.people} - {p.name for p in new.people}:
            self.said_lost(person, name)

    def act_of(self, person):
        acts = json.loads(self.p.fnq("log", "--json"))["acts"]
        return "L%d" % next(a["act"] for a in acts if person in a["text"])

    def ids(self, name, picture):
        return truth.ids_of(self.p.photo(self.path(name)), picture)

    def states(self, name, picture):
        photo = self.p.photo(self.path(name))
        state = {f["face"]: f["state"] for f in photo["faces"]}
        return {person: state[face] for person, face in truth.ids_of(photo, picture).items()}

    def put(self, name, picture, way=replacing.in_place):
        way(self.path(name), picture.data)
        return picture


def both(f):
    """The same case while facenetd watches and while it is stopped."""

    def live(h):
        f(h, True)

    def stopped(h):
        f(h, False)

    live.__doc__, stopped.__doc__ = f.__doc__ + " (live)", f.__doc__ + " (stopped)"
    CASES.extend([live, stopped])
    return f


@case
def same_stat(h):
    """same inode, size and time of modification with other content"""
    path, old = h.path("row.jpg"), h.path("row.jpg").stat()
    new = alter.padded(alter.mirror(h.pictures["row.jpg"]), old.st_size)
    h.put("row.jpg", new)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    now = path.stat()
    assert (now.st_ino, now.st_size, now.st_mtime_ns) == (old.st_ino, old.st_size, old.st_mtime_ns)
    h.p.once()
    h.right({"row.jpg": new})


@both
def mirrored_in_place(h, live):
    """five people mirrored in place"""
    new = alter.mirror(h.pictures["row.jpg"])
    h.look_again(live, lambda: h.put("row.jpg", new))
    h.right({"row.jpg": new})


@both
def mirrored_tag(h, live):
    """five people mirrored by the orientation tag, as by a phone's front camera"""
    new = alter.orientation_tag(h.pictures["row.jpg"], 2)
    h.look_again(live, lambda: h.put("row.jpg", new, replacing.rename_over))
    h.right({"row.jpg": new})


@both
def turned_for_good(h, live):
    """a phone's photo, shown upright by its tag, is turned for good and loses the tag"""
    new = alter.turned_for_good(h.pictures["phone.jpg"])
    h.look_again(live, lambda: h.put("phone.jpg", new))
    h.right({"phone.jpg": new})


@both
def tag_dropped(h, live):
    """an upload loses the orientation tag of a phone's photo, which lies on its side from then on"""
    old = h.pictures["phone.jpg"]
    new = alter.orientation_dropped(old)
    h.look_again(live, lambda: h.put("phone.jpg", new, replacing.rename_over))
    h.right({"phone.jpg": new})


@both
def exiftool(h, live):
    """exiftool in its usual way, then its backup is deleted"""
    if not shutil.which("exiftool"):
        raise Skipped("no exiftool")

    def edit():
        for name in ("row.jpg", "ann.jpg"):
            subprocess.run(["exiftool", "-q", "-Artist=Ann", str(h.path(name))], check=True)

    h.look_again(live, edit)
    same = {"row.jpg": h.pictures["row.jpg"], "ann.jpg": h.pictures["ann.jpg"]}
    h.right(same)
    for name in same:
        os.unlink(h.path(name + "_original"))
    if not live:
        h.p.once()
    h.right(same)


@case
def long_temporary(h):
    """a temporary file that lives longer than the settle time is renamed over the photo"""
    names = {"row.jpg": ".row.jpg.Xk3f9q", "ann.jpg": "ann.jpg.part", "ben.jpg": "upload 1.jpg", "trip/row.jpg": ".syncthing.row.jpg.tmp"}
    new = {name: alter.colour(h.pictures[name]) for name in names}
    h.p.start()
    for name, temporary in names.items():
        h.path(name).with_name(temporary).write_bytes(new[name].data)
    time.sleep(1.5)
    h.p.until("the queue is empty", h.p.idle)
    for name, temporary in names.items():
        os.rename(h.path(name).with_name(temporary), h.path(name))
    h.right(new)


@case
def long_temporary_mirrored(h):
    """the same with a mirrored row of five"""
    new = alter.mirror(h.pictures["row.jpg"])
    h.p.start()
    h.path(".row.jpg.Xk3f9q").write_bytes(new.data)
    time.sleep(1.5)
    h.p.until("the queue is empty", h.p.idle)
    os.rename(h.path(".row.jpg.Xk3f9q"), h.path("row.jpg"))
    h.right({"row.jpg": new})


@both
def moved_and_edited(h, live):
    """moved to another folder and then tag-edited there, in place"""
    new = {"trip/ann.jpg": alter.tag(h.pictures["ann.jpg"]), "trip/moved row.jpg": alter.tag(h.pictures["row.jpg"])}

    def edit():
        os.rename(h.path("ann.jpg"), h.path("trip/ann.jpg"))
        os.rename(h.path("row.jpg"), h.path("trip/moved row.jpg"))  # not the old name
        for name, picture in new.items():
            h.put(name, picture)

    h.look_again(live, edit)
    h.right(new)


@both
def folder_renamed(h, live):
    """a folder is renamed while photos in it are edited"""
    new = {"journey/cleo.jpg": alter.colour(h.pictures["trip/cleo.jpg"]), "journey/row.jpg": alter.mirror(h.pictures["trip/row.jpg"])}

    def edit():
        h.put("trip/cleo.jpg", new["journey/cleo.jpg"])
        os.rename(h.path("trip"), h.path("journey"))
        h.put("journey/row.jpg", new["journey/row.jpg"])

    h.look_again(live, edit)
    h.right(new)


@both
def swapped(h, live):
    """two photos change their names with each other"""

    def edit():
        for a, b in (("ann.jpg", "ben.jpg"), ("row.jpg", "trip/row.jpg")):
            os.rename(h.path(a), h.path("swap.jpg"))
            os.rename(h.path(b), h.path(a))
            os.rename(h.path("swap.jpg"), h.path(b))

    h.look_again(live, edit)
    p = h.pictures
    h.right({"ann.jpg": p["ben.jpg"], "ben.jpg": p["ann.jpg"], "row.jpg": p["trip/row.jpg"], "trip/row.jpg": p["row.jpg"]})


@both
def another_picture(h, live):
    """a path gets quite another picture, and later its own again from a backup"""
    h.look_again(live, lambda: h.put("ann.jpg", h.another_ben))
    h.nobody("ann.jpg", h.another_ben)
    h.said_lost("Ann", "ann.jpg")
    h.put("ann.jpg", h.pictures["ann.jpg"])
    if not live:
        h.p.once()
    h.right({"ann.jpg": h.pictures["ann.jpg"]})


@both
def restored(h, live):
    """an edited photo is restored from a backup"""
    old, new = h.pictures["row.jpg"], alter.crop(h.pictures["row.jpg"])
    h.look_again(live, lambda: h.put("row.jpg", new))
    h.right_or_lost("row.jpg", new, old)
    h.put("row.jpg", old, replacing.rename_over)
    if not live:
        h.p.once()
    h.right({"row.jpg": old})


@both
def deleted_and_back(h, live):
    """a deleted photo comes back, edited, under its old name"""
    new = alter.lossless_rotation(h.pictures["row.jpg"])
    h.look_again(live, lambda: os.unlink(h.path("row.jpg")))
    if live:
        time.sleep(1)
        h.p.until("the queue is empty", h.p.idle)
    h.path("row.jpg").write_bytes(new.data)
    if not live:
        h.p.once()
    h.right({"row.jpg": new})


@both
def one_of_two_copies(h, live):
    """of two copies of one photo, one is edited"""
    old = h.pictures["row.jpg"]
    shutil.copy(h.path("row.jpg"), h.path("trip/copy.jpg"))
    h.p.once()
    new = alter.mirror(old)
    h.look_again(live, lambda: h.put("row.jpg", new))
    h.right({"row.jpg": new, "trip/copy.jpg": old})
    newer = alter.resize(old)
    h.put("trip/copy.jpg", newer, replacing.rename_over)
    if not live:
        h.p.once()
    h.right({"row.jpg": new, "trip/copy.jpg": newer})


@both
def burst(h, live):
    """the labelled one of two pictures of a burst is deleted: the other gets no name"""
    h.look_again(live, lambda: os.unlink(h.path("burst 1.jpg")))
    if live:
        time.sleep(1.5)
    h.nobody("burst 2.jpg", h.pictures["burst 2.jpg"])


@both
def burst_edited(h, live):
    """the labelled one of two pictures of a burst is edited under a new name"""
    new = alter.colour(h.pictures["burst 1.jpg"])

    def edit():
        h.path("better.jpg").write_bytes(new.data)
        os.unlink(h.path("burst 1.jpg"))

    h.look_again(live, edit)
    h.right({"better.jpg": new})
    h.nobody("burst 2.jpg", h.pictures["burst 2.jpg"])


@both
def edited_again_and_again(h, live):
    """five edits one after the other, each seen by the program or not"""
    new = h.pictures["row.jpg"]
    if live:
        h.p.start()
    for n, edit in enumerate((alter.mirror, alter.reencode, alter.lossless_rotation, alter.resize, alter.tag)):
        new = h.put("row.jpg", edit(new), replacing.rename_over)
        if n % 2:
            if not live:
                h.p.once()
            h.right({"row.jpg": new})
        elif live:
            time.sleep(0.1)
    if not live:
        h.p.once()
    h.right({"row.jpg": new})


@case
def killed(h):
    """facenetd is killed while it takes in edits, and started again"""
    new = {"row.jpg": alter.mirror(h.pictures["row.jpg"]), "trip/row.jpg": alter.lossless_rotation(h.pictures["trip/row.jpg"])}
    new["ann.jpg"] = alter.tag(h.pictures["ann.jpg"])
    h.p.start()
    for n, (name, picture) in enumerate(new.items()):
        h.put(name, picture, (replacing.in_place, replacing.rename_away, replacing.rename_over)[n])
        time.sleep((0.05, 0.5, 0.9)[n])
        h.p.stop(signal.SIGKILL)
        h.p.start()
    h.right(new)


@case
def undone(h):
    """an undo after an edit takes the name from the edited photo too, and a redo gives it back"""
    new = alter.mirror(h.pictures["row.jpg"])
    h.put("row.jpg", new)
    h.p.once()
    h.right({"row.jpg": new})
    act = h.act_of("Eve")
    h.p.fnq("undo", act)
    right, wrong = h.scene.names("row.jpg", new)
    if wrong or right != {p.name for p in new.people} - {"Eve"}:
        raise Wrong("after the undo: %s, wrong: %s" % (sorted(right), wrong))
    h.p.fnq("redo", act)
    h.right({"row.jpg": new})


@both
def undo_of_the_last(h, live):
    """fnq undo after an edit takes back what the user did last, not what the program noted"""
    h.p.fnq("label", h.ids("burst 2.jpg", h.pictures["burst 2.jpg"])["Fay"], "Fay", "-y")
    new = alter.colour(h.pictures["row.jpg"])
    h.look_again(live, lambda: h.put("row.jpg", new))
    h.right({"row.jpg": new, "burst 2.jpg": h.pictures["burst 2.jpg"]})
    h.p.fnq("undo")
    h.right({"row.jpg": new})
    h.nobody("burst 2.jpg", h.pictures["burst 2.jpg"])


@both
def not_a_face(h, live):
    """a face labelled as none stays so when the picture is mirrored"""
    old = h.pictures["burst 2.jpg"]
    h.p.fnq("notface", h.ids("burst 2.jpg", old)["Fay"], "-y")
    new = alter.mirror(old)
    h.look_again(live, lambda: h.put("burst 2.jpg", new))
    h.nobody("burst 2.jpg", new)
    state = h.states("burst 2.jpg", new).get("Fay")
    if state != "rejected":
        raise Wrong("the face is %s, not rejected" % state)


def main():
    words = sys.argv[1:]
    lacking = alter.missing_tool() or albums.missing(programs.PHOTOS)
    if lacking or not (programs.MODELS / "default.profile").is_file():
        programs.skip("no %s" % (lacking or programs.MODELS / "default.profile"))
    p = programs.Programs()
    failed = 0
    try:
        h = Home(p)
        h.scene.set_up()
        for f in CASES:
            if not words or any(w in f.__doc__ for w in words):
                failed += not run(h, f)
    finally:
        p.close()
    print("%d of the cases failed" % failed)
    return failed != 0


def run(h, f):
    start = time.monotonic()
    result = "ok"
    try:
        h.scene.back_to_start()
        f(h)
    except Skipped as e:
        result = "skipped: %s" % e
    except (Wrong, programs.Failed) as e:
        result = "FAILED: %s" % e
    print("%-92s %s   (%.0f s)" % (f.__doc__, result, time.monotonic() - start), flush=True)
    return not result.startswith("FAILED")


if __name__ == "__main__":
    sys.exit(main())
