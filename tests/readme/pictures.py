# SPDX-License-Identifier: MIT
"""The ~/Pictures of whoever follows README: the sample album, and photos that README calls by another name."""
import os
import shutil
import subprocess

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEMO = os.environ.get("FACENETD_TEST_PHOTOS") or f"{SOURCE}/build/packages/@vladmandic/face-api/demo"
# Names in README that the album does not have: the photo that is there instead.
STAND_INS = {}


def missing():
    """What is missing for the album, or an empty text."""
    if not os.path.isfile(f"{DEMO}/sample1.jpg"):
        return f"no sample photos in {DEMO} (FACENETD_TEST_PHOTOS)"
    return "" if shutil.which("jpegtran") else "no jpegtran (libjpeg-turbo-progs)"


def make(folder):
    """Writes the photos into a new folder."""
    subprocess.run([f"{SOURCE}/scripts/sample-album", DEMO, folder], check=True)
    shutil.rmtree(f"{folder}/.stamp")
    for name, photo in STAND_INS.items():
        shutil.copy(f"{folder}/{photo}", f"{folder}/{name}")


def strange(text):
    """Stand-ins that README does not name."""
    return [f"README.md does not name {name}, for which there is a stand-in" for name in STAND_INS if name not in text]
