#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What --help and the manual say is what there is."""
import os
import re
import subprocess
import sys
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
COMMANDS = ("audit", "cc", "c++", "hist", "run", "snapshot", "top", "types",
            "wrap")
# Told once, in typeslab(1).
COMMON = {"--help", "--usage", "--version"}


def help_of(command):
    done = subprocess.run([TOOL, command, "--help"], check=True,
                          capture_output=True, text=True,
                          env={**os.environ, "ARGP_HELP_FMT": "rmargin=200"})
    tap.equal(done.stderr, "")
    return done.stdout


def page_of(command):
    """The options of the manual's page, without what sets their type."""
    name = command.replace("c++", "cc")
    text = (DOCS / f"man/typeslab-{name}.1").read_text()
    text = re.search(r"(?s)\n\.SH OPTIONS\n(.*?)\n\.SH ", text)
    text = text[1] if text else ""
    text = re.sub(r"\\f[BIPR]", "", text).replace("\\-", "-")
    return re.sub(r"(?m)^\.[BIR]+ ", "", text).replace('"', "")


def words_of(key):
    """What docs/options.md allows option @key to be."""
    row = re.search(rf"(?m)^\| `{key}` \| ([^|]*) \|",
                    (DOCS / "options.md").read_text())
    return re.findall(r"`(\w+)`", row[1])


def test_each_word_is_told():
    for key in ("mode", "profile"):
        words = words_of(key)
        assert len(words) > 2, words
        said = re.search(rf"--{key}=.*", help_of("run"))[0]
        page = re.search(rf"(?s)--{key} [A-Z ]+\n(.*?)\.TP",
                         page_of("run"))[1]
        for word in words:
            assert re.search(rf"\b{word}\b", said), (word, said)
            assert re.search(rf"\b{word}\b", page), (word, page)


def test_each_option_has_its_place_in_the_manual():
    for command in COMMANDS:
        options = set(re.findall(r"(?m)^ +(?:-\w, )?(--[a-z-]+)",
                                 help_of(command))) - COMMON
        told = set(re.findall(r"(?m)^(?:-\w , *)?(--[a-z-]+)",
                              page_of(command)))
        tap.equal(told, options, command)


def test_each_command_is_told():
    said = subprocess.run([TOOL, "--help"], check=True, capture_output=True,
                          text=True).stdout
    page = (DOCS / "man/typeslab.1").read_text()
    for command in COMMANDS:
        assert re.search(rf"(?m)^ +{re.escape(command)}\s", said), said
        assert re.search(rf"(?<!\w){re.escape(command)}(?!\w)", page), command


tap.run(sys.modules[__name__])
