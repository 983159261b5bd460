#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""read_page.py DIR: reads the pages of `fnq people list --html DIR` as a browser would, and checks what every page must have.

Each file that a page refers to exists, also the original photos. There is no script, no event attribute, no inline style, no address
with a scheme. Tags are balanced, ids are unique, headings begin with one h1 and skip no level, pictures have a text or are next to one.
No file of the page is left that no page refers to. Prints a line for each fault, then "N pages, N pictures, N originals"."""
import html.parser
import os
import sys
import urllib.parse

VOID = {"meta", "link", "img", "br", "hr", "input"}
LANDMARKS = {"main", "footer"}
root = os.path.realpath(sys.argv[1]).encode()
faults, used, originals = [], set(), set()


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.path, self.stack, self.ids, self.levels, self.seen = path, [], set(), [], set()
        self.policy, self.title, self.labels = None, "", set()

    def fault(self, text):
        faults.append(f"{self.path.decode(errors='replace')}:{self.getpos()[0]}: {text}")

    def address(self, url):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme or parts.netloc or parts.query or url.startswith("/"):
            return self.fault(f"not a relative address: {url}")
        if not parts.path:
            return self.labels.add(parts.fragment)
        name = urllib.parse.unquote_to_bytes(parts.path)
        target = os.path.normpath(os.path.join(os.path.dirname(self.path), name))
        if not os.path.isfile(target):
            return self.fault(f"leads nowhere: {url}")
        (used if target.startswith(root + b"/") else originals).add(target)

    def handle_starttag(self, tag, attrs, void=False):
        self.seen.add(tag)
        d = dict(attrs)
        if len(d) != len(attrs):
            self.fault(f"<{tag}> has an attribute twice")
        for key, value in attrs:
            if key.startswith("on") or key in ("style", "srcdoc", "action"):
                self.fault(f"<{tag}> has {key}")
            if key in ("href", "src"):
                self.address(value)
            if key == "id" and (value in self.ids or self.ids.add(value)):
                self.fault(f"id {value} twice")
        if tag in ("script", "iframe", "object", "embed", "form", "base", "style"):
            self.fault(f"<{tag}>")
        if tag == "img" and ("alt" not in d or not d.get("width") or not d.get("height")):
            self.fault("<img> without alt, width or height")
        if tag in ("h1", "h2", "h3"):
            self.levels.append(int(tag[1]))
        if d.get("http-equiv") == "Content-Security-Policy":
            self.policy = d["content"]
        if tag not in VOID and not void:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs, void=True)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.fault(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.stack and self.stack[-1] == "title":
            self.title += data

    def finish(self):
        self.close()
        if self.stack:
            self.fault(f"not closed: {self.stack}")
        if not self.policy or not self.policy.startswith("default-src 'none'; ") or "script" in self.policy:
            self.fault(f"policy: {self.policy}")
        if not self.title.strip() or not LANDMARKS <= self.seen or not self.labels <= self.ids:
            self.fault("no title, a landmark is missing, or a label leads nowhere")
        if self.levels[:1] != [1] or self.levels.count(1) != 1 or any(b > a + 1 for a, b in zip(self.levels, self.levels[1:])):
            self.fault(f"headings: {self.levels}")


pages, todo = set(), [root + b"/index.html"]
while todo:
    path = todo.pop()
    if path in pages:
        continue
    pages.add(path)
    page = Page(path)
    with open(path, "rb") as f:
        text = f.read().decode("utf-8")  # strictly
    if "http:" in text or "https:" in text or "\0" in text:
        page.fault("an address of the network")
    page.feed(text)
    page.finish()
    todo += [u for u in used if u.endswith(b".html") and u not in pages]

files = {os.path.join(d, f) for d, _, names in os.walk(root) for f in names}
extra = {f for f in files - used - pages if not os.path.basename(f).startswith(b".")}
faults += [f"{f.decode(errors='replace')}: no page refers to it" for f in sorted(extra)]
print("\n".join(faults), end="\n" if faults else "")
print(f"{len(pages)} pages, {sum(u.endswith(b'.jpg') for u in used)} pictures, {len(originals)} originals")
sys.exit(bool(faults))
