#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab wrap: allocators by declaration that no shim can call."""
import sys

import tap
from tap import run_in as run
from wrap_test import Folder, TOOL, discover, live, told

HELPER = """
#include <stdlib.h>
struct node { struct node *next; };
__attribute__((%s)) static void *helper(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		abort();
	return p;
}
void *xmalloc(size_t n);
void *volatile keep;
int main(void)
{
	for (int i = 0; i < 50; i++) {
		keep = (struct node *)helper(1, sizeof(struct node));
		keep = (struct node *)xmalloc(sizeof(struct node));
	}
	return 0;
}
"""
CXX = """
#include <cstdlib>
struct node { struct node *next; ~node(); };
node::~node() { free(next); }
__attribute__((malloc, noinline)) void *helper(size_t n) { return malloc(n); }
__attribute__((malloc)) inline void *everywhere(size_t n) { return malloc(n); }
namespace { __attribute__((alloc_size(1))) void *hidden(size_t n)
{
	if (!n)
		throw 1;
	return malloc(n);
} }
void *volatile keep;
int main()
{
	node n{};

	for (int i = 0; i < 50; i++) {
		keep = (node *)helper(sizeof(node));
		keep = (node *)hidden(sizeof(node));
		keep = (node *)everywhere(sizeof(node));
	}
	return 0;
}
"""
WAYS = ("-O0", "-O2", "-O0 --typeslab-early", "-O2 --typeslab-early",
        "-O2 -fno-inline --typeslab-early", "-O2 -flto -fuse-ld=lld",
        "-O0 -flto -fuse-ld=lld --typeslab-early")


def demand_of_all_ways(folder, data_and_pointer):
    """Built with the shim that is there; what of its objects has which type."""
    for way in WAYS:
        run(["make", "-sB", f"CFLAGS={way}",
             f"CC={TOOL} cc --typeslab-wrap=shim {way}"], folder)
        tap.equal(live(folder)[:2], data_and_pointer, way)


def test_static():
    """Its calls stay what they are, whatever is inlined when."""
    for attribute in ("malloc", "alloc_size(1, 2)", "malloc, noinline"):
        with Folder() as folder:
            (folder / "main.c").write_text(HELPER % attribute)
            got = told(discover(folder, "make", "-sB"))
            tap.equal(got["helper"][0], "cannot", attribute)
            tap.contains(got["helper"][1], "static")
            tap.equal(got["xmalloc"], ("carries", "size: 1"))
            demand_of_all_ways(folder, (0, 50))


def test_inlined_by_discovery():
    """Its declaration counts, whether or not a call of it is left."""
    with Folder() as folder:
        (folder / "main.c").write_text(
            (HELPER % "malloc").replace("static void *helper",
                                        "void *helper"))
        out, _ = run([TOOL, "wrap", "xmalloc", "-o", "shim", "--", "make",
                      "-sB"], folder)
        tap.equal(told(out)["helper"], ("carries", "size: 1*2"))
        demand_of_all_ways(folder, (0, 100))


def test_compile_and_link_in_one():
    """What cannot be taken apart keeps no callers' types, but links."""
    with Folder() as folder:
        (folder / "main.c").write_text(HELPER % "malloc")
        discover(folder, "make", "-sB")
        for way in WAYS:
            _, err = run([TOOL, "cc", "--typeslab-wrap=shim", *way.split(),
                          "main.c", "wrap.c", "-o", "main"], folder)
            tap.contains(err, "only where one source is compiled with -c")
            run(["./main"], folder)


def test_rule():
    """It is the allocation inside that a rule gives its type."""
    with Folder() as folder:
        (folder / "main.c").write_text(HELPER % "malloc")
        (folder / "rules").write_text(
            "helper:calloc pointer node\n*:helper pointer node\n")
        discover(folder, "make", "-sB")
        run(["make", "-sB", f"CC={TOOL} cc --typeslab-wrap=shim "
             "--typeslab-rules=rules"], folder)
        tap.equal(live(folder)[:2], (0, 100))


def test_cxx():
    with Folder() as folder:
        (folder / "main.cc").write_text(CXX)
        got = told(discover(folder, "clang++-22", "-O2", "-c", "main.cc"))
        tap.equal({how for how, _ in got.values()}, {"cannot"})
        tap.equal(len(got), 3, got)
        for way in WAYS:
            words = [TOOL, "c++", "--typeslab-wrap=shim", *way.split()]
            run([*words, "-c", "main.cc"], folder)
            run([*words, "main.o", "-o", "main"], folder)
            run(["./main"], folder)


def test_nothing_found():
    with Folder() as folder:
        (folder / "main.c").write_text("int main(void) { return 0; }\n")
        wrap = [TOOL, "wrap", "--discover", "-o", "shim"]
        build = ["--", "clang-22", "-c", "main.c"]
        for more in ((), ("--dry-run",)):
            out, err = run([*wrap, *more, *build], folder)
            tap.equal((out, err), ("", "typeslab: no wrapper was found\n"))
        (folder / "main.c").write_text(HELPER % "malloc")
        _, err = run([*wrap, *build], folder)
        tap.equal(err, "")


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
