"""qv-rcpt beside qv-route: rcpt.py recorded|random|oracle QVMAIL GOLDEN SCRATCH [SEED COUNT]. Says where they contradict each other.

qv-rcpt never refuses what qmail then delivers, defers or forwards, and refuses nearly all that then bounces for lack of
an address. Its --list has all that it accepts, and nothing that it refuses. recorded: addresses and set-ups that the real
qmail was asked about. random: set-ups by dice, with wrong modes, links and FIFOs; COUNT addresses. oracle:
such set-ups beside cvm-qmail, as root.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys

KIND, QVMAIL, GOLDEN, SCRATCH = sys.argv[1:5]
NO_MAILBOX = "Sorry, no mailbox here by that name. (#5.1.1)"
USERS = """root:x:0:0::/root:/bin/sh
alias:x:1001:1001::/var/qmail/alias:/bin/sh
qmaild:x:1002:1002::/var/qmail:/bin/sh
qmailp:x:1003:1002::/var/qmail:/bin/sh
qmailr:x:1004:1005::/var/qmail:/bin/sh
qmails:x:1006:1005::/var/qmail:/bin/sh
grjoe:x:5100:5100::/home/gr/grjoe:/bin/sh
joe:x:5101:5100::/home/joe:/bin/sh
"""
wrong = asked = bounced = refused = 0


def write(path, data, mode=0o644):
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)


def plain(text):
    return re.sub(rb"\\x([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), text)


def verbatim(address):
    return b"<" + b"".join(b"\\" + bytes([c]) for c in address) + b">"


def run(applet, path, addresses):
    command = [QVMAIL, applet, "--root", path, "--json", "--"] + addresses
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if answer.returncode not in (0, 1, 100):
        sys.exit(f"{applet}: exit {answer.returncode}")
    return json.loads(answer.stdout)


def lacks(r):
    """All of this mail bounces, because there are no such addresses."""
    if r["outcome"] == "bounced":
        return r["reason"] == NO_MAILBOX
    ends = r["followed"]
    return r["outcome"] == "forwarded" and bool(ends) and all(
        e["outcome"] == "forwarded" or (e["outcome"] == "bounced" and e["reason"] == NO_MAILBOX) for e in ends)


def compare(path, addresses, what, counts=True):
    """What qv-rcpt answers for each."""
    global wrong, asked, bounced, refused
    said = []
    for i in range(0, len(addresses), 200):
        part = addresses[i:i + 200]
        answers = run("rcpt", path, part)
        for address, r, a in zip(part, run("route", path, part), answers):
            asked += 1
            if "may not look" not in (a["reason"] or ""):  # root, who makes the list, may
                said.append((address, a["answer"]))
            if a["answer"] != "refused" and (not counts or "may not look" in (a["reason"] or "") or b"\\[" in os.fsencode(address)):
                continue  # it is closed to qmaild; or this host's IP address, which qmail-smtpd replaces before it asks
            bounced += lacks(r)
            refused += lacks(r) and a["answer"] == "refused"
            if a["answer"] == "refused" and not lacks(r):
                wrong += 1
                print(f"{what} {address}: refused; {r['outcome']}: {r['reason']} {r['followed']}")
            elif lacks(r) and a["answer"] == "accepted":
                print(f"# {what} {address}: accepted; {r['outcome']} {r['followed']}")
    return said


def listed(path, hosts, answers, what):
    """The list covers what is accepted; each address in it is."""
    global wrong
    write(path + "/var/qmail/control/rcpthosts", "".join(host + "\n" for host in hosts).encode())
    command = [QVMAIL, "rcpt", "--root", path, "-q", "--list"]
    lines = set(subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode().split("\n")[:-1])
    for address, answer in answers:
        host = address[address.rindex("@") + 1:].lower() if "@" in address else ""
        if host not in hosts or "%" in address or address[0] == "@":
            continue
        if answer != "refused" and not {address.lower(), "@" + host, "@" + host[host.find("."):]} & lines:
            wrong += 1
            print(f"{what} {address}: {answer}, and not listed")
    single = [line for line in lines if not line.startswith("@")]
    for a in run("rcpt", path, [verbatim(line.encode()) for line in single]) if single else []:
        if a["answer"] == "refused":
            wrong += 1
            print(f"{what} {a['address']}: listed, and refused")


def root(name):
    path = f"{SCRATCH}/{name}"
    for part in "var/qmail/control", "var/qmail/users", "var/qmail/alias", "etc", "home":
        os.makedirs(f"{path}/{part}")
    write(path + "/etc/passwd", USERS.encode())
    write(path + "/var/qmail/control/me", b"me.test\n")
    return path


def rows(name):
    with open(f"{GOLDEN}/{name}", "rb") as f:
        return [line.split(b"\t") for line in f.read().split(b"\n")[1:] if line]


def newu(path):
    subprocess.run([QVMAIL, "newu", "-q", "--root", path], stderr=subprocess.DEVNULL, check=True)


def recorded():
    for name in sorted({row[0].decode() for row in rows("rewrite/rewrite.tsv")}):
        path = root(name)
        for file in os.listdir(f"{GOLDEN}/rewrite/{name}"):
            shutil.copyfile(f"{GOLDEN}/rewrite/{name}/{file}", f"{path}/var/qmail/control/{file}")
        compare(path, [verbatim(plain(row[1])) for row in rows("rewrite/rewrite.tsv") if row[0].decode() == name], name)
    for name in sorted({row[0].decode() for row in rows("lookup/lookups.tsv")}):
        path = root("lookup-" + name)
        shutil.copyfile(f"{GOLDEN}/lookup/{name}.cdb", path + "/var/qmail/users/cdb")
        write(path + "/var/qmail/control/locals", b"h.test\n")
        compare(path, [verbatim(plain(row[1]) + b"@h.test") for row in rows("lookup/lookups.tsv") if row[0].decode() == name], name)
    for name in sorted({row[0].decode() for row in rows("dotqmail/selection.tsv")}):
        selection = [row[1:] for row in rows("dotqmail/selection.tsv") if row[0].decode() == name]
        path = root(name)
        os.makedirs(path + "/home/h")
        with open(f"{GOLDEN}/dotqmail/{name}.files", "rb") as f:
            for file in f.read().split():
                write(os.path.join(path.encode() + b"/home/h", plain(file)), b"#\n")
        dashes = sorted({row[0] for row in selection})
        lines = [b"+d%d=:u:510:51:/home/h:%s::\n" % (i, plain(dash)) for i, dash in enumerate(dashes)]
        write(path + "/var/qmail/users/assign", b"".join(lines) + b".\n")
        write(path + "/var/qmail/control/locals", b"h.test\n")
        newu(path)
        compare(path, [verbatim(b"d%d=%s@h.test" % (dashes.index(row[0]), plain(row[1]))) for row in selection], name)
    if os.getuid() == 0:
        path, world = root("world"), f"{GOLDEN}/route/world"
        for file in os.listdir(world + "/control"):
            shutil.copyfile(f"{world}/control/{file}", f"{path}/var/qmail/control/{file}")
        os.rmdir(path + "/var/qmail/alias")
        for name in "assign", "cdb":
            shutil.copyfile(f"{world}/{name}", path + f"/var/qmail/users/{name}")
        for name in "home-gr.tar.gz", "alias.tar.gz":
            subprocess.run(["tar", "xzpf", f"{world}/{name}", "--numeric-owner", "-C", path], check=True)
        compare(path, [plain(row[2]) for row in rows("route/routes.tsv")], "world")


LOCALS = ["joe", "list", "list-owner", "list-x", "a.b", "JOE", "default", "", "a-b-c", "x", "team", "list-return-1-a=b", "a/b"]
HOSTS = ["one.test", "two.test", "sub.one.test", "me.test", "far.test", "One.Test", "three.test", "percent.test"]


def address(dice):
    user, host = dice.choice(LOCALS), dice.choice(HOSTS)
    if dice.random() < 0.05:
        return f"{user}%{dice.choice(HOSTS)}@percent.test"
    return user if user and dice.random() < 0.05 else f"{user}@{host}"


def line(dice):
    return dice.choice(["./Maildir/", "./mbox", "|exit 0", "|exit 100", "# nothing", "+list", "", " "] +
                       ["&" + address(dice) for _ in range(12)])


def fill(dice, home, closed):
    """A home with a few .qmail files, some of which are odd."""
    for _ in range(dice.randrange(5)):
        name = f"{home}/.qmail-" + dice.choice(["joe", "list", "list-owner", "default", "a:b", "list-default", "x", "a-default", "team"])
        if os.path.lexists(name):
            continue
        odd = dice.random()
        if odd < 0.03:
            os.mkfifo(name)
        elif odd < 0.06:
            os.mkdir(name)
        elif odd < 0.12:
            os.symlink(dice.choice(["nowhere", ".qmail-joe", ".qmail-default", "/home/h1/.qmail-x", "Maildir", "/etc/passwd"]), name)
        else:
            write(name, "".join(line(dice) + "\n" for _ in range(dice.randrange(4))).encode(),
                  dice.choice([0o644] * 12 + [0o600 if closed else 0o644, 0o646, 0o744, 0]))
        if os.getuid() == 0 and dice.random() < 0.7:
            os.chown(name, 510, 51, follow_symlinks=False)


def set_up(dice, path, closed):
    control = path + "/var/qmail/control/"
    homes = ["/home/h1", "/home/h2", "/home/h3", "/home/joe", "/var/qmail/alias"]
    for home in homes:
        if dice.random() < 0.05 or os.path.isdir(path + home) and home != "/var/qmail/alias":
            continue
        os.makedirs(path + home, exist_ok=True)
        fill(dice, path + home, closed)
        if dice.random() < 0.5:
            for part in "new", "cur", "tmp":
                os.makedirs(f"{path}{home}/Maildir/{part}")
        if os.getuid() == 0:
            subprocess.run(["chown", "-h", "5101:5100" if home == "/home/joe" else "510:51", path + home], check=True)
        os.chmod(path + home, dice.choice([0o755] * 14 + [0o700, 0o711, 0o757, 0o1755, 0o055]))
    wildcards = [f"+{key}-:u:510:51:{dice.choice(homes[:3] + ['/home/none'])}:{dice.choice(['-'] * 9 + [''])}:"
                 f"{dice.choice([''] * 5 + ['list-', 'x-'])}:" for key in ("one.test", "two", "v", "list")]
    simple = [f"={key}:u:510:51:{dice.choice(homes)}:{dice.choice(['', '-'])}:{dice.choice(['', 'x'])}:" for key in ("team", "x")]
    table = [entry for entry in wildcards + simple if dice.random() < 0.7]
    if dice.random() < 0.05:
        table.append("+:u:0:0:/home/h1:-::")
    dice.shuffle(table)
    write(path + "/var/qmail/users/assign", "".join(entry + "\n" for entry in table + ["."]).encode())
    newu(path)
    virtual = ["one.test:one.test", ".one.test:one.test", "two.test:two", "three.test:v", "joe@two.test:v", "two.test:", ".test:v",
               ":v", "me.test:v", "#one.test:two", "ONE.test:two", "x@one.test:", "two.test :v", "far.test:far"]
    write(control + "virtualdomains", "".join(v + "\n" for v in virtual if dice.random() < 0.4).encode())
    if dice.random() < 0.6:
        write(control + "locals", b"me.test\n" + (b"three.test\n" if dice.random() < 0.5 else b""))
    if dice.random() < 0.3:
        write(control + "percenthack", b"percent.test\nme.test\n")
    if dice.random() < 0.3:
        write(control + "envnoathost", b"one.test\n")
    if dice.random() < 0.03:
        os.remove(path + "/var/qmail/users/cdb")


def at_random():
    seed, count = int(sys.argv[5]), int(sys.argv[6])
    print(f"seed {seed}")
    for i in range((count + 99) // 100):
        dice = random.Random(seed * 1000003 + i)
        path = root("random")
        closed = dice.random() < 0.2  # .qmail files that qmaild may not read: that they exist is enough
        set_up(dice, path, closed)
        said = compare(path, [address(dice) for _ in range(100)], f"set-up {i}:", not closed)
        listed(path, [host for host in map(str.lower, HOSTS) if dice.random() < 0.8], said, f"set-up {i}:")
        shutil.rmtree(path)


ASK_CVM = r"""
mount --bind "$1/home" /home && mount --bind "$1/etc/passwd" /etc/passwd && mount --bind "$1/var" /var || exit
while IFS= read -r user && IFS= read -r host; do
	cvm-testclient cvm-command:/usr/bin/cvm-qmail "$user" "$host" >/dev/null 2>&1
	echo $?
done
"""
CVM_YES, CVM_NO = "6", "100"  # found, but it cannot check passwords; not found


def ask_cvm(path, addresses):
    lines = "".join(address.replace("@", "\n") + "\n" for address in addresses)
    answer = subprocess.run(["unshare", "-m", "sh", "-c", ASK_CVM, "sh", path], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return answer.stdout.split()


def tame(path):
    """Without what cvm-qmail does not know: control/me as a local name; addresses and the entries for all and of a domain twice in
    virtualdomains; .qmail names of other things; a home that is missing or not its user's."""
    control = path + "/var/qmail/control/"
    if not os.path.exists(control + "locals"):
        write(control + "locals", b"me.test\n")
    with open(control + "virtualdomains", "rb") as f:
        lines = f.read().split(b"\n")
    write(control + "virtualdomains", b"\n".join(line for line in lines if not re.search(b"[@ ]|^:|ONE", line)))
    homes = [path + "/var/qmail/alias"] + [f"{path}/home/{name}" for name in os.listdir(path + "/home")]
    for name in [f"{home}/{file}" for home in homes for file in os.listdir(home) if file.startswith(".qmail")]:
        if not os.path.isfile(name):
            subprocess.run(["rm", "-rf", name], check=True)
    os.makedirs(path + "/home/joe", exist_ok=True)
    os.chown(path + "/home/joe", 5101, 5100)


def oracle():
    """Beside cvm-qmail of Debian's cvm, another program with this decision to make. It keeps capitals and dots in names, takes
    no look at modes and owners, follows nothing, and knows only domains of this host: of that nothing is compared."""
    global wrong, asked, bounced, refused
    seed, count = int(sys.argv[5]), int(sys.argv[6])
    print(f"seed {seed}")
    for i in range((count + 99) // 100):
        dice = random.Random(seed * 1000003 + i)
        path = root("oracle")
        set_up(dice, path, False)
        tame(path)
        addresses = [a for a in (address(dice) for _ in range(100)) if re.fullmatch(r"[^@%A-Z./]+@[^@%]+", a)]
        routes = run("route", path, addresses)
        for a, ours, r, theirs in zip(addresses, run("rcpt", path, addresses), routes, ask_cvm(path, addresses), strict=True):
            if r["outcome"] in ("remote", "deferred", "forwarded") or "may not look" in (ours["reason"] or ""):
                continue
            asked += 1
            bounced += theirs == CVM_NO
            refused += theirs == CVM_NO and ours["answer"] == "refused"
            if theirs not in (CVM_YES, CVM_NO) or (ours["answer"] == "refused") != (theirs == CVM_NO):
                wrong += 1
                print(f"set-up {i}: {a}: {ours['answer']}, cvm-qmail exits {theirs}; {r['outcome']}: {r['reason']}")
        shutil.rmtree(path)


{"recorded": recorded, "random": at_random, "oracle": oracle}[KIND]()
print(f"{asked} addresses, {bounced} bounce for lack of an address, {refused} of them are refused; {wrong} wrongly refused")
sys.exit(asked == 0 or wrong > 0 or refused < bounced * 0.99)
