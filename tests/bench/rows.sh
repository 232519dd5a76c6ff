# For bench.sh: the rows of the table.
# shellcheck shell=bash disable=SC2034 # bench.sh has the rest

# Ways of talking are chosen by what the server offers.
STREAMING=--chunking LOCKSTEP=--no-pipelining

# heading TITLE: a table; nobody is in it yet
heading() {
	TITLE=$1 CONTENDERS=()
	rm -f "$WORK"/runs.*
}

# contend CLIENT MESSAGES BYTES [OPTION OF THE SINK]...
contend() {
	! has "$1" || CONTENDERS+=("$1|$2|$3|${*:4}")
}

# race: the contenders take turns, so that what else the machine does hits all of them. Then the table.
race() {
	local round i client messages bytes sink
	for round in $(seq "$RUNS"); do
		for i in "${!CONTENDERS[@]}"; do
			IFS='|' read -r client messages bytes sink <<<"${CONTENDERS[i]}"
			[ "$(awk '{ s += $2 } END { print int(s) }' "$WORK/runs.$i" 2>/dev/null || echo 0)" -lt "$BUDGET" ] || continue
			: >"$WORK/runs"
			SINK_OPTIONS=()
			read -ra SINK_OPTIONS <<<"$sink"
			once "$client" "$messages" "$bytes" || return 1
			label_of "$client" >"$WORK/label.$i"
			[ "$(cat "$WORK/label.$i")" != streaming ] || cp -p "$HOST_DIR/.qv-status" "$WORK/known"
			sed "s/^/$round /" "$WORK/runs" >>"$WORK/runs.$i"
		done
	done
	printf '\n%s\n%-22s %8s %9s %11s %9s %9s  %-22s %-22s %5s\n' "$TITLE" client messages 'msg/s' 'CPU s/1000' 'waits/msg' \
		'calls/msg' 'of serialmail' 'of the bare loop' runs
	for i in "${!CONTENDERS[@]}"; do
		entry "$i" || return 1
	done
}

# label_of CLIENT: ours are called by how they talked
label_of() {
	local mode
	mode=$(sed -n 's/^mode //p' "$HOST_DIR/.qv-status" 2>/dev/null)
	case $1 in
	qv-flush*) echo "$mode${1#qv-flush}" ;;
	known-flush*) echo "$mode, known" ;;
	base-flush*) echo "$mode${1#base-flush}, base" ;;
	*) echo "$1" ;;
	esac
}

# column NUMBER FIELD: median; fields: round, seconds, CPU, memory, load
column() {
	cut -d' ' -f"$2" "$WORK/runs.$1" | median
}

# against A B: how many times as fast contender A was as B, a line a round. Where B was not asked again, its last counts.
against() {
	local a=${CONTENDERS[$1]#*|} b=${CONTENDERS[$2]#*|}
	awk -v a="${a%%|*}" -v b="${b%%|*}" 'FNR == NR { of[$1] = last = $2; next }
		{ print (a / $2) / (b / ($1 in of ? of[$1] : last)) }' "$WORK/runs.$2" "$WORK/runs.$1"
}

# peer_of NUMBER KIND: the contender of that name; a bare loop to the same server
peer_of() {
	local i
	for i in "${!CONTENDERS[@]}"; do
		case ${CONTENDERS[i]} in
		serialmail*) [ "$2" != serialmail ] || { echo "$i"; return; } ;;
		bare*) [ "$2" != bare ] || [ "${CONTENDERS[i]##*|}" != "${CONTENDERS[$1]##*|}" ] || { echo "$i"; return; } ;;
		base*) [ "$2" != base ] || [ "${CONTENDERS[i]#base}" != "${CONTENDERS[$1]#qv}" ] || { echo "$i"; return; } ;;
		esac
	done
}

# ratio NUMBER KIND: "MEDIAN (LEAST-MOST)" beside that peer, recorded as "LABEL, of KIND"
ratio() {
	local peer
	peer=$(peer_of "$1" "$2")
	if [ "${peer:-$1}" = "$1" ]; then
		echo -
		return
	fi
	against "$1" "$peer" | record "$(cat "$WORK/label.$1"), of $2"
	against "$1" "$peer" | sort -g | awk '{ v[NR] = $1 } END { printf "%.2f (%.2f-%.2f)\n", v[int((NR + 1) / 2)], v[1], v[NR] }'
}

# entry NUMBER: its line
entry() {
	local client messages bytes sink calls=- waits=- wall
	IFS='|' read -r client messages bytes sink <<<"${CONTENDERS[$1]}"
	wall=$(column "$1" 2)
	[ "${RTT:-0}" = 0 ] || waits=$(awk "BEGIN { printf \"%.2f\", $wall * 1000 / $RTT / $messages }")
	case $client in postfix | msmtp) ;; *) [ -z "${COUNT_CALLS:-}" ] || calls=$(count_calls "$client" "$messages" "$bytes" "$sink") ;; esac
	[ "$calls" = - ] || echo "$calls" | record "$(cat "$WORK/label.$1"), calls a message"
	printf '%-22s %8d %9.1f %11.3f %9s %9s  %-22s %-22s %5d\n' "$(cat "$WORK/label.$1")" "$messages" \
		"$(awk "BEGIN { print $messages / $wall }")" "$(awk "BEGIN { print $(column "$1" 3) * 1000 / $messages }")" "$waits" "$calls" \
		"$(ratio "$1" serialmail)" "$(ratio "$1" bare)" "$(wc -l <"$WORK/runs.$1")"
	[ -z "$(peer_of "$1" base)" ] || printf '%22s %s\n' '' "$(ratio "$1" base) times the build before"
}

# count_calls CLIENT MESSAGES BYTES SINK-OPTIONS: system calls a message, in a run of its own
count_calls() {
	local COST=(strace -f -c -qq -o "$WORK/calls" "$TESTBIN/cost")
	command -v strace >/dev/null || { echo -; return; }
	read -ra SINK_OPTIONS <<<"$4"
	once "${@:1:3}" || return
	awk -v n="$2" '$1 + 0 > 0 && $NF != "total" { calls += $4 } END { printf "%.1f", calls / n }' "$WORK/calls"
}

# ours MESSAGES BYTES SINK-OPTIONS [OPTIONS]: and the build before, if there is one to compare with
ours() {
	contend "qv-flush${4-}" "$1" "$2" "$3"
	[ -z "$BASE" ] || contend "base-flush${4-}" "$1" "$2" "$3"
}

# qvmail MESSAGES BYTES [MESSAGES-IN-LOCK-STEP]: our own lines, each behind the bare loop to the same server
qvmail() {
	contend bare "$1" "$2" "$STREAMING"
	ours "$1" "$2" "$STREAMING"
	contend known-flush "$1" "$2" "$STREAMING"
	contend bare "$1" "$2"
	ours "$1" "$2" ""
	ours "$1" "$2" "" ' -P 8'
	contend bare "${3:-$1}" "$2" "$LOCKSTEP"
	ours "${3:-$1}" "$2" "$LOCKSTEP"
}

peers() {
	contend serialmail "$1" "$2"
	contend postfix "$1" "$2"
	contend msmtp "$(($1 > 100 ? 100 : $1))" "$2"
}

row_loopback() {
	local COUNT_CALLS=yes
	heading 'RTT 0, 4 KB'
	peers 2000 4096
	qvmail 2000 4096
	race
}

# far MS: a long round trip
far() {
	local RTT=$1
	LINE_OPTIONS=(--rtt "$RTT")
	heading "RTT $RTT ms, 4 KB"
	peers "${SLOW:-100}" 4096
	qvmail "${SLOW:-100}" 4096 25
	race
	LINE_OPTIONS=()
}

row_rtt100() {
	far 100
}

row_rtt200() {
	far 200
}

# More than a window holds at its beginning; the targets are those of the last rate. The line's rate is of all bytes: load is
# the part of the time in which it sent.
row_line() {
	local rate RTT=200
	for rate in ${RATES:-1000000 10000000 0}; do
		if [ "$rate" = 0 ]; then
			heading 'RTT 200 ms, 4 KB, CHUNKING, a line without a limit'
		else
			heading "RTT 200 ms, 4 KB, CHUNKING, a line of $((rate / 1000000)) Mbit/s"
		fi
		LINE_OPTIONS=(--rtt 200 --rate "$rate")
		contend bare "${MANY:-3000}" 4096 "$STREAMING"
		ours "${MANY:-3000}" 4096 "$STREAMING"
		contend known-flush "${MANY:-3000}" 4096 "$STREAMING"
		race
		[ "$rate" = 0 ] || echo "    for $(column 1 5) % of the time the line was sending to qv-flush"
	done
	LINE_OPTIONS=()
}

row_thin() {
	heading '1 Mbit/s, RTT 0, 4 KB'
	LINE_OPTIONS=(--rate 1000000)
	peers 50 4096
	qvmail 50 4096
	race
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
	contend serialmail "$few" 4096
	contend qv-flush 2000 4096 "$STREAMING"
	contend bare-odmr 2000 4096 "$STREAMING"
	contend odmr 2000 4096 "$STREAMING"
	contend odmr "$few" 4096
	race
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
	: >"$WORK/runs"
	once qv-flush "$2" "$3" || return 1
	awk -v label="$1" '{ printf "%-40s %6d KB at most, %6.1f s\n", label, $3, $1 }' "$WORK/runs"
}

row_memory() {
	local COST=("$TESTBIN/cost" -m) offer
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

# burst_of SIDE QVMAIL: "SIDE SECONDS CPU" into $WORK/bursts; all of it must be gone in one pass
burst_of() {
	local new
	for new in "$ROOT"/home/serialmail/*.many.test/Maildir/new; do
		"$TESTBIN/leave" "$new" "$(basename "${new%/Maildir/new}")" 1 4096
	done
	"$TESTBIN/cost" "$WORK/cost" "$2" qv-master -q -g 0 2>"$WORK/client.log"
	if [ -n "$(find "$ROOT"/home/serialmail/*.many.test/Maildir/new -type f)" ]; then
		echo "bench: burst: mail is left: $(tail -n 1 "$WORK/client.log")" >&2
		return 1
	fi
	echo "$1 $(cat "$WORK/cost")" >>"$WORK/bursts"
}

# One message for each of many customers, among DOMAINS others.
row_burst() {
	local n=${CUSTOMERS:-500} side
	printf '\nA message for each of %s customers, by one pass of the master\n' "$n"
	start SINK "$TESTBIN/fakesmtpd" --timeout 3600 --chunking
	# shellcheck disable=SC2153 # start gives it its value
	{ seq "${DOMAINS:-10000}" | sed 's/.*/domain add virtual d&.example.com \/home\/virtual --owner 510:51/'
	seq "$n" | sed "s/.*/domain add dialup c&.many.test c& --relayhost 127.0.0.1:$SINK/"; } | "$QVMAIL" qv-domain import
	: >"$WORK/bursts"
	for ((run = 0; run < RUNS; run++)); do
		burst_of qvmail "$QVMAIL" || return 1
		[ -z "$BASE" ] || burst_of base "$BASE" || return 1
	done
	stop SINK
	for side in qvmail ${BASE:+base}; do
		awk -v side="$side" -v n="$n" '$1 == side { print n / $2, $3 * 1000 / n }' "$WORK/bursts" >"$WORK/side"
		printf '%-10s %7.1f customers/s, %6.3f ms of CPU for each\n' "$side" "$(cut -d' ' -f1 "$WORK/side" | median)" \
			"$(cut -d' ' -f2 "$WORK/side" | median)"
	done
	[ -z "$BASE" ] || paste - - <"$WORK/bursts" | awk '{ print $6 / $2 }' | record "burst, of base"
}

row_admin() {
	printf '\nWhat an administrator types\n'
	bash "$HERE/admin.sh"
}

row_scale() {
	printf '\nLarge set-ups\n'
	bash "$HERE/scale.sh"
}
