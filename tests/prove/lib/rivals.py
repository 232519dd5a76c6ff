"""rivals - masters, flushes and setlock want the same customers at once; the server is good, and each message goes once.

Masters that stay come and go, a second one beside them ends with 111; masters for cron start two at a time; flushes of hosts
taken at random, more than one at once; and setlock, behind which nothing of that customer is sent until it lets go.
"""
import os
import random
import signal
import subprocess
import threading
import time

from lib import frame, mail
from lib.book import Book
from lib.engine import Engine

ALLOWED = {"stays": (0, 111, -signal.SIGTERM),  # killed before it could listen
           "once": (0,), "flush": (0,), "setlock": (0, 111)}


def host(n):
    return "c%d.example.com" % n


class Rivals:
    def __init__(self, name, seconds, customers, row, seed):
        self.name, self.seconds, self.customers, self.row, self.seed = name, seconds, customers, row, seed
        self.e, self.server = Engine(), mail.Server("chunking")
        self.lock, self.until, self.ran = threading.Lock(), 0, {}

    def wrong(self, what):
        with self.lock:
            self.row.violation(self.name, what)

    def build(self):
        self.e.pristine()
        mail.queue(self.e.root)
        lines = "".join("domain add dialup %s c%d --relayhost 127.0.0.1:%d\n" % (host(n), n, self.server.port) for n in range(self.customers))
        self.e.run("domain", "import", stdin=lines)
        self.book = Book(self.e.root, self.server)
        os.symlink(self.e.qvmail, self.e.dir + "/setlock")

    def popen(self, *words, **how):
        env = dict(PATH=os.environ["PATH"], QVMAIL_ROOT=self.e.root, LC_ALL="C")
        return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", text=True, **how)

    def ended(self, what, p, stdin=None):
        out, err = p.communicate(stdin)
        with self.lock:
            self.ran[what] = self.ran.get(what, 0) + 1
        if p.returncode not in ALLOWED[what]:
            self.wrong("%s: exit %d: %s" % (what, p.returncode, err))
        for l in err.splitlines():
            if "twice" in l or "does not count" in l or (": fatal: " in l and "another" not in l and "unable to lock" not in l):
                self.wrong("%s says: %s" % (what, l))

    def stays(self, dice):
        p = self.popen(self.e.qvmail, "master", "-e", "1", "-g", "0")
        time.sleep(0.2 + dice.random())
        p.send_signal(signal.SIGTERM)
        self.ended("stays", p)

    def once(self, dice):
        two = [self.popen(self.e.qvmail, "master", "-g", "0") for _ in range(2)]
        for p in two:
            self.ended("once", p)

    def flush(self, dice):
        some = [host(dice.randrange(self.customers)) for _ in range(3)]
        two = [self.popen(self.e.qvmail, "flush", *some) for _ in range(2)]
        for p in two:
            self.ended("flush", p)

    def setlock(self, dice):
        """While it is held, the server gets nothing of that customer."""
        h = host(dice.randrange(self.customers))
        p = self.popen(self.e.dir + "/setlock", "-n", "%s/%s%s/RELAYHOST" % (self.e.root, mail.SPOOL, h), "/bin/sh", "-c",
                       "echo held; read -r x", stdin=subprocess.PIPE)
        if p.stdout.readline() == "held\n":
            before = len(self.taken_of(h))
            with self.lock:
                self.book.arrive(h)
            time.sleep(0.1 * dice.random())
            more = self.taken_of(h)[before:]
            if more:
                self.wrong("%s of %s was sent while setlock held RELAYHOST" % (more[0], h))
        self.ended("setlock", p, "\n")

    def taken_of(self, h):
        return [m for m in self.server.taken() if self.book.host.get(m) == h]

    def arrivals(self, dice):
        with self.lock:
            for _ in range(dice.randrange(1, 6)):
                self.book.arrive(host(dice.randrange(self.customers)))
        time.sleep(0.05 * dice.random())

    def again_and_again(self, what, number):
        dice = random.Random("%s %d" % (self.seed, number))
        while time.time() < self.until:
            what(dice)

    def run(self):
        self.until = time.time() + self.seconds
        crew = [self.arrivals, self.stays, self.stays, self.once, self.flush, self.flush, self.setlock, self.setlock]
        threads = [threading.Thread(target=self.again_and_again, args=(what, n)) for n, what in enumerate(crew)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()

    def account(self):
        """A last pass sends what is left."""
        self.ended("once", self.popen(self.e.qvmail, "master", "-g", "0"))
        self.server.settle()
        self.row.points = len(self.book.host)
        for m, fate in self.book.fates().items():
            if fate != [0, 1, 0]:
                self.wrong("%s waits %d, was taken %d times, bounced %d times" % (m, *fate))

    def end(self):
        self.server.end()
        self.e.end()


class Case:
    name = "rivals"

    def prove(self, depth):
        row = frame.Row("masters, flushes and setlock at once")
        r = Rivals(self.name, 60 if depth.full else 4, 40 if depth.full else 8, row, depth.seed)
        try:
            r.build()
            r.run()
            r.account()
            if depth.full:
                frame.note("  " + ", ".join("%s: %d times" % x for x in sorted(r.ran.items())))
        finally:
            r.end()
        return [row]
