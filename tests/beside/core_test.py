#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel's core file of a program on the heap: small, and all is in it.

usage: core_test.py PROGRAM...

PROGRAM is gdb_target.c, which aborts with a few megabytes in use; the heap has
reserved terabytes. Skipped where the kernel gives core files to a program.
Prints TAP.
"""
import os
import resource
import subprocess
import sys
import tempfile

SIZE_MOST = 200 << 20
DISK_MOST = 32 << 20


def can_dump():
    with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
        pattern = file.read().strip()
    if pattern.startswith("|") or "/" in pattern:
        return f"core files go to {pattern}"
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        return "core files are limited"
    return None


def unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)


def judge(program):
    with tempfile.TemporaryDirectory() as room:
        done = subprocess.run([os.path.abspath(program)], cwd=room, text=True,
                              stdout=subprocess.PIPE, preexec_fn=unlimited,
                              check=False)
        cores = [os.path.join(room, name) for name in os.listdir(room)]
        if done.returncode != -6 or len(cores) != 1:
            return f"status {done.returncode}, {len(cores)} files"
        found = os.stat(cores[0])
        print(f"# {found.st_size >> 20} MiB, "
              f"{found.st_blocks >> 11} MiB on disk")
        if found.st_size > SIZE_MOST or found.st_blocks * 512 > DISK_MOST:
            return f"{found.st_size} bytes, {found.st_blocks * 512} on disk"
        with open(cores[0], "rb") as file:
            if b"what a block holds" not in file.read():
                return "a block's bytes are not in it"
    return None


def main():
    programs = sys.argv[1:]
    reason = can_dump()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 77
    bad = 0
    print(f"1..{len(programs)}")
    for number, program in enumerate(programs, 1):
        wrong = judge(program)
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - "
              f"{os.path.basename(program)}")
        if wrong:
            print(f"# {wrong}")
    return 1 if bad else 0


sys.exit(main())
