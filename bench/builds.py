# SPDX-License-Identifier: Apache-2.0
"""Redis and LevelDB from Debian's source: typed for our heap, plain for the
others. The shows of examples/ know how; both are built by the same compiler
with the same flags but those for types.
"""
import importlib.machinery
import importlib.util
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, f"{ROOT}/examples")
import showlib  # noqa: E402

# The workload: the show that builds its program, and the program in there.
PROGRAMS = {"redis-typed": ("redis", "redis/src/redis-server"),
            "leveldb-typed": ("leveldb", "db_bench")}


def load_show(name):
    """The script examples/NAME/show as a module."""
    loader = importlib.machinery.SourceFileLoader(
        f"show_{name}", f"{ROOT}/examples/{name}/show")
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def build(workload, folder, typed):
    """Path of the program; showlib.Failure if it cannot be built."""
    name, program = PROGRAMS[workload]
    module = load_show(name)
    show = showlib.Show(name if typed else f"{name}-plain", folder)
    try:
        return f"{module.build(show, typed)}/{program}"
    finally:
        show.close()


def build_all(folder, names):
    """{(workload, typed): program}, without those that failed."""
    programs = {}
    for workload in sorted(names):
        for typed in (True, False):
            try:
                programs[workload, typed] = build(workload, folder, typed)
            except (showlib.Failure, OSError) as failure:
                print(f"run-bench: {failure}", file=sys.stderr)
    return programs
