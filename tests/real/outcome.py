"""outcome - what became of each message: the lines of a server's table.

Taken is what the server has, whatever qv-flush said; bounced and left are what stands in its log and in new/."""

import collections
import glob
import json
import os
import re

ADDED = re.compile(rb"([!-9;-~]+:[^\n]*\n([ \t][^\n]*\n)*)*\Z")  # header lines, put on top by the server
SAID = re.compile(r"new/(\S+): (delivered|deferred|bounced): (.*)")
TWICE = re.compile(r"new/(\S+): .*may arrive twice")


def split(text):
    at = text.find(b"\n\n")
    return (text[:at + 1], text[at + 2:]) if at >= 0 else (text, b"")


def names(header):
    return [l.split(b":")[0] for l in re.findall(rb"^[!-9;-~]+:", header, re.M)]


def printable(b):
    return "".join(chr(c) if 32 <= c < 127 else f"\\{c:03o}" for c in b)


def first_difference(want, got):
    at = len(os.path.commonprefix([want, got]))
    return f'at {at} "{printable(got[at:at + 12])}" in place of "{printable(want[at:at + 12])}"'


CHANGES = [
    ("byte for byte", lambda t: t),
    ("a newline added at the end", lambda t: t + b"\n"),
    ("bare CR is a newline", lambda t: re.sub(rb"\r\n|\r", b"\n", t)),
    ("bare CR is a newline, one added at the end", lambda t: re.sub(rb"\r\n|\r", b"\n", t) + b"\n"),
    ("bare CR is lost", lambda t: t.replace(b"\r", b"")),
    ("NUL is lost", lambda t: t.replace(b"\0", b"")),
    ("newlines lost at the end", lambda t: t.rstrip(b"\n") + b"\n"),
    ("8th bit cleared", lambda t: bytes(c & 127 for c in t)),
]


def text_change(want, got):
    """How the text that arrived differs; header lines that the server puts on top are its own business."""
    for words, change in CHANGES:
        t = change(want)
        if got.endswith(t) and ADDED.match(got[:len(got) - len(t)]):
            return words
        if got.endswith(b"\n" + t) and ADDED.match(got[:len(got) - len(t) - 1]):
            return words + ", below a blank line"
    (want_head, want_body), (got_head, got_body) = split(want), split(got)
    said = []
    lost = [l for l in want_head.splitlines() if l not in got_head.splitlines()]
    if lost and ADDED.match(want_head):
        said.append("header " + first_difference(lost[0], next(
            (l for l in got_head.splitlines() if l.startswith(lost[0].split(b":")[0] + b":")), b"")))
    where = got_head.find(want_head.splitlines()[0]) if want_head else -1
    below = sorted(set(names(got_head[where:])) - set(names(want_head))) if where >= 0 else []
    if below:
        said.append("header lines added: " + " ".join(n.decode() for n in below))
    for words, change in CHANGES:
        if got_body == change(want_body):
            return ", ".join(said + [words]) if words != "byte for byte" or not said else ", ".join(said)
    if want_body.replace(b"\n", b"") == got_body.replace(b"\n", b""):
        said.append(f"lines cut after {max(map(len, got_body.splitlines()))}")
    else:
        said.append("text " + first_difference(want_body, got_body))
    return ", ".join(said)


def bare(address):
    """Without brackets, and a quoted local part without its quotes."""
    address = address.strip("<>")
    m = re.fullmatch(r'"(.*)"(@.*)?', address)
    return re.sub(r"\\(.)", r"\1", m.group(1)) + (m.group(2) or "") if m else address


def envelope_change(want, got):
    said = []
    for who, w, g in zip(("sender", "recipient"), want, got):
        if bare(w) != bare(g):
            said.append(f"{who} is <{printable(g.strip('<>').encode('utf-8', 'surrogateescape'))}>")
    return said


def stable(reply, recipient):
    """A reply without what differs from run to run."""
    reply = re.sub(r"<?" + re.escape(recipient) + r">?", "RECIPIENT", reply)
    reply = reply.replace(f"<{recipient.rsplit('@', 1)[0]}>", "RECIPIENT")
    reply = re.sub(r"\b[0-9A-F]{8}-[0-9A-F-]{20,}(\.\d+)*\b", "ID", reply)

    return re.sub(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{9,}\b", "ID", reply)


class Run:
    def __init__(self, sent, box, new, log):
        with open(sent, encoding="ascii") as f:
            self.expected = json.load(f)
        with open(log, encoding="utf-8", errors="surrogateescape") as f:
            text = f.read()
        self.said = {m.group(1): (m.group(2), m.group(3)) for m in SAID.finditer(text)}
        self.twice = set(TWICE.findall(text))
        self.left = set(os.listdir(new))
        self.taken = collections.defaultdict(list)
        ids = {f"X-Id: {name.replace(' ', '_')}.\n".encode(): name for _, _, name, *_ in self.expected}
        locals_ = {bare(r).rsplit("@", 1)[0]: name for _, _, name, _, r, _ in self.expected}
        for path in glob.glob(box + "/*"):
            with open(path, "rb") as f:
                sender, recipient, got = f.read().split(b"\n", 2)
            m = re.search(rb"^X-Id: \S+\.\n", got, re.M)
            who = [a.decode("utf-8", "surrogateescape") for a in (sender, recipient)]
            name = ids.get(m.group(0)) if m else locals_.get(bare(who[1]).rsplit("@", 1)[0])
            self.taken[name].append((who, got))

    def outcome(self, file, name, sender, recipient, text):
        said, reply = self.said.get(file, ("", ""))
        taken, words = self.taken.get(name, []), []
        if taken:
            who, got = taken[0]
            words = envelope_change((sender, recipient), who)
            words.insert(0, text_change(text.encode("latin1"), got))
        if len(taken) > 1:
            words.append(f"TAKEN {len(taken)} TIMES")
        if said == "bounced":
            words.append(("BOUNCED TOO: " if taken else "bounced: ") + stable(reply, recipient))
        if file in self.left:
            words.append(("LEFT TOO: " if taken else "left: ") + stable(reply, recipient))
        if not taken and said != "bounced" and file not in self.left:
            words.append("LOST: " + said)
        if file in self.twice:
            words.append("said: may arrive twice")
        return ", ".join(words)

    def lines(self):
        """A line for each kind; where many are of one kind, one for each outcome."""
        found = collections.defaultdict(collections.Counter)
        for file, kind, name, sender, recipient, text in self.expected:
            found[kind][self.outcome(file, name, sender, recipient, text)] += 1
        if None in self.taken:
            found["nobody's"][f"{len(self.taken[None])} messages taken that nobody sent"] += 1
        for kind, outcomes in found.items():
            for words, n in sorted(outcomes.items(), key=lambda o: (-o[1], o[0])):
                yield f"    {kind + (f' x {n}' if sum(outcomes.values()) > 1 else ''):36}{words}"
