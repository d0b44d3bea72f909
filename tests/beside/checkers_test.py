#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The heap beside tools that replace or watch malloc; see docs/beside.md.

usage: checkers_test.py LIBRARY FOLDER

FOLDER has the programs of leak.c and bundle.c: leak (plain), leak-so (linked
with the library) and bundle. Prints TAP.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

LIBRARY, FOLDER = map(os.path.abspath, sys.argv[1:])
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "leak.c")
SYNONYMS = "--soname-synonyms=somalloc=*libtypeslab*"
cases = []


class Skip(Exception):
    """This tool is not here; the text says which."""


def case(function):
    cases.append(function)
    return function


def program(name):
    path = os.path.join(FOLDER, name)
    if not os.path.exists(path):
        raise Skip(f"{name} was not built")
    return path


def run(*command, preload=True, **variables):
    if not shutil.which(command[0]):
        raise Skip(f"no {command[0]}")
    environment = dict(os.environ, **variables)
    if preload:
        environment["LD_PRELOAD"] = LIBRARY
    done = subprocess.run(command, env=environment, text=True, timeout=100,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode, done.stdout


def need(text, *patterns):
    for pattern in patterns:
        if not re.search(pattern, text):
            raise AssertionError(f"no {pattern!r} in {text[-1500:]!r}")


@case
def valgrind_finds_a_leak():
    for name, preload in (("leak-so", False), ("leak", True)):
        status, out = run("valgrind", "--leak-check=full", SYNONYMS,
                          program(name), preload=preload)
        need(out, "done", r"definitely lost: 123 bytes in 1 blocks",
             r"ERROR SUMMARY: 1 errors")
        assert status == 0, out


@case
def valgrind_finds_a_read_behind():
    out = run("valgrind", SYNONYMS, program("leak-so"), "over",
              preload=False)[1]
    need(out, r"Invalid read of size 1", r"0 bytes after a block of size 40")


@case
def valgrind_leaves_the_heap_alone():
    """Replacing nothing: ours serves, in what address space there is."""
    status, out = run("valgrind", "--soname-synonyms=somalloc=none",
                      program("leak-so"), preload=False)
    need(out, "done")
    assert status == 0, out


def compile_with(folder, compiler, sanitizer, *more):
    """Path of the program of leak.c with a sanitizer in it."""
    path = os.path.join(folder, "leak")
    status, out = run(compiler, "-g0", "-fno-builtin", SOURCE, "-o", path,
                      f"-fsanitize={sanitizer}", *more, preload=False)
    if status:
        raise Skip(f"{compiler} has no -fsanitize={sanitizer}: {out[-200:]}")
    return path


@case
def sanitizers_serve_themselves():
    """Clang's lies in the program, so ours is idle: preloaded or linked."""
    with tempfile.TemporaryDirectory() as folder:
        for sanitizer, status in (("leak", 23), ("address", 1)):
            for preload in (True, False):
                path = compile_with(folder, "clang-22", sanitizer,
                                    *([] if preload else [LIBRARY]))
                done = run(path, preload=preload,
                           LD_LIBRARY_PATH=os.path.dirname(LIBRARY))
                need(done[1], r"Direct leak of 123 byte\(s\) in 1 object",
                     r"in lose leak\.c")
                assert done[0] == status, done


@case
def sanitizers_of_gcc_come_first():
    """gcc's are libraries: linked they serve, behind a preloaded heap not."""
    with tempfile.TemporaryDirectory() as folder:
        for sanitizer, behind in (("leak", r"^done$"),
                                  ("address", "runtime does not come first")):
            path = compile_with(folder, "gcc", sanitizer)
            need(run(path)[1], behind)
            path = compile_with(folder, "gcc", sanitizer, LIBRARY)
            need(run(path, preload=False,
                     LD_LIBRARY_PATH=os.path.dirname(LIBRARY))[1],
                 r"Direct leak of 123 byte\(s\) in 1 object")


@case
def perf_names_our_functions():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        out = run("perf", "record", "-q", "-e", "cpu-clock", "--call-graph",
                  "dwarf", "-o", data, program("leak"), "hot")
        if out[0]:
            raise Skip(f"perf may not record here: {out[1][-200:]}")
        out = run("perf", "report", "-i", data, "--stdio", "--no-children",
                  preload=False)[1]
        need(out, r"libtypeslab\S+ +\[\.\] (malloc|free)\n",
             r"---(malloc|free)\n +main\n")


@case
def strace_changes_nothing():
    status, out = run("strace", "-f", "-o", "/dev/null",
                      f"-ELD_PRELOAD={LIBRARY}", program("leak"),
                      preload=False)
    if "ptrace" in out:
        raise Skip("strace may not trace here")
    assert (status, out) == (0, "done\n"), (status, out)


@case
def a_program_with_its_own():
    assert run(program("bundle")) == (0, "its own\n")


@case
def another_library_first():
    """Of two preloaded heaps the first serves, and both are content."""
    other = "/usr/lib/x86_64-linux-gnu/libmimalloc.so.2"
    if not os.path.exists(other):
        raise Skip("no libmimalloc2.0")
    for first, second in ((LIBRARY, other), (other, LIBRARY)):
        status, out = run(program("leak"), preload=False,
                          LD_PRELOAD=f"{first}:{second}")
        assert (status, out) == (0, "done\n"), (status, out)


@case
def wrappers_that_allocate():
    """They stand before what the boot calls: open, getrandom, syscall."""
    system = "/usr/lib/x86_64-linux-gnu"
    for wrapper, variables in (
            (program("libwrapper.so"), {}),
            (f"{system}/faketime/libfaketime.so.1",
             {"FAKETIME": "2020-01-01 00:00:00"}),
            (f"{system}/torsocks/libtorsocks.so", {})):
        if not os.path.exists(wrapper):
            raise Skip(f"no {os.path.basename(wrapper)}")
        for order in ((wrapper, LIBRARY), (LIBRARY, wrapper)):
            status, out = run("date", "+%Y", preload=False,
                              LD_PRELOAD=":".join(order), **variables)
            assert status == 0, (order, out)
            assert not variables or out == "2020\n", (order, out)


@case
def opened_and_closed():
    """A library that stays: blocks and threads outlive dlclose()."""
    code = f"""
import ctypes, _ctypes, threading
library = ctypes.CDLL({LIBRARY!r})
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
free, blocks = library.free, [library.malloc(i * 50) for i in range(2000)]
thread = threading.Thread(target=lambda: [free(b) for b in blocks])
_ctypes.dlclose(library._handle)
thread.start(); thread.join()
print("done")
"""
    status, out = run(sys.executable, "-I", "-c", code, preload=False)
    assert (status, out) == (0, "done\n"), (status, out)


@case
def tagged_pointers():
    """The top byte is not looked at in a free of a live block."""
    code = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
libc.free(libc.malloc(100) | 0x5a << 56)
p = libc.malloc(100)
libc.free(p)
libc.free(p | 0x5a << 56)
"""
    status, out = run(sys.executable, "-I", "-c", code)
    need(out, r"^typeslab: double free: 0x5a0")
    assert status == -6, (status, out)


@case
def the_page_names_each():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f"{here}/../../docs/beside.md", encoding="utf-8") as file:
        page = file.read()
    for function in cases[:-1]:
        assert f"`{function.__name__}`" in page, function.__name__


def main():
    bad = 0
    print(f"1..{len(cases)}")
    for number, function in enumerate(cases, 1):
        name = f"{number} - {function.__name__}"
        try:
            function()
            print(f"ok {name}")
        except Skip as reason:
            print(f"ok {name} # SKIP {reason}")
        except (AssertionError, subprocess.TimeoutExpired) as wrong:
            bad += 1
            print(f"not ok {name}")
            print("# " + str(wrong).replace("\n", "\n# "))
    return 1 if bad else 0


sys.exit(main())
