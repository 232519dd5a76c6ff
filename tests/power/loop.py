"""loop - a gateway on two real file systems, /var and /home, in files of their own, whose power can be cut.

    p = Pair(DIR)
    p.make("ext4")             may raise Impossible, with the reason
    p.fill(ROOT)               once: what is below ROOT, synced
    p.start()                  both as they were filled, below p.root
    p.cut()                    at once: what is not on the disk now is lost
    p.recover()                mounted again, with their journals replayed
    p.stop()
"""
import fcntl
import os
import shutil
import struct
import subprocess
import sys

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN: _IOR('X', 125, __u32)
NO_LOG = 2             # not even what the journal holds in memory is written
SIZE = {"ext4": 48 << 20, "xfs": 320 << 20}
MKFS = {"ext4": ["mkfs.ext4", "-q", "-F", "-m", "0"], "xfs": ["mkfs.xfs", "-q", "-f"]}


class Impossible(Exception):
    pass


def run(*words):
    try:
        r = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    except FileNotFoundError:
        raise Impossible("%s is not installed" % words[0]) from None
    if r.returncode != 0:
        raise Impossible("%s: %s" % (" ".join(words[:1] + words[-2:]), r.stdout.decode("latin-1").strip().split("\n")[-1]))


class Pair:
    PARTS = ("var", "home")

    def __init__(self, dir):
        self.dir, self.root, self.mounted, self.fds = dir, dir + "/root", [], []

    def make(self, kind):
        if os.geteuid() != 0:
            raise Impossible("mounting needs root")
        os.makedirs(self.root, mode=0o755)
        for part in self.PARTS:
            os.mkdir(self.root + "/" + part)
            with open(self.file(part, "full"), "wb") as f:
                f.truncate(SIZE[kind])
            run(*MKFS[kind], self.file(part, "full"))
        self.mount("full")
        self.umount()

    def file(self, part, which):
        return "%s/%s.%s" % (self.dir, part, which)

    def mount(self, which):
        for part in self.PARTS:
            run("mount", "-o", "loop", self.file(part, which), self.root + "/" + part)
            self.mounted.append(part)

    def umount(self):
        while self.mounted:
            run("umount", self.root + "/" + self.mounted[-1])
            self.mounted.pop()

    @staticmethod
    def alone():
        """In a mount namespace of our own: a copy of our mounts in somebody else's would keep what was shut down."""
        if os.geteuid() == 0 and "QVMAIL_CUT" not in os.environ and shutil.which("unshare"):
            os.environ["QVMAIL_CUT"] = "1"
            os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable] + sys.argv)

    def fill(self, source):
        self.mount("full")
        for name in os.listdir(source):
            if name in self.PARTS:
                run("cp", "-a", "%s/%s/." % (source, name), "%s/%s" % (self.root, name))
            elif not os.path.lexists(self.root + "/" + name):
                run("cp", "-a", "%s/%s" % (source, name), self.root + "/" + name)
        self.umount()

    def start(self):
        for part in self.PARTS:
            run("cp", "--sparse=always", self.file(part, "full"), self.file(part, "now"))
        self.mount("now")
        self.fds = [os.open(self.root + "/" + part, os.O_RDONLY | os.O_DIRECTORY) for part in self.PARTS]

    def cut(self):
        for fd in self.fds:
            fcntl.ioctl(fd, SHUTDOWN, struct.pack("I", NO_LOG))

    def close(self):
        for fd in self.fds:
            os.close(fd)
        self.fds = []

    def recover(self):
        self.close()
        self.umount()
        self.mount("now")

    def stop(self):
        self.umount()

    def end(self):
        for part in self.mounted[::-1]:
            subprocess.run(["umount", "-l", self.root + "/" + part], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.dir, ignore_errors=True)
