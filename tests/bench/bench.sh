#!/bin/bash
# bench.sh [ROW]...: qv-flush, qv-master and the administrator's commands beside their peers, in one run. Rows: loopback
# rtt100 rtt200 line thin call memory master burst admin scale; all if none is named. `make bench` says where QVMAIL and TESTBIN are.
#
# RUNS      medians of so many runs (5), in which all take turns; but a client that has taken BUDGET seconds (10) is not asked
#           again
# NEWU      the command of admin's script that makes users/cdb, ROOT in it the tree; ours if not given
# BASE      another qvmail, measured beside ours
# RECORDS   a file that gets the ratios of tests/bench/targets, for judge.sh
# SERIALMAIL  the directory of maildirserial, serialsmtp and tcpclient, if they are not in PATH
#
# Every client sends the same messages, from files synced to disk, to a sink that checks them all: a run in which one
# is missing, twice or corrupted is an error. The network is one of our own, with the MTU of real lines: at the loopback's
# 65,536 clients that leave Nagle's algorithm on stall as they never do on a line.
# shellcheck disable=SC1091,SC2034 # the other files are read by it, and use what it sets
set -u

: "${QVMAIL:?run me by make bench}" "${TESTBIN:?run me by make bench}"
HERE=$(cd "$(dirname "$0")" && pwd)
RUNS=${RUNS:-5} BUDGET=${BUDGET:-10} BASE=${BASE-}
[ -z "${SERIALMAIL-}" ] || PATH=$PATH:$SERIALMAIL

if [ -z "${BENCH_NETWORK-}" ]; then
	[ "$(id -u)" = 0 ] || { echo "bench: skipped: a network of its own needs root"; exit 0; }
	BENCH_NETWORK=1 exec unshare -n "$0" "$@"
fi
ip link set lo mtu 1500 up || exit 1

. "$HERE/record.sh"
. "$HERE/peers.sh"
. "$HERE/rows.sh"

WORK=$(mktemp -d "${TMPDIR:-/tmp}/qvmail-bench.XXXXXX")
chmod 755 "$WORK"
trap 'stop_all; rm -rf "$WORK"' EXIT
trap 'exit 1' INT TERM

# start VARIABLE COMMAND...: a server in the background that prints its port, which VARIABLE gets
start() {
	local name=$1 file=$WORK/$1 port=
	shift
	: >"$file"
	"$@" >"$file" &
	eval "${name}_PID=$!"
	until read -r port <"$file"; do sleep 0.01; done
	eval "$name=$port"
}

# stop VARIABLE: its last line is in $LAST
stop() {
	local pid=${1}_PID
	kill "${!pid}" && wait "${!pid}"
	eval "$pid="
	LAST=$(tail -n 1 "$WORK/$1")
}

stop_all() {
	[ -z "${SINK_PID-}" ] || kill "$SINK_PID"
	[ -z "${LINE_PID-}" ] || kill "$LINE_PID"
	[ -z "${GATEWAY_PID-}" ] || kill "$GATEWAY_PID"
}

# once CLIENT MESSAGES BYTES: one run; adds "SECONDS CPU LOAD" to $WORK/runs
once() {
	local client=$1 messages=$2 bytes=$3 load=0
	start SINK "$TESTBIN/fakesmtpd" --timeout 600 --sum ${SINK_OPTIONS[@]+"${SINK_OPTIONS[@]}"}
	PORT=$SINK
	fresh_mail "$messages" "$bytes"
	# Who calls is between the gateway and the sink, and the line between him and the gateway.
	case $client in
	odmr) start GATEWAY tcpserver -1RHl0 127.0.0.1 0 "$QVMAIL" qv-trigger odmr 2>>"$WORK/client.log" ;;
	bare-odmr) start GATEWAY python3 "$HERE/bare_odmr.py" "$HOST_DIR/Maildir" "$CUSTOMER-" ;;
	esac
	case $client in *odmr) PORT=$GATEWAY ;; esac
	if [ "${#LINE_OPTIONS[@]}" -gt 0 ]; then
		start LINE "$TESTBIN/line" "${LINE_OPTIONS[@]}" "127.0.0.1:$PORT"
		PORT=$LINE
	fi
	prepare "$client"
	(cd "$HOST_DIR" && "${COST[@]}" "$WORK/cost" "${COMMAND[@]}") >"$WORK/client.log" 2>&1
	[ "${#LINE_OPTIONS[@]}" = 0 ] || { stop LINE; load=${LAST##* }; }
	case $client in *odmr) stop GATEWAY ;; esac
	stop SINK
	case $LAST in
	"accepted $messages distinct $messages duplicate 0 corrupted 0 "*) ;;
	*)
		echo "bench: $client: wrong: $LAST" >&2
		tail -n 3 "$WORK/client.log" >&2
		return 1
		;;
	esac
	# A queue of its own has to start first; its script tells the time.
	[ "$client" != postfix ] || sed -i "s/^[^ ]*/$(cat "$WORK/postfix/seconds")/" "$WORK/cost"
	echo "$(cat "$WORK/cost") $load" >>"$WORK/runs"
}

COST=("$TESTBIN/cost")
SINK_OPTIONS=() LINE_OPTIONS=()
fresh_root
echo "medians of up to $RUNS; $(nproc) processors; MTU $(ip link show lo | sed -n "s/.* mtu \([0-9]*\).*/\1/p"); $(df --output=fstype "$WORK" | tail -1)"
[ $# -gt 0 ] || set -- loopback rtt100 rtt200 line thin call memory master burst admin scale
for ROW; do
	export ROW
	"row_$ROW" || exit 1
done
