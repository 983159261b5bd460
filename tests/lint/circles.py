#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Cycles of calls and of includes: circles.py SOURCE BUILD
Calls are read from the objects of BUILD with nm (a symbol that one leaves undefined and another defines, including entries
of function tables), includes from the sources. No cycle may leave a folder, and none inside a folder may span more than
three files. Prints one shortest path around each cycle that violates this, with the symbol or the include of every step,
and the numbers of objects, calls and includes. Exit 77: it cannot run; 1: a cycle was found."""
import collections
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

PARTS = ("engine", "index", "daemon", "cli")
MOST = 3  # files in a cycle inside one folder


def objects(source, build):
    """(source file, object) of every object of the programs and libraries."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        if not file.is_relative_to(source) or file.relative_to(source).parts[0] not in PARTS:
            continue
        words = shlex.split(entry["command"])
        yield str(file.relative_to(source)), pathlib.Path(entry["directory"]) / words[words.index("-o") + 1]


def calls(source, build):
    """Edges {(from file, to file): [symbol, ...]}."""
    of_object = {str(o): f for f, o in objects(source, build)}
    missing = [o for o in of_object if not pathlib.Path(o).is_file()]
    if missing or not of_object:
        sys.exit(f"circles: build all first: {missing[0] if missing else 'no object'} is not there")
    out = subprocess.run(["nm", "-A", "-g", *of_object], check=True, capture_output=True, text=True).stdout
    defined, wanted = collections.defaultdict(set), set()
    for line in out.splitlines():
        head, kind, symbol = line.rsplit(" ", 2)
        file = of_object[head[:head.index(":")]]
        if kind in "Uwv":
            wanted.add((file, symbol))
        else:
            defined[symbol].add(file)
    edges = collections.defaultdict(list)
    for file, symbol in sorted(wanted):
        for to in defined[symbol] - {file}:
            edges[file, to].append(symbol)
    return edges


def includes(source):
    edges = collections.defaultdict(list)
    for part in PARTS:
        for path in sorted((source / part).rglob("*.[ch]")):
            file = str(path.relative_to(source))
            for to in re.findall(r'^# *include "([^"]+)"', path.read_text(), re.M):
                edges[file, to].append("#include")
    return edges


def strong_components(edges):
    """Tarjan 1972, with an explicit stack. Components of more than one file."""
    graph = collections.defaultdict(list)
    for a, b in sorted(edges):
        graph[a].append(b)
    number, low, stack, found = {}, {}, [], []
    for root in sorted(graph):
        work = [(root, iter(graph[root]))] if root not in number else []
        while work:
            v, rest = work[-1]
            if v not in number:
                number[v] = low[v] = len(number)
                stack.append(v)
            w = next(rest, None)
            if w is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[v])
                if low[v] == number[v]:
                    at = stack.index(v)
                    found.append(sorted(stack[at:]))
                    del stack[at:]
            elif w not in number:
                work.append((w, iter(graph[w])))
            elif w in stack:
                low[v] = min(low[v], number[w])
    return [c for c in found if len(c) > 1]


def folder(file):
    return str(pathlib.PurePosixPath(file).parent)


def shortest_circle(edges, files):
    """Files of a shortest cycle within a component, through a step between folders if there is one."""
    inside = [e for e in sorted(edges) if e[0] in files and e[1] in files]
    starts = [e for e in inside if folder(e[0]) != folder(e[1])] or inside
    best = None
    for a, b in starts:
        back, queue = {b: None}, collections.deque([b])
        while queue and a not in back:
            v = queue.popleft()
            for x, y in inside:
                if x == v and y not in back:
                    back[y] = v
                    queue.append(y)
        way = [a]
        while back[way[-1]] is not None:
            way.append(back[way[-1]])
        if best is None or len(way) < len(best):
            best = way[::-1]  # from b to a, then b again
    return best + best[:1]


def check(edges, word):
    bad = 0
    for files in strong_components(edges):
        folders = sorted({folder(f) for f in files})
        if len(folders) == 1 and len(files) <= MOST:
            continue
        bad += 1
        where = "between " + ", ".join(folders) if len(folders) > 1 else "in " + folders[0]
        print(f"a cycle of {word} {where}, {len(files)} files: {' '.join(files)}")
        way = shortest_circle(edges, set(files))
        for a, b in zip(way, way[1:]):
            print(f"    {a} -> {', '.join(edges[a, b][:3])} -> {b}")
    return bad


def main():
    source, build = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
    if not shutil.which("nm") or not (build / "compile_commands.json").is_file():
        print("skipped: nm or compile_commands.json is not there")
        return 77
    by_call, by_include = calls(source, build), includes(source)
    bad = check(by_call, "calls") + check(by_include, "includes")
    files = {f for e in by_call for f in e}
    print(f"{len(files)} objects, {len(by_call)} pairs that call, {len(by_include)} includes, {bad} cycles too large")
    return bad != 0


sys.exit(main())
