"""processes - those that descend from this one: who they are, what they use, and their end."""
import ctypes
import os
import signal

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """What outlives its parent is ours."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def read(path):
    try:
        with open(path, encoding="latin-1") as f:
            return f.read()
    except OSError:
        return ""


def below(pid):
    """All descendants that have not ended."""
    out, todo = [], [pid]
    while todo:
        at = todo.pop()
        mine = [int(p) for p in read("/proc/%d/task/%d/children" % (at, at)).split()]
        out += [p for p in mine if read("/proc/%d/stat" % p).rpartition(")")[2].split()[:1] not in (["Z"], [])]
        todo += mine
    return out


def files(pid):
    """What its descriptors are, as names."""
    out = []
    try:
        for n in os.listdir("/proc/%d/fd" % pid):
            out.append(os.readlink("/proc/%d/fd/%s" % (pid, n)))
    except OSError:
        pass
    return out


def memory(pid):
    """kB of its own: what it has written to, whether children still share it or not; 0: not known."""
    return sum(int(l.split()[1]) for l in read("/proc/%d/smaps_rollup" % pid).split("\n") if l.startswith("Anonymous:"))


def kill(pid, sig=signal.SIGKILL):
    try:
        os.kill(pid, sig)
        return True
    except ProcessLookupError:
        return False


def reap(ended):
    """Notes how children have ended, in ended: {pid: exit code or minus the signal}."""
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            ended[pid] = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        pass
