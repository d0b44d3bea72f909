#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab hist on the samples and on bad input; the tool's face.

To take over changed drawings after looking at them: --accept.
"""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
SAMPLES = Path(__file__).parent / "samples"
ACCEPT = "--accept" in sys.argv


def run(*args, stdin=b"", **more):
    """(status, standard output, standard error)"""
    done = subprocess.run([TOOL, *map(str, args)], input=stdin, cwd=SAMPLES,
                          capture_output=True, check=False, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_drawing(name, *args, **more):
    status, out, err = run("hist", *args, **more)
    tap.equal((status, err), (0, ""))
    path = SAMPLES / (name + ".expected")
    if ACCEPT:
        path.write_text(out)
    tap.equal(out, path.read_text())


def check_refused(*args, says, **more):
    """Status 2, nothing drawn, one line that says what is wrong."""
    status, out, err = run(*args, **more)
    tap.equal((status, out), (2, ""), err)
    tap.contains(err, says)
    tap.equal(err.startswith("typeslab: "), True, err)


def on_terminal(columns, *args, **env):
    """What it prints on a terminal so wide."""
    keeper, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([TOOL, *args], cwd=SAMPLES, stdin=terminal,
                          stdout=terminal,
                          env={**os.environ, "TERM": "xterm", **env}) as child:
        os.close(terminal)
        out = b""
        try:
            while piece := os.read(keeper, 65536):
                out += piece
        except OSError:  # the last one closed the terminal
            pass
    os.close(keeper)
    tap.equal(child.returncode, 0)
    return out.decode().replace("\r\n", "\n")


def test_heap():
    check_drawing("redis.snapshot", "redis.snapshot")


def test_heap_from_pipe():
    check_drawing("redis.snapshot", "-",
                  stdin=(SAMPLES / "redis.snapshot").read_bytes())


def test_typed_kernel():
    check_drawing("typed.slabinfo", "--slabinfo", "typed.slabinfo")


def test_kernel_with_unknown_rows():
    check_drawing("unknown-rows.slabinfo", "--slabinfo",
                  "unknown-rows.slabinfo")


def test_random_kernel():
    check_drawing("random-6.12.slabinfo", "--slabinfo",
                  "random-6.12.slabinfo")


def test_slabinfo_from_pipe():
    text = (SAMPLES / "typed.slabinfo").read_bytes()
    status, out, _ = run("hist", "--slabinfo", "-", stdin=text)
    tap.equal(status, 0)
    tap.contains(out, "kmalloc caches of standard input")
    tap.contains(out, "kmalloc-part-15     1465")


def test_figures_of_the_kernel_mail():
    """The sample was built to upstream's published counts."""
    _, out, _ = run("hist", "--slabinfo", "typed.slabinfo")
    tap.contains(out, "with pointers, 12015 objects")
    tap.contains(out, "without, 6673")
    tap.contains(out, "kmalloc-part-04, 21.7 % of 18688 objects")


def test_sums_against_a_second_reader():
    """Sums each column again, by another program."""
    objects = size = 0
    for line in (SAMPLES / "redis.snapshot").read_text().splitlines()[2:]:
        if not line.startswith("#"):
            words = line.split()
            objects += int(words[1])
            size += int(words[1]) * int(words[3])
    _, out, _ = run("hist", "redis.snapshot")
    tap.contains(out, f"all: {objects} live objects, {size} bytes\n")


def test_live_kernel():
    if not os.access("/proc/slabinfo", os.R_OK):
        raise tap.Skip("/proc/slabinfo cannot be read")
    status, out, _ = run("hist", "--slabinfo")
    tap.equal(status, 0)
    tap.contains(out, "kmalloc caches of /proc/slabinfo\n")
    tap.contains(out, "= normal")


def test_terminal_width():
    for columns in (60, 132):
        out = on_terminal(columns, "hist", "redis.snapshot", NO_COLOR="1")
        bars = [line for line in out.splitlines() if line.endswith("+")]
        tap.equal(max(map(len, bars)), columns)
        tap.equal("\033" in out, False)


def test_colour():
    out = on_terminal(80, "hist", "redis.snapshot", NO_COLOR="")
    tap.contains(out, "\033[32m+")
    out = on_terminal(80, "hist", "redis.snapshot", NO_COLOR="", TERM="dumb")
    tap.equal("\033" in out, False)


def test_bad_files():
    check_refused("hist", "/nonexistent", says="/nonexistent: No such file")
    check_refused("hist", "/", says="/: Is a directory")
    check_refused("hist", "/dev/null", says="/dev/null: line 1: empty")
    check_refused("hist", "../tap.py", says="../tap.py: line 1: no snapshot")
    check_refused("hist", "-", stdin=b"\0\1\2" * 1000,
                  says="standard input: line 1: no snapshot")
    check_refused("hist", "typed.slabinfo",
                  says="typed.slabinfo: line 3: no '# typeslab' line")
    check_refused("hist", "--slabinfo", "/etc/passwd",
                  says="/etc/passwd: line 1: no slabinfo")
    check_refused("hist", "--slabinfo", "redis.snapshot",
                  says="redis.snapshot: no kmalloc caches")
    check_refused("hist", "--slabinfo", "/nonexistent",
                  says="/nonexistent: No such file")


def test_endless_file():
    check_refused("hist", "/dev/zero", says="/dev/zero: File too large")


def test_truncated_files():
    whole = (SAMPLES / "redis.snapshot").read_bytes()
    last_line = whole.rindex(b"\n", 0, -1) + 1
    for end in (1000, last_line, len(whole) - 1):
        text = whole[:end]
        line = text.count(b"\n") + (not text.endswith(b"\n"))
        with tempfile.NamedTemporaryFile() as file:
            file.write(text)
            file.flush()
            check_refused("hist", file.name,
                          says=f"{file.name}: line {line}: truncated")
    whole = (SAMPLES / "typed.slabinfo").read_bytes()
    check_refused("hist", "--slabinfo", "-", stdin=whole[:-1],
                  says="truncated")


def check_full_disk(*words):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TOOL, *words], stdout=full,
                              stderr=subprocess.PIPE, cwd=SAMPLES,
                              check=False)
    tap.equal((done.returncode, done.stderr.decode()),
              (2, "typeslab: standard output: No space left on device\n"))


def test_full_disk():
    for words in (["hist"], ["hist", "--format=json"],
                  ["hist", "--format=openmetrics"]):
        check_full_disk(*words, "redis.snapshot")


def test_help_on_full_disk():
    for words in (["--help"], ["--version"], ["hist", "--help"]):
        check_full_disk(*words)


def test_face():
    """Help, version, and what is not there."""
    status, out, _ = run("--help")
    tap.equal(status, 0)
    for command in ("run", "hist", "snapshot", "top"):
        tap.contains(out, f"\n  {command} ")
        status, text, err = run(command, "--help")
        tap.equal((status, err), (0, ""))
        tap.contains(text, f"Usage: typeslab {command} ")
        tap.equal(run(command, "--no-such")[0], 125 if command == "run" else 2)
        tap.equal(run(command)[0], 125 if command == "run" else 2)
    status, out, _ = run("--version")
    tap.equal((status, out.split()[0]), (0, "typeslab"))
    check_refused(says="a command is needed")
    check_refused("hits", says="unknown command 'hits'")
    check_refused("hits", says="Try `typeslab --help'")
    check_refused("--no-such", "hist", says="unrecognized option")


def test_too_many_arguments():
    for command in ("hist", "snapshot", "top"):
        status, _, err = run(command, "1", "2")
        tap.equal(status, 2)
        tap.contains(err, "is enough")


tap.run(sys.modules[__name__])
