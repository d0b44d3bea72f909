# SPDX-License-Identifier: Apache-2.0
"""The workloads of bench/list, and how one of them is run on one heap."""
import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile

BENCH = os.path.dirname(os.path.abspath(__file__))
LIMITS = ("rounds", "quick-rounds", "noise", "others")
KINDS = ("driver", "typed", "program", "built")
# Which program a built workload drives, and the variable that names it.
BUILT = {"redis-typed": ("redis", "REDIS_SERVER"),
         "leveldb-typed": ("leveldb", "DB_BENCH")}
QUICK = 5
# Nothing in the list comes near to this.
SECONDS_MOST = 120


class Failed(Exception):
    """A run that gives no number; says why."""


@dataclasses.dataclass(frozen=True)
class Workload:
    """A line of the list."""
    kind: str
    name: str
    amount: int
    groups: tuple


@dataclasses.dataclass(frozen=True)
class Sample:
    """What one run took: seconds, seconds, kB; and the curve it drew."""
    wall: float
    cpu: float
    rss: float
    curve: tuple = ()


def parse_list(text):
    """(limits, workloads) of the text of bench/list."""
    limits, workloads = {}, []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        try:
            if words[0] in LIMITS:
                limits[words[0]] = float(words[1])
            elif words[0] in KINDS:
                workloads.append(Workload(words[0], words[1], int(words[2]),
                                          tuple(words[3:])))
            else:
                raise ValueError("unknown word " + words[0])
        except (ValueError, IndexError) as error:
            raise ValueError(f"bench/list:{number}: {error}") from None
    if missing := [key for key in LIMITS if key not in limits]:
        raise ValueError("bench/list lacks " + ", ".join(missing))
    names = [w.name for w in workloads]
    if len(set(names)) != len(names):
        raise ValueError("bench/list names a workload twice")
    return limits, workloads


def read_list():
    with open(f"{BENCH}/list", encoding="utf-8") as file:
        return parse_list(file.read())


def parse_results(text):
    """Lines "wall 1.5", "curve 1 2": numbers by key, and the curve."""
    numbers, curve = {}, []
    for line in text.split("\n"):
        words = line.split()
        try:
            if len(words) == 2:
                numbers[words[0]] = float(words[1])
            elif len(words) == 3 and words[0] == "curve":
                curve.append((float(words[1]), float(words[2])))
        except ValueError:
            continue
    return numbers, tuple(curve)


class Bench:
    """Where things are: the build, prepared inputs, a folder to scratch in."""

    def __init__(self, build, quick=False):
        self.build = os.path.abspath(build)
        self.quick = quick
        self.data = f"{self.build}/bench"
        os.makedirs(self.data, exist_ok=True)
        # Not below the build: a socket's path is short.
        self.scratch = tempfile.mkdtemp(prefix="typeslab-bench-", dir="/tmp")
        self.programs = {}

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def program(self, name):
        return f"{self.build}/bench/{name}"

    def amount(self, workload):
        return max(1, workload.amount // (QUICK if self.quick else 1))

    def environment(self, *more):
        """The same for all, whatever the user's own is."""
        env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"),
               "HOME": self.scratch, "LC_ALL": "C", "TZ": "UTC",
               "PROGRAMS": f"{BENCH}/programs", "SCRATCH": self.scratch}
        env.update(one.split("=", 1) for one in more)
        return env

    def prepare(self, workload):
        """Makes the inputs of a program, once; gives their folder."""
        script = self.script(workload)
        folder = f"{self.data}/inputs/{workload.name}-{self.amount(workload)}"
        if not os.path.exists(folder):
            os.makedirs(f"{folder}.new", exist_ok=True)
            subprocess.run(
                ["sh", script, "prepare"], cwd=f"{folder}.new", check=True,
                env=self.environment(f"SCALE={self.amount(workload)}"))
            os.rename(f"{folder}.new", folder)
        return folder

    def script(self, workload):
        name = BUILT.get(workload.name, (workload.name, ""))[0]
        return f"{BENCH}/programs/{name}.sh"

    def command(self, workload, heap):
        """(variables and command, folder to run it in)."""
        nr = str(self.amount(workload))
        if workload.kind == "driver":
            return [*heap.variables(), self.program("drivers"), workload.name,
                    nr], self.scratch
        if workload.kind == "typed":
            which = "types-typed" if heap.ours else "types"
            return [*heap.variables(preload=not heap.ours),
                    self.program(which), workload.name, nr], self.scratch
        variables = heap.variables(preload=not (
            heap.ours and workload.kind == "built"))
        if workload.kind == "built":
            key = (workload.name, heap.ours)
            if key not in self.programs:
                raise Failed("not built")
            variables.append(f"{BUILT[workload.name][1]}={self.programs[key]}")
        return [*variables, f"SCALE={nr}", "sh", self.script(workload),
                "run"], self.prepare(workload)

    def clean_scratch(self):
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.mkdir(self.scratch)

    def run(self, workload, heap, watch=None):
        """One Sample; @watch(pid) is called again and again meanwhile."""
        self.clean_scratch()
        command, folder = self.command(workload, heap)
        text, log = self.measure(command, folder, watch)
        numbers, _ = parse_results(log)
        own, curve = parse_results(text)
        numbers.update(own)
        return Sample(numbers["wall"], numbers["cpu"], numbers["rss"], curve)

    def measure(self, command, folder, watch=None, times=1):
        """Output and log of a command under bench-measure; or Failed."""
        log = f"{self.data}/measured"
        child = subprocess.Popen(
            [self.program("measure"), log, str(times), *command], cwd=folder,
            env=self.environment(), text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        try:
            text, errors = talk(child, watch)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            raise Failed(f"not done in {SECONDS_MOST} s") from None
        with open(log, encoding="utf-8") as file:
            words = file.read().split()
        measured = dict(zip(words[::2], words[1::2]))
        status = measured.get("status", "none")
        if child.returncode or status != "0":
            last = errors.strip().split("\n")[-1]
            raise Failed(f"status {status}: {last[:100]}")
        return text, "\n".join(" ".join(pair) for pair in measured.items())


def talk(child, watch):
    """The child's output; watch() every few milliseconds until its end."""
    if not watch:
        return child.communicate(timeout=SECONDS_MOST)
    for _ in range(SECONDS_MOST * 100):
        watch(child.pid)
        try:
            return child.communicate(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue
    raise subprocess.TimeoutExpired(child.args, SECONDS_MOST)
