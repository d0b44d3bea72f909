#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The library's probes: there, with their arguments, and on slow paths only.

usage: probes_test.py LIBRARY

Reads .note.stapsdt with readelf. A probe in a function that the library gives
to the world would be one on a fast path. Prints TAP.
"""
import re
import shutil
import subprocess
import sys

PROBES = {"refill", "purge", "fault"}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False).stdout


def read_notes(library):
    """Name -> list of (address, number of arguments)."""
    probes = {}
    pattern = (r"Provider: typeslab\s+Name: (\w+)\s+Location: (0x\w+),.*\n"
               r"\s+Arguments: (.*)")
    for name, location, arguments in re.findall(
            pattern, run("readelf", "-nW", library)):
        probes.setdefault(name, []).append(
            (int(location, 16), len(arguments.split())))
    return probes


def doors_of(library):
    """(start, end, name) of the functions given to the world."""
    for line in run("nm", "-D", "-S", "--defined-only", library).split("\n"):
        words = line.split()
        if len(words) == 4 and words[2] in "Tt":
            start = int(words[0], 16)
            yield start, start + int(words[1], 16), words[3].split("@")[0]


def gdb_sees(library):
    if not shutil.which("gdb"):
        return None, "no gdb"
    said = run("gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off",
               "-ex", "info probes stap typeslab", library)
    return not all(f" {name} " in said for name in PROBES) and said, None


def main():
    library = sys.argv[1]
    probes = read_notes(library)
    if not probes:
        print("1..0 # SKIP built without systemtap-sdt-dev")
        return 77
    doors = list(doors_of(library))
    exposed = [f"{name} in {door}" for name, places in probes.items()
               for at, _ in places for start, end, door in doors
               if start <= at < end]
    number = bad = 0

    def say(name, wrong, skip=None):
        nonlocal number, bad
        number += 1
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}" +
              (f" # SKIP {skip}" if skip else ""))
        if wrong:
            print(f"# {wrong}")

    print("1..4")
    say("names", set(probes) != PROBES and f"{set(probes)}")
    say("three arguments each", [
        f"{name} {places}" for name, places in probes.items()
        if any(nr != 3 for _, nr in places)])
    say("in no door", exposed or len(doors) < 20 and "no doors found")
    say("gdb sees them", *gdb_sees(library))
    return 1 if bad else 0


sys.exit(main())
