#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab cc and c++: what they make is typed, under any build system."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
HERE = Path(__file__).resolve().parent
SAMPLES = HERE / "samples"
CC, CXX = f"{TOOL} cc", f"{TOOL} c++"

# Says how many of its allocations were data, pointer and unknown.
PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
struct node { struct node *next; };
struct pair { int a, b; };
static void *volatile keep;
int main(void)
{
	void *p;
	for (int i = 0; i < 100; i++) {
		keep = malloc(sizeof(struct node));
		keep = malloc(3 * sizeof(struct pair));
		keep = reallocarray(NULL, i + 1, sizeof(struct node));
		if (posix_memalign(&p, 64, 2 * sizeof(struct node)))
			return 1;
		keep = p;
	}
	return 0;
}
"""
CXX_PROGRAM = """
#include <memory>
#include <vector>
struct node { node *next; int value; };
std::vector<std::shared_ptr<node>> all;
int main()
{
	for (int i = 0; i < 100; i++) {
		std::vector<int> some;
		for (int k = 0; k < i; k++)
			some.push_back(k);
		all.push_back(std::make_shared<node>());
	}
}
"""


def run(command, cwd=None, status=0, **env):
    done = subprocess.run(command, cwd=cwd, check=False, text=True,
                          capture_output=True, env={**os.environ, **env})
    tap.equal(done.returncode, status, done.stdout + done.stderr)
    return done.stdout, done.stderr


def counts(program, cwd):
    """(data, pointer, unknown) allocations that a run made."""
    path = Path(cwd) / "snapshot"
    path.unlink(missing_ok=True)
    run([f"./{program}"], cwd, TYPESLAB=f"snapshot={path}")
    found = re.search(r"(?m)^# typeslab allocations (\d+) (\d+) (\d+)$",
                      path.read_text())
    return tuple(map(int, found.groups()))


class Folder(tempfile.TemporaryDirectory):
    def __enter__(self):
        path = Path(super().__enter__())
        (path / "main.c").write_text("#define _GNU_SOURCE\n" + PROGRAM)
        (path / "main.cc").write_text(CXX_PROGRAM)
        return path


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
                           ("wrapped pointer struct x # all\n"
                            "text  data  some text\n", (200, 200))):
            rules.write_text(text)
            for level in ("-O0", "-O2"):
                run([*CC.split(), "--typeslab-rules=rules", level, "-c",
                     "main.c"], folder)
                run([*CC.split(), "main.o", "-o", "main"], folder)
                tap.equal(counts("main", folder)[:2], want, text)
        for text in ("text\n", "text data\n", "text dat letters\n",
                     'text data a"b\n'):
            rules.write_text("# first\n" + text)
            _, err = run([*CC.split(), "--typeslab-rules=rules", "-c",
                          "main.c"], folder, 2)
            tap.contains(err, "rules: line 2: not CALLER")
        rules.unlink()
        for what in (["-c"], ["-o", "main"], ["-S"]):
            _, err = run([*CC.split(), "--typeslab-rules=rules", *what,
                          "main.c"], folder, 2)
            tap.contains(err, "rules: No such file")
        tap.equal([n for n in os.listdir(folder) if ".bc" in n], [])


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


def test_what_is_not_a_link():
    with Folder() as folder:
        for args in (["--version"], ["-dumpmachine"], ["-E", "main.c"],
                     ["-S", "main.c"], ["-fsyntax-only", "main.c"],
                     ["-print-search-dirs"], ["-M", "main.c"]):
            _, err = run([*CC.split(), *args], folder)
            tap.equal(err, "")
        run([*CC.split(), "-ffreestanding", "-nostdlib", "-c", "main.c"],
            folder)
        assert b"__alloc_token" not in (folder / "main.o").read_bytes()


def test_a_library_by_libtool():
    """It links shared C++ with -nostdlib, and names every library itself."""
    with Folder() as folder:
        run([*CC.split(), "-c", "main.c"], folder)
        for want in ([], ["-static"]):
            files = [run(["clang-22", "-print-file-name=" + name])[0].strip()
                     for name in ("crt1.o", "crti.o", "crtbeginT.o",
                                  "crtend.o", "crtn.o")]
            run([*CC.split(), *want, "-nostdlib", *files[:3], "main.o",
                 *(["-Wl,--start-group"] if want else []), "-lc", "-lgcc",
                 *(["-lgcc_eh", "-Wl,--end-group"] if want else []),
                 *files[3:], "-no-pie", "-o", "main"], folder)
            tap.equal(counts("main", folder)[:2], (100, 300), str(want))
        run([*CXX.split(), "-fPIC", "-c", "main.cc"], folder)
        files = [run(["clang-22", "-print-file-name=" + name])[0].strip()
                 for name in ("crti.o", "crtbeginS.o", "crtendS.o", "crtn.o")]
        run([*CXX.split(), "-shared", "-nostdlib", *files[:2], "main.o",
             "-lstdc++", "-lm", "-lc", "-lgcc_s", *files[2:], "-Wl,-z,defs",
             "-o", "main.so"], folder)


def test_sanitizers_with_a_heap_of_their_own():
    with Folder() as folder:
        for name in ("thread", "leak", "address", "undefined,thread"):
            run([*CC.split(), f"-fsanitize={name}", "-c", "main.c"], folder)
            assert b"__alloc_token" not in (folder / "main.o").read_bytes()
            run([*CC.split(), f"-fsanitize={name}", "main.o", "-o", "main"],
                folder)
            assert b"libtypeslab" not in (folder / "main").read_bytes()
        run([*CC.split(), "-fsanitize=undefined,thread",
             "-fno-sanitize=thread", "main.c", "-o", "main"], folder)
        assert b"libtypeslab" in (folder / "main").read_bytes()


def test_what_gets_no_flags():
    """What would not be used is an error under -Werror."""
    with Folder() as folder:
        for name, text in (("f.s", ""), ("g.S", ""), ("shim/wrap.h", ""),
                           ("shim/wrap.a", "!<arch>\n")):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        run(["clang-22", "-E", "main.c", "-o", "main.i"], folder)
        run(["clang-22", "-S", "-emit-llvm", "main.c"], folder)
        for more in ([], ["--typeslab-fast"], ["--typeslab-wrap=shim"]):
            for args in (["-c", "f.s"], ["-c", "g.S"], ["-c", "main.i"],
                         ["-c", "main.ll"], ["-c", "-x", "ir", "main.ll"],
                         ["-c", "-xassembler", "f.s"], ["-c", "main.c"],
                         ["f.s", "main.o", "-o", "main"],
                         ["main.o", "-o", "main"], ["--analyze", "main.c"],
                         ["-emit-ast", "main.c"], ["-###", "-c", "main.c"]):
                run([*CC.split(), "-Werror", *more, *args], folder)
        run([*CC.split(), "--typeslab-early", "-###", "-c", "main.c"], folder)


def test_response_files():
    """What "@file" stands for is seen; it may be more than a command holds."""
    with Folder() as folder:
        for words in ("-static main.c -o main", "-o main -- main.c",
                      "--typeslab-static -o main main.c",
                      '"-DNAME=a b" main.c -o main'):
            (folder / "words").write_text(words)
            run([*CC.split(), "@words"], folder)
            tap.equal(counts("main", folder)[:2], (100, 300), words)
        (folder / "words").write_text("-Werror -nostdlib main.c -c")
        run([*CC.split(), "@words"], folder)
        assert b"__alloc_token" not in (folder / "main.o").read_bytes()
        (folder / "words").write_text(f"-D{'x' * 1000} " * 3000 + "-DONE")
        run([*CC.split(), "-Werror", "-c", "main.c", "@words"], folder)
        (folder / "asks.c").write_text(
            "#ifdef ONE\n#include <stdlib.h>\n"
            "void *f(void) { return malloc(sizeof(int)); }\n#endif\n")
        (folder / "words").write_text("-DONE -c asks.c")
        run([TOOL, "audit", "-o", "report", "--", "clang-22", "@words"],
            folder)
        tap.contains((folder / "report").read_text(), "1 allocation calls")


def test_inputs_behind_two_dashes():
    with Folder() as folder:
        (folder / "-main.c").write_text((folder / "main.c").read_text())
        for more in ([], ["--typeslab-early"]):
            for name in ("main.c", "-main.c"):
                run([*CC.split(), *more, "-c", "-o", "main.o", "--", name],
                    folder)
                run([*CC.split(), "main.o", "-o", "main"], folder)
                tap.equal(counts("main", folder)[:2], (100, 300), name)


def test_options_with_a_value():
    """A value is no input: the one source is compiled in three steps."""
    with Folder() as folder:
        resources = run(["clang-22", "-print-resource-dir"])[0].strip()
        (folder / "none.cfg").write_text("")
        for option in ("-MJ all.json", "--serialize-diagnostics main.dia",
                       "-working-directory .", "--config ./none.cfg",
                       f"-resource-dir {resources}", "-iwithsysroot /none",
                       "-iframework none", "-stdlib++-isystem none"):
            _, err = run([*CC.split(), "--typeslab-early", *option.split(),
                          "-v", "-c", "main.c"], folder)
            tap.contains(err, "main.o.typed.bc")


HEADER = """
#include <memory>
#include <vector>
struct node { node *next; int value; };
"""


def test_precompiled_headers():
    with Folder() as folder, tempfile.TemporaryDirectory() as place:
        (folder / "all.hpp").write_text(
            f"#ifndef ALL\n#define ALL\n{HEADER}\n#endif\n")
        (folder / "main.cc").write_text(CXX_PROGRAM.replace(HEADER, ""))
        use = ["-O2", "-include-pch", "all.pch", "-c", "main.cc"]
        cmake = ["-O2", "-Xclang", "-include-pch", "-Xclang", "all.pch",
                 "-Xclang", "-include", "-Xclang", "all.hpp", "-c", "main.cc"]
        for early in ([], ["--typeslab-early"]):
            for make in (["all.hpp"], ["-x", "c++-header", "all.hpp"],
                         ["-Xclang", "-emit-pch", "-x", "c++-header", "-c",
                          "all.hpp"]):
                command = [*CXX.split(), *early, "-Werror"]
                run([*command, "-O2", *make, "-o", "all.pch"], folder)
                for used in (use, cmake):
                    run([*command, *used], folder)
                run([*CXX.split(), "main.o", "-o", "main"], folder)
                assert counts("main", folder)[0] >= 20 * len(early)
        (folder / "Makefile").write_text(
            "all:\n\tclang++-22 -Xclang -emit-pch -x c++-header -c all.hpp "
            f"-o all.pch\n\tclang++-22 {' '.join(use[1:])}\n")
        for command in (["audit", "-o", "report"],
                        ["wrap", "--discover", "--dry-run"]):
            _, err = run([TOOL, *command, "--", "make", "-sB"], folder,
                         TMPDIR=place)
            tap.equal(err, "")
        tap.contains((folder / "report").read_text(), "make: ")


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


def test_dependencies():
    """They name the object that was asked for, and nobody else writes them."""
    with Folder() as folder:
        for words in ("-MD", "-MMD -MF main.d", "-Wp,-MD,main.d",
                      "-Wp,-MMD,main.d"):
            compile_it = [*words.split(), "-c", "main.c", "-o", "main.o"]
            for command in ([*CC.split(), "--typeslab-early"],
                            [TOOL, "audit", "-o", "report", "--", "clang-22"]):
                (folder / "main.d").unlink(missing_ok=True)
                run([*command, *compile_it], folder)
                assert (folder / "main.d").read_text().startswith("main.o:")


def test_early_with_other_options():
    with Folder() as folder:
        (folder / "main.cc").write_text(CXX_PROGRAM)
        for words in ("-flto -fvisibility=hidden -fsanitize=cfi",
                      "-flto=thin -fvisibility=hidden -fwhole-program-vtables"):
            words = [*words.split(), "-O2", "-fuse-ld=lld"]
            run([*CXX.split(), "--typeslab-early", *words, "-c", "main.cc"],
                folder)
            run([*CXX.split(), *words, "main.o", "-o", "main"], folder)
            data, _, unknown = counts("main", folder)
            assert unknown < 20 < data, (words, data, unknown)
            run([TOOL, "audit", "-o", "report", "--", "clang++-22", *words,
                 "-c", "main.cc"], folder)
        for words, has in (("-flto", False), ("-flto=thin", True)):
            run([*CC.split(), "--typeslab-early", words, "-c", "main.c"],
                folder)
            out, _ = run(["llvm-bcanalyzer-22", "main.o"], folder)
            tap.equal("(GLOBALVAL_SUMMARY_BLOCK)" in out, has, words)
        for output in ("/dev/null", "-"):
            _, err = run(["sh", "-c", f"{CC} --typeslab-early -v -c main.c "
                          f"-o {output} > to"], folder)
            assert "early.bc" not in err, err
        before = sorted([*os.listdir(folder), "part.gcda", "part.gcno",
                         "part.o"])
        run([*CC.split(), "--typeslab-early", "--coverage", "-c", "main.c",
             "-o", "part.o"], folder)
        run([*CC.split(), "--coverage", "part.o", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (100, 300))
        tap.equal(sorted(os.listdir(folder)), before)


def test_a_folder_with_a_blank():
    with tempfile.TemporaryDirectory(prefix="a b") as place:
        for name in ("typeslab", "libtypeslab.so", "libtypeslab.so.0"):
            shutil.copy(Path(TOOL).parent / name, place)
        with Folder() as folder:
            run([f"{place}/typeslab", "cc", "main.c", "-o", "main"], folder)
            tap.equal(counts("main", folder)[0], 100)


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


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
