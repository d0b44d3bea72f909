# SPDX-License-Identifier: Apache-2.0
"""Two programs to compile, and what their heap says of a run."""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
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
