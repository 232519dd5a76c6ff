"""qv-newu beside a model of qmail-newu: newu.py QVMAIL SCRATCH SEED COUNT. Says what differs, at its smallest.

The model is qmail-newu(8) and qmail-users(5) written down a second time; compared are the records of users/cdb, in their order,
and which line is wrong. Each record must also be found by its hash, as cdb(5) says.
"""

import os
import random
import shutil
import struct
import subprocess
import sys

from shrink import shrink

QVMAIL, SCRATCH = sys.argv[1:3]
SEED, COUNT = int(sys.argv[3]), int(sys.argv[4])


def fold(text):
    return bytes(c + 32 if 65 <= c <= 90 else c for c in text)


def model(text):
    """(records, None), or (None, number of the wrong line)."""
    records, last_bytes = [], b""
    lines = text.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line[:1] == b".":
            return records + [(b"", last_bytes)], None
        whole = number < len(lines)
        fields = line.split(b":")
        if not whole or b"\0" in line or len(fields) < 8 or fields[0] == b"":
            return None, number
        name = fields[0][1:]
        if line[:1] == b"+":
            key = b"!" + fold(name)
            if name and name[-1:] not in last_bytes:
                last_bytes += name[-1:]
        else:
            key = b"!" + fold(name) + b"\0"
        records.append((key, b"\0".join(fields[1:7])))
    return None, len(lines)


def hashed(key):
    h = 5381
    for c in key:
        h = ((h << 5) + h ^ c) & 0xFFFFFFFF
    return h


def found(cdb, key):
    """Data of the first record with this key by way of the hash tables, or None."""
    h = hashed(key)
    table, slots = struct.unpack_from("<II", cdb, h % 256 * 8)
    for i in range(slots):
        place = table + ((h >> 8) + i) % slots * 8
        slot, at = struct.unpack_from("<II", cdb, place)
        if at == 0:
            return None
        if slot == h:
            n, m = struct.unpack_from("<II", cdb, at)
            if cdb[at + 8:at + 8 + n] == key:
                return cdb[at + 8 + n:at + 8 + n + m]
    return None


def records_of(cdb):
    at, end, records = 2048, min(struct.unpack_from("<I", cdb, i * 8)[0] for i in range(256)), []
    while at < end:
        n, m = struct.unpack_from("<II", cdb, at)
        records.append((cdb[at + 8:at + 8 + n], cdb[at + 8 + n:at + 8 + n + m]))
        at += 8 + n + m
    return records


def ours(text):
    users = SCRATCH + "/root/var/qmail/users"
    with open(users + "/assign", "wb") as f:
        f.write(text)
    if os.path.exists(users + "/cdb"):
        os.remove(users + "/cdb")
    r = subprocess.run([QVMAIL, "newu", "-q", "--root", SCRATCH + "/root"], stderr=subprocess.PIPE, check=False)
    if r.returncode != 0:
        where = r.stderr.split(b"/users/assign:")
        return None, int(where[1].split(b":")[0]) if r.returncode == 111 and len(where) == 2 else r.stderr
    with open(users + "/cdb", "rb") as f:
        return f.read(), None


def differs(text):
    want, wrong = model(text)
    cdb, refused = ours(text)
    if want is None or cdb is None:
        return f"refused: {refused}, the model: {wrong}" if (want is None) != (cdb is None) or refused != wrong else None
    got = records_of(cdb)
    if got != want:
        return f"records {got}, the model: {want}"
    firsts = dict(reversed(want))
    for key, data in firsts.items():
        if found(cdb, key) != data:
            return f"{key}: {found(cdb, key)} is found, the model: {data}"
    return None


NAMES = [b"joe", b"JOE", b"joe-", b"joe-list-", b"Z", b"", b"x.org-", b"a=b", b"\xe9", b"=", b"+", b"joe\t", b"#", b"a\rb"]
FIELDS = [b"u", b"510", b"51", b"/home/u", b"-", b"", b"ext", b"0", b"4294967806", b" ", b"\xff", b"/h\rx"]


def line(dice):
    kind = dice.random()
    if kind < 0.01:
        return dice.choice([b"", b"#", b":", b"+", b"=joe", b"+joe:u:1:2:/h:-:", b"=\0:a:b:c:d:e:f:", b" =joe:u:1:2:/h:::"])
    if kind < 0.02:
        return b"." + dice.choice([b"", b" ", b"x:y"])
    name = dice.choice(NAMES) if dice.random() < 0.7 else b"n%d%s" % (dice.randrange(1000), dice.choice([b"", b"-", b"A", b"."]))
    if dice.random() < 0.001:
        name *= 1000
    return dice.choice([b"+", b"=", b"=", b"x"] if dice.random() < 0.1 else [b"+", b"="]) + name + b":" + b":".join(
        dice.choice(FIELDS) for _ in range(6)) + b":" + dice.choice([b"", b"", b"junk", b":"])


def text(dice):
    lines = [line(dice) for _ in range(dice.choice([0, 1, 2, 5, 20, 60, 60, 200] + [5000] * (dice.random() < 0.02)))]
    return b"\n".join(lines + dice.choice([[b".", b""]] * 12 + [[], [b""], [b"."], [b". x", b"behind", b""]]))


def main():
    os.makedirs(SCRATCH + "/root/var/qmail/users")
    os.makedirs(SCRATCH + "/root/var/qmail/control")
    print(f"seed {SEED}")
    wrong = refused = records = 0
    for i in range(COUNT):
        case = text(random.Random(SEED * 1000003 + i))
        want, _ = model(case)
        refused += want is None
        records += len(want or [])
        if differs(case):
            wrong += 1
            least = b"\n".join(shrink(case.split(b"\n"), lambda lines: differs(b"\n".join(lines))))
            print(f"case {i}: {least}: {differs(least)}")
    shutil.rmtree(SCRATCH + "/root")
    print(f"{COUNT} tables, {refused} of them refused, {records} records; {wrong} differ")
    sys.exit(wrong > 0 or refused == 0 or records == 0)


main()
