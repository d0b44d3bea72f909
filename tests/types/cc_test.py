#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab cc and c++: what they make is typed, under any build system."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap
from program import CC, CXX, TOOL, Folder, counts, run


def test_one_step_and_two():
    with Folder() as folder:
        for link in (["main.c"], ["-O2", "main.c"], ["-x", "c", "main.c"],
                     ["-static", "main.c"], ["--typeslab-static", "main.c"],
                     ["-O2", "-flto", "-fuse-ld=lld", "main.c"]):
            run([*CC.split(), *link, "-o", "main"], folder)
            data, pointer, _ = counts("main", folder)
            tap.equal((data, pointer), (100, 300), str(link))
        run([*CC.split(), "-c", "main.c"], folder)
        run([*CC.split(), "main.o", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (100, 300))


def test_static_with_the_runtime():
    """The C++ runtime's thread-local variables, and threads, in one program."""
    with Folder() as folder:
        (folder / "thread.cc").write_text(
            "#include <iostream>\n#include <thread>\nint main()\n{\n"
            "\tstd::thread other([] {});\n\n\tother.join();\n"
            "\tstd::cout << *new int(7);\n}\n")
        for linker in ("bfd", "lld"):
            run([*CXX.split(), "-static", f"-fuse-ld={linker}", "thread.cc",
                 "-o", "thread"], folder)
            tap.equal(run(["./thread"], folder)[0], "7", linker)


def test_without_the_header():
    """posix_memalign and reallocarray are what the header wins back."""
    with Folder() as folder:
        run([*CC.split(), "--typeslab-no-header", "main.c", "-o", "main"],
            folder)
        data, pointer, unknown = counts("main", folder)
        tap.equal((data, pointer), (100, 100))
        assert unknown >= 200, unknown


def test_a_header_that_declares_posix_memalign():
    """The compiler's own does, for whoever includes its vector types."""
    with Folder() as folder:
        (folder / "vector.c").write_text(
            "#include <stdlib.h>\n#include <mm_malloc.h>\n"
            "#ifdef __SSE2__\n#include <emmintrin.h>\n#endif\n"
            "struct node { struct node *next; };\nint main(void)\n{\n"
            "\tvoid *p;\n\tfor (int i = 0; i < 100; i++)\n"
            "\t\tif (posix_memalign(&p, 64, 2 * sizeof(struct node)))\n"
            "\t\t\treturn 1;\n\t_mm_free(_mm_malloc(100, 64));\n"
            "\treturn 0;\n}\n")
        run([*CC.split(), "-Wall", "-Wextra", "-pedantic", "vector.c", "-o",
             "main"], folder)
        tap.equal(counts("main", folder)[:2], (0, 100))


def test_names_that_the_system_hides():
    """They are the program's own there."""
    headers = str(Path(TOOL).parent.parent / "include/typed")
    with Folder() as folder:
        for words, text in (
                ("-std=c99", "static void *reallocarray(int n)"
                 " { return malloc(n); }\nvoid *f(void)"
                 " { return reallocarray(3); }\n"),
                ("-std=c99", "int reallocarray, posix_memalign;\n"),
                ("-std=c99", "static int posix_memalign(int n)"
                 " { return n; }\nint f(void)"
                 " { return posix_memalign(3); }\n"),
                ("", "extern int (posix_memalign)(void **, size_t, size_t);\n"),
                ("--typeslab-no-header",
                 "extern int posix_memalign(void **, size_t, size_t);\n"),
                # As a folder like others, too.
                (f"-pedantic -I {headers}",
                 "#ifdef __SSE2__\n#include <mm_malloc.h>\n#endif\n")):
            (folder / "own.c").write_text("#include <stdlib.h>\n" + text)
            run([*CC.split(), "-Werror", "-Wall", *words.split(), "-c",
                 "own.c"], folder)


def test_fast_abi():
    """Unknown stays apart from token 0, also when the linker compiles."""
    with Folder() as folder:
        lost = folder / "lost.c"
        lost.write_text("#include <stdlib.h>\nvoid *volatile keep;\n"
                        "int main(int n, char **v)\n{\n"
                        "\tfor (int i = 0; i < 100; i++)\n"
                        "\t\tkeep = malloc(n * 100);\n\treturn !v;\n}\n")
        for more in ([], ["-O2", "-flto", "-fuse-ld=lld"]):
            run([*CC.split(), "--typeslab-fast", *more, "lost.c", "-o", "main"],
                folder)
            data, pointer, unknown = counts("main", folder)
            tap.equal((data, pointer), (0, 0), str(more))
            assert unknown >= 100, unknown


def test_early_types_survive_cleanups():
    with Folder() as folder:
        run([*CXX.split(), "-O2", "main.cc", "-o", "main"], folder)
        late = counts("main", folder)
        run([*CXX.split(), "--typeslab-early", "-O2", "-MD", "-c", "main.cc"],
            folder)
        assert (folder / "main.d").read_text().startswith("main.o:")
        run([*CXX.split(), "main.o", "-o", "main"], folder)
        early = counts("main", folder)
        assert late[2] >= 200, late
        assert early[2] < 20 < early[0], early
        tap.equal(sorted(os.listdir(folder)),
                  ["main", "main.c", "main.cc", "main.d", "main.o",
                   "snapshot"])


def test_early_in_c():
    with Folder() as folder:
        for level in ("-O0", "-O2"):
            run([*CC.split(), "--typeslab-early", level, "-c", "main.c"],
                folder)
            run([*CC.split(), "main.o", "-o", "main"], folder)
            tap.equal(counts("main", folder)[:2], (100, 300), level)


RULED = """
#include <stdlib.h>
static void *volatile keep;
static void *wrapped(size_t n) { return malloc(n); }
static void text(size_t n) { keep = calloc(n, 1); keep = malloc(n * 8); }
static void known(size_t n) { keep = malloc(n * sizeof(char *)); }
int main(int n, char **v)
{
	for (int i = 0; i < 100; i++) {
		keep = wrapped(n);
		text(n);
		known(n);
	}
	return !v;
}
"""


def test_rules():
    """What a function asks for without a type gets the rule's."""
    with Folder() as folder:
        (folder / "main.c").write_text(RULED)
        rules = folder / "rules"
        for text, want in (("", (0, 100)),
                           ("# none\n\n", (0, 100)),
                           ("text data letters\n", (200, 100)),
                           ("known data letters\n", (0, 100)),
                           ("*:calloc data zeroes\n", (100, 100)),
                           ("text:calloc pointer x\n*:malloc data y\n",
                            (200, 200)),
                           ("main data x\ntext:free data x\n", (0, 100)),
                           ("\t\ntext\tdata\tletters\t\n", (200, 100)),
                           ("wrapped pointer structs x # all\n"
                            "text  data  some text\n", (200, 200))):
            rules.write_text(text)
            for level in ("-O0", "-O2"):
                run([*CC.split(), "--typeslab-rules=rules", level, "-c",
                     "main.c"], folder)
                run([*CC.split(), "main.o", "-o", "main"], folder)
                tap.equal(counts("main", folder)[:2], want, text)
        for text in ("text\n", "text data\n", "text dat letters\n",
                     'text data a"b\n', ":malloc data x\n",
                     "text: data x\n", "text data struct x\n"):
            rules.write_text("# first\n" + text)
            _, err = run([*CC.split(), "--typeslab-rules=rules", "-c",
                          "main.c"], folder, 2)
            tap.contains(err, "rules: line 2: " +
                         ("types are named without struct"
                          if "struct" in text else "not CALLER"))
        rules.unlink()
        for what in (["-c"], ["-o", "main"], ["-S"]):
            _, err = run([*CC.split(), "--typeslab-rules=rules", *what,
                          "main.c"], folder, 2)
            tap.contains(err, "rules: No such file")
        tap.equal([n for n in os.listdir(folder) if ".bc" in n], [])


def test_rules_by_odd_editors():
    """A mark before UTF-8 is none of the text; a NUL byte is no text."""
    with Folder() as folder:
        (folder / "main.c").write_text(RULED)
        rules = folder / "rules"
        long = b"x" * 200_000
        for text, line, why in (
                (b"text data a\0\n", 1, "a NUL byte: not text"),
                ("text data x\n".encode("utf-16"), 1, "a NUL byte"),
                (b"# \0\ntext data a\n\xef\xbb\xbf\n", 3, "not CALLER"),
                (b"# " + long + b"\n" + long + b"\n", 2, "not CALLER")):
            rules.write_bytes(text)
            _, err = run([*CC.split(), "--typeslab-rules=rules", "-c",
                          "main.c"], folder, 2)
            tap.contains(err, f"rules: line {line}: {why}")
        rules.write_bytes(b"\xef\xbb\xbftext data letters\nno:" + long +
                          b" data " + long + b"\n")
        run([*CC.split(), "--typeslab-rules=rules", "-c", "main.c"], folder)
        run([*CC.split(), "main.o", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (200, 100))


def test_rules_where_it_may_throw():
    """A local's destructor makes an invoke of the call."""
    with Folder() as folder:
        (folder / "rules").write_bytes(b"_Z4textm data letters\r\n")
        (folder / "main.cc").write_text(
            "#include <new>\nvoid *volatile keep;\n"
            "struct guard { ~guard() { keep = this; } };\n"
            "void *text(unsigned long n) { guard g; "
            "return ::operator new(n); }\n"
            "int main()\n{\n\tfor (int i = 0; i < 100; i++)\n"
            "\t\tkeep = text(i);\n}\n")
        run([TOOL, "c++", "--typeslab-rules=rules", "-c", "main.cc"], folder)
        run([TOOL, "c++", "main.o", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (100, 0))
        (folder / "rules").write_bytes(b"_Z4textm data letters\n")
        run([TOOL, "c++", "--typeslab-rules=rules", "-c", "main.cc",
             "-o", "same.o"], folder)
        tap.equal((folder / "main.o").read_bytes(),
                  (folder / "same.o").read_bytes(), "the name has no return")


def test_rules_under_ccache():
    """It must be told that the rules are read."""
    if not shutil.which("ccache"):
        raise tap.Skip("ccache is not installed")
    with Folder() as folder:
        (folder / "main.c").write_text(RULED)
        rules = folder / "rules"
        for half, want in (("data", (200, 100)), ("pointer", (0, 300))):
            rules.write_text(f"text {half} letters\n")
            run(["ccache", *CC.split(), "--typeslab-rules=rules", "-c",
                 "main.c", "-o", "main.o"], folder,
                CCACHE_DIR=str(folder / "cache"), CCACHE_EXTRAFILES=str(rules))
            run([*CC.split(), "main.o", "-o", "main"], folder)
            tap.equal(counts("main", folder)[:2], want)


def test_refusals():
    with Folder() as folder:
        _, err = run([*CC.split(), "--typeslab-fsat", "main.c"], folder, 2)
        tap.contains(err, "--typeslab-fsat")
        _, err = run([*CC.split(), "--typeslab-library=/no/lib", "main.c"],
                     folder, 2)
        tap.contains(err, "/no/lib")
        _, err = run([*CC.split(), "main.c"], folder, 127,
                     TYPESLAB_CC="/no/compiler")
        tap.contains(err, "/no/compiler")
        for words in (["-m32"], ["--target=riscv64-linux-gnu"],
                      ["-target", "riscv64-linux-gnu"]):
            _, err = run([*CC.split(), *words, "main.o"], folder, 2)
            tap.contains(err, f"{words[-1].split('=')[-1]}: libtypeslab is for")
        run([*CC.split(), "--target=" + run(["clang-22", "-dumpmachine"])[0]
             .strip(), "main.c"], folder)
        (folder / "bad.c").write_text("int main(\n")
        run([*CC.split(), "-c", "bad.c"], folder, 1)
        run([*CC.split(), "--typeslab-early", "-c", "bad.c"], folder, 1)


def test_a_folder_with_a_blank():
    with tempfile.TemporaryDirectory(prefix="a b,c") as place:
        for name in ("typeslab", "libtypeslab.so", "libtypeslab.so.0"):
            shutil.copy(Path(TOOL).parent / name, place)
        with Folder() as folder:
            run([f"{place}/typeslab", "cc", "main.c", "-o", "main"], folder)
            tap.equal(counts("main", folder)[0], 100)


def test_audit_where_paths_are_odd():
    """The tool's, the program's, and those of the folder for what is seen."""
    with tempfile.TemporaryDirectory(prefix="a b'$") as place:
        shutil.copy(TOOL, place)
        for temporary in ("", "tem porary", "tem:porary"):
            source = Path(place) / temporary / "its source.c"
            source.parent.mkdir(exist_ok=True)
            source.write_text("#include <stdlib.h>\n"
                              "void *f(void) { return malloc(4); }\n")
            Path(place, "Makefile").write_text(
                f"all:\n\t$(CC) -c '{temporary or '.'}/its source.c' "
                "-o 'its object.o'\n")
            for args in ([], ["CC=clang-22"]):
                out, _ = run([f"{place}/typeslab", "audit", "--", "make",
                              "-sB", *args], place,
                             TMPDIR=str(source.parent))
                tap.contains(out, f"{source}:2:".replace("/./", "/"))
            tap.equal([n for n in os.listdir(source.parent)
                       if n.startswith("typeslab-")], [])


def test_under_make():
    with Folder() as folder:
        run(["make", "-s", "main", f"CC={CC}"], folder)
        tap.equal(counts("main", folder)[:2], (100, 300))


def test_under_autoconf_checks():
    """The forced-in header must not hide functions from a configure script."""
    with Folder() as folder:
        for name in ("posix_memalign", "reallocarray", "malloc"):
            (folder / "conftest.c").write_text(
                f"#define {name} innocuous_{name}\n#include <limits.h>\n"
                f"#undef {name}\nchar {name} (void);\n"
                f"int main (void) {{ return {name} (); }}\n")
            run([*CC.split(), "-o", "conftest", "-O2", "conftest.c"], folder)


def test_under_cmake():
    if not shutil.which("cmake"):
        raise tap.Skip("cmake is not installed")
    with Folder() as folder:
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.20)\nproject(x C CXX)\n"
            "include(CheckFunctionExists)\n"
            "check_function_exists(posix_memalign HAS)\n"
            "if(NOT HAS)\nmessage(FATAL_ERROR hidden)\nendif()\n"
            "add_executable(main main.c)\n")
        run(["cmake", "-S", ".", "-B", "out"], folder, CC=CC, CXX=CXX)
        run(["cmake", "--build", "out"], folder)
        tap.equal(counts("out/main", folder)[:2], (100, 300))


def test_under_meson():
    with Folder() as folder:
        (folder / "meson.build").write_text(
            "project('x', 'c')\ncc = meson.get_compiler('c')\n"
            "assert(cc.has_function('posix_memalign'))\n"
            "assert(cc.has_function('reallocarray'))\n"
            "executable('main', 'main.c')\n")
        run(["meson", "setup", "out"], folder, CC=CC)
        run(["ninja", "-C", "out"], folder)
        tap.equal(counts("out/main", folder)[:2], (100, 300))


def test_audit_watches_a_build():
    with (Folder() as folder,
          tempfile.TemporaryDirectory(prefix="a[b]*?\\") as place):
        (folder / "Makefile").write_text(
            "all: one two\none: main.c\n\t$(CC) -O2 -o one main.c\n"
            "two: main.cc\n\t$(CXX) -O2 -c -o two main.cc\n")
        for args in ([], ["CC=clang-22", "CXX=clang++-22"]):
            out, err = run([TOOL, "audit", "--format", "json", "-o",
                            "report", "--", "make", "-sB", *args], folder,
                           TMPDIR=place)
            tap.equal((out, err), ("", ""))
            got = json.loads((folder / "report").read_text())
            files = {Path(site["file"]).name for site in got["sites"]}
            assert {"main.c", "new_allocator.h"} <= files, files
            tap.equal(got["remarks"], got["sum"]["untyped"])
            once = [site for site in got["sites"]
                    if site["file"].endswith("main.c")]
            tap.equal({site["times"] for site in once}, {1})
            assert got["sum"]["pointer"] >= 2, got["sum"]
        _, err = run([TOOL, "audit", "--", "make", "-sB", "CC=gcc",
                      "CXX=g++"], folder, 2, TMPDIR=place)
        tap.contains(err, "no compile by clang was seen")
        # By way of our compiler, too, it is GCC that compiles.
        _, err = run([TOOL, "audit", "--", "make", "-sB", "one"], folder, 2,
                     TYPESLAB_CC="gcc-12", TMPDIR=place)
        tap.contains(err, "no compile by clang was seen")
        _, err = run([TOOL, "audit", "--", "make", "-s", "none"], folder, 2,
                     TMPDIR=place)
        tap.contains(err, "failed with status 2")
        run([TOOL, "audit", "--", "/no/program"], folder, 2, TMPDIR=place)
        tap.equal(os.listdir(place), [])


def test_audit_where_a_compiler_is_looked_for():
    """ccache under clang's name takes the next of that name in PATH."""
    if not shutil.which("ccache"):
        raise tap.Skip("ccache is not installed")
    with Folder() as folder:
        (folder / "bin").mkdir()
        (folder / "bin/clang-22").symlink_to(shutil.which("ccache"))
        path = f"{folder}/bin:{os.environ['PATH']}"
        for compiler in ("$CC", "clang-22"):
            out, _ = run([TOOL, "audit", "--", "timeout", "60", "sh", "-c",
                          f"{compiler} -c main.c"], folder, PATH=path)
            tap.contains(out, "/main.c")


def test_audit_that_nobody_reads():
    """Complaints into a pipe that is closed leave no folder behind."""
    with tempfile.TemporaryDirectory() as place:
        end, stream = os.pipe()
        os.close(end)
        done = subprocess.run([TOOL, "audit", "--", "false"], stderr=stream,
                              env={**os.environ, "TMPDIR": place}, check=False)
        os.close(stream)
        tap.equal((done.returncode, os.listdir(place)), (2, []))


def test_audit_watches_a_build_without_path():
    """The shell has one of its own then, and execvp() another."""
    with Folder() as folder:
        env = {k: v for k, v in os.environ.items() if k != "PATH"}
        for command in ("clang-22 -c main.c", "$CC -c main.c",
                        "env clang-22 -c main.c"):
            done = subprocess.run([TOOL, "audit", "--", "/bin/sh", "-c",
                                   command], cwd=folder, env=env, check=False,
                                  capture_output=True, text=True)
            tap.equal(done.returncode, 0, f"{command}: {done.stderr}")
            tap.contains(done.stdout, "/main.c")


def test_audit_of_what_cannot_be_watched():
    """Said, and no ground for a floor to hold."""
    with Folder() as folder:
        (folder / "other.c").write_text((folder / "main.c").read_text())
        build = ["make", "-sB", "main.o", "other.o"]
        (folder / "Makefile").write_text(
            "other.o: CFLAGS = -fsanitize=address\n")
        want = "not counted: other.c: "
        for status, command in ((0, ["audit"]), (2, ["audit", "--min", "1"]),
                                (0, ["wrap", "--discover", "--dry-run"])):
            out, err = run([TOOL, *command, "--", *build], folder, status)
            tap.contains(err, want)
            tap.contains(err, "not allowed with '-fsanitize=address'")
        run([TOOL, "audit", "--min", "1", "--", *build[:3]], folder)
        _, err = run([TOOL, "audit", "--", "make", "-sB", "other.o"], folder, 2)
        tap.contains(err, want)
        assert "no compile" not in err, err


def test_audit_of_a_clean_environment():
    """All that a compiler found by its name may have left is PATH."""
    with Folder() as folder:
        (folder / "main.c").write_text(
            "#include <stdlib.h>\nvoid *xmalloc(size_t n);\n"
            "void *xmalloc(size_t n) { return malloc(n); }\n")
        for command, want in (
                (["audit"], "1 allocation calls"),
                (["wrap", "--discover", "--dry-run"], "carries  xmalloc")):
            out, _ = run([TOOL, *command, "--", "sh", "-c", 'env -i '
                          'PATH="$PATH" clang-22 -c main.c'], folder)
            tap.contains(out, want)


def test_audit_of_a_sandbox():
    """Each compile is the first process of its own."""
    first = ["unshare", "-pf"]
    if subprocess.run([*first, "true"], check=False,
                      capture_output=True).returncode:
        raise tap.Skip("no namespaces of processes here")
    with Folder() as folder:
        (folder / "other.c").write_text((folder / "main.c").read_text())
        build = "unshare -pf clang-22 -c main.c && unshare -pf clang-22 -c "
        out, err = run([TOOL, "audit", "--", "sh", "-c", build + "other.c"],
                       folder)
        tap.equal(err, "")
        for name in ("main.c", "other.c"):
            tap.contains(out, f"/{name}:14:")
        build = build.replace("-c", "-fsanitize=address -c")
        _, err = run([TOOL, "audit", "--", "sh", "-c", build + "other.c"],
                     folder, 2)
        for name in ("main.c", "other.c"):
            tap.contains(err, f"not counted: {name}: ")


def test_audit_of_what_comes_once():
    """What a pipe brings is not there for a second compile."""
    with Folder() as folder:
        piped = "clang-22 -x c -c - -o"
        for what, status in ((f"{piped} x.o", 2), (f"{piped} /dev/null", 0),
                             ("clang-22 -x c -E -", 0)):
            build = ["sh", "-c", f"clang-22 -c main.c && {what} <main.c >x.i"]
            _, err = run([TOOL, "audit", "--min=1", "--", *build], folder,
                         status)
            tap.equal("not counted: standard input: it can be read only once"
                      in err, status == 2, what)
            assert status == 2 or not err, err


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
