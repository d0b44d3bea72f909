#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Readers of a process that forges its heap: wrong numbers, or a clear line.

The fields that lead to all others are overwritten at random in a live process,
and put back. Seeded: FORGED_SEED=N repeats a run, FORGED_ROUNDS=N lengthens it.
Arguments: the tool, then a program built of live_target.c.
"""
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
PROGRAM = os.path.abspath(sys.argv[2])
SYMBOL = "typeslab_live_1"
# struct live_root: magic, version, size, five pointers, six sizes.
ROOT = struct.Struct("<QII5Q6I")
WORD = struct.Struct("<Q")
ALL_ONES = (1 << 64) - 1


class Forged:
    """A live process whose memory is written to."""

    def __init__(self, child, root):
        self.memory = open(f"/proc/{child.pid}/mem", "r+b", buffering=0)
        (_, _, size, layout, _, region, _, trace, layout_size,
         *_) = ROOT.unpack(self.read(root, ROOT.size))
        self.areas = ((root, size), (layout, layout_size), (layout, 1024),
                      (region, 128), (trace, 16))
        self.places = (root, layout, region, trace)

    def read(self, at, size):
        self.memory.seek(at)
        return self.memory.read(size)

    def write(self, at, data):
        self.memory.seek(at)
        self.memory.write(data)

    def forge(self, chance):
        """Changes a few words; what they were, the last first."""
        before = []
        for _ in range(chance.choice((1, 1, 2, 4, 16))):
            start, size = chance.choice(self.areas)
            at = start + chance.randrange(size // 8) * 8
            old = self.read(at, 8)
            number = WORD.unpack(old)[0]
            new = chance.choice((
                chance.getrandbits(64), 0, ALL_ONES, number | ALL_ONES >> 32,
                number | ALL_ONES << 32, number + chance.choice((1, 8, 4096)),
                chance.choice(self.places)))
            before.insert(0, (at, old))
            self.write(at, WORD.pack(new & ALL_ONES))
        return before


def address_of(program, pid):
    """Of the symbol, in a program that is linked statically."""
    names = subprocess.run(["nm", program], check=True, capture_output=True,
                           text=True).stdout
    value = [int(line.split()[0], 16) for line in names.splitlines()
             if line.endswith(f" {SYMBOL}")][0]
    maps = Path(f"/proc/{pid}/maps").read_text()
    base = [int(line.split("-")[0], 16) for line in maps.splitlines()
            if line.endswith(program)][0]
    # A program at a fixed place has its addresses in its symbols.
    return value if value >= base else base + value


def read_by(command, pid, seed):
    done = subprocess.run([TOOL, *command, str(pid)], capture_output=True,
                          check=False, timeout=60)
    assert done.returncode in (0, 2), (seed, command, done.returncode)
    if done.returncode:
        tap.equal(done.stderr.count(b"\n"), 1, f"{seed}: {done.stderr}")


def forge_in(mode, table, seed, rounds):
    chance = random.Random(seed)
    env = {**os.environ, "TYPESLAB": f"trace=on,mode={mode}"}
    with subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, env=env,
                          stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        forged = Forged(child, address_of(PROGRAM, child.pid))
        for _ in range(rounds):
            before = forged.forge(chance)
            for command in (["hist", "--sites"], ["snapshot"],
                            ["hist", f"--types={table}"]):
                read_by(command, child.pid, seed)
            for at, old in before:
                forged.write(at, old)
        # All is as it was: the tool understands it again.
        subprocess.run([TOOL, "hist", "--sites", str(child.pid)], check=True,
                       capture_output=True)
        child.stdin.close()


def test_forged_heap():
    seed = int(os.environ.get("FORGED_SEED", time.time_ns()))
    rounds = int(os.environ.get("FORGED_ROUNDS", 12))
    print(f"# FORGED_SEED={seed}")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table"
        table.write_text("# typeslab types 1\n0123456789abcdef x\n")
        for mode in ("typed", "dedicated"):
            try:
                forge_in(mode, table, seed, rounds)
            except PermissionError as why:
                raise tap.Skip(f"another process's memory: {why}")


tap.run(sys.modules[__name__])
