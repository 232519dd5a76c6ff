#!/usr/bin/python3
"""server.py LOG WORD...: an SMTP server on loopback that talks as some real ones do; prints its port, stops after a minute.

It keeps its own book: a line "took ID" in LOG for each message that it took ("Subject: ID" in its header), "call PORT" when a client
at PORT comes, "session WAY" when it goes, in which WAY is the most that was pipelined. A recipient with "bad" in it is refused
with 550.

  chunking, pipelining   what it offers (chunking: both)
  alike                  every success is "250 ok"
  defer=ID               451 for that message, at the end of its text
  twice[=SECONDS]        each end of a text is answered once more, so much later
  missing=N              the Nth reply of a session is not sent
  nodiscard              a BDAT that is refused is answered at once, its octets are read as commands
  behind=503             what comes in one piece with the end of data is refused
  behind=drop            the same is thrown away without a word
  limit=N                after N messages of a session MAIL gets 421, and the connection stays
  close=N                after N messages of a session it is closed
  mail=TEXT, rcpt=TEXT, end=TEXT    the reply to each such command
  for=SECONDS            it stops after that time
"""
import socket
import sys
import threading
import time


class Session:
    log, words = None, {}

    def __init__(self, c, port):
        self.c, self.port, self.buf, self.piece_end = c, port, b"", 0
        self.mail = self.rcpt = False
        self.taken = self.replies = self.behind = 0
        self.way = "lock-step"

    def more(self):
        d = self.c.recv(65536)
        if not d:
            raise EOFError
        self.buf += d

    def line(self):
        while b"\n" not in self.buf:
            self.more()
        l, self.buf = self.buf.split(b"\n", 1)
        return l.rstrip(b"\r")

    def octets(self, n):
        while len(self.buf) < n:
            self.more()
        b, self.buf = self.buf[:n], self.buf[n:]
        return b

    def say(self, text):
        self.replies += 1
        if str(self.replies) != self.words.get("missing"):
            self.c.sendall(text.encode() + b"\r\n")

    def good(self, text):
        self.say("250 ok" if "alike" in self.words else "250 " + text)

    def late(self):
        try:
            self.c.sendall(b"250 ok\r\n" if "alike" in self.words else b"250 taken again\r\n")
        except OSError:
            pass

    def end(self, body):
        self.mail = self.rcpt = False
        ident = body.split(b"Subject: ")[-1].split(b"\r")[0].decode()
        if self.words.get("defer") == ident:
            self.say("451 later")
        elif "end" in self.words:
            self.say(self.words["end"])
        else:
            self.taken += 1
            self.log.write("took %s\n" % ident)
            self.good("taken")
        if "twice" in self.words:
            threading.Timer(float(self.words["twice"]), self.late).start()
        if self.words.get("close") == str(self.taken):
            raise EOFError

    def ehlo(self):
        offers = ["odd.test"]
        if "chunking" in self.words or "pipelining" in self.words:
            offers.append("PIPELINING")
        if "chunking" in self.words:
            offers.append("CHUNKING")
        offers.append("8BITMIME")
        for i, o in enumerate(offers):
            self.c.sendall(b"250" + (b" " if i == len(offers) - 1 else b"-") + o.encode() + b"\r\n")

    def hear_mail(self):
        self.rcpt = False
        self.mail = False
        if "mail" in self.words:
            self.say(self.words["mail"])
        elif "limit" in self.words and self.taken >= int(self.words["limit"]):
            self.say("421 too many messages in this connection")
        else:
            self.mail = True
            self.good("sender ok")

    def hear_rcpt(self, l):
        if not self.mail:
            self.say("503 sender not yet given")
        elif b"bad" in l:
            self.say("550 no such user")
        elif "rcpt" in self.words:
            self.say(self.words["rcpt"])
        else:
            self.rcpt = True
            self.good("recipient ok")

    def hear_data(self):
        if not self.rcpt:
            self.say("503 no valid recipient")
            return
        self.say("354 go ahead")
        body = b"".join(x + b"\r\n" for x in iter(self.line, b"."))
        if self.buf:
            self.way = "grouped"
        if self.words.get("behind") == "drop":
            self.buf = b""
        elif self.words.get("behind") == "503":
            self.behind = self.buf.count(b"\n")
        self.end(body)

    def hear_bdat(self, l):
        if "nodiscard" in self.words and not self.rcpt:
            self.say("503 no valid recipient")
            return
        body = self.octets(int(l.split()[1]))
        self.way = "streaming"
        if self.rcpt:
            self.end(body)
        else:
            self.say("503 no valid recipient")

    def hear(self, l):
        u = l.upper()
        if self.behind > 0:
            self.behind -= 1
            self.say("503 bad sequence: behind the end of data")
        elif u.startswith(b"EHLO"):
            self.ehlo()
        elif u.startswith(b"MAIL"):
            if self.way == "lock-step" and self.buf:
                self.way = "pipelined"
            self.hear_mail()
        elif u.startswith(b"RCPT"):
            self.hear_rcpt(l)
        elif u.startswith(b"DATA"):
            self.hear_data()
        elif u.startswith(b"BDAT"):
            self.hear_bdat(l)
        elif u.startswith(b"RSET"):
            self.mail = self.rcpt = False
            self.good("flushed")
        elif u.startswith(b"QUIT"):
            self.say("221 bye")
            raise EOFError
        else:
            self.say("500 unknown")

    def run(self):
        self.log.write("call %d\n" % self.port)
        try:
            self.c.sendall(b"220 odd.test ESMTP\r\n")
            while True:
                self.hear(self.line())
        except (EOFError, OSError):
            pass
        self.log.write("session %s\n" % self.way)
        self.c.close()


def main(session):
    """As the program that is run does; session: a class of sessions."""
    session.log = open(sys.argv[1], "a", buffering=1)
    session.words = dict((w.split("=", 1) + ["0"])[:2] for w in sys.argv[2:])
    until = time.time() + int(session.words.get("for", 60))
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(50)
    s.settimeout(1)
    print(s.getsockname()[1], flush=True)
    while time.time() < until:
        try:
            c, (_, port) = s.accept()
        except socket.timeout:
            continue
        c.settimeout(50)
        threading.Thread(target=session(c, port).run, daemon=True).start()


if __name__ == "__main__":
    main(Session)
