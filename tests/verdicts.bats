# Verdicts: what servers that talk oddly (tests/odd/server.py) took, what bounced, what stays, and what is said of it.
load helper
load mail

setup() {
	fresh_root
	fake_queue
}

teardown() {
	[ -z "$ODD" ] || kill "$ODD" 2>/dev/null || true
}

# odd WORD...: the server; $PORT, $LOG
odd() {
	[ -z "$ODD" ] || kill "$ODD" 2>/dev/null || true
	LOG=$BATS_TEST_TMPDIR/log
	: >"$BATS_TEST_TMPDIR/port"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/odd/server.py" "$LOG" "$@" >"$BATS_TEST_TMPDIR/port" 3>&- &
	ODD=$!
	for _ in $(seq 500); do
		read -r PORT <"$BATS_TEST_TMPDIR/port" && break
		sleep 0.02
	done
	[ -n "$PORT" ]
}

# mail N [BAD]: messages 1 to N, the one called BAD to a recipient that the server refuses
mail() {
	rm -rf "$ROOT/home/serialmail/some.example.com" "${QUEUED:?}"/*
	: >"$LOG"
	qv-domain del some.example.com 2>/dev/null || true
	dialup some.example.com "$PORT"
	for i in $(seq "$1"); do
		WHEN=$((EPOCHSECONDS - 1000 + i)) leave some.example.com "$i"
		[ "$i" != "${2-}" ] || { sed -i "2s/-$i@/-bad$i@/" "$NEW/$i" && touch -d "@$((EPOCHSECONDS - 1000 + i))" "$NEW/$i"; }
	done
}

sorted() { sort -n | paste -sd' '; }
taken() { sed -n 's/^took //p' "$LOG" | sorted; }
waiting() { find "$NEW" -type f -printf '%f\n' | sorted; }
bounced() { cat "$QUEUED"/*.message 2>/dev/null | sed -n 's/^Subject: \([0-9]\)/\1/p' | sorted; }
twice() { sed -n 's/.*new\/\([0-9]*\): .*may arrive twice.*/\1/p' <<<"$output" | sorted; }
ended() { run qv-flush "$@" "$D"; }

# Nothing is lost: what is neither there nor here nor bounced. Nothing is taken twice unless that was said.
nothing_is_lost() {
	local m taken waiting bounced twice
	taken=" $(taken) " waiting=" $(waiting) " bounced=" $(bounced) " twice=" $SAID $(twice) "
	for m in $(seq "$1"); do
		[[ "$taken$waiting$bounced" == *" $m "* ]] || { echo "lost: $m"; echo "$output"; return 1; }
		[[ "$taken" != *" $m "* || "$waiting" != *" $m "* || "$twice" == *" $m "* ]] ||
			{ echo "taken, here, and not said: $m"; echo "$output"; return 1; }
	done
	for m in $(tr ' ' '\n' <<<"$taken" | uniq -d); do
		[[ " $SAID " == *" $m "* ]] || { echo "twice, and not said: $m"; echo "$output"; return 1; }
	done
	SAID=$twice
}

limit() { sed -n 's/^limit //p' "$DIR/.qv-status"; }

@test "verdicts: a server that answers each message twice, at once or late, loses none, and is not streamed to again" {
	for late in 0 0.001 0.02; do
		for looks in '' alike; do
			odd chunking twice=$late defer=3 $looks
			mail 6
			SAID=
			ended
			nothing_is_lost 6
			[[ " $(waiting) " == *" 3 "* ]]
			ended
			nothing_is_lost 6
			[ -z "$(bounced)" ]
			[[ " $(waiting) " == *" 3 "* ]]
		done
	done
}

@test "verdicts: one reply too few at any place: nothing is lost, nothing bounces" {
	for n in 2 4 5 6 8; do
		for offer in pipelining chunking; do
			odd $offer missing=$n defer=2
			mail 4
			SAID=
			ended -T 1
			nothing_is_lost 4
			[ -z "$(bounced)" ] || { echo "$n $offer"; echo "$output"; return 1; }
		done
	done
}

@test "verdicts: octets of a refused BDAT read as commands: doubled at most once, then a simpler way" {
	odd chunking nodiscard
	mail 4 2
	SAID=
	ended
	nothing_is_lost 4
	[ "$(bounced)" = 2 ]
	[ "$(limit)" = grouped ]
	grep -q '^reason protocol violation' "$DIR/.qv-status"
	ended
	[ "$status" = 0 ]
	[ -z "$(twice)" ]
	for i in 5 6 7; do leave some.example.com $i; done
	sed -i '2s/-6@/-bad6@/' "$NEW/6"
	ended
	[ "$status" = 0 ]
	[ "$(bounced)" = "2 6" ]
	[ -z "$(twice)" ]
}

@test "verdicts: 503 to what comes in one piece with the end of data: pipelined, in the same run, and remembered" {
	odd pipelining behind=503
	mail 8
	ended
	[ "$status" = 0 ]
	[ "$(taken)" = "1 2 3 4 5 6 7 8" ]
	[ -z "$(bounced)" ]
	[ "$(limit)" = pipelined ]
	run qv-status some.example.com
	[[ "$output" == *"at most pipelined for "*"503 bad sequence"* ]]
	run qv-check
	[[ "$output" == *"simpler"* ]] || [[ "$output" == *"at most pipelined"* ]]
}

@test "verdicts: a server that throws away what comes with the end of data is found out in ten seconds, none is doubled" {
	odd pipelining behind=drop
	mail 4
	ended
	[ "$status" = 0 ]
	[ "$(taken)" = "1 2 3 4" ]
	[ -z "$(twice)" ]
	[ "$(limit)" = pipelined ]
}

@test "verdicts: the end of -T while a reply is due counts against the way" {
	odd pipelining behind=drop
	mail 3
	ended -T 3
	[ "$status" = 111 ]
	[ "$(limit)" = pipelined ]
	ended
	[ "$status" = 0 ]
	[ -z "$(waiting)" ]
}

@test "verdicts: too many messages in a session: 421 is heard to its end, and the run goes on, without a word of twice" {
	for offer in chunking pipelining ''; do
		odd $offer limit=5
		mail 12
		ended
		[ "$status" = 0 ]
		[ "$(taken | wc -w)" = 12 ]
		[ -z "$(taken | tr ' ' '\n' | uniq -d)" ]
		[ -z "$(twice)" ]
		grep -qx 'most 5' "$DIR/.qv-status" || { echo "$offer"; cat "$DIR/.qv-status"; return 1; }
		[ -z "$(limit)" ]
	done
}

@test "verdicts: a server that closes after each message gets one after another" {
	odd close=1
	mail 4
	ended
	[ "$status" = 0 ]
	[ "$(taken)" = "1 2 3 4" ]
	[ -z "$(twice)" ]
}

@test "verdicts: codes of the session or of the command bounce nothing, at any step" {
	for step in mail:500,501,502,503,504,521,530,534,535,538,421 rcpt:503,530 end:502,504,534; do
		for code in $(tr , ' ' <<<"${step#*:}"); do
			[ "$offer" = chunking ] && offer=pipelining || offer=chunking
			odd $offer "${step%:*}=$code 5.7.0 not like this"
			mail 3
			ended
			[ "$status" = 111 ] || { echo "$offer $step $code"; echo "$output"; return 1; }
			[ "$(waiting)" = "1 2 3" ]
			[ -z "$(bounced)$(taken)" ]
		done
	done
}

@test "verdicts: who wants TLS or a login is named" {
	odd chunking 'mail=530 5.7.0 Must issue a STARTTLS command first'
	mail 3
	ended
	[ "$status" = 111 ]
	run qv-status some.example.com
	[[ "$output" == *"530 5.7.0 Must issue a STARTTLS command first"*"it wants TLS"* ]]
	run qv-status --prometheus
	[[ "$output" == *'qvmail_unwilling_time_seconds{host="some.example.com"} '* ]]
	run qv-check
	[[ "$output" == *"Must issue a STARTTLS command first"* ]]
	# and forgotten as soon as it takes mail
	odd chunking
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	exits 0 qv-flush "$D"
	run qv-status some.example.com
	[[ "$output" != *STARTTLS* ]]
}

@test "verdicts: the brake: a server that refuses all bounces four, then none, in this run and the next" {
	for offer in '' pipelining chunking; do
		for step in mail rcpt; do
			odd $offer "$step=550 5.7.1 black list"
			mail 7
			ended
			[ "$status" = 111 ]
			[ "$(bounced)" = "1 2 3 4" ] || { echo "$offer $step"; echo "$output"; return 1; }
			[ "$(waiting)" = "5 6 7" ]
			[[ "$output" == *"warning: "*"--bounce-all"* ]]
			ended
			[ "$(waiting)" = "5 6 7" ]
			run qv-status some.example.com
			[[ "$output" == *"braked for "* ]]
		done
	done
	run qv-status --prometheus
	[[ "$output" == *'qvmail_braked_time_seconds{host="some.example.com"} '* ]]
	run qv-check
	[[ "$output" == *"braked"* ]] || [[ "$output" == *"has refused all mail"* ]]
	ended --bounce-all
	[ "$status" = 0 ]
	[ -z "$(waiting)" ]
	run qv-status some.example.com
	[[ "$output" != *braked* ]]
}

@test "verdicts: the brake: a message that is accepted lets it go, 0 is no brake, -P changes nothing" {
	odd chunking 'rcpt=550 no'
	mail 12
	ended -P 3
	[ "$(bounced | wc -w)" = 4 ] || { echo "$output"; return 1; }
	[ "$(waiting | wc -w)" = 8 ]
	odd chunking
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	exits 0 qv-flush "$D"
	grep -qx 'braked 0' "$DIR/.qv-status"
	odd 'rcpt=550 no'
	mail 6
	echo 0 >"$C/qv-brake"
	exits 0 qv-flush "$D"
	[ "$(bounced)" = "1 2 3 4 5 6" ]
}

@test "verdicts: one unknown recipient among others bounces at once" {
	for offer in '' pipelining chunking; do
		odd $offer
		mail 4 1
		exits 0 qv-flush "$D"
		[ "$(bounced)" = 1 ]
		[ "$(taken)" = "2 3 4" ]
	done
}
