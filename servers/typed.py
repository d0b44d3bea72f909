# SPDX-License-Identifier: Apache-2.0
"""Programs from Debian's source for the loads that can have types: built plain,
for every preloaded heap, and typed, for ours. The shows of examples/ know how;
plain and typed differ in nothing but the types.
"""
import os
import shutil
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [f"{ROOT}/bench", f"{ROOT}/examples"]
import builds  # noqa: E402
import showlib  # noqa: E402

FTS5 = " -DSQLITE_ENABLE_FTS5"


def build_redis(build):
    return {kind: builds.build("redis-typed", build, kind == "typed")
            for kind in ("plain", "typed")}


def fill_sqlite(show, wrap, folder):
    class Sqlite(wrap.Sqlite):
        flags = wrap.Sqlite.flags + FTS5

    program = Sqlite(show)
    program.prepare()
    shutil.copy(program.compile("plain", showlib.CLANG), f"{folder}/plain")
    shutil.copy(program.build_wrapped(), f"{folder}/typed")


def build_sqlite(build):
    wrap = builds.load_show("wrap")
    show = showlib.Show("servers-sqlite", build)
    try:
        _, version = show.source("sqlite3")
        folder = show.cached(
            [version, wrap.Sqlite.flags, FTS5,
             *showlib.read_files(f"{wrap.HERE}/show",
                                 f"{wrap.HERE}/{wrap.Sqlite.rules}")],
            lambda folder: fill_sqlite(show, wrap, folder))
        return {kind: f"{folder}/{kind}" for kind in ("plain", "typed")}
    finally:
        show.close()


KNOWN = {"redis": build_redis, "sqlite": build_sqlite}


def build_programs(load, build):
    """{"plain": path, "typed": path}; {} for a load that has no typed build.

    showlib.Failure or OSError if there is one and it cannot be built.
    """
    return KNOWN[load](build) if load in KNOWN else {}
