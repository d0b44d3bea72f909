#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab cc and c++: what the compiler's own words mean to us."""
import json
import os
import signal
import subprocess
import sys
import tempfile

import tap
from program import CC, CXX, CXX_PROGRAM, TOOL, Folder, counts, run


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


def test_help_to_a_full_disk():
    _, err = run(["sh", "-c", f"{CC} --help > /dev/full"], status=2)
    tap.contains(err, "standard output: No space left")


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


def test_where_libc_is_named():
    """The first library that has a malloc says whose it is."""
    with Folder() as folder:
        path = run(["clang-22", "-print-file-name=libc.so.6"])[0].strip()
        run([*CC.split(), "-c", "main.c"], folder)
        for first in ([], ["-static"], ["--typeslab-static"]):
            for libc in (["-lc"], ["-lm", "-l", "c"], ["-Wl,-lm,-lc"],
                         ["-Wl,-lcrypt,-lc"], ["-Wl,-l:libc.so.6"],
                         ["-Xlinker", "-lc"], ["-l:libc.so.6"], [path]):
                if ".so" in libc[-1] and first:
                    continue
                run([*CC.split(), *first, "main.o", *libc, "-o", "main"],
                    folder)
                tap.equal(counts("main", folder)[:2], (100, 300), str(libc))
        run([*CC.split(), "-x", "c", "-lc", "main.c", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (100, 300))


def test_program_that_allocates_in_a_library():
    """The linker keeps ours, though it may leave out what is not needed."""
    with Folder() as folder:
        source = (folder / "main.c").read_text()
        (folder / "all.c").write_text(source.replace("main", "all"))
        (folder / "main.c").write_text(
            "int all(void);\nint main(void)\n{\n\treturn all();\n}\n")
        run([*CC.split(), "-fPIC", "-shared", "all.c", "-o", "liball.so"],
            folder)
        run([*CC.split(), "-Wl,--as-needed", "main.c", "-L.", "-lall",
             "-Wl,-rpath,.", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (100, 300))


def test_sanitizers_with_a_heap_of_their_own():
    with Folder() as folder:
        for name in ("kernel-address", "kernel-hwaddress", "kernel-memory"):
            run([*CC.split(), f"-fsanitize={name}", "-c", "main.c"], folder)
        for words in ("-fsanitize=thread", "-fsanitize=leak",
                      "-fsanitize=address", "-fsanitize=undefined,thread",
                      "-fsanitize=address -fno-sanitize=leak",
                      "-fsanitize=type", "-fsanitize=numerical",
                      "-fsanitize=dataflow", "-fmemory-profile"):
            run([*CC.split(), *words.split(), "-c", "main.c"], folder)
            assert b"__alloc_token" not in (folder / "main.o").read_bytes()
            # It knows no reallocarray.
            if "dataflow" in words:
                continue
            run([*CC.split(), *words.split(), "main.o", "-o", "main"], folder)
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
            run([*CC.split(), *more, "-c", "--", "-main.c"], folder)
            tap.equal(sorted(folder.glob("-*")), [
                folder / "-main.c", folder / "-main.o"])
            run([*CC.split(), *more, "-MD", "-c", "-o", "-x", "main.c"],
                folder)
            assert (folder / "-x.d").read_text().startswith("-x:")
            for name in ("-main.o", "-x"):
                run([*CC.split(), f"./{name}", "-o", "main"], folder)
                tap.equal(counts("main", folder)[:2], (100, 300), name)
            for path in folder.glob("-*[!c]"):
                path.unlink()


def test_options_with_a_value():
    """A value is no input: the one source is compiled in three steps."""
    with Folder() as folder:
        resources = run(["clang-22", "-print-resource-dir"])[0].strip()
        (folder / "none.cfg").write_text("")
        for option in ("-MJ all.json", "--serialize-diagnostics main.dia",
                       "-working-directory .", "--config ./none.cfg",
                       f"-resource-dir {resources}", "-iwithsysroot /none",
                       "-iframework none", "-stdlib++-isystem none",
                       "--include-directory none", "--std gnu11",
                       "-fdebug-compilation-dir none", "-Xarch_host -O1"):
            _, err = run([*CC.split(), "--typeslab-early", *option.split(),
                          "-v", "-c", "main.c"], folder)
            tap.contains(err, "main.o.early/main.bc")


def test_the_last_word_lacks_its_value():
    """What we add does not become it."""
    with Folder() as folder:
        before = sorted(os.listdir(folder))
        for more in ([], ["--typeslab-early"]):
            _, err = run([*CC.split(), *more, "-c", "main.c", "-o"], folder, 1)
            tap.contains(err, "argument to '-o' is missing")
        tap.equal(sorted(os.listdir(folder)), before)


def test_long_options():
    with Folder() as folder:
        for words, out in (("--compile main.c", "main.o"),
                           ("--compile --output=long.o main.c", "long.o"),
                           ("-c --output long.o --language=c main.c", "long.o"),
                           ("--assemble main.c", "main.s"),
                           ("--preprocess main.c --output=main.i", "main.i")):
            for more in ([], ["--typeslab-early"]):
                before = {*os.listdir(folder), out}
                run([*CC.split(), *more, "-Werror", *words.split()], folder)
                tap.equal({*os.listdir(folder)}, before, words)
                (folder / out).unlink()


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
        for command, says in (
                (["audit", "-o", "report"], ""),
                (["wrap", "--discover", "--dry-run"],
                 "typeslab: no wrapper was found\n")):
            _, err = run([TOOL, *command, "--", "make", "-sB"], folder,
                         TMPDIR=place)
            tap.equal(err, says)
        tap.contains((folder / "report").read_text(), "make: ")


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
            assert ".early/" not in err, err
        before = sorted([*os.listdir(folder), "part.gcda", "part.gcno",
                         "part.o"])
        run([*CC.split(), "--typeslab-early", "--coverage", "-c", "main.c",
             "-o", "part.o"], folder)
        run([*CC.split(), "--coverage", "part.o", "-o", "main"], folder)
        tap.equal(counts("main", folder)[:2], (100, 300))
        tap.equal(sorted(os.listdir(folder)), before)


def files_of(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_early_writes_the_same_files():
    """Beside the object: of the names and the kind that they have without."""
    for words in ("-MJ all.json", "-ftime-trace", "-ftime-trace=trace.json",
                  "-ftime-trace=out", "-save-temps", "-save-temps=obj",
                  "-save-stats", "-save-stats=obj", "-g -gsplit-dwarf",
                  "-g -gsplit-dwarf -dumpdir other-",
                  "-O2 -fsave-optimization-record"):
        files, databases = [], []
        for early in ([], ["--typeslab-early"]):
            with Folder() as folder:
                (folder / "out").mkdir()
                run([*CC.split(), *early, *words.split(), "-c", "main.c",
                     "-o", "out/part.o"], folder)
                files.append(files_of(folder))
                path = folder / "all.json"
                told = path.read_text() if path.exists() else ""
                databases.append(sorted(told.replace(str(folder), "").split()))
        tap.equal(files[1], files[0], words)
        tap.equal(databases[1], databases[0])


def test_early_modules():
    with Folder() as folder:
        (folder / "some.cppm").write_text(
            "module;\n#include <new>\nexport module some;\n"
            "export int *make() { return new int; }\n")
        (folder / "uses.cc").write_text(
            "import some;\nint main()\n{\n\tfor (int i = 0; i < 100; i++)\n"
            "\t\t*make() = i;\n}\n")
        command = [*CXX.split(), "--typeslab-early", "-std=c++20", "-c"]
        run([*command, "some.cppm", "-o", "some.o"], folder)
        run([*command, "-fmodule-file=some=some.pcm", "uses.cc"], folder)
        run([*CXX.split(), "uses.o", "some.o", "-o", "uses"], folder)
        tap.equal(counts("uses", folder)[0], 100)


def test_early_names_what_has_no_name():
    with Folder() as folder:
        run([*CC.split(), "--typeslab-early", "-emit-llvm", "-c", "main.c"],
            folder)
        assert (folder / "main.bc").exists()
        _, err = run([*CC.split(), "--typeslab-early", "-c", "main.c", "-o",
                      "none/main.o"], folder, 1)
        tap.contains(err, "none/main.o")


def test_early_is_told_to_end():
    """It leaves nothing of its steps."""
    with Folder() as folder:
        os.mkfifo(folder / "waits.h")
        (folder / "main.c").write_text('#include "waits.h"\n')
        before = sorted(os.listdir(folder))
        with subprocess.Popen([*CC.split(), "--typeslab-early", "-c", "main.c"],
                              cwd=folder) as child:
            # Opens when the compiler does.
            with open(folder / "waits.h", "wb"):
                assert (folder / "main.o.early").exists()
                child.terminate()
                tap.equal(child.wait(), 128 + signal.SIGTERM)
        tap.equal(sorted(os.listdir(folder)), before)


def test_a_time_trace_tells_all_steps():
    with Folder() as folder:
        run([*CC.split(), "--typeslab-early", "-O2", "-ftime-trace",
             "-ftime-trace-granularity=0", "-c", "main.c"], folder)
        told = json.loads((folder / "main.json").read_text())
        names = {event["name"] for event in told["traceEvents"]}
        for name in ("Frontend", "Source", "Optimizer", "CodeGenPasses"):
            assert name in names, names


def test_a_watched_build_writes_them_once():
    with Folder() as folder:
        compile_it = ["clang-22", "-ftime-trace=trace", "-save-stats",
                      "-fproc-stat-report=measures", "-O2", "-c", "main.c"]
        run([TOOL, "audit", "-o", "report", "--", *compile_it], folder)
        tap.equal(len((folder / "measures").read_text().splitlines()), 1)
        assert "CodeGenPasses" in (folder / "trace").read_text()


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
