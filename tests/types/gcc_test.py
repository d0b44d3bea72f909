#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The plugin for GCC: it passes the tokens that clang passes."""
import os
import re
import sys
import tempfile
from pathlib import Path

import tap
from tap import run_in as run

TOOL = os.path.abspath(sys.argv[1])
PLUGIN = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
HERE = Path(__file__).resolve().parent
SAMPLES = HERE / "samples"
GCC, CLANG = "gcc-12", "clang-22"
TYPED = {GCC: f"-fplugin={PLUGIN}", CLANG: "-fsanitize=alloc-token"}
CC = [TOOL, "cc"]

LISTED = """
#define NDEBUG
enum { SIZE = sizeof(int), MORE = 2 + sizeof (struct { int a; }) };
struct bits { int a : sizeof(int); char c[sizeof(int) * 2]; };
extern char array[sizeof(long)];
_Static_assert(sizeof(struct bits) >= sizeof(int), "sizes");
static const unsigned long sizes[] = { sizeof(int), [sizeof(char)] = sizeof 1 };
int f(int n, char *p);
int f(int n, char *p)
{
	int some[] = { 1, 2 }, v[n + 1];
	v[0] = sizeof v / sizeof *v + sizeof(some) / sizeof(some)[0];
	switch (n) {
	case sizeof(int):
		return sizeof n + 1 + (int)sizeof(sizeof p) - - sizeof(v);
	case 2 * sizeof(long):
		return n - sizeof n * sizeof(int (*)(int)) > - sizeof(char);
	}
	return !sizeof(int) || ~sizeof(n) & sizeof p[0] ? +n : v[0] + sizes[0];
}
"""


class Folder(tempfile.TemporaryDirectory):
    """A folder for a test, which is skipped where there is no plugin."""

    def __enter__(self):
        if not PLUGIN:
            raise tap.Skip("no plugin: gcc-12-plugin-dev or g++-12 is missing")
        return Path(super().__enter__())


def gcc(folder, *words, **more):
    return run([GCC, TYPED[GCC], *words], folder, **more)


def tokens(folder, compiler, *flags):
    """What the sample says it asks for: "TYPE: FUNCTION TOKEN" lines."""
    run([CLANG, "-w", "-c", SAMPLES / "tokens_heap.c", "-o", "heap.o"], folder)
    run([compiler, "-w", TYPED[compiler], *flags, SAMPLES / "tokens.c",
         "heap.o", "-o", "tokens"], folder)
    lines = run(["./tokens"], folder)[0].splitlines()
    more = [line for line in lines if line.startswith("more:")]
    return lines[:-len(more)], more


def test_the_hash_is_clangs():
    with Folder() as folder:
        ours, more = tokens(folder, GCC, "-O0")
        clangs, _ = tokens(folder, CLANG, "-O0")
        tap.equal(ours, clangs)
        assert len(ours) > 120, ours
        listed = re.findall(r"(?m)^(.*): malloc ([0-9a-f]{16})$",
                            "\n".join(ours))
        tap.equal(dict(listed)["struct list"], more[0][-16:])
        # Of the last two a cast to void * says nothing.
        tap.equal([line.endswith("0" * 16) for line in more],
                  [False, False, False, False, True])


def test_optimising_loses_nothing():
    with Folder() as folder:
        want = sorted(word[-16:] for word in sum(tokens(folder, GCC), []))
        for flags in (["-O2"], ["-O3", "-g"], ["-g3"], ["-ggdb3", "-O2"],
                      ["-O2", "-flto"], ["-save-temps=obj"]):
            got = sum(tokens(folder, GCC, *flags), [])
            tap.equal(sorted(line[-16:] for line in got), want, flags)


def test_preprocessed_before():
    """Without the plugin: casts are left."""
    with Folder() as folder:
        (folder / "a.c").write_text(
            "#include <stdlib.h>\nvoid *p; int *q;\n"
            "void f(void) { p = malloc(sizeof(int)); }\n"
            "void g(size_t n) { q = malloc(n); }\n")
        for with_plugin, want in (([TYPED[GCC]], 0), ([], 1)):
            run([GCC, *with_plugin, "-E", "a.c", "-o", "a.i"], folder)
            _, err = gcc(folder, "-fplugin-arg-typeslab_gcc-remarks", "-c",
                         "a.i")
            tap.equal(err.count("remark"), want, with_plugin)
            assert "'g'" not in err, err


def test_sizeof_is_what_it_was():
    """In every place where C wants a constant, under every standard."""
    with Folder() as folder:
        (folder / "listed.c").write_text(LISTED)
        for standard in ("gnu89", "c99", "gnu11", "c17", "gnu2x"):
            words = [f"-std={standard}", "-O2", "-Wall", "-Wextra",
                     "-Wno-unused", "-Wno-sign-compare", "-S", "listed.c",
                     "-o", "-"]
            ours, err = gcc(folder, *words)
            plain, plain_err = run([GCC, *words], folder)
            tap.equal(ours, plain, standard)
            tap.equal(err, plain_err, standard)


def test_attributes():
    with Folder() as folder:
        (folder / "a.c").write_text(
            "#include <stdlib.h>\n"
            "__attribute__((alloc_token)) void *get(size_t n);\n"
            "void *plain(size_t n);\n"
            "__attribute__((no_alloc_token)) void *f(size_t n);\n"
            "void *f(size_t n) { long *p = malloc(n); return p; }\n"
            "int *g(size_t n) { return get(n); }\n"
            "void *h(size_t n) { return get(n); }\n"
            "int *i(size_t n) { return plain(n); }\n")
        code = gcc(folder, "-S", "a.c", "-o", "-")[0]
        calls = re.findall(r"call\s+(\w+)", code)
        tap.equal(calls, ["malloc", "__alloc_token_get", "get", "plain"])
        (folder / "b.c").write_text(
            "typedef int number __attribute__((alloc_token));\n")
        _, err = gcc(folder, "-c", "b.c")
        tap.contains(err, "is for functions")


def test_what_is_left_alone():
    with Folder() as folder:
        (folder / "a.c").write_text(
            "#include <stddef.h>\n#ifndef OWN\n#include <stdlib.h>\n#else\n"
            "static void *malloc(size_t n) { return (void *)n; }\n#endif\n"
            "int *f(void) { return malloc(sizeof(int)); }\n")
        for flags, want in ((["-O0"], True), (["-O0", "-DOWN"], False),
                            (["-O0", "-fno-builtin"], False),
                            (["-O0", "-ffreestanding"], False)):
            code = gcc(folder, "-w", *flags, "-S", "a.c", "-o", "-")[0]
            tap.equal("__alloc_token_malloc" in code, want, flags)
        (folder / "a.cc").write_text(
            "#include <cstdlib>\nvoid *f() { return malloc(sizeof(int)); }\n")
        code = run(["g++-12", TYPED[GCC], "-S", "a.cc", "-o", "-"], folder)[0]
        assert "__alloc_token" not in code


def test_remarks():
    """The audit reads what the plugin tells."""
    with Folder() as folder:
        (folder / "a.c").write_text(
            "#include <stdlib.h>\n"
            "void *f(size_t n) { void *p = malloc(n * 8); return p; }\n"
            "void *g(size_t n) { return malloc(n * sizeof(int)); }\n")
        _, err = gcc(folder, "-fplugin-arg-typeslab_gcc-remarks", "-c", "a.c")
        tap.equal(err, "a.c:2:31: remark: Call to 'malloc' in 'f' without "
                  "source-level type token [-Rpass=alloc-token]\n")
        (folder / "log").write_text(err)
        out, _ = run([TOOL, "audit", "log"], folder)
        tap.contains(out, "log: 1 calls without a type")
        _, err = gcc(folder, "-fplugin-arg-typeslab_gcc-remark", "-c", "a.c",
                     status=1)
        tap.contains(err, "no such argument of the plugin")


def counts(program, folder):
    """(data, pointer, unknown) allocations that a run made."""
    path = folder / "snapshot"
    path.unlink(missing_ok=True)
    run([f"./{program}"], folder, TYPESLAB=f"snapshot={path}")
    found = re.search(r"(?m)^# typeslab allocations (\d+) (\d+) (\d+)$",
                      path.read_text())
    return tuple(map(int, found.groups()))


def test_typeslab_cc():
    with Folder() as folder:
        (folder / "main.c").write_text(
            "#define _GNU_SOURCE\n#include <stdlib.h>\n"
            "struct node { struct node *next; };\n"
            "static void *volatile keep;\n"
            "int main(void)\n{\n\tvoid *p;\n"
            "\tfor (int i = 0; i < 100; i++) {\n"
            "\t\tkeep = malloc(3 * sizeof(int));\n"
            "\t\tkeep = reallocarray(NULL, i + 1, sizeof(struct node));\n"
            "\t\tif (posix_memalign(&p, 64, 2 * sizeof(struct node)))\n"
            "\t\t\treturn 1;\n\t\tkeep = p;\n\t}\n\treturn 0;\n}\n")
        for flags in ([], ["-O2", "-flto"], ["--typeslab-early", "-O2"]):
            run([*CC, *flags, "-c", "main.c"], folder, TYPESLAB_CC=GCC)
            run([*CC, *flags, "main.o", "-o", "main"], folder,
                TYPESLAB_CC=GCC)
            tap.equal(counts("main", folder)[:2], (100, 200), flags)
        _, err = run([*CC, "--typeslab-fast", "main.c"], folder, 2,
                     TYPESLAB_CC="/usr/bin/gcc-12")
        tap.contains(err, "no fast ABI")
        _, err = run([TOOL, "c++", "main.c"], folder, 2, TYPESLAB_CXX="g++")
        tap.contains(err, "in C only")


def test_wrap():
    """The header and the shim of `typeslab wrap` serve GCC as well."""
    with Folder() as folder:
        for source in (SAMPLES / "wrapped").iterdir():
            (folder / source.name).write_bytes(source.read_bytes())
        run([TOOL, "wrap", "--discover", "indirect", "-o", "typed", "--",
             "sh", "-c", "$CC -c main.c wrap.c"], folder)
        for level in ("-O0", "-O2"):
            run([*CC, "--typeslab-wrap=typed", level, "-Wall", "-Werror",
                 "main.c", "wrap.c", "-o", "main"], folder, TYPESLAB_CC=GCC)
            data, pointer, _ = counts("main", folder)
            print(f"# {level}: {data} {pointer}")
            tap.equal((data >= 200, pointer >= 500), (True, True))


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
