"""wakes - a master whose next pass is a day away: all that it is told of must be enough. Mail arrives while flushes run, hosts come,
Maildirs are put in place of others, hosts on demand call, the master sleeps while thousands of files arrive; then nothing waits."""
import fcntl
import os
import random
import signal
import time

from lib import frame, tree
from lib.clockwork import House

DAY = 86400
ENOUGH = 30  # real seconds
TOO_MANY = 20000  # events, more than the kernel keeps


class Wakes:
    def __init__(self, row, seed):
        self.row, self.dice, self.h = row, random.Random("%s wakes" % seed), House()
        self.h.config("qv-call-interval", "0")
        self.server = self.h.servers.new()
        self.server.mood("slow")
        self.names = [self.h.add("c%d.example.com" % n, self.server) for n in range(4)]
        self.callers = [self.h.add("d%d.example.com" % n, self.server, "--on-demand") for n in range(2)]
        for host in self.callers:
            self.h.e.run("domain", "trigger", host, "--from", "127.0.0.1")
        self.p = self.h.spawn("master", "-e", str(DAY), "-g", "0", log=open(self.h.e.dir + "/log", "wb"))
        self.did = []

    def arrive(self):
        for _ in range(self.dice.choice((1, 1, 2, 10))):
            self.h.book.arrive(self.dice.choice(self.names))

    def all_arrive(self):
        for host in self.names:
            self.h.book.arrive(host)

    def add(self):
        """A host comes, and its mail with it."""
        host = "n%d.example.com" % len(self.names)
        self.h.of[host] = self.server
        self.h.run("domain", "add", "dialup", host, "h", "--relayhost", "127.0.0.1:%d" % self.server.port)
        self.names.append(host)
        self.h.book.arrive(host)

    def swap(self):
        """Under the lock the Maildir becomes another one; what waits in it comes along, and then more mail."""
        host = self.dice.choice(self.names)
        lock = os.open(self.h.at(host, "RELAYHOST"), os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.put_other(self.h.at(host, "Maildir"))
        os.close(lock)
        self.h.book.arrive(host)

    def put_other(self, at):
        was = tree.Entry(at)
        for part in ("", "/tmp", "/new", "/cur"):
            os.mkdir(at + ".other" + part)
            os.chown(at + ".other" + part, was.uid, was.gid)
        os.rename(at, at + ".old")
        time.sleep(0.005 * self.dice.random())
        os.rename(at + ".other", at)
        for m in os.listdir(at + ".old/new"):
            os.rename(at + ".old/new/" + m, at + "/new/" + m)
        for part in ("/tmp", "/new", "/cur", ""):
            os.rmdir(at + ".old" + part)

    def call(self):
        host = self.dice.choice(self.callers)
        self.h.book.arrive(host)
        code = self.h.run("trigger", "etrn", stdin=b"EHLO x\r\nETRN %s\r\nQUIT\r\n" % host.encode(), TCPREMOTEIP="127.0.0.1")
        if code != 0 or "\n253 " not in self.h.said.replace("\r", ""):
            self.row.violation(self.where(), "etrn: exit %d: %s" % (code, self.h.said))

    def sleep(self):
        """It wakes late, and not all of what happened is told; flushes are under way that have seen what was there before."""
        for _ in range(30):
            self.all_arrive()
        time.sleep(0.3 * self.dice.random())
        os.kill(self.p.pid, signal.SIGSTOP)
        tmp = self.h.at(self.names[0], "Maildir/new/")
        for n in range(TOO_MANY):
            os.close(os.open(tmp + ".x%d" % (n % 2), os.O_CREAT | os.O_WRONLY))
            os.unlink(tmp + ".x%d" % (n % 2))
        self.all_arrive()
        os.kill(self.p.pid, signal.SIGCONT)

    def where(self):
        return "behind " + ", ".join(self.did[-12:])

    def one(self, what):
        self.did.append(what.__name__)
        what()
        self.row.points += 1
        if self.dice.random() < 0.5:
            time.sleep(0.05 * self.dice.random())

    def nothing_waits(self):
        if not self.h.book.drained(ENOUGH):
            left = self.h.book.all_waiting()
            with open(self.h.e.dir + "/log", encoding="latin-1") as f:
                said = [l for l in f if self.h.book.host[left[0]] in l]
            self.row.violation(self.where(), "waits for a pass, for %s: %s; the last that was said: %s" %
                               (self.h.book.host[left[0]], " ".join(left), "".join(said[-3:])))
            os.kill(self.p.pid, signal.SIGHUP)
            self.h.book.drained(ENOUGH)

    def account(self):
        self.h.servers.settle()
        for m, fate in self.h.book.fates().items():
            if fate != [0, 1, 0]:
                self.row.violation(self.where(), "%s waits %d, was taken %d times, bounced %d times" % (m, *fate))

    def run(self, rounds):
        for n in range(rounds):
            for _ in range(self.dice.randrange(1, 25)):
                self.one(self.dice.choice([self.arrive] * 6 + [self.call] * 4 + [self.add, self.swap]))
            if n % 5 == 4:
                self.one(self.sleep)
            self.nothing_waits()
        self.account()

    def end(self):
        self.p.terminate()
        if self.p.wait() != 0:
            self.row.violation("", "the master ends: %d" % self.p.returncode)
        self.h.end()


class Case:
    name = "wakes"

    def prove(self, depth):
        row = frame.Row("no lost wake-up: arrivals, calls, hosts")
        w = Wakes(row, depth.seed)
        try:
            w.run(150 if depth.full else 6)
        finally:
            w.end()
        return [row]
