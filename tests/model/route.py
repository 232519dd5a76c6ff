"""qv-route beside a model of qmail: route.py QVMAIL SCRATCH SEED COUNT. As root. Says what differs, at its smallest.

The model is qmail's rules written down a second time, from its manual pages: rcpthosts(5), qmail-send(8), qmail-users(5),
qmail-getpw(8), dot-qmail(5). A set-up is a list of things: a line of a file, a directory, a mode; COUNT addresses are asked for,
a hundred in each set-up. SEED=n repeats one.
"""

import json
import os
import random
import shutil
import subprocess
import sys

from shrink import shrink

QVMAIL, SCRATCH = sys.argv[1:3]
SEED, COUNT = int(sys.argv[3]), int(sys.argv[4])
ROOT = SCRATCH + "/root"
CONTROL = "/var/qmail/control/"
OWNERS = {"/home/joe": (5101, 5100), "/home/ann": (5102, 5100), "/var/qmail/alias": (1001, 1001)}
PASSWD = {"alias": (1001, 1001, "/var/qmail/alias"), "joe": (5101, 5100, "/home/joe"), "ann": (5102, 5100, "/home/ann"),
          "bob": (5103, 5100, "/home/ann"), "root": (0, 0, "/root")}
PROGRAMS = {"qmaild": (1002, 1002), "qmailp": (1003, 1002), "qmailr": (1004, 1005), "qmails": (1006, 1005)}


# A set-up on disk. Things: (path, None): the file is there; (path, line); (directory + "/", mode)

def make(things):
    shutil.rmtree(ROOT, ignore_errors=True)
    for path in "/var/qmail/users", CONTROL, "/etc", "/home", "/root":
        os.makedirs(ROOT + path, exist_ok=True)
    with open(ROOT + "/etc/passwd", "w", encoding="ascii") as f:
        for name, (uid, gid, *home) in {**PASSWD, **PROGRAMS}.items():
            f.write(f"{name}:x:{uid}:{gid}::{(home or ['/'])[0]}:/bin/sh\n")
    with open(ROOT + CONTROL + "me", "w", encoding="ascii") as f:
        f.write("me.test\n")
    for path, what in things:
        if path[-1] == "/":
            owner = OWNERS.get(path.replace("/Maildir/", "/")[:-1], (510, 51))
            for part in ("new", "cur", "tmp", "") if path.endswith("/Maildir/") else ("",):
                os.makedirs(ROOT + path + part, exist_ok=True)
                os.chown(ROOT + path + part, *owner)
            os.chmod(ROOT + path, what)
    for path, lines in files_of(things).items():
        if not os.path.isdir(os.path.dirname(ROOT + path)):
            continue
        with open(ROOT + path, "w", encoding="ascii") as f:
            f.write("".join(line + "\n" for line in lines))
        home = os.path.dirname(path)
        if "/.qmail" in path:
            os.chown(ROOT + path, *OWNERS.get(home, (510, 51)))
            os.chmod(ROOT + path, mode_of(things, path))
    if "/var/qmail/users/assign" in files_of(things):
        with open(ROOT + "/var/qmail/users/assign", "a", encoding="ascii") as f:
            f.write(".\n")
        subprocess.run([QVMAIL, "newu", "-q", "--root", ROOT], check=True, stderr=subprocess.DEVNULL)


def files_of(things):
    files = {}
    for path, what in things:
        if path[-1] != "/" and not isinstance(what, int):
            files.setdefault(path, []).extend([] if what is None else [what])
    return files


def mode_of(things, path):
    return ([what for p, what in things if p == path and isinstance(what, int)] or [0o644])[-1]


# The model

def fold(s):
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in s)


def entries(files, name):
    return [line.rstrip(" \t") for line in files.get(CONTROL + name, []) if line.rstrip(" \t") and line[0] != "#"]


def in_list(files, name, key):
    return any(fold(e) == fold(key) for e in entries(files, name))


def in_map(files, name, key):
    """The value of the last entry with this key, or None."""
    value = None
    for e in entries(files, name):
        k, colon, v = e.partition(":")
        if colon and fold(k) == fold(key):
            value = v
    return value


def first_line(files, name, default):
    lines = files.get(CONTROL + name) or [""]
    return lines[0].rstrip(" \t") or default


def suffixes(host):
    return [host] + [host[i:] for i in range(1, len(host)) if host[i] == "."]


def accepted(files, address):
    if CONTROL + "rcpthosts" not in files or "@" not in address:
        return True
    return any(in_list(files, "rcpthosts", s) for s in suffixes(address.rpartition("@")[2]))


def locally(files, host):
    return in_list(files, "locals", host) if CONTROL + "locals" in files else fold(host) == "me.test"


def rewritten(files, address):
    """(channel, address)"""
    if "@" not in address:
        address += "@" + first_line(files, "envnoathost", "me.test")
    local, _, host = address.rpartition("@")
    while in_list(files, "percenthack", host) and "%" in local:
        local, _, host = local.rpartition("%")
    address = local + "@" + host
    if locally(files, host):
        return "local", address
    for key in [address, host] + suffixes(host)[1:] + [""]:
        value = in_map(files, "virtualdomains", key)
        if value is not None:
            return ("local", value + "-" + address) if value else ("remote", address)
    return "remote", address


def table(files):
    """{(name, is a prefix): fields}, of which the first counts; and the bytes that prefixes end in."""
    names, ends = {}, set()
    for line in files.get("/var/qmail/users/assign", []):
        fields = line.split(":")
        names.setdefault((fold(fields[0][1:]), line[0] == "+"), fields[1:7])
        ends |= set(fields[0][1:][-1:]) if line[0] == "+" else set()
    return names, ends


def user_of(files, local, homes):
    """kind, key, uid, gid, home, dash, ext"""
    names, ends = table(files)
    entry = names.get((fold(local), False))
    if entry:
        return ["simple", fold(local), int(entry[1]), int(entry[2]), *entry[3:6]]
    for n in range(len(local), -1, -1):
        entry = names.get((fold(local[:n]), True))
        if entry and (n == 0 or fold(local)[n - 1] in ends):
            return ["wildcard", fold(local[:n]), int(entry[1]), int(entry[2]), entry[3], entry[4], entry[5] + local[n:]]
    for n in range(len(local), -1, -1):
        if n < len(local) and local[n] != "-":
            continue
        name = fold(local[:n])
        uid, gid, home = PASSWD.get(name, (0, 0, ""))
        if uid and home in homes and OWNERS.get(home, (510, 51))[0] == uid:
            return ["getpw", name, uid, gid, home, "-" if n < len(local) else "", local[n + 1:]]
    uid, gid, home = PASSWD["alias"]
    return ["alias", "alias", uid, gid, home, "-", local]


def tried(dash, ext):
    safe = fold(ext).replace(".", ":")
    names = [".qmail" + dash + safe]
    for n in range(len(safe), -1, -1):
        if n == 0 or safe[n - 1] == "-":
            names.append(".qmail" + dash + safe[:n] + "default")
    return names


def obey(lines, mode, maildir):
    """(outcome, instructions up to the line that is refused)"""
    forward_only, done, missing = bool(mode & 0o100), [], False
    for i, line in enumerate(line.rstrip(" \t") for line in lines):
        if line == "" and i == 0:
            return "deferred", done
        kind = {"#": "", "": "", "+": "", ".": "file", "/": "file", "|": "program"}.get(line[:1], "forward")
        if line == "+list":
            forward_only = True
        if kind in ("file", "program") and forward_only:
            return "deferred", done
        if kind == "file":
            kind = "maildir" if line[-1] == "/" else "mbox"
        if kind:
            done.append((kind, line[line[:1] in "&|":]))
        missing |= kind == "maildir" and not (line == "./Maildir/" and maildir)
    kinds = {kind for kind, _ in done}
    return "deferred" if missing else "delivered" if kinds - {"forward"} else "forwarded" if kinds else "discarded", done


def model(things, address):
    files, homes = files_of(things), {p[:-1]: mode for p, mode in things if p[-1] == "/"}
    channel, whole = rewritten(files, address)
    said = {"accepted": accepted(files, address), "channel": channel, "rewritten": whole}
    if channel == "remote":
        return said
    kind, key, uid, gid, home, dash, ext = user_of(files, whole.rpartition("@")[0], homes)
    said["assign"] = [kind, key, uid, gid, home, dash, ext]
    if uid == 0 or home not in homes or homes[home] & 0o1002:
        return {**said, "outcome": "deferred"}
    names = tried(dash, ext)
    there = [name for name in names if f"{home}/{name}" in files]
    said["file"] = there[0] if there else None
    said["tried"] = names[:names.index(there[0]) + 1] if there else names
    if there and mode_of(things, f"{home}/{there[0]}") & 0o2:
        return {**said, "outcome": "deferred"}
    if not there:
        return {**said, "outcome": "bounced"} if dash else said
    lines = files[f"{home}/{there[0]}"]
    if lines:
        said["outcome"], said["instructions"] = obey(lines, mode_of(things, f"{home}/{there[0]}"), home + "/Maildir" in homes)
    return said


# What qv-route says, and the difference

def ours(addresses):
    r = subprocess.run([QVMAIL, "route", "--root", ROOT, "--json", "--", *addresses], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if r.returncode not in (0, 1):
        sys.exit(f"qv-route: exit {r.returncode}: {r.stderr.decode()}")
    return json.loads(r.stdout)


def part(r, key):
    if key == "assign":
        return [r["assign"][k] for k in ("kind", "key", "uid", "gid", "home", "dash", "ext")] if r["assign"] else None
    if key in ("file", "tried"):
        return r["dotqmail"][key] if r["dotqmail"] else None
    if key == "instructions":
        return [(i["type"], i["value"]) for i in r["instructions"]]
    return r[key]


def differs(want, got):
    """(where, what), or None. A word that the model does not say is not asked for."""
    for key, value in want.items():
        if part(got, key) != value:
            return key, f"{part(got, key)}, the model: {value}"
    return None


def fails(things, address):
    make(things)
    return differs(model(things, address), ours([address])[0])


def show(i, things, address, where):
    least = shrink(things, lambda some: (fails(some, address) or [None])[0] == where)
    print(f"set-up {i}: {address}: {where}: {fails(least, address)[1]}")
    for thing in least:
        print("   ", *thing)


# Dice

LOCALS = ["joe", "JOE", "joe-list", "Joe-a.b", "ann", "ann-x-y", "bob", "root", "list", "list-owner", "team", "a.b", "x", "default", "a-b-c", "z", "Z-a"]
HOSTS = ["one.test", "sub.one.test", "two.test", "Two.TEST", "me.test", "percent.test", "far.test", "test"]
HOMES = ["/home/h1", "/home/h2", "/home/joe", "/home/ann", "/var/qmail/alias"]


def address_of(dice):
    local, host = dice.choice(LOCALS), dice.choice(HOSTS)
    if dice.random() < 0.1:
        return f"{local}%{dice.choice(HOSTS)}@{host}"
    return local if dice.random() < 0.05 else f"{local}@{host}"


def line_of(dice):
    return dice.choice(["./Maildir/", "./Maildir/ ", "./mbox", "|exit 0"] * 2 + ["+list"] * 3 + ["# no", "", " ", "./none/"] +
                       ["&" + address_of(dice), address_of(dice)] * 5)


def maybe(dice, chance, things):
    return things if dice.random() < chance else []


def some(dice, path, lines, chance):
    return [(path, None)] + [(path, line) for line in lines for _ in range(dice.random() < chance)]


def set_up(dice):
    things = []
    virtual = ["one.test:one", ".one.test:sub", "two.test:two", ".test:all", ":rest", "joe@two.test:special", "two.test:", "ONE.test:list",
               "a.b@one.test:", "#one.test:no", "far.test:far ", "noColon", "me.test:two", "one.test :blank", "x@one.test:one-x"]
    dice.shuffle(virtual)
    things += some(dice, CONTROL + "virtualdomains", virtual, 0.4)
    things += maybe(dice, 0.7, some(dice, CONTROL + "locals", ["me.test", "two.test", "Sub.One.Test", "# x", "test\t"], 0.3))
    things += maybe(dice, 0.3, some(dice, CONTROL + "percenthack", ["percent.test", "one.test", "me.test"], 0.5))
    things += maybe(dice, 0.3, [(CONTROL + "envnoathost", "one.test")])
    things += maybe(dice, 0.8, some(dice, CONTROL + "rcpthosts", ["one.test", ".one.test", "TWO.test", ".test", "me.test ", "#far.test"], 0.4))
    names = ["+one-", "+sub-", "+two-", "+all-", "+special-", "+list-", "+far-", "+ONE-", "+joe-", "+team", "+Z", "+z", "+", "=joe",
             "=one-joe", "=two-joe@x", "=TEAM", "+one-list-", "+rest-joe", "=rest-x", "+a."]
    dice.shuffle(names)
    things += maybe(dice, 0.9, some(dice, "/var/qmail/users/assign", [
        f"{name}:u:{dice.choice(['510'] * 20 + ['0'])}:51:{dice.choice(HOMES[:2] + ['/home/none'] * (dice.random() < 0.1))}:"
        f"{dice.choice(['-'] * 8 + [''])}:{dice.choice([''] * 6 + ['pre-', 'x', 'Q.'])}:" for name in names], 0.4))
    for home in HOMES:
        things += maybe(dice, 0.95, [(home + "/", dice.choice([0o755] * 15 + [0o757, 0o1755])), *maybe(dice, 0.5, [(home + "/Maildir/", 0o700)])])
        for _ in range(dice.randrange(10)):
            path = f"{home}/.qmail{dice.choice(['-'] * 9 + [''])}" + dice.choice(
                ["joe", "list", "list-owner", "default", "a:b", "list-default", "default", "x", "pre-default", "pre-joe", "", "q:x", "a-default", "a-b-c"])
            things += [(path, line_of(dice)) for _ in range(1 + dice.randrange(3))]
            things += maybe(dice, 0.1, [(path, dice.choice([0o646, 0o744]))])
    return things


def main():
    print(f"seed {SEED}")
    os.makedirs(SCRATCH, exist_ok=True)
    asked = wrong = 0
    outcomes = {}
    for i in range((COUNT + 99) // 100):
        dice = random.Random(SEED * 1000003 + i)
        things = set_up(dice)
        make(things)
        addresses = [address_of(dice) for _ in range(100)]
        odd = []
        for address, got in zip(addresses, ours(addresses)):
            want = model(things, address)
            asked += 1
            outcomes[got["outcome"]] = outcomes.get(got["outcome"], 0) + 1
            if differs(want, got):
                odd.append((address, differs(want, got)[0]))
        wrong += len(odd)
        for address, where in odd[:1]:
            show(i, things, address, where)
    shutil.rmtree(ROOT)
    print(f"{asked} addresses: {', '.join(f'{n} {word}' for word, n in sorted(outcomes.items()))}; {wrong} differ")
    sys.exit(wrong > 0 or len(outcomes) < min(6, asked // 50))


main()
