# SPDX-License-Identifier: Apache-2.0
"""The lines of tests/mutants: name, file, test, sed -E script; tabs between."""
import collections
import re

Mutant = collections.namedtuple("Mutant", "line name path test script")


def read(text):
    """All of them; ValueError names the line that has not four fields."""
    mutants = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        fields = re.split(r"\t+", line, maxsplit=3)
        if len(fields) != 4:
            raise ValueError(f"line {number}: not four fields")
        mutants.append(Mutant(number, *fields))
    return mutants
