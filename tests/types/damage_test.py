#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Files that are cut, damaged, foreign, stripped or not ours to read.

Every command answers with a result or with one clear line and status 2.
Random damage is seeded: TYPES_SEED=N repeats a run, TYPES_ROUNDS=N lengthens
it.
"""
import ctypes
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLES = HERE / "samples"
LIBRARY = Path(TOOL).parent / "libtypeslab.so"
CLANG = ["clang-22", "-O1", "-g", "-fsanitize=alloc-token",
         f"-I{ROOT}/include", str(SAMPLES / "kinds.c")]
READERS = (["audit"], ["audit", "--misclassed"], ["audit", "--format", "json"],
           ["types"], ["wrap", "--dry-run", "--discover", "--ir"])
PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


def compile_to(folder, *flags):
    out = Path(folder) / "whole"
    subprocess.run([*CLANG, *flags, "-o", out], check=True,
                   stderr=subprocess.DEVNULL)
    return out


def read(command, path, **more):
    """Status and words of one reader, which must have ended by itself."""
    done = subprocess.run([TOOL, *command, path], capture_output=True,
                          check=False, timeout=60, **more)
    err = done.stderr.decode(errors="replace")
    assert done.returncode in (0, 2), (command, done.returncode, err)
    if done.returncode:
        tap.equal(err.count("\n"), 1, f"{command}: {err}")
        tap.contains(err, "typeslab: ")
        tap.contains(err, str(path))
    return done.returncode, err


def read_out(command, path):
    return subprocess.run([TOOL, *command, path], check=True, text=True,
                          capture_output=True).stdout


def refused(path, *says, readers=READERS, **more):
    for command in readers:
        status, err = read(command, path, **more)
        tap.equal(status, 2, f"{command}: {err}")
        assert not says or any(word in err for word in says), (command, err)


def bad_file(folder, data):
    path = Path(folder) / "bad"
    path.write_bytes(data)
    return path


def test_foreign():
    with tempfile.TemporaryDirectory() as folder:
        # An empty log is one of a build without remarks.
        refused(bad_file(folder, b""), readers=READERS[-1:])
        for data in (b"\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\x7fELF",
                     b"\xff" * 5000, b"!<arch>\n", b"BC\xc0\xde",
                     b"#!/bin/sh\necho\n", "\u202e\u00e9\n".encode() * 100):
            refused(bad_file(folder, data))
        code = bytearray(compile_to(folder, "-c").read_bytes())
        for at, value in ((4, 1), (5, 2), (18, 0xf3), (18, 8)):
            other = bytearray(code)
            other[at] = value
            refused(bad_file(folder, other))


def test_large():
    """Debug information makes programs larger than a text may be."""
    with tempfile.TemporaryDirectory() as folder:
        code = compile_to(folder, "-c")
        with open(Path(folder) / "more", "wb") as more:
            more.truncate(65 << 20)
        large = Path(folder) / "large"
        subprocess.run(["objcopy", "--add-section", f".more={more.name}",
                        code, large], check=True)
        for command in (["audit"], ["types"]):
            tap.equal(read(command, large)[0], 0)


def test_machine_code_in_a_pipe():
    with tempfile.TemporaryDirectory() as folder:
        code = compile_to(folder, "-c").read_bytes()
        for path, name in (("-", "standard input"),
                           ("/dev/stdin", "/dev/stdin")):
            for command in (["audit"], ["types"]):
                done = subprocess.run([TOOL, *command, path], input=code,
                                      capture_output=True, check=False)
                tap.equal((done.returncode, done.stderr.decode()),
                          (2, f"typeslab: {name}: machine code: name "
                              "a regular file for it\n"))


def test_stripped():
    with tempfile.TemporaryDirectory() as folder:
        program = compile_to(folder, "-s", LIBRARY)
        tap.equal(read(["audit"], program)[0], 0)
        refused(program, "build it with -g", readers=(["types"],))
        static = compile_to(folder, "-static", LIBRARY.with_suffix(".a"))
        tap.equal(read(["audit"], static)[0], 0)
        subprocess.run(["strip", static], check=True)
        refused(static, "stripped", readers=(["audit"], ["types"]))


def test_compressed_debug_information():
    """That of zlib is read; that of zstd, too, or it is said why not."""
    with tempfile.TemporaryDirectory() as folder:
        for how in ("-gz=none", "-gz", "-gz=zlib", "-gz=zstd"):
            for kind in ("-c", LIBRARY):
                path = compile_to(folder, kind, how)
                told = {}
                for command in (["audit"], ["types"], ["audit", "--misclassed"]):
                    done = subprocess.run([TOOL, *command, path], check=False,
                                          capture_output=True, text=True)
                    told[" ".join(command)] = done
                if not any(done.stderr for done in told.values()):
                    tap.contains(told["audit"].stdout, "samples/kinds.c")
                    tap.contains(told["types"].stdout, " shared\n")
                    continue
                tap.equal(how, "-gz=zstd", told)
                tap.equal([done.returncode for done in told.values()],
                          [0, 2, 2])
                tap.contains(told["audit"].stderr, "places are not told: ")
                for done in told.values():
                    tap.contains(done.stderr, f"{path}: ")
                    tap.contains(done.stderr, "compressed by zstd")
                    tap.equal(done.stderr.count("\n"), 1, done.stderr)
                subprocess.run(["objcopy", "--decompress-debug-sections",
                                path], check=True)
                tap.contains(read_out(["types"], path), " shared\n")
        out = read_out(["wrap", "--discover", "--dry-run", "--", *CLANG,
                        "-gz=zstd", "-c", "-o"], path)
        tap.equal(out, "")


def test_cut():
    """At every 64th byte, of what clang writes as text and as machine code."""
    with tempfile.TemporaryDirectory() as folder:
        for flags in (["-c"], ["-S", "-emit-llvm"], [LIBRARY]):
            data = compile_to(folder, *flags).read_bytes()
            for length in range(1, len(data) - 1, len(data) // 40):
                path = bad_file(folder, data[:length])
                for command in (["audit"], ["types"]):
                    status, err = read(command, path)
                    # No calls would be none without a type: 100 %.
                    if data.startswith(b"\x7fELF") and length > 64:
                        tap.equal(status, 2, f"{length} of {len(data)}")
                        tap.contains(err, "truncated")


def damage(data, chance):
    """Bytes changed: anywhere, or in the tables that lead to all others."""
    data = bytearray(data)
    sections = int.from_bytes(data[40:48], "little")
    for _ in range(chance.choice((1, 2, 8, 40))):
        begin, end = chance.choice(((16, 64), (sections, len(data)),
                                    (64, len(data))))
        if begin < end <= len(data):
            data[chance.randrange(begin, end)] = chance.choice(
                (0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
    return data


def test_damaged_machine_code():
    seed = int(os.environ.get("TYPES_SEED", time.time_ns()))
    rounds = int(os.environ.get("TYPES_ROUNDS", 40))
    print(f"# TYPES_SEED={seed}")
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = [compile_to(folder, *flags).read_bytes()
                 for flags in (["-c"], [LIBRARY], ["-gdwarf-4", "-c"])]
        for _ in range(rounds):
            path = bad_file(folder, damage(chance.choice(whole), chance))
            for command in (["audit"], ["types"]):
                read(command, path)


def drop_privilege():
    """root may read everything, unless these are taken from it for good."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "PR_CAPBSET_DROP")


def test_no_permission():
    with tempfile.TemporaryDirectory() as folder:
        closed = bad_file(folder, b"x")
        closed.chmod(0)
        more = {"preexec_fn": drop_privilege} if os.getuid() == 0 else {}
        refused(closed, "Permission denied", **more)
        # Nor is a folder a file, nor nothing.
        refused(Path(folder), "directory", "not a regular file")
        refused(Path(folder) / "none", "No such file")


def test_no_room_for_what_is_written():
    if not Path("/dev/full").exists():
        raise tap.Skip("/dev/full is not there")
    with tempfile.TemporaryDirectory() as folder:
        program = compile_to(folder, "-c")
        for command in (["audit"], ["types"], ["audit", "--format", "html"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([TOOL, *command, program], stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            tap.equal((done.returncode, b"No space" in done.stderr),
                      (2, True), str(command) + str(done.stderr))


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
