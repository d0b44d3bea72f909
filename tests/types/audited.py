# SPDX-License-Identifier: Apache-2.0
"""Audits, and sources compiled for them."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import tap

TOOL = os.path.abspath(sys.argv[1])
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLES = HERE / "samples"
TOKENS = ["-fsanitize=alloc-token", "-Rpass=alloc-token"]


def audit(*args, status=0, **more):
    done = subprocess.run([TOOL, "audit", *map(str, args)], check=False,
                          capture_output=True, text=True, **more)
    tap.equal(done.returncode, status, done.stderr)
    return done.stdout, done.stderr


def report(*args, **more):
    return json.loads(audit("--format", "json", *args, **more)[0])


def compile_to(folder, source, flags):
    """The log, IR, record and object of one source; what clang remarked."""
    clang = "clang-22" if source.suffix == ".c" else "clang++-22"
    base = [clang, *TOKENS, *flags, "-Wno-everything", str(source)]
    out = {name: Path(folder) / f"x.{name}" for name in ("log", "ll", "yml", "o")}
    done = subprocess.run(
        [*base, "-c", "-g", "-o", out["o"], "-fsave-optimization-record",
         f"-foptimization-record-file={out['yml']}"],
        check=True, capture_output=True, text=True)
    out["log"].write_text(done.stderr)
    subprocess.run([*base, "-S", "-emit-llvm", "-o", out["ll"]], check=True,
                   capture_output=True)
    remarks = len(re.findall(r"remark: Call to '.*' without source-level",
                             done.stderr))
    return out, remarks
