#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The heap in a sandbox that allows what docs/syscalls.md names, and less.

usage: sandbox_test.py PAGE PROGRAM

Prints TAP.
"""
import re
import signal
import subprocess
import sys

# The test's own: to leave with words, or without.
OWN = ["exit_group", "write"]
# abort(3) in the table's row of tgkill.
WITH_ABORT = ["gettid", "getpid", "rt_sigprocmask", "tgkill", "rt_sigaction"]


def judge(program, way, names):
    done = subprocess.run([program, way, *names], text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode == 77:
        return "no seccomp here"
    if done.stdout != "alive\n":
        return f"status {done.returncode}, {done.stdout!r} {done.stderr!r}"
    if done.returncode != -signal.SIGABRT:
        return f"status {done.returncode} at the fault, {done.stderr!r}"
    if not done.stderr.startswith("typeslab: double free: "):
        return f"no report: {done.stderr!r}"
    return None


def main():
    page, program = sys.argv[1:]
    with open(page, encoding="utf-8") as file:
        named = re.findall(r"^\| `(\w+)` \|", file.read(), re.M)
    least = sorted(set(OWN + WITH_ABORT))
    cases = {
        "what the page names": ("kill", sorted({*named, *least})),
        "nothing but to speak and to die": ("refuse", least),
        "no mprotect": ("refuse", sorted({*named, *least} - {"mprotect"})),
        "no madvise": ("refuse", sorted({*named, *least} - {"madvise"})),
        "no mmap": ("refuse", sorted({*named, *least} - {"mmap"})),
    }
    bad = 0
    print(f"1..{len(cases)}")
    for number, (name, (way, names)) in enumerate(cases.items(), 1):
        wrong = judge(program, way, names)
        if wrong == "no seccomp here":
            print(f"ok {number} - {name} # SKIP {wrong}")
            continue
        bad += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
        if wrong:
            print(f"# {wrong}")
    return 1 if bad else 0


sys.exit(main())
