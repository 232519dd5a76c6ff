"""calls - who calls too often is told so, and served again when the interval is over, also when the clock was set back; who fails to
log in waits, longer each time, and not for ever."""
import random

from lib import frame
from lib.clockwork import House

HOST = "some.example.com"
DAY = 86400
INTERVAL = 1000  # control/qv-call-interval
# Failed logins of an address, and the seconds that the next one then waits.
DELAYS = {3: 1, 4: 2, 5: 4, 6: 8, 7: 16, 8: 30, 9: 30}


class Calls:
    def __init__(self, row, dice):
        self.row, self.dice, self.h = row, dice, House()
        self.h.config("qv-call-interval", str(INTERVAL))
        server = self.h.servers.new()
        self.h.add(HOST, server)
        self.h.e.run("domain", "trigger", HOST, "--from", "127.0.0.1")

    def wrong(self, what):
        self.row.violation("calls", what)

    def call(self):
        """The code of the reply."""
        self.row.points += 1
        self.h.book.arrive(HOST)
        self.h.run("trigger", "etrn", stdin=b"EHLO x\r\nETRN %s\r\nQUIT\r\n" % HOST.encode(), TCPREMOTEIP="127.0.0.1")
        codes = [l[:3] for l in self.h.said.splitlines() if l[:4] in ("253 ", "458 ")]
        return codes[0] if codes else self.h.said

    def interval(self):
        for _ in range(5):
            self.h.clock.forward(INTERVAL + 1)
            if self.call() != "253":
                self.wrong("a call behind the interval: %s" % self.h.said)
            if not self.h.book.drained(20):
                self.wrong("the call leads to nothing")
            self.h.clock.forward(INTERVAL / 2 * self.dice.random())
            if self.call() != "458":
                self.wrong("a call within the interval: %s" % self.h.said)
            self.h.clock.set_back(DAY * self.dice.random() + INTERVAL)
            if self.call() != "253" or not self.h.book.drained(20):
                self.wrong("a call when the clock was set back: %s" % self.h.said)

    def login(self, leap=0):
        """One that fails; how long it takes."""
        begun = self.h.clock.monotonic()
        self.h.run("trigger", "odmr", stdin=b"EHLO x\r\nAUTH CRAM-MD5\r\nam9lIDAw\r\nQUIT\r\n", leap=leap, TCPREMOTEIP="192.0.2.1")
        self.row.points += 1
        return self.h.clock.monotonic() - begun

    def logins(self):
        for n in range(max(DELAYS) + 1):
            took = self.login(leap=0.1 if n >= min(DELAYS) else 0)
            if took < DELAYS.get(n, 0):
                self.wrong("behind %d failed logins one takes %.1f seconds: %s" % (n, took, self.h.said))

    def forgotten(self, what):
        took = self.login()
        if took > 20:
            self.wrong("%s a login still takes %.1f seconds" % (what, took))

    def end(self):
        self.h.end()


class Case:
    name = "calls"

    def prove(self, depth):
        row = frame.Row("calls: their interval, and failed logins")
        c = Calls(row, random.Random("%s calls" % depth.seed))
        try:
            c.interval()
            c.logins()
            c.h.clock.forward(31 * 60)
            c.forgotten("half an hour later")
            c.logins()
            c.h.clock.set_back(DAY)
            c.forgotten("when the clock was set back")
        finally:
            c.end()
        return [row]
