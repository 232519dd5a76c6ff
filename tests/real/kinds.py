"""kinds - the mail that real servers are given, and how it comes to lie in a dial-up host's Maildir."""

import json
import os
import time

HOST = "some.example.com"
HEAD = b"Date: Sat, 28 Nov 2026 09:00:00 +0000\nFrom: a@x.test\nTo: b@x.test\nMessage-ID: <1@x.test>\nX-Id: %s.\n\n"
FIRST = int(time.time()) - 10000


def numbered(count):
    return b"".join(b"line %d of it, with some text\n" % i for i in range(count))


BODIES = [
    b"Hello.\n",
    b".\n..\n.a\n...\n",
    "\u00e4\u00f6\u00fc \u20ac\n".encode() + bytes(range(160, 255)) + b"\n",
    b"no newline at the end",
    b"x" * 900 + b"\n" + b"." * 900 + b"\n",
    b"",
    b"\n\n\n",
    numbered(200),
]

# Texts below a header of ours, and texts without one: (name, bytes).
BELOW = [
    ("plain", b"Hello.\n"),
    ("header alone, then nothing", b""),
    ("blank lines", b"\n\n\n"),
    ("no newline at the end", b"the end"),
    ("dots", b".\n..\n.a\n...\n" + b"." * 70 + b"\n.\n"),
    ("8-bit text", bytes(range(160, 256)) + b"\n"),
    ("UTF-8 text", "\u00e4\u00f6\u00fc \u20ac \U0001f4e8\n".encode()),
    ("line of 998", b"x" * 998 + b"\n"),
    ("line of 998 dots", b"." * 998 + b"\n"),
    ("line of 2000", b"x" * 2000 + b"\n"),
    ("line of 20000", b"x" * 20000 + b"\nshort\n"),
    ("bare CR in a line", b"one\rtwo\n"),
    ("CR before each newline", b"one\r\ntwo\r\n"),
    ("dot between two CR", b"one\r\n.\r\nMAIL FROM:<smuggled@x.test>\r\n"),
    ("CR dot CR, no newlines", b"one\r.\rMAIL FROM:<smuggled@x.test>\r"),
    ("NUL", b"one\0two\n\0\n"),
    ("control characters", bytes(c for c in range(1, 32) if c not in b"\r\n") + b"\x7f\n"),
    ("From at a line's start", b"From me to you\n>From me\n"),
    ("1 MB", numbered(33000)),
]
BARE = [
    ("nothing at all", b""),
    ("1 byte", b"x"),
    ("one newline", b"\n"),
    ("a dot alone", b"."),
    ("no header", b"Hello you,\nthis text has no header.\n"),
    ("no header, a colon", b"http://x.test/ is where it is.\nNo: header.\n"),
    ("header that nothing ends", b"Subject: a test\nFrom: a@x.test\n"),
    ("header without Date", b"Subject: a test\nFrom: a@x.test\n\ntext\n"),
    ("header line of 2000", b"Subject: " + b"x" * 1991 + b"\n\ntext\n"),
    ("8-bit header", "Subject: \u00e4\u00f6\u00fc\n\ntext\n".encode()),
]
# Envelopes, each with a plain text: (name, sender, local part as qmail-local leaves it).
ENVELOPES = [
    ("local part with a blank", "s@x.test", "k-a b"),
    ("local part with quote and backslash", "s@x.test", 'k-a"b\\c'),
    ("local part with brackets", "s@x.test", "k-a<b>c"),
    ("local part with two dots", "s@x.test", "k-a..b"),
    ("local part with a dot last", "s@x.test", "k-a."),
    ("local part with a dot first", "s@x.test", ".k-a"),
    ("local part of 64", "s@x.test", "k-" + "a" * 62),
    ("local part of 200", "s@x.test", "k-" + "a" * 198),
    ("SMTPUTF8 recipient", "s@x.test", "k-\u00e4\u20ac"),
    ("SMTPUTF8 sender", "\u00e4\u20ac@x.test", "k-utf8"),
    ("latin1 recipient", "s@x.test", "k-\udce4"),
    ("null sender", "", "k-null"),
    ("sender #@[]", "#@[]", "k-double"),
    ("sender quoted", '"a b"@x.test', "k-quoted"),
    ("sender at an address literal", "s@[192.0.2.1]", "k-literal"),
    ("recipient refused", "s@x.test", "bad"),
]


def head(name):
    return HEAD % name.replace(" ", "_").encode()


def many(count):
    """One in ten is refused."""
    for n in range(count):
        text = head(f"many{n}") + BODIES[n % len(BODIES)]
        yield "many", f"many{n}", "s@x.test", f"bad{n}" if n % 10 == 9 else f"k-{n}", text


def literals(count):
    """One in five has a sender that Exim calls a syntax error."""
    for n in range(count):
        yield "literals", f"literals{n}", "s@[192.0.2.1]" if n % 5 == 4 else "s@x.test", f"k-l{n}", head(f"literals{n}") + b"Hello.\n"


def odd(_):
    """Each between ordinary ones, so that the way back from it is walked too."""
    kinds = [(name, "s@x.test", f"k-b{n}", head(name) + text) for n, (name, text) in enumerate(BELOW)]
    kinds += [(name, "s@x.test", f"k-t{n}", text) for n, (name, text) in enumerate(BARE)]
    kinds += [(name, sender, local, head(name) + b"Hello.\n") for name, sender, local in ENVELOPES]
    for n, (name, sender, local, text) in enumerate(kinds):
        yield name, name, sender, local, text
        yield "between", f"between{n}", "s@x.test", f"k-between{n}", head(f"between{n}") + b"Hello.\n"


PHASES = {"many": many, "literals": literals, "odd": odd}


def leave(phase, count, new, sent):
    """Into new/ as qmail-local leaves it, oldest first; and what is expected of it into the file `sent`."""
    owner = os.stat(new)
    expected = []
    for n, (kind, name, sender, local, text) in enumerate(PHASES[phase](int(count))):
        path = f"{new}/{FIRST + n}.{n}.gateway"
        recipient = f"{local}@{HOST}"
        envelope = f"Return-Path: <{sender}>\nDelivered-To: {HOST}-{recipient}\n".encode("utf-8", "surrogateescape")
        with open(path, "wb") as f:
            f.write(envelope + text)
        os.utime(path, (FIRST + n, FIRST + n))
        os.chown(path, owner.st_uid, owner.st_gid)
        expected.append([os.path.basename(path), kind, name, sender, recipient, text.decode("latin1")])
    with open(sent, "w", encoding="ascii") as f:
        json.dump(expected, f)
