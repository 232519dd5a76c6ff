#!/bin/bash
# fetchmail-odmr.sh: by ODMR fetchmail's exit code is 128 when the login is refused, and 0 when there is no mail.
#
# fetchmail(1) lists the exit codes: 0 for messages retrieved, 1 for no mail, 3 for a login that failed, 23 for internal errors;
# none is above 29. fetchmail 6.4.37 (Debian 12) ends with 128 when ODMR's AUTH is refused, be it for good (535) or for now
# (454), and its only word is "Query status=128". The same said of ATRN (530) is 3. And 453, RFC 2645's reply for no mail, is 0,
# with "You have no mail". So a script that tells by the code what happened, as it may with POP3, takes an empty box for mail,
# and a wrong password for an end by a signal.
#
# Seen, the replies to AUTH and ATRN:
#   535 -: exit 128
#   454 -: exit 128
#   235 530: exit 3
#   235 453: exit 0
#
# Wants python3, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=6.4.37-1

(
	cd "$T"
	names=$(apt-get install -s --no-install-recommends --reinstall "fetchmail=$VERSION" | awk '/^Inst/ { print $2 }')
	# shellcheck disable=SC2086
	apt-get -q download -o APT::Sandbox::User=root ${names/fetchmail/fetchmail=$VERSION}
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }
LIBS=$(find "$T" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)

# A provider: prints its port, and answers AUTH and ATRN with these codes.
cat >"$T/provider.py" <<'PY'
import socket, sys

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
listener.settimeout(20)
link = listener.accept()[0].makefile("rwb", 0)
link.write(b"220 provider.test ESMTP\r\n")
for line in link:
    verb = line.decode().split()[0]
    if verb == "EHLO":
        link.write(b"250-provider.test\r\n250-AUTH CRAM-MD5\r\n250 ATRN\r\n")
    elif verb == "AUTH":
        link.write(b"334 PDEuMkBwcm92aWRlci50ZXN0Pg==\r\n")
        link.readline()
        link.write(sys.argv[1].encode() + b" said\r\n")
    elif verb == "ATRN":
        link.write(sys.argv[2].encode() + b" said\r\n")
    else:
        link.write(b"221 bye\r\n")
        break
PY

# ends AUTH ATRN: fetchmail's exit code where these are the replies
ends() {
	local provider rc=0
	: >"$T/port"
	timeout 40 python3 "$T/provider.py" "$@" >"$T/port" &
	provider=$!
	for _ in $(seq 200); do
		[ ! -s "$T/port" ] || break
		sleep 0.05
	done
	echo "poll 127.0.0.1 protocol ODMR port $(cat "$T/port") username joe password secret fetchdomains a.test sslproto ''" >"$T/rc"
	chmod 600 "$T/rc"
	HOME=$T LD_LIBRARY_PATH=$LIBS timeout 20 "$T/usr/bin/fetchmail" -N -f "$T/rc" >"$T/said" 2>&1 || rc=$?
	wait $provider
	echo "$*: exit $rc"
}

for replies in "535 -" "454 -" "235 530" "235 453"; do
	# shellcheck disable=SC2086
	ends $replies
done >"$T/got"
got=$(cat "$T/got")
want='535 -: exit 128
454 -: exit 128
235 530: exit 3
235 453: exit 0'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
