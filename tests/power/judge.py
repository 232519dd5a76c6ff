"""judge - what must be true of every state that a power cut may leave of a run, and of each at its end."""
import os
import stat
import struct

from lib import gateway, mail, tree

QUEUE = "var/qmail/queue/"


def key(found):
    """Two trees are the same if theirs is."""
    return frozenset((p, e.key()) for p, e in found.items())


class Change:
    """Of the configuration: gateway.wrong(), with what is legal computed once."""

    def __init__(self, base, after, defers=None):
        self.base, self.after, self.defers = base, after, defers
        was, will = gateway.Gateway(base), gateway.Gateway(after)
        self.legal = {(a, d): (was.mail(a, d), will.mail(a, d))
                      for d in gateway.domains(base, after) for a in gateway.addresses(base, after)}

    def wrong(self, now, taken):
        out = gateway.files(now, self.base, self.after)
        try:
            g = gateway.Gateway(now)
        except (gateway.Broken, struct.error, ValueError, KeyError) as e:
            return out + ["does not parse: %s" % e]
        for (a, d), legal in self.legal.items():
            got = g.mail(a, d)
            for i, what in enumerate(("accepted", "routed")):
                if got[i] not in (legal[0][i], legal[1][i]) and not (a == self.defers and gateway._waits(got[i])):
                    out.append("mail for %s@%s, %s: %s; before: %s; afterwards: %s" %
                               (a.decode("latin-1"), d.decode("latin-1"), what, got[i], legal[0][i], legal[1][i]))
        return out

    def unfinished(self, now):
        """The command has said that it is done."""
        for path in sorted(set(now) | set(self.after)):
            if not tree.temporary(path):
                a, b = now.get(path), self.after.get(path)
                if (a is None) != (b is None) or (a is not None and a.key() != b.key()):
                    yield "done, but %s is %s" % (path, "not there" if a is None else "still there" if b is None else "another one")


class Mail:
    """Each message waits whole, or the server has it, or its bounce is whole in the queue."""

    def __init__(self, base, after, ids):
        self.base, self.after, self.ids = base, after, ids

    def waits(self, now, m):
        """None: it does not; False: not all of it"""
        for part in ("new", "cur"):
            path = "%s%s/Maildir/%s/%s" % (mail.SPOOL, self.ids[m], part, m)
            if path in now:
                return now[path].data == self.base[path].data
        return None

    def bounced(self, now, m):
        for path, e in now.items():
            if not path.startswith(QUEUE + "todo/"):
                continue
            number = path.rpartition("/")[2]
            text = now.get("%smess/%d/%s" % (QUEUE, int(number) % 23, number))
            if (text is not None and b"\nSubject: %s\n" % m.encode() in text.data and text.data.endswith(b"\nHello.\n") and
                    b"\0F\0Tsender@elsewhere.test\0" in e.data):
                return True
        return False

    def wrong(self, now, taken):
        for m in self.ids:
            waits = self.waits(now, m)
            if waits is False:
                yield "%s: its file is cut" % m
            elif waits is None and m not in taken and not self.bounced(now, m):
                yield "%s is lost" % m
        yield from self.files(now)

    def files(self, now):
        for path in sorted(set(now) | set(self.base) | set(self.after)):
            name = path.rpartition("/")[2]
            if "/Maildir/" in path or path.startswith(QUEUE) or tree.temporary(path):
                continue
            e, legal = now.get(path), (self.base.get(path), self.after.get(path))
            if name == ".qv-refused":
                continue  # notes, read line by line, of which none is needed
            if name.startswith(".qv-"):
                if e is not None and e.kind == stat.S_IFREG and e.data and not e.data.endswith(b"\n"):
                    yield "%s ends within a line" % path
            elif not any((e is None and x is None) or (e is not None and x is not None and e.key() == x.key()) for x in legal):
                yield "%s is neither old nor new" % path

    def unfinished(self, now):
        for m in self.ids:
            if self.waits(now, m) and self.waits(self.after, m) is None:
                yield "%s will go twice, though the run has ended" % m
        for path, e in self.after.items():
            if path.endswith("/.qv-status") and (path not in now or now[path].key() != e.key()):
                yield "done, but %s is not what it has said" % path


def queue(root, popusr):
    """A queue as qmail has it, but popusr's, as its qmail-queue is not setuid."""
    for part in ["pid", "intd", "todo"] + ["mess/%d" % n for n in range(23)]:
        os.makedirs(root + "/" + QUEUE + part)
    for at, dirs, _ in os.walk(root + "/" + QUEUE):
        if os.geteuid() == 0:
            os.chown(at, *popusr)
