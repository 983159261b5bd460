#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The colours of the pages can be read: contrast.py SOURCE BUILD
Computes the contrast of WCAG 2.2 for each pair of text and ground in cli/page/style.css, light, dark and printed: at least 4.5, and 3
for drawings. Fails with each pair below that, and with a colour that no pair names, so that a new one is added here."""
import pathlib
import re
import sys

# What is drawn on what. Text needs 4.5, the placeholder of a picture and the outline of the focus 3; hairlines need nothing.
TEXT = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("ground", "card")]
DRAWN = [("none-ink", "none"), ("mark", "ground"), ("mark", "card")]
FREE = {"line"}


def rgb(text):
    digits = text.lstrip("#")
    digits = "".join(2 * c for c in digits) if len(digits) == 3 else digits
    return [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]


def luminance(text):
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(text))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def schemes(css):
    """Name and colours of each; later ones replace some of the first."""
    found, first = [], {}
    for block in re.finditer(r"(@media ([^{]*)\{\s*)?:root \{([^}]*)\}", css):
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block.group(3)))
        first = first or colours
        found.append((block.group(2) or "light", {**first, **colours}))
    return found


def main():
    css = (pathlib.Path(sys.argv[1]) / "cli/page/style.css").read_text()
    assert abs(contrast("#000", "#fff") - 21) < 1e-9 and abs(contrast("#777", "#ffffff") - 4.478) < 1e-3
    wrong = []
    for name, colours in schemes(css):
        for pairs, least in ((TEXT, 4.5), (DRAWN, 3)):
            for ink, ground in pairs:
                is_ = contrast(colours[ink], colours[ground])
                print(f"{name.strip()}: {ink} on {ground} {is_:.2f}")
                if is_ < least:
                    wrong.append(f"{name.strip()}: {ink} on {ground} has a contrast of {is_:.2f}, below {least}")
        for other in set(colours) - FREE - {c for pair in TEXT + DRAWN for c in pair}:
            wrong.append(f"{name.strip()}: --{other} is in no pair of this check")
    if len(schemes(css)) < 3:
        wrong.append("light, dark and print were not all found")
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main())
