#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab hist, snapshot and top on processes, and on what is none.

Arguments: the tool, a library, then two programs built of live_target.c: with
the shared library, with the static one.
"""
import fcntl
import os
import pty
import re
import resource
import select
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import contextmanager
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
SHARED = os.path.abspath(sys.argv[3])
STATIC = os.path.abspath(sys.argv[4])
LIBRARY = Path(TOOL).parent / "libtypeslab.so"
COMMANDS = ("hist", "snapshot", "top")
NOBODY = 65534

# What live_target.c makes: live objects of its own size, by domain.
MADE = {"data": 600, "pointer": 300, "unknown": 100}
SLOT = 3072  # the class of its objects
LARGE = 3000000


def run(*args, **more):
    done = subprocess.run([TOOL, *map(str, args)], capture_output=True,
                          check=False, text=True, **more)
    return done.returncode, done.stdout, done.stderr


@contextmanager
def waiting(*command, **more):
    """A process that waits until its input ends."""
    with subprocess.Popen(command, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, **more) as child:
        try:
            if command == ("cat",):
                child.stdin.write(b"ready\n")
                child.stdin.flush()
            tap.equal(child.stdout.readline(), b"ready\n")
            yield child
        finally:
            child.stdin.close()


def rows_of(snapshot):
    """{(domain, size or "large"): live objects} of a snapshot's text"""
    rows = {}
    for line in snapshot.splitlines():
        if not line.startswith(("#", "slabinfo")):
            name, live = line.split()[:2]
            domain, _, size = name.split("-")
            rows[domain, size] = rows.get((domain, size), 0) + int(live)
    return rows


def check_refused(pid, says, commands=COMMANDS, **more):
    for command in commands:
        status, out, err = run(command, pid, **more)
        tap.equal((status, out), (2, ""), f"{command}: {err}")
        tap.contains(err, says)


def check_contents(program, **more):
    """All that the program made is there, in its domain, and no more."""
    with waiting(program, **more) as child:
        status, out, err = run("snapshot", child.pid)
        tap.equal((status, err), (0, ""))
        rows = rows_of(out)
        for domain, objects in MADE.items():
            tap.equal(rows[domain, str(SLOT)], objects, domain)
        tap.equal(rows["unknown", "large"], 1)
        tap.equal(rows["pointer", "large"], 1)
        tap.contains(out, f"# typeslab pid {child.pid}\n")
        tap.contains(out, f"# typeslab program {Path(program).name[:15]}\n")
        data, pointer, _ = re.search(r"# typeslab allocations (\d+) (\d+) (\d+)",
                                     out).groups()
        tap.equal((data, pointer), ("650", "301"))
        tap.equal(run("hist", "-", input=out)[1], run("hist", child.pid)[1])


def test_shared_library():
    check_contents(SHARED)


def test_static_program():
    check_contents(STATIC)


def sites_of(program, options="trace=on", *more, **popen):
    with waiting(*([program] if isinstance(program, str) else program),
                 env={**os.environ, "TYPESLAB": options}, **popen) as child:
        return run("hist", "--sites", *more, child.pid)


def test_sites():
    """Who allocates without a type: the function, file:line, and how much."""
    source = (Path(__file__).parent / "live_target.c").read_text()
    lines = source.splitlines()
    small = [n for n, line in enumerate(lines, 1) if ": malloc(" in line][0]
    large = [n for n, line in enumerate(lines, 1)
             if "= malloc(LARGE" in line][0]
    for program in (SHARED, STATIC):
        for mode in ("typed", "dedicated"):
            status, out, err = sites_of(program, f"trace=on,mode={mode}")
            tap.equal((status, err), (0, ""))
            rows = re.findall(r"(?m)^ *(\d+) +(\d+)  (.*)$", out)
            # In a line or two: of one statement the compiler names either.
            for size, nr, first in ((SLOT * 100, 100, small),
                                    (None, 1, large)):
                found = [row for row in rows if row[1] == str(nr) and
                         re.search(rf" at .*live_target\.c:({first}|{first-1})$",
                                   row[2])]
                tap.equal(len(found), 1, out)
                assert size in (None, int(found[0][0])), out
            tap.equal(sum(int(b) for b, _, what in rows if what[0] != "="),
                      int(rows[-2][0]), out)
            tap.equal(sum(int(n) for _, n, what in rows if what[0] != "="),
                      int(rows[-2][1]), out)
            tap.equal([what for *_, what in rows[-2:]],
                      ["= without a type", "= with a type"])
            tap.equal(rows[-1][1], "901")
            assert "without a record" not in out, out


def test_sites_few():
    status, out, err = sites_of(STATIC, "trace=on", "--sites=1")
    tap.equal((status, err), (0, ""))
    tap.equal(len(re.findall(" at | in ", out)), 1, out)
    assert re.search(r"\d  \d+ more sites\n", out), out


def test_sites_without_a_record():
    """Where there is room for few records, the others are counted, too."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (160 << 20, 160 << 20))
    nr = 300000
    status, out, err = sites_of((STATIC, str(nr)), "trace=on",
                                preexec_fn=limit)
    tap.equal((status, err), (0, ""))
    rows = re.findall(r"(?m)^ *(\d+) +(\d+)  (.*)$", out)
    lost = [row for row in rows
            if row[2] == "without a record of their site"]
    small = [row for row in rows if int(row[0]) == 16 * int(row[1])
             and " at " in row[2]]
    tap.equal((len(lost), len(small)), (1, 1), out)
    # Bytes and objects of what lacks a record and of what has one.
    assert 0 < int(small[0][1]) < nr, out
    assert nr <= int(lost[0][1]) + int(small[0][1]) < nr + 200, out
    tap.equal(rows[-2][2], "= without a type")
    for column in (0, 1):
        tap.equal(sum(int(row[column]) for row in rows[:-2]),
                  int(rows[-2][column]), out)


def test_sites_need_a_record():
    for options in ("trace=fault", "trace=off", "mode=dedicated"):
        status, out, err = sites_of(SHARED, options)
        tap.equal((status, out), (2, ""), options)
        tap.contains(err, "start it with TYPESLAB=trace=on")
    status, out, err = sites_of(SHARED, "trace=on,mode=random")
    tap.equal((status, out), (2, ""))
    tap.contains(err, "mode is not typed")
    redis = Path(__file__).parent / "samples/redis.snapshot"
    status, out, err = run("hist", "--sites", redis)
    tap.equal((status, out), (2, ""))
    tap.contains(err, "--sites is for live processes")
    for args in (["--sites=0"], ["--sites=x"], ["--sites", "--slabinfo"],
                 ["--sites", "--format=json"], ["--sites", "--types=x"]):
        tap.equal(run("hist", *args, "1")[:2], (2, ""), args)


def test_odd_name():
    """A name cannot end a line of the text or move a cursor."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "a\nb\033[2Jc"
        shutil.copy(SHARED, program)
        env = {**os.environ, "LD_LIBRARY_PATH": str(LIBRARY.parent)}
        with waiting(program, env=env) as child:
            status, out, err = run("snapshot", child.pid)
            tap.equal((status, err), (0, ""))
            tap.contains(out, "# typeslab program a?b?[2Jc\n")
            tap.contains(run("hist", child.pid)[1], "a?b?[2Jc (")


def test_modes():
    for mode, domains in (("random", 1), ("none", 1), ("typed", 3)):
        env = {**os.environ, "TYPESLAB": f"mode={mode}"}
        with waiting(SHARED, env=env) as child:
            status, out, err = run("snapshot", child.pid)
            tap.equal((status, err), (0, ""))
            tap.contains(out, f"# typeslab mode {mode}\n")
            rows = rows_of(out)
            tap.equal(len({domain for domain, _ in rows}), domains)
            tap.equal(sum(live for (_, size), live in rows.items()
                          if size == str(SLOT)), 1000)


def test_many_partitions():
    env = {**os.environ, "TYPESLAB": "data=300,pointer=200,unknown=100"}
    with waiting(SHARED, env=env) as child:
        status, out, err = run("hist", child.pid)
        tap.equal((status, err), (0, ""))
        tap.contains(out, "partitions: 300 data, 200 pointer, 100 unknown")
        tap.contains(out, "299 empty partitions of data not shown")


def test_replaced_library():
    """The file is gone, and another in its place, as after an upgrade."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "libtypeslab.so"
        shutil.copy(LIBRARY, copy)
        env = {**os.environ, "LD_PRELOAD": str(copy)}
        with waiting(SHARED, env=env) as child:
            maps = Path(f"/proc/{child.pid}/maps").read_text()
            tap.contains(maps, str(copy))
            copy.unlink()
            shutil.copy(TOOL, copy)
            status, out, err = run("snapshot", child.pid)
            tap.equal((status, err), (0, ""))
            tap.equal(rows_of(out)["data", str(SLOT)], MADE["data"])


def test_snapshot_file():
    with tempfile.TemporaryDirectory() as folder, waiting(SHARED) as child:
        path = Path(folder) / "out"
        tap.equal(run("snapshot", "-o", path, child.pid), (0, "", ""))
        tap.equal(stat.filemode(path.stat().st_mode), "-rw-------")
        text = path.read_text()
        tap.equal(text.splitlines()[-1], "# typeslab end")
        tap.equal(run("snapshot", child.pid)[1], text)
        # Never over another file, never through a link.
        status, _, err = run("snapshot", "-o", path, child.pid)
        tap.equal(status, 2)
        tap.contains(err, f"{path}: File exists")
        tap.equal(path.read_text(), text)
        link = Path(folder) / "link"
        link.symlink_to(Path(folder) / "elsewhere")
        tap.equal(run("snapshot", "-o", link, child.pid)[0], 2)
        tap.equal((Path(folder) / "elsewhere").exists(), False)
        status, _, err = run("snapshot", "-o", folder + "/no/file", child.pid)
        tap.equal(status, 2)
        tap.contains(err, "/no/file: No such file")


def test_snapshot_to_full_disk():
    with open("/dev/full", "wb") as full, waiting(SHARED) as child:
        done = subprocess.run([TOOL, "snapshot", str(child.pid)], stdout=full,
                              stderr=subprocess.PIPE, check=False)
    tap.equal(done.returncode, 2)
    tap.contains(done.stderr.decode(), "standard output: No space left")


def test_nothing_of_a_failed_snapshot():
    with tempfile.TemporaryDirectory() as folder, waiting("cat") as child:
        path = Path(folder) / "out"
        tap.equal(run("snapshot", "-o", path, child.pid)[0], 2)
        tap.equal(path.exists(), False)


def test_top_in_a_pipe():
    with waiting(SHARED) as child:
        status, out, err = run("top", "-n", 3, "-d", "0.01", "-s", "name",
                               child.pid)
        tap.equal((status, err), (0, ""))
        tables = out.split("\n\nlive_target")
        tap.equal(len(tables), 3)
        tap.equal("\033" in out, False)
        names = re.findall(r"  ((?:data|pointer|unknown)-\S+)$", tables[0],
                           re.M)
        tap.equal([n.split("-")[0] for n in names],
                  sorted(n.split("-")[0] for n in names))
        tap.equal(len(names), len(run("snapshot", child.pid)[1]
                                  .splitlines()) - 9)


def test_top_ends_with_the_process():
    with waiting(SHARED) as child:
        with subprocess.Popen([TOOL, "top", "-d", "0.02", str(child.pid)],
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as top:
            tap.contains(top.stdout.readline().decode(), "live_target")
            child.stdin.close()
            # It is not waited for before top has ended: a zombie is gone.
            _, err = top.communicate()
    tap.equal((top.returncode, err), (0, b""))


def test_top_follows():
    with waiting(SHARED) as child:
        with subprocess.Popen([TOOL, "top", "-d", "0.02", "-s", "active",
                               str(child.pid)], text=True,
                              stdout=subprocess.PIPE) as top:
            tap.contains(top.stdout.readline(), "live_target")
            child.stdin.write(b"\n")
            child.stdin.flush()
            tap.equal(child.stdout.readline(), b"more\n")
            for line in top.stdout:
                if re.match(rf" *\d+ +1590 .* data-\d+-{SLOT}$", line):
                    break
            else:
                raise AssertionError("the new objects were never shown")
            child.stdin.close()
            top.communicate()


class Screen:
    """top on a terminal of 7 lines: 4 above the caches, one free."""

    def __init__(self, pid):
        self.keeper, self.terminal = pty.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 7, 100, 0, 0))
        self.before = termios.tcgetattr(self.terminal)
        self.top = subprocess.Popen([TOOL, "top", "-d", "3600", str(pid)],
                                    stdin=self.terminal,
                                    stdout=self.terminal)

    def read_screen(self):
        """What is printed until it waits for a key again."""
        out = b""
        while not out.endswith(b"\n") or out.count(b"\n") < 6:
            ready, _, _ = select.select([self.keeper], [], [], 30)
            tap.equal(bool(ready), True, out)
            out += os.read(self.keeper, 65536)
        return out.decode()

    def press(self, key):
        os.write(self.keeper, key)

    def close(self):
        status = self.top.wait()
        after = termios.tcgetattr(self.terminal)
        os.close(self.keeper)
        os.close(self.terminal)
        return status, after == self.before


def test_top_on_a_terminal():
    with waiting(SHARED) as child:
        screen = Screen(child.pid)
        first = screen.read_screen()
        tap.contains(first, "\033[H\033[J")
        tap.equal(first.count("\n"), 6)
        line = first.splitlines()[4]
        tap.equal(int(line.split()[5]) >= LARGE, True, line)
        screen.press(b"n")
        second = screen.read_screen()
        tap.contains(second.splitlines()[4], "data-")
        screen.press(b"q")
        tap.equal(screen.close(), (0, True))


def test_top_gives_the_terminal_back():
    with waiting(SHARED) as child:
        screen = Screen(child.pid)
        screen.read_screen()
        screen.press(b"x")  # only a raw terminal answers a key
        screen.read_screen()
        screen.top.terminate()
        tap.equal(screen.close(), (-15, True))


def test_closed_streams():
    """What is opened does not get their numbers."""
    with waiting(SHARED) as child:
        for command in COMMANDS:
            _, _, err = run(command, child.pid,
                            preexec_fn=lambda: os.close(1))
            tap.equal(err, "typeslab: standard output: Bad file descriptor\n")
    status, out, err = run("hist", "-", preexec_fn=lambda: os.close(0))
    tap.equal((status, out, err), (2, "", "typeslab: standard input: Bad file "
                                   "descriptor\n"))
    _, out, _ = run("run", "ls", "/proc/self/fd",
                    preexec_fn=lambda: os.closerange(2, 3))
    tap.equal(out, "0\n1\n2\n", "ls opens the folder as 2")


def test_no_process():
    with subprocess.Popen(["true"]) as child:
        pass
    check_refused(child.pid, f"{child.pid}: no such process")
    check_refused("0", "no process can have this number")
    check_refused("4294967297", "no process can have this number")
    check_refused("redis", "redis: not the number of a process",
                  commands=("snapshot", "top"))


def test_process_that_ended():
    """Nobody has waited for it yet: it is there, and has no memory."""
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        check_refused(child.pid, f"{child.pid}: has no memory: it has ended")
        status, out, err = run("hist", "--sites", child.pid)
        tap.equal((status, out), (2, ""), err)


def test_no_proc():
    """As in a root without one: not the process is what is missing."""
    unshare = ["unshare", "-m"]
    hide = "mount -t tmpfs none /proc && exec"
    if subprocess.run([*unshare, "sh", "-c", f"{hide} true"], check=False,
                      capture_output=True).returncode:
        raise tap.Skip("nothing may be mounted here")
    with waiting(SHARED) as child:
        for words in ("hist", "hist --sites", "snapshot", "top"):
            done = subprocess.run(
                [*unshare, "sh", "-c",
                 f"{hide} '{TOOL}' {words} {child.pid}"],
                capture_output=True, text=True, check=False)
            tap.equal((done.returncode, done.stdout), (2, ""))
            tap.equal(done.stderr, f"typeslab: {child.pid}: cannot read this "
                      "process: /proc is not mounted\n")


def test_process_without_our_heap():
    with waiting("cat") as child:
        check_refused(child.pid, f"{child.pid}: no libtypeslab in this process")


def test_foreign_root():
    """A library of our name and with our symbol, but of another version."""
    library = os.path.abspath(sys.argv[2])
    env = {**os.environ, "LD_PRELOAD": library}
    with waiting("cat", env=env) as child:
        check_refused(child.pid, "libtypeslab is of another version")


def test_no_permission():
    more = {}
    if os.geteuid() == 0:
        more = {"user": NOBODY}
        try:
            subprocess.run([TOOL, "--version"], check=True,
                           stdout=subprocess.DEVNULL, **more)
        except (OSError, subprocess.CalledProcessError) as error:
            raise tap.Skip(f"nobody cannot run the tool: {error}")
        with waiting(SHARED) as child:
            check_refused(child.pid, "kernel.yama.ptrace_scope", **more)
    else:
        check_refused(1, "kernel.yama.ptrace_scope")


def test_bad_options():
    for args in (("-d", "0"), ("-d", "-1"), ("-d", "nan"), ("-d", "x"),
                 ("-d", "1e9"), ("-n", "0"), ("-n", "-1"), ("-n", "x"),
                 ("-s", "size")):
        status, out, _ = run("top", *args, "1")
        tap.equal((status, out), (2, ""), args)


def test_hist_of_the_real_library():
    status, out, err = run("run", "--hist", SHARED, stdin=subprocess.DEVNULL)
    tap.equal((status, out), (0, "ready\n"))
    tap.contains(err, ": mode typed, partitions: 8 data, 8 pointer")
    for domain in MADE:
        tap.contains(err, f"\n= {domain} ")


def test_no_hist_of_what_allocates_nothing():
    status, out, err = run("run", "--hist", "true")
    tap.equal((status, out), (0, ""))
    tap.contains(err, "true left no snapshot: it allocated nothing")


tap.run(sys.modules[__name__])
