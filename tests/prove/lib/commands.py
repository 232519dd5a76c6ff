"""commands - every command that changes the configuration, each with the gateway that it finds."""
import os
import re
import struct

from lib import gateway, tree
from lib.engine import POPUSR

HASH1 = "$1$abcd0123$6ki7uMewzcVzQMOmoR2ev1"
# Salts differ from run to run, their length does not.
SALTED = re.compile(rb"\$6\$[./0-9A-Za-z]+\$[./0-9A-Za-z]+")


class Case:
    talks = False  # over a connection

    def __init__(self, name, command, *setup, stdin=None, before=None, defers=None, finds=False):
        self.name, self.command, self.setup, self.stdin, self.before = name, command.split(), setup, stdin, before
        self.exits, self.finds = 0, finds  # finds: what it cannot look at is a finding, and exit 1
        self.defers = defers  # mail for this address may wait, as its mailbox goes before it does

    def prepared(self, engine):
        return Prepared(engine, self)


def write(root, path, text, owner=None):
    full = root + "/" + path
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb" if isinstance(text, bytes) else "w") as f:
        f.write(text)
    os.chmod(full, 0o644)
    if owner and os.geteuid() == 0:
        os.chown(full, *owner)


def maildir(root, path):
    for part in ("new", "cur", "tmp"):
        os.makedirs("%s/%s/%s" % (root, path, part), exist_ok=True)


def give(root, path, owner):
    if os.geteuid() != 0:
        return
    os.chown(root + "/" + path, *owner)
    for at, dirs, files in os.walk(root + "/" + path):
        for n in dirs + files:
            os.chown(os.path.join(at, n), *owner)


def by_hand(root):
    """A customer whose home is of another layout, and who has no line of his own in users/assign."""
    maildir(root, "home/ann/joe/Maildir")
    write(root, "home/ann/.qmail-joe", "./joe/Maildir/\n")
    write(root, "home/ann/.qmail-info", "&joe@hand.example\n")
    give(root, "home/ann", (1001, 100))
    uid, gid = (1001, 100) if os.geteuid() == 0 else POPUSR
    with open(root + "/etc/passwd", "a") as f:
        f.write("ann:x:%d:%d::/home/ann:/bin/false\n" % (uid, gid))
    write(root, "var/qmail/control/rcpthosts", "localhost\nhand.example\n")
    write(root, "var/qmail/control/virtualdomains", "hand.example:ann\n")


def vpopmail(root):
    home = "/home/vpopmail/domains/example.com"
    text = ""
    for user in ("postmaster", "joe"):
        maildir(root, "%s/%s/Maildir" % (home, user))
        text += "%s:%s:1:0:%s:%s/%s:NOQUOTA\n" % (user, HASH1, user, home, user)
    write(root, home + "/vpasswd", text)
    write(root, home + "/.qmail-default", "| /home/vpopmail/bin/vdelivermail '' bounce-no-mailbox\n")
    write(root, home + "/.qmail-info", "&joe@example.com\n")
    give(root, "home/vpopmail", (89, 89))


def cdb(records):
    """A constant database of [(key, data)]."""
    out, tables = bytearray(2048), [[] for _ in range(256)]
    for k, d in records:
        h = 5381
        for c in k:
            h = ((h << 5) + h & 0xffffffff) ^ c
        tables[h & 255].append((h, len(out)))
        out += struct.pack("<II", len(k), len(d)) + k + d
    for i, t in enumerate(tables):
        struct.pack_into("<II", out, 8 * i, len(out), 2 * len(t))
        slots = [(0, 0)] * (2 * len(t))
        for h, pos in t:
            at = (h >> 8) % len(slots)
            while slots[at][1]:
                at = (at + 1) % len(slots)
            slots[at] = (h, pos)
        for s in slots:
            out += struct.pack("<II", *s)
    return bytes(out)


def vmailmgr(root):
    none = b"4294967295"

    def record(name, mailbox, directory, *forwards):
        data = b"\2\12%c\10\1\0" % mailbox + HASH1.encode() + b"\0" + directory + b"\0"
        data += b"".join(f + b"\0" for f in forwards)
        return name, data + b"\0Personal\0" + b"\0".join((none, none, none, none, b"1000000000", none, b""))

    maildir(root, "home/hosting/users/joe")
    write(root, "home/hosting/.qmail-default", "|vdeliver\n")
    write(root, "home/hosting/passwd.cdb", cdb([record(b"joe", 1, b"./users/joe"), record(b"info", 0, b"", b"joe", b"boss@example.org")]))
    give(root, "home/hosting", POPUSR)
    with open(root + "/etc/passwd", "a") as f:
        f.write("hosting:x:%d:%d::/home/hosting:/bin/false\n" % POPUSR)
    with open(root + "/var/qmail/control/rcpthosts", "a") as f:
        f.write("example.com\n")
    write(root, "var/qmail/control/virtualdomains", "example.com:hosting\n")


def to_be_mended(root):
    """Traps of many kinds: a cdb that is older than its text, modes, owners, a Maildir that is not there."""
    C = "var/qmail/control/"
    with open(root + "/var/qmail/users/assign", "r+") as f:
        text = f.read().replace("\n.\n", "\n=one:one:510:51:/home:-::\n.\n")
        f.seek(0)
        f.write(text)
    write(root, C + "rcpthosts", "localhost \nEXAMPLE.com\nexample.com\nold.example.net\n.old.example.net\nnolineend.example.org")
    write(root, C + "morercpthosts", "more.example.org\n")
    os.chmod(root + "/home/popmail/e/ex1/DOMAINS/example.com/.qmail-postmaster", 0o666)
    for part in ("new", "cur", "tmp"):
        os.rmdir(root + "/home/popmail/e/ex1/POP/ex1-0001/" + part)
    os.rmdir(root + "/home/popmail/e/ex1/POP/ex1-0001")


def waiting(root):
    write(root, "home/serialmail/some.example.com/Maildir/new/1.1.mail",
          "Return-Path: <a@second.test>\nDelivered-To: some.example.com-x@some.example.com\n\nhello\n", POPUSR)


POP = "domain add pop example.com ex1 --id exid"
DIALUP = "domain add dialup some.example.com ex1 --relayhost 127.0.0.1:9"
JOE = ("mailbox add joe@example.com --password-fd 0", "secret\n")
IMPORT = """domain add pop example.com ex1
mailbox add joe@example.com --box ex1-0001
mailbox passwd ex1-0001 %s
mailbox forward info@example.com joe@example.com
mailbox default example.com postmaster@example.com
domain add dialup some.example.com ex1 --relayhost 192.0.2.1 --on-demand
domain trigger some.example.com --from 192.0.2.7
domain recipients some.example.com --add joe
domain quota some.example.com 10
domain add relay relay.example.org mail.example.org
domain add backup backup.example.org
domain alias alias.example.org example.com
""" % HASH1

CASES = [
    Case("domain add pop", "domain add pop example.com ex1 --id exid --catch-all"),
    Case("domain add pop, a second one", "domain add pop second.example.com ex1 --no-subdomains", POP,
         "mailbox del postmaster@example.com --purge"),
    Case("domain add relay", "domain add relay relay.example.org mail.example.org"),
    Case("domain add backup", "domain add backup backup.example.org"),
    Case("domain add dialup", "domain add dialup some.example.com ex1 --relayhost 192.0.2.1 --relayhost [2001:db8::1]:26 "
         "--subdomains --on-demand --lifetime 1000 --quota 10,1000"),
    Case("domain add virtual", "domain add virtual v.example.org /home/v/mail --owner %d:%d" % POPUSR),
    Case("domain del", "domain del example.com", POP),
    Case("domain del, morercpthosts", "domain del more.example.org", "newmrh",
         before=lambda root: write(root, "var/qmail/control/morercpthosts", "more.example.org\nelse.example.org\n")),
    Case("domain del --purge, pop", "domain del example.com --purge", POP, JOE, "mailbox box example.com ex1-0005"),
    Case("domain del --purge, dialup", "domain del some.example.com --purge", DIALUP,
         ("domain trigger some.example.com --user joe --secret-fd 0", "geheim\n")),
    Case("domain del --purge --force", "domain del some.example.com --purge --force", DIALUP, waiting),
    Case("domain alias", "domain alias alias.example.org example.com", POP),
    Case("domain del, of an alias", "domain del alias.example.org", POP, "domain alias alias.example.org example.com"),
    Case("domain relayhost", "domain relayhost some.example.com 192.0.2.1 192.0.2.2:26", DIALUP),
    Case("domain quota", "domain quota some.example.com 10,1000", DIALUP),
    Case("domain quota --off", "domain quota some.example.com --off", DIALUP, "domain quota some.example.com 10"),
    Case("domain recipients", "domain recipients some.example.com -", DIALUP, stdin="joe\nann-*\n"),
    Case("domain recipients --add", "domain recipients some.example.com --add bob --remove joe", DIALUP,
         "domain recipients some.example.com --add joe"),
    Case("domain recipients --off", "domain recipients some.example.com --off", DIALUP, "domain recipients some.example.com --add joe"),
    Case("domain trigger", "domain trigger some.example.com --user joe --secret-fd 0 --from 192.0.2.0/24", DIALUP, stdin="geheim\n"),
    Case("domain trigger --off", "domain trigger some.example.com --off", DIALUP,
         ("domain trigger some.example.com --user joe --secret-fd 0", "geheim\n")),
    Case("domain pause", "domain pause some.example.com", DIALUP),
    Case("domain resume", "domain resume some.example.com", DIALUP, "domain pause some.example.com"),
    Case("domain adopt", "domain adopt hand.example", before=by_hand),
    Case("domain import", "domain import", stdin=IMPORT),
    Case("domain import --from vpopmail", "domain import --from vpopmail /home/vpopmail", before=vpopmail),
    Case("domain import --from vmailmgr", "domain import --from vmailmgr /home/hosting", before=vmailmgr),
    Case("mailbox add", "mailbox add joe@example.com", POP),
    Case("mailbox add --box --copy", "mailbox add joe@example.com --box ex1-0007 --copy x@example.net --password-fd 0", POP, stdin="secret\n"),
    Case("mailbox add --maildir", "mailbox add joe@example.com --maildir /home/popmail/e/ex1/other", POP),
    Case("mailbox box", "mailbox box example.com ex1-0003 ex1-0005 --used 9", POP),
    Case("mailbox del", "mailbox del joe@example.com", POP, JOE),
    Case("mailbox del --purge", "mailbox del joe@example.com --purge", POP, JOE, defers=b"joe"),
    Case("mailbox forward", "mailbox forward info@example.com joe@example.com x@example.net", POP, JOE),
    Case("mailbox forward, another", "mailbox forward info@example.com y@example.net", POP, "mailbox forward info@example.com x@example.net"),
    Case("mailbox default, an address", "mailbox default example.com postmaster@example.com", POP),
    Case("mailbox default, a box", "mailbox default example.com box ex1-0000", POP),
    Case("mailbox default discard", "mailbox default example.com discard", POP),
    Case("mailbox default bounce", "mailbox default example.com bounce", POP, "mailbox default example.com discard"),
    Case("mailbox passwd", "mailbox passwd ex1-0000", POP, JOE, stdin="another\n"),
    Case("mailbox suspend", "mailbox suspend ex1-0001", POP, JOE),
    Case("mailbox enable", "mailbox enable ex1-0001", POP, JOE, "mailbox suspend ex1-0001"),
    Case("newu", "newu", POP, lambda root: write(root, "var/qmail/users/assign", "=joe:joe:510:51:/home:-::\n+exid-:ex1:510:51:/home:-::\n.\n")),
    Case("newmrh", "newmrh", before=lambda root: write(root, "var/qmail/control/morercpthosts", "more.example.org\nelse.example.org\n")),
    Case("check --fix", "check --fix -q", POP, JOE, to_be_mended, finds=True),
]


def build(engine, case):
    """The gateway that the case finds; what cannot be built is the proof's own fault."""
    engine.pristine()
    if case.before is not None:
        case.before(engine.root)
    for step in ("domain add pop old.example.net old",) + case.setup:
        if callable(step):
            step(engine.root)
            continue
        command, stdin = step if isinstance(step, tuple) else (step, None)
        ran = engine.run(*command.split(), stdin=stdin)
        if ran.code != 0:
            raise SystemExit("prove: %s: %s: exit %s: %s" % (case.name, command, ran.code, ran.err))


def normal(tree):
    """The same tree, without what differs from run to run."""
    for path in ("var/qmail/users/qv-passwd", "var/qmail/users/qv-passwd.cdb"):
        if path in tree:
            tree[path].data = SALTED.sub(lambda m: b"$6$" + b"x" * (len(m.group()) - 3), tree[path].data)
    return tree


class Prepared:
    """A case with its gateway, and what an undisturbed run does to it."""

    def __init__(self, engine, case):
        self.e, self.case, self.name, self.command = engine, case, case.name, case.command
        build(engine, case)
        self.was = tree.take(engine.root)
        self.base = normal(tree.take(engine.root))
        self.ran = self.run()
        self.after = normal(tree.take(engine.root))
        self.relieve = None  # called before it is run again: what was short is there
        # Whoever comes again is done, or is told that nothing is left to do.
        self.ends = {self.ran.code, self.run().code}

    def reset(self):
        tree.put_back(self.e.root, self.was)

    def run(self, prefix=(), **how):
        """prefix: a program that runs it"""
        command = (*prefix, self.e.qvmail, *self.command) if prefix else self.command
        return self.e.run(*command, stdin=self.case.stdin, **how)

    def end(self):
        pass

    def undisturbed(self):
        if self.ran.code not in (0, 1) or not tree.differences(self.base, self.after):
            yield "undisturbed: exit %s: %s" % (self.ran.code, self.ran.err)
        for what in gateway.wrong(self.base, self.base, self.after) + gateway.wrong(self.after, self.base, self.after):
            yield "undisturbed: " + what

    def once_more(self):
        if self.relieve:
            self.relieve()
        again = self.run()
        if again.code not in self.ends:
            yield "run again: exit %s: %s" % (again.code, again.err)
        for what in tree.differences(self.after, normal(tree.take(self.e.root))):
            yield "run again: " + what

    def killed(self, ran, act):
        yield from gateway.wrong(normal(tree.take(self.e.root)), self.base, self.after, self.case.defers)
        yield from self.once_more()

    def failed(self, ran, error, reason, for_ever):
        now = normal(tree.take(self.e.root))
        if ran.code == self.ran.code and not (self.case.finds and ran.out != self.ran.out):
            yield from self.did_not_matter(ran, now)
            return
        if ran.code == 1 and self.case.finds:
            pass
        elif ran.code not in (100, 111):
            yield "exit %s: %s" % (ran.code, ran.err)
        else:
            yield from told(ran, reason)
        yield from gateway.wrong(now, self.base, self.after, self.case.defers)
        left = [p for p in now if tree.temporary(p) and p not in self.base]
        if left and not (for_ever and error in NO_CLEANUP):
            yield "left behind: %s" % left[0]
        yield from self.once_more()

    def did_not_matter(self, ran, now):
        if ran.out != self.ran.out:
            yield "exit %d, but it printed %r" % (ran.code, ran.out)
        for what in tree.differences(self.after, now):
            yield "exit %d, but %s" % (ran.code, what)
        if SYNC.search(ran.struck):
            yield "exit %d, though nobody knows what is on the disk" % ran.code


SYNC = re.compile(r"^(fsync|fdatasync|syncfs) ")
NO_CLEANUP = ("EIO", "EROFS", "EMFILE", "ENOMEM")  # for ever, they forbid to remove what was begun, too


def told(ran, reason):
    """One line: what could not be done, to which file, and why."""
    said = [l for l in ran.err.split("\n") if ": fatal: " in l]
    if len(said) != 1:
        yield "%d lines say that it is fatal: %r" % (len(said), ran.err)
    elif said[0].endswith("unable to write the output"):
        pass  # stdio has kept no reason
    elif reason.lower() not in said[0].lower():
        yield "does not say %s: %s" % (reason, said[0])
    elif "/" not in said[0] and not re.search("out of memory|(read|write) (stdin|the output)|unable to (fork|make a pipe)", said[0]):
        yield "names no file: %s" % said[0]
