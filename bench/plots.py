# SPDX-License-Identifier: Apache-2.0
"""Plots by gnuplot: time against memory, ratios, curves of growth."""
import shutil
import subprocess

import verdict

HEAD = ('set terminal svg size 900,560 font "sans,13" background "white"\n'
        "set grid\n")


def names_of(data):
    return [n for n in data["heaps"] if n != "glibc-again"]


def block(name, rows):
    """A gnuplot data block."""
    lines = "\n".join(" ".join(str(v) for v in row) for row in rows)
    return f"${name} << EOD\n{lines}\nEOD\n"


def scatter(data, results):
    """Time x RSS, one point a heap: down and left is better."""
    rows = [(f'"{name}"', results.geomean(name),
             results.geomean(name, "rss"), int(data["heaps"][name]["ours"]))
            for name in names_of(data)
            if results.geomean(name)]
    return HEAD + block("heaps", rows) + """
set title "Geometric means over the list, ratios to glibc"
set xlabel "time"
set ylabel "peak RSS"
set offsets graph 0.12, graph 0.12, graph 0.1, graph 0.1
unset key
plot $heaps using 2:3:($4 == 1 ? 7 : 6) with points pt variable ps 1.4 lc "#204a87", \\
     $heaps using 2:3:1 with labels offset 0,0.9
"""


def bars(data, results):
    """Time of each workload, ratios to glibc, for ours and the rivals."""
    names = [n for n in ("typeslab", "mimalloc", "tcmalloc", "jemalloc")
             if n in data["heaps"]]
    rows = [(f'"{w}"', *(results.ratio(w, n) or "NaN" for n in names))
            for w in results.samples]
    plots = ", \\\n     ".join(
        f'$rows using {at + 2}:xtic(1) title "{name}"'
        for at, name in enumerate(names))
    return HEAD + block("rows", rows) + f"""
set title "Time, ratios to glibc"
set style data histograms
set style fill solid 0.8 border -1
set xtics rotate by -45
set logscale y 2
set ytics 0.125, 2
set key outside top center horizontal
set rmargin 8
plot 1 with lines lc "black" notitle, \\
     {plots}
"""


def curve(title, xlabel, ylabel, lines, log_x):
    """@lines: heap -> [(x, y)]."""
    text = HEAD
    for at, rows in enumerate(lines.values()):
        text += block(f"line{at}", rows)
    plots = ", \\\n     ".join(
        f'$line{at} with linespoints title "{name}"'
        for at, name in enumerate(lines))
    return (text + f'set title "{title}"\nset xlabel "{xlabel}"\n'
            f'set ylabel "{ylabel}"\nset key outside\nset yrange [0:]\n'
            + ("set logscale x\n" if log_x else "") + f"plot {plots}\n")


def grown(data, results, prefix):
    """Seconds over the number in the names of workloads PREFIX-NUMBER."""
    lines = {}
    for name in names_of(data):
        rows = [(int(w.rpartition("-")[2]), results.median(w, name))
                for w in results.samples if w.rpartition("-")[0] == prefix]
        first = next((y for _, y in rows if y), None)
        if first:
            lines[name] = sorted((x, y) for x, y in rows if y)
    return lines


def draw(script, path):
    """Empty, or why there is no plot; warnings are none."""
    done = subprocess.run(["gnuplot"], input=f'set output "{path}"\n{script}',
                          text=True, check=False, capture_output=True)
    return done.stderr.strip() if done.returncode else ""


def draw_all(data, results, folder):
    """Writes the plots; gives the reasons of those that could not be."""
    if not shutil.which("gnuplot"):
        return ["no gnuplot"]
    scripts = {"scatter": scatter(data, results), "bars": bars(data, results)}
    for workload, lines in data["curves"].items():
        if lines:
            scripts[workload] = curve(
                "Memory after a peak", "hours", "RssAnon + VmPTE, kB", lines,
                False)
    if lines := grown(data, results, "types"):
        scripts["types"] = curve("Types in the program", "types", "seconds",
                                 lines, True)
    errors = [draw(script, f"{folder}/{name}.svg")
              for name, script in scripts.items()]
    return [e for e in errors if e]
