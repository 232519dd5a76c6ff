#!/bin/bash
# gateways.sh: what a second gateway brings, and what a pass costs, over GlusterFS: two machines of namespaces (tests/cluster),
# each on a processor of its own with all that it runs, a brick too. `make bench-cluster` says where QVMAIL and TESTBIN are.
#
# CUSTOMERS  each has a message when the burst begins (1000)
# IDLE       customers without mail (10000)
# RUNS       of one gateway and of two in turn (3)
set -eu

: "${QVMAIL:?run me by make bench-cluster}" "${TESTBIN:?run me by make bench-cluster}"
CUSTOMERS=${CUSTOMERS:-1000} IDLE=${IDLE:-10000} RUNS=${RUNS:-3}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/qvmail-gateways.XXXXXX")
CLUSTER=$WORK/cluster
SERVER=

# shellcheck disable=SC1091
. "$(dirname "$0")/../cluster/machines.bash"
[ -z "$(machines_unable)" ] || { echo "bench: skipped: $(machines_unable)"; exit 0; }

finish() {
	[ -z "$SERVER" ] || kill "$SERVER" || true
	machines_down
	rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 1' INT TERM

pinned() {
	on "$1" taskset -c $(($1 - 1)) "${@:2}"
}

# hosts FIRST LAST
hosts() {
	# shellcheck disable=SC2016
	on 1 python3 -c 'import os, sys
os.umask(0o022)
for i in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
	host = "/home/serialmail/h%05d.example.com" % i
	for d in "", "/Maildir", "/Maildir/new", "/Maildir/cur", "/Maildir/tmp":
		os.mkdir(host + d)
		os.chown(host + d, 510, 51)
	with open(host + "/RELAYHOST", "w") as f:
		f.write("10.77.0.100:2525\n")
' "$1" "$2"
}

# one message for each of the first hosts
mail() {
	on 1 python3 -c 'import os, sys
for i in range(1, int(sys.argv[1]) + 1):
	host = "h%05d.example.com" % i
	new = "/home/serialmail/" + host + "/Maildir/new/m%d" % i
	with open(new, "w") as f:
		f.write("Return-Path: <a@b.test>\nDelivered-To: %s-m@%s\n\n%s\n" % (host, host, "x" * 2000))
	os.chown(new, 510, 51)
' "$CUSTOMERS"
	sleep 3 # what the machines have kept of the directories is forgotten
}

# burst MACHINE...: seconds until all is sent
burst() {
	local i begin masters=() end
	mail
	begin=$EPOCHREALTIME
	for i; do
		pinned "$i" qv-master -q -g 0 >>"$CLUSTER/log" 2>&1 &
		masters+=($!)
	done
	wait "${masters[@]}"
	end=$EPOCHREALTIME
	[ -z "$(on 1 sh -c 'find /home/serialmail -path "*/new/*" | head -n 1')" ] || { echo "not all was sent" >&2; exit 1; }
	awk "BEGIN {printf \"%.2f\n\", $end - $begin}"
}

# median, least and most of the numbers on stdin
spread() {
	sort -n | awk '{v[NR] = $1} END {printf "%.2f (%.2f-%.2f)", v[int((NR + 1) / 2)], v[1], v[NR]}'
}

mkdir -p "$WORK/bin"
cp "$QVMAIL" "$WORK/bin/qvmail"
"$WORK/bin/qvmail" --install "$WORK/bin"
PATH=$WORK/bin:$PATH
chmod 755 "$WORK"
machines_up 2 >/dev/null
gateway_files
for i in 1 2; do
	for pid in $(on "$i" pgrep ''); do on "$i" taskset -apc $((i - 1)) "$pid" >/dev/null || true; done
done
background nsenter -t "$(cat "$CLUSTER/hub")" -n "$TESTBIN/fakesmtpd" --addr 10.77.0.100 --port 2525 --timeout 36000 --chunking
SERVER=$!

hosts 1 "$CUSTOMERS"
for run in $(seq "$RUNS"); do
	one=$(burst 1)
	two=$(burst 1 2)
	echo "run $run: one gateway $one s, two $two s"
	echo "$one" >>"$WORK/one"
	echo "$two" >>"$WORK/two"
	awk "BEGIN {print $one / $two}" >>"$WORK/ratio"
done
echo "a burst of $CUSTOMERS customers: one gateway $(spread <"$WORK/one") s, two $(spread <"$WORK/two") s: $(spread <"$WORK/ratio") times as fast"

[ "$IDLE" -le "$CUSTOMERS" ] || hosts $((CUSTOMERS + 1)) "$IDLE"
sleep 3
TIMEFORMAT="%R %U %S"
for run in $(seq "$RUNS"); do
	{ time pinned 1 qv-master -q; } 2>&1 | tail -n 1 >>"$WORK/idle"
	sleep 3
done
echo "an idle pass over $IDLE customers: $(cut -d' ' -f1 "$WORK/idle" | spread) s, of them $(awk '{print $2 + $3}' "$WORK/idle" | spread) s of qv-master's processor time"
