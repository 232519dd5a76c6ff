"""graces - a master that stays, hosts whose server is down: flushes start a grace apart, each host's again an interval after its
last start; and when the server is well, within one interval all has left, mail that arrives at once."""
import random
import re
import signal

from lib import frame
from lib.clockwork import House

STEP = 0.25  # seconds
ENOUGH = 20  # real seconds
SLACK = 10  # real time passes, too
STARTED = re.compile(r"/([\w.]+): flush started")


class Master:
    def __init__(self, row, dice, interval, grace, hosts):
        self.row, self.interval, self.grace = row, interval, grace
        self.h = House()
        self.where = "interval %d, grace %d, %d hosts" % (interval, grace, hosts)
        self.server = self.h.servers.new()
        self.names = [self.h.add("c%d.example.com" % n, self.server) for n in range(hosts)]
        self.log = open(self.h.e.dir + "/log", "w+b")
        self.starts, self.p, self.dice = [], None, dice
        self.read = self.h.clock.monotonic()

    def wrong(self, what):
        self.row.violation(self.where, what)

    def go(self, seconds):
        """Step by step; notes between which two moments a flush starts."""
        until = self.h.clock.monotonic() + seconds
        while self.h.clock.monotonic() < until:
            before = self.read
            self.h.clock.forward(STEP)
            self.h.quiet(self.p)
            said = self.log.read().decode(errors="replace")
            self.read = self.h.clock.monotonic()
            self.starts += [(before, self.read, host) for host in STARTED.findall(said)]

    def begin(self):
        self.server.mood("closed")
        for host in self.names:
            self.h.book.arrive(host)
        with open(self.h.e.dir + "/log", "ab") as out:
            self.p = self.h.spawn("master", "-v", "-e", str(self.interval), "-g", str(self.grace), log=out)

    def down(self, intervals):
        self.go(self.interval * intervals + self.grace * len(self.names))
        for (before, _, _), (_, now, host) in zip(self.starts, self.starts[1:]):
            self.row.points += 1
            if now - before < self.grace:
                self.wrong("%s is flushed %.2f seconds after another" % (host, now - before))
        for host in self.names:
            mine = [(a, b) for a, b, h in self.starts if h == host]
            if len(mine) < intervals:
                self.wrong("%s is flushed %d times in %d intervals" % (host, len(mine), intervals))
            for (before, seen), (next_before, next_seen) in zip(mine, mine[1:]):
                if next_seen - before < self.interval or next_before - seen > self.interval + self.grace * len(self.names) + SLACK:
                    self.wrong("%s is flushed again after %.2f seconds" % (host, next_before - before))

    def well(self):
        self.server.mood("well")
        self.go(self.interval + self.grace * len(self.names) + SLACK)
        if self.h.book.all_waiting():
            self.wrong("an interval after the server is well wait: %s" % self.h.book.all_waiting())
        for _ in range(10):
            self.h.book.arrive(self.dice.choice(self.names))
            self.row.points += 1
            if not self.h.book.drained(min(ENOUGH, self.interval / 3)):
                self.wrong("mail that arrives waits for a pass")

    def end(self):
        if self.p is not None:
            self.p.send_signal(signal.SIGTERM)
            if self.p.wait() != 0:
                self.wrong("the master ends: %d" % self.p.returncode)
        self.h.end()


class Case:
    name = "graces"

    def prove(self, depth):
        row = frame.Row("a master's interval and graces")
        dice = random.Random("%s graces" % depth.seed)
        for interval, grace, hosts, intervals in ((600, 7, 10, 3), (120, 1, 30, 4)) if depth.full else ((60, 3, 6, 2),):
            m = Master(row, dice, interval, grace, hosts)
            try:
                m.begin()
                m.down(intervals)
                m.well()
            finally:
                m.end()
        return [row]
