"""mail - every command that sends mail, with a server that takes it, refuses some of it, or takes it later.

A server (tests/odd/server.py) keeps its own book, a stand-in for qmail-queue (tests/bench/queue) what bounced. At every moment
each message waits, was taken or has bounced; who is in two of these places will be there twice, and that must be said.
"""
import base64
import hmac
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from lib import tree
from lib.commands import write
from lib.engine import POPUSR, REPO, ROOT, TESTBIN

HOST = "some.example.com"
OTHER = "other.example.com"
SPOOL = "home/serialmail/"


def over(s):
    """Who waits in another thread is woken by the shutdown alone."""
    try:
        s.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    s.close()


class Server:
    def __init__(self, words, program="odd/server.py"):
        self.dir = tempfile.mkdtemp(prefix="qvmail-prove-server.")
        self.log = self.dir + "/log"
        self.p = subprocess.Popen([sys.executable, "%s/tests/%s" % (REPO, program), self.log, "for=3600", *words.split()],
                                  stdout=subprocess.PIPE)
        self.port = int(self.p.stdout.readline())
        self.from_here = 0

    def _lines(self):
        with open(self.log) as f:
            f.seek(self.from_here)
            return f.read().split("\n")[:-1]

    def forget(self):
        self.settle()
        self.from_here = os.path.getsize(self.log)

    def settle(self):
        """Waits until whatever was sent is read. Calls are taken in their order, so that ours is the last."""
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            mine = "call %d" % s.getsockname()[1]
        for _ in range(9000):
            lines = self._lines()
            if mine in lines and sum(l.startswith("call ") for l in lines) == sum(l.startswith("session ") for l in lines):
                return
            time.sleep(0.001)
        raise SystemExit("prove: the server does not come to an end")

    def taken(self):
        return [l[5:] for l in self._lines() if l.startswith("took ")]

    def end(self):
        self.p.kill()
        self.p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


class Caller:
    """A customer who is called here, logs in, and has the connection turned to his server."""

    def __init__(self, server, say):
        self.server, self.say = server, say
        self.s = socket.socket()
        self.s.bind(("127.0.0.1", 0))
        self.s.listen(50)
        self.port = self.s.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                c, _ = self.s.accept()
            except OSError:
                return
            threading.Thread(target=self.call, args=(c,), daemon=True).start()

    def call(self, c):
        try:
            c.settimeout(20)
            f = c.makefile("rb")
            f.readline()
            for word in self.say:
                self.one(c, f, word)
        except (OSError, IndexError, ValueError):
            pass
        finally:
            over(c)

    def one(self, c, f, word):
        if word != "login":
            c.sendall(word.encode() + b"\r\n")
            if f.readline().startswith(b"250 ") and word.startswith("ATRN"):
                self.turn(c, f)
            return
        c.sendall(b"AUTH CRAM-MD5\r\n")
        challenge = base64.b64decode(f.readline().split(b" ")[1])
        digest = hmac.new(b"geheim", challenge, "md5").hexdigest()
        c.sendall(base64.b64encode(b"joe " + digest.encode()) + b"\r\n")
        f.readline()

    def turn(self, c, f):
        s = socket.create_connection(("127.0.0.1", self.server.port))
        threading.Thread(target=self.back, args=(s, c), daemon=True).start()
        try:
            for data in iter(lambda: f.read1(65536), b""):
                s.sendall(data)
        finally:
            over(s)

    def back(self, s, c):
        try:
            for data in iter(lambda: s.recv(65536), b""):
                c.sendall(data)
        except OSError:
            pass

    def end(self):
        self.s.close()


class Mail:
    """A case: who sends, to which kind of server, which messages are there."""

    talks = True

    def __init__(self, name, command, server, *messages, hosts=(HOST,), say=None, setup=(), exits=0, stdin=None, background=False):
        self.name, self.command, self.server, self.messages = name, command, server, messages or ("ok1", "ok2", "bad3", "ok4")
        self.hosts, self.say, self.setup, self.exits, self.stdin = hosts, say, setup, exits, stdin
        self.background = background  # its exit code does not tell how the flush has ended

    def prepared(self, engine):
        return Prepared(engine, self)


def leave(root, host, name, age):
    path = "%s%s/Maildir/new/%s" % (SPOOL, host, name)
    write(root, path, "Return-Path: <sender@elsewhere.test>\nDelivered-To: %s-%s@%s\nSubject: %s\n\nHello.\n" % (host, name, host, name), POPUSR)
    when = time.time() - age
    os.utime(root + "/" + path, (when, when))


def queue(root):
    """A stand-in for qmail-queue."""
    shutil.copytree(TESTBIN, root + "/var/qmail/bin", ignore=lambda _, names: [n for n in names if n != "queue"])
    os.rename(root + "/var/qmail/bin/queue", root + "/var/qmail/bin/qmail-queue")
    os.mkdir(root + "/queued")
    os.chmod(root + "/queued", 0o1777)


class Prepared:
    def __init__(self, engine, case):
        self.e, self.case, self.name = engine, case, case.name
        self.server = Server(case.server)
        self.caller = Caller(self.server, case.say) if case.say else None
        engine.pristine()
        self.build()
        self.command = case.command.replace("PORT", str(self.server.port)).replace("SPOOL", engine.root + "/" + SPOOL).split("|")
        self.command = self.command[0].split() + self.command[1:]
        self.ids = {("%s" % m): h for h in case.hosts for m in self.named(h)}
        self.relieve = None  # called before it is run again: what was short is there
        self.was = tree.take(engine.root)
        self.ran = self.run(act="none")
        self.after = tree.take(engine.root)
        self.fates = self.look()

    def named(self, host):
        return [m if host == HOST else m + "x" for m in self.case.messages]

    def build(self):
        e = self.e
        for i, host in enumerate(self.case.hosts):
            self.configure("domain add dialup %s ex1 --relayhost 127.0.0.1:%d" % (host, self.server.port))
            for k, m in enumerate(self.named(host)):
                leave(e.root, host, m, 3000 - 100 * i - k)
        for step in self.case.setup:
            self.configure(step)
        for name, text in (("qv-grace", "0\n"), ("qv-call-interval", "0\n"), ("qv-brake", "0\n")):
            write(e.root, "var/qmail/control/" + name, text)
        queue(e.root)

    def configure(self, command):
        ran = self.e.run(*command.split(), stdin="geheim\n")
        if ran.code != 0:
            raise SystemExit("prove: %s: %s: %s" % (self.name, command, ran.err))

    def reset(self):
        tree.put_back(self.e.root, self.was)
        self.server.forget()

    def run(self, prefix=(), **how):
        stdin = "tcp:%d" % self.caller.port if self.caller else self.case.stdin
        command = (*prefix, self.e.qvmail, *self.command) if prefix else self.command
        ran = self.e.run(*command, stdin=stdin, **how)
        self.server.settle()
        return ran

    def end(self):
        if self.caller:
            self.caller.end()
        self.server.end()

    def undisturbed(self):
        if self.ran.code != self.case.exits:
            yield "undisturbed: exit %s: %s" % (self.ran.code, self.ran.err)
        for m, (waits, taken, bounced) in self.fates.items():
            good = (0, 0, 1) if m.startswith("bad") else (1, 0, 0) if m.startswith("later") else (0, 1, 0)
            if (waits, taken, bounced) != good:
                yield "undisturbed: %s waits %d, was taken %d times, bounced %d times: %s" % (m, waits, taken, bounced, self.ran.err)

    def look(self):
        """{message: how often it waits, was taken, has bounced}"""
        taken, e = self.server.taken(), self.e
        bounced = []
        for name in os.listdir(e.root + "/queued"):
            if not name.startswith("."):
                with open(e.root + "/queued/" + name, "rb") as f:
                    bounced += [m.decode() for m in re.findall(rb"^Subject: ((?:ok|bad|later|old)\w+)$", f.read(), re.M)]
        return {m: (int(any(os.path.exists("%s/%s%s/Maildir/%s/%s" % (e.root, SPOOL, h, d, m)) for d in ("new", "cur"))),
                    taken.count(m), bounced.count(m)) for m, h in self.ids.items()}

    def files(self):
        """Nothing but mail, queue and notes of the attempt changes."""
        now = tree.take(self.e.root)
        for path in sorted(set(now) | set(self.was) | set(self.after)):
            name = path.rsplit("/", 1)[-1]
            if "/Maildir/" in path or path.startswith("queued/") or path in ("", "queued") or name == "Maildir" or tree.temporary(path):
                continue
            a, legal = now.get(path), (self.was.get(path), self.after.get(path))
            if name.startswith(".qv-"):
                if a is not None and not any(x is not None and a.key()[:4] == x.key()[:4] for x in legal):
                    yield "%s: mode %o, owner %d:%d" % (path, a.mode, a.uid, a.gid)
                if a is not None and a.is_file() and a.data and not a.data.endswith(b"\n"):
                    yield "%s ends within a line" % path
            elif not any((a is None and x is None) or (a is not None and x is not None and a.key() == x.key()) for x in legal):
                yield "%s is neither old nor new" % path

    def disturbed(self, ran, said):
        """What is wrong behind a run that was struck. said: whoever was struck could say that a message goes twice."""
        fates = self.look()
        for m, (waits, taken, bounced) in fates.items():
            if waits + taken + bounced == 0:
                yield "%s is lost" % m
            if waits and taken + bounced and said and not self.twice(ran, m):
                yield "%s will be there twice, and nobody says so: %s" % (m, ran.err)
            if taken > 1 and not self.twice(ran, m):
                yield "%s was sent %d times: %s" % (m, taken, ran.err)
        yield from self.files()
        yield from self.once_more(fates)

    def twice(self, ran, m):
        if "accepted meanwhile will arrive twice" in ran.err:
            return True
        return re.search(r"%s\b.*twice|twice.*%s\b|not removed.*%s\b" % (m, m, m), ran.err) is not None

    def once_more(self, before):
        if self.relieve:
            self.relieve()
        again = self.run()
        if again.code != self.case.exits:
            yield "run again: exit %s: %s" % (again.code, again.err)
        for m, (waits, taken, bounced) in self.look().items():
            if waits != self.fates[m][0]:
                yield "run again: %s %s" % (m, "waits: " + again.err if waits else "does not wait")
            if taken + bounced > max(1, sum(before[m][1:])) and not before[m][0] and not self.twice(again, m):
                yield "run again: %s was taken %d times, bounced %d times: %s" % (m, taken, bounced, again.err)
        # The next note of an attempt takes the place of what was begun of the last one.
        left = [p for p in tree.take(self.e.root) if tree.temporary(p) and "/..qv-" not in p]
        if left:
            yield "run again: left behind: %s" % left[0]
        yield from self.files()

    def killed(self, ran, act):
        yield from self.disturbed(ran, False)

    def failed(self, ran, error, reason, for_ever):
        if ran.code == "hang" or ran.code not in (0, 100, 111):
            yield "exit %s: %s" % (ran.code, ran.err)
        if ran.code not in (self.case.exits, "hang") and not ran.err:
            yield "exit %s without a word" % ran.code
        if ran.code == 0 and self.case.exits == 0 and not (self.case.background and (ran.err or self.caller)) and any(waits for waits, _, _ in self.look().values()):
            yield "exit 0, and mail waits: %s" % ran.err
        yield from self.disturbed(ran, True)


ODMR = ("domain trigger %s --user joe --secret-fd 0 --from 127.0.0.1" % HOST,)
CASES = [
    Mail("flush, lock-step", "flush " + HOST, ""),
    Mail("flush, grouped", "flush " + HOST, "pipelining"),
    Mail("flush, streaming", "flush " + HOST, "chunking"),
    Mail("flush, some of it later", "flush " + HOST, "pipelining defer=later2", "ok1", "later2", "bad3", exits=111),
    Mail("flush -P 2", "flush -P 2 " + HOST, "chunking"),
    Mail("flush of two hosts", "flush %s %s" % (HOST, OTHER), "pipelining", "ok1", "bad2", hosts=(HOST, OTHER)),
    Mail("master, one pass", "master", "chunking", "ok1", "bad2", hosts=(HOST, OTHER), background=True),
    Mail("maildirsmtp", "maildirsmtp SPOOL%s/Maildir %s- 127.0.0.1:PORT gw.example.net" % (HOST, HOST), "pipelining"),
    Mail("maildirserial", "maildirserial -b SPOOL%s/Maildir %s- /bin/sh -c|"
         "cat >/dev/null; printf 'new/bad3\\0Dnever\\n'" % (HOST, HOST), "", "bad3"),
    Mail("trigger odmr", "trigger odmr", "chunking", say=("login", "ATRN", "QUIT"), setup=ODMR, background=True),
    Mail("trigger etrn", "trigger etrn", "chunking", say=("ETRN " + HOST, "QUIT"), setup=ODMR, background=True),
    Mail("trigger hello", "trigger hello", "pipelining", setup=ODMR, background=True),
]


def cases():
    """Root alone has somebody's secrets to read and becomes popusr."""
    return [c for c in CASES if ROOT or not c.name.startswith("trigger")]
