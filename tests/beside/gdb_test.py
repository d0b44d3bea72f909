#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab-whatis in gdb: on a live process, and offline on its core file.

usage: gdb_test.py SCRIPT PROGRAM...

PROGRAM is gdb_target.c; what it says of its blocks is what gdb must say. The
core file is made by gdb itself. Prints TAP.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

NAMES = ("live", "freed", "inner", "large", "large_inner", "large_freed",
         "foreign")
# Of the program's few megabytes and the ground around them.
CORE_MOST = 256 << 20


def gdb(script, *arguments, commands):
    given = ["gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off",
             "-ex", "set confirm off"]
    for command in commands:
        given += ["-ex", command]
    done = subprocess.run(given + list(arguments), text=True, timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.stdout


def ask(script):
    """Cast: no debug information is needed."""
    return [f"source {script}"] + [
        f"typeslab-whatis (unsigned long){name}" for name in NAMES]


def wrong(expected, said):
    lines = [line for line in said.split("\n") if re.match("0x[0-9a-f]+: ",
                                                           line)]
    if len(lines) != len(NAMES):
        return f"{len(lines)} answers: {said!r}"
    for name, line in zip(NAMES, lines):
        if not re.fullmatch(expected[name], line):
            return f"{name}: wanted {expected[name]!r}, got {line!r}"
    return None


def main():
    script, programs = sys.argv[1], sys.argv[2:]
    if not shutil.which("gdb"):
        print("1..0 # SKIP no gdb")
        return 77
    if "yes" not in gdb(script, commands=["python print('yes')"]):
        print("1..0 # SKIP gdb has no Python")
        return 77
    number = bad = 0

    def say(name, fault):
        nonlocal number, bad
        number += 1
        bad += bool(fault)
        print(f"{'not ok' if fault else 'ok'} {number} - {name}")
        if fault:
            print("# " + fault.replace("\n", "\n# "))

    print(f"1..{2 * len(programs) + 2}")
    with tempfile.TemporaryDirectory() as room:
        for program in programs:
            name = os.path.basename(program)
            out = os.path.join(room, name + ".out")
            core = os.path.join(room, name + ".core")
            said = gdb(script, program, commands=[
                f"run >{out}", *ask(script), f"generate-core-file {core}"])
            with open(out, encoding="utf-8") as file:
                expected = dict(line.rstrip("\n").split(" ", 1)
                                for line in file)
            say(f"{name}, live", wrong(expected, said))
            if not os.path.exists(core):
                say(f"{name}, core", f"no core file: {said}")
                continue
            size = os.path.getsize(core)
            say(f"{name}, core", size > CORE_MOST and f"{size} bytes" or
                wrong(expected, gdb(script, program, core,
                                    commands=ask(script))))
    said = gdb(script, "/bin/true", commands=[
        f"source {script}", "start", "typeslab-whatis 1"])
    say("a stranger", None if "no libtypeslab" in said else said)
    said = gdb(script, commands=[f"source {script}", "typeslab-whatis"])
    say("no address", None if "usage:" in said else said)
    return 1 if bad else 0


sys.exit(main())
