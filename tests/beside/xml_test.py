#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""malloc_info's text is valid by malloc_info.dtd, says xmllint.

usage: xml_test.py LIBRARY DTD

Prints TAP.
"""
import os
import shutil
import subprocess
import sys

# A program like any other, that asks for what it knows of the C library.
PROGRAM = """
import ctypes
libc = ctypes.CDLL(None)
blocks = [bytearray(i * i * 50) for i in range(200)]
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def validate(text, dtd):
    done = subprocess.run(
        ["xmllint", "--noout", "--nonet", "--dtdvalid", dtd, "-"], input=text,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False)
    return done.returncode and done.stdout


def main():
    library, dtd = sys.argv[1:]
    if not shutil.which("xmllint"):
        print("1..0 # SKIP no xmllint")
        return 77
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM], text=True, check=True,
        env=dict(os.environ, LD_PRELOAD=os.path.abspath(library)),
        stdout=subprocess.PIPE)
    wrong = validate(done.stdout, dtd)
    cut = validate(done.stdout.replace("count=", "number="), dtd)
    print("1..2")
    print(f"{'not ok' if wrong else 'ok'} 1 - valid")
    if wrong:
        print("# " + wrong.replace("\n", "\n# "))
    print(f"{'ok' if cut else 'not ok'} 2 - what is not valid is seen")
    return 1 if wrong or not cut else 0


sys.exit(main())
