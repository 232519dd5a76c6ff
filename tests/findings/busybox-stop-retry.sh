#!/bin/bash
# busybox-stop-retry.sh: "start-stop-daemon --stop --retry 5" of busybox takes the option and does not wait.
#
# Debian's start-stop-daemon waits with --retry until the process is gone, and kills it where the schedule says so; init scripts
# say "--retry TERM/30/KILL/5" in stop, and restart starts anew behind it. busybox 1.35.0 (Debian 12) accepts -R and --retry
# with a number or a schedule, without a word, sends the signal, and ends at once with 0, though the process still lives; its
# --help has no such option. So a script that is moved to a firmware starts the second daemon, unmounts or takes the pid file
# away while the first one is still at work.
#
# Seen, of a process that takes two seconds to end once it is told to, when start-stop-daemon is done:
#   dpkg 1.21.23, --retry 5: exit 0, the process is gone
#   busybox, --retry 5: exit 0, the process lives
#   busybox, -R 5: exit 0, the process lives
#   busybox, --retry TERM/5/KILL/5: exit 0, the process lives
#
# Wants Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1:1.35.0-4+deb12u1+b1 DPKG=1.21.23

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "busybox-static=$VERSION" "dpkg=$DPKG"
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

# stops WHOSE OPTION...: what becomes of the process
stops() {
	local whose=$1 pid rc=0 is=lives
	shift
	sh -c 'trap "sleep 2; exit" TERM; echo >"$0"; while :; do sleep 0.1; done' "$T/ready" &
	pid=$!
	echo $pid >"$T/pid"
	while [ ! -e "$T/ready" ]; do sleep 0.05; done
	rm "$T/ready"
	"${COMMAND[@]}" --stop --pidfile "$T/pid" "$@" >"$T/said" 2>&1 || rc=$?
	case $(cat "/proc/$pid/stat" 2>/dev/null) in '' | *') Z '*) is="is gone" ;; esac
	echo "$whose, $*: exit $rc, the process $is"
	wait $pid || true
}

{
	COMMAND=("$T/sbin/start-stop-daemon")
	stops "dpkg $DPKG" --retry 5
	COMMAND=("$T/bin/busybox" start-stop-daemon)
	stops busybox --retry 5
	stops busybox -R 5
	stops busybox --retry TERM/5/KILL/5
} >"$T/got"
got=$(cat "$T/got")
want='dpkg 1.21.23, --retry 5: exit 0, the process is gone
busybox, --retry 5: exit 0, the process lives
busybox, -R 5: exit 0, the process lives
busybox, --retry TERM/5/KILL/5: exit 0, the process lives'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
