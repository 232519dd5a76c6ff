"""disk - what a power cut may leave of a recorded run.

A run is a list of events on inodes: names set or removed in directories, bytes, owners and modes, and syncs. Disk goes through
them and knows what is on the disk for certain and what is only in memory; states() makes the trees that may be found after a
cut at this moment, under one of two rules:

  posix   Of what no sync has promised, any part may be there: each change of a directory by itself, each file's bytes not at all,
          half or whole, each owner and mode old or new. A sync of a directory promises its names, a sync of a file its bytes,
          owner and mode, but not its name. A rename is there whole or not at all.
  ext4    Each file system has a journal: what it has of names, owners and modes is a beginning of what was done; a sync of
          anything promises all that was done up to the last change of it. Bytes come later than names, unless they are synced.

Two file systems, /home and the rest: a sync on one says nothing of the other.
"""
import itertools
import random
import stat

from lib import tree


class Event:
    """kind: name (changes: [(directory, name, inode or None)]), data, attr (value: bytes; (mode, uid, gid)), sync (inode None: all of
    fs, fs None: everything), mark (value: who was taken)"""

    def __init__(self, kind, call, fs=None, inode=None, value=None, changes=(), touches=()):
        self.kind, self.call, self.fs, self.inode, self.value, self.changes = kind, call, fs, inode, value, changes
        self.touches = set(touches)
        self.begun, self.ended = (call.begun, call.ended) if call else (0, 0)


class Entry:
    """As tree.Entry; key() is what counts."""
    __slots__ = ("kind", "mode", "uid", "gid", "data")
    is_dir, is_file, key, same = tree.Entry.is_dir, tree.Entry.is_file, tree.Entry.key, tree.Entry.same

    def __init__(self, kind, attr, data):
        self.kind, (self.mode, self.uid, self.gid), self.data = kind, attr, data


class Base:
    """Directories {inode: {name: inode}}, kinds, bytes, owners and modes."""

    def __init__(self):
        self.names, self.kind, self.data, self.attr = {}, {}, {}, {}

    def copy(self):
        b = Base()
        b.names = {i: dict(n) for i, n in self.names.items()}
        b.kind, b.data, b.attr = dict(self.kind), dict(self.data), dict(self.attr)
        return b


class Disk:
    def __init__(self, base, rule):
        self.base, self.rule = base.copy(), rule
        self.names, self.bytes, self.attrs = [], {}, {}  # in memory only: events; {inode: [events]}
        self.certain = -1  # place of the last event that is on the disk

    def step(self, at, e):
        e.at = at
        if e.kind == "name":
            e.waits = {d for d, _, _ in e.changes}
            self.names.append(e)
        elif e.kind == "attr":
            self.attrs.setdefault(e.inode, []).append(e)
        elif e.kind == "data":
            self.bytes.setdefault(e.inode, []).append(e)
        elif e.kind == "sync":
            (self.sync_posix if self.rule == "posix" else self.sync_ext4)(e)

    # What is promised

    def keep(self, e):
        self.certain = max(self.certain, e.at)
        if e.kind == "name":
            for d, n, i in e.changes:
                if i is None:
                    self.base.names[d].pop(n, None)
                else:
                    self.base.names[d][n] = i
        elif e.kind == "data":
            self.base.data[e.inode] = e.value
        else:
            self.base.attr[e.inode] = e.value

    def keep_of(self, table, inode, sync):
        left = []
        for e in table.pop(inode, []):
            if e.ended < sync.begun:
                self.keep(e)
            else:
                left.append(e)
        if left:
            table[inode] = left

    def keep_names(self, chosen):
        """In their order."""
        for e in [e for e in self.names if chosen(e)]:
            self.keep(e)
            self.names.remove(e)

    def keep_fs(self, s):
        self.keep_names(lambda e: s.fs in (None, e.fs) and e.ended < s.begun)
        for table in (self.bytes, self.attrs):
            for i in list(table):
                if s.fs in (None, table[i][0].fs):
                    self.keep_of(table, i, s)

    def sync_posix(self, s):
        if s.inode is None:
            self.keep_fs(s)
            return
        for e in self.names:
            if e.ended < s.begun:
                e.waits.discard(s.inode)
        self.keep_names(lambda e: not e.waits)
        self.keep_of(self.bytes, s.inode, s)
        self.keep_of(self.attrs, s.inode, s)

    def sync_ext4(self, s):
        if s.inode is None:
            self.keep_fs(s)
            return
        mine = [e.at for e in self.names if s.inode in e.touches and e.ended < s.begun]
        mine += [e.at for e in self.attrs.get(s.inode, ()) if e.ended < s.begun]
        mine += [e.at for e in self.bytes.get(s.inode, ()) if e.ended < s.begun]
        self.keep_of(self.bytes, s.inode, s)
        last = max(mine, default=-1)
        self.keep_names(lambda e: e.fs == s.fs and e.at <= last)
        for i in list(self.attrs):
            for e in self.attrs[i]:
                if e.fs == s.fs and e.at <= last:
                    self.keep(e)
            self.attrs[i] = [e for e in self.attrs[i] if e.fs != s.fs or e.at > last]
            if not self.attrs[i]:
                del self.attrs[i]

    # What may be found

    def tree(self, names, data, attrs):
        """{path: Entry}, of the certain and these"""
        over = {}
        for e in names:
            for d, n, i in e.changes:
                over.setdefault(d, {})[n] = i
        out, todo = {}, [("", 1)]
        b = self.base
        while todo:
            path, i = todo.pop()
            kind = b.kind[i]
            out[path] = Entry(kind, attrs.get(i) or b.attr[i], b"" if kind == stat.S_IFDIR else data.get(i, b.data.get(i, b"")))
            if kind != stat.S_IFDIR:
                continue
            here = b.names[i]
            if i in over:
                here = {**here, **over[i]}
            todo += [(path + "/" + n if path else n, c) for n, c in here.items() if c is not None]
        return out

    def choices_posix(self, limit, rng):
        """(names, data, attrs) of each state; all of them, or the likeliest to hurt and some at random"""
        files, owners = sorted(self.bytes), sorted(self.attrs)
        sizes = [2] * len(self.names) + [3] * len(files) + [2] * len(owners)
        total = 1
        for s in sizes:
            total *= s
        if total <= limit:
            picks = itertools.product(*[range(s) for s in sizes])
        else:
            picks = itertools.islice(self.corners(sizes, rng), limit)
        for p in picks:
            n, f = len(self.names), len(files)
            yield ([e for e, k in zip(self.names, p) if k],
                   {i: self.part(i, k) for i, k in zip(files, p[n:n + f]) if k},
                   {i: self.attrs[i][-1].value for i, k in zip(owners, p[n + f:]) if k})

    def part(self, i, how):
        new = self.bytes[i][-1].value
        return new if how == 1 else new[:len(new) // 2]

    @staticmethod
    def corners(sizes, rng):
        none, every = [0] * len(sizes), [1] * len(sizes)
        yield none
        yield every
        for k in range(len(sizes)):
            yield every[:k] + [0] + every[k + 1:]
            yield none[:k] + [1] + none[k + 1:]
            yield every[:k] + none[k:]
            if sizes[k] == 3:
                yield every[:k] + [2] + every[k + 1:]
        while True:
            yield [rng.randrange(s) for s in sizes]

    def choices_ext4(self, limit, rng):
        order = {}
        for e in self.names + [e for es in self.attrs.values() for e in es]:
            order.setdefault(e.fs, []).append(e)
        orders = [sorted(es, key=lambda e: e.at) for es in order.values()]
        cuts = list(itertools.product(*[range(len(o) + 1) for o in orders]))
        if len(cuts) > limit // 2:
            cuts = cuts[:1] + cuts[-1:] + rng.sample(cuts, limit // 2)
        files = sorted(self.bytes)
        for c in cuts:
            there = [e for o, n in zip(orders, c) for e in o[:n]]
            names = sorted((e for e in there if e.kind == "name"), key=lambda e: e.at)
            attrs = {e.inode: e.value for e in sorted(there, key=lambda e: e.at) if e.kind == "attr"}
            whole = {i: self.part(i, 1) for i in files}
            for data in [{}, whole] + [{k: v for k, v in whole.items() if k != i} for i in files if len(files) > 1]:
                yield names, data, attrs

    def states(self, limit, rng):
        """(tree, place of the last event that is in it)"""
        choices = self.choices_posix if self.rule == "posix" else self.choices_ext4
        for names, data, attrs in choices(limit, rng):
            yield self.tree(names, data, attrs), max([self.certain] + [e.at for e in names])


def seeded(*words):
    return random.Random(" ".join(str(w) for w in words))
