#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab audit: its counts are the compiler's, on every kind of input."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tap
from audited import ROOT, SAMPLES, TOKENS, TOOL, audit, compile_to, report

SMALL = ["-falloc-token-max=16"]
FAST = SMALL + ["-fsanitize-alloc-token-fast-abi"]
FORMS = ROOT / "tests/token"

# source, extra flags: every form of call there is, and real code of ours.
SOURCES = [
    (SAMPLES / "lost.c", []),
    (SAMPLES / "lost.cc", []),
    (FORMS / "sites.c", ["-fno-builtin-free"]),
    (FORMS / "sites.cc", []),
    (FORMS / "wrapper.c", []),
    (ROOT / "tools/histogram.c", ["-D_GNU_SOURCE", f"-I{ROOT}"]),
]
BUILDS = [
    ("-O0", []), ("-O2", []), ("-O3", []), ("-Os", []),
    ("-O2", SMALL), ("-O2", FAST),
    ("-O2", ["-fsanitize-alloc-token-extended"]),
    ("-O2", ["-fno-plt", "-fPIC"]),
]


def typed_in_ir(path):
    """The compiler's own mark beside a call, or the token in it."""
    text = re.sub(r"\n {10}", " ", path.read_text())
    calls = re.findall(r"(?m)^.*\b(?:call|invoke) .*@__alloc_token_.*$", text)
    return len([c for c in calls if "!alloc_token !" in c]), len(calls)


def typed(sums):
    return sums["data"] + sums["pointer"] + sums["typed"]


def test_counts_are_the_compilers():
    seen = 0
    for source, extra in SOURCES:
        for level, flags in BUILDS:
            with tempfile.TemporaryDirectory() as folder:
                out, remarks = compile_to(folder, source,
                                          [level, *flags, *extra])
                has_type, calls = typed_in_ir(out["ll"])
                what = f"{source.name} {level} {flags}"
                tap.equal(has_type + remarks, calls, what)
                log = report(out["log"])
                tap.equal(log["sum"]["untyped"], remarks, what + " log")
                tap.equal(report(out["yml"])["sum"]["untyped"], remarks,
                          what + " yaml")
                ir = report(out["ll"])["sum"]
                tap.equal((ir["untyped"], typed(ir)), (remarks, has_type),
                          what + " ir")
                both = report(out["log"], out["o"])["sum"]
                tap.equal((both["untyped"], typed(both)), (remarks, has_type),
                          what + " log and object")
                seen += calls
    assert seen > 500, seen


def test_object_alone():
    for level in ("-O0", "-O2"):
        with tempfile.TemporaryDirectory() as folder:
            out, remarks = compile_to(folder, SAMPLES / "lost.c", [level])
            ir, elf = report(out["ll"])["sum"], report(out["o"])["sum"]
            for kind in ("data", "pointer", "typed", "untyped"):
                tap.equal(elf[kind], ir[kind], f"{level} {kind}")
            tap.equal(elf["untyped"], remarks)


def hidden(*inputs):
    """Who allocates unseen: (why, callee, function) of each place."""
    return sorted((s["why"], s["callee"], s["function"])
                  for s in report(*inputs)["sites"] if s["kind"] == "hidden")


def test_objects_without_types():
    """What was not rewritten is seen in machine code as well as in IR."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.c"
        plain.write_text(
            "#include <stdlib.h>\n#include <string.h>\n"
            "static void *volatile keep;\nvoid *(*variable)(size_t) = malloc;\n"
            "void one(void) { keep = malloc(3); keep = variable(4); }\n"
            "int main(void) { one(); keep = calloc(2, 2);\n"
            "\tkeep = strdup(keep); return 0; }\n")
        want = [("library", "strdup", "main"),
                ("plain-call", "calloc", "main"),
                ("plain-call", "malloc", "one")]
        out, _ = compile_to(folder, SAMPLES / "lost.c", ["-O1"])
        lost = [site for site in hidden(out["ll"])
                if site[0] != "function-pointer"]
        tap.equal(hidden(out["o"]), lost)
        code = Path(folder) / "plain.o"
        program = Path(folder) / "program"
        for debug in ("-g", "-g0"):
            clang = ["clang-22", "-O1", "-fno-inline", debug]
            subprocess.run([*clang, "-c", plain, "-o", code], check=True)
            tap.equal(hidden(code), want)
            tap.contains(audit(code)[0], "\n3 more places allocate unseen")
            audit("--min", "1", code, status=2)
            for flags in (["libtypeslab.so"], ["libtypeslab.so", "-fno-plt"],
                          ["libtypeslab.a", "-static"],
                          ["libtypeslab.a", "-static-pie"]):
                library = Path(TOOL).parent / flags[0]
                subprocess.run(
                    [*clang, *flags[1:], plain, out["o"], library, "-o",
                     program], check=True, capture_output=True)
                # Nothing tells the program's own from the C library's.
                own = [] if debug == "-g0" and flags[1:] and \
                    "static" in flags[1] else want
                tap.equal(hidden(program), sorted(own + lost), str(flags))
        # Without any call that has a token there is nothing to tell.
        subprocess.run(["clang-22", plain, "-o", program], check=True)
        tap.contains(audit(program, status=2)[1], "built without")


def test_linked_program():
    """Calls through stubs, through the table and direct ones."""
    library = Path(TOOL).parent
    for flags in ([], ["-fno-plt"], ["-fuse-ld=lld"], ["-fcf-protection=full"],
                  ["-no-pie"], ["-s"]):
        with tempfile.TemporaryDirectory() as folder:
            main = Path(folder) / "main.c"
            main.write_text("int main(void) { return 0; }\n")
            out, remarks = compile_to(folder, SAMPLES / "lost.c", ["-O2"])
            want = report(out["ll"])["sum"]
            program = Path(folder) / "program"
            plt = [f for f in flags if f.startswith(("-fno-plt", "-fcf"))]
            subprocess.run(
                ["clang-22", "-O2", "-fsanitize=alloc-token", *plt, "-c",
                 SAMPLES / "lost.c", "-o", out["o"]], check=True)
            subprocess.run(
                ["clang-22", *flags, main, out["o"], "-o", program,
                 library / "libtypeslab.so"], check=True,
                capture_output=True)
            got = report(program)["sum"]
            for kind in ("data", "pointer", "untyped"):
                tap.equal(got[kind], want[kind], f"{flags} {kind}")
            tap.equal(got["untyped"], remarks)


def test_why():
    with tempfile.TemporaryDirectory() as folder:
        out, _ = compile_to(folder, SAMPLES / "lost.c", ["-O2"])
        sites = report(out["ll"])["sites"]
        why = {s["function"]: s.get("why") for s in sites}
        tap.equal(why, {
            "opaque": "opaque-size", "xmalloc": "wrapper",
            "aligned": "posix-memalign", "array": "reallocarray",
            "builtin": "builtin", "zeroed": "folded", "first": "folded",
            "expression": "expression", "through": "function-pointer",
            "duplicated": "library", "typed": None})
        types = {s["type"] for s in sites if "type" in s}
        tap.equal(types, {"node", "pair"})
        out, _ = compile_to(folder, SAMPLES / "lost.cc", ["-O2"])
        lost = [s for s in report(out["ll"])["sites"] if s["kind"] == "untyped"]
        assert lost and {s["why"] for s in lost} == {"exception-cleanup"}, lost


def test_early_log_and_record():
    """The pass runs in a step of its own: what it remarks is not lost."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "x.c"
        source.write_text(
            "#include <stdlib.h>\nstruct s { struct s *next; };\n"
            "void *a(size_t n) { return malloc(n); }\n"
            "void *b(size_t n) { return calloc(n, 3); }\n"
            "void *c(void) { return malloc(sizeof(struct s)); }\n")
        words = [TOOL, "cc", "--typeslab-early", "-O2", "-c", "x.c",
                 "-Rpass=alloc-token"]
        done = subprocess.run([*words, "-fsave-optimization-record"], text=True,
                              cwd=folder, check=True, capture_output=True)
        tap.equal(sorted(os.listdir(folder)), ["x.c", "x.o", "x.opt.yaml"])
        log, empty = Path(folder) / "log", Path(folder) / "empty"
        log.write_text(done.stderr)
        for name in ("log", "x.opt.yaml"):
            got = report(name, cwd=folder)
            tap.equal([(s["file"], s["line"], s["callee"], s["function"])
                       for s in got["sites"]],
                      [("x.c", 3, "malloc", "a"), ("x.c", 4, "calloc", "b")])
        both = report("log", "x.o", cwd=folder)["sum"]
        tap.equal((both["untyped"], typed(both)), (2, 1))
        # A log that shows the command line and lost the remarks.
        empty.write_text(" ".join(words) + "\n")
        both = report("empty", "x.o", cwd=folder)["sum"]
        tap.equal((both["untyped"], typed(both)), (2, 1))
        audit("--min", "90", "empty", "x.o", status=1, cwd=folder)


def test_lto_log():
    """The linker remarks without the word."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["clang-22", "-O2", "-flto", "-fuse-ld=lld", "-shared", "-fPIC",
             *TOKENS, SAMPLES / "lost.c", "-o", f"{folder}/x.so"],
            check=True, capture_output=True, text=True)
        log = Path(folder) / "log"
        log.write_text(done.stdout)
        want = done.stdout.count("without source-level type token")
        assert want > 5, done
        tap.equal(report(log)["sum"]["untyped"], want)


def test_log_of_make():
    """Paths are told from where make stood."""
    text = ("make[1]: Entering directory '/src/one'\n"
            "clang -Rpass=alloc-token a.c\n"
            "\033[1ma.c:3:4: \033[0m\033[0;1;34mremark: \033[0mCall to "
            "'malloc' in 'f' without source-level type token "
            "[-Rpass=alloc-token]\033[0m\n"
            "make[1]: Leaving directory '/src/one'\n"
            "b.c:5:6: remark: Call to 'calloc' in 'g' without source-level "
            "type token [-Rpass=alloc-token]\n")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.write_text(text)
        places = [(s["file"], s["line"], s["column"], s["callee"])
                  for s in report(log)["sites"]]
        tap.equal(places, [("/src/one/a.c", 3, 4, "malloc"),
                           ("b.c", 5, 6, "calloc")])


def test_kernel_log():
    """The builtin's remarks count like all others."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "k.c"
        source.write_text("""
            void *allocate(unsigned long n, unsigned long token);
            #define kmalloc(...) allocate(__VA_ARGS__, \\
                __builtin_infer_alloc_token(__VA_ARGS__))
            struct node { struct node *next; };
            void *one(void) { return kmalloc(sizeof(struct node)); }
            void *two(unsigned long n) { return kmalloc(n); }
            """)
        done = subprocess.run(
            ["clang-22", "-O2", "-Rpass=alloc-token", "-falloc-token-max=16",
             "-c", source, "-o", "/dev/null"], check=True, text=True,
            capture_output=True)
        log = Path(folder) / "log"
        log.write_text(done.stderr)
        got = report(log)
        tap.equal(got["sum"]["untyped"], 1)
        tap.equal(got["sites"][0]["function"], "two")
        tap.equal(got["sites"][0]["why"], "opaque-size")


# Of tests/types/samples/kernel.log: calls and places by folder.
FOLDERS = {"fs": (6, 2), "include/linux": (5, 1), "security/keys": (5, 5),
           "kernel": (3, 1), "mm": (3, 2), "include/net": (2, 1),
           "lib": (1, 1)}
NR_PLACES = 13


def test_kernel_sample():
    """Of x86 defconfig's log, 25 of its 176 remarks, at 13 of 133 places."""
    log = SAMPLES / "kernel.log"
    found = re.findall(r"(?m)^(\S+): remark: Call to", log.read_text())
    got = report(log)
    tap.equal((len(found), len(set(found))), (25, NR_PLACES))
    tap.equal((got["sum"]["untyped"], got["untyped_places"]),
              (25, NR_PLACES))
    tap.equal({f["folder"]: (f["untyped"], f["places"])
               for f in got["folders"]}, FOLDERS)
    text, _ = audit(log)
    tap.contains(text, f"25 calls without a type, at {NR_PLACES} places;")
    for folder, (calls, places) in FOLDERS.items():
        assert re.search(rf"(?m)^{folder} +{calls} +{places}$", text), text
    # The same lines read twice are calls twice, at the same places.
    twice = report(log, log)
    tap.equal((twice["sum"]["untyped"], twice["untyped_places"]),
              (50, NR_PLACES))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        audit("--format", "html", "-o", page, log)
        tap.contains(page.read_text(),
                     f"25 calls without a type, at {NR_PLACES} places.")


def test_kernel_tables():
    """linux/tables counts the log it keeps as the audit does; so do pages."""
    log = "linux/logs/defconfig-typed.untyped"
    said = subprocess.run([ROOT / "linux/tables", ROOT / "linux/logs"],
                          check=True, capture_output=True, text=True).stdout
    letter = (ROOT / "linux/patches/cover-letter").read_text()
    got = report(ROOT / log)
    calls, places = got["sum"]["untyped"], got["untyped_places"]
    for text in (said, letter):
        found = re.search(r"(?s)\nCalls without a type, x86 defconfig: (\d+), "
                          r"at (\d+) places.*?calls places\n(.*?)\n\n", text)
        tap.equal((int(found[1]), int(found[2])), (calls, places))
        tap.equal([(int(c), int(p), f) for c, p, f in
                   map(str.split, found[3].splitlines())],
                  [(f["untyped"], f["places"], f["folder"])
                   for f in got["folders"][:12]])
    shown = re.search(rf"(?s)\$ typeslab audit {log}\n(.*?)\.\.\.\n",
                      (ROOT / "docs/tools.md").read_text())[1]
    done = subprocess.run([TOOL, "audit", log], cwd=ROOT, check=True,
                          capture_output=True, text=True)
    assert done.stdout.startswith(shown), done.stdout
    tap.contains((ROOT / "docs/kernel.md").read_text(),
                 f"| {calls}, {places} |")


def test_folders():
    """Files by their full names have folders, too, and "./" is none."""
    line = ("{}:1:1: remark: Call to 'malloc' in 'f' without source-level "
            "type token [-Rpass=alloc-token]\n")
    for names, want in (
            (("a/b/c/d.c", "/usr/include/x/y.h", "./a/b/e.c", "z.c"),
             {"a/b": 2, "/usr/include": 1, "": 1}),
            (("/usr/include/x/y.h", "/usr/src/z.c"), {"include/x": 1,
                                                      "src": 1}),
            (("./a/b/c.c", "a/b/c.c"), {"": 2}),
            (("/x.c", "y.c"), {"": 2}), (("/",), {"": 1}),
            (("//a//b", "c"), {"//a": 1, "": 1})):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            log.write_text("".join(map(line.format, names)))
            tap.equal({f["folder"]: f["untyped"]
                       for f in report(log)["folders"]}, want)


def test_minimum():
    with tempfile.TemporaryDirectory() as folder:
        out, _ = compile_to(folder, SAMPLES / "lost.c", ["-O2"])
        share = report(out["ll"])["sum"]["typed_share"]
        audit("--min", str(share - 0.1), out["ll"])
        _, err = audit("--min", str(share + 0.1), out["ll"], status=1)
        tap.contains(err, "are asked for")
        _, err = audit("--min", "50", out["log"], status=2)
        tap.contains(err, "name the objects too")


def test_output():
    """A lone minus is standard output, as it is to `typeslab snapshot`."""
    with tempfile.TemporaryDirectory() as folder:
        log = SAMPLES / "kernel.log"
        want, _ = audit(log)
        tap.equal(audit("-o", "-", log, cwd=folder)[0], want)
        tap.equal(os.listdir(folder), [])
        tap.equal(audit("-o", "there", log, cwd=folder)[0], "")
        tap.contains((Path(folder) / "there").read_text(), want.split(":")[0])
        text, _ = audit("-", input=log.read_text())
        tap.equal(text, want.replace(str(log), "standard input", 1))


def test_text_names_all():
    with tempfile.TemporaryDirectory() as folder:
        out, remarks = compile_to(folder, SAMPLES / "lost.c", ["-O2"])
        text, _ = audit("--all", out["ll"])
        tap.contains(text, f"{remarks} without a type")
        tap.equal(len(re.findall(r"(?m)^     /.*lost\.c:\d+:\d+  ", text)),
                  remarks + 1)
        assert all(len(line) <= 100 or line.startswith(("  ", "/"))
                   for line in text.splitlines()), text


def test_bad_inputs():
    with tempfile.TemporaryDirectory() as folder:
        out, _ = compile_to(folder, SAMPLES / "lost.c", ["-O2"])
        bad = Path(folder) / "bad"

        def refused(data, *says):
            if isinstance(data, str):
                data = data.encode()
            bad.write_bytes(data)
            stdout, err = audit(bad, status=2)
            tap.equal(stdout, "")
            for part in (str(bad), *says):
                tap.contains(err, part)
            tap.equal(err.count("\n"), 1, err)

        ir, record = out["ll"].read_text(), out["yml"].read_text()
        refused("all quiet\n", "no remark of alloc-token")
        refused(ir[:ir.index("\n}")], "line ", "is cut")
        refused(record[:record.rindex("DebugLoc") + 12], "line ")
        refused(record[:record.rindex("...")], "line ", "is cut")
        refused("--- a list\n...\n", "not an optimization record")
        refused("--- !x\na: b\n...\n", "not an optimization record")
        refused("--- &a [*a, *b, {\n...\n", "line ")
        refused(b"\0\1\2\3", "neither")
        refused(b"BC\xc0\xde1234", "llvm-dis")
        for magic in ("!<arch>\n", "!<thin>\n"):
            refused(magic, "ar x")
        for path, says in ((folder, "directory"), ("/nonexistent", "No such"),
                           ("/bin/true", "calls no __alloc_token")):
            tap.contains(audit(path, status=2)[1], says)
        _, err = audit(out["ll"], out["o"], status=2)
        tap.contains(err, "twice")
        # Half a build: its coverage is not 100 %.
        (Path(folder) / "cut.o").touch()
        tap.contains(audit(Path(folder) / "cut.o", status=2)[1], "no object")
        plain = Path(folder) / "plain.o"
        compile_plain = ["clang-22", "-x", "c", "-c", "-", "-o", plain]
        subprocess.run(compile_plain, text=True, check=True,
                       input="void *malloc(unsigned long n);\n"
                       "void *f(void) { return malloc(9); }\n")
        audit(plain)
        tap.contains(audit("--min", "1", plain, status=2)[1], "no call of")
        for args in ((), ("--format", "xml", "x"), ("--min", "101", "x"),
                     ("--min", "nan", "x"), ("--token-max", "-1", "x"),
                     ("--token-max", "1.5", "x")):
            audit(*args, status=2)


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
