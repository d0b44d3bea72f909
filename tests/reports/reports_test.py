#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a report says besides its first line: the right functions, in order.

usage: reports_test.py PAGE TABLE PROGRAM...

PROGRAM is crime.c, linked with the library in some way. Frames are named by
addr2line, as docs/reports.md (PAGE) tells users to. Each fault of TABLE
(tests/lint/reports) has a section there. Prints TAP.
"""
import os
import re
import subprocess
import sys

FRAME = re.compile(r"typeslab: (\w+): (\S+)\+(0x[0-9a-f]+)$")

# crime: first line, the slot's line, options, and who is in each stack.
DOUBLE = {"now": ["free_again"], "freed": ["free_first"],
          "allocated": ["make_block"]}
CRIMES = {
    "double": (r"double free: 0x\w+ \(112 bytes, unknown-\d\d, slot \d+\)",
               r"freed, 0x\w+, 112 bytes", "", DOUBLE),
    "large": (r"double free: 0x\w+ \(303104 bytes, .*\)",
              r"freed, 0x\w+, 303104 bytes", "", DOUBLE),
    "inner": (r"inner free: .*", r"live, 0x\w+, 112 bytes", "",
              {"now": ["free_again"], "allocated": ["make_block"]}),
    "foreign": (r"foreign free: 0x\w+ \(not in this heap\)", None, "",
                {"now": ["free_again", "commit_foreign"]}),
    "moved": (r"double free: .*", r"freed, .*", "",
              {"now": ["free_again"], "freed": ["grow_block"],
               "allocated": ["make_block"]}),
    "calloc": (r"double free: .*", r"freed, .*", "",
               {"now": ["free_again"], "freed": ["free_first"],
                "allocated": ["commit_calloc"]}),
    "aligned": (r"double free: .*", r"freed, .*", "",
                {"now": ["free_again"], "freed": ["free_first"],
                 "allocated": ["commit_aligned"]}),
    "reused": (r"double free: .*", r"freed, .*", "", DOUBLE),
    "thread": (r"double free: .*", r"freed, .*", "",
               {"now": ["free_again"],
                "freed": ["free_first", "run_elsewhere"],
                "allocated": ["make_block", "commit_thread"]}),
    "signal": (r"double free: .*", r"freed, .*", "",
               {"now": ["free_again", "on_signal"], "freed": ["free_first"],
                "allocated": ["make_block"]}),
    "late": (r"write after free: .*", r"freed, .*", ",zero=on",
             {"now": ["make_block", "commit_late"], "freed": ["free_first"],
              "allocated": ["make_block"]}),
}


def run(command, crime, options):
    environment = dict(os.environ, TYPESLAB=options)
    done = subprocess.run(command + [crime], env=environment, text=True,
                          stderr=subprocess.PIPE, timeout=60, check=False)
    return done.returncode, done.stderr.rstrip("\n").split("\n")


def functions(lines, word, own):
    """Names of the frames of one stack that are the program's own."""
    offsets = []
    for line in lines:
        match = FRAME.match(line)
        if match and match.group(1) == word and \
                os.path.realpath(match.group(2)) == own:
            offsets.append(match.group(3))
    if not offsets:
        return []
    out = subprocess.run(["addr2line", "-fe", own] + offsets, check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return out.split("\n")[0:-1:2]


def wrong_stack(found, wanted, has_own):
    """The wanted functions, in order; before them, at most the library's."""
    if not wanted:
        return f"{found}" if found else None
    if wanted[0] not in found:
        return f"no {wanted[0]} among {found}"
    at = found.index(wanted[0])
    if found[at:at + len(wanted)] != wanted:
        return f"not {wanted} but {found}"
    if at and not has_own:
        return f"strangers before {wanted[0]}: {found}"
    return None


def headers_of(program):
    return subprocess.run(["readelf", "-ldW", program], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def loader_of(program):
    found = re.search(r"interpreter: (.*)\]", headers_of(program))
    return [found.group(1)] if found else []


def judge(program, crime, trace, before=()):
    """before: what the program is run by."""
    first, slot, more, stacks = CRIMES[crime]
    headers = headers_of(program)
    if "INTERP" not in headers:
        # Without a loader there are none, but for the call of an allocation.
        stacks = {"allocated": stacks.get("allocated", [])[:1]}
    status, lines = run([*before, program], crime, f"trace={trace}{more}")
    if status != -6:
        return f"status {status}, {lines}"
    if not re.fullmatch("typeslab: " + first, lines[0]):
        return f"first line {lines[0]!r}"
    rest = lines[1:]
    if trace == "off":
        return f"more than the line: {rest}" if rest else None
    if slot:
        if not re.fullmatch("typeslab: slot: " + slot, rest[0]):
            return f"slot: {rest[0]!r}"
        rest = rest[1:]
    for line in rest:
        if not FRAME.match(line):
            return f"no frame: {line!r}"
    own = os.path.realpath(program)
    for word in ("now", "freed", "allocated"):
        wanted = stacks.get(word, [])
        if trace == "fault" and word != "now":
            wanted = []
        wrong = wrong_stack(functions(rest, word, own), wanted,
                            "libtypeslab.so" not in headers)
        if wrong:
            return f"{word}: {wrong}"
    return None


def check_page(page, table):
    """Faults of the table that the page has no heading for."""
    with open(page, encoding="utf-8") as file:
        headings = [line for line in file if line.startswith("## ")]
    for line in open(table, encoding="utf-8"):
        if "|" not in line or line.startswith("#"):
            continue
        words = line.split("|")[1].strip().strip('"')
        words = words.replace("typeslab: ", "")
        if not any(words in heading for heading in headings):
            yield words


def main():
    page, table, programs = sys.argv[1], sys.argv[2], sys.argv[3:]
    number = bad = 0

    def say(name, wrong):
        nonlocal number, bad
        number += 1
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
        if wrong:
            print(f"# {wrong}")

    print(f"1..{len(programs) * (len(CRIMES) * 3 + 1) + 1}")
    for program in programs:
        for crime in CRIMES:
            for trace in ("off", "fault", "on"):
                say(f"{os.path.basename(program)} {crime} {trace}",
                    judge(program, crime, trace))
        say(f"{os.path.basename(program)} double on, by its loader",
            judge(program, "double", "on", loader_of(program)))
    missing = list(check_page(page, table))
    say("docs/reports.md has every fault", missing and f"lacks {missing}")
    return 1 if bad else 0


sys.exit(main())
