"""A board that image.sh made an image for, under qemu: its power, and its serial line with a root's shell on it."""
import os
import re
import select
import subprocess
import time

QEMU = {
    "x86-64": ("qemu-system-x86_64", "pc", "ttyS0"),
    "aarch64": ("qemu-system-aarch64", "virt,gic-version=2 -cpu cortex-a53", "ttyAMA0"),
    "armhf": ("qemu-system-arm", "virt,highmem=off", "ttyAMA0"),
    "mipsel": ("qemu-system-mipsel", "malta", "ttyS0"),
}
# What keeps Debian's kernel within 64 MB: one CPU, no directories for events that nobody traces. And on a busy machine the
# board's timer may tick so late that the kernel takes it for dead.
WORDS = "quiet panic=-1 nr_cpus=1 lsm=landlock initcall_blacklist=tracer_init_tracefs no_timer_check"
# A machine that says nothing for so long never will.
PATIENCE = 300


class Gone(Exception):
    """The machine's power is off, or it says nothing any more."""


class Machine:
    def __init__(self, arch, image, disk, calls=(), words="", clock="utc"):
        """Power on; `calls` are pairs (port of ours, port of the guest's); `clock` is what its own says."""
        program, kind, console = QEMU[arch]
        forwards = "".join(f",hostfwd=tcp:127.0.0.1:{ours}-:{theirs}" for ours, theirs in calls)
        self.said = b""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [program, "-M", *kind.split(), "-accel", "tcg", "-m", "64", "-nodefaults", "-no-reboot", "-display", "none",
             "-serial", "stdio", "-rtc", f"base={clock}", "-kernel", f"{image}/kernel", "-initrd", f"{image}/initramfs",
             "-append", f"console={console} {WORDS} {words}",
             "-drive", f"file={image}/root.squashfs,if=none,id=root,format=raw,readonly=on",
             "-device", "virtio-blk-pci,drive=root",
             "-drive", f"file={disk},if=none,id=disk,format=raw", "-device", "virtio-blk-pci,drive=disk",
             "-netdev", f"user,id=net{forwards}", "-device", "virtio-net-pci,netdev=net,romfile="],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.booted = self._until(rb"# ").decode("latin-1")
        self.seconds = time.monotonic() - self.started
        # The shell's line editing echoes, and asks for answers; `read` does not.
        self._type('stty -echo; while IFS= read -r line; do eval "$line"; echo "=$?="; done; exit')
        self._type("echo 'list''ens'")
        self._until(rb"listens\r?\n=0=\r?\n")

    def run(self, command):
        """One line of shell, on the serial line: its exit code, and what was printed there."""
        assert "\n" not in command and len(command) < 4000, command
        self._type(command)
        text = self._until(rb"=(\d+)=\r?\n")
        return int(self.match[1]), text[:self.match.start()].decode("latin-1").replace("\r", "")

    def sure(self, command):
        """The same, of a command that must succeed: what was printed."""
        code, text = self.run(command)
        if code != 0:
            raise Gone(f"exit {code}: {command}\n{text}")
        return text

    def unplug(self):
        """No word of warning to the guest: what it has not written is lost."""
        self.process.kill()
        self.process.wait()

    def ends(self):
        """It switches itself off: its last words."""
        words = self._until(None).decode("latin-1")
        self.process.wait()
        return words

    def _type(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def _until(self, pattern):
        """What is said up to and with `pattern`; None: until it is off."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.match = pattern and re.search(pattern, self.said)
            if self.match:
                text, self.said = self.said[:self.match.end()], self.said[self.match.end():]
                return text
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise Gone(f"nothing more for {PATIENCE} seconds; the last words:\n{self.tail()}")
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more and pattern is None:
                return self.said
            if not more:
                raise Gone(f"it is off; its last words:\n{self.tail()}")
            self.said += more

    def tail(self):
        return self.said[-3000:].decode("latin-1")
