#!/bin/bash
# nsenter-stopped.sh: nsenter --pid stops itself when what it runs is stopped, and whoever continues that alone has a zombie.
#
# nsenter(1) says that --pid forks, and nothing of signals. nsenter of util-linux 2.38.1 (Debian 12) waits with WUNTRACED: when
# its child is stopped, it sends SIGSTOP to itself, and to the child SIGCONT when it is continued, so that job control of a
# shell above goes through it. But who stops and continues the child by the child's own pid, as a test does that wants a
# server deaf for a while, leaves nsenter stopped. The child goes on and ends, and is a zombie; nobody waits for it, and who
# waits for nsenter waits for ever, until that gets a SIGCONT too.
#
# Seen, states of /proc/PID/stat:
#   running:   nsenter S, child S
#   stopped:   nsenter T, child T
#   continued: nsenter T, child S
#   ended:     nsenter T, child Z
#   and with a SIGCONT to nsenter its exit code is the child's: 7
#
# Wants user namespaces, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=2.38.1-5+deb12u3

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "util-linux=$VERSION"
	dpkg -x util-linux_*.deb .
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/inside" <<'SH'
set -eu

# becomes PID PID WHEN STATES: waits for these, five seconds at most, and prints what they are
becomes() {
	local n states
	for n in $(seq 100); do
		states="$(state "$1"), $(state "$2")"
		[ "$states" != "$4" ] || break
		sleep 0.05
	done
	echo "$3: $states"
}
state() { sed 's/.*) //; s/ .*//' "/proc/$1/stat"; }

"$1" --pid --target $$ sh -c 'read -r line <"$0"; exit 7' "$2" &
nsenter=$!
child=
while [ -z "$child" ]; do child=$(cat "/proc/$nsenter/task/$nsenter/children"); done
child=${child% }
becomes "$nsenter" "$child" running "S, S"
kill -STOP "$child"
becomes "$nsenter" "$child" stopped "T, T"
kill -CONT "$child"
becomes "$nsenter" "$child" continued "T, S"
echo go >"$2"
becomes "$nsenter" "$child" ended "T, Z"
kill -CONT "$nsenter"
wait "$nsenter" || echo "exit $?"
SH
mkfifo "$T/go"
got=$(unshare --map-root-user --pid --fork --kill-child --mount-proc bash "$T/inside" "$T/usr/bin/nsenter" "$T/go")
want='running: S, S
stopped: T, T
continued: T, S
ended: T, Z
exit 7'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
