# SPDX-License-Identifier: Apache-2.0
"""What the samples say: medians, spreads, ratios, means, and whether the
machine was quiet enough to say anything.

Samples are lists with one entry a round, in the order of rounds; None where
a run failed. A ratio is the median of the ratios within each round, so that
a machine that becomes slower or faster over time takes no part in it.
"""
import math
import statistics

FIELDS = ("wall", "cpu", "rss")


def present(values):
    return [v for v in values if v is not None]


def median(values):
    values = present(values)
    return statistics.median(values) if values else None


def spread(values):
    """Half of the distance between the quartiles, as a part of the median."""
    values = sorted(present(values))
    if len(values) < 3:
        return None
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2 / middle if middle else None


def ratio(values, base):
    """Median over the rounds of value / base; None: no round has both."""
    return median(v / b for v, b in zip(values, base)
                  if v is not None and b)


def geomean(values):
    values = present(values)
    if not values:
        return None
    return math.exp(sum(math.log(v) for v in values) / len(values))


class Results:
    """samples[workload][heap] is a list with (wall, cpu, rss) or None."""

    def __init__(self, samples, groups, base, control=None):
        self.samples = samples
        self.groups = groups
        self.base = base
        self.control = control

    def column(self, workload, heap, field):
        at = FIELDS.index(field)
        return [s and s[at] for s in self.samples[workload].get(heap, [])]

    def median(self, workload, heap, field="wall"):
        return median(self.column(workload, heap, field))

    def ratio(self, workload, heap, field="wall", base=None):
        return ratio(self.column(workload, heap, field),
                     self.column(workload, base or self.base, field))

    def workloads(self, group=None):
        return [w for w in self.samples
                if group is None or group in self.groups[w]]

    def geomean(self, heap, field="wall", group=None, base=None):
        return geomean(self.ratio(w, heap, field, base)
                       for w in self.workloads(group))

    def worst(self, heap, peers):
        """(ratio to the best of @peers, workload, that peer): the largest."""
        rows = []
        for workload in self.samples:
            best = min((self.ratio(workload, peer, base=heap), peer)
                       for peer in peers
                       if self.ratio(workload, peer, base=heap))
            rows.append((1 / best[0], workload, best[1]))
        return max(rows)

    def noise(self):
        """Median over the workloads of the spread of the base heap."""
        return median(spread(self.column(w, self.base, "wall"))
                      for w in self.samples)

    def failures(self):
        """(workload, heap, runs that failed, runs)."""
        for workload, heaps in self.samples.items():
            for heap, values in heaps.items():
                failed = sum(v is None for v in values)
                if failed or not values:
                    yield workload, heap, failed, len(values)


def why_noisy(results, others, limits):
    """Reasons not to conclude anything; @others: share of other programs."""
    reasons = []
    limit = limits["noise"] / 100
    noise = results.noise()
    if noise is None:
        reasons.append("fewer than three rounds")
    elif noise > limit:
        reasons.append(f"runs of one kind differ by {noise:.1%}")
    if results.control:
        same = results.geomean(results.control)
        if same is None or abs(same - 1) > limit:
            reasons.append("glibc and glibc again differ by "
                           + (f"{abs(same - 1):.1%}" if same else "?"))
    if others > limits["others"] / 100:
        reasons.append(f"others used {others:.0%} of the machine")
    return reasons
