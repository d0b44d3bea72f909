#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Names of tokens: typeslab types, hist --types, audit --misclassed."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLES = HERE / "samples"
CLANG = ["clang-22", "-O1", "-g", "-fsanitize=alloc-token",
         f"-I{ROOT}/include"]


def run(*command, status=0, **more):
    done = subprocess.run(list(map(str, command)), check=False, text=True,
                          capture_output=True, **more)
    tap.equal(done.returncode, status, done.stdout + done.stderr)
    return done.stdout, done.stderr


def compiled(folder, source, *flags, suffix):
    out = Path(folder) / f"{source.stem}.{suffix}"
    clang = [("clang++-22" if source.suffix == ".cc" else CLANG[0])]
    run(*clang, *CLANG[1:], *flags, source, "-o", out)
    return out


def table_of(text):
    lines = text.splitlines()
    tap.equal(lines[0], "# typeslab types 1")
    return {line[17:]: line[:16] for line in lines[1:]}


def test_hash_is_the_compilers():
    """What is found by hashing DWARF's names is what clang itself names."""
    for name, most in (("kinds.c", 11), ("kinds.cc", 5)):
        with tempfile.TemporaryDirectory() as folder:
            source = SAMPLES / name
            ir = compiled(folder, source, "-S", "-emit-llvm", suffix="ll")
            code = compiled(folder, source, "-c", suffix="o")
            by_clang = table_of(run(TOOL, "types", ir)[0])
            by_hash = table_of(run(TOOL, "types", code)[0])
            tap.equal(by_hash, by_clang)
            assert len(by_hash) == most and "?" not in by_hash, by_hash


def test_split_debug_information():
    """It is read where the program says that it lies."""
    with tempfile.TemporaryDirectory() as folder:
        for version in ("-gdwarf-5", "-gdwarf-4"):
            code = compiled(folder, SAMPLES / "kinds.c", version, "-c",
                            suffix="o")
            want, _ = run(TOOL, "types", code)
            code = compiled(folder, SAMPLES / "kinds.c", version,
                            "-gsplit-dwarf", "-c", suffix="o")
            tap.equal(run(TOOL, "types", code)[0], want)
            code.with_suffix(".dwo").unlink()
            _, err = run(TOOL, "types", code, status=2)
            tap.contains(err, ".dwo")


def test_misclassed():
    want = {"kinds.c": {"shared": "an atomic pointer in first",
                        "nested": "an atomic pointer in first"},
            "kinds.cc": {"referring": "a reference in other",
                         "choosing": "a pointer to a member in which",
                         "inner::both": "a reference in other"}}
    for name, types in want.items():
        with tempfile.TemporaryDirectory() as folder:
            code = compiled(folder, SAMPLES / name, "-c", suffix="o")
            out, _ = run(TOOL, "audit", "--misclassed", code)
            got = dict(re.findall(r"(?m)^name:(\S+) # (.*), token", out))
            tap.equal(got, types)
            tap.contains(out, f"# {len(types)} of ")
            assert "not described" not in out, out
            policy = Path(folder) / "policy"
            run(TOOL, "audit", "--misclassed", "-o", policy, code)
            tap.equal(policy.read_text(), out)
            run(TOOL, "audit", "--misclassed", "-o", folder, code, status=2)
            for wish in ("--format=json", "--min=1", "--all",
                         "--token-max=16"):
                _, err = run(TOOL, "audit", "--misclassed", wish, code,
                             status=2)
                tap.contains(err, "by itself")


SIZEOF_ALONE = """
#include <stdlib.h>
struct handle { _Atomic(void *) to; };
struct plain { int a; };
struct node { struct node *next; };
void *kept[3];
void fill(void)
{
	kept[0] = malloc(sizeof(struct handle));
	kept[1] = malloc(sizeof(struct plain));
	kept[2] = malloc(sizeof(struct node));
}
"""


def test_types_without_a_description():
    """What is not known to hold no pointer is not said to hold none."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "x.c"
        source.write_text(SIZEOF_ALONE)
        code = compiled(folder, source, "-c", suffix="o")
        ir = compiled(folder, source, "-S", "-emit-llvm", suffix="ll")
        for path in (code, ir):
            out, _ = run(TOOL, "audit", "--misclassed", path)
            tap.contains(out, "# 0 of 3 types hold pointers among data\n"
                         "# 2 among data are not described")
        tap.equal(sorted(table_of(run(TOOL, "types", code)[0])), ["?"])
        advice = re.search(r"built with (-g .*)\n", out)[1].split()
        code = compiled(folder, source, "-c", *advice, suffix="o")
        for paths in ((code,), (ir, code), (code, ir)):
            out, _ = run(TOOL, "audit", "--misclassed", *paths)
            assert re.fullmatch(
                "name:handle # an atomic pointer in to, token 0x[0-9a-f]+\n"
                "# 1 of 3 types hold pointers among data\n", out), out
        tap.equal(table_of(run(TOOL, "types", code)[0]),
                  table_of(run(TOOL, "types", ir)[0]))


def places(program, table, options):
    """What a running program says of its objects, and what the tool draws."""
    env = {**os.environ, "TYPESLAB": options}
    with subprocess.Popen([program], stdin=subprocess.PIPE, text=True, env=env,
                          stdout=subprocess.PIPE) as child:
        told = [child.stdout.readline().strip().split(" ", 1)
                for _ in range(11)]
        done = subprocess.run([TOOL, "hist", f"--types={table}",
                               str(child.pid)],
                              capture_output=True, text=True, check=False)
        child.stdin.close()
    if "ptrace_scope" in done.stderr:
        raise tap.Skip("Yama forbids reading another process")
    tap.equal(done.returncode, 0, done.stderr)
    return told, done.stdout


def test_live_partitions():
    """The tool puts each name where the heap itself says it lies."""
    library = Path(TOOL).parent / "libtypeslab.so"
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder, SAMPLES / "kinds.c", library,
                           f"-Wl,-rpath,{library.parent}", suffix="program")
        table = Path(folder) / "table"
        table.write_text(run(TOOL, "types", program)[0])
        policy = Path(folder) / "policy"
        names = list(table_of(table.read_text()))
        policy.write_text(f"name:{names[0]} @two\nname:{names[1]} @two\n")
        for options, note in (
                ("mode=typed", None),
                ("mode=dedicated", "11 of 1024 partitions taken; 0 types"),
                ("mode=dedicated,budget=3",
                 "3 of 3 partitions taken; 8 types"),
                (f"mode=dedicated,policy={policy}", "9 of 1024")):
            told, shown = places(program, table, options)
            drawn = shown.split("types by partition")[1]
            for place, name in told:
                line = re.search(rf"(?m)^{place}  (.*)$", drawn)
                assert line and name in line[1].split(", "), \
                    (options, place, name, drawn)
            tap.equal(sum(len(line.split(", ")) for line in
                          re.findall(r"(?m)^\w+-\d\d  .*$", drawn)), 11)
            tap.equal("dedicated: " in shown, note is not None, shown)
            assert note is None or f"dedicated: {note}" in shown, shown
            own = {place for place, _ in told}
            if options == "mode=dedicated":
                tap.equal(len(own), 11)


def hist_of_waiting(program, table):
    """What hist tells of the program, which says a line and waits."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, text=True,
                          stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        done = subprocess.run(
            [TOOL, "hist", f"--types={table}", str(child.pid)],
            capture_output=True, text=True, check=False)
        child.stdin.close()
    if "ptrace_scope" in done.stderr:
        raise tap.Skip("Yama forbids reading another process")
    return done


def test_fast_tokens_name_no_type():
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "wait.c"
        source.write_text("#include <stdio.h>\n#include <stdlib.h>\n"
                          "long *kept;\nint main(void)\n{\n"
                          "\tkept = malloc(sizeof(*kept));\n"
                          "\tputs(\"ready\");\n\tfflush(stdout);\n"
                          "\treturn getchar() != EOF;\n}\n")
        program, table = Path(folder) / "wait", Path(folder) / "table"
        table.write_text("# typeslab types 1\n0000123412341234 one\n")
        for words in ([], ["--typeslab-static"], ["-static"]):
            for fast, status in (([], 0), (["--typeslab-fast"], 2)):
                run(TOOL, "cc", *fast, *words, source, "-o", program)
                done = hist_of_waiting(program, table)
                tap.equal(done.returncode, status, done.stderr)
                tap.equal("of the fast ABI" in done.stderr, bool(fast))


def test_shared_tokens_are_marked():
    """Two names of one token, as only a collision could make them."""
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder, SAMPLES / "kinds.c",
                           Path(TOOL).parent / "libtypeslab.so",
                           f"-Wl,-rpath,{Path(TOOL).parent}", suffix="program")
        table = Path(folder) / "table"
        table.write_text("# typeslab types 1\n0000123412341234 one\n"
                         "0000123412341234 two\n")
        done = hist_of_waiting(program, table)
        tap.contains(done.stdout, "  one*, two*\n")


def test_refusals():
    with tempfile.TemporaryDirectory() as folder:
        bad = Path(folder) / "bad"
        snapshot = ROOT / "tests/tools/samples/redis.snapshot"

        def refused(text, says):
            bad.write_bytes(text)
            # Our own process has no heap of ours; the table is read first.
            _, err = run(TOOL, "types", bad, status=2)
            tap.contains(err, str(bad))
            tap.contains(err, says)

        refused(b"nothing\n", "no remark of alloc-token")
        code = compiled(folder, SAMPLES / "kinds.c", "-g0", "-c", suffix="o")
        _, err = run(TOOL, "types", code, status=2)
        tap.contains(err, "-g")
        out, err = run(TOOL, "hist", "--types=/dev/null", snapshot, status=2)
        tap.contains(err, "live processes")
        tap.equal(out, "")
        _, err = run(TOOL, "audit", "--misclassed", "--", "make", status=2)
        tap.contains(err, "not a build")
        run(TOOL, "types", status=2)


def test_bad_tables():
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(folder, SAMPLES / "kinds.c",
                           Path(TOOL).parent / "libtypeslab.so",
                           f"-Wl,-rpath,{Path(TOOL).parent}", suffix="program")
        table = Path(folder) / "table"
        with subprocess.Popen([program], stdin=subprocess.PIPE, text=True,
                              stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            for text, line in (("", 1), ("# typeslab types 2\n", 1),
                               ("# typeslab types 1\nxyz\n", 2),
                               ("# typeslab types 1\n" + "g" * 16 + " a\n", 2),
                               ("# typeslab types 1\n" + "0" * 16 + " a", 2)):
                table.write_text(text)
                done = subprocess.run(
                    [TOOL, "hist", f"--types={table}", str(child.pid)],
                    capture_output=True, text=True, check=False)
                if "ptrace_scope" in done.stderr:
                    raise tap.Skip("Yama forbids reading another process")
                tap.equal(done.returncode, 2, done.stderr)
                tap.contains(done.stderr, f"{table}: line {line}: ")
            child.stdin.close()


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
