# SPDX-License-Identifier: MIT
"""The ways in which an editor puts the edited picture in the place of the old one. Each is two functions: the first does the
edit and returns the path that shows it; the second, if there is one, ends it when the daemon has seen the first."""
import os


def in_place(path, data):
    with open(path, "r+b") as f:
        f.truncate(0)
        f.write(data)
    return path


def rename_over(path, data):
    temporary = path.with_name("." + path.name + ".tmp")
    temporary.write_bytes(data)
    os.rename(temporary, path)
    return path


def rename_away(path, data, suffix="_original"):
    """As exiftool does: the old file becomes a backup beside the new one."""
    temporary = path.with_name(path.name + "_exiftool_tmp")
    temporary.write_bytes(data)
    os.rename(path, path.with_name(path.name + suffix))
    os.rename(temporary, path)
    return path


def rename_away_tilde(path, data):
    """As other editors do: the new file is created and written after the old one has its backup name."""
    os.rename(path, path.with_name(path.name + "~"))
    path.write_bytes(data)
    return path


def copy(path, data):
    new = path.with_name(path.stem + " edited" + path.suffix)
    new.write_bytes(data)
    return new


def move(path, data):
    new = path.parent / "sorted" / path.name
    new.parent.mkdir(exist_ok=True)
    new.write_bytes(data)
    os.unlink(path)
    return new


def nothing(path):
    pass


WAYS = {
    "in place": (in_place, nothing),
    "rename over": (rename_over, nothing),
    "NAME_original": (rename_away, nothing),
    "NAME~": (rename_away_tilde, nothing),
    "copy, delete": (copy, os.unlink),
    "move": (move, nothing),
}
