"""book - which messages there are, and what has become of each."""
import os
import re
import time

from lib.engine import POPUSR, ROOT
from lib.mail import SPOOL

SUBJECT = re.compile(rb"^Subject: (m\d+)$", re.M)


class Book:
    """Messages of many hosts below root; taken: as the server (mail.Server) has noted it. clock: clockwork.Clock, where it is not the real one."""

    def __init__(self, root, server, clock=None):
        self.root, self.server, self.host, self.clock, self.came = root, server, {}, clock, {}
        self.count = 0
        os.makedirs(root + "/queued", exist_ok=True)
        os.chmod(root + "/queued", 0o1777)

    def arrive(self, host, size=200):
        """As qmail-local delivers it."""
        name = "m%d" % self.count
        self.count += 1
        at = "%s/%s%s/Maildir/new/" % (self.root, SPOOL, host)
        # Of what lies in tmp, a flush removes what seems old to it.
        made = at + ("../tmp/" if self.clock is None else "../../../../../") + name
        with open(made, "w") as f:
            f.write("Return-Path: <sender@elsewhere.test>\nDelivered-To: %s-x@%s\nSubject: %s\n\n%s\n" %
                    (host, host, name, "." * size))
        if ROOT:
            os.chown(made, *POPUSR)
        if self.clock is not None:
            self.came[name] = self.clock.time()
            os.utime(made, (self.came[name], self.came[name]))
        self.host[name] = host  # it may be gone at once
        os.rename(made, at + name)
        return name

    def waiting(self, host):
        try:
            return os.listdir("%s/%s%s/Maildir/new" % (self.root, SPOOL, host))
        except FileNotFoundError:
            return []

    def all_waiting(self):
        return [m for h in sorted(set(self.host.values())) for m in self.waiting(h)]

    def bounced(self):
        out = []
        for name in os.listdir(self.root + "/queued"):
            if not name.startswith("."):
                with open("%s/queued/%s" % (self.root, name), "rb") as f:
                    out += [m.decode() for m in SUBJECT.findall(f.read())]
        return out

    def fates(self):
        """{message: [waits, was taken, has bounced]}, how often each"""
        out = {m: [0, 0, 0] for m in self.host}
        for k, found in enumerate((self.all_waiting(), self.server.taken(), self.bounced())):
            for m in found:
                out.setdefault(m, [0, 0, 0])[k] += 1
        return out

    def forget(self):
        """A new page."""
        self.server.forget()
        for name in os.listdir(self.root + "/queued"):
            os.unlink("%s/queued/%s" % (self.root, name))
        self.host, self.came = {}, {}

    def drained(self, seconds):
        """Whether nothing waits any more, within that time."""
        until = time.time() + seconds
        while self.all_waiting():
            if time.time() > until:
                return False
            time.sleep(0.05)
        return True
