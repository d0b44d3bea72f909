# SPDX-License-Identifier: Apache-2.0
"""What the shows of `make run` share.

A show is a script examples/NAME/show BUILD: it builds a program on the heap
in BUILD, gives it real work, and prints the histogram of its heap. It fails
with a Failure, which names the log and its last lines.
"""
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CLANG, CLANGXX = "clang-22", "clang++-22"
JOBS = f"-j{os.cpu_count() or 1}"


class Failure(Exception):
    """A show cannot go on; says why in words for the user."""


def tail(path, count=15):
    with open(path, encoding="utf-8", errors="replace") as log:
        lines = log.read().splitlines()[-count:]
    return "\n".join(f"    | {line}" for line in lines) or "    | (empty)"


def clean_environment(**more):
    """Only what builds need: no CFLAGS, MAKEFLAGS or TYPESLAB from outside."""
    kept = ("PATH", "HOME", "USER", "TMPDIR", "LANG")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env.update(LC_ALL="C", **more)
    return env


def heap_environment(snapshot, **more):
    """The caller's own TYPESLAB goes on; the snapshot at exit is added."""
    options = [x for x in (os.environ.get("TYPESLAB"),
                           f"snapshot={snapshot}") if x]
    return dict(os.environ, TYPESLAB=",".join(options), **more)


class Show:
    """One show: where it builds, where it logs, what it has started."""

    def __init__(self, name, build):
        self.name = self.title = name
        self.build = os.path.abspath(build)
        self.heap = f"{self.build}/libtypeslab.so"
        self.tool = f"{self.build}/typeslab"
        for path in (self.heap, self.tool):
            if not os.path.exists(path):
                raise Failure(f"{path} is not there; run make first")
        self.shows = f"{self.build}/shows"
        os.makedirs(self.shows, exist_ok=True)
        # A socket's path is short (108 bytes): not below the build folder.
        self.folder = tempfile.mkdtemp(prefix=f"typeslab-{name}-", dir="/tmp")
        self.children = []

    def close(self):
        """Ends what still runs; the last thing a show does, come what may."""
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGCONT)
                child.terminate()
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_path(self, what):
        return f"{self.shows}/{self.name}-{what}.log"

    def headline(self, title, *lines):
        self.title = title
        print(f"\n== {title}")
        for line in lines:
            print(f"   {line}")
        sys.stdout.flush()

    def say(self, text, end="\n"):
        print(f"-- {text}", end=end, flush=True)

    def start(self, what, command, **options):
        """Starts a program that close() ends if nobody else does."""
        with open(self.log_path(what), "w", encoding="utf-8") as log:
            options.setdefault("stdout", log)
            child = subprocess.Popen(command, stderr=log, cwd=self.folder,
                                     text=True, **options)
        self.children.append(child)
        return child

    def finish(self, child, what, seconds):
        """Waits for @child; anything but exit status 0 is a failure."""
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name}: {what} did not end within {seconds} s;"
                          f" the end of {self.log_path(what)}:\n"
                          f"{tail(self.log_path(what))}") from None
        if child.returncode:
            raise Failure(f"{self.name}: {what} {ending(child.returncode)};"
                          f" the end of {self.log_path(what)}:\n"
                          f"{tail(self.log_path(what))}")

    def step(self, what, text, command, seconds=7200, **options):
        """Runs a program to its end under a line of progress.

        The limit is for a hang: compilers beside a kernel's build are slow.
        """
        begin = time.monotonic()
        self.say(f"{text} ...", end="")
        try:
            child = self.start(what, command, **options)
            self.finish(child, what, seconds)
        except Failure:
            print(" failed")
            raise
        print(f" {time.monotonic() - begin:.0f} s", flush=True)

    def source(self, package):
        """The unpacked Debian source: its folder and its version."""
        into = f"{self.build}/sources"
        done = subprocess.run([f"{ROOT}/scripts/fetch-source", "--into", into,
                               package], check=False)
        if done.returncode:
            raise Failure(f"{self.name}: no source of {package}")
        with open(f"{into}/{package}/version", encoding="utf-8") as file:
            return f"{into}/{package}/tree", file.read().strip()

    def cached(self, key, build):
        """The folder build(folder) has filled for this compiler and @key."""
        compiler = subprocess.run([CLANG, "--version"], check=True, text=True,
                                  capture_output=True).stdout
        text = "\0".join([compiler, self.build, *map(str, key)])
        name = f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        folder = f"{self.shows}/{name}"
        with open(f"{self.shows}/.{self.name}.lock", "w",
                  encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.exists(folder):
                for old in os.listdir(self.shows):
                    if re.fullmatch(rf"{self.name}-[0-9a-f]{{16}}(\.new)?",
                                    old):
                        shutil.rmtree(f"{self.shows}/{old}")
                os.mkdir(f"{folder}.new")
                build(f"{folder}.new")
                os.rename(f"{folder}.new", folder)
        return folder

    def histogram(self, child, at_exit):
        """Draws the heap of @child: live, or if that is forbidden at exit.

        Ends with the function that finishes the child. Gives the share of
        allocations that carried a type.
        """
        live = f"{self.folder}/live.snapshot"
        reader = subprocess.run([self.tool, "snapshot", str(child.pid),
                                 "-o", live], text=True, check=False,
                                capture_output=True)
        if reader.returncode == 0:
            self.say("its heap, live:")
            share = self.draw(live)
            at_exit()
            return share
        self.say(f"cannot read it live ({reader.stderr.strip()})")
        at_exit()
        self.say("its heap at exit:")
        return self.draw(f"{self.folder}/exit.snapshot")

    def draw(self, snapshot):
        """Draws a snapshot and gives the share of typed allocations.

        What it comes to is left in a file, for who shows them all.
        """
        command = [self.tool, "hist", snapshot]
        subprocess.run(command, check=True)
        sys.stdout.flush()
        drawn = subprocess.run(command, check=True, text=True,
                               capture_output=True).stdout
        sums = re.findall(r"(?m)^(?:typed|unknown): .*$", drawn)
        with open(f"{self.shows}/{self.name}.result", "w",
                  encoding="utf-8") as file:
            file.write("\n   ".join([self.title, *sums]) + "\n")
        with open(snapshot, encoding="utf-8") as file:
            text = file.read()
        mode = re.search(r"(?m)^# typeslab mode (\w+)$", text)
        found = re.search(r"(?m)^# typeslab allocations (\d+) (\d+) (\d+)$",
                          text)
        if not mode or not found:
            raise Failure(f"{self.name}: the snapshot has no mode or counts")
        if mode[1] not in ("typed", "dedicated"):
            return None
        data, pointer, unknown = map(int, found.groups())
        return (data + pointer) / max(data + pointer + unknown, 1)

    def expect_typed(self, share, floor):
        """A show whose types got lost must not pass for one.

        No share: the user's own TYPESLAB chose a mode that has no types.
        """
        if share is not None and share < floor:
            raise Failure(f"{self.name}: only {share:.1%} of the allocations"
                          f" carried a type, expected {floor:.0%} or more")


def ending(status):
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"


def read_files(*paths):
    """Contents, for the key of a cached build."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield file.read()


def run(name, perform):
    """The main of each show: perform(show), and the end of it all."""
    def stop(number, _frame):
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    show = None
    try:
        if len(sys.argv) > 2:
            raise Failure(f"usage: {sys.argv[0]} [BUILD]")
        show = Show(name, sys.argv[1] if sys.argv[1:] else f"{ROOT}/build")
        perform(show)
    except Failure as failure:
        sys.stdout.flush()
        print(f"{failure}", file=sys.stderr)
        sys.exit(1)
    except (OSError, subprocess.SubprocessError) as error:
        sys.stdout.flush()
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(1)
    finally:
        if show:
            show.close()
