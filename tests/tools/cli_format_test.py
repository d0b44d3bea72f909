#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab hist --format: what it prints is what it says it is.

JSON is read by Python's own reader, OpenMetrics by the rules of its
specification that a page of code can hold; both must have the counts that the
snapshot has.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
SAMPLES = Path(__file__).parent / "samples"
SNAPSHOTS = sorted(path.name for path in SAMPLES.glob("*.snapshot"))
NASTY = """slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
# typeslab 1
# typeslab pid 4711
# typeslab program a"b\\c
# typeslab mode typed
# typeslab partitions 1 1 1
# typeslab allocations 18446744073 0 7
data-00-64         3 64 64 64 1 : tunables 0 0 0 : slabdata 1 1 0
unknown-00-large   2 2 100000 1 25 : tunables 0 0 0 : slabdata 2 2 0
# typeslab caches
q"uote\\d          5 32 1024 32 8 : tunables 0 0 0 : slabdata 1 1 0
# typeslab end
"""

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})\{{({LABEL}(?:,{LABEL})*)\}} (\d+)")


def run(*args, text=None):
    done = subprocess.run([TOOL, "hist", *args], input=text, cwd=SAMPLES,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def counts_of(text):
    """Live objects and bytes of a snapshot's caches, in order."""
    counts = []
    for line in text.split("\n"):
        words = line.split()
        if len(words) > 7 and words[7] == "tunables" and line[0] != "#":
            counts.append((int(words[1]), int(words[1]) * int(words[3])))
    return counts


def parse_openmetrics(text):
    """Name -> list of (labels, number); dies of what is against the rules."""
    lines = text.split("\n")
    tap.equal(lines[-2:], ["# EOF", ""])
    families, current, seen = {}, None, set()
    for line in lines[:-2]:
        match = re.fullmatch(rf"# TYPE ({NAME}) (gauge|counter)", line)
        if match:
            current = match.groups()
            tap.equal(current[0] in families, False, line)
            families[current[0]] = []
            continue
        match = re.fullmatch(rf"# HELP ({NAME}) \S.*", line)
        if match:
            tap.equal(match.group(1), current[0], line)
            tap.equal(families[current[0]], [], line)
            continue
        match = SAMPLE.fullmatch(line)
        tap.equal(bool(match), True, line)
        suffix = "_total" if current[1] == "counter" else ""
        tap.equal(match.group(1), current[0] + suffix, line)
        labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"',
                                 match.group(2)))
        key = (match.group(1), tuple(sorted(labels.items())))
        tap.equal(key in seen, False, "twice: " + line)
        seen.add(key)
        families[current[0]].append((labels, int(match.groups()[-1])))
    return families


def check_json(text):
    status, out, err = run("--format", "json", "-", text=text)
    tap.equal((status, err), (0, ""))
    heap = json.loads(out)
    tap.equal([(c["live_objects"], c["live_bytes"]) for c in heap["caches"]],
              counts_of(text))
    tap.contains(text, f"# typeslab pid {heap['pid']}\n")
    tap.contains(text, f"# typeslab program {heap['program']}\n")
    tap.contains(text, "# typeslab partitions {data} {pointer} {unknown}\n"
                 .format(**heap["partitions"]))
    tap.contains(text, "# typeslab allocations {data} {pointer} {unknown}\n"
                 .format(**heap["allocations"]))


def check_openmetrics(text):
    status, out, err = run("--format=openmetrics", "-", text=text)
    tap.equal((status, err), (0, ""))
    families = parse_openmetrics(out)
    counts = counts_of(text)
    tap.equal([n for _, n in families["typeslab_live_objects"]],
              [objects for objects, _ in counts])
    tap.equal([n for _, n in families["typeslab_live_bytes"]],
              [size for _, size in counts])
    tap.contains(text, "# typeslab allocations " + " ".join(
        str(n) for _, n in families["typeslab_allocations"]) + "\n")


def test_samples():
    tap.equal(len(SNAPSHOTS) > 0, True)
    for name in SNAPSHOTS:
        text = (SAMPLES / name).read_text()
        check_json(text)
        check_openmetrics(text)


def test_nasty_names():
    check_json(NASTY)
    check_openmetrics(NASTY)
    out = run("-f", "openmetrics", "-", text=NASTY)[1]
    tap.contains(out, 'program="a\\"b\\\\c"')
    tap.contains(out, 'cache="q\\"uote\\\\d"')


def test_names_twice():
    """Two caches of one name: one series, the sum; another size: another."""
    end = "# typeslab end\n"
    cache = ("msg-64 {live} 32 64 8 8 : tunables 0 0 0 : slabdata 1 1 0\n"
             "msg-64 {live} 32 96 8 8 : tunables 0 0 0 : slabdata 1 1 0\n")
    text = NASTY.replace(end, cache.format(live=3) + cache.format(live=4) + end)
    check_json(text)
    out = run("-f", "openmetrics", "-", text=text)[1]
    families = parse_openmetrics(out)
    for name, value in (("live_objects", 7), ("live_bytes", 7 * 64),
                        ("slots", 64), ("slabs", 2)):
        tap.equal([n for labels, n in families["typeslab_" + name]
                   if labels.get("cache") == "msg-64" and
                   labels["size"] == "64"], [value])
    tap.equal([n for labels, n in families["typeslab_live_objects"]
               if labels.get("cache") == "msg-64"], [7, 7])


def test_text_is_the_drawing():
    tap.equal(run("--format", "text", SNAPSHOTS[0]), run(SNAPSHOTS[0]))


def test_refused():
    for args in (["--format", "xml", SNAPSHOTS[0]],
                 ["--format", "json", "--slabinfo", "typed.slabinfo"],
                 ["--format", "json", "--types", "table", "1"]):
        status, out, err = run(*args)
        tap.equal((status != 0, out), (True, ""), str(args))
        tap.contains(err, "format")
    tap.equal(run("--format", "json", "-", text=NASTY[:200])[0], 2)


tap.run(sys.modules[__name__])
