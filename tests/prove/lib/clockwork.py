"""clockwork - a gateway in the build for this machine's C library, whose clock (clock.c) is ours: weeks take seconds.

Nothing waits for real time but what is at work: while a process runs that a server does not keep waiting, the clock goes as
ever; then it leaps.
"""
import mmap
import os
import signal
import struct
import subprocess
import time

from lib import mail, processes
from lib.book import Book
from lib.engine import TESTBIN, Engine, preload
from lib.soaked import TWICE

HOSTED = os.path.normpath(TESTBIN + "/../../qvmail")
LEAP = 30  # seconds, while a server is silent
PATIENCE = 60  # real ones, for what should come to an end


class Clock:
    def __init__(self, path):
        self.path = path
        with open(path, "wb") as f:
            f.write(bytes(16))
        os.chmod(path, 0o644)
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 16)
        self.ahead = [0, 0]

    def _set(self):
        self.map[:] = struct.pack("qq", *self.ahead)

    def forward(self, seconds):
        self.ahead = [a + int(seconds * 1000) for a in self.ahead]
        self._set()

    def set_back(self, seconds):
        """The time of day alone."""
        self.ahead[1] -= int(seconds * 1000)
        self._set()

    def time(self):
        return time.time() + self.ahead[1] / 1000

    def monotonic(self):
        return time.monotonic() + self.ahead[0] / 1000


class Server(mail.Server):
    """With one mood for all."""

    def __init__(self):
        super().__init__("", "prove/lib/moody.py")
        self.mood("well")

    def mood(self, mood):
        self.said = mood
        with open(self.log + ".new", "w", encoding="ascii") as f:
            f.write(mood)
        os.rename(self.log + ".new", self.log + ".mood")


class Servers:
    """As one, for the book."""

    def __init__(self):
        self.all = []

    def new(self):
        self.all.append(Server())
        return self.all[-1]

    def settle(self):
        for s in self.all:
            if s.said != "silent":
                s.settle()

    def forget(self):
        for s in self.all:
            s.forget()

    def taken(self):
        return [m for s in self.all for m in s.taken()]

    def silent(self):
        """One of them owes a reply."""
        return any(s.said in ("silent", "odd") for s in self.all)

    def end(self):
        for s in self.all:
            s.end()


class House:
    def __init__(self):
        self.e, self.servers = Engine(HOSTED), Servers()
        self.clock = Clock(self.e.dir + "/clock")
        self.root, self.of = self.e.root, {}
        self.e.pristine()
        mail.queue(self.root)
        self.book = Book(self.root, self.servers, self.clock)
        self.config("qv-grace", "0")
        self.said, self.twice = "", set()  # twice: what was said to arrive so

    def config(self, name, text):
        with open(self.root + "/var/qmail/control/" + name, "w", encoding="ascii") as f:
            f.write(text + "\n")

    def at(self, host, name):
        return "%s/%s%s/%s" % (self.root, mail.SPOOL, host, name)

    def add(self, host, server, *options):
        self.of[host] = server
        self.e.run("domain", "add", "dialup", host, "h", "--relayhost", "127.0.0.1:%d" % server.port, *options)
        return host

    def spawn(self, *words, log=None, **env):
        env = dict(PATH=os.environ["PATH"], QVMAIL_ROOT=self.root, LC_ALL="C", LD_PRELOAD=preload("clock"), CLOCK=self.clock.path, **env)
        return subprocess.Popen([self.e.qvmail, *words], env=env, cwd="/", stdin=subprocess.PIPE,
                                stdout=log or subprocess.DEVNULL, stderr=log or subprocess.DEVNULL, start_new_session=True)

    def run(self, *words, stdin=None, kill=None, leap=0, **env):
        """
        Until it has ended; kill: its whole session, so many real seconds later; leap: seconds of ours in a millisecond. Its exit
        code; self.said is what it said.
        """
        with open(self.e.dir + "/said", "w+b") as log:
            p = self.spawn(*words, log=log, **env)
            if stdin:
                p.stdin.write(stdin)
            p.stdin.close()
            begun = time.monotonic()
            while p.poll() is None:
                if kill is not None and time.monotonic() - begun > kill:
                    os.killpg(p.pid, signal.SIGKILL)
                elif time.monotonic() - begun > PATIENCE:
                    os.killpg(p.pid, signal.SIGKILL)
                    raise SystemExit("prove: %s does not end" % " ".join(words))
                if leap or self.servers.silent():
                    self.clock.forward(leap or LEAP)
                time.sleep(0.001)
            log.seek(0)
            self.said = log.read().decode(errors="replace")
        self.twice |= {a or b for a, b in TWICE.findall(self.said)}
        return p.returncode

    def quiet(self, p):
        """No flush of the master p is at work."""
        begun = time.monotonic()
        time.sleep(0.006)
        while processes.below(p.pid):
            if self.servers.silent():
                self.clock.forward(LEAP)
            if time.monotonic() - begun > PATIENCE:
                raise SystemExit("prove: a flush does not end")
            time.sleep(0.002)

    def note(self, host, key):
        """Of .qv-status; "": not there."""
        try:
            with open(self.at(host, ".qv-status"), encoding="latin-1") as f:
                lines = [l.rstrip("\n").partition(" ") for l in f]
        except OSError:
            return ""
        return next((v for k, _, v in lines if k == key), "")

    def end(self):
        self.servers.end()
        self.e.end()
