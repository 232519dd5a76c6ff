#!/bin/bash
# nullmailer-recipients.sh: to nullmailer one recipient who is refused is the end of the message for all of them.
#
# RFC 5321 lets a client go on to DATA with those recipients that were accepted. nullmailer's smtp 2.2 (Debian 12) says QUIT at
# the first RCPT that is not: nobody gets the message. After a 5yz its exit code says that it failed for good, so
# nullmailer-send gives the message up and bounces it; after a 4yz it stays queued and is tried as a whole again, so that who
# was accepted waits as long as the other one is deferred, and after a week it bounces for both. So a smarthost that refuses
# unknown recipients at RCPT keeps a client's mail from those who exist, too; accepting and bouncing does not.
#
# Seen, the replies to RCPT of a message for two, and which commands came:
#   250 250: RCPT RCPT DATA QUIT, exit 0
#   250 550: RCPT RCPT QUIT, exit 35
#   250 450: RCPT RCPT QUIT, exit 16
#   550 250: RCPT QUIT, exit 35
#
# Wants python3, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1:2.2-4

(
	cd "$T"
	names=$(apt-get install -s --no-install-recommends "nullmailer=$VERSION" | awk '/^Inst/ { print $2 }')
	# shellcheck disable=SC2086
	apt-get -q download -o APT::Sandbox::User=root ${names/nullmailer/nullmailer=$VERSION}
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
LIBS=$(find "$T" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)

# A smarthost: prints its port, and then each command behind MAIL; RCPT is answered with these codes.
cat >"$T/smarthost.py" <<'PY'
import socket, sys

codes = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
listener.settimeout(20)
link = listener.accept()[0].makefile("rwb", 0)
link.write(b"220 smarthost.test ESMTP\r\n")
for line in link:
    verb = line.decode().split()[0]
    if verb not in ("EHLO", "HELO", "MAIL"):
        print(verb, flush=True)
    if verb == "RCPT":
        link.write(codes.pop(0).encode() + b" said\r\n")
    elif verb == "DATA":
        link.write(b"354 go on\r\n")
        while link.readline() != b".\r\n":
            pass
        link.write(b"250 taken\r\n")
    elif verb == "QUIT":
        link.write(b"221 bye\r\n")
        break
    else:
        link.write(b"250 smarthost.test\r\n")
PY

# sends CODE...: which commands come where these are the replies to RCPT, and the exit code
sends() {
	local smarthost rc=0
	: >"$T/came"
	timeout 40 python3 "$T/smarthost.py" "$@" >"$T/came" &
	smarthost=$!
	for _ in $(seq 200); do
		[ ! -s "$T/came" ] || break
		sleep 0.05
	done
	printf '%s\n' s@client.test one@sink.test two@sink.test '' 'Subject: for two' '' text >"$T/message"
	HELOHOST=client.test LD_LIBRARY_PATH=$LIBS timeout 20 "$T/usr/lib/nullmailer/smtp" --host=127.0.0.1 \
		--port="$(head -n 1 "$T/came")" 3<"$T/message" </dev/null >"$T/said" 2>&1 || rc=$?
	wait $smarthost || cat "$T/said"
	echo "$*: $(tail -n +2 "$T/came" | paste -sd' '), exit $rc"
}

for replies in "250 250" "250 550" "250 450" "550 250"; do
	# shellcheck disable=SC2086
	sends $replies
done >"$T/got"
got=$(cat "$T/got")
want='250 250: RCPT RCPT DATA QUIT, exit 0
250 550: RCPT RCPT QUIT, exit 35
250 450: RCPT RCPT QUIT, exit 16
550 250: RCPT QUIT, exit 35'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
