"""record - a command under strace(1), and what its calls did to the tree, as the events that disk.py goes through."""
import os
import re
import signal
import stat
import subprocess

import calls
from disk import Base, Event

TRACED = ("open,openat,openat2,creat,write,writev,pwrite64,pwritev,sendfile,copy_file_range,ftruncate,truncate,lseek,"
          "rename,renameat,renameat2,link,linkat,unlink,unlinkat,symlink,symlinkat,mkdir,mkdirat,rmdir,mknod,mknodat,"
          "chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,fsync,fdatasync,syncfs,sync,"
          "chdir,fchdir,umask,setuid,setgid,setresuid,setresgid,dup,dup2,dup3,fork,vfork,clone,clone3,"
          "?_llseek,?ftruncate64,?truncate64,?sendfile64,?chown32,?lchown32,?fchown32,?setuid32,?setgid32,?setresuid32,?setresgid32")

FORKS = ("fork", "vfork", "clone", "clone3")


def other_fs(path):
    """/home, and the rest."""
    return path == b"home" or path.startswith(b"home/")


class Recorder:
    def __init__(self, root, was):
        self.root = os.path.realpath(root).encode()
        self.base, self.next, self.events, self.strange = Base(), 1, [], []
        self.process = {}  # pid: its directory, umask, owner
        self.parent = {}   # pid: who has forked it
        self.at = {}       # (pid, descriptor): where it writes
        self.held = {}     # (pid, descriptor): what it was opened for
        ids = {}
        for path in sorted(was):
            e = was[path]
            i = ids[path] = self.add(self.base, e.kind, (e.mode, e.uid, e.gid), e.data)
            if path:
                above, _, name = path.rpartition("/")
                self.base.names[ids[above]][name] = i
        self.now = self.base.copy()
        self.fs = {i: other_fs(p.encode()) for p, i in ids.items()}

    def add(self, base, kind, attr, data=b""):
        i = self.next
        self.next += 1
        base.kind[i], base.attr[i] = kind, attr
        if kind == stat.S_IFDIR:
            base.names[i] = {}
        else:
            base.data[i] = data
        return i

    # Where a path leads

    def below(self, path):
        """The path below the root, or None."""
        path = os.path.normpath(path)
        if path == self.root:
            return b""
        return path[len(self.root) + 1:] if path.startswith(self.root + b"/") else None

    def find(self, path):
        i = 1
        for name in path.decode("latin-1").split("/") if path else []:
            i = self.now.names.get(i, {}).get(name)
            if i is None:
                return None
        return i

    def where(self, c, dirfd, n):
        """(directory, name, inode or None) of argument n, relative to argument dirfd or to the process' own directory"""
        path = c.args[n]
        if not path.startswith(b"/"):
            at = c.fd(dirfd) if dirfd is not None else self.mine(c)["cwd"]
            path = (at or b"/") + b"/" + path
        path = self.below(path)
        if not path:
            return None
        above, _, name = path.rpartition(b"/")
        d, name = self.find(above), name.decode("latin-1")
        if d is None:
            return None
        return d, name, self.now.names[d].get(name)

    def opened(self, c, n=0):
        """The inode of a descriptor, also where the name by which it was opened is gone."""
        path = c.fd(n)
        if path is None or self.below(path.removesuffix(b" (deleted)")) is None:
            return None
        return self.find(self.below(path)) or self.held.get((c.pid, int(c.args[n])))

    def mine(self, c):
        if c.pid not in self.process:
            self.inherit(c.pid, self.parent.get(c.pid))
        return self.process[c.pid]

    def inherit(self, child, parent):
        """A child may be seen before its parent's fork() has come back."""
        self.process[child] = dict(self.process.get(parent) or dict(cwd=b"/", umask=0o22, uid=os.geteuid(), gid=os.getegid()))
        for table in (self.at, self.held):
            table.update({(child, fd): v for (pid, fd), v in table.items() if pid == parent})

    # What a call does

    def name(self, c, *changes):
        touches = {d for d, _, _ in changes} | {i for _, _, i in changes if i is not None}
        for d, n, i in changes:
            old = self.now.names[d].get(n)
            if old is not None:
                touches.add(old)
            if i is None:
                self.now.names[d].pop(n, None)
            else:
                self.now.names[d][n] = i
        self.events.append(Event("name", c, self.fs[changes[0][0]], changes=changes, touches=touches))

    def make(self, c, place, kind, mode, data=b""):
        d, name, _ = place
        p = self.mine(c)
        i = self.add(self.now, kind, (mode & ~p["umask"] if kind != stat.S_IFLNK else 0o777, p["uid"], p["gid"]), data)
        self.add_to_base(i)
        self.fs[i] = self.fs[d]
        if name == "home" and d == 1:
            self.fs[i] = True
        self.name(c, (d, name, i))
        return i

    def add_to_base(self, i):
        """An inode that no name leads to is nowhere: it may as well be there from the beginning."""
        n = self.now
        self.base.kind[i], self.base.attr[i] = n.kind[i], n.attr[i]
        if n.kind[i] == stat.S_IFDIR:
            self.base.names[i] = {}
        else:
            self.base.data[i] = n.data[i] if n.kind[i] == stat.S_IFLNK else b""

    def data(self, c, i, value):
        self.now.data[i] = value
        self.events.append(Event("data", c, self.fs[i], i, value))

    def attr(self, c, i, mode=None, uid=None, gid=None):
        if i is None:
            return
        old = self.now.attr[i]
        new = tuple(o if v is None or v == -1 else v for o, v in zip(old, (mode, uid, gid)))
        if new != old:
            self.now.attr[i] = new
            self.events.append(Event("attr", c, self.fs[i], i, new))

    def open(self, c, place, flags, mode):
        if place is None:
            return
        d, name, i = place
        if "O_CREAT" in flags and i is None:
            i = self.make(c, place, stat.S_IFREG, mode)
        elif i is not None and "O_TRUNC" in flags and self.now.data.get(i):
            self.data(c, i, b"")
        self.at[c.pid, c.ret] = "end" if "O_APPEND" in flags else 0
        self.held[c.pid, c.ret] = i

    def write(self, c, text, at=None):
        i = self.opened(c)
        if i is None or i not in self.now.data:
            return
        n, fd, old = c.ret, int(c.args[0]), self.now.data[i]
        where = self.at.get((c.pid, fd), "end") if at is None else at
        if where == "end":
            where = len(old)
        if len(old) < where:
            old += b"\0" * (where - len(old))
        self.data(c, i, old[:where] + text[:n] + old[where + n:])
        if at is None and self.at.get((c.pid, fd), "end") != "end":
            self.at[c.pid, fd] = where + n

    def take(self, c):
        """One call."""
        a, name = c.args, c.name
        p = self.mine(c)
        if name in FORKS:
            if c.ret and c.ret > 0 and c.ret not in self.process:
                self.inherit(c.ret, c.pid)
            return
        if c.ret is None or c.ret < 0:
            return
        if name in ("open", "creat"):
            self.open(c, self.where(c, None, 0), a[1] if name == "open" else "O_CREAT|O_TRUNC", int(a[-1], 8) if len(a) > 2 else 0)
        elif name == "openat":
            self.open(c, self.where(c, 0, 1), a[2], int(a[3], 8) if len(a) > 3 else 0)
        elif name == "openat2":
            flags, mode = re.search(r"flags=([^,}]*)", a[2]), re.search(r"mode=(\d+)", a[2])
            self.open(c, self.where(c, 0, 1), flags.group(1), int(mode.group(1), 8) if mode else 0)
        elif name == "write":
            self.write(c, a[1])
        elif name == "pwrite64":
            self.write(c, a[1], int(a[3]))
        elif name == "writev":
            self.write(c, b"".join(calls.plain(t) for t in re.findall(r'iov_base="([^"]*)"', c.raw[1])))
        elif name in ("sendfile", "copy_file_range", "pwritev"):
            if self.opened(c, 2 if name == "copy_file_range" else 0) is not None:
                self.strange.append(repr(c))
        elif name == "lseek":
            self.at[c.pid, int(a[0])] = c.ret
        elif name == "_llseek":
            self.at[c.pid, int(a[0])] = int(a[2].strip("[]"))
        elif name in ("ftruncate", "truncate"):
            i = self.opened(c) if name == "ftruncate" else (self.where(c, None, 0) or (0, 0, None))[2]
            if i is not None:
                self.data(c, i, self.now.data[i][:int(a[1])].ljust(int(a[1]), b"\0"))
        elif name in ("rename", "renameat", "renameat2"):
            one, two = (self.where(c, None, 0), self.where(c, None, 1)) if name == "rename" else (self.where(c, 0, 1), self.where(c, 2, 3))
            if one and two and one[2] is not None:
                self.name(c, (two[0], two[1], one[2]), (one[0], one[1], None))
        elif name in ("link", "linkat"):
            one, two = (self.where(c, None, 0), self.where(c, None, 1)) if name == "link" else (self.where(c, 0, 1), self.where(c, 2, 3))
            if one and two:
                self.name(c, (two[0], two[1], one[2]))
        elif name in ("unlink", "unlinkat", "rmdir"):
            place = self.where(c, 0, 1) if name == "unlinkat" else self.where(c, None, 0)
            if place and place[2] is not None:
                self.name(c, (place[0], place[1], None))
        elif name in ("mkdir", "mkdirat"):
            place = self.where(c, 0, 1) if name == "mkdirat" else self.where(c, None, 0)
            if place:
                self.make(c, place, stat.S_IFDIR, int(a[-1], 8))
        elif name in ("symlink", "symlinkat"):
            place = self.where(c, 1, 2) if name == "symlinkat" else self.where(c, None, 1)
            if place:
                self.make(c, place, stat.S_IFLNK, 0o777, a[0])
        elif name in ("fchmod", "fchown"):
            self.attr(c, self.opened(c), *([int(a[1], 8)] if name == "fchmod" else [None, int(a[1]), int(a[2])]))
        elif name in ("chmod", "chown", "lchown"):
            place = self.where(c, None, 0)
            self.attr(c, place and place[2], *([int(a[1], 8)] if name == "chmod" else [None, int(a[1]), int(a[2])]))
        elif name in ("fchmodat", "fchownat"):
            place = self.where(c, 0, 1) if a[1] else None
            i = place[2] if place else self.opened(c)
            self.attr(c, i, *([int(a[2], 8)] if name == "fchmodat" else [None, int(a[2]), int(a[3])]))
        elif name in ("fsync", "fdatasync", "syncfs"):
            i = self.opened(c)
            if i is not None:
                self.events.append(Event("sync", c, self.fs[i], None if name == "syncfs" else i))
        elif name == "sync":
            self.events.append(Event("sync", c))
        elif name == "chdir":
            p["cwd"] = a[0] if a[0].startswith(b"/") else os.path.normpath(p["cwd"] + b"/" + a[0])
        elif name == "fchdir":
            p["cwd"] = c.fd(0)
        elif name == "umask":
            p["umask"] = int(a[0], 8)
        elif name in ("setuid", "setgid"):
            p[name[3:]] = int(a[0])
        elif name in ("setresuid", "setresgid"):
            p[name[6:]] = int(a[1])
        elif name in ("dup", "dup2", "dup3"):
            self.at[c.pid, c.ret] = self.at.get((c.pid, int(a[0])), "end")
        else:
            self.strange.append(repr(c))

    def path(self, i):
        """For people: some path of an inode, with numbers as N."""
        for d, names in self.now.names.items():
            for n, child in names.items():
                if child == i:
                    return (self.path(d) + "/" if d != 1 else "") + n
        return "/" if i == 1 else "(gone)"


class Watch:
    """strace(1) on the server, for the moment at which it took each message."""

    def __init__(self, pid, trace):
        self.trace = trace
        self.p = subprocess.Popen(["strace", "-f", "-y", "-xx", "-ttt", "-o", trace, "-e", "signal=none", "-e", "trace=write", "-p", str(pid)],
                                  stderr=subprocess.PIPE)
        self.p.stderr.readline()  # "attached"

    def end(self):
        """[(time, message)]"""
        self.p.send_signal(signal.SIGINT)
        self.p.wait()
        self.p.stderr.close()
        return [(c.time, c.args[1][5:].split(b"\n")[0].decode()) for c in calls.read(self.trace) if c.args[1].startswith(b"took ")]


def run(root, was, command, env, trace, server=None, stdin=None, settle=lambda: None):
    """(Recorder, exit code, what was printed)"""
    watch = Watch(server, trace + ".server") if server else None
    words = ["strace", "-f", "-qq", "-y", "-xx", "-ttt", "-s", "1000000", "-o", trace, "-e", "signal=none", "-e", "trace=" + TRACED]
    ran = subprocess.run(words + command, env=env, cwd="/", umask=0o22, stdin=stdin if stdin is not None else subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    settle()
    r = Recorder(root, was)
    traced = calls.read(trace)
    r.parent = {c.ret: c.pid for c in traced if c.name in FORKS and c.ret and c.ret > 0}
    for c in traced:
        r.take(c)
    for time, who in watch.end() if watch else ():
        at = next((k for k, e in enumerate(r.events) if e.call and e.call.time > time), len(r.events))
        r.events.insert(at, Event("mark", None, value=who))
    return r, ran.returncode, ran.stdout.decode("latin-1")
