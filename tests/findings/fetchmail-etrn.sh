#!/bin/bash
# fetchmail-etrn.sh: one domain without mail ends fetchmail's ETRN, with exit 0, and the domains behind it are not asked for.
#
# "protocol ETRN fetchdomains a.test b.test c.test" sends an ETRN for each. RFC 1985 has four replies of success: 250, 251 (no
# messages wait for that node), 252 and 253. fetchmail 6.4.37 (Debian 12) goes on to the next domain after 250, 252 and 253;
# after 251 it says QUIT, and the mail of the other domains stays where it is. The exit code is 0, which fetchmail(1) has for
# messages that were retrieved; 1 is its code for no mail. So a provider that answers 251, as is right, keeps mail from a
# customer with several domains, and the customer's cron hears of nothing.
#
# Seen, the replies to ETRN and what was asked:
#   250 250 250: a.test b.test c.test, exit 0
#   253 252 250: a.test b.test c.test, exit 0
#   251 250 250: a.test, exit 0
#   250 251 250: a.test b.test, exit 0
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

# A provider: prints its port, and then the domains that it is asked for, which it answers with these codes.
cat >"$T/provider.py" <<'PY'
import socket, sys

codes = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
listener.settimeout(20)
link = listener.accept()[0].makefile("rwb", 0)
link.write(b"220 provider.test ESMTP\r\n")
for line in link:
    verb, *words = line.decode().split()
    if verb == "EHLO":
        link.write(b"250-provider.test\r\n250 ETRN\r\n")
    elif verb == "ETRN":
        print(words[0], flush=True)
        link.write(codes.pop(0).encode() + b" OK\r\n")
    else:
        link.write(b"221 bye\r\n")
        break
PY

# asked CODE...: what fetchmail asks for where these are the replies, and its exit code
asked() {
	local provider rc=0
	: >"$T/asked"
	timeout 40 python3 "$T/provider.py" "$@" >"$T/asked" &
	provider=$!
	for _ in $(seq 200); do
		[ ! -s "$T/asked" ] || break
		sleep 0.05
	done
	echo "poll 127.0.0.1 protocol ETRN port $(head -n 1 "$T/asked") sslproto '' fetchdomains a.test b.test c.test" >"$T/rc"
	chmod 600 "$T/rc"
	HOME=$T LD_LIBRARY_PATH=$LIBS timeout 20 "$T/usr/bin/fetchmail" -N -f "$T/rc" >"$T/said" 2>&1 || rc=$?
	wait $provider
	echo "$*: $(tail -n +2 "$T/asked" | paste -sd' '), exit $rc"
}

for replies in "250 250 250" "253 252 250" "251 250 250" "250 251 250"; do
	# shellcheck disable=SC2086
	asked $replies
done >"$T/got"
got=$(cat "$T/got")
want='250 250 250: a.test b.test c.test, exit 0
253 252 250: a.test b.test c.test, exit 0
251 250 250: a.test, exit 0
250 251 250: a.test b.test, exit 0'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
