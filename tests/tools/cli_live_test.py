#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab hist, snapshot and top on processes, and on what is none."""
import os
import subprocess
import sys
from contextlib import contextmanager

import tap

TOOL = os.path.abspath(sys.argv[1])
COMMANDS = ("hist", "snapshot", "top")
NOBODY = 65534


def run(*args, **more):
    done = subprocess.run([TOOL, *map(str, args)], capture_output=True,
                          check=False, text=True, **more)
    return done.returncode, done.stdout, done.stderr


@contextmanager
def waiting_process():
    """A process without our heap that waits until it is no longer needed."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as child:
        child.stdin.write(b"!")
        child.stdin.flush()
        child.stdout.read(1)  # exec is over
        yield child.pid
        child.stdin.close()


def check_refused(pid, says, commands=COMMANDS, **more):
    for command in commands:
        status, out, err = run(command, pid, **more)
        tap.equal((status, out), (2, ""), f"{command}: {err}")
        tap.contains(err, says)


def test_no_process():
    with subprocess.Popen(["true"]) as child:
        pass
    check_refused(child.pid, f"{child.pid}: no such process")
    check_refused("0", "no process can have this number")
    check_refused("4294967297", "no process can have this number")
    check_refused("redis", "redis: not the number of a process",
                  commands=("snapshot", "top"))


def test_process_without_our_heap():
    with waiting_process() as pid:
        check_refused(pid, f"{pid}: no libtypeslab in this process")


def test_no_permission():
    more = {}
    if os.geteuid() == 0:
        more = {"user": NOBODY}
        try:
            subprocess.run([TOOL, "--version"], check=True,
                           stdout=subprocess.DEVNULL, **more)
        except OSError as error:
            raise tap.Skip(f"nobody cannot run the tool: {error}")
        with waiting_process() as pid:
            check_refused(pid, "kernel.yama.ptrace_scope", **more)
    else:
        check_refused(1, "kernel.yama.ptrace_scope")


def test_bad_options():
    for args in (("-d", "0"), ("-d", "-1"), ("-d", "nan"), ("-d", "x"),
                 ("-d", "1e9"), ("-n", "0"), ("-n", "-1"), ("-n", "x"),
                 ("-s", "size")):
        status, out, _ = run("top", *args, "1")
        tap.equal((status, out), (2, ""), args)


tap.run(sys.modules[__name__])
