#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""docs/typing.md: each of its five commands does what the page shows."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
ROOT = Path(__file__).resolve().parent.parent.parent


def steps():
    """(command, the lines shown) of each console block."""
    text = (ROOT / "docs/typing.md").read_text()
    for block in re.findall(r"(?s)```console\n(.*?)```", text):
        lines = block.splitlines()
        assert lines[0].startswith("$ "), block
        yield lines[0][2:], lines[1:]


def holds(shown, got):
    """Lines in their order; "..." stands for any number of others."""
    at = 0
    for i, line in enumerate(shown):
        if line == "...":
            continue
        found = got.index(line, at) if line in got[at:] else -1
        if found < 0 or (i and shown[i - 1] != "..." and found != at):
            return False
        at = found + 1
    return True


def check_dedicated(work, env):
    """With the program that the walk has built."""
    part = (ROOT / "docs/typing.md").read_text().split(
        "\n## A partition for each type\n")[1].split("\n## ")[0]
    command, shown = re.fullmatch(
        r"(?s).*?```sh\n(.*?)```\n\n```\n(.*?)```.*", part).groups()
    ran = subprocess.run(["sh", "-ec", command], cwd=work, env=env, text=True,
                         check=False, stdout=subprocess.PIPE)
    tap.equal(ran.stdout, shown)


def test_walk():
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        shutil.copytree(ROOT / "examples/typing", work)
        (Path(folder) / "bin").mkdir()
        (Path(folder) / "bin/typeslab").symlink_to(TOOL)
        env = {k: v for k, v in os.environ.items()
               if k not in ("CC", "CFLAGS", "MAKEFLAGS", "TYPESLAB")}
        env["PATH"] = f"{folder}/bin:{env['PATH']}"
        done = []
        for command, shown in steps():
            ran = subprocess.run(["sh", "-c", command + " 2>&1"], cwd=work,
                                 env=env, text=True, check=False,
                                 stdout=subprocess.PIPE)
            tap.equal(ran.returncode, 0, f"{command}\n{ran.stdout}")
            assert holds(shown, ran.stdout.splitlines()), \
                f"{command}\nshown:\n{shown}\ngot:\n{ran.stdout}"
            done.append(command)
        tap.equal(len(done), 5, str(done))
        check_dedicated(work, env)


def test_one_program():
    """ONLY=redis is the show of Redis and nothing else, from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        said, _ = tap.run_in(["make", "-n", "types", "ONLY=redis",
                              f"BUILD={folder}/none"], ROOT, MAKEFLAGS="")
        tap.contains(said, "scripts/setup examples/wrap/packages\n"
                     f"examples/wrap/show {folder}/none redis\n")
        assert "meson setup" in said, said
        for line in said.splitlines():
            if "run-tests" in line or "types/fuzz" in line:
                assert line.startswith('[ -n "redis" ] || '), line


def test_reasons_are_told():
    """Each reason the tool can give is on the page."""
    page = (ROOT / "docs/typing.md").read_text()
    header = (ROOT / "tools/audit_why.h").read_text()
    words = re.findall(r'X\([A-Z_]+,\s*"([a-z-]+)"', header)
    assert len(words) > 10, words
    for word in words:
        if word not in ("not-told", "plain-call"):
            tap.contains(page, word)


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
