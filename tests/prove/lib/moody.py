#!/usr/bin/python3
"""moody.py LOG WORD...: tests/odd/server.py with moods: each session has one of its own, as seed=N decides; a file LOG.good
ends all of them. Without a seed all have the one that stands in LOG.mood, from the first command on.

It offers CHUNKING, PIPELINING or neither. It takes mail well; or with 421, drops the line, is silent and then drops it, after
so many commands; or takes half a second for a reply; or refuses all. Of the messages it refuses some for good, some for now, and
sometimes it takes one and goes without a word.
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "odd"))
sys.dont_write_bytecode = True
import server  # noqa: E402

MOODS = ["well"] * 8 + ["busy", "drop", "stall", "slow", "refuse", "closed"]
REFUSALS = {"refuse": "550 5.7.1 not from you", "later": "451 4.3.0 later", "wants": "530 5.7.0 Must issue a STARTTLS command first"}
SILENCE = 3  # seconds


class Session(server.Session):
    count = 0

    def __init__(self, c, port):
        super().__init__(c, port)
        Session.count += 1
        self.dice = random.Random("%s %d" % (self.words.get("seed"), Session.count))
        self.one_mood = "seed" not in self.words
        if self.one_mood:
            self.words, self.mood, self.at = {"chunking": "0"}, self.told(), 2
            if self.mood == "odd":
                self.words["missing"] = "4"
            return
        self.words = dict.fromkeys(self.dice.choice((("chunking",), ("chunking",), ("pipelining",), ())), "0")
        self.mood = self.dice.choice(MOODS)
        self.at = self.dice.randrange(1, 40)  # the command at which it shows
        if self.is_good():
            self.at = 0

    def told(self):
        with open(self.log.name + ".mood", encoding="ascii") as f:
            return f.read()

    def is_good(self):
        return self.one_mood or os.path.exists(self.log.name + ".good")

    def leave(self):
        raise EOFError

    def busy(self):
        self.say("421 4.3.2 not now")
        self.leave()

    def stall(self):
        time.sleep(SILENCE)
        self.leave()

    def silent(self):
        while self.c.recv(65536):
            pass
        self.leave()

    def slow(self):
        time.sleep((0.05 if self.one_mood else 0.5) * self.dice.random())
        self.at += self.dice.randrange(1, 10)

    def show(self):
        {"busy": self.busy, "drop": self.leave, "stall": self.stall, "slow": self.slow, "silent": self.silent}.get(self.mood, lambda: None)()

    def hear(self, l):
        self.at -= 1
        if self.at == 0:
            self.show()
        super().hear(l)

    def hear_mail(self):
        if self.mood in REFUSALS and (self.one_mood or not self.is_good()):
            self.mail = self.rcpt = False
            self.say(REFUSALS[self.mood])
        else:
            super().hear_mail()

    def hear_rcpt(self, l):
        what = self.dice.random()
        if self.mail and what < 0.02 and not self.is_good():
            self.say("550 5.1.1 no such user" if what < 0.01 else "450 4.2.1 not now")
        else:
            super().hear_rcpt(l)

    def end(self, body):
        what = self.dice.random()
        if what > 0.06 or self.is_good():
            super().end(body)
        elif what > 0.02:
            self.mail = self.rcpt = False
            self.say("554 5.6.0 not this one" if what > 0.04 else "451 4.3.0 later")
        elif what > 0.01:
            self.leave()
        else:
            self.say = lambda text: self.leave()  # it takes the message, and that is never heard
            super().end(body)

    def run(self):
        if self.mood == "closed" and (self.one_mood or not self.is_good()):
            self.hang_up()
        else:
            super().run()

    def hang_up(self):
        self.log.write("call %d\nsession refused\n" % self.port)
        self.c.close()


if __name__ == "__main__":
    server.main(Session)
