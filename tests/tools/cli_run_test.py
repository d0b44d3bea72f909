#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""typeslab run: environment, statuses, signals, the histogram at the end."""
import fcntl
import os
import pty
import resource
import signal
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
LIBRARY = os.path.abspath(sys.argv[2])
PYTHON = sys.executable

# A shell lets its background jobs ignore it, and they hand that down.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What the histogram of the fake library's snapshot holds.
DRAWN = "fake ("

# Tells when it is ready and of each signal; SIGTERM ends it with 7 and counts.
# It waits for them: a handler that prints could interrupt itself.
LISTENER = """
import signal, sys
awaited = (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM)
for number in awaited:
    signal.signal(number, lambda number, frame: None)
signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
count = dict.fromkeys(awaited, 0)
print("ready", flush=True)
while not count[signal.SIGTERM]:
    number = signal.sigwait(awaited)
    count[number] += 1
    print("got", number.name, flush=True)
for number, times in sorted(count.items()):
    if times:
        print(number.name, times)
sys.exit(7)
"""


def run(*args, env=None, prefix=(), **more):
    done = subprocess.run([*prefix, TOOL, "run", "--library", LIBRARY, *args],
                          capture_output=True, check=False, text=True,
                          env={**os.environ, **(env or {})}, **more)
    return done.returncode, done.stdout, done.stderr


def environment_of(*args, env=None):
    """The environment a program sees."""
    status, out, err = run(*args, "env", "-0", env=env)
    tap.equal((status, err), (0, ""))
    return dict(entry.split("=", 1) for entry in out.split("\0") if entry)


def both_ways():
    """Without and with a child in between."""
    return ((), ("--hist",))


def test_environment():
    seen = environment_of(env={"TYPESLAB": "", "LD_PRELOAD": ""})
    tap.equal(seen["LD_PRELOAD"], LIBRARY)
    tap.equal(seen["TYPESLAB"], "")
    seen = environment_of("--mode", "random", "--partitions", "1,2,3",
                          "--profile", "compat", env={"TYPESLAB": "token_max=9"})
    tap.equal(seen["TYPESLAB"],
              "token_max=9,mode=random,data=1,pointer=2,unknown=3,profile=compat")


def test_preload_keeps_others():
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other.so"
        other.write_bytes(Path(LIBRARY).read_bytes())
        seen = environment_of(env={"LD_PRELOAD": str(other)})
        tap.equal(seen["LD_PRELOAD"], f"{LIBRARY}:{other}")


def test_bad_options():
    for args, says in (
            (("--mode", "tpyed"), "mode 'tpyed' is not allowed: typed|"),
            (("--profile", ""), "is not allowed"),
            (("--profile", "default|compat"), "is not allowed"),
            (("--partitions", "1,2"), "unknown '' is not allowed"),
            (("--partitions", "1,2,3,4"), "more than three"),
            (("--partitions", "0,1,1"), "data '0' is not"),
            (("--partitions", "1,x,1"), "pointer 'x' is not"),
            (("--partitions", "1,1,99999999999999999999"), "unknown '9999"),
    ):
        status, out, err = run(*args, "echo", "ran")
        tap.equal((status, out), (125, ""), err)
        tap.contains(err, says)


def test_exit_status():
    for how in both_ways():
        for status in (0, 1, 2, 77, 125, 126, 127, 255):
            tap.equal(run(*how, "sh", "-c", f"exit {status}")[0], status)


def test_program_that_does_not_start():
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain"
        plain.write_text("data")
        for how in both_ways():
            for name, want in (("/nonexistent/program", 127),
                               ("no-such-program", 127),
                               (str(plain), 126), (folder, 126)):
                status, out, err = run(*how, name,
                                       env={"TMPDIR": folder})
                tap.equal((status, out), (want, ""))
                tap.contains(err, f"typeslab: {name}: ")
        tap.equal(os.listdir(folder), ["plain"])


def test_arguments_are_the_programs():
    for how in both_ways():
        for dashes in ((), ("--",)):
            _, out, _ = run(*how, *dashes, "printf", "%s,", "--hist", "-x",
                            "--", "a b", "")
            tap.equal(out, "--hist,-x,--,a b,,")
    tap.equal(run("--")[0], 125)


def test_death_by_signal():
    for how in both_ways():
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGABRT,
                       signal.SIGSEGV, signal.SIGINT, signal.SIGPIPE,
                       signal.SIGUSR1, signal.SIGALRM):
            status, _, _ = run(*how, "sh", "-c", f"kill -{int(number)} $$")
            tap.equal(status, -number, f"{how} {number}")


def test_no_second_core():
    """Only the program that died may leave a core; this one forbids it."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    if "/" in pattern or pattern.startswith("|"):
        raise tap.Skip(f"cores do not go to the folder: {pattern.strip()}")
    code = ("import os, resource; "
            "resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); "
            "os.abort()")

    def allow_cores():
        resource.setrlimit(resource.RLIMIT_CORE,
                           (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run([TOOL, "run", "--hist", "--library", LIBRARY,
                                   PYTHON, "-c", code], cwd=folder,
                                  check=False, stderr=subprocess.DEVNULL,
                                  preexec_fn=allow_cores)
        except subprocess.SubprocessError:
            raise tap.Skip("the limit on cores cannot be raised here")
        tap.equal(done.returncode, -signal.SIGABRT)
        tap.equal(os.listdir(folder), [])


def start_listener(*args, **more):
    child = subprocess.Popen([TOOL, "run", "--library", LIBRARY, *args,
                              PYTHON, "-c", LISTENER],
                             stderr=subprocess.PIPE, **more)
    return child


def test_signals_are_passed_on():
    for how in both_ways():
        child = start_listener(*how, stdout=subprocess.PIPE)
        tap.equal(child.stdout.readline(), b"ready\n")
        # The lower number is always taken first, so none can be overtaken
        # by the SIGTERM that makes the listener tell its counts.
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGUSR1,
                       signal.SIGTERM):
            child.send_signal(number)
        out, _ = child.communicate()
        counts = [line for line in out.splitlines() if line[-1:] == b"1"]
        tap.equal(counts[-4:], [b"SIGHUP 1", b"SIGINT 1", b"SIGUSR1 1",
                                b"SIGTERM 1"])
        tap.equal(child.returncode, 7)


def test_interrupt_from_a_terminal_comes_once():
    """The terminal tells the whole group; the tool must not say it again."""
    keeper, terminal = pty.openpty()
    child = start_listener("--hist", stdin=terminal, stdout=subprocess.PIPE,
                           start_new_session=True,
                           preexec_fn=lambda: fcntl.ioctl(
                               terminal, termios.TIOCSCTTY, 0))
    os.close(terminal)
    tap.equal(child.stdout.readline(), b"ready\n")
    os.write(keeper, b"\x03")
    tap.equal(child.stdout.readline(), b"got SIGINT\n")
    child.send_signal(signal.SIGTERM)
    out, _ = child.communicate()
    os.close(keeper)
    tap.equal(out, b"got SIGTERM\nSIGINT 1\nSIGTERM 1\n")
    tap.equal(child.returncode, 7)


def test_ignored_signals_stay_ignored():
    """nohup, and parents that ignore SIGCHLD."""
    code = ("import signal; "
            "print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN, "
            "signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN, "
            "signal.pthread_sigmask(signal.SIG_BLOCK, []) == set())")

    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    for how in both_ways():
        status, out, _ = run(*how, PYTHON, "-c", code, preexec_fn=ignore)
        tap.equal((status, out), (0, "True True True\n"))


def test_hist():
    with tempfile.TemporaryDirectory() as folder:
        status, out, err = run("--hist", PYTHON, "-c", "print('out')",
                               env={"TMPDIR": folder})
        tap.equal((status, out), (0, "out\n"))
        tap.equal(err.count(DRAWN), 1)
        tap.contains(err, "= data")
        tap.contains(err, "typed: 90.0 % of 100 allocations")
        tap.equal(os.listdir(folder), [])


def test_hist_is_the_programs():
    """Not a child's that ended first; theirs are removed as well."""
    with tempfile.TemporaryDirectory() as folder:
        code = ("import os, subprocess; "
                "subprocess.run(['true']); "
                "print(os.getpid())")
        _, out, err = run("--hist", PYTHON, "-c", code,
                          env={"TMPDIR": folder})
        tap.equal(err.count(DRAWN), 1)
        tap.contains(err, f"{DRAWN}{out.strip()}):")
        tap.equal(os.listdir(folder), [])


def test_hist_folder_is_private():
    with tempfile.TemporaryDirectory() as folder:
        code = (f"import os; d = os.listdir('{folder}'); "
                f"print(len(d), oct(os.stat('{folder}/' + d[0]).st_mode))")
        _, out, _ = run("--hist", PYTHON, "-c", code, env={"TMPDIR": folder})
        tap.equal(out, "1 0o40700\n")


def test_odd_places_for_the_snapshot():
    """A comma would end the option; a relative path moves with the program."""
    with (tempfile.TemporaryDirectory() as folder,
          tempfile.TemporaryDirectory(prefix="%p") as number):
        comma = Path(folder) / "a,b"
        comma.mkdir()
        for place in (str(comma), number, ".", "", "/nonexistent,"):
            _, _, err = run("--hist", PYTHON, "-c", "import os; os.chdir('/')",
                            env={"TMPDIR": place}, cwd=folder)
            tap.equal(err.count(DRAWN), 1, err)
        tap.equal(os.listdir(comma), [])
        status, out, err = run("--hist", "echo", "ran",
                               env={"TMPDIR": folder + "/no"})
        tap.equal((status, out), (125, ""))
        tap.contains(err, "/no/typeslab-")
        tap.contains(err, "No such file or directory")


def test_no_snapshot():
    with tempfile.TemporaryDirectory() as folder:
        status, out, err = run("--hist", PYTHON, "-c",
                               "import os; os._exit(3)",
                               env={"TMPDIR": folder})
        tap.equal((status, out), (3, ""))
        tap.contains(err, "left no snapshot")
        tap.equal(os.listdir(folder), [])


def test_bad_library():
    for path in ("/nonexistent.so", "/etc/passwd", TOOL + "x"):
        done = subprocess.run([TOOL, "run", "--library", path, "echo"],
                              capture_output=True, check=False, text=True)
        tap.equal((done.returncode, done.stdout), (125, ""))
        tap.contains(done.stderr, path)


def test_library_that_ld_preload_cannot_name():
    for name in ("a b", "a:b"):
        with tempfile.TemporaryDirectory(prefix=name) as folder:
            copy = Path(folder) / "libtypeslab.so"
            copy.write_bytes(Path(LIBRARY).read_bytes())
            done = subprocess.run([TOOL, "run", "--library", copy, "echo"],
                                  capture_output=True, check=False, text=True)
            tap.equal((done.returncode, done.stdout), (125, ""))
            tap.contains(done.stderr, "LD_PRELOAD cannot hold")


def test_library_beside_the_tool():
    """As in a build folder, and as installed: multiarch, versioned."""
    for tool, library in (("typeslab", "libtypeslab.so"),
                          ("bin/typeslab", "lib/libtypeslab.so"),
                          ("bin/typeslab", "lib/libtypeslab.so.0"),
                          ("bin/typeslab", "lib64/libtypeslab.so"),
                          ("bin/typeslab", "lib/x-y-z/libtypeslab.so.0")):
        # What lies in the way means nothing to glob().
        with tempfile.TemporaryDirectory(prefix="[a]*\\?") as folder:
            folder = Path(folder).resolve()
            for path, content in ((tool, TOOL), (library, LIBRARY)):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(Path(content).read_bytes())
                (folder / path).chmod(0o755)
            done = subprocess.run([folder / tool, "run", "printenv",
                                   "LD_PRELOAD"], capture_output=True,
                                  check=False, text=True)
            tap.equal(done.stdout, f"{folder / library}\n", done.stderr)


def test_foreign_library_is_passed_over():
    """One for another machine lies in the first place; ours in the second."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        (folder / "bin").mkdir()
        (folder / "bin/typeslab").write_bytes(Path(TOOL).read_bytes())
        (folder / "bin/typeslab").chmod(0o755)
        for name in ("a-foreign", "b-own"):
            (folder / "lib" / name).mkdir(parents=True)
            content = bytearray(Path(LIBRARY).read_bytes())
            if name == "a-foreign":
                content[18] ^= 0xff  # e_machine
            (folder / "lib" / name / "libtypeslab.so").write_bytes(content)
        done = subprocess.run([folder / "bin/typeslab", "run", "printenv",
                               "LD_PRELOAD"], capture_output=True,
                              check=False, text=True)
        tap.equal(done.stdout, f"{folder}/lib/b-own/libtypeslab.so\n",
                  done.stderr)
        (folder / "lib/b-own/libtypeslab.so").unlink()
        done = subprocess.run([folder / "bin/typeslab", "run", "true"],
                              capture_output=True, check=False, text=True)
        tap.equal(done.returncode, 125)
        tap.contains(done.stderr, "name it with --library")


tap.run(sys.modules[__name__])
