#!/bin/bash
# musl-syslog.sh: musl's syslog() writes the time in UTC, whatever the time zone, and at most 1,024 bytes.
#
# What goes to /dev/log begins with "Mmm dd hh:mm:ss", which RFC 3164 calls the local time, and which has no zone. glibc writes
# local time. musl 1.2.3 writes UTC with any TZ and /etc/localtime, so that a daemon that takes a client at its word, as those
# of busybox and syslog-ng do, puts lines of a static binary hours away from those beside them. And where glibc sends a
# message of any length, musl cuts it, head and newline included, at 1,024 bytes without a word: the end of a long line, where
# the reason often stands, is lost before a daemon sees it.
#
# Seen, with TZ=XYZ-14, of a message of 3,000 bytes:
#   glibc: local time, 3000 bytes of the message
#   musl: UTC, 997 bytes of the message
#
# Wants gcc, python3, user namespaces, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1.2.3-1

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "musl-dev=$VERSION" "musl=$VERSION"
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/say.c" <<'C'
#include <string.h>
#include <syslog.h>

int main(void)
{
	static char text[3001];

	memset(text, 'x', 3000);
	openlog("test", 0, LOG_MAIL);
	syslog(LOG_INFO, "%s", text);
	return 0;
}
C
LIB=$(dirname "$(find "$T/usr/lib" -name crt1.o)")
INCLUDE=$(find "$T/usr/include" -name fcntl.h -not -path '*/bits/*' -printf '%h\n' | grep -v /sys | head -n 1)
gcc -o "$T/glibc" "$T/say.c"
gcc -static -nostdinc -isystem "$INCLUDE" -nostdlib -o "$T/musl" "$LIB/crt1.o" "$LIB/crti.o" "$T/say.c" -L"$LIB" \
	-Wl,--start-group -lc -lgcc -Wl,--end-group "$LIB/crtn.o"

# A daemon: hears what each of the two says on /dev/log.
cat >"$T/hear.py" <<'PY'
import os, socket, subprocess, sys, time

top = sys.argv[1]
os.mkdir(top + "/dev")
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind(top + "/dev/log")
log.settimeout(20)
subprocess.run(["mount", "--bind", top + "/dev", "/dev"], check=True)
for libc in "glibc", "musl":
    before = time.time()
    subprocess.run([top + "/" + libc], env={"TZ": "XYZ-14"}, check=True)
    said = log.recv(9999).decode()
    said_at = said[4:19]
    zones = {time.strftime("%b %e %T", time.gmtime(t + hours * 3600)): name
             for hours, name in ((0, "UTC"), (14, "local time")) for t in range(int(before), int(time.time()) + 1)}
    print(f"{libc}: {zones.get(said_at, said_at)}, {said.count('x')} bytes of the message")
PY
got=$(unshare --map-root-user --mount python3 "$T/hear.py" "$T")
want='glibc: local time, 3000 bytes of the message
musl: UTC, 997 bytes of the message'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
