#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Watched builds, as programs of all kinds have them."""
import json
import sys

import tap
from program import TOOL, Folder, run


def watched(folder, *commands):
    """What an audit tells of a build by shell commands."""
    out, _ = run([TOOL, "audit", "--format", "json", "--", "sh", "-ec",
                  "\n".join(commands)], folder)
    return json.loads(out[out.index("{"):])


def test_a_warning_is_no_remark():
    """A compile may say much, and nothing of allocations."""
    with Folder() as folder:
        (folder / "warned.c").write_text("static int unused;\n")
        got = watched(folder, "$CC -Wall -c warned.c")
        tap.equal(got["sum"]["untyped"], 0)
        got = watched(folder, "$CC -Wall -c warned.c", "$CC -c main.c")
        assert got["sum"]["pointer"] >= 2, got["sum"]
        out, _ = run([TOOL, "audit", "--", "sh", "-c",
                      "$CC -Wall -c warned.c"], folder)
        tap.contains(out, "0 allocation calls")


def test_what_the_header_asks_is_one_call():
    """The remark is the builtin's, the call in IR that of the family."""
    with Folder() as folder:
        (folder / "pages.c").write_text(
            "#include <stdlib.h>\nvoid *pages(size_t n);\n"
            "void *pages(size_t n)\n{\n\tvoid *p;\n\n"
            "\treturn posix_memalign(&p, 4096, n) ? NULL : p;\n}\n")
        for level in ("-O0 -g", "-O2"):
            got = watched(folder, f"$CC {level} -c pages.c")
            tap.equal([(s["callee"], s["line"], s["times"])
                       for s in got["sites"]], [("posix_memalign", 7, 1)])
            tap.equal((got["remarks"], got["sum"]["untyped"]), (1, 1))


def test_what_the_header_asked_is_opaque():
    """Its declaration hides nothing then; who lacks the header is told so."""
    with Folder() as folder:
        (folder / "arrays.c").write_text(
            "#define _GNU_SOURCE\n#include <stdlib.h>\n"
            "void *more(void *p, size_t n, size_t size);\n"
            "void *more(void *p, size_t n, size_t size)\n{\n"
            "\treturn reallocarray(p, n, size);\n}\n"
            "int into(void **p, size_t n);\nint into(void **p, size_t n)\n{\n"
            "\t*p = reallocarray(*p, n, 3);\n"
            "\treturn posix_memalign(p + 1, 64, n);\n}\n")
        for words, want in (
                ("", ["wrapper", "reallocarray", "opaque-size"]),
                ("--typeslab-no-header",
                 ["wrapper", "reallocarray", "posix-memalign"])):
            for level in ("-O1 -g", "-O2 -g"):
                got = watched(folder, f"$CC {words} {level} -c arrays.c")
                tap.equal([s["why"] for s in got["sites"]], want, words)


def test_a_wrapper_is_one_wherever_it_was_inlined():
    """What the copies lack is what the function itself lacks."""
    with Folder() as folder:
        (folder / "wrapper.c").write_text(
            "#include <stdlib.h>\nvoid *xmalloc(size_t n);\n"
            "void *xmalloc(size_t n)\n{\n\treturn malloc(n ? n : 1);\n}\n"
            "void a(int **to, int n);\nvoid a(int **to, int n)\n{\n"
            "\t*to = xmalloc(n * sizeof(int));\n}\n")
        got = watched(folder, "$CC -O2 -g -c wrapper.c")
        tap.equal([(s["function"], s["why"]) for s in got["sites"]],
                  [("a", "wrapper"), ("xmalloc", "wrapper")])


def test_a_call_by_a_macro_is_folded():
    """The name as written is no function's."""
    with Folder() as folder:
        for name in ("malloc", "xmalloc", "PyMem_MALLOC", "g_malloc_n"):
            (folder / "folded.c").write_text(
                "#include <stdlib.h>\n#include <string.h>\n"
                f"#define {name}(n) malloc(n)\n"
                "struct node { struct node *next; char text[99]; };\n"
                "struct node *make(void);\nstruct node *make(void)\n{\n"
                f"\tstruct node *n = (struct node *){name}(sizeof(*n));\n"
                "\tif (!n)\n\t\treturn NULL;\n"
                "\treturn memset(n, 0, sizeof(*n));\n}\n")
            got = watched(folder, "$CC -O2 -g -c folded.c")
            tap.equal([(s["callee"], s["why"]) for s in got["sites"]],
                      [("calloc", "folded")], name)


def test_an_early_compile_is_watched_as_one():
    """What the build wins back is counted; what rules say, too."""
    with Folder() as folder:
        (folder / "rules").write_text("xmalloc data char\n")
        (folder / "early.c").write_text(
            "#include <stdlib.h>\n#include <string.h>\n"
            "struct node { struct node *next; char text[99]; };\n"
            "struct node *make(void);\nstruct node *make(void)\n{\n"
            "\tstruct node *n = malloc(sizeof(struct node));\n\n"
            "\tif (!n)\n\t\treturn NULL;\n"
            "\treturn memset(n, 0, sizeof(*n));\n}\n"
            "void *xmalloc(size_t n);\n"
            "void *xmalloc(size_t n)\n{\n\treturn malloc(n);\n}\n")
        for words, want in (("", [0, 0, 2]),
                            ("--typeslab-early", [0, 1, 1]),
                            ("--typeslab-rules=rules", [1, 1, 0])):
            for flags in ("-O2", "-O2 -g -flto -MD -MF early.d"):
                build = f"$CC {words} {flags} -c early.c"
                got = watched(folder, build)["sum"]
                tap.equal([got[kind] for kind in
                           ("data", "pointer", "untyped")], want, words)
                _, err = run([TOOL, "audit", "--", "sh", "-c", build], folder)
                tap.equal(err, "")


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
