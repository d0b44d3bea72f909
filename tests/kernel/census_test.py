#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""linux/census: the hash before a marker is the one that is printed.

usage: census_test.py CENSUS
"""
import subprocess
import sys

import tap

CENSUS = sys.argv[1]


def census(*lines, status=0):
    """What it says of a disassembly of these lines, as llvm-objdump has them."""
    text = "ffffffff81000000 <function>:\n" + "".join(
        line if line.endswith(">:\n") else f"ffffffff81000000:      \t{line}\n"
        for line in lines)
    done = subprocess.run([CENSUS], input=text, text=True, check=False,
                          capture_output=True)
    tap.equal(done.returncode, status, done.stdout + done.stderr)
    return [line.split() for line in done.stdout.splitlines()]


def test_constant_with_a_comment():
    tap.equal(census("movabsq\t$-0x30269fd5227a52aa, %rax # imm = 0xCFD9602ADD85AD56",
                     "nopl\t0x5a5a5a(%rax)"),
              [["14", "cfd9602add85ad56", "1"], ["#", "1", "sites,", "0", "not", "read"]])


def test_unknown_and_copies():
    rows = census("xorl\t%ecx, %ecx", "nopl\t0x5a5a5a(%rcx)",
                  "movabsq\t$0x4ed43350520cadb5, %r8", "movq\t%r8, %rdx",
                  "nopl\t0x5a5a5a(%rdx)", "nopl\t0x5a5a5a(%r8)")
    tap.equal(rows[:-1], [["-", "0" * 16, "1"], ["5", "4ed43350520cadb5", "2"]])


def test_what_was_written_over_is_not_read():
    rows = census("movl\t$0x10, %eax", "leaq\t(%rdi,%rsi), %rax", "nopl\t0x5a5a5a(%rax)",
                  "movl\t$0x10, %eax", "callq\t0xffffffff81000000 <f>",
                  "nopl\t0x5a5a5a(%rax)", "movl\t$0x10, %eax",
                  "ffffffff81000000 <other>:\n", "nopl\t0x5a5a5a(%rax)", status=1)
    tap.equal(rows, [["#", "0", "sites,", "3", "not", "read"]])


def test_many_unread_fail():
    good = ["movl\t$0x10, %eax", "nopl\t0x5a5a5a(%rax)"]
    bad = ["popq\t%rax", "nopl\t0x5a5a5a(%rax)"]
    census(*good * 20, *bad * 2)
    census(*good * 20, *bad * 3, status=1)


tap.run(sys.modules[__name__])
