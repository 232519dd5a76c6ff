"""gateway - what qmail would make of a tree (tree.take), read here a second time: qvmail is not asked."""
import struct

CONTROL, USERS = "var/qmail/control/", "var/qmail/users/"


class Broken(Exception):
    pass


def _text(tree, path):
    e = tree.get(path)
    return e.data if e is not None and e.is_file() else b""


def lines(tree, path):
    """A control file's lines, as control_readfile has them."""
    out = [l.rstrip(b" \t").lower() for l in _text(tree, path).split(b"\n")]
    return [l for l in out if l and not l.startswith(b"#")]


def cdb(data, path):
    """All records of a constant database; every hash table must lead to its records."""
    if len(data) < 2048:
        raise Broken(path + ": shorter than a cdb's header")
    tables = [struct.unpack_from("<II", data, 8 * i) for i in range(256)]
    end, pos, found, seen = min(p for p, _ in tables), 2048, {}, set()
    while pos < end:
        k, d = struct.unpack_from("<II", data, pos)
        if pos + 8 + k + d > end:
            raise Broken(path + ": a record is longer than the file")
        found[data[pos + 8:pos + 8 + k]] = data[pos + 8 + k:pos + 8 + k + d]
        seen.add(pos)
        pos += 8 + k + d
    led = set()
    for p, n in tables:
        if p + 8 * n > len(data):
            raise Broken(path + ": a table is beyond the end")
        led |= {struct.unpack_from("<II", data, p + 8 * i)[1] for i in range(n)} - {0}
    if led != seen:
        raise Broken(path + ": tables and records differ")
    return found


def assign(data, path):
    """[(key as in users/cdb, fields)]; the last line is a dot."""
    out = []
    rows = data.split(b"\n")
    if data and (len(rows) < 2 or rows[-2] != b"." or rows[-1] != b""):
        raise Broken(path + ": the last line is not a dot")
    for row in rows[:-2]:
        f = row.split(b":")
        if row[:1] not in (b"+", b"=") or len(f) < 8 or not f[2].isdigit() or not f[3].isdigit():
            raise Broken("%s: %r" % (path, row))
        out.append((b"!" + f[0][1:].lower() + (b"\0" if row[:1] == b"=" else b""), tuple(f[1:7])))
    return out


class Gateway:
    """One state; mail(address) says what becomes of mail for it."""

    def __init__(self, tree):
        self.tree = tree
        self.rcpthosts = set(lines(tree, CONTROL + "rcpthosts"))
        more = tree.get(CONTROL + "morercpthosts.cdb")
        if more is not None:
            self.rcpthosts |= set(cdb(more.data, CONTROL + "morercpthosts.cdb"))
        self.locals = set(lines(tree, CONTROL + "locals"))
        self.virtual = dict(l.split(b":", 1) for l in lines(tree, CONTROL + "virtualdomains") if b":" in l)
        self.routes = dict(l.split(b":", 1) for l in lines(tree, CONTROL + "smtproutes") if b":" in l)
        self.assign = assign(_text(tree, USERS + "assign"), USERS + "assign")
        data = _text(tree, USERS + "cdb")
        self.cdb = cdb(data, USERS + "cdb") if data else {}
        self.tables()

    def tables(self):
        for name in ("qv-passwd.cdb", "qv-recipients.cdb"):
            if USERS + name in self.tree:
                cdb(_text(self.tree, USERS + name), USERS + name)
        for l in _text(self.tree, USERS + "qv-passwd").split(b"\n")[:-1]:
            if not l.startswith(b"#") and l.count(b":") < 2:
                raise Broken("%sqv-passwd: %r" % (USERS, l))

    def _by_domain(self, table, domain):
        if domain in table:
            return domain
        parts = domain.split(b".")
        for i in range(1, len(parts)):
            if b"." + b".".join(parts[i:]) in table:
                return b"." + b".".join(parts[i:])
        return None

    def accepted(self, domain):
        return self._by_domain(self.rcpthosts, domain) is not None

    def user(self, local):
        """qmail-lspawn: the exact name, then the longest beginning that ends with a wild character."""
        local = local.lower()
        if b"!" + local + b"\0" in self.cdb:
            return self.cdb[b"!" + local + b"\0"].split(b"\0")[:6], b""
        wild = self.cdb.get(b"", b"")
        for n in range(len(local), 0, -1):
            if local[n - 1:n] in wild and b"!" + local[:n] in self.cdb:
                return self.cdb[b"!" + local[:n]].split(b"\0")[:6], local[n:]
        return None, b""

    def _maildir(self, where, uid):
        parts = [self.tree.get(where + p) for p in ("", "/new", "/cur", "/tmp")]
        if not all(p is not None and p.is_dir() for p in parts):
            return "no Maildir"
        return "Maildir" if all(p.uid == uid for p in parts) else "a Maildir of another owner"

    def _dotqmail(self, home, dash, ext):
        ext = ext.lower().replace(b".", b":")
        names = [ext] + [ext[:i + 1] + b"default" for i in range(len(ext) - 1, -1, -1) if ext[i:i + 1] == b"-"] + [b"default"]
        for name in names if dash else [b""]:
            path = home + "/.qmail" + (dash + name).decode("latin-1")
            if path in self.tree:
                return path
        return None

    def local(self, address):
        """qmail-local: which file counts, what it says, and whether what it says can be done."""
        user, rest = self.user(address)
        if user is None:
            return ("no such user",)
        uid, home = int(user[1]), user[3].decode("latin-1").strip("/")
        at = self.tree.get(home)
        if at is None or not at.is_dir() or at.uid != uid:
            return ("no home", tuple(user))
        path = self._dotqmail(home, user[4], user[5] + rest)
        if path is None:
            return ("no mailbox here by that name", tuple(user))
        done = []
        for l in _text(self.tree, path).decode("latin-1").split("\n"):
            if l.startswith(("/", "./")) and l.endswith("/"):
                where = l.strip("/") if l.startswith("/") else home + "/" + l[2:].strip("/")
                done.append((l, self._maildir(where, uid)))
            elif l:
                done.append((l, ""))
        return ("delivered", tuple(user), tuple(done), self.tree[path].key()[1:4])

    def routed(self, local, domain):
        if domain in self.locals:
            return self.local(local)
        key = self._by_domain(self.virtual, domain)
        if key is not None:
            return self.local(self.virtual[key] + b"-" + local)
        key = self._by_domain(self.routes, domain)
        return ("sent to", self.routes[key]) if key is not None else ("sent to its MX",)

    def mail(self, local, domain):
        return (self.routed(local, domain) if self.accepted(domain) else ("refused",), self.routed(local, domain))


def domains(*trees):
    """Every domain that is named in any of them, and one below each."""
    names = set()
    for t in trees:
        for f in ("rcpthosts", "morercpthosts", "virtualdomains", "smtproutes"):
            names |= {l.split(b":")[0].lstrip(b".") for l in lines(t, CONTROL + f)}
    return sorted(n for n in names if n) + sorted(b"x." + n for n in names if n)


def addresses(*trees):
    """Every local part that has a .qmail file in any of them, and nobody's."""
    out = {b"nobody", b"postmaster"}
    for t in trees:
        for path in t:
            name = path.rsplit("/", 1)[-1]
            if name.startswith(".qmail-") and not name.endswith(".new"):
                out.add(name[7:].encode("latin-1").replace(b":", b"."))
    return sorted(out)


def files(now, *legal):
    """Whatever is there is as it was or as it will be; temporary names apart."""
    from lib import tree as T
    wrong = []
    for path in sorted(set(now).union(*legal)):
        e = now.get(path)
        if T.temporary(path) or path == "":
            continue
        if not any((e is None and path not in l) or (e is not None and e.same(l.get(path))) for l in legal):
            wrong.append("%s is neither old nor new" % path)
    return wrong


def _waits(got):
    return got[0] == "delivered" and any(how == "no Maildir" for _, how in got[2])


def wrong(now, base, after, defers=None):
    """What must never be, between base and after (trees, normalised): lines. defers: a local part whose mail may wait."""
    out = files(now, base, after)
    try:
        g = Gateway(now)
    except (Broken, struct.error, ValueError, KeyError) as e:
        return out + ["does not parse: %s" % e]
    was, will = Gateway(base), Gateway(after)
    for d in domains(base, after):
        for a in addresses(base, after):
            legal = (was.mail(a, d), will.mail(a, d))
            got = g.mail(a, d)
            for i, what in enumerate(("accepted", "routed")):
                if got[i] not in (legal[0][i], legal[1][i]) and not (a == defers and _waits(got[i])):
                    out.append("mail for %s@%s, %s: %s; before: %s; afterwards: %s" %
                               (a.decode("latin-1"), d.decode("latin-1"), what, got[i], legal[0][i], legal[1][i]))
    return out
