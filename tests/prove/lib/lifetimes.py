"""lifetimes - three weeks of passes: what cannot be sent bounces at the first pass behind its lifetime, and not before; what has
waited for hours is told of. Each host has a server of its own kind."""
import random
import re

from lib import frame
from lib.clockwork import House

HOUR, DAY, WEEK = 3600, 86400, 604800
WARN = 4 * HOUR  # control/qv-warn
SLACK = 30  # seconds that the passes themselves take
# host: the server's mood, the lifetime (None: mail for it never bounces), options
HOSTS = {
    "down": ("closed", 2 * WEEK, ()),
    "short": ("closed", DAY, ("--lifetime", str(DAY))),
    "later": ("later", 2 * WEEK, ()),
    "wants": ("wants", 2 * WEEK, ()),
    "demand": ("well", 2 * WEEK, ("--on-demand",)),
    "paused": ("closed", None, ()),
    "turns": ("closed", None, ()),  # every second day it is well
}
REPORTED = ("down", "short", "later", "wants")


class Weeks:
    def __init__(self, row, dice, every, days):
        self.row, self.dice, self.every, self.days = row, dice, every, days
        self.h = House()
        for name, (mood, _, options) in HOSTS.items():
            s = self.h.servers.new()
            s.mood(mood)
            self.h.add(name + ".example.com", s, *options)
        self.h.run("domain", "pause", "paused.example.com")
        self.begun = self.h.clock.time()

    def one(self, n):
        h, day = self.h, int((self.h.clock.time() - self.begun) / DAY)
        before = self.dice.choice((1800, self.every - 1800, self.every * self.dice.random()))  # a little younger or older than a lifetime
        h.clock.forward(before)
        if day < self.days - 18:
            for name in HOSTS:
                if self.dice.random() < 0.5:
                    h.book.arrive(name + ".example.com")
        h.clock.forward(self.every - before)
        h.of["turns.example.com"].mood("closed" if day % 2 else "well")
        h.run("master")
        self.row.points += 1
        self.judge(h.clock.time(), "day %d, pass %d" % (day, n))

    def judge(self, now, where):
        fates, late, unsure = self.h.book.fates(), {}, set()
        for m, host in self.h.book.host.items():
            mood, lifetime, _ = HOSTS[host.split(".")[0]]
            age = now - self.h.book.came[m]
            if abs(age - (lifetime or -SLACK)) < SLACK or abs(age - WARN) < SLACK:
                unsure.add(host)
                continue
            waits, taken, bounced = fates[m]
            if host.startswith("turns"):
                good = waits + taken == 1 and bounced == 0 and (taken or age < 2 * DAY + self.every)
            else:
                good = fates[m] == ([0, 0, 1] if lifetime is not None and age > lifetime else [1, 0, 0])
            if not good:
                self.row.violation(where, "%s, %d hours old: waits %d, was taken %d times, bounced %d times" % (host, age / HOUR, *fates[m]))
            if waits and age > WARN:
                late[host] = late.get(host, 0) + 1
        self.judge_warnings(late, unsure, where)

    def judge_warnings(self, late, unsure, where):
        said = dict(re.findall(r"/([\w.]+): (\d+) messages? ha(?:s|ve) waited longer than %d seconds" % WARN, self.h.said))
        for host in {n + ".example.com" for n in REPORTED} - unsure:
            if int(said.get(host, 0)) != late.get(host, 0):
                self.row.violation(where, "%s: %d messages are late, the log says %s" % (host, late.get(host, 0), said.get(host)))


class Case:
    name = "lifetimes"

    def prove(self, depth):
        row = frame.Row("three weeks: lifetimes and warnings")
        every, days = (2 * HOUR, 40) if depth.full else (12 * HOUR, 21)
        w = Weeks(row, random.Random("%s weeks" % depth.seed), every, days)
        try:
            for n in range(int(days * DAY / every)):
                w.one(n)
        finally:
            w.h.end()
        return [row]
