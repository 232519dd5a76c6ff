"""syslogd.py DIR COMMAND...: a syslogd on /dev/log, started anew when COMMAND is connected to its RELAYHOST, at $PORT, which
refuses each recipient for now. Prints what was logged. Wants a mount namespace."""
import os
import re
import socket
import subprocess
import sys

dev = sys.argv[1]


def syslogd():
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(dev + "/log")
    os.chmod(dev + "/log", 0o666)
    return log


os.mkdir(dev)
open(dev + "/null", "w").close()
subprocess.run(["mount", "--bind", "/dev/null", dev + "/null"], check=True)
log = syslogd()
subprocess.run(["mount", "--bind", dev, "/dev"], check=True)
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(20)
flush = subprocess.Popen(sys.argv[2:], env={**os.environ, "PORT": str(listener.getsockname()[1])})
link = listener.accept()[0].makefile("rwb", 0)
log.close()
os.remove(dev + "/log")
log = syslogd()
link.write(b"220 sink.test ESMTP\r\n")
for line in link:
    if line.startswith(b"QUIT"):
        break
    link.write(b"450 later\r\n" if line.startswith(b"RCPT") else b"250 sink.test\r\n")
link.close()
code = flush.wait()
log.settimeout(0)
try:
    while True:
        print(re.sub(r"\[\d+\]", "[PID]", log.recv(9999).decode()))
except BlockingIOError:
    sys.exit(code)
