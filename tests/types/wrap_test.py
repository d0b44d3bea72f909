#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab wrap: finds wrappers, says which it cannot carry, carries them."""
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import tap
from tap import run_in as run

TOOL = os.path.abspath(sys.argv[1])
SAMPLES = Path(__file__).resolve().parent / "samples/wrapped"
MAKEFILE = ("CFLAGS = -O2\nmain: main.o wrap.o\n"
            "\t$(CC) -o $@ $^\nmain.o wrap.o: wrap.h\n")


class Folder(tempfile.TemporaryDirectory):
    def __enter__(self):
        path = Path(super().__enter__())
        for source in SAMPLES.iterdir():
            shutil.copy(source, path)
        (path / "Makefile").write_text(MAKEFILE)
        return path


def live(folder, program="main"):
    """Live objects of a run by domain: data, pointer, unknown."""
    path = folder / "snapshot"
    path.unlink(missing_ok=True)
    run([f"./{program}"], folder, TYPESLAB=f"snapshot={path}")
    sums = {"data": 0, "pointer": 0, "unknown": 0}
    for name, count in re.findall(r"(?m)^(\w+)-\d+-\S+ +(\d+)",
                                  path.read_text()):
        sums[name] += int(count)
    return tuple(sums.values())


def told(out):
    return {word[1]: (word[0], word[2]) for word in
            re.findall(r"(?m)^(\w+) +(\S+) +(.*)$", out)}


def discover(folder, *build):
    """Carries the wrappers of a build in shim/; what is told of them."""
    return run([TOOL, "wrap", "--discover", "-o", "shim", "--", *build],
               folder)[0]


def test_discovery():
    with Folder() as folder:
        out, err = run([TOOL, "wrap", "--discover", "--dry-run", "--", "make",
                        "-sB"], folder)
        tap.equal(err, "")
        assert not (folder / "typed").exists()
        got = told(out)
        for name, size in (("xmalloc", "size: 1"), ("xcalloc", "size: 1*2"),
                           ("xrealloc", "size: 2"),
                           ("from_context", "size: 2"),
                           ("with_header", "size: 1+2"),
                           ("reserve_first", "size: 1"),
                           ("typed_inside", "size: 1")):
            tap.equal(got[name], ("carries", size), name)
        for name, why in (("hidden", "static"), ("variadic", "variadic"),
                          ("nameless_alloc", "no name of its own")):
            tap.equal(got[name][0], "cannot", name)
            tap.contains(got[name][1], why)
        for name, why in (("indirect", "asks through a pointer"),
                          ("reserve", "may return its argument"),
                          ("reserve_more", "may return its argument")):
            tap.equal(got[name][0], "perhaps", name)
            tap.contains(got[name][1], why)
        tap.equal({"lookup", "xstrdup", "malloc", "by_pointer"} & set(got),
                  set())


def build(folder, *wrap):
    run(["make", "-sB", f"CC={TOOL} cc {' '.join(wrap)}"], folder)
    return live(folder)


def test_types_reach_the_heap():
    with Folder() as folder:
        before = build(folder)
        # typed_inside's own type counts as data; all others have none.
        tap.equal(before[:2], (100, 0))
        run([TOOL, "wrap", "--discover", "indirect", "-o", "shim", "--",
             "make", "-sB"], folder)
        data, pointer, unknown = build(folder, "--typeslab-wrap=shim")
        tap.equal((data, pointer), (200, 500))
        assert unknown < 10, unknown


def test_by_name_alone():
    """Only what was named; the rest is as it was."""
    with Folder() as folder:
        out, _ = run([TOOL, "wrap", "xmalloc", "with_header:2", "-o", "shim",
                      "--", "make", "-sB"], folder)
        tap.equal(told(out), {"xmalloc": ("carries", "size: 1"),
                              "with_header": ("carries", "size: 2")})
        data, pointer, _ = build(folder, "--typeslab-wrap=shim")
        tap.equal((data, pointer), (200, 200))


def test_returned_argument():
    """What may be an old block is not declared as a new one but by name."""
    with Folder() as folder:
        (folder / "main.c").write_text(
            '#include "wrap.h"\n#include <stdlib.h>\nint main(void)\n{\n'
            "\tint *a = malloc(8), *b;\n\n\t*a = 1;\n"
            "\tb = reserve(a, 8, 4);\n\t*b = 2;\n\treturn *a;\n}\n")
        discover(folder, "make", "-sB")
        run(["make", "-sB", f"CC={TOOL} cc --typeslab-wrap=shim"], folder)
        run(["./main"], folder, 2)
        out, _ = run([TOOL, "wrap", "reserve:3", "--", "make", "-sB"], folder)
        tap.equal(told(out), {"reserve": ("carries", "size: 3; may return its "
                                          "argument")})


INLINE = """
#include <stdlib.h>
struct node { struct node *next; };
inline void *inlined(size_t n) { return malloc(n); }
"""


def test_c99_inline():
    """One file has the body for all, as before; there is no new warning."""
    with Folder() as folder:
        (folder / "wrap.h").write_text(INLINE)
        (folder / "wrap.c").write_text(
            '#include "wrap.h"\nextern inline void *inlined(size_t n);\n')
        (folder / "more.c").write_text(
            "void *inlined(unsigned long);\n"
            "int *more(void) { return inlined(9 * sizeof(int)); }\n")
        (folder / "main.c").write_text(
            '#include "wrap.h"\nint *more(void);\nvoid *volatile keep;\n'
            "int main(void)\n{\n\tint i;\n\n"
            "\tfor (i = 0; i < 60; i++) {\n"
            "\t\tkeep = (struct node *)inlined(sizeof(struct node));\n"
            "\t\tkeep = more();\n\t}\n\treturn 0;\n}\n")
        for flags in ("-std=c99", "-std=gnu89 -Dinline='extern inline'"):
            if "gnu89" in flags:
                (folder / "wrap.c").write_text(
                    "#include <stdlib.h>\n"
                    "void *inlined(size_t n) { return malloc(n); }\n")
            (folder / "Makefile").write_text(
                f"main: main.c more.c wrap.c\n\t$(CC) -O2 -Wall -Werror "
                f"{flags} $^ -o $@\n")
            out = discover(folder, "make", "-sB")
            tap.equal(told(out)["inlined"], ("carries", "size: 1"))
            tap.equal(build(folder, "--typeslab-wrap=shim")[:2], (60, 60))


def test_except():
    """What it asks for is one type's, whoever calls: a rule says whose."""
    with Folder() as folder:
        out, _ = run([TOOL, "wrap", "--discover", "--except", "xmalloc",
                      "--except=from_context", "-o", "shim", "--", "make",
                      "-sB"], folder)
        tap.equal({"xmalloc", "from_context"} & set(told(out)), set())
        (folder / "rules").write_text("xmalloc data char\n")
        tap.equal(build(folder, "--typeslab-wrap=shim")[:2], (100, 300))
        tap.equal(build(folder, "--typeslab-wrap=shim",
                        "--typeslab-rules=rules")[:2], (400, 300))
        (folder / "own.c").write_text(
            "__attribute__((alloc_size(1))) void *own(long);\n"
            "int *use(void) { return own(4 * sizeof(int)); }\n")
        _, err = run([TOOL, "wrap", "--except=own", "--discover", "--",
                      "clang-22", "-c", "own.c"], folder, 2)
        tap.contains(err, "own: declared as an allocator")


def test_names_beyond_ascii():
    """IR writes their letters as numbers; rules and tables do not."""
    with Folder() as folder:
        wrapper = ("#include <stdlib.h>\nstruct gr\u00f6\u00dfe { char *p; };\n"
                   "void *gro\u00df(struct gr\u00f6\u00dfe *, int);\n"
                   "void *gro\u00df(struct gr\u00f6\u00dfe *g, int n)\n"
                   "{\n\t(void)g;\n\treturn malloc(n);\n}\n")
        (folder / "a.c").write_text(wrapper)
        (folder / "b.c").write_text(
            wrapper + "void *b(void);\nvoid *b(void)\n{\n"
            "\treturn gro\u00df(0, sizeof(struct gr\u00f6\u00dfe));\n}\n")
        (folder / "rules").write_text("gro\u00df:malloc pointer gr\u00f6\u00dfe\n")
        clang = ["clang-22", "-O1", "-g", "-fsanitize=alloc-token",
                 "-fsanitize-alloc-token-extended", "-S", "-emit-llvm"]
        run([*clang, "b.c"], folder)
        out, _ = run([TOOL, "wrap", "gro\u00df", "--ir", "b.ll"], folder)
        tap.equal(told(out)["gro\u00df"], ("carries", "size: 2"))
        tap.contains((folder / "typed/wrap.h").read_text(),
                     "gro\u00df(struct gr\u00f6\u00dfe *, int)")
        for source, option in (("a.c", "rules=rules"), ("b.c", "wrap=typed")):
            run([TOOL, "cc", f"--typeslab-{option}", "-O1", "-g", "-c",
                 source, "-o", "x.o"], folder)
            out, _ = run([TOOL, "types", "x.o"], folder)
            tap.contains(out, " gr\u00f6\u00dfe\n")
        (folder / "c.c").write_text(wrapper.replace(
            "malloc(n)", "malloc(n * sizeof(*g))"))
        run([*clang, "c.c"], folder)
        tap.contains(run([TOOL, "types", "c.ll"], folder)[0],
                     " gr\u00f6\u00dfe\n")


def test_programs_of_one_build():
    """Not each has all wrappers; some lie in an archive that comes first."""
    with Folder() as folder:
        (folder / "other.c").write_text(
            '#include <stdlib.h>\n'
            'void *other_alloc(size_t n)\n{\n\treturn malloc(n);\n}\n')
        (folder / "user.c").write_text(
            '#include <stddef.h>\nvoid *other_alloc(size_t n);\n'
            'struct node { struct node *next; };\nvoid *volatile keep;\n'
            'int main(void)\n{\n\tfor (int i = 0; i < 50; i++)\n'
            '\t\tkeep = (struct node *)other_alloc(sizeof(struct node));\n'
            '\treturn 0;\n}\n')
        (folder / "Makefile").write_text(
            MAKEFILE.replace("main: ", "all: main user\nmain: ", 1) +
            "libother.a: other.o\n\trm -f $@\n\tar rc $@ $^\n"
            "user: user.o libother.a\n\t$(CC) -o $@ user.o -L. -lother -l m\n")
        out = discover(folder, "make", "-sB", "all")
        tap.equal(told(out)["other_alloc"], ("carries", "size: 1"))
        for flags in ("", "-flto -fuse-ld=lld",
                      "-flto -fuse-ld=lld --typeslab-early"):
            run(["make", "-sB", "all",
                 f"CC={TOOL} cc --typeslab-wrap=shim {flags}"], folder)
            tap.equal(live(folder, "user")[:2], (0, 50), flags)
            tap.equal(live(folder)[0], 200, flags)


def test_same_name_in_another_program():
    """One header is forced in before all: it must not contradict any."""
    with Folder() as folder:
        (folder / "Makefile").write_text(
            MAKEFILE.replace("main: ", "all: main gen\nmain: ", 1) +
            "gen: gen.c\n\t$(CC) $(CFLAGS) -o $@ $^\n")
        for signature, inner, why in (
                ("static void *xmalloc(size_t n)", "n", "also static"),
                ("static char *xmalloc(int n)", "n", "also static"),
                # Not called: nothing of it is compiled.
                ("static char *xmalloc(short n)", "n", "also static"),
                ("void *xmalloc(size_t n, int k)", "n * k", "in two ways"),
                ("void *xmalloc(const size_t n)", "n", None)):
            call = "xmalloc(c, 3)" if "int k" in signature else "xmalloc(c)"
            call = "v[1]" if "short" in signature else call
            (folder / "gen.c").write_text(
                f"#include <stdlib.h>\n{signature}\n{{\n"
                f"\tvoid *p = malloc({inner});\n\n\tif (!p)\n"
                f"\t\tabort();\n\treturn p;\n}}\nint main(int c, char **v)"
                f"\n{{\n\t*v = {call};\n\treturn !*v;\n}}\n")
            out = discover(folder, "make", "-sB", "all")
            how, what = told(out)["xmalloc"]
            tap.equal(how, "cannot" if why else "carries", signature)
            tap.contains(what, why or "size: 1")
            run(["make", "-sB", "all",
                 f"CC={TOOL} cc --typeslab-wrap=shim"], folder)


LIBRARY = """
#include <stdlib.h>
#include <string.h>
struct list { struct list *next; };
__attribute__((visibility("hidden"))) void *xmalloc(size_t n)
{
	return strcpy(malloc(n + 16), "library") + 16;
}
int library(void)
{
	struct list *volatile list = xmalloc(sizeof(struct list));
	char *block = (char *)list - 16;
	int is_own = !strcmp(block, "library");

	if (is_own)
		free(block);
	return !is_own;
}
"""
PROGRAM = """
#include <stdlib.h>
int library(void);
struct node { struct node *next; };
void *xmalloc(size_t n)
{
	return malloc(n);
}
int main(void)
{
	struct node *volatile node = xmalloc(sizeof(struct node));

	free(node);
	return library();
}
"""


def test_library_with_a_wrapper_of_its_own():
    """Each calls its own, though both are called the same."""
    with Folder() as folder:
        (folder / "library.c").write_text(LIBRARY)
        (folder / "main.c").write_text(PROGRAM)
        (folder / "Makefile").write_text(
            "main: main.c liblibrary.so\n"
            "\t$(CC) -O2 $(RDYNAMIC) $^ -Wl,-rpath,. -o $@\n"
            "lib%.so: %.c\n\t$(CC) -O2 -fPIC -shared $^ -o $@\n")
        discover(folder, "make", "-sB")
        for flags in ("", "-flto -fuse-ld=lld"):
            for rdynamic in ("", "-rdynamic"):
                run(["make", "-sB", f"RDYNAMIC={rdynamic}",
                     f"CC={TOOL} cc --typeslab-wrap=shim {flags}"], folder)
                run(["./main"], folder)


def test_names_of_wrappers():
    """They may be called what the shim calls things of its own, or oddly."""
    names = ("block", "caller", "announced", "product", "a1", "token")
    with Folder() as folder:
        text = "#include <stdlib.h>\n"
        for name in names:
            text += f"void *{name}(size_t n) {{ return malloc(n); }}\n"
        text += ('void *odd(size_t n) __asm__("very.odd") '
                 "__attribute__((malloc, noinline));\n"
                 "void *odd(size_t n) { return malloc(n); }\n"
                 "int *use(void) { return odd(9 * sizeof(int)); }\n")
        (folder / "a.c").write_text(text)
        out = discover(folder, "clang-22", "-O2", "-c", "a.c")
        for name in (*names, "very.odd"):
            tap.equal(told(out)[name], ("carries", "size: 1"))
        run([TOOL, "cc", "--typeslab-wrap=shim", "-O2", "-c", "a.c"], folder)
        run([TOOL, "cc", "--typeslab-wrap=shim", "-O2", "-shared", "a.o"],
            folder)


def test_signatures():
    """Types are declared to the letter, or not at all."""
    with Folder() as folder:
        (folder / "a.c").write_text(
            "#include <stdarg.h>\n#include <stdlib.h>\n"
            "void *hints(char *restrict *p, char *restrict const s, size_t n)\n"
            "{ (void)p; (void)s; return malloc(n); }\n"
            "void *list(size_t n, va_list l) { (void)l; return malloc(n); }\n"
            "__attribute__((ms_abi)) void *foreign(size_t n)\n"
            "{ return malloc(n); }\n"
            "__attribute__((ms_abi, malloc)) void *twice(size_t n)\n"
            "{ return malloc(n); }\n"
            "int *use(void) { return twice(9 * sizeof(int)); }\n")
        out = discover(folder, "clang-22", "-O2", "-c", "a.c")
        got = told(out)
        tap.equal(got["hints"], ("carries", "size: 3"))
        for name, why in (("list", "no name of its own"),
                          ("foreign", "not as C does"),
                          ("twice", "not as C does")):
            tap.equal(got[name][0], "cannot", name)
            tap.contains(got[name][1], why)
        run([TOOL, "cc", "--typeslab-wrap=shim", "-Wall", "-Wextra",
             "-Werror", "-c", "a.c"], folder)


def test_preprocessed():
    """What is no C source stays as it is; what a compile would read does not."""
    with Folder() as folder:
        run([TOOL, "wrap", "xmalloc", "-o", "shim", "--", "make", "-sB"],
            folder)
        (folder / "list.in").write_text("#define X 1\nX\n")
        cc = [TOOL, "cc", "--typeslab-wrap=shim", "-E", "-P"]
        tap.equal(run([*cc, "-x", "c", "list.in"], folder)[0].split(), ["1"])
        tap.contains(run([*cc, "main.c"], folder)[0], "__malloc__")
        if shutil.which("gcc-12"):
            out, _ = run([*cc, "-x", "c", "list.in"], folder,
                         TYPESLAB_CC="gcc-12")
            tap.equal(out.split(), ["1"])


def test_other_optimisations():
    for level in ("-O0", "-O3", "-O2 -flto -fuse-ld=lld"):
        with Folder() as folder:
            (folder / "Makefile").write_text(
                MAKEFILE.replace("-O2", level, 1)
                .replace("$(CC) -o", "$(CC) $(CFLAGS) -o"))
            run([TOOL, "wrap", "--discover", "indirect", "-o", "shim", "--",
                 "make", "-sB"], folder)
            tap.equal(build(folder, "--typeslab-wrap=shim")[:2], (200, 500),
                      level)


def test_from_ir():
    with Folder() as folder:
        run(["clang-22", "-O2", "-g", "-fsanitize=alloc-token", "-S",
             "-emit-llvm", "wrap.c"], folder)
        out, _ = run([TOOL, "wrap", "--discover", "--ir", "wrap.ll"], folder)
        tap.equal(told(out)["xmalloc"], ("carries", "size: 1"))
        header = (folder / "typed/wrap.h").read_text()
        tap.contains(header, "struct context;")
        for name in ("wrap.c", "wrap.a", "wrap.o"):
            assert (folder / "typed" / name).stat().st_size


def test_folder_like_an_option():
    with Folder() as folder:
        run([TOOL, "wrap", "--discover", "indirect", "-o", "-x", "--", "make",
             "-sB"], folder)
        tap.equal(build(folder, "--typeslab-wrap=-x")[:2], (200, 500))


def test_names_like_those_of_logs():
    """What holds IR, its name does not tell."""
    with Folder() as folder:
        (folder / "my.logs").mkdir()
        out, _ = run([TOOL, "wrap", "--discover", "--dry-run", "--", "make",
                      "-sB"], folder, TMPDIR=folder / "my.logs")
        tap.equal(told(out)["xmalloc"], ("carries", "size: 1"))
        run(["clang-22", "-O2", "-g", "-fsanitize=alloc-token", "-S",
             "-emit-llvm", "wrap.c", "-o", "wrap.log"], folder)
        out, _ = run([TOOL, "wrap", "--discover", "--dry-run", "--ir",
                      "wrap.log"], folder)
        tap.equal(told(out)["xmalloc"], ("carries", "size: 1"))
        (folder / "main.log").write_text("nothing\n")
        _, err = run([TOOL, "wrap", "--discover", "--ir", "main.log"], folder,
                     2)
        tap.contains(err, "main.log: not LLVM IR")


def test_whose_compiler():
    with Folder() as folder:
        run(["clang-22", "-O2", "-g", "-S", "-emit-llvm", "wrap.c"], folder)
        wrap = [TOOL, "wrap", "xmalloc", "--ir", "wrap.ll"]
        for name, path in (("TYPESLAB_CC", "clang-22"), ("AR", "ar")):
            own = folder / "own"
            own.write_text(f'#!/bin/sh\ntouch seen\nexec {path} "$@"\n')
            own.chmod(0o700)
            run(wrap, folder, **{name: str(own)})
            (folder / "seen").unlink()
            run(wrap, folder, **{name: ""})
            assert not (folder / "seen").exists()
            run(wrap, folder, 2, **{name: "/no/program"})


def test_refusals():
    with Folder() as folder:
        for args, says in (
                ((), "is needed"),
                (("--", "make"), "NAME or --discover"),
                (("--discover",), "is needed"),
                (("nobody", "--", "make", "-sB"), "nobody: neither"),
                (("--discover", "--except=nobody", "--", "make", "-sB"),
                 "nobody: neither"),
                (("xmalloc", "--except=xmalloc", "--", "make", "-sB"),
                 "xmalloc: asked for by its name, and excepted"),
                (("--discover", "xmalloc:1", "--except", "xmalloc", "--",
                  "make", "-sB"), "xmalloc: asked for by its name"),
                (("xmalloc:2", "--", "make", "-sB"), "names no numbers"),
                (("xmalloc:x", "--", "make", "-sB"), "names no numbers"),
                (("xrealloc:1", "--", "make", "-sB"), "names no numbers"),
                (("xrealloc:1*2", "--", "make", "-sB"), "names no numbers"),
                (("--discover", "--", "make", "-sB", "CC=gcc"), "no compile"),
                (("--discover", "--", "false"), "failed with status 1"),
                (("--discover", "--ir", "wrap.c"), "not LLVM IR"),
                (("--discover", "--ir", "/no/file"), "No such file"),
                (("--discover", "-o", "/no/folder", "--", "make", "-sB"),
                 "/no/folder"),
        ):
            _, err = run([TOOL, "wrap", *args], folder, 2)
            tap.contains(err, says)


def test_a_wrapper_of_a_wrapper_multiplies():
    """A sum would be more than one element of it: no type would be taken."""
    with Folder() as folder:
        (folder / "deep.c").write_text(
            "#include <stdlib.h>\nstruct node { struct node *next; };\n"
            "void *inner(size_t n, size_t size);\n"
            "void *outer(size_t n, size_t size);\n"
            "#ifdef INNER\nvoid *inner(size_t n, size_t size)\n{\n"
            "\treturn calloc(n, size);\n}\n#elif defined(OUTER)\n"
            "void *outer(size_t n, size_t size)\n{\n"
            "\treturn inner(n, size);\n}\n#else\n"
            "int main(void)\n{\n\tfor (int i = 0; i < 100; i++)\n"
            "\t\tif (!outer(1, 2 * sizeof(struct node)))\n"
            "\t\t\treturn 1;\n\treturn 0;\n}\n#endif\n")
        build = ("for part in INNER OUTER MAIN; do "
                 "$CC -O2 -D$part -c deep.c -o $part.o; done; "
                 "$CC INNER.o OUTER.o MAIN.o -o deep")
        out = discover(folder, "sh", "-ec", build)
        tap.equal(told(out), {"inner": ("carries", "size: 1*2"),
                              "outer": ("carries", "size: 1*2")})
        run(["sh", "-ec", build], folder,
            CC=f"{TOOL} cc --typeslab-wrap=shim")
        tap.equal(live(folder, "deep"), (0, 100, 0))


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
