"""What the real programs did (tests/golden), asked of qv-route: golden.py KIND QVMAIL GOLDEN SCRATCH. Says what differs.

In the tables \\xNN stands for bytes outside of 33 to 126, and for the backslash.
"""

import json
import os
import re
import shutil
import subprocess
import sys

KIND, QVMAIL, GOLDEN, SCRATCH = sys.argv[1:]
USERS = """root:x:0:0::/root:/bin/sh
alias:x:1001:1001::/var/qmail/alias:/bin/sh
qmaild:x:1002:1002::/var/qmail:/bin/sh
qmailp:x:1003:1002::/var/qmail:/bin/sh
qmailr:x:1004:1005::/var/qmail:/bin/sh
qmails:x:1006:1005::/var/qmail:/bin/sh
popusr:x:510:51::/home/popmail:/bin/false
grjoe:x:5100:5100::/home/gr/grjoe:/bin/sh
"""
differences = 0
compared = 0


def same(what, got, want):
    """One comparison; what names the row."""
    global differences, compared
    compared += 1
    if got != want:
        differences += 1
        print(f"{what}\n  got:  {got!r}\n  want: {want!r}")


def plain(text):
    """A field of a table as bytes."""
    return re.sub(rb"\\x([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), text)


def shown(data):
    """Bytes as qv-route's JSON has them: what is no UTF-8 becomes U+FFFD, each byte one."""
    return "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in data.decode("utf-8", "surrogateescape"))


def table(name):
    """The rows of a table, by what stands in their first column."""
    sets = {}
    with open(f"{GOLDEN}/{name}", "rb") as f:
        for line in f.read().split(b"\n")[1:]:
            if line:
                first, *rest = line.split(b"\t")
                sets.setdefault(first.decode(), []).append(rest)
    return sets


def root(name):
    """A fresh root with qmail's users and nothing else."""
    path = f"{SCRATCH}/{name}"
    for part in "control", "users", "alias":
        os.makedirs(f"{path}/var/qmail/{part}")
    os.mkdir(path + "/etc")
    write(path + "/etc/passwd", USERS.encode())
    write(path + "/var/qmail/control/me", b"me.test\n")
    return path


def write(path, data, mode=0o644):
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


def install(source, target):
    for name in os.listdir(source):
        shutil.copyfile(f"{source}/{name}", f"{target}/{name}")


def ask(path, addresses):
    """What qv-route says about each of them."""
    command = [QVMAIL, "route", "--root", path, "--json", "--"] + addresses
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if answer.returncode not in (0, 1):
        sys.exit(f"qv-route: exit {answer.returncode}")
    return json.loads(answer.stdout)


def verbatim(address):
    """RCPT's argument of which this very address is left."""
    return b"<" + b"".join(b"\\" + bytes([c]) for c in address) + b">"


def lookup():
    """Whose mail a local part is: qmail-lspawn."""
    for name, rows in table("lookup/lookups.tsv").items():
        path = root(name)
        shutil.copyfile(f"{GOLDEN}/lookup/{name}.assign", path + "/var/qmail/users/assign")
        shutil.copyfile(f"{GOLDEN}/lookup/{name}.cdb", path + "/var/qmail/users/cdb")
        write(path + "/var/qmail/control/locals", b"h.test\n")
        for (local, want), r in zip(rows, ask(path, [verbatim(plain(row[0]) + b"@h.test") for row in rows])):
            want, via, _ = shown(plain(want)).partition(" (via qmail-getpw)")
            a = r["assign"]
            got = "K"
            if a is not None:
                fields = [a["uid"], a["gid"], a["gid"], a["user"], a["home"], r["rewritten"][:-7], a["dash"], a["ext"]]
                got += "|".join(map(str, fields + ["h.test"]))
                same((name, local), a["kind"] in ("getpw", "alias"), via != "")
            same((name, local), got, want)


def rewrite():
    """Which channel, and by which name: qmail-send. Mail for this host's own IP address never gets there like that by RCPT."""
    for name, rows in table("rewrite/rewrite.tsv").items():
        path = root(name)
        install(f"{GOLDEN}/rewrite/{name}", path + "/var/qmail/control")
        rows = [row for row in rows if not row[0].endswith(b"@[127.0.0.1]")]
        for (address, channel, want), r in zip(rows, ask(path, [verbatim(plain(row[0])) for row in rows])):
            same((name, address), (r["channel"], r["rewritten"]), (channel.decode(), shown(plain(want))))


def rcpthosts():
    """RCPT's reply: qmail-smtpd."""
    for name, rows in table("rcpthosts/rcpt.tsv").items():
        path = root(name)
        install(f"{GOLDEN}/rcpthosts/{name}", path + "/var/qmail/control")
        with open(path + "/var/qmail/control/me") as f:
            me = f.readline().strip()
        for (command, reply, to), r in zip(rows, ask(path, [plain(row[0]) for row in rows])):
            same((name, command), (r["accepted"], r["reply"]), (reply.startswith(b"250"), reply.decode()))
            if r["accepted"]:
                to = shown(plain(to))
                same((name, command), r["rewritten"], to if "@" in to else f"{to}@{me}")


def smtproutes():
    """Where qmail-remote connects, and which names it asks for before it does."""
    for name, rows in table("smtproutes/routes.tsv").items():
        path = root(name)
        shutil.copyfile(f"{GOLDEN}/smtproutes/{name}.smtproutes", path + "/var/qmail/control/smtproutes")
        for (host, connected, asked, said), r in zip(rows, ask(path, [b"x@" + plain(row[0]) for row in rows])):
            to, _, port = connected.decode().partition(":")
            *_, other = r["reason"].partition("; any other bounces it: ")
            if other:  # notqmail is one of the others
                r.update(outcome="bounced", reason=other)
                r["relay"]["host"] = other.removeprefix("Sorry, I couldn't find any host named ").removesuffix(". (#5.1.2)")
            if b"/MX" in asked:
                same((name, host), r["relay"], None)
            else:
                same((name, host), r["relay"]["host"].lower(), asked.decode().removesuffix("/A") if asked else to)
            if port and r["relay"]:
                same((name, host), r["relay"]["port"], int(port))
            outcome = "bounced" if said.startswith(b"D") else "deferred" if port == "0" else "remote"
            same((name, host), r["outcome"], outcome)
            if outcome != "remote":
                same((name, host), r["reason"], said[1:-1].decode())


def selection():
    """Which .qmail file counts: qmail-local."""
    for name, rows in table("dotqmail/selection.tsv").items():
        path = root(name)
        os.makedirs(path + "/home/h")
        with open(f"{GOLDEN}/dotqmail/{name}.files", "rb") as f:
            for file in f.read().split():
                write(os.path.join(path.encode() + b"/home/h", plain(file)), b"#\n")
        dashes = sorted({row[0] for row in rows})
        lines = [b"+d%d=:u:510:51:/home/h:%s::\n" % (i, plain(dash)) for i, dash in enumerate(dashes)]
        write(path + "/var/qmail/users/assign", b"".join(lines) + b".\n")
        write(path + "/var/qmail/control/locals", b"h.test\n")
        subprocess.run([QVMAIL, "newu", "-q", "--root", path], stderr=subprocess.DEVNULL, check=True)
        addresses = [verbatim(b"d%d=%s@h.test" % (dashes.index(row[0]), plain(row[1]))) for row in rows]
        for (dash, ext, file, code), r in zip(rows, ask(path, addresses)):
            chosen = shown(plain(file)) if file.startswith(b".") else None
            same((name, dash, ext), r["dotqmail"]["file"], chosen)
            outcome = "discarded" if chosen else "bounced" if code == b"100" else "deferred"
            same((name, dash, ext), r["outcome"], outcome)


def parse():
    """What a .qmail file says: qmail-local -n."""
    path = root("parse")
    os.makedirs(path + "/home/h")
    write(path + "/var/qmail/users/assign", b"+u-:u:510:51:/home/h:-::\n.\n")
    write(path + "/var/qmail/control/locals", b"h.test\n")
    write(path + "/var/qmail/control/defaultdelivery", b"./DEF/\n")
    subprocess.run([QVMAIL, "newu", "-q", "--root", path], check=True)
    rows = [[text] + row for text, rows in table("dotqmail/parse.tsv").items() for row in rows]
    for i, row in enumerate(rows):
        write(f"{path}/home/h/.qmail-{i}", plain(row[0].encode()), 0o744 if row[1] == b"x" else 0o644)
    for row, r in zip(rows, ask(path, [b"u-%d@h.test" % i for i in range(len(rows))])):
        text, owner_x, code, out, said = row
        out = re.sub(r"did \d+\+\d+\+\d+\n$", "", shown(plain(out)))
        same((text, owner_x), "".join(f"{i['type']} {i['value']}\n" for i in r["instructions"]), out)
        if code == b"111":
            same((text, owner_x), r["outcome"], "deferred")
        if code == b"111" and out == "":
            same((text, owner_x), r["reason"], plain(said).decode().strip())


# What decided there is known to nobody before: what a program did, what DNS said; or the cdb was damaged for it.
UNKNOWABLE = {"c173", "c179", "c193", "c235", "c241", "c243", "c245", "c247"}
OUTCOMES = {
    "success": ("delivered", "forwarded", "discarded", "remote"),
    "failure": ("bounced",),
    "deferral": ("deferred",),
}


def logged(text):
    """As qmail-send writes it into its log."""
    return re.sub(r"[^!-$&-~]", "_", text.replace("\n", "/"))


def route():
    """Whole journeys of mail that was injected."""
    path = root("world")
    world = f"{GOLDEN}/route/world"
    install(world + "/control", path + "/var/qmail/control")
    os.rmdir(path + "/var/qmail/alias")
    for name in "assign", "cdb":
        shutil.copyfile(f"{world}/{name}", path + f"/var/qmail/users/{name}")
    for name in "home-gr.tar.gz", "alias.tar.gz":
        subprocess.run(["tar", "xzpf", f"{world}/{name}", "--numeric-owner", "-C", path], check=True)
    cases = {name: rows[0] for name, rows in table("route/routes.tsv").items() if name not in UNKNOWABLE}
    for (name, row), r in zip(cases.items(), ask(path, [plain(row[1]) for row in cases.values()])):
        _, _, _, reply, routed, lspawn, opened, result, *_ = [field.decode("latin-1") for field in row]
        if not reply.startswith("("):
            same((name, "reply"), r["reply"], reply)
        if routed == "-":
            continue
        same((name, "routed"), f"{r['channel']} {logged(r['rewritten'])}", routed)
        if lspawn:
            want = dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", lspawn))
            same((name, "lspawn"), {k: str(v) for k, v in r["assign"].items() if k in want}, {k: want[k] for k in r["assign"] if k in want})
        tried = re.findall(r"(\.qmail.*?)\[\w+\]", re.sub(r" stat:.*", "", opened))
        same((name, "tried"), r["dotqmail"]["tried"] if r["dotqmail"] else [], tried)
        kind, _, said = result.partition(": ")
        same((name, "outcome", r["outcome"]), r["outcome"] in OUTCOMES[kind], True)
        if kind != "success" and said:
            same((name, "reason"), logged(r["reason"]), said.rstrip("/"))
        elif said.startswith("did"):
            same((name, "reason"), logged(r["reason"]), said.rstrip("/").partition("/")[0])


{"lookup": lookup, "rewrite": rewrite, "rcpthosts": rcpthosts, "smtproutes": smtproutes, "selection": selection,
 "parse": parse, "route": route}[KIND]()
print(f"{compared} compared, {differences} differ")
sys.exit(compared == 0 or differences > 0)
