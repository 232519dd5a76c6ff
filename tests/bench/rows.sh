# For bench.sh: the rows of the table.
# shellcheck shell=bash disable=SC2034 # bench.sh has the rest

# Ways of talking are chosen by what the server offers.
STREAMING=(--chunking) GROUPED=() LOCKSTEP=(--no-pipelining)

heading() {
	printf '\n%s\n%-22s %8s %9s %11s %9s %9s %9s %5s\n' "$1" client messages 'msg/s' 'CPU s/1000' 'waits/msg' \
		'calls/msg' 'ratio' runs
}

# entry CLIENT MESSAGES BYTES: one line; ratio is to serialmail, which goes first
entry() {
	local label=${1#qv-} client=$1 messages=$2 bytes=$3 calls=- waits=-
	has "$client" || return 0
	measure "$client" "$messages" "$bytes" || return 1
	[ "$label" = "$client" ] || label="$(sed -n 's/^mode //p' "$HOST_DIR/.qv-status")${label#flush}"
	[ "$client" != serialmail ] || REFERENCE=$(awk "BEGIN { print $messages / $WALL }")
	[ "${RTT:-0}" = 0 ] || waits=$(awk "BEGIN { printf \"%.2f\", $WALL * 1000 / $RTT / $messages * ${CONNECTIONS:-1} }")
	[ "${COUNT_CALLS:-}" = "" ] || calls=$(count_calls "$client" "$messages" "$bytes")
	awk -v label="$label" -v n="$messages" -v s="$WALL" -v cpu="$CPU" -v waits="$waits" -v calls="$calls" \
		-v reference="${REFERENCE:-0}" -v runs="$TIMES" 'BEGIN {
		ratio = reference > 0 ? sprintf("%.2f", n / s / reference) : "-"
		printf "%-22s %8d %9.1f %11.3f %9s %9s %9s %5d\n", label, n, n / s, cpu * 1000 / n, waits, calls, ratio, runs }'
}

# count_calls CLIENT MESSAGES BYTES: system calls a message, in a run of its own
count_calls() {
	local RUNS=1 COST=(strace -f -c -qq -o "$WORK/calls" "$TESTBIN/cost")
	command -v strace >/dev/null || { echo -; return; }
	measure "$@" || return
	awk -v n="$2" '$1 + 0 > 0 && $NF != "total" { calls += $4 } END { printf "%.1f", calls / n }' "$WORK/calls"
}

# qvmail MESSAGES BYTES [MESSAGES-IN-LOCK-STEP]: our own lines; the way of talking is what the flush says it was
qvmail() {
	SINK_OPTIONS=("${STREAMING[@]}")
	entry qv-flush "$1" "$2"
	SINK_OPTIONS=("${GROUPED[@]}")
	entry qv-flush "$1" "$2"
	CONNECTIONS=8 entry 'qv-flush -P 8' "$1" "$2"
	SINK_OPTIONS=("${LOCKSTEP[@]}")
	entry qv-flush "${3:-$1}" "$2"
	SINK_OPTIONS=()
}

peers() {
	REFERENCE=
	entry serialmail "$1" "$2"
	COUNT_CALLS='' entry postfix "$1" "$2"
	COUNT_CALLS='' entry msmtp "$(($1 > 100 ? 100 : $1))" "$2"
}

row_loopback() {
	local COUNT_CALLS=yes
	heading 'RTT 0, 4 KB'
	peers 2000 4096
	qvmail 2000 4096
}

# far MS: a long round trip
far() {
	local RTT=$1
	LINE_OPTIONS=(--rtt "$RTT")
	heading "RTT $RTT ms, 4 KB"
	peers "${SLOW:-100}" 4096
	qvmail "${SLOW:-100}" 4096 25
	LINE_OPTIONS=() FAR=$RTT
}

row_rtt100() {
	far 100
}

row_rtt200() {
	far 200
}

# The line's rate is of all bytes: load is the part of the time in which it sent.
row_line() {
	local rate RTT=200
	heading 'RTT 200 ms, 4 KB, where CHUNKING is offered, by the rate of the line'
	LINE_OPTIONS=(--rtt 200)
	[ "${FAR-}" = 200 ] || peers "${SLOW:-100}" 4096
	SINK_OPTIONS=("${STREAMING[@]}")
	for rate in ${RATES:-1000000 10000000 0}; do
		LINE_OPTIONS=(--rtt 200 --rate "$rate")
		entry qv-flush "${MANY:-5000}" 4096
		[ "$rate" = 0 ] || echo "    at $((rate / 1000000)) Mbit/s: the line was sending for $LOAD % of the time"
	done
	LINE_OPTIONS=() SINK_OPTIONS=()
}

row_thin() {
	heading '1 Mbit/s, RTT 0, 4 KB'
	LINE_OPTIONS=(--rate 1000000)
	peers 50 4096
	qvmail 50 4096
	LINE_OPTIONS=()
}

# cost_of LABEL COMMAND...: what takes $INPUT, and then $LAST_INPUT
cost_of() {
	local i
	: >"$WORK/runs"
	for i in $(seq 20); do # each from an address of its own: who fails often waits
		printf %b "$INPUT$LAST_INPUT" | TCPREMOTEIP=127.0.0.$i "$TESTBIN/cost" "$WORK/cost" "${@:2}" >/dev/null 2>&1
		cat "$WORK/cost" >>"$WORK/runs"
	done
	(printf %b "$INPUT"; sleep 0.3; printf %b "$LAST_INPUT") |
		TCPREMOTEIP=127.0.0.1 "$TESTBIN/cost" -m "$WORK/cost" "${@:2}" >/dev/null 2>&1
	awk -v label="$1" -v s="$(cut -d' ' -f1 "$WORK/runs" | median)" -v cpu="$(cut -d' ' -f2 "$WORK/runs" | median)" \
		'{ printf "%-32s %6.2f ms, %6.2f ms of CPU, %6d KB at most\n", label, s * 1000, cpu * 1000, $3 }' "$WORK/cost"
}

# by_odmr RTT: fetchmail calls by ODMR, and hands what it is sent to a server beside it; the line is between it and the gateway.
# bare-odmr is what anybody could reach through it.
by_odmr() {
	local RTT=$1 few=2000
	LINE_OPTIONS=()
	[ "$RTT" = 0 ] || LINE_OPTIONS=(--rtt "$RTT") few=${SLOW:-100}
	heading "RTT $RTT ms, 4 KB, by ODMR through fetchmail"
	SINK_OPTIONS=() REFERENCE=
	entry serialmail "$few" 4096
	SINK_OPTIONS=("${STREAMING[@]}")
	entry qv-flush 2000 4096
	entry bare-odmr 2000 4096
	entry odmr 2000 4096
	SINK_OPTIONS=()
	entry odmr "$few" 4096
	LINE_OPTIONS=()
}

row_call() {
	local RTT
	for RTT in 0 100; do
		by_odmr "$RTT"
	done
	printf '\nA call that is not turned, beside what only ends\n'
	INPUT='' LAST_INPUT='' cost_of true true
	INPUT='EHLO there\r\n' LAST_INPUT='QUIT\r\n' cost_of 'EHLO, QUIT' "$QVMAIL" qv-trigger odmr
	INPUT="EHLO there\r\nAUTH CRAM-MD5\r\n$(printf 'joe 0123456789abcdef0123456789abcdef' | base64 -w 0)\r\n" LAST_INPUT='QUIT\r\n' \
		cost_of 'EHLO, a failed login, QUIT' "$QVMAIL" qv-trigger odmr
}

# memory_of LABEL MESSAGES BYTES
memory_of() {
	measure qv-flush "$2" "$3" || return 1
	printf '%-40s %6d KB at most, %6.1f s\n' "$1" "$MEMORY" "$WALL"
}

row_memory() {
	local RUNS=1 COST=("$TESTBIN/cost" -m) offer
	printf '\nPrivate memory of all processes of a flush\n'
	for offer in chunking size=1000000000; do
		SINK_OPTIONS=("--$offer")
		memory_of "one message of 100 MB (--$offer)" 1 100000000
		memory_of "10,000 messages of 4 KB (--$offer)" 10000 4096
	done
	SINK_OPTIONS=()
}

# pass LABEL COMMAND...: CPU time of one pass
pass() {
	"$TESTBIN/cost" "$WORK/cost" "${@:2}" >"$WORK/client.log" 2>&1 || tail -n 3 "$WORK/client.log"
	awk -v label="$1" '{ printf "%-32s %9.3f s, %9.3f s of CPU\n", label, $1, $2 }' "$WORK/cost"
}

row_master() {
	local n=${CUSTOMERS:-10000} homes=$ROOT/home/serialmail
	printf '\nA pass of the master over %s customers without mail\n' "$n"
	rm -rf "$homes" && mkdir -p "$homes"
	seq "$n" | sed "s|.*|$homes/c&.test/Maildir/|" | sed 'p;p' | awk '{ print $0 (NR % 3 == 0 ? "new" : NR % 3 == 1 ? "cur" : "tmp") }' |
		xargs mkdir -p
	seq "$n" | sed "s|.*|$homes/c&.test/RELAYHOST|" | xargs touch
	chown -R 510:51 "$homes"
	mkdir -p "$WORK/bin" && ln -sf "$QVMAIL" "$WORK/bin/setlock"
	pass "qv-master" "$QVMAIL" qv-master
	pass "qv-master, again" "$QVMAIL" qv-master
	PATH=$WORK/bin:$PATH pass "the seed's scripts" "$HERE/seed-master.sh" "$homes"
}

row_admin() {
	printf '\nWhat an administrator types\n'
	bash "$HERE/admin.sh"
}

row_scale() {
	printf '\nLarge set-ups\n'
	bash "$HERE/scale.sh"
}
