"""frame - what all proofs share: arguments, two workers, rows, the smallest case of each violation."""
import concurrent.futures
import multiprocessing
import os
import random
import re
import sys
import time

SLICE = 8  # points of a case in a slice


class Row:
    """what was tried: how often, and the smallest case of each kind of violation"""

    def __init__(self, what):
        self.what, self.points, self.wrong = what, 0, {}

    def violation(self, case, what):
        """The first of a kind has the lowest number, as points are tried in order."""
        kind = re.sub(r"\d+", "N", what.split("\n")[0])[:100]
        self.wrong.setdefault(kind, [0, "%s: %s" % (case, what)])[0] += 1

    def violations(self):
        return sum(n for n, _ in self.wrong.values())


def note(text):
    """What is worth knowing, and no violation."""
    print(text.rstrip("\n"), file=sys.stderr, flush=True)


class Depth:
    def __init__(self, full, seed):
        self.full, self.seed = full, seed

    def choose(self, name, points, few=SLICE):
        """All points, or a few, which the seed and the name decide; always in order."""
        points = list(points)
        if self.full or len(points) <= few:
            return points
        r = random.Random("%s %s" % (self.seed, name))
        return sorted(r.sample(points, few))


def arguments():
    args = sys.argv[1:] + [""] * 3
    if args[0] not in ("slice", "full"):
        raise SystemExit("usage: %s slice|full [SEED] [WHAT]" % sys.argv[0])
    seed = args[1] or str(int(time.time()))
    return Depth(args[0] == "full", seed), re.compile(args[2])


_work = None  # inherited by the workers, as not all of it can be sent


def _one(number):
    prove, cases, depth = _work
    return prove(cases[number], depth)


def main(prove, cases):
    """prove(case, depth): a list of Row"""
    global _work
    depth, only = arguments()
    cases = [c for c in cases if only.search(c.name)]
    _work = prove, cases, depth
    bad = 0
    note("seed %s" % depth.seed)
    fork = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(int(os.environ.get("JOBS", "2")), mp_context=fork) as pool:
        jobs = [pool.submit(_one, i) for i in range(len(cases))]
        for job in jobs:
            for row in job.result():
                print("%s\t%d\t%d" % (row.what, row.points, row.violations()), flush=True)
                for n, text in row.wrong.values():
                    print("%s%s" % (text, " (and %d like it)" % (n - 1) if n > 1 else ""), file=sys.stderr, flush=True)
                bad += row.violations()
    sys.exit(1 if bad else 0)
