# SPDX-License-Identifier: MIT
"""Small random mistakes in C sources, for scripts/mutants --seeded. A mistake changes one line: an operator is replaced by a
similar one, a condition is negated, a number is one larger, a truth value is inverted, or a statement is left out."""
import random
import re

# The tests of each folder, quick ones first. A file has the tests of the longest prefix of its path.
TESTS = {
    "index/labels": "unit.labels unit.groups unit.damaged property.overlap unit.photos unit.people_view"
                    " unit.upgrade fuzz.labels property.people property.regroup",
    "index/query": "unit.query property.query fuzz.query",
    "index/records": "unit.photos unit.vectors unit.damaged property.paths property.counts property.overlap"
                     " unit.labels unit.store fuzz.records unit.upgrade unit.doctor property.people",
    "index/people": "unit.people_view unit.settle unit.labels unit.groups unit.query unit.upgrade property.people"
                    " property.regroup",
    "index/ingest": "unit.photos property.overlap unit.settle unit.labels property.paths property.people",
    "index/search": "unit.vectors",
    "index/edits": "unit.picture_map unit.same_faces unit.edited unit.photos property.edits",
    "index/intake": "unit.library_files unit.daemon unit.daemon_jobs",
    "daemon": "unit.root_verdict unit.standstill unit.library_files unit.daemon unit.daemon_jobs unit.control_command",
}
# The default paths: the index, and the files of the daemon that only decide. The other files of the daemon are tested by the
# real programs.
INDEX = ["index/labels", "index/query", "index/records", "index/people", "index/ingest", "index/search"]
DAEMON = ["daemon/watching/root_verdict.c", "daemon/watching/standstill.c", "daemon/watching/scan_plan.c",
          "index/intake/rules.c", "index/intake/candidate.c", "daemon/jobs/job_list.c", "daemon/jobs/cores.c",
          "daemon/talking/control_command.c"]

SWAPS = [(" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" == ", " != "), (" != ", " == "),
         (" && ", " || "), (" || ", " && "), (" + ", " - "), (" - ", " + "), (" & ", " | "),
         ("++", "--"), (" += ", " -= "), ("true", "false"), ("false", "true")]
NUMBER = re.compile(r"(?<![\w.\"'%])(\d+)(?![\w.\"'])")
IF = re.compile(r"^(\s*(?:\} else )?if \()(.*)(\)(?: \{)?)$")
STATEMENT = re.compile(r"^\s+(?:(?:\(void\))?[a-z_]\w*(?:(?:->|\.)\w+|\[[^\]]*\])*(?: [-+|&*]?= .*|\(.*\))|\+\+.*|.*(?:\+\+|--));$")
DECLARES = re.compile(r"^\s+(?:const |struct |static |enum |u?int\w* |size_t |bool |char |double |float |fn_\w+_id |json_t )")


def tests_of(file):
    return TESTS[max((k for k in TESTS if file.startswith(k)), key=len)].split()


def bodies(lines):
    """Numbers of the lines with code of functions."""
    inside = comment = False
    for i, line in enumerate(lines):
        if line == "{":
            inside = True
        elif line == "}":
            inside = False
        elif inside and line.strip() and not comment and not line.lstrip().startswith(("/*", "#")):
            yield i
        comment = "*/" not in line and (comment or "/*" in line)


def hide(line):
    """The line with quoted text and comments replaced by spaces, so that columns stay the same."""
    return re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?(?:\*/|$)', lambda m: "\0" * len(m.group()), line)


def of_line(line):
    """(what, new line) of each mistake that can be made in the line."""
    code = hide(line)
    for old, new in SWAPS:
        for m in re.finditer(re.escape(old) if not old.isalpha() else rf"\b{old}\b", code):
            yield f"{old.strip()} is {new.strip()}", line[:m.start()] + new + line[m.end():]
    for m in NUMBER.finditer(code):
        yield f"{m.group()} is {int(m.group()) + 1}", f"{line[:m.start()]}{int(m.group()) + 1}{line[m.end():]}"
    m = IF.match(line)
    if m and m.group(2).count("(") == m.group(2).count(")"):
        yield "the condition is negated", f"{m.group(1)}!({m.group(2)}){m.group(3)}"
    if STATEMENT.match(code) and not DECLARES.match(code):
        yield "the statement is left out", re.match(r"\s*", line).group() + ";"


def mutants(root, files, seed):
    """Endless: (file, line number, what, old line, new line). The file is drawn first, so that small files have their share."""
    rng = random.Random(seed)
    seen = set()
    all_of = {}
    for file in files:
        lines = (root / file).read_text().splitlines()
        all_of[file] = [(i, what, lines[i], new) for i in bodies(lines) for what, new in of_line(lines[i])]
    files = [f for f in files if all_of[f]]
    weight = [len(all_of[f]) ** .5 for f in files]
    while len(seen) < sum(len(m) for m in all_of.values()):
        file = rng.choices(files, weight)[0]
        i, what, old, new = rng.choice(all_of[file])
        if (file, i, what, new) not in seen:
            seen.add((file, i, what, new))
            yield file, i, what, old, new
