"""compare.py leave N SENT NEW: N messages into SENT, and into NEW as qmail-local leaves them for a dial-up host.
compare.py compare SENT BOX: each of them is in BOX once and whole, below the lines that its server has put on top."""

import os
import re
import sys

PREFIX = "some.example.com"


def body(n):
    """What mail has to endure: dots, 8-bit bytes, long lines, no last newline, empty, and much of it."""
    line = b"line %d of it, with some text\n"
    kinds = [
        b"Hello.\n",
        b".\n..\n.a\n...\n",
        "\u00e4\u00f6\u00fc \u20ac\n".encode() + bytes(range(160, 255)) + b"\n",
        b"no newline at the end",
        b"x" * 900 + b"\n" + b"." * 900 + b"\n",
        b"",
        b"\n\n\n",
        b"".join(line % i for i in range(20000 if n % 50 == 7 else 200)),
    ]
    return kinds[n % len(kinds)]


def leave(count, sent, new):
    owner = os.stat(new)
    for n in range(count):
        text = b"X-Id: %d.\nSubject: message %d\nFrom: a@x.test\n\n" % (n, n) + body(n)
        with open(f"{sent}/{n}", "wb") as f:
            f.write(text)
        path = f"{new}/{1700000000 + n}.{n}.gateway"
        with open(path, "wb") as f:
            f.write(b"Return-Path: <sender@x.test>\nDelivered-To: %s-u%d@%s\n" % (PREFIX.encode(), n, PREFIX.encode()) + text)
        os.chown(path, owner.st_uid, owner.st_gid)


def whole(want, got):
    """SMTP has lines: the last one ends, and how it ends on disk is the server's business. So are its own header lines."""
    got = got.replace(b"\r\n", b"\n")
    if want and not want.endswith(b"\n"):
        want += b"\n"
    head, text = want.split(b"\n\n", 1)
    at = got.find(b"\n\n")
    return at >= 0 and got[at + 2:].rstrip(b"\n") == text.rstrip(b"\n") and all(l in got[:at].split(b"\n") for l in head.split(b"\n"))


def compare(sent, box):
    got = {}
    for name in os.listdir(box):
        with open(f"{box}/{name}", "rb") as f:
            text = f.read()
        n = int(re.search(rb"^X-Id: (\d+)\.", text, re.M).group(1))
        got.setdefault(n, []).append(text)
    wrong = 0
    for n in map(int, os.listdir(sent)):
        with open(f"{sent}/{n}", "rb") as f:
            want = f.read()
        if len(got.get(n, [])) != 1 or not whole(want, got[n][0]):
            wrong += 1
            print(f"message {n}: {len(got.get(n, []))} times" if len(got.get(n, [])) != 1 else f"message {n}: not what was sent")
    print(f"{len(os.listdir(sent))} messages sent, {wrong} of them wrong on the other side")
    return 1 if wrong else 0


if sys.argv[1] == "leave":
    leave(int(sys.argv[2]), sys.argv[3], sys.argv[4])
else:
    sys.exit(compare(sys.argv[2], sys.argv[3]))
