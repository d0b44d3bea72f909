# SPDX-License-Identifier: Apache-2.0
"""Tables and CSV of what run-bench measured."""
import verdict

TITLES = {"wall": "time", "cpu": "processor time", "rss": "peak RSS"}
MEANS = (("all", None), ("real programs", "real"), ("threaded", "threads"))


def write_head(out):
    out.write("round,workload,heap,wall_s,cpu_s,peak_rss_kb\n")


def write_run(out, at, workload, heap, sample):
    """One line a run; a failed one has no numbers."""
    numbers = (f"{sample.wall:.6f},{sample.cpu:.6f},{sample.rss:.0f}"
               if sample else ",,")
    out.write(f"{at},{workload},{heap},{numbers}\n")
    out.flush()


def results_of(data):
    """verdict.Results of what results.json holds."""
    names = list(data["heaps"])
    control = "glibc-again" if "glibc-again" in names else None
    return verdict.Results(data["samples"], data["groups"], "glibc", control)


def cell(value, width=11):
    return f"{'failed' if value is None else f'{value:.2f}':>{width}}"


def grid(data, results, field):
    """Ratios to glibc: a row a workload, a column a heap; then the means."""
    names = [n for n in data["heaps"] if n != results.base]
    base = "glibc s" if field != "rss" else "glibc MB"
    scale = 1 if field != "rss" else 1 / 1024
    lines = [f"{TITLES[field]} / glibc's",
             f"{'':14}{base:>9}{'spread':>8}"
             + "".join(f"{n:>11}" for n in names)]
    for workload in results.samples:
        own = results.median(workload, results.base, field)
        spread = verdict.spread(results.column(workload, results.base, field))
        lines.append(
            f"{workload:14}"
            + (f"{own * scale:9.2f}" if own is not None else f"{'failed':>9}")
            + (f"{spread:8.1%}" if spread is not None else f"{'?':>8}")
            + "".join(cell(results.ratio(workload, n, field)) for n in names))
    for title, group in MEANS:
        if results.workloads(group):
            lines.append(f"{'mean, ' + title:31}" + "".join(
                cell(results.geomean(n, field, group)) for n in names))
    return "\n".join(lines) + "\n"


def head(data):
    at = data["machine"]
    peers = ", ".join(f"{name} {heap['version']}"
                      for name, heap in data["heaps"].items()
                      if heap["version"])
    return (f"{data['date']}, commit {data['commit']}, {at['cpus']} x "
            f"{at['cpu']}, {at['memory'] >> 20} MiB, Linux {at['kernel']}\n"
            f"{peers}\n{data['rounds']} rounds"
            + (", quick" if data["quick"] else "")
            + f"; others used {data['others']:.1%} of the machine\n")


def failures_of(data, results):
    """A line for all rows of a heap that failed for the same reason."""
    reasons = {(w, h): why for w, h, why in data["reasons"]}
    rows = {}
    for workload, heap, failed, runs in results.failures():
        why = reasons.get((workload, heap), "not run")
        rows.setdefault((heap, why), []).append(
            f"{workload} ({failed} of {runs})")
    for (heap, why), names in rows.items():
        what = ", ".join(names)
        if len(names) == len(results.samples):
            what = "all workloads"
        yield f"{heap}: {why}: {what}\n"


def report(data, results, noisy):
    """The whole text that run-bench prints."""
    parts = [head(data)]
    parts += [grid(data, results, field) for field in verdict.FIELDS]
    failures = list(failures_of(data, results))
    if failures:
        parts.append("failed:\n" + "".join(failures))
    if noisy:
        parts.append("no conclusion, the machine is too noisy: "
                     + "; ".join(noisy) + "\n")
    return "\n".join(parts)
