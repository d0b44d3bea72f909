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


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
