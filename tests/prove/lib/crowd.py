"""crowd - hundreds of administrators at once, each at his own domains; whoever holds the lock may be killed, and comes again.

All the while qmail's view is looked at: what rcpthosts accepts is routed and can be delivered. At the end each has what he made,
nobody has what he took away, nothing is left behind, and qv-check finds nothing.
"""
import os
import random
import signal
import subprocess
import threading
import time

from lib import frame, gateway, tree
from lib.commands import write
from lib.engine import Engine

DELIVERED, NOT_THERE, REFUSED = "delivered", "no mailbox here by that name", "refused"


class Administrator:
    """Commands for domains of his own, in their order, and what is there when all are done."""

    def __init__(self, number, dice):
        self.n, self.steps, self.fates, self.files, self.kept = number, [], {}, {}, []
        for what in dice.sample((self.pop, self.dialup, self.relay, self.imports, self.alias), 2):
            what(dice)
        self.steps.insert(dice.randrange(len(self.steps) + 1), (dice.choice(("newu", "newmrh", "check --fix -q", "domain export", "hup")), None))

    def domain(self, kind):
        return "%s%d.example.com" % (kind, self.n)

    def give(self, command, stdin=None):
        self.steps.append((command, stdin))

    def becomes(self, local, d, fate):
        self.fates[local.encode(), d.encode()] = fate

    def removes(self, command, what, dice):
        """Without --purge qv-check will find that it is of no use any more."""
        purge = dice.random() < 0.5
        self.give(command + (" --purge" if purge else ""))
        self.kept += [] if purge else [what]

    def goes(self, d, dice, *locals_):
        """It may be taken away again."""
        if dice.random() < 0.4:
            self.removes("domain del %s" % d, "/" + d, dice)
            for local in locals_:
                self.becomes(local, d, REFUSED)

    def pop(self, dice):
        d = self.domain("p")
        self.give("domain add pop %s h%d" % (d, self.n))
        self.give("mailbox add joe@%s --password-fd 0" % d, "secret\n")
        self.give("mailbox forward info@%s joe@%s x@example.net" % (d, d))
        self.give("mailbox add ann@%s --box h%d-0007" % (d, self.n))
        self.give("mailbox passwd h%d-0007 --password-fd 0" % self.n, "another\n")
        self.becomes("ann", d, DELIVERED)
        if dice.random() < 0.5:
            self.removes("mailbox del ann@%s" % d, "/h%d-0007" % self.n, dice)
            self.becomes("ann", d, NOT_THERE)
        if dice.random() < 0.3:
            self.give("mailbox default %s joe@%s" % (d, d))
            self.becomes("ann", d, DELIVERED)
        for local in ("joe", "info", "postmaster"):
            self.becomes(local, d, DELIVERED)
        self.goes(d, dice, "joe", "info", "postmaster", "ann")

    def dialup(self, dice):
        d = self.domain("d")
        at = "home/serialmail/%s/" % d
        self.give("domain add dialup %s h%d --relayhost 192.0.2.1" % (d, self.n))
        self.give("domain pause " + d)
        self.give("domain relayhost %s 192.0.2.2:26 192.0.2.3" % d)
        self.give("domain quota %s 10,1000" % d)
        self.files[at + "RELAYHOST"], self.files[at + ".qv-paused"] = b"192.0.2.2:26\n192.0.2.3\n", b""
        if dice.random() < 0.5:
            self.give("domain resume " + d)
            self.files[at + ".qv-paused"] = None
        self.becomes("x", d, DELIVERED)
        self.goes(d, dice, "x")
        if "domain del" in self.steps[-1][0]:
            self.files = {}

    def relay(self, dice):
        d = self.domain("r")
        self.give("domain add relay %s mail.example.org" % d)
        self.becomes("x", d, "sent to")
        self.goes(d, dice, "x")

    def alias(self, dice):
        d, old = self.domain("a"), self.domain("o")
        self.give("domain add pop %s o%d" % (old, self.n))
        self.give("domain alias %s %s" % (d, old))
        self.becomes("postmaster", d, DELIVERED)
        self.goes(d, dice, "postmaster")

    def imports(self, dice):
        d = self.domain("i")
        self.give("domain import", "domain add pop %s i%d\nmailbox add joe@%s --box i%d-0001\ndomain add backup b%s\n" % (d, self.n, d, self.n, d))
        for local, name, fate in (("joe", d, DELIVERED), ("postmaster", d, DELIVERED), ("x", "b" + d, "sent to its MX")):
            self.becomes(local, name, fate)
        self.goes(d, dice, "joe", "postmaster")


class Live:
    """A tree that is looked at when it is asked for something, as a tree of lib/tree.py."""

    def __init__(self, root):
        self.root, self.seen = root, {}

    def get(self, path, default=None):
        if path not in self.seen:
            try:
                self.seen[path] = tree.Entry(os.path.join(self.root, path))
            except FileNotFoundError:
                self.seen[path] = None
        return self.seen[path] if self.seen[path] is not None else default

    def __getitem__(self, path):
        return self.get(path)

    def __contains__(self, path):
        return self.get(path) is not None


def unresolvable(g):
    """What is accepted and bounces: lines."""
    for d in sorted(g.rcpthosts - g.locals):
        got = g.routed(b"postmaster", d.lstrip(b"."))[0]
        if got not in (DELIVERED, "sent to", "sent to its MX"):
            yield "mail for postmaster@%s is accepted: %s" % (d.decode(), got)


class Crowd:
    def __init__(self, name, many, row, seed):
        self.name, self.row, self.seed = name, row, seed
        self.e, self.lock, self.over, self.kills, self.looks = Engine(), threading.Lock(), threading.Event(), 0, 0
        self.all = [Administrator(n, random.Random("%s %d" % (seed, n))) for n in range(many)]

    def wrong(self, what, where=""):
        with self.lock:
            self.row.violation(self.name + where, what)

    def once(self, command, stdin):
        env = dict(PATH=os.environ["PATH"], QVMAIL_ROOT=self.e.root, LC_ALL="C")
        p = subprocess.Popen([self.e.qvmail, *command.split(), "-w", "300"], env=env, cwd="/", stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            out, _ = p.communicate(stdin.encode() if stdin else None)
        except BrokenPipeError:
            out = b""
            p.wait()
        return p.returncode, out.decode(errors="replace")

    def work(self, a):
        """Who is killed gives the command again."""
        for command, stdin in a.steps:
            tries = 0
            while True:
                code, out = self.once(command, stdin)
                tries += 1
                if code != -signal.SIGKILL:
                    break
            with self.lock:
                self.row.points += 1
            done = tries > 1 and code == 100 and " del " in command  # it was killed behind its last step
            if code != 0 and not done and not (code == 1 and command.startswith("check")):
                self.wrong("exit %d: %s" % (code, out), ", %s, the %d. time" % (command, tries))

    def holder(self):
        """The pid of whoever holds the lock; 0: nobody."""
        try:
            inode = ":%d" % os.stat(self.e.root + "/var/qmail/users/qv-lock").st_ino
        except FileNotFoundError:
            return 0
        with open("/proc/locks", encoding="ascii") as f:
            for l in f:
                w = l.split()
                if w[1] == "FLOCK" and w[5].endswith(inode):
                    return int(w[4])
        return 0

    def killer(self):
        dice = random.Random("%s kill" % self.seed)
        # Not for ever: on a machine that is slow nobody would come to an end.
        while self.kills < len(self.all) and not self.over.wait(0.02 + 0.1 * dice.random()):
            pid = self.holder()
            if pid > 0:
                try:
                    os.kill(pid, signal.SIGKILL)
                    self.kills += 1
                except ProcessLookupError:
                    pass

    def accepted(self):
        st = os.stat(self.e.root + "/" + gateway.CONTROL + "rcpthosts")
        return st.st_ino, st.st_mtime_ns

    def looker(self):
        """As long as rcpthosts is what it was, whatever it accepts must resolve."""
        while not self.over.wait(0.01):
            before = self.accepted()
            try:
                found = list(unresolvable(gateway.Gateway(Live(self.e.root))))
            except (gateway.Broken, IndexError, ValueError) as e:
                self.wrong("does not parse: %s" % e)
                continue
            if self.accepted() == before:
                self.looks += 1
                for what in found:
                    self.wrong(what, ", while they work")

    def run(self):
        self.e.pristine()
        write(self.e.root, gateway.CONTROL + "morercpthosts", "more.example.org\n")
        self.once("newmrh", None)
        beside = [threading.Thread(target=t) for t in (self.killer, self.looker)]
        crew = [threading.Thread(target=self.work, args=(a,)) for a in self.all]
        for t in beside + crew:
            t.start()
        for t in crew:
            t.join()
        self.over.set()
        for t in beside:
            t.join()

    def judge(self):
        code, out = self.once("check", None)
        now = tree.take(self.e.root)
        g = gateway.Gateway(now)
        kept = tuple(k + ":" for a in self.all for k in a.kept)
        for l in out.splitlines():
            if not (l.startswith("warning: ") and any(k in l for k in kept)):
                self.wrong("at the end qv-check, exit %d: %s" % (code, l))
        for path in sorted(now):
            if tree.temporary(path):
                self.wrong("left behind: %s" % path)
        for what in unresolvable(g):
            self.wrong(what)
        for a in self.all:
            self.judge_one(g, now, a)

    def judge_one(self, g, now, a):
        where = ", administrator %d: %s" % (a.n, "; ".join(c for c, _ in a.steps))
        for (local, d), fate in a.fates.items():
            got = g.mail(local, d)[0][0]
            if got != fate:
                self.wrong("mail for %s@%s: %s; it should be: %s" % (local.decode(), d.decode(), got, fate), where)
            elif fate == DELIVERED and any(how not in ("Maildir", "") for _, how in g.routed(local, d)[2]):
                self.wrong("mail for %s@%s: %s" % (local.decode(), d.decode(), g.routed(local, d)), where)
        for path, data in a.files.items():
            if (now[path].data if path in now else None) != data:
                self.wrong("%s is not what it was made" % path, where)

    def end(self):
        self.e.end()


class Case:
    name = "administrators"

    def crowd(self, many, row, seed):
        begun, c = time.time(), Crowd(self.name, many, row, seed)
        try:
            c.run()
            c.judge()
        finally:
            c.end()
        return "  %d killed, looked at %d times, %d seconds" % (c.kills, c.looks, time.time() - begun)

    def prove(self, depth):
        many = 300 if depth.full else 100
        row = frame.Row("%d administrators at once" % many)
        said = self.crowd(many, row, depth.seed)
        if depth.full:
            frame.note(said)
        return [self.smallest(row, row.what, many, depth.seed)]

    def smallest(self, row, what, many, seed):
        """As few as will do for a violation; which of them are first may be luck, so that each number is tried some times."""
        while row.violations() and many > 1:
            many //= 2
            for _ in range(5):
                fewer = frame.Row("%s, the first %d alone" % (what, many))
                self.crowd(many, fewer, seed)
                if fewer.violations():
                    break
            if not fewer.violations():
                break
            row = fewer
        return row
