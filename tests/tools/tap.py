# SPDX-License-Identifier: Apache-2.0
"""Tests of a program as plain functions, told in TAP.

Each function of the caller's module whose name begins with test_ is a case;
what it raises fails it, unless it raises Skip.
"""
import os
import subprocess
import sys
import traceback


class Skip(Exception):
    """This case cannot run here; the text says why."""


def equal(got, want, what=""):
    if got != want:
        raise AssertionError(f"{what}\n  got:  {got!r}\n  want: {want!r}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in:\n{text}")


def run_in(command, cwd=None, status=0, **env):
    """What a command says, on both streams; it must end with @status."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True,
                          check=False, capture_output=True,
                          env={**os.environ, **env})
    equal(done.returncode, status, done.stdout + done.stderr)
    return done.stdout, done.stderr


def run(module):
    cases = [f for name, f in vars(module).items() if name.startswith("test_")]
    failed = 0
    for number, case in enumerate(cases, 1):
        name = f"{number} - {case.__name__}"
        try:
            case()
            print(f"ok {name}", flush=True)
        except Skip as why:
            print(f"ok {name} # SKIP {why}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {name}", flush=True)
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
    print(f"1..{len(cases)}")
    sys.exit(1 if failed else 0)
