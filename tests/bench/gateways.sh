#!/bin/bash
# gateways.sh: what a second gateway brings, and what a pass costs, over two kinds of shared storage (tests/cluster):
#
#	fuse        two mounts of one directory. Each gateway may use a part of a processor, and what the storage and the
#	            customers' server take is not its own: what is ours limits the ratio
#	glusterfs   each gateway has a processor for all that its machine runs, a brick too: what such a machine brings
#
# `make bench-cluster` says where QVMAIL and TESTBIN are.
#
# CUSTOMERS  each has a message when the burst begins (1000)
# IDLE       customers without mail (10000)
# RUNS       of one gateway and of two in turn (3)
# PERCENT    of a processor that a gateway may use over fuse (20)
# STORAGE    which of the two (both)
set -eu

: "${QVMAIL:?run me by make bench-cluster}" "${TESTBIN:?run me by make bench-cluster}"
CUSTOMERS=${CUSTOMERS:-1000} IDLE=${IDLE:-10000} RUNS=${RUNS:-3} PERCENT=${PERCENT:-20}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/qvmail-gateways.XXXXXX")
GROUPS_AT=/sys/fs/cgroup
SERVER=

# shellcheck disable=SC1091
. "$(dirname "$0")/../cluster/machines.bash"

ends() {
	[ -z "$SERVER" ] || kill "$SERVER" || true
	SERVER=
	[ -z "${CLUSTER-}" ] || machines_down
	for i in 1 2; do rmdir "$GROUPS_AT/qvmail-gw$i" 2>/dev/null || true; done
}

finish() {
	ends
	rm -rf "$WORK"
}
trap finish EXIT
trap 'exit 1' INT TERM

# part N: a group of processes that may use PERCENT of a processor
part() {
	if [ -e $GROUPS_AT/cgroup.controllers ]; then
		echo +cpu >$GROUPS_AT/cgroup.subtree_control
		mkdir $GROUPS_AT/qvmail-gw"$1"
		echo "$((PERCENT * 200)) 20000" >$GROUPS_AT/qvmail-gw"$1"/cpu.max
	else
		GROUPS_AT=/sys/fs/cgroup/cpu
		mkdir $GROUPS_AT/qvmail-gw"$1"
		echo 20000 >$GROUPS_AT/qvmail-gw"$1"/cpu.cfs_period_us
		echo $((PERCENT * 200)) >$GROUPS_AT/qvmail-gw"$1"/cpu.cfs_quota_us
	fi
}

# gateway_runs N COMMAND...: with the processor that it has
gateway_runs() (
	if [ "$STORED" = fuse ]; then
		echo "$BASHPID" >"$GROUPS_AT/qvmail-gw$1/cgroup.procs"
		on "$@"
	else
		on "$1" taskset -c $(($1 - 1)) "${@:2}"
	fi
)

# some_hosts MACHINE FIRST LAST STEP: made on that machine
some_hosts() {
	on "$1" python3 -c 'import os, sys
os.umask(0o022)
for i in range(int(sys.argv[1]), int(sys.argv[2]) + 1, int(sys.argv[3])):
	host = "/home/serialmail/h%05d.example.com" % i
	for d in "", "/Maildir", "/Maildir/new", "/Maildir/cur", "/Maildir/tmp":
		os.mkdir(host + d)
		os.chown(host + d, 510, 51)
	with open(host + "/RELAYHOST", "w") as f:
		f.write(sys.argv[4] + ":2525\n")
' "$2" "$3" "$4" "$AT"
}

# hosts FIRST LAST
hosts() {
	local k makers=()
	for k in 0 1 2 3; do
		some_hosts $((k % 2 + 1)) $(($1 + k)) "$2" 4 &
		makers+=($!)
	done
	wait "${makers[@]}"
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
		{ time gateway_runs "$i" qv-master -q -g 0 >>"$CLUSTER/log" 2>&1; } 2>>"$WORK/$STORED.cpu$#" &
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
TIMEFORMAT="%R %U %S"

server() {
	background "$@" "$TESTBIN/fakesmtpd" --addr "$AT" --port 2525 --timeout 36000 --chunking
	SERVER=$!
}

begins_fuse() {
	AT=127.0.0.1
	pair_up
	server
	for i in 1 2; do part "$i"; done
}

begins_glusterfs() {
	AT=10.77.0.100
	machines_up 2 >/dev/null
	server nsenter -t "$(cat "$CLUSTER/hub")" -n
	for i in 1 2; do
		for pid in $(on "$i" pgrep ''); do on "$i" taskset -apc $((i - 1)) "$pid" >/dev/null || true; done
	done
}

bursts() {
	local run one two
	hosts 1 "$CUSTOMERS"
	for run in $(seq "$RUNS"); do
		one=$(burst 1)
		two=$(burst 1 2)
		echo "$STORED, run $run: one gateway $one s, two $two s"
		echo "$one" >>"$WORK/$STORED.one"
		echo "$two" >>"$WORK/$STORED.two"
		awk "BEGIN {print $one / $two}" >>"$WORK/$STORED.ratio"
	done
	echo "$STORED, a burst of $CUSTOMERS customers: one gateway $(spread <"$WORK/$STORED.one") s, two $(spread <"$WORK/$STORED.two") s: $(spread <"$WORK/$STORED.ratio") times as fast"
	echo "$STORED, processor time of a burst: of one gateway $(awk -v n="$RUNS" '{s += $2 + $3} END {printf "%.2f", s / n}' "$WORK/$STORED.cpu1") s, of two together $(awk -v n="$RUNS" '{s += $2 + $3} END {printf "%.2f", s / n}' "$WORK/$STORED.cpu2") s"
}

idles() {
	local run
	[ "$IDLE" -le "$CUSTOMERS" ] || hosts $((CUSTOMERS + 1)) "$IDLE"
	sleep 3
	for run in $(seq "$RUNS"); do
		{ time gateway_runs 1 qv-master -q; } 2>&1 | tail -n 1 >>"$WORK/$STORED.idle"
		sleep 3
	done
	gateway_runs 1 strace -f -c -o "$WORK/calls" qv-master -q
	echo "$STORED, an idle pass over $IDLE customers: $(cut -d' ' -f1 "$WORK/$STORED.idle" | spread) s, of them $(awk '{print $2 + $3}' "$WORK/$STORED.idle" | spread) s of qv-master's processor time; $(awk -v n="$IDLE" '$NF == "total" {printf "%.1f", $(NF - 2) / n}' "$WORK/calls") system calls a customer"
}

for STORED in ${STORAGE:-fuse glusterfs}; do
	CLUSTER=$WORK/$STORED
	[ -z "$(machines_unable)" ] || { echo "bench: skipped: $(machines_unable)"; exit 0; }
	"begins_$STORED"
	gateway_files
	bursts
	idles
	ends
done
