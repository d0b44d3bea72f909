# SPDX-License-Identifier: Apache-2.0
"""Programs from Debian's source for the loads that can have types: built plain,
for every preloaded heap, and typed, for ours. The shows of examples/ know how;
plain and typed differ in nothing but the types.
"""
import os
import shutil
import sys
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [f"{ROOT}/bench", f"{ROOT}/examples"]
import builds  # noqa: E402
import showlib  # noqa: E402

# Two programs of SQLite's source: its files, and flags more.
SQLITE = {"speedtest": (["sqlite3.c", "test/speedtest1.c"], " -I."),
          "sqlite": (["sqlite3.c", "shell.c"], " -DSQLITE_ENABLE_FTS5")}


def build_redis(_load, build):
    return {kind: builds.build("redis-typed", build, kind == "typed")
            for kind in ("plain", "typed")}


def fill_sqlite(show, wrap, load, folder):
    class Sqlite(wrap.Sqlite):
        sources = SQLITE[load][0]
        flags = wrap.Sqlite.flags + SQLITE[load][1]

    program = Sqlite(show)
    program.prepare()
    shutil.copy(program.compile("plain", showlib.CLANG), f"{folder}/plain")
    shutil.copy(program.build_wrapped(), f"{folder}/typed")


def build_sqlite(load, build):
    wrap = builds.load_show("wrap")
    show = showlib.Show(f"servers-{load}", build)
    try:
        _, version = show.source("sqlite3")
        folder = show.cached(
            [version, wrap.Sqlite.flags, SQLITE[load],
             *showlib.read_files(f"{wrap.HERE}/show",
                                 f"{wrap.HERE}/{wrap.Sqlite.rules}")],
            lambda folder: fill_sqlite(show, wrap, load, folder))
        return {kind: f"{folder}/{kind}" for kind in ("plain", "typed")}
    finally:
        show.close()


@dataclass
class Source:
    """A package whose make takes CC, and how its program is made."""
    package: str
    make: list
    prepare: list = field(default_factory=list)
    rules: list = field(default_factory=list)  # a file, or none
    # What asks for one type's memory alone: the rules say whose.
    excepted: list = field(default_factory=list)

    def command(self, tree, *more):
        return ["make", "-s", showlib.JOBS, "-C", tree, *self.make, *more]


SOURCES = {
    "git": Source("git", ["NO_GETTEXT=1", "NO_TCLTK=1", "NO_PERL=1",
                          "NO_PYTHON=1", "NO_CURL=1", "NO_EXPAT=1",
                          "NO_OPENSSL=1", "NO_ICONV=1", "git"],
                  rules=[f"{HERE}/git.rules"], excepted=["create_delta"]),
    "memcached": Source("memcached", ["memcached"], ["./configure"]),
}


def fill(show, source, tree, folder):
    """@folder/plain and @folder/typed: the tree, built by clang and by
    `typeslab cc` with what `typeslab wrap` finds.
    """
    def step(what, command):
        show.step(what, f"{source.package}: {what}", command,
                  env=showlib.clean_environment(CC=showlib.CLANG))

    for kind in ("plain", "watched", "typed"):
        shutil.copytree(tree, f"{folder}/{kind}", symlinks=True)
        if source.prepare:
            step(f"configure-{kind}",
                 ["env", "-C", f"{folder}/{kind}", *source.prepare])
    step("build-plain", source.command(f"{folder}/plain",
                                       f"CC={showlib.CLANG}"))
    step("wrap", [show.tool, "wrap", "--discover",
                  *[f"--except={name}" for name in source.excepted],
                  "-o", f"{folder}/wrapped",
                  "--", *source.command(f"{folder}/watched",
                                        f"CC={showlib.CLANG}")])
    shutil.rmtree(f"{folder}/watched")
    step("build-typed", source.command(
        f"{folder}/typed",
        f"CC={show.tool} cc --typeslab-wrap={folder}/wrapped" +
        "".join(f" --typeslab-rules={rules}" for rules in source.rules)))


def build_source(load, build):
    source = SOURCES[load]
    show = showlib.Show(f"servers-{load}", build)
    try:
        tree, version = show.source(source.package)
        folder = show.cached(
            [version, source, *showlib.read_files(*source.rules)],
            lambda folder: fill(show, source, tree, folder))
        return {kind: f"{folder}/{kind}/{source.package}"
                for kind in ("plain", "typed")}
    finally:
        show.close()


def build_programs(load, build):
    """{"plain": path, "typed": path}; {} for a load that has no typed build.

    showlib.Failure or OSError if there is one and it cannot be built.
    """
    how = {"redis": build_redis, **dict.fromkeys(SQLITE, build_sqlite),
           **dict.fromkeys(SOURCES, build_source)}
    return how[load](load, build) if load in how else {}
