"""tree - a directory tree as a value: taken, compared, put back."""
import os
import re
import shutil
import stat

TEMPORARY = re.compile(r"(^|/)\.[^/]*\.new(/|$)")


class Entry:
    __slots__ = ("kind", "mode", "uid", "gid", "data", "mtime")

    def __init__(self, path):
        st = os.lstat(path)
        self.kind, self.mode = stat.S_IFMT(st.st_mode), stat.S_IMODE(st.st_mode)
        self.uid, self.gid, self.mtime, self.data = st.st_uid, st.st_gid, st.st_mtime_ns, b""
        if self.kind == stat.S_IFREG:
            with open(path, "rb") as f:
                self.data = f.read()
        elif self.kind == stat.S_IFLNK:
            self.data = os.readlink(path).encode()

    def same(self, other):
        return other is not None and self.key() == other.key()

    def key(self):
        return self.kind, self.mode, self.uid, self.gid, self.data

    def is_dir(self):
        return self.kind == stat.S_IFDIR

    def is_file(self):
        return self.kind == stat.S_IFREG


# They exist while they are locked; what is left of one is empty, free, and taken by the next command.
LOCKS = ("var/qmail/users/qv-lock", "var/qmail/users/qv-master")


def take(root):
    """{path below root: Entry}"""
    found, todo = {"": Entry(root)}, [""]
    while todo:
        at = todo.pop()
        for name in os.listdir(os.path.join(root, at)):
            path = os.path.join(at, name)
            if path in LOCKS:
                continue
            found[path] = e = Entry(os.path.join(root, path))
            if e.is_dir():
                todo.append(path)
    return found


def _make(path, e):
    if e.kind == stat.S_IFDIR:
        os.mkdir(path)
    elif e.kind == stat.S_IFLNK:
        os.symlink(e.data, path)
    elif e.kind == stat.S_IFIFO:
        os.mkfifo(path)
    else:
        with open(path, "xb") as f:
            f.write(e.data)


def _dress(path, e):
    st = os.lstat(path)
    if (st.st_uid, st.st_gid) != (e.uid, e.gid):
        os.lchown(path, e.uid, e.gid)
    if e.kind != stat.S_IFLNK and stat.S_IMODE(os.lstat(path).st_mode) != e.mode:
        os.chmod(path, e.mode)
    if st.st_mtime_ns != e.mtime:
        os.utime(path, ns=(e.mtime, e.mtime), follow_symlinks=False)


def put_back(root, was):
    """Makes what is below root what it was."""
    now = take(root)
    for path in sorted(now, reverse=True):
        mine, his = now[path], was.get(path)
        if his is not None and (mine.kind == his.kind and (mine.is_dir() or mine.data == his.data)):
            continue
        full = os.path.join(root, path)
        if mine.is_dir():
            shutil.rmtree(full)
        elif os.path.lexists(full):
            os.unlink(full)
    for path in sorted(was):
        full = os.path.join(root, path)
        if not os.path.lexists(full):
            _make(full, was[path])
    for path in sorted(was, reverse=True):
        _dress(os.path.join(root, path), was[path])


def temporary(path):
    return path in LOCKS or TEMPORARY.search(path) is not None


def differences(one, other):
    """Lines: what is not the same in the two."""
    out = []
    for path in sorted(set(one) | set(other)):
        a, b = one.get(path), other.get(path)
        if a is None or b is None:
            out.append("%s: %s" % (path, "not there before" if a is None else "no longer there"))
        elif a.key() != b.key():
            what = [n for n in ("kind", "mode", "uid", "gid", "data") if getattr(a, n) != getattr(b, n)]
            out.append("%s: another %s" % (path, ", ".join(what)))
    return out
