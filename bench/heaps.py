# SPDX-License-Identifier: Apache-2.0
"""The heaps that are compared: ours in its profiles, and the peers."""
import dataclasses
import os
import subprocess

LIB = "/usr/lib/x86_64-linux-gnu/"
SCUDO = ("/usr/lib/llvm-22/lib/clang/22/lib/linux/"
         "libclang_rt.scudo_standalone-x86_64.so")
BASE, CONTROL, OURS, HARDENED = "glibc", "glibc-again", "typeslab", "hardened"
# The fast peers that check nothing; the target is the better of them.
RIVALS = ("mimalloc", "tcmalloc")


@dataclasses.dataclass(frozen=True)
class Heap:
    """What a program is started with to run on this heap."""
    name: str
    shared: str = ""
    options: str = ""
    ours: bool = False

    def variables(self, preload=True):
        """For a program of which we set the whole environment."""
        some = []
        if self.shared and preload:
            some.append(f"LD_PRELOAD={self.shared}")
        if self.options:
            some.append(f"TYPESLAB={self.options}")
        return some

    def why_missing(self):
        """Empty if the heap is there and does what its row says."""
        if self.shared and not os.path.exists(self.shared):
            return f"no {self.shared}"
        env = dict(os.environ)
        env.pop("TYPESLAB", None)
        env.update(v.split("=", 1) for v in self.variables())
        done = subprocess.run(["sh", "-c", ":"], env=env, text=True, check=False,
                              capture_output=True)
        if done.returncode or done.stderr:
            return done.stderr.strip() or f"sh ends with {done.returncode}"
        return ""


def table(build, extra=()):
    """All heaps; @extra: NAME=LIBRARY.so of more peers."""
    ours = os.path.join(os.path.abspath(build), "libtypeslab.so")
    rows = [
        Heap(BASE),
        Heap("mimalloc", LIB + "libmimalloc.so.2.0"),
        Heap("jemalloc", LIB + "libjemalloc.so.2"),
        Heap("tcmalloc", LIB + "libtcmalloc_minimal.so.4"),
        Heap("scudo", SCUDO),
        *(Heap(name, os.path.abspath(path))
          for name, path in (one.split("=", 1) for one in extra)),
        Heap(OURS, ours, "", True),
        Heap(HARDENED, ours, "profile=hardened", True),
        Heap("mode-none", ours, "mode=none", True),
        # The same again: how far two equal rows lie apart.
        Heap(CONTROL),
    ]
    names = [heap.name for heap in rows]
    if len(set(names)) != len(names):
        raise ValueError("two heaps of one name: " + " ".join(names))
    return rows


# As many partitions as the row of targets about growth asks for.
MANY = "data=256,pointer=256,unknown=512"
# What the hardened profile is made of, each alone.
PARTS = ("zero=on", "canary=on", "shuffle=on", "quarantine=4K",
         "reuse_after=1000", "guard=8", "seal=on", "profile=hardened")


def ours_with(build, options):
    """Our heap with these options and named after them."""
    ours = next(heap for heap in table(build) if heap.name == OURS)
    return dataclasses.replace(ours, name=options, options=options)


def is_peer(heap):
    return not heap.ours and heap.name != CONTROL


PACKAGES = {
    BASE: "libc6", "mimalloc": "libmimalloc2.0", "jemalloc": "libjemalloc2",
    "tcmalloc": "libtcmalloc-minimal4", "scudo": "libclang-rt-22-dev",
}


def version(name):
    """Of the Debian package the heap comes from; None: of no package."""
    if name not in PACKAGES:
        return None
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", PACKAGES[name]],
        text=True, check=False, capture_output=True)
    return done.stdout or "?"
