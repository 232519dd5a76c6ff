"""boot.py ARCH IMAGE FAKESMTPD TAKEN TMP: the image's life on a board of 64 MB, as TAP.

Power on, the seed's set-up, mail that leaves by itself, by ETRN and by ODMR; who sends it has the fence of this CPU's kernel
round him, which qemu-user has not (TAKEN: the build that is taken over by what it reads); the plug is pulled while mail is
sent, and each message is accounted for; switched off; and a rescue shell as the first process. What was measured stands in
comments.
"""
import collections
import http.server
import io
import os
import re
import select
import shutil
import smtplib
import socket
import subprocess
import sys
import tarfile
import threading
import time

from machine import PATIENCE, Machine

HOST = "10.0.2.2"  # ours, as the guest sees it
DIAL = "/home/serialmail"
SOME, ETRN, ODMR, DOOR = "some.example.com", "etrn.example.com", "odmr.example.com", "door.example.com"
BULK, CUT = 1500, 300  # messages; when so many of them have arrived, the plug is pulled
# README: what was not acknowledged, and what was removed less than a second ago: a window each, which does not grow here.
TWICE = 2 * 256


class Failed(Exception):
    pass


def expect(claim, why):
    if not claim:
        raise Failed(why)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(claim, why):
    deadline = time.monotonic() + PATIENCE
    while not claim():
        expect(time.monotonic() < deadline, f"not within {PATIENCE} seconds: {why}")
        time.sleep(0.02)


def text(name, size=0):
    return f"Subject: {name}\nComments: take over\n\n.dot of {name}\n{'x' * 70}\n".encode() + b"filler\n" * (size // 7)


def waiting(host, name, size=0):
    """As qmail-local leaves it in the Maildir."""
    return f"Return-Path: <a@elsewhere.test>\nDelivered-To: {host}-{name}@{host}\n".encode() + text(name, size)


class Server:
    """The customers' mail server: what it took, in order."""

    def __init__(self, program, directory):
        self.store = f"{directory}/store"
        os.makedirs(self.store)
        self.process = subprocess.Popen([program, "--timeout", "3000", "--chunking", "--delay", "accepted=3", "--store", self.store],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def count(self):
        return sum(name.endswith(".msg") for name in os.listdir(self.store))

    def names(self, first=0):
        """Of all messages from the first one on; each must be whole."""
        found = []
        for file in sorted(name for name in os.listdir(self.store) if name.endswith(".msg"))[first:]:
            with open(f"{self.store}/{file}", "rb") as f:
                body = f.read()
            name = re.match(rb"Subject: (\S+)\r\n", body)
            expect(name, f"{file} is not one of ours: {body[:100]!r}")
            name = name[1].decode()
            expect(body == text(name, 4000 if name.startswith("bulk") else 0).replace(b"\n", b"\r\n"), f"{file}: {name} has other bytes")
            found.append(name)
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait()
        expect(not os.path.exists(f"{self.store}/violations") or not os.path.getsize(f"{self.store}/violations"),
               "the server found something wrong with our SMTP: see violations")


def serve_bytes(data):
    """An HTTP server for one file: its port."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def splice(one, other):
    """Bytes both ways, until either side has said all."""
    ways = {one: other, other: one}
    while True:
        ready, _, _ = select.select(list(ways), [], [], PATIENCE)
        expect(ready, "the turned connection hangs")
        for side in ready:
            data = side.recv(65536)
            if not data:
                return
            ways[side].sendall(data)


class Life:
    def __init__(self, arch, image, fakesmtpd, taken, directory):
        self.arch, self.image, self.taken = arch, image, taken
        self.disk = f"{directory}/disk.ext4"
        shutil.copyfile(f"{image}/disk.ext4", self.disk)
        self.server = Server(fakesmtpd, directory)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.odmr, self.etrn = free_port(), free_port()
        self.machine = None

    def power(self, **how):
        self.machine = Machine(self.arch, self.image, self.disk, [(self.odmr, 366), (self.etrn, 2525)], **how)
        return self.machine

    def drop(self, host, *names):
        """A message for each name, one by one, as qmail-local would."""
        for name in names:
            message = waiting(host, name).decode().replace("\n", "\\n")
            self.machine.sure(f"f={DIAL}/{host}/Maildir; printf '{message}' >$f/tmp/{name} && chown popusr:popusr $f/tmp/{name} && "
                              f"mv $f/tmp/{name} $f/new/{name}")

    def arrives(self, *names):
        """These, each once, and nothing else, since the last time."""
        until(lambda: self.server.count() >= self.seen + len(names), f"{names} arrive")
        found = sorted(self.server.names(self.seen))
        self.seen += len(found)
        expect(found == sorted(names), f"{found} arrived, expected {sorted(names)}")

    def measure(self):
        m = self.machine
        expect("Starting qvmail: OK" in m.booted, "the init script says:\n" + m.booted)
        pid = m.sure("qv-master --running").strip()
        memory = dict(re.findall(r"(\w+): +(\d+) kB", m.sure("cat /proc/meminfo")))
        private = dict(re.findall(r"(\w+): +(\d+) kB", m.sure(f"cat /proc/{pid}/smaps_rollup")))
        up = m.sure("cat /proc/uptime").split()[0]
        print(f"# {self.arch}: ready {m.seconds:.1f} s after power-on ({up} s of the guest's own clock); of 64 MB the kernel leaves "
              f"{memory['MemTotal']} kB, {memory['MemAvailable']} kB are available; the master has "
              f"{int(private['Private_Dirty']) + int(private['Private_Clean'])} kB private, {private['Private_Dirty']} kB of them dirty")

    # The steps, in their order: the first line of each is its name.

    def set_up(self):
        """power on: the init script has a master running, which watches; the seed's set-up, over the serial line"""
        m = self.power()
        self.measure()
        expect(m.run("qv-check") == (0, ""), "qv-check finds something in a new image: " + m.run("qv-check")[1])
        relay = f"{HOST}:{self.server.port}"
        m.sure("qv-domain add pop example.com ex1")
        expect(m.sure("qv-mailbox add joe@example.com").strip() == "ex1-0001", "joe's box has another name")
        m.sure("qv-mailbox default example.com postmaster@example.com")
        m.sure(f"qv-domain add dialup {SOME} ex1 --relayhost {relay}")
        m.sure(f"qv-domain add dialup {DOOR} ex4 --relayhost {HOST}:{self.door.getsockname()[1]}")
        m.sure("qv-domain add relay second-example.com mail.second-example.com")
        m.sure("qv-domain add backup third-example.com")
        m.sure(f"qv-domain add dialup {ETRN} ex3 --relayhost {relay} --on-demand")
        m.sure(f"qv-domain trigger {ETRN} --from {HOST}")
        m.sure(f"qv-domain add dialup {ODMR} ex2 --on-demand")
        m.sure(f"echo geheim | qv-domain trigger {ODMR} --user joe --secret-fd 0")
        expect(m.run("qv-check") == (0, ""), "qv-check finds something in the set-up: " + m.run("qv-check")[1])
        expect("joe@example.com" in m.sure("qv-mailbox list"), "joe is not listed")
        self.set = m.sure("qv-domain export")
        self.seen = 0

    def by_itself(self):
        """mail leaves as it arrives, to the host over the network"""
        names = [f"s{i}" for i in range(5)]
        self.drop(SOME, *names)
        self.arrives(*names)

    def by_etrn(self):
        """ETRN from the host: what waits for a customer on demand is sent, and not before"""
        self.drop(ETRN, "e1", "e2")
        expect(self.server.count() == self.seen, "mail of a customer on demand was sent before he called")
        with smtplib.SMTP("127.0.0.1", self.etrn, timeout=PATIENCE) as call:
            call.ehlo("customer")
            code, reply = call.docmd("ETRN", ETRN)
            expect(code in (250, 251, 253), f"ETRN: {code} {reply!r}")
            code, reply = call.docmd("ETRN", SOME)
            expect(code in (458, 459, 530), f"ETRN for somebody else's mail: {code} {reply!r}")
        self.arrives("e1", "e2")

    def by_odmr(self):
        """ODMR from the host: CRAM-MD5, ATRN, and the mail comes over the same connection"""
        self.drop(ODMR, "o1", "o2", "o3")
        call = smtplib.SMTP("127.0.0.1", self.odmr, timeout=PATIENCE)
        call.ehlo("customer")
        expect(call.has_extn("auth"), "no AUTH is offered")
        call.login("joe", "geheim")
        code, reply = call.docmd("ATRN", ODMR)
        expect(code == 250, f"ATRN: {code} {reply!r}")
        with socket.create_connection(("127.0.0.1", self.server.port)) as there:
            splice(call.sock, there)
        call.close()
        self.arrives("o1", "o2", "o3")

    def fenced(self):
        """who sends has a fence round him: as popusr, without new privileges, and with the kernel's filter of system calls"""
        m, port = self.machine, self.door.getsockname()[1]
        self.drop(DOOR, "f1")
        self.door.settimeout(PATIENCE)
        call, _ = self.door.accept()
        inode = m.sure(f"awk '$3 ~ /:{port:04X}$/ {{ print $10 }}' /proc/net/tcp").strip()
        said = m.sure(f"for p in /proc/[0-9]*; do ! ls -l $p/fd 2>/dev/null | grep -q 'socket:.{inode}]' || cat $p/status; done")
        talkers = [dict(re.findall(r"^(\w+):\t(\S+)", "Name:" + status, re.M)) for status in said.split("Name:")[1:]]
        expect(talkers, f"nobody has the connection to port {port}")
        for status in talkers:
            fence = {name: status.get(name) for name in ("Uid", "NoNewPrivs", "Seccomp")}
            expect(fence == {"Uid": "510", "NoNewPrivs": "1", "Seccomp": "2"}, f"{status['Name']} talks with {fence}")
        with call, socket.create_connection(("127.0.0.1", self.server.port)) as there:
            splice(call, there)
        self.arrives("f1")

    def taken_over(self):
        """a message that takes over the one who sends it can open nothing and start nothing, and leaves as any other"""
        with open(self.taken, "rb") as program:
            port = serve_bytes(program.read())
        self.drop(ETRN, "t1")
        self.machine.sure(f"wget -q -O /tmp/qv-flush http://{HOST}:{port}/ && chmod 755 /tmp/qv-flush")
        files = f"{DIAL}/{SOME}/RELAYHOST {DIAL}/{ETRN}/RELAYHOST {DIAL}/{ETRN}/Maildir/tmp/new {DIAL}/{ETRN}/Maildir/new/made"
        code, said = self.machine.run(f"TAKEN_FILES='{files}' /tmp/qv-flush {DIAL}/{ETRN} 2>&1")
        expect(code == 0 and re.search(r"^taken: tried \d\d+ things$", said, re.M) and "taken: allowed" not in said, f"exit {code}, {said}")
        self.arrives("t1")

    def unplugged(self):
        """the plug is pulled in the middle of a transfer; after the next power-on, with a clock that lost its time, no message is lost, bounced or in pieces, and none came twice but what README says"""
        m = self.machine
        names = [f"bulk{i:04}" for i in range(BULK)]
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w") as archive:
            for name in names:
                data = waiting(SOME, name, 4000)
                member = tarfile.TarInfo(name)
                member.size, member.uid, member.gid, member.mode, member.mtime = len(data), 510, 51, 0o600, int(time.time())
                archive.addfile(member, io.BytesIO(data))
        maildir = f"{DIAL}/{SOME}/Maildir"
        m.sure(f"qv-domain pause {SOME}")
        m.sure(f"wget -q -O - http://{HOST}:{serve_bytes(tar.getvalue())}/ | tar -x -C {maildir}/tmp && mv {maildir}/tmp/* {maildir}/new && sync")
        m.sure(f"qv-domain resume {SOME} && sync && kill -ALRM $(qv-master --running)")
        until(lambda: self.server.count() >= self.seen + CUT, f"{CUT} of {BULK} messages arrive")
        m.unplug()
        time.sleep(0.2)  # what is in the network still comes
        before = self.server.names(self.seen)
        expect(len(before) < BULK, "all had been sent before the plug was pulled")

        m = self.power(clock="1970-01-01")
        self.measure()
        expect(m.sure("date +%Y").strip() == "1970", "the clock knows the time")
        expect(m.sure("qv-domain export") == self.set, "the set-up is another one now")
        waits = int(m.sure(f"ls {maildir}/new 2>/dev/null | wc -l"))
        m.sure(f"until [ -z \"$(ls {maildir}/new 2>/dev/null)\" ]; do sleep 1; done")
        found = self.server.names(self.seen)
        self.seen += len(found)
        times = collections.Counter(found)
        twice = [name for name in names if times[name] > 1]
        early = [name for name in twice if name not in before[-TWICE:]]
        print(f"# {self.arch}: unplugged when {len(before)} of {BULK} had arrived; up to {waits} waited after power-on; lost "
              f"{len(set(names) - set(found))}, twice {len(twice)}")
        expect(not set(names) - set(found), f"lost: {sorted(set(names) - set(found))[:10]}")
        expect(max(times.values()) <= 2, "a message came three times")
        expect(len(twice) <= TWICE and not early, f"twice, and not among the last {TWICE} before the cut: {early[:10]}")
        expect(m.run("qv-check") == (0, ""), "qv-check finds something after the cut: " + m.run("qv-check")[1])

    def switched_off(self):
        """switched off: the master ends first; nothing that was sent is sent again after that"""
        m = self.machine
        odd = m.sure("logread; dmesg | grep -i 'out of memory' || :")
        odd = [line for line in odd.splitlines() if re.search(r"unable|fatal|not confined|out of memory", line, re.I)]
        expect(not odd, "the log has: " + "\n".join(odd))
        m.run("poweroff")
        expect("Stopping qvmail: OK" in m.ends(), "the master was not stopped: " + m.tail())
        expect(self.server.count() == self.seen, "something was sent that had been sent")

    def rescue(self):
        """rescue: a shell as the first process, without /proc, passwd and links: check, domain and flush say what is missing, then work"""
        m = self.power(words="init=/bin/sh")
        expect(m.run("ls /proc") == (0, ""), "/proc is mounted")
        m.sure("mv /etc/passwd /etc/passwd.away; rm /usr/sbin/qv-*")
        add = f"qvmail domain add dialup rescue.example.com ex9 --relayhost {HOST}:{self.server.port}"
        for command, code in (("qvmail check", 1), (add, 100), (f"qvmail flush {SOME}", 100)):
            got, said = m.run(command)
            expect(got == code and said.count("\n") == 1 and "/etc/passwd: user popusr" in said, f"{command}: exit {got}, {said}")
        m.sure("echo 510:51 >/var/qmail/control/qv-popuser")
        expect(m.run("qvmail check") == (0, ""), "with a number for popusr: " + m.run("qvmail check")[1])
        m.sure("rm /var/qmail/control/qv-popuser; mv /etc/passwd.away /etc/passwd")
        m.sure(add)
        expect(m.run("qvmail check") == (0, ""), "after the change: " + m.run("qvmail check")[1])
        self.drop("rescue.example.com", "r1", "r2")
        code, said = m.run("qvmail flush rescue.example.com")
        expect(code == 111 and "Network unreachable" in said, f"without a network: exit {code}, {said}")
        m.sure("ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0")
        m.sure("qvmail flush rescue.example.com")
        self.arrives("r1", "r2")
        m.sure("qvmail --install -s && qv-status")
        m.unplug()


STEPS = (Life.set_up, Life.by_itself, Life.by_etrn, Life.by_odmr, Life.fenced, Life.taken_over, Life.unplugged, Life.switched_off, Life.rescue)


def main():
    arch, image, fakesmtpd, taken, directory = sys.argv[1:]
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    life = Life(arch, image, fakesmtpd, taken, directory)
    print(f"1..{len(STEPS)}", flush=True)
    try:
        for number, step in enumerate(STEPS, 1):
            name = f"{number} - boot {arch}: {step.__doc__}"
            try:
                step(life)
            except Exception as error:  # each is the step's failure
                print(f"not ok {name}")
                print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()), flush=True)
                return 1
            print(f"ok {name}", flush=True)
        life.server.stop()
    finally:
        if life.machine:
            life.machine.unplug()
        life.server.process.kill()
    return 0


sys.exit(main())
