"""soaked - a master with many customers for as long as one likes, while mail arrives, the server has moods and processes are killed.

At the end the server is good, and each message was taken or has bounced. One that was sent twice has a line in the log that says
so, or its flush was killed; of those no more than a window for each kill. What the master holds is sampled while it lives,
without kills of itself from the first third on: descriptors, memory of its own, processes, in the first tenth and in the last.
"""
import os
import random
import re
import signal
import statistics
import time

from lib import frame, mail, processes
from lib.book import Book
from lib.engine import Engine

INTERVAL = 5
PASSES = 4  # in which all mail leaves once the server is good, and those of one message more for each that it may be held by
WINDOW = 256 + 128  # without a round trip it does not grow; and what waits to be removed
TWICE = re.compile(r"(?:new/(m\d+).*twice|twice.*new/(m\d+))")


def host(n):
    return "c%d.example.com" % n


class Soak:
    def __init__(self, name, seconds, customers, row, dice):
        self.name, self.seconds, self.customers, self.row, self.dice = name, seconds, customers, row, dice
        self.e, self.ended, self.samples, self.killed, self.kills = Engine(), {}, [], {}, 0
        self.commands, self.extra = {}, 0
        self.server = mail.Server("seed=%s for=%d" % (dice.random(), 1000000), "prove/lib/moody.py")
        self.master = None

    def wrong(self, what):
        self.row.violation(self.name, what)

    def spawn(self, *words):
        """Not by subprocess, which would hear of the end of those that we wait for."""
        env = dict(PATH=os.environ["PATH"], QVMAIL_ROOT=self.e.root, LC_ALL="C")
        log = self.log.fileno()
        files = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, log, 2)]
        pid = os.posix_spawn(self.e.qvmail, [self.e.qvmail, *words], env, file_actions=files)
        self.ended.pop(pid, None)  # pids come again
        return pid

    def build(self):
        self.e.pristine()
        mail.queue(self.e.root)
        lines = "".join("domain add dialup %s c%d --relayhost 127.0.0.1:%d\n" % (host(n), n, self.server.port) for n in range(self.customers))
        ran = self.e.run("domain", "import", stdin=lines)
        if ran.code != 0:
            raise SystemExit("prove: %s: import: %s" % (self.name, ran.err))
        self.book = Book(self.e.root, self.server)
        self.log = open(self.e.dir + "/log", "ab")

    def begin(self):
        """A master; the last one may not be quite dead."""
        if self.master is not None and self.master not in self.ended:
            return
        if self.master is not None and self.ended[self.master] not in (0, -signal.SIGKILL, 111):
            self.wrong("a master ends: %d" % self.ended[self.master])
        self.samples = []
        self.master = self.spawn("master", "-e", str(INTERVAL), "-g", "0")

    def theirs(self):
        """Processes of qvmail."""
        return [p for p in processes.below(os.getpid()) if p not in (self.server.p.pid, self.e.p.pid)]

    def whose(self, pid):
        """The hosts whose flush the process is."""
        return {m.group(1) for m in (re.search(r"/([^/]+)/Maildir/", f) for f in processes.files(pid)) if m}

    def strike(self, master_too):
        """Some process dies, or all."""
        mine = [p for p in self.theirs() if p not in self.commands]
        flushes = [p for p in mine if p != self.master]
        what = self.dice.random()
        if master_too and what < 0.1:
            victims = mine
        elif master_too and what < 0.3:
            victims = [self.master]
        else:
            victims = self.dice.sample(flushes, 1) if flushes else []
        hosts = set()
        for p in victims:
            hosts |= self.whose(p)
            self.kills += processes.kill(p)
        for h in hosts:
            self.killed[h] = self.killed.get(h, 0) + 1

    def administer(self):
        """A command that leaves the mail where it is."""
        h = host(self.dice.randrange(self.customers))
        words = self.dice.choice((
            "domain pause " + h, "domain resume " + h, "domain resume " + h, "domain add dialup x%d.example.com x" % (self.extra + 1),
            "domain del x%d.example.com --purge" % self.extra, "domain relayhost %s 127.0.0.1:%d" % (h, self.server.port), "flush " + h,
            "status", "check -q", "newu"))
        self.extra += "add" in words
        self.commands[self.spawn(*words.split())] = words

    def sample(self):
        if self.master in self.ended:
            return
        self.samples.append((len(processes.files(self.master)), processes.memory(self.master), len(processes.below(self.master))))

    def tick(self, at):
        """at: 0 to 1, of the time"""
        for _ in range(self.dice.randrange(1 + max(3, min(8, self.customers // 20)))):
            self.book.arrive(host(int(self.customers * self.dice.random() ** 2)), self.dice.choice((10, 200, 5000)))
        if self.dice.random() < 0.06:
            self.strike(at < 1 / 3)
        if self.dice.random() < 0.03 and len(self.commands) < 3:
            self.administer()
        if self.dice.random() < 0.01:
            processes.kill(self.master, self.dice.choice((signal.SIGHUP, signal.SIGALRM)))
        processes.reap(self.ended)
        for p in [p for p in self.commands if p in self.ended]:
            if self.ended[p] not in (0, 1, 100, 111):
                self.wrong("%s: ends: %d" % (self.commands[p], self.ended[p]))
            del self.commands[p]
        self.begin()

    def run(self):
        begun, next_sample = time.time(), 0
        while time.time() - begun < self.seconds:
            self.tick((time.time() - begun) / self.seconds)
            if time.time() >= next_sample:
                self.sample()
                next_sample = time.time() + self.seconds / 300
            time.sleep(0.02 + 0.06 * self.dice.random())

    def calm(self):
        """The server is good, nobody is paused, and all mail leaves."""
        open(self.server.log + ".good", "w").close()
        for n in range(self.customers):
            path = "%s/%s%s/.qv-paused" % (self.e.root, mail.SPOOL, host(n))
            if os.path.exists(path):
                os.unlink(path)
        processes.kill(self.master, signal.SIGHUP)
        if not self.book.drained(PASSES * INTERVAL + len(self.book.all_waiting()) / 50):
            left = self.book.all_waiting()
            self.wrong("with a good server %d messages wait behind %d passes: %s" % (len(left), PASSES, " ".join(left[:5])))
        processes.kill(self.master, signal.SIGTERM)
        until = time.time() + 10
        while self.theirs() and time.time() < until:
            processes.reap(self.ended)
            time.sleep(0.02)
        processes.reap(self.ended)
        if self.theirs():
            self.wrong("%d processes do not end" % len(self.theirs()))
        if self.ended.get(self.master) != 0:
            self.wrong("the master ends: %s" % self.ended.get(self.master))
        self.server.settle()

    def account(self):
        with open(self.e.dir + "/log", encoding="latin-1") as f:
            text = f.read()
        said = {a or b for a, b in TWICE.findall(text)}
        self.fates, unsaid = self.book.fates(), {}
        self.row.points += len(self.book.host)
        for m, (waits, taken, bounced) in self.fates.items():
            if m not in self.book.host:
                self.wrong("%s was never sent, but it is there" % m)
            elif waits + taken + bounced == 0:
                self.wrong("%s of %s is lost" % (m, self.book.host[m]))
            elif taken + bounced > 1 and m not in said:
                unsaid.setdefault(self.book.host[m], []).append(m)
        for h, ms in unsaid.items():
            if len(ms) > WINDOW * self.killed.get(h, 0):
                self.wrong("%s of %s: %d messages were sent twice: nobody says so, and its flush was killed %d times" %
                           (ms[0], h, len(ms), self.killed.get(h, 0)))
        self.unsaid, self.said = sum(map(len, unsaid.values())), sum(1 for m in said if m in self.fates and sum(self.fates[m][1:]) > 1)
        for l in text.split("\n"):
            if ": fatal: " in l and not re.search("the delivery crashed|is not served here|another qv-master is running", l):
                frame.note(l)

    def tenths(self):
        """Medians of the samples of the first tenth and the last: [(what, then, now, most)]"""
        n = max(1, len(self.samples) // 10)
        out = []
        for k, (what, slack) in enumerate((("descriptors", 0), ("memory, kB", 64), ("processes", 15))):
            then, now = (statistics.median(s[k] for s in part) for part in (self.samples[:n], self.samples[-n:]))
            out.append((what, then, now, then * (1.1 if slack else 1) + slack))
        return out

    def flat(self):
        """In a minute at least: the first tenth of a few seconds is a master that begins."""
        for what, then, now, most in self.tenths():
            if now > most and self.seconds >= 60:
                self.wrong("%s of the master: %d, at first %d" % (what, now, then))

    def figures(self):
        f = self.fates.values()
        yield "seconds", self.seconds
        yield "customers", self.customers
        yield "messages", len(self.book.host)
        yield "taken by the server", sum(t > 0 for _, t, _ in f)
        yield "bounced", sum(b > 0 for _, _, b in f)
        yield "still waiting", sum(w > 0 for w, _, _ in f)
        yield "lost", sum(w + t + b == 0 for w, t, b in f)
        yield "twice, as the log said", self.said
        yield "twice, behind a kill", self.unsaid
        yield "processes killed", self.kills
        for what, then, now, _ in self.tenths():
            yield what + ", first and last tenth", "%d, %d" % (then, now)

    def end(self):
        for p in self.theirs():
            processes.kill(p)
        self.server.end()
        self.e.end()


class Case:
    name = "soak"

    def prove(self, depth):
        seconds = int(os.environ.get("SOAK", "120")) if depth.full else 5
        customers = int(os.environ.get("CUSTOMERS", "200")) if depth.full else 20
        row = frame.Row("soak, %d seconds, %d customers" % (seconds, customers))
        processes.adopt_orphans()
        s = Soak(self.name, seconds, customers, row, random.Random("%s soak" % depth.seed))
        try:
            s.build()
            s.begin()
            s.run()
            s.calm()
            s.account()
            s.flat()
            if depth.full:
                frame.note("".join("  %-36s %s\n" % f for f in s.figures()))
        finally:
            s.end()
        return [row]
