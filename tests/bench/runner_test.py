# SPDX-License-Identifier: Apache-2.0
"""bench/: what it reads, how it judges, and when it refuses to."""
import contextlib
import importlib.machinery
import importlib.util
import os
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
BENCH = sys.argv[1]
sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../tools"), BENCH]
import heaps  # noqa: E402
import plots  # noqa: E402
import show  # noqa: E402
import tap  # noqa: E402
import verdict  # noqa: E402
import workloads  # noqa: E402

LIMITS = {"rounds": 5, "quick-rounds": 3, "noise": 3, "others": 5}
HEAD = "rounds 5\nquick-rounds 3\nnoise 3\nothers 5\n"


def script(name):
    """A program of bench/ as a module."""
    loader = importlib.machinery.SourceFileLoader(
        name.replace("-", "_"), f"{BENCH}/{name}")
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


targets, count = script("targets"), script("count")


def near(got, want):
    if got is None or abs(got - want) > 1e-9:
        raise AssertionError(f"got {got}, want {want}")


def fails(text, function, *args):
    try:
        function(*args)
    except (ValueError, workloads.Failed) as error:
        tap.contains(str(error), text)
    else:
        raise AssertionError(f"did not fail: {text}")


def results_of(walls, control=None, rss=1000):
    """Results of {workload: {heap: [seconds]}}."""
    samples = {w: {h: [v and (v, v, rss) for v in values]
                   for h, values in some.items()}
               for w, some in walls.items()}
    return verdict.Results(samples, {w: () for w in walls}, "glibc", control)


def test_list_gives_limits_and_workloads():
    limits, rows = workloads.parse_list(
        HEAD + "# a comment\ndriver pair-16 100 threads # more\n")
    tap.equal(limits, LIMITS)
    tap.equal(rows, [workloads.Workload("driver", "pair-16", 100,
                                        ("threads",))])


def test_list_refuses_what_it_does_not_know():
    for text, why in ((HEAD + "drive pair 1", "unknown word drive"),
                      (HEAD + "driver pair", "bench/list:5"),
                      (HEAD + "driver pair many", "bench/list:5"),
                      (HEAD + "driver a 1\ntyped a 2", "twice"),
                      ("rounds 5\n", "lacks quick-rounds, noise, others")):
        fails(why, workloads.parse_list, text)


def test_each_workload_of_the_list_is_there():
    _, rows = workloads.read_list()
    drivers = ""
    for name in ("table", "types"):
        with open(f"{BENCH}/drivers/{name}.c", encoding="utf-8") as file:
            drivers += file.read()
    known = set(re.findall(r'\{ "([^"]+)", drive', drivers))
    for row in rows:
        if row.kind in ("driver", "typed"):
            tap.equal(row.name in known, True, row.name)
        else:
            name = workloads.BUILT.get(row.name, (row.name,))[0]
            tap.equal(os.path.exists(f"{BENCH}/programs/{name}.sh"), True,
                      row.name)


def test_results_of_a_run_are_read_among_other_output():
    numbers, curve = workloads.parse_results(
        "hello\nwall 1.5\ncurve 1 2\nns x\ncurve 2 3e3\nthree words here\n")
    tap.equal(numbers, {"wall": 1.5})
    tap.equal(curve, ((1, 2), (2, 3000)))


def test_median_leaves_failed_rounds_out():
    tap.equal(verdict.median([3, None, 1, 2]), 2)
    tap.equal(verdict.median([None]), None)


def test_ratio_is_taken_within_each_round():
    # The machine slows down to a tenth; both heaps do, and stay 2 : 1.
    near(verdict.ratio([2, 4, 20], [1, 2, 10]), 2)
    near(verdict.ratio([2, None, 8], [1, 5, 2]), 3)
    tap.equal(verdict.ratio([None, 1], [1, None]), None)


def test_spread_is_half_of_the_middle_half():
    near(verdict.spread([8, 9, 10, 11, 12]), 0.1)
    tap.equal(verdict.spread([1, 2]), None)


def test_geomean():
    near(verdict.geomean([1, 4]), 2)
    near(verdict.geomean([1, 4, None]), 2)
    tap.equal(verdict.geomean([]), None)


def test_worst_is_against_the_best_peer_of_that_workload():
    results = results_of({
        "a": {"glibc": [4] * 3, "fast": [2] * 3, "ours": [3] * 3},
        "b": {"glibc": [1] * 3, "fast": [5] * 3, "ours": [1.2] * 3}})
    ratio, workload, peer = results.worst("ours", ["glibc", "fast"])
    near(ratio, 1.5)
    tap.equal((workload, peer), ("a", "fast"))


def test_failures_count_runs_and_rows_that_never_ran():
    results = results_of({"a": {"glibc": [1, None, 1], "ours": []}})
    tap.equal(list(results.failures()), [("a", "glibc", 1, 3),
                                         ("a", "ours", 0, 0)])


def quiet():
    return {"a": {"glibc": [1.0, 1.01, 0.99], "again": [1.0, 1.01, 1.0]}}


def test_a_quiet_machine_may_conclude():
    tap.equal(verdict.why_noisy(results_of(quiet(), "again"), 0.04, LIMITS),
              [])


def test_each_kind_of_noise_is_a_reason():
    shaky = {"a": {"glibc": [1.0, 1.2, 0.8], "again": [1.0, 1.2, 0.8]}}
    apart = quiet()
    apart["a"]["again"] = [1.1, 1.11, 1.09]
    gone = quiet()
    gone["a"]["again"] = [None] * 3
    short = {"a": {"glibc": [1.0], "again": [1.0]}}
    for walls, others, why in ((shaky, 0, "differ by 10"),
                               (apart, 0, "glibc and glibc again"),
                               (gone, 0, "glibc and glibc again"),
                               (short, 0, "fewer than three"),
                               (quiet(), 0.06, "others used 6%")):
        reasons = verdict.why_noisy(results_of(walls, "again"), others, LIMITS)
        tap.equal(len(reasons), 1, str(reasons))
        tap.contains(reasons[0], why)


def test_heaps_have_their_variables_and_one_name_each():
    table = heaps.table("/b", ["other=/x/y.so"])
    row = {heap.name: heap for heap in table}
    tap.equal(row["glibc"].variables(), [])
    tap.equal(row["other"].variables(), ["LD_PRELOAD=/x/y.so"])
    tap.equal(row["hardened"].variables(),
              ["LD_PRELOAD=/b/libtypeslab.so", "TYPESLAB=profile=hardened"])
    tap.equal(row["hardened"].variables(preload=False),
              ["TYPESLAB=profile=hardened"])
    fails("two heaps of one name", heaps.table, "/b", ["glibc=/x.so"])


def test_a_heap_that_is_not_there_is_missing():
    tap.equal(heaps.Heap("x", "/no/such.so").why_missing(), "no /no/such.so")
    tap.equal(heaps.Heap("glibc").why_missing(), "")
    # A file that the loader refuses: it says so, and that is seen.
    tap.contains(heaps.Heap("x", f"{BENCH}/list").why_missing(), "ld.so")


@contextlib.contextmanager
def bench_with(measure):
    """A Bench whose bench-measure is a shell script: $1 is its log."""
    with tempfile.TemporaryDirectory() as build:
        os.mkdir(f"{build}/bench")
        path = f"{build}/bench/measure"
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{measure}\n")
        os.chmod(path, 0o755)
        bench = workloads.Bench(build)
        try:
            yield bench
        finally:
            bench.close()


GOOD = 'echo "wall 2 cpu 1 rss 500 status 0" >"$1"'
PAIR = workloads.Workload("driver", "pair-16", 10, ())


def test_a_run_gives_its_sample():
    with bench_with(f"{GOOD}; echo curve 1 2") as bench:
        tap.equal(bench.run(PAIR, heaps.Heap("glibc")),
                  workloads.Sample(2, 1, 500, ((1, 2),)))


def test_what_the_workload_measured_itself_goes_first():
    with bench_with(f"{GOOD}; echo wall 1.5; echo rss 7") as bench:
        sample = bench.run(PAIR, heaps.Heap("glibc"))
        tap.equal((sample.wall, sample.cpu, sample.rss), (1.5, 1, 7))


def test_a_run_that_ends_badly_has_failed():
    bad = 'echo "wall 2 cpu 1 rss 500 status 134" >"$1"; echo why >&2'
    with bench_with(bad) as bench:
        fails("status 134: why", bench.run, PAIR, heaps.Heap("glibc"))


def test_the_command_has_the_heap_and_no_more():
    with bench_with(GOOD) as bench:
        bench.quick = True
        heap = heaps.Heap("ours", "/l.so", "mode=none", True)
        typed = workloads.Workload("typed", "types-10", 50, ())
        tap.equal(bench.command(PAIR, heap)[0],
                  ["LD_PRELOAD=/l.so", "TYPESLAB=mode=none",
                   bench.program("drivers"), "pair-16", "2"])
        tap.equal(bench.command(typed, heap)[0],
                  ["TYPESLAB=mode=none", bench.program("types-typed"),
                   "types-10", "10"])
        tap.equal(bench.command(typed, heaps.Heap("p", "/p.so"))[0],
                  ["LD_PRELOAD=/p.so", bench.program("types"), "types-10",
                   "10"])
        fails("not built", bench.command,
              workloads.Workload("built", "redis-typed", 1, ()), heap)


def test_callgrind_is_read_and_start_and_end_taken_off():
    less = count.parse_callgrind("events: Ir Dr Bc\nfn=x\n1 2\n"
                                 "totals: 1000 50 10\n")
    more = count.parse_callgrind("events: Ir Dr Bc\nsummary: 1650 80 20\n")
    row = count.columns_of(less, more, 10)
    tap.equal((row["instr"], row["loads"], row["branches"]), (65, 3, 1))
    fails("no totals", count.parse_callgrind, "events: Ir\n")


DATA = {
    "whole": True,
    "date": "2026-01-01", "commit": "abc", "rounds": 3, "quick": False,
    "others": 0.0, "limits": LIMITS,
    "machine": {"cpu": "c", "cpus": 2, "kernel": "k", "memory": 1 << 30},
    "heaps": {name: {"ours": name == "typeslab", "peer": name != "typeslab",
                     "version": "1"}
              for name in ("glibc", "mimalloc", "tcmalloc", "typeslab")},
    "groups": {"a": ["real"]}, "mappings": {"a": 40}, "curves": {"a": {}},
    "reasons": [["a", "tcmalloc", "it broke"]],
    "samples": {"a": {"glibc": [[1, 1, 1000]] * 3,
                      "mimalloc": [[0.8, 0.8, 1500]] * 3,
                      "tcmalloc": [None] * 3,
                      "typeslab": [[0.9, 0.9, 1090]] * 3}},
}


def test_the_table_has_a_row_for_what_failed():
    text = show.report(DATA, show.results_of(DATA), ["a reason"])
    row = next(line for line in text.split("\n") if line.startswith("a "))
    tap.equal(row.split(), ["a", "1.00", "0.0%", "0.80", "failed", "0.90"])
    tap.contains(text, "tcmalloc: it broke: all workloads")
    tap.contains(text, "no conclusion, the machine is too noisy: a reason")


def test_targets_are_met_missed_or_not_measured():
    tap.equal([targets.judge(m, 1.0) for m in (0.9, 1.0, 1.04, 1.05)],
              [targets.MET, targets.MET, targets.CLOSE, targets.MISSED])
    with tempfile.TemporaryDirectory() as folder:
        data = targets.Data(folder)
        tap.equal({targets.row_of(data, t, [])[3] for t in targets.TARGETS},
                  {targets.UNKNOWN})
        data.parts["results"] = DATA
        data.results = show.results_of(DATA)
        rows = {t[1]: targets.row_of(data, t, []) for t in targets.TARGETS}
        noisy = {t[1]: targets.row_of(data, t, ["x"])
                 for t in targets.TARGETS}
    tap.equal(rows[targets.mean_rss][1:], ("1.100", "1.090", targets.MET))
    tap.equal(rows[targets.mappings][2:], ("40", targets.MET))
    # A rival that failed is no rival beaten.
    tap.equal(rows[targets.mean_time][3], targets.UNKNOWN)
    tap.equal(rows[targets.worst_workload][1:],
              ("1.30", "1.12", targets.MET))
    tap.equal(noisy[targets.worst_workload][3], targets.NOISY)
    tap.equal(noisy[targets.mean_rss][3], targets.MET)


def test_a_part_of_the_list_meets_no_target():
    with tempfile.TemporaryDirectory() as folder:
        data = targets.Data(folder)
        data.parts["results"] = dict(DATA, whole=False)
        data.results = show.results_of(DATA)
        tap.equal({targets.row_of(data, t, [])[3] for t in targets.TARGETS},
                  {targets.UNKNOWN})


def test_a_mean_over_less_than_all_runs_is_no_mean():
    some = dict(DATA["samples"]["a"], typeslab=[[1, 1, 1], None, [1, 1, 1]])
    with tempfile.TemporaryDirectory() as folder:
        data = targets.Data(folder)
        data.parts["results"] = dict(DATA, samples={"a": some})
        data.results = show.results_of(data.parts["results"])
        row = next(targets.row_of(data, t, []) for t in targets.TARGETS
                   if t[1] == targets.mean_rss)
    tap.equal(row[2:], ("typeslab failed", targets.UNKNOWN))


def test_what_more_partitions_cost_is_over_all_workloads():
    everything = targets.growth("growth", 1, 1.08)
    typed = targets.growth("growth", 1, 1.08, targets.TYPED)
    rows = {w.name: [1, 2 if w.kind in targets.TYPED else 1]
            for w in workloads.read_list()[1]}
    nr_typed = sum(row[1] == 2 for row in rows.values())
    with tempfile.TemporaryDirectory() as folder:
        data = targets.Data(folder)
        data.parts["extras"] = {"growth": rows}
        near(typed(data)[0], 2)
        near(everything(data)[0], 2 ** (nr_typed / len(rows)))
        del rows["pair-64"]
        tap.equal(targets.row_of(data, ("", everything, "{}", False), [])[3],
                  targets.UNKNOWN)


def test_curves_of_growth_are_in_order_of_the_number():
    data = dict(DATA, groups={}, samples={
        name: {"glibc": [[wall, 1, 1]] * 3}
        for name, wall in (("types-100", 2), ("types-10", 1), ("other-5", 9))})
    lines = plots.grown(data, show.results_of(data), "types")
    tap.equal(lines, {"glibc": [(10, 1), (100, 2)]})


def test_gnuplot_takes_the_plots():
    if not shutil.which("gnuplot"):
        raise tap.Skip("no gnuplot; see bench/packages")
    walls = {heap: [[1.0, 1, 1000]] * 3 for heap in DATA["heaps"]}
    names = ("types-10", "types-100", "peak")
    data = dict(DATA, groups={name: () for name in names},
                samples={name: walls for name in names},
                curves={"peak": {"glibc": [(0, 1), (1, 2)]}})
    with tempfile.TemporaryDirectory() as folder:
        tap.equal(plots.draw_all(data, show.results_of(data), folder), [])
        for name in ("scatter", "bars", "types", "peak"):
            with open(f"{folder}/{name}.svg", encoding="utf-8") as file:
                tap.contains(file.read(), "</svg>")


tap.run(sys.modules[__name__])
