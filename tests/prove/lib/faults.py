"""faults - something is wrong for some passes, and then it is not: all mail leaves within one pass, and what was learned of the
server meanwhile is forgotten in time."""
import fcntl
import os
import random
import shutil

from lib import frame
from lib.clockwork import House
from lib.engine import ROOT

PASSES = 1  # in which all has left
HOSTS = ["a.example.com", "b.example.com", "c.example.com"]
DAY = 86400
MOODS = ("closed", "busy", "drop", "silent", "slow", "refuse", "later", "wants", "odd")


class Mood:
    """The server is not itself."""

    def __init__(self, mood):
        self.name = "server: " + mood
        self.mood = mood

    def begin(self, h, dice):
        for host in HOSTS:
            if dice.random() < 0.7:
                h.of[host].mood(self.mood)

    def end(self, h):
        for host in HOSTS:
            h.of[host].mood("well")


class Swapped:
    """In place of one of the host's files is something else, or nothing."""

    def __init__(self, name, put):
        self.what, self.put, self.name = name, put, "%s %s" % (name, "is gone" if put is None else "is odd")

    def begin(self, h, dice):
        self.at = [h.at(host, self.what) for host in HOSTS if dice.random() < 0.7]
        for path in self.at:
            if os.path.exists(path):
                os.rename(path, path + ".kept")
            if self.put is not None:
                self.put(path)

    def end(self, h):
        for path in self.at:
            if os.path.isdir(path) and not os.path.exists(path + "/new"):
                os.rmdir(path)
            elif os.path.isfile(path):
                os.unlink(path)
            if os.path.exists(path + ".kept"):
                os.rename(path + ".kept", path)


def garbage(path):
    with open(path, "w", encoding="ascii") as f:
        f.write("no host at all!\n")


class Closed:
    """popusr may not remove what is sent."""
    name = "Maildir/new is read-only"

    def begin(self, h, dice):
        for host in HOSTS:
            os.chmod(h.at(host, "Maildir/new"), 0o500)

    def end(self, h):
        for host in HOSTS:
            os.chmod(h.at(host, "Maildir/new"), 0o700)


class NoQueue:
    """What the server refuses cannot bounce."""
    name = "qmail-queue fails"

    def begin(self, h, dice):
        self.bin = h.root + "/var/qmail/bin/qmail-queue"
        os.rename(self.bin, self.bin + ".kept")
        shutil.copy("/bin/false", self.bin)
        h.of[HOSTS[0]].mood("refuse")

    def end(self, h):
        os.rename(self.bin + ".kept", self.bin)
        h.of[HOSTS[0]].mood("well")


class SetBack:
    """The time of day goes back, and stays there."""
    name = "the clock is set back by days"

    def begin(self, h, dice):
        h.of[HOSTS[0]].mood("odd")
        h.run("master")
        h.clock.set_back(DAY * (1 + 5 * dice.random()))

    def end(self, h):
        h.of[HOSTS[0]].mood("well")


class Locked:
    """A script of somebody's holds RELAYHOST, or Maildir/new is locked."""
    name = "locks are held"

    def begin(self, h, dice):
        self.fds = [os.open(h.at(host, dice.choice(("RELAYHOST", "Maildir/new"))), os.O_RDONLY) for host in HOSTS]
        for fd in self.fds:
            fcntl.flock(fd, fcntl.LOCK_EX)

    def end(self, h):
        for fd in self.fds:
            os.close(fd)


class Paused:
    name = "paused"

    def begin(self, h, dice):
        for host in HOSTS:
            h.run("domain", "pause", host)

    def end(self, h):
        for host in HOSTS:
            h.run("domain", "resume", host)


class Killed:
    """All processes die at some moment of each pass."""
    name = "killed"
    kills = True

    def begin(self, h, dice):
        pass

    def end(self, h):
        pass


FAULTS = [Mood(m) for m in MOODS] + [
    Swapped("Maildir", None), Swapped("Maildir", os.mkdir), Swapped("RELAYHOST", None), Swapped("RELAYHOST", garbage),
    Swapped(".qv-status", os.mkdir), Swapped(".qv-status", garbage),
    NoQueue(), SetBack(), Locked(), Paused(), Killed()] + ([Closed()] if ROOT else [])


class Life:
    """One gateway, fault behind fault."""

    def __init__(self, row, seed):
        self.row, self.seed, self.h = row, seed, House()
        for host in HOSTS:
            self.h.add(host, self.h.servers.new())

    def arrive(self, dice, most):
        for host in HOSTS:
            try:
                for _ in range(dice.randrange(1, most)):
                    self.h.book.arrive(host)
            except (FileNotFoundError, NotADirectoryError):
                pass  # its Maildir is away

    def passes(self, dice, kills=False):
        self.h.clock.forward(60 + 7200 * dice.random())
        self.h.run("master", "-c", "2", kill=0.02 * dice.random() if kills else None)

    def one(self, n, fault):
        dice = random.Random("%s %d" % (self.seed, n))
        where = "round %d, %s" % (n, fault.name)
        self.arrive(dice, 12)
        fault.begin(self.h, dice)
        for _ in range(dice.randrange(1, 4)):
            self.passes(dice, hasattr(fault, "kills"))
            self.arrive(dice, 6)
        fault.end(self.h)
        self.arrive(dice, 3)
        for _ in range(PASSES):
            self.passes(dice)
        self.row.points += 1
        left = self.h.book.all_waiting()
        if left:
            self.row.violation(where, "%d messages wait behind %d passes: %s" % (len(left), PASSES, self.h.said[-600:]))
            self.passes(dice)
        self.learned(where, dice)
        self.account(where, hasattr(fault, "kills"))

    def learned(self, where, dice):
        """A day later a server that was slow, or refused all, is a server like others."""
        self.arrive(dice, 3)
        self.h.clock.forward(DAY + 3600)
        self.passes(dice)
        for host in HOSTS:
            for key in ("limit", "most", "braked", "wanted"):
                if self.h.note(host, key) not in ("", "0"):
                    self.row.violation(where, "a day later .qv-status of %s still has %s %s" % (host, key, self.h.note(host, key)))
            if self.h.note(host, "mode") != "streaming" or self.h.note(host, "result") != "ok":
                self.row.violation(where, "a day later the mode is %s, the result: %s" % (self.h.note(host, "mode"), self.h.note(host, "result")))

    def account(self, where, killed):
        self.h.servers.settle()
        for m, (waits, taken, bounced) in self.h.book.fates().items():
            if waits + taken + bounced != 1 and not (taken + bounced > 1 and (killed or m in self.h.twice)):
                self.row.violation(where, "%s waits %d, was taken %d times, bounced %d times" % (m, waits, taken, bounced))
        self.h.book.forget()

    def end(self):
        self.h.end()


class Case:
    name = "faults"

    def prove(self, depth):
        row = frame.Row("a fault, and then none: all has left")
        times, few = (8, len(FAULTS) * 8) if depth.full else (1, 12)
        rounds = list(enumerate(random.Random("%s faults" % depth.seed).sample(FAULTS * times, few)))
        failed = self.life(row, depth.seed, rounds)
        alone = frame.Row(row.what)
        if failed and failed != rounds[0] and self.life(alone, depth.seed, [failed]):
            return [alone]
        return [row]

    def life(self, row, seed, rounds):
        """The first round that fails."""
        life, failed = Life(row, seed), None
        try:
            for n, fault in rounds:
                life.one(n, fault)
                failed = failed or (row.violations() and (n, fault)) or None
        finally:
            life.end()
        return failed
