#!/bin/bash
# bats-run-i.sh: "run ! COMMAND" of bats leaves the caller's $i changed.
#
# bats(7) says of run that it sets status, output and lines (and stderr's when asked). bats 1.8.2 (Debian 12) also sets i: where
# run has an option, ! or -N among them, it looks whether bats_require_minimum_version was told 1.5.0 at least, by a loop over
# i that is not local. It is 2 then, and 1 where a later minor version was told. So a test that counts by i, the usual name,
# and wants a command to fail within the loop goes on with another number: it skips rounds, does some again, or does not end.
#
# Seen, with i=seven before each:
#   run false: i=seven
#   run ! false: i=2
#   run -1 false: i=2
#
# Wants Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1.8.2-1

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "bats=$VERSION"
	dpkg -x bats_*.deb .
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/i.bats" <<'BATS'
bats_require_minimum_version 1.5.0

@test "what is i afterwards" {
	i=seven
	run false
	echo "run false: i=$i" >&3
	i=seven
	run ! false
	echo "run ! false: i=$i" >&3
	i=seven
	run -1 false
	echo "run -1 false: i=$i" >&3
}
BATS
got=$("$T/usr/bin/bats" --tap "$T/i.bats" | grep '^run')
want='run false: i=seven'$'\n''run ! false: i=2'$'\n''run -1 false: i=2'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
