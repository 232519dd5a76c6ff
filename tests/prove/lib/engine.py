"""engine - tests/bench/strike as an object, and the sandbox that it works in."""
import os
import shutil
import subprocess
import tempfile

QVMAIL = os.environ.get("QVMAIL", "")
TESTBIN = os.environ.get("TESTBIN", "")
REPO = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
ROOT = os.geteuid() == 0
POPUSR = (510, 51) if ROOT else (os.getuid(), os.getgid())


def preload(name):
    """For LD_PRELOAD; the loader runs on without what is not there, and nothing would be proved."""
    path = "%s/%s.so" % (TESTBIN, name)
    if not os.path.exists(path):
        raise SystemExit("%s is missing: run me by make prove" % path)
    return path


class Ran:
    def __init__(self, code, count, struck, out, err):
        self.code, self.count, self.struck, self.out, self.err = code, count, struck, out, err


class Engine:
    """A directory of its own with a gateway below it (root), and the program that runs commands there."""

    def __init__(self, binary=None, **env):
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None
        self.dir = tempfile.mkdtemp(prefix="qvmail-prove.", dir=base)
        os.chmod(self.dir, 0o711)
        self.root = self.dir + "/root"
        # Where others get to as well; the project may be below a home that is closed to them.
        self.qvmail = self.dir + "/qvmail"
        shutil.copy(binary or QVMAIL, self.qvmail)
        os.chmod(self.qvmail, 0o755)
        env = dict(PATH=os.environ["PATH"], QVMAIL_ROOT=self.root, TCPREMOTEIP="127.0.0.1", LC_ALL="C", **env)
        self.p = subprocess.Popen([TESTBIN + "/strike"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd="/")

    def run(self, *command, act="free", nth="0", calls="*", listing=None, stdin=None):
        """command: an applet and its arguments, or a program with a slash; stdin: text, or "tcp:PORT"."""
        command = list(command) if "/" in command[0] else [self.qvmail, *command]
        source = "/dev/null"
        if stdin is not None:
            source = stdin if stdin.startswith("tcp:") else self.dir + "/in"
            if source != stdin:
                with open(source, "w") as f:
                    f.write(stdin)
        words = [str(act), str(nth), calls, listing or "-", source, self.dir + "/out", self.dir + "/err", *command]
        self.p.stdin.write("\t".join(words).encode() + b"\n")
        self.p.stdin.flush()
        code, count, struck = self.p.stdout.readline().decode("latin-1").rstrip("\n").split("\t", 2)
        return Ran(code if code == "hang" else int(code), int(count), struck.replace("\t", " ").replace(self.root, ""),
                   *(open(self.dir + n, encoding="latin-1").read() for n in ("/out", "/err")))

    def calls(self, *command, calls="*", stdin=None):
        """[(name, object)] of every call that counts, in an undisturbed run"""
        path = self.dir + "/list"
        ran = self.run(*command, act="none", calls=calls, listing=path, stdin=stdin)
        with open(path, encoding="latin-1") as f:
            return ran, [tuple(l.rstrip("\n").split("\t", 1)) for l in f]

    def pristine(self):
        """A gateway as the tests have it: rootfs, and popusr."""
        if os.path.exists(self.root):
            shutil.rmtree(self.root)
        shutil.copytree(REPO + "/rootfs", self.root)
        for at, dirs, files in os.walk(self.root):
            for n in dirs + files:
                os.chmod(os.path.join(at, n), 0o755 if n in dirs else 0o644)
        shutil.rmtree(self.root + "/etc")
        os.makedirs(self.root + "/etc")
        os.makedirs(self.root + "/home")
        with open(self.root + "/etc/passwd", "w") as f:
            f.write("root:x:0:0:root:/root:/bin/sh\npopusr:x:%d:%d:POP boxes:/home/popmail:/bin/false\n" % POPUSR)

    def end(self):
        self.p.stdin.close()
        self.p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
