# qv-flush: the delivery script.
load helper
load mail

setup() {
	fresh_root
	fake_queue
}

teardown() {
	[ -z "$SERVER" ] || stop_server
}

# body of stored message N without its trailing CRLF form
stored() {
	tr -d '\r' <"$STORE/$(printf %04d "$1").msg"
}

@test "flush: an address that the server refuses is noted for qv-check, and for a bounded time" {
	serve --reply "rcpt:1=550 5.1.1 <no>: unknown" --reply "rcpt:3=550 5.7.1 rejected" --reply "rcpt:4=550 who is that?"
	dialup some.example.com "$PORT"
	for i in 1 2 3 4; do leave some.example.com m$i; done
	exits 0 qv-flush some.example.com
	diff <(sed -E 's/^[0-9]{10} //' "$DIR/.qv-refused") <(printf '%s\n' 'm1 550 5.1.1 <no>: unknown' 'm4 550 who is that?')
	[ "$(stat -c %u:%g "$DIR/.qv-refused")" = "$POPUID:$POPGID" ]
	qv-domain recipients some.example.com --add m1,m2
	exits 1 qv-check
	[[ $output == *"$DIR/.qv-recipients:1: lists m1, which the server of some.example.com refused 1 time in the last 7 days: what is sent to it bounces: 550 5.1.1 <no>: unknown"* ]]
	[[ $output == *"qv-domain recipients --root $ROOT some.example.com --remove m1"* ]]
	yes '1700000000 someone 550 5.1.1 unknown' | head -c 66000 >"$DIR/.qv-refused"
	leave some.example.com m5
	stop_server
	serve --reply "rcpt:1=550 5.1.1 unknown"
	qv-domain relayhost some.example.com "127.0.0.1:$PORT"
	exits 0 qv-flush some.example.com
	[ "$(wc -c <"$DIR/.qv-refused")" -lt 40000 ]
	[[ $(tail -n 1 "$DIR/.qv-refused") == *" m5 550 5.1.1 unknown" ]]
	run ! grep -qv '^[0-9]* [a-z0-9]* 550 5.1.1 unknown$' "$DIR/.qv-refused"
}

@test "flush: the refused addresses are never a way to other files, or to a halt" {
	serve --reply "rcpt:1=550 5.1.1 unknown" --reply "rcpt:2=550 5.1.1 unknown"
	dialup some.example.com "$PORT"
	echo precious >"$ROOT/other"
	ln "$ROOT/other" "$DIR/.qv-refused.new"
	touch "$DIR/.qv-refused"
	chown "$POPUID:$POPGID" "$ROOT/other" "$DIR/.qv-refused"
	yes '1700000000 someone 550 5.1.1 unknown' | head -c 66000 >"$DIR/.qv-refused"
	leave some.example.com m1
	exits 0 qv-flush some.example.com
	same "$ROOT/other" $'precious\n'
	[[ $(tail -n 1 "$DIR/.qv-refused") == *" m1 550 5.1.1 unknown" ]]
	mkfifo "$DIR/.qv-refused.new"
	yes '1700000000 someone 550 5.1.1 unknown' | head -c 66000 >"$DIR/.qv-refused"
	leave some.example.com m2
	exits 0 timeout 20 "$BIN/qv-flush" some.example.com
	[[ $(tail -n 1 "$DIR/.qv-refused") == *" m2 550 5.1.1 unknown" ]]
}

@test "flush: no mail, nothing to do, nothing said" {
	dialup some.example.com 1
	exits 0 qv-flush "$D"
	[ "$output" = "" ]
	[ ! -e "$DIR/.qv-status" ]
}

@test "flush: every message arrives once, oldest first, with its own envelope, and is gone here" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com b
	leave some.example.com a 'other+x@test.example'
	leave some.example.com c ''
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
	[ "$(accepted)" = 3 ]
	stored 1 | diff - <(printf 'Subject: b\n\nHello.\n')
	grep -q 'MAIL FROM:<sender@elsewhere.test>' "$STORE/0001.env"
	grep -q 'RCPT TO:<b@some.example.com>' "$STORE/0001.env"
	grep -q 'MAIL FROM:<other+x@test.example>' "$STORE/0002.env"
	grep -q 'MAIL FROM:<>' "$STORE/0003.env"
	[ "${lines[0]}" = "qv-flush: $D: new/b: delivered: $(echo "${lines[0]}" | sed 's/.*delivered: //')" ]
	[ "${lines[3]}" = "qv-flush: $D: 3 delivered, 0 deferred, 0 bounced; 0 left" ]
	grep -qx 'result ok' "$DIR/.qv-status"
	grep -qx 'delivered 3' "$DIR/.qv-status"
}

@test "flush: -q says nothing when all went well" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	exits 0 qv-flush -q "$D"
	[ "$output" = "" ]
}

@test "flush: dots, 8-bit bytes, bare CR and a missing last newline arrive whole" {
	serve
	dialup some.example.com "$PORT"
	printf 'Subject: x\n\n.\n..\n.a\n\303\244\377\nlong %05000d\nno newline at end' 7 >"$BATS_TEST_TMPDIR/body"
	leave some.example.com a s@t.test "$BATS_TEST_TMPDIR/body"
	leave some.example.com b
	exits 0 qv-flush "$D"
	stored 1 | diff - <(cat "$BATS_TEST_TMPDIR/body"; echo)
	[ "$(accepted)" = 2 ]
}

@test "flush: without PIPELINING, without EHLO, without anything: lock-step" {
	for how in --no-pipelining --no-ehlo --strict-nopipe; do
		serve --no-pipelining "$how"
		dialup "x${how//-/}.example.com" "$PORT"
		for i in 1 2 3; do leave "x${how//-/}.example.com" "m$i"; done
		exits 0 qv-flush "$D"
		[ "$(accepted)" = 3 ]
		grep -qx 'mode lock-step' "$DIR/.qv-status"
		stop_server
		rm -rf "$STORE"
	done
}

@test "flush: PIPELINING is used where it is offered" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	exits 0 qv-flush "$D"
	grep -qx 'mode grouped' "$DIR/.qv-status"
}

@test "flush: where CHUNKING is offered nothing waits, and every byte arrives as it is" {
	serve --chunking
	dialup some.example.com "$PORT"
	printf 'Subject: x\n\n.\n..\n.a\n\303\244\377\nno newline at end' >"$BATS_TEST_TMPDIR/body"
	leave some.example.com a s@t.test "$BATS_TEST_TMPDIR/body"
	{ printf 'Subject: long\n\n'; seq 40000; } >"$BATS_TEST_TMPDIR/long"
	leave some.example.com b s@t.test "$BATS_TEST_TMPDIR/long"
	for i in $(seq 30); do leave some.example.com "m$i"; done
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
	[ "$(accepted)" = 32 ]
	grep -qx 'mode streaming' "$DIR/.qv-status"
	stored 1 | diff - <(cat "$BATS_TEST_TMPDIR/body"; echo)
	stored 2 | diff - "$BATS_TEST_TMPDIR/long"
	stored 32 | diff - <(printf 'Subject: m30\n\nHello.\n')
}

@test "flush: streaming: what is refused fails alone, whatever is said of it and wherever" {
	for step in mail rcpt last; do
		for n in 1 2 5; do
			serve --chunking --reply "$step:$n=450 later"
			dialup "$step$n.example.com" "$PORT"
			for i in 1 2 3 4 5 6; do leave "$step$n.example.com" "m$i"; done
			exits 111 qv-flush "$D"
			[ "$(ls "$NEW")" = "m$n" ] || { echo "$step:$n"; echo "$output"; ls "$NEW"; return 1; }
			[ "$(accepted)" = 5 ]
			stop_server
			rm -r "$STORE"
		done
	done
}

@test "flush: a server that offers CHUNKING and cannot do it gets the mail by DATA, at once, and is remembered" {
	local i=0
	for break in '--reply last:1=500 what' '--reply last:1=554 no' '--close chunk:1' '--close last:1' '--reply last:1=354 go'; do
		i=$((i + 1))
		serve --chunking ${break% *} "${break#* }"
		dialup "h$i.example.com" "$PORT"
		for m in 1 2 3; do leave "h$i.example.com" "m$m"; done
		run qv-flush "$D"
		[ "$status" = 0 ] && [ "$(left)" = 0 ] || { echo "$break"; echo "$output"; return 1; }
		grep -qx 'limit grouped' "$DIR/.qv-status"
		stop_server
		rm -r "$STORE"
	done
}

@test "flush: streaming: the line is lost at any step, no message is, and what may arrive twice is said" {
	local i=0
	for break in mail:2 rcpt:3 chunk:4 last:4 accepted:5 rset:2; do
		i=$((i + 1))
		serve --chunking --close "$break"
		dialup "h$i.example.com" "$PORT"
		for m in 1 2 3 4 5 6; do leave "h$i.example.com" "m$m"; done
		run qv-flush "$D"
		for id in "$NEW"/*; do
			[ -e "$id" ] || continue
			grep -q "new/${id##*/}: deferred: .*it may arrive twice" <<<"$output"
		done
		exits 0 qv-flush "$D"
		[ "$(left)" = 0 ]
		[ "$(cat "$STORE"/*.env | grep '^RCPT' | sort -u | wc -l)" = 6 ]
		stop_server
		rm -r "$STORE"
	done
}

@test "flush: replies that come byte by byte are understood" {
	serve --bytewise
	dialup some.example.com "$PORT"
	for i in 1 2 3 4 5; do leave some.example.com "m$i"; done
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 5 ]
}

@test "flush: 4xx at any step: that message stays, the others go" {
	for step in mail rcpt data end; do
		for pipe in "" --no-pipelining; do
			serve $pipe --reply "$step:2=451 later"
			dialup "$step${pipe//-/}.example.com" "$PORT"
			for i in 1 2 3; do leave "$step${pipe//-/}.example.com" "m$i"; done
			exits 111 qv-flush "$D"
			[[ "$output" == *"new/m2: deferred: 451 later"* ]]
			[ "$(accepted)" = 2 ]
			[ "$(ls "$NEW")" = m2 ]
			stop_server
			rm -rf "$STORE"
		done
	done
	[ -z "$(ls "$QUEUED")" ]
}

@test "flush: 5xx at any step: that message bounces, the others go" {
	for step in mail rcpt data end; do
		for pipe in "" --no-pipelining; do
			serve $pipe --reply "$step:2=550 5.1.1 no such user"
			dialup "$step${pipe//-/}.example.com" "$PORT"
			for i in 1 2 3; do leave "$step${pipe//-/}.example.com" "m$i"; done
			exits 0 qv-flush "$D"
			[[ "$output" == *"new/m2: bounced: 550 5.1.1 no such user"* ]]
			[ "$(accepted)" = 2 ]
			[ "$(left)" = 0 ]
			[ "$(cat "$QUEUED"/*.envelope | head -2 | tr '\n' ' ')" = "F Tsender@elsewhere.test " ]
			grep -q "^<m2@$step${pipe//-/}.example.com>:" "$QUEUED"/*.message
			grep -q '550 5.1.1 no such user' "$QUEUED"/*.message
			stop_server
			rm -rf "$STORE" "${QUEUED:?}"/*
		done
	done
}

@test "flush: the bounce is QSBMF, from the null sender, with the message below it" {
	serve --reply 'rcpt=550 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1 '"q r"@t.test'
	exits 0 qv-flush "$D"
	grep -v '^Date: ' "$QUEUED"/*.message | diff - <(cat <<-END
		From: MAILER-DAEMON@gateway.example.net
		To: "q r"@t.test
		Subject: failure notice

		Hi. This is the qvmail delivery program at gateway.example.net.
		I'm afraid I wasn't able to deliver your message to the following addresses.
		This is a permanent error; I've given up. Sorry it didn't work out.

		<m1@some.example.com>:
		Remote host 127.0.0.1:$PORT said: 550 no

		--- Below this line is a copy of the message.

		Return-Path: <"q r"@t.test>
		Subject: m1

		Hello.
	END
	)
	[ "$(head -1 "$QUEUED"/*.message | grep -cE '^Date: [0-9]+ [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} -0000$')" = 1 ]
	diff "$QUEUED"/*.envelope <(printf 'F\nTq r@t.test\n\n')
	[ "$(cat "$QUEUED"/*.uid)" = "$POPUID" ]
}

@test "flush: a bounce that is refused goes to postmaster as a double bounce, a double bounce is dropped" {
	serve --reply 'rcpt=550 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1 ''
	exits 0 qv-flush "$D"
	diff "$QUEUED"/*.envelope <(printf 'F#@[]\nTpostmaster@gateway.example.net\n\n')
	grep -q 'the bounce bounced!' "$QUEUED"/*.message
	rm -f "$QUEUED"/*
	leave some.example.com m2 '#@[]'
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
	[ -z "$(ls "$QUEUED")" ]
}

@test "flush: a VERP sender gets its bounces without the suffix" {
	serve --reply 'rcpt=550 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1 'list-owner-@host.test-@[]'
	exits 0 qv-flush "$D"
	diff "$QUEUED"/*.envelope <(printf 'F\nTlist-owner-@host.test\n\n')
}

@test "flush: what qmail-queue does not take stays" {
	serve --reply 'rcpt=550 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1
	for code in 31 53 91; do
		echo "$code" >"$ROOT/queue-exit"
		exits 111 qv-flush "$D"
		[[ "$output" == *"new/m1: deferred: 550 no; it could not be bounced: qmail-queue "*"(exit $code)"* ]]
		[ "$(left)" = 1 ]
	done
	rm "$ROOT/var/qmail/bin/qmail-queue"
	exits 111 qv-flush "$D"
	[ "$(left)" = 1 ]
}

@test "flush: -B lets refused mail stay" {
	serve --reply 'rcpt=550 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1
	exits 111 qv-flush -B "$D"
	[ "$(left)" = 1 ]
	[ -z "$(ls "$QUEUED")" ]
}

@test "flush: a connection that is lost at any step loses no message and sends none twice" {
	for step in greeting ehlo mail rcpt data body quit; do
		for pipe in "" --no-pipelining; do
			local host=$step${pipe//-/}.example.com
			serve $pipe --close "$step:1"
			dialup "$host" "$PORT"
			for i in 1 2 3; do leave "$host" "m$i"; done
			run qv-flush "$D"
			echo "$step $pipe: $output"
			[ $(($(accepted) + $(left))) = 3 ]
			run qv-flush "$D"
			[ "$(left)" = 0 ]
			[ "$(accepted)" = 3 ]
			stop_server
			rm -rf "$STORE"
		done
	done
}

@test "flush: the reply to the end lost: the message stays, and the log says that it may arrive twice" {
	for pipe in "" --no-pipelining; do
		serve $pipe --close end:1
		dialup "e${pipe//-/}.example.com" "$PORT"
		leave "e${pipe//-/}.example.com" m1
		leave "e${pipe//-/}.example.com" m2
		exits 111 qv-flush "$D"
		[[ "$output" == *"new/m1: deferred: "*"may arrive twice"* ]] || { echo "$output"; false; }
		[ "$(ls "$NEW")" = m1 ]
		stop_server
		rm -rf "$STORE"
	done
}

@test "flush: 421 is the session's end, charged to no message" {
	for step in greeting ehlo mail rcpt data end; do
		serve --reply "$step:1=421 closing" --close-after-reply "$step:1"
		dialup "$step.example.com" "$PORT"
		leave "$step.example.com" m1
		leave "$step.example.com" m2
		run qv-flush "$D"
		echo "$step: $output"
		[[ "$output" != *bounced:* ]]
		[ $(($(accepted) + $(left))) = 2 ]
		run qv-flush "$D"
		[ "$(accepted)" = 2 ]
		stop_server
		rm -rf "$STORE"
	done
	[ -z "$(ls "$QUEUED")" ]
}

@test "flush: a server that will not talk costs no mail: 554 in the greeting bounces nothing" {
	serve --reply 'greeting=554 go away'
	dialup some.example.com "$PORT"
	leave some.example.com m1
	exits 111 qv-flush "$D"
	[[ "$output" == *"new/m1: deferred: "*"554 go away"* ]]
	[ "$(left)" = 1 ]
	[ -z "$(ls "$QUEUED")" ]
}

@test "flush: one message at which the server hangs up, however it is talked to, goes last, alone, and is no reason to talk otherwise" {
	serve --close rcpt:1 --close rcpt:2 --close rcpt:3 --close rcpt:7
	dialup some.example.com "$PORT"
	for i in 1 2 3 4; do leave some.example.com "m$i"; done
	exits 111 qv-flush "$D"
	[ "$(ls "$NEW")" = m1 ]
	[ "$(accepted)" = 3 ]
	run ! grep '^limit ' "$DIR/.qv-status"
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
}

@test "flush: many messages at which the server hangs up do not hold up those behind them, and the log says why they stay" {
	mapfile -t closes < <(for i in {1..15} {19..23}; do printf -- '--close\nrcpt:%s\n' "$i"; done)
	serve "${closes[@]}"
	dialup some.example.com "$PORT"
	for i in 1 2 3 4 5; do leave some.example.com "bad$i"; done
	for i in 1 2 3; do leave some.example.com "good$i"; done
	exits 111 qv-flush "$D"
	[ "$(echo "$NEW"/*)" = "$(echo "$NEW"/bad{1,2,3,4,5})" ]
	[ "$(accepted)" = 3 ]
	echo "$output"
	[ "$(grep -c 'new/bad.: deferred: the server closed the connection while waiting for the reply to RCPT TO$' <<<"$output")" = 5 ]
	grep -qx 'result deferred: the server closed the connection while waiting for the reply to RCPT TO' "$DIR/.qv-status"
}

@test "flush: a server that takes one message a session gets one after another, and none is charged with its 421" {
	serve --reply 'mail:2=421 too many' --close-after-reply mail:2 --reply 'mail:4=421 too many' --close-after-reply mail:4
	dialup some.example.com "$PORT"
	for i in 1 2 3 4 5; do leave some.example.com "m$i"; done
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
	[ "$(accepted)" = 5 ]
}

@test "flush: a server that takes so many messages a session gets the rest in the next one" {
	serve --reply 'mail:3=452 4.5.3 Too many messages sent' --reply 'mail:6=452 4.5.3 Too many messages sent'
	dialup some.example.com "$PORT"
	for i in 1 2 3 4 5; do leave some.example.com "m$i"; done
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 5 ]
	# but one that takes nothing at all is not asked for ever
	stop_server
	serve --reply 'mail=452 Too many messages'
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	for i in 1 2 3; do leave some.example.com "n$i"; done
	exits 111 qv-flush "$D"
	[ "$(left)" = 3 ]
}

@test "flush: what could not be removed afterwards is not sent" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	serve
	dialup some.example.com "$PORT"
	leave some.example.com m1
	leave some.example.com m2
	chown 0:0 "$NEW"
	chmod 755 "$NEW"
	exits 111 qv-flush "$D"
	[ "$output" = "qv-flush: fatal: $D: unable to read and write Maildir/new: Permission denied" ]
	[ "$(accepted)" = 0 ]
	chown "$POPUID" "$NEW"
	# found out too late: of the first message
	exits 111 traced -f -qq -o /dev/null -e trace=unlinkat -e inject=unlinkat:error=EROFS qv-flush "$D"
	[[ "$output" == *"message will be delivered twice: unable to unlink new/m1: Read-only file system"* ]]
	grep -qx 'result delivered messages cannot be removed from Maildir/new' "$DIR/.qv-status"
}

@test "flush: RELAYHOST replaced by an editor meanwhile: still one transfer at a time" {
	serve --delay mail:1=3000
	dialup some.example.com "$PORT"
	leave some.example.com m1
	qv-flush "$D" 2>/dev/null &
	FLUSH=$!
	for _ in $(seq 200); do grep -q 'MAIL' "$BATS_TEST_TMPDIR/log" 2>/dev/null && break; [ "$(pgrep -cP "$FLUSH")" = 1 ] && break; sleep 0.02; done
	sed -i 's/$/ /' "$DIR/RELAYHOST"
	exits 0 qv-flush -v "$D"
	[[ "$output" == *"a transfer is under way (pid "* ]]
	wait "$FLUSH"
	[ "$(accepted)" = 1 ]
}

@test "flush: started with SIGCHLD ignored it bounces once all the same" {
	serve --reply 'rcpt=550 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1
	(trap '' CHLD && exec qv-flush -q "$D") || true
	[ "$(left)" = 0 ]
	[ "$(find "$QUEUED" -name '*.message' | wc -l)" = 1 ]
}

@test "flush: mail that cannot be listed is said in a line" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	dialup some.example.com 1
	leave some.example.com m1
	chown 0:0 "$NEW"
	exits 111 qv-flush "$D"
	[ "$output" = "qv-flush: fatal: $D: unable to read and write Maildir/new: Permission denied" ]
	grep -qx 'result unable to read and write Maildir/new: Permission denied' "$DIR/.qv-status"
}

@test "flush: told to stop it bounces nothing, however old, and begins no other directory" {
	serve --hang mail:1
	dialup other.example.com "$PORT"
	leave other.example.com n1
	O=$D
	dialup some.example.com "$PORT"
	WHEN=$(($(date +%s) - 2000000)) leave some.example.com m1
	WHEN=$(($(date +%s) - 2000000)) leave some.example.com m2
	qv-flush -T 3 "$D" "$O" 2>"$BATS_TEST_TMPDIR/err" &
	FLUSH=$!
	for _ in $(seq 200); do [ "$(pgrep -cP "$FLUSH")" = 1 ] && break; sleep 0.02; done
	kill "$FLUSH"
	wait "$FLUSH" || [ $? = 111 ]
	[ "$(left)" = 2 ]
	[ -z "$(ls "$QUEUED")" ]
	run ! grep n1 "$BATS_TEST_TMPDIR/err"
}

@test "flush: told to stop it says so once, however much waits, and counts what is left" {
	serve --hang mail:1
	dialup some.example.com "$PORT"
	for i in {1..30}; do leave some.example.com "m$i"; done
	qv-flush "$D" 2>"$BATS_TEST_TMPDIR/err" &
	FLUSH=$!
	for _ in $(seq 200); do [ "$(pgrep -cP "$FLUSH")" = 1 ] && break; sleep 0.02; done
	kill "$FLUSH"
	wait "$FLUSH" || [ $? = 111 ]
	[ "$(left)" = 30 ]
	[ "$(grep -c 'told to stop' "$BATS_TEST_TMPDIR/err")" -le 2 ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/err")" -le 4 ]
	grep -q ': 0 delivered, 30 deferred, 0 bounced; 30 left' "$BATS_TEST_TMPDIR/err"
}

@test "flush: .qv-lifetime may have a comment behind it; nonsense is 100" {
	dialup some.example.com 1
	WHEN=$(($(date +%s) - 2000000)) leave some.example.com m1
	printf '7776000 \n# ninety days, as agreed with the customer on the telephone last week\n' >"$DIR/.qv-lifetime"
	exits 111 qv-flush "$D"
	[ "$(left)" = 1 ]
	echo soon >"$DIR/.qv-lifetime"
	exits 100 qv-flush "$D"
	[ "$output" = "qv-flush: fatal: $ROOT$D/.qv-lifetime:1: invalid number of seconds \"soon\"" ]
}

@test "flush: a recipient with a control character bounces: SMTP has no way to say it" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com m1
	leave some.example.com m2
	sed -i $'2s/m1@/m\001@/' "$NEW/m1"
	touch -d '-1 hour' "$NEW/m1"
	exits 0 qv-flush "$D"
	[[ "$output" == *"new/m1: bounced: its recipient's address has control characters"* ]]
	[ "$(accepted)" = 1 ]
}

@test "flush: a server that breaks on what it offered is spoken to more simply, at once and in the next runs" {
	serve --close rcpt:1
	dialup some.example.com "$PORT"
	for i in 1 2; do leave some.example.com "m$i"; done
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
	[ "$(accepted)" = 2 ]
	grep -qx 'limit pipelined' "$DIR/.qv-status"
	leave some.example.com m3
	exits 0 qv-flush "$D"
	grep -qx 'mode pipelined' "$DIR/.qv-status"
	# after a day it is asked again, for it may have been the line
	sed -i "s/^limited .*/limited $(($(date +%s) - 90000))/" "$DIR/.qv-status"
	leave some.example.com m4
	exits 0 qv-flush "$D"
	grep -qx 'mode grouped' "$DIR/.qv-status"
	run ! grep '^limit ' "$DIR/.qv-status"
}

@test "flush: -P sends over several connections, each message once" {
	serve
	dialup some.example.com "$PORT"
	for i in $(seq 30); do leave some.example.com "m$i"; done
	exits 0 qv-flush -P 4 "$D"
	[ "$(left)" = 0 ]
	[ "$(accepted)" = 30 ]
	[ "$(cat "$STORE"/*.env | grep -c '^RCPT' )" = "$(cat "$STORE"/*.env | grep '^RCPT' | sort -u | wc -l)" ]
	[[ "${lines[30]}" == "qv-flush: $D: 30 delivered, 0 deferred, 0 bounced; 0 left" ]]
	grep -qx 'delivered 30' "$DIR/.qv-status"
}

@test "flush: -P: a connection that dies, or a process that is killed, loses nothing and sends nothing twice" {
	native argv
	serve --hang mail:2
	dialup some.example.com "$PORT"
	for i in 1 2 3 4; do leave some.example.com "m$i"; done
	qv-flush -P 2 "$D" 2>"$BATS_TEST_TMPDIR/err" &
	FLUSH=$!
	for _ in $(seq 200); do [ "$(accepted)" = 3 ] && break; sleep 0.02; done
	# one of its connections hangs, and the other has ended: the process that has one
	for _ in $(seq 200); do
		sockets=$(awk '$4 == "01" { print "-o -lname socket:[[]" $10 "]" }' /proc/net/tcp)
		# shellcheck disable=SC2086 # words
		found=$(for pid in $(pgrep -f "^qv-flush -P 2 $D"); do find "/proc/$pid/fd" -false $sockets 2>/dev/null | cut -d/ -f3; done | sort -u)
		[ "$(wc -w <<<"$found")" = 1 ] && break
		sleep 0.02
	done
	kill -KILL "$found"
	wait "$FLUSH" || [ $? = 111 ]
	cat "$BATS_TEST_TMPDIR/err"
	[ "$(accepted)" = 3 ]
	for m in m1 m2 m3 m4; do
		if ! grep -q "RCPT TO:<$m@" "$STORE"/*.env; then
			[ -e "$NEW/$m" ]
		elif [ -e "$NEW/$m" ]; then
			grep -q "new/$m: deferred: .*may arrive twice" "$BATS_TEST_TMPDIR/err"
		fi
	done
}

@test "flush: -T is the time for the whole run, TERM the end of a connect; what waits stays" {
	serve --hang mail:1
	dialup some.example.com "$PORT"
	leave some.example.com m1
	exits 111 qv-flush -T 1 "$D"
	[[ "$output" == *"new/m1: deferred: the time for this run (-T) is up"* ]]
	[ "$(left)" = 1 ]
	# nobody answers there, and nobody says no: the queue of those who want to connect is full
	perl -MIO::Socket -e '$| = 1; $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
		push @c, IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport, Timeout => 1) for 1 .. 4;
		print $s->sockport, "\n"; sleep 20' >"$BATS_TEST_TMPDIR/full" 3>&- &
	FULL=$!
	for _ in $(seq 300); do [ -s "$BATS_TEST_TMPDIR/full" ] && break; sleep 0.02; done
	echo "127.0.0.1:$(cat "$BATS_TEST_TMPDIR/full")" >"$DIR/RELAYHOST"
	qv-flush "$D" 2>"$BATS_TEST_TMPDIR/err" &
	FLUSH=$!
	for _ in $(seq 200); do [ "$(pgrep -cP "$FLUSH")" = 1 ] && break; sleep 0.02; done
	sleep 0.2
	kill "$FLUSH"
	wait "$FLUSH" || [ $? = 111 ]
	kill "$FULL"
	grep -q ': told to stop: not tried and left in Maildir/new: 1$' "$BATS_TEST_TMPDIR/err"
	[ "$(left)" = 1 ]
}

@test "flush: what was delivered is removed though the flush is killed" {
	serve --hang data:5
	dialup some.example.com "$PORT"
	for i in 1 2 3 4 5; do leave some.example.com "m$i"; done
	qv-flush "$D" 2>"$BATS_TEST_TMPDIR/err" &
	FLUSH=$!
	for _ in $(seq 300); do [ "$(left)" = 2 ] && break; sleep 0.02; done
	[ "$(ls "$NEW")" = "m4"$'\n'"m5" ] # the 250 for m4 is there, and nothing behind it that shows that it is its own
	pkill -KILL -P "$FLUSH"
	wait "$FLUSH" || [ $? = 111 ]
	grep -qx 'result the delivery crashed' "$DIR/.qv-status"
	grep -qx 'delivered 3' "$DIR/.qv-status"
}

@test "flush: -W takes messages or bytes, -P and -W nothing else" {
	dialup some.example.com 1
	for bad in 0 x 1G 5KB -1 '' 99999999999; do refuses 100 qv-flush -W "$bad" "$D"; done
	for bad in 0 65 x; do refuses 100 qv-flush -P "$bad" "$D"; done
	for good in 1 256 64K 1M 65536; do exits 0 qv-flush -W "$good" "$D"; done
}

@test "flush: a message without the two lines is reported, left in place, and stops nobody" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	leave some.example.com b
	leave some.example.com c
	printf 'Subject: nothing above\n\nx\n' >"$NEW/a"
	printf 'Return-Path: <s@t.test>\nDelivered-To: other.example.com-x@other.example.com\n\nx\n' >"$NEW/b"
	exits 111 qv-flush "$D"
	[[ "$output" == *"new/a: deferred: its first line is not Return-Path"* ]]
	[[ "$output" == *"new/b: deferred: its Delivered-To line does not begin with this customer's prefix"* ]]
	[ "$(accepted)" = 1 ]
	[ "$(ls "$NEW" | tr '\n' ' ')" = "a b " ]
}

@test "flush: what is no regular file in new is passed over" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	mkdir "$NEW/dir"
	ln -s /etc/passwd "$NEW/link"
	mkfifo "$NEW/fifo"
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 1 ]
}

@test "flush: nobody there: all is deferred, and the status says why" {
	native errno
	dialup some.example.com 1
	leave some.example.com a
	exits 111 qv-flush "$D"
	[[ "$output" == *"new/a: deferred: unable to connect to 127.0.0.1:1: Connection refused"* ]]
	grep -q '^result deferred: unable to connect' "$DIR/.qv-status"
	grep -qx 'deferred 1' "$DIR/.qv-status"
}

@test "flush: older than its lifetime a message bounces though the host was never reached" {
	dialup some.example.com 1
	WHEN=$(($(date +%s) - 100)) leave some.example.com old
	leave some.example.com new
	touch "$NEW/new"
	exits 111 qv-flush -t 50 "$D"
	[[ "$output" == *"new/old: bounced: "*"This message is too old. Giving up."* ]]
	[ "$(ls "$NEW")" = new ]
	grep -q 'too old' "$QUEUED"/*.message
	rm "$QUEUED"/*
	touch -d "@$(($(date +%s) - 100))" "$NEW/new"
	echo 50 >"$DIR/.qv-lifetime"
	exits 0 qv-flush "$D"
	[ "$(left)" = 0 ]
}

@test "flush: a run that leaves mail older than control/qv-warn says so" {
	dialup some.example.com 1
	leave some.example.com a
	leave some.example.com b
	exits 111 qv-flush "$D"
	[[ "$output" != *"have waited"* ]]
	echo 900 >"$C/qv-warn"
	touch "$NEW/b"
	exits 111 qv-flush -q "$D"
	[[ "$output" == *"warning: $D: 1 message has waited longer than 900 seconds"* ]]
}

@test "flush: the next line of RELAYHOST is tried next, and each address of a name" {
	serve
	dialup some.example.com "$PORT"
	printf '# first a dead one\n127.0.0.1:1\n\nlocalhost:%s\n' "$PORT" >"$DIR/RELAYHOST"
	leave some.example.com a
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 1 ]
}

@test "flush: a server on IPv6" {
	[ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6 || skip "no IPv6 on this machine"
	serve --addr ::1
	dialup some.example.com "$PORT"
	echo "[::1]:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com a
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 1 ]
}

@test "flush: RELAYHOST empty or nonsense: exit 100, and the mail stays" {
	dialup some.example.com 1
	leave some.example.com a
	for text in '' '# only a comment' 'a b' '127.0.0.1:99999' ':25' '[::1' 'host:' 'x/y'; do
		echo "$text" >"$DIR/RELAYHOST"
		exits 100 qv-flush "$D"
		[ "${#lines[@]}" = 1 ]
		[[ "$output" == "qv-flush: fatal: "*RELAYHOST* ]]
		[ "$(left)" = 1 ]
	done
	rm "$DIR/RELAYHOST"
	exits 100 qv-flush "$D"
	[ "$(left)" = 1 ]
}

@test "flush: a word without a slash is a dial-up host, or an alias of one; . is where one is" {
	serve
	dialup some.example.com "$PORT"
	exits 0 qv-domain alias other.example.com some.example.com
	exits 0 qv-domain add pop example.com ex1
	leave some.example.com 1
	exits 0 qv-flush Some.Example.Com
	[[ $output == "qv-flush: $D: new/1: delivered"* ]]
	leave some.example.com 2
	exits 0 qv-flush other.example.com
	[[ $output == "qv-flush: $D: new/2: delivered"* ]]
	[[ $(qv-status other.example.com) == *"some.example.com"* ]]
	leave some.example.com 3
	qv-domain del other.example.com
	qv-domain del some.example.com
	exits 0 qv-flush some.example.com
	stop_server
	[ "$(accepted)" = 3 ]
	for host in other.example.com example.com some..example.com -- .. ''; do
		refuses 100 qv-flush -- "$host"
	done
	refuses 100 qv-flush example.com
	[[ $output == "qv-flush: fatal: example.com is not a dial-up host: it is a pop domain" ]]
	exits 100 qv-flush other.example.com some.example.com
	[[ $output == "qv-flush: fatal: other.example.com is not a dial-up host: "*"/RELAYHOST does not exist" ]]
}

@test "flush: another RELAYHOST while it is under way: it ends with the old one, and none begins beside it" {
	serve --delay mail:1=3000
	dialup some.example.com "$PORT"
	leave some.example.com 1
	leave some.example.com 2
	qv-flush "$D" 2>"$BATS_TEST_TMPDIR/log" 3>&- &
	FLUSH=$!
	for _ in $(seq 200); do [ "$(pgrep -cP "$FLUSH")" = 1 ] && break; sleep 0.02; done
	exits 0 qv-domain relayhost some.example.com 127.0.0.1:9
	exits 0 qv-flush -v "$D"
	[[ $output == *"a transfer is under way (pid $FLUSH)"* ]]
	wait "$FLUSH"
	stop_server
	[ "$(accepted)" = 2 ]
	same "$DIR/RELAYHOST" $'127.0.0.1:9\n'
}

@test "flush: a host that no name server tells of is a fact, not an order" {
	unshare -mn true 2>/dev/null || skip "needs namespaces of its own"
	qv-domain add dialup some.example.com ex1
	NEW=$ROOT/home/serialmail/some.example.com/Maildir/new
	leave some.example.com 1
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$BATS_TEST_TMPDIR/resolv.conf"
	exits 111 unshare -mn sh -c 'mount --bind "$0" /etc/resolv.conf && exec qv-flush some.example.com' "$BATS_TEST_TMPDIR/resolv.conf"
	[[ $output == *": unable to look up some.example.com: no name server answers (see /etc/resolv.conf)"* ]]
	[ "$(left)" = 1 ]
}

# elsewhere HOSTS COMMAND...: with another /etc/hosts and resolv.conf
elsewhere() {
	printf '%b' "$1" >"$BATS_TEST_TMPDIR/hosts"
	printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$BATS_TEST_TMPDIR/resolv.conf"
	shift
	unshare -m sh -c 'mount --bind "$0" /etc/hosts && mount --bind "$1" /etc/resolv.conf && shift && exec "$@"' \
		"$BATS_TEST_TMPDIR/hosts" "$BATS_TEST_TMPDIR/resolv.conf" "$@"
}

@test "flush: a name of /etc/hosts has no case of letters" {
	unshare -m true 2>/dev/null || skip "needs namespaces of its own"
	serve
	dialup some.example.com "$PORT"
	for name in mail.example.test Mail.Example.TEST; do
		for hosts in '127.0.0.1 mail.example.test\n' '127.0.0.1\tother Mail.Example.test#x' '# mail.example.test\n127.0.0.1 xmail.example.test MAIL.example.test\n'; do
			echo "$name:$PORT" >"$DIR/RELAYHOST"
			leave some.example.com 1
			exits 0 elsewhere "$hosts" qv-flush some.example.com
			[ "$(left)" = 0 ]
		done
	done
	leave some.example.com 1
	for hosts in '' '127.0.0.1 xmail.example.test mail.example.tests #mail.example.test\nmail.example.test\n'; do
		exits 111 elsewhere "$hosts" qv-flush some.example.com
		[[ $output == *": unable to look up Mail.Example.TEST: "* ]]
	done
	stop_server
}

@test "flush: nothing but FIFOs, directories and links in Maildir/new is no mail: nothing to do, nothing said" {
	dialup some.example.com 1
	mkfifo "$NEW/fifo"
	mkdir "$NEW/dir"
	ln -s /etc/passwd "$NEW/link"
	exits 0 qv-flush some.example.com
	[ "$output" = "" ]
	[[ $(qv-status some.example.com -j) == *'"waiting":0,'*'"result":"ok"'*'"strange":3,'* ]]
	exits 0 qv-master
}

@test "flush: RELAYHOST locked by another: a transfer is under way, nothing to do" {
	dialup some.example.com 1
	leave some.example.com a
	exits 0 flock "$DIR/RELAYHOST" "$BIN/qv-flush" "$D"
	[ "$output" = "" ]
	exits 0 setlock "$DIR/RELAYHOST" "$BIN/qv-flush" "$D"
	[ "$(left)" = 1 ]
	exits 111 qv-flush "$D"
}

@test "flush: several directories: a broken one does not stop the next" {
	serve
	dialup a.example.com "$PORT"
	dialup b.example.com "$PORT"
	leave a.example.com m1
	leave b.example.com m2
	: >"$ROOT/home/serialmail/a.example.com/RELAYHOST"
	exits 100 qv-flush /home/serialmail/a.example.com /home/serialmail/b.example.com
	[ "$(accepted)" = 1 ]
}

@test "flush: under -q a host that cannot be reached is one line, however much waits" {
	native errno
	dialup some.example.com 1
	for i in 1 2 3; do leave some.example.com "m$i"; done
	exits 111 qv-flush -q "$D"
	[ "$output" = "qv-flush: $D: 0 delivered, 3 deferred, 0 bounced; 3 left: unable to connect to 127.0.0.1:1: Connection refused" ]
	exits 111 qv-flush "$D"
	[ "${#lines[@]}" = 4 ]
}

@test "flush: a paused host that is full gets the mark, and loses it" {
	dialup some.example.com 1
	qv-domain quota some.example.com 2
	qv-domain pause some.example.com
	leave some.example.com m1
	leave some.example.com m2
	exits 0 qv-flush -o some.example.com
	[ ! -e "$DIR/.qv-full" ]
	exits 0 qv-flush some.example.com
	[ "$output" = "" ]
	[ -e "$DIR/.qv-full" ]
	rm "$NEW/m1"
	exits 0 qv-flush some.example.com
	[ ! -e "$DIR/.qv-full" ]
	rm -r "$DIR/Maildir"
	exits 0 qv-flush some.example.com
	[ "$output" = "" ]
}

@test "flush: a paused host is not sent to" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	qv-domain pause some.example.com
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 0 ]
	qv-domain resume some.example.com
	exits 0 qv-flush "$D"
	[ "$(accepted)" = 1 ]
}

@test "flush: -o and -n say what waits and send nothing" {
	dialup some.example.com 1
	leave some.example.com a
	for o in -o -n; do
		exits 0 qv-flush "$o" "$D"
		[[ "$output" == *"new/a: <sender@elsewhere.test> to <a@some.example.com>, "* ]]
	done
	[ "$(left)" = 1 ]
	[ ! -e "$DIR/.qv-status" ]
}

@test "flush: -c runs another transport in the directory, with Maildir and the prefix, holding the lock" {
	dialup some.example.com 1
	leave some.example.com a
	leave some.example.com b
	cat >"$BATS_TEST_TMPDIR/transport" <<-'SH'
		#!/bin/sh
		echo "$PWD $*" >&2
		flock -n RELAYHOST true && echo "not locked" >&2
		rm "$2/new/a"
		exit 111
	SH
	chmod 755 "$BATS_TEST_TMPDIR/transport"
	exits 111 qv-flush -c "$BATS_TEST_TMPDIR/transport x" "$D"
	[[ "$output" == *"$DIR x Maildir some.example.com-"* ]]
	[[ "$output" != *"not locked"* ]]
	[[ "$output" == *"new/b: deferred: "*"exit 111"* ]]
	grep -qx 'delivered 1' "$DIR/.qv-status"
}

@test "flush: dots in the name of the directory; TERM ends another transport" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com m1
	refuses 100 qv-flush "$D/../some.example.com"
	exits 0 qv-flush "$D/./."
	[ "$(left)" = 0 ]
	leave some.example.com m2
	qv-flush -c 'sh -c "exec sleep 20.17"' "$D" &
	FLUSH=$!
	for _ in $(seq 200); do pgrep -f '^sleep 20.17$' >/dev/null && break; sleep 0.02; done
	kill "$FLUSH"
	wait "$FLUSH" || [ $? = 111 ]
	[ "$(left)" = 1 ]
}

@test "flush: root reads nobody else's file for RELAYHOST, and hands on no mode" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	dialup some.example.com 1
	leave some.example.com m1
	echo 'root:secret:1' >"$ROOT/shadow"
	ln -f "$ROOT/shadow" "$DIR/RELAYHOST"
	exits 100 qv-flush "$D"
	[ "$output" = "qv-flush: fatal: unable to open $ROOT$D/RELAYHOST: Too many links" ]
	rm "$DIR/RELAYHOST"
	echo 127.0.0.1:1 >"$DIR/RELAYHOST"
	touch "$DIR/.qv-status"
	chmod 4755 "$DIR/.qv-status"
	exits 111 qv-flush "$D"
	[ "$(stat -c %a "$DIR/.qv-status")" = 755 ]
}

@test "flush: RELAYHOST that names nobody: exit 100, but what is too old bounces" {
	dialup some.example.com 1
	WHEN=$(($(date +%s) - 2000000)) leave some.example.com m1
	leave some.example.com m2
	echo 'a b c' >"$DIR/RELAYHOST"
	exits 100 qv-flush "$D"
	[ "$(ls "$NEW")" = m2 ]
	[ "$(find "$QUEUED" -name '*.message' | wc -l)" = 1 ]
}

@test "flush: the prefix is the id of the users/assign line whose home this is" {
	serve
	dialup some.example.com "$PORT"
	sed -i 's/^+some.example.com-:/+customer9-:/' "$U/assign"
	leave some.example.com a
	printf 'Return-Path: <s@t.test>\nDelivered-To: customer9-A.b@Some.example.com\n\nx\n' >"$NEW/a"
	exits 0 qv-flush "$D"
	grep -q 'RCPT TO:<A.b@Some.example.com>' "$STORE/0001.env"
}

# hand_made ID...: these lead to the host's directory instead of its own; users/cdb is made anew
hand_made() {
	local line id
	line=$(grep '^+some.example.com-:' "$U/assign")
	sed -i '/^+some.example.com-:/d; /^\.$/d' "$U/assign"
	for id; do echo "+$id-:${line#*:}" >>"$U/assign"; done
	echo . >>"$U/assign"
	qv-newu
}

# for_id FILE ADDRESS: its Delivered-To line
for_id() {
	leave some.example.com "$1"
	sed -i "2s/.*/Delivered-To: $2/" "$NEW/$1"
}

# went_to ADDRESS...: in this order
went_to() {
	diff <(printf 'RCPT TO:<%s>\n' "$@") <(cat "$STORE"/*.env | grep -o '^RCPT TO:<[^>]*>')
}

@test "flush: prefixes are looked up in users/cdb as qmail-lspawn does: the longest id" {
	serve
	dialup some.example.com "$PORT"
	hand_made a a-b customer9
	for_id 1 A-joe@some.example.com
	for_id 2 a-b-joe@some.example.com
	for_id 3 a-bob@some.example.com
	for_id 4 a-c-joe@some.example.com
	for_id 5 customer9-j-r@some.example.com
	for_id 6 some.example.com-ann@some.example.com
	for_id 7 a-b-ann@some.example.com
	exits 0 qv-flush "$D"
	went_to {joe,joe,bob,c-joe,j-r,ann,ann}@some.example.com
}

@test "flush: users/assign tells the prefixes where users/cdb is missing, damaged or older" {
	serve
	dialup some.example.com "$PORT"
	hand_made customer9
	rm "$U/cdb"
	for_id 1 customer9-joe@some.example.com
	exits 0 qv-flush "$D"
	head -c 3000 /dev/zero >"$U/cdb"
	for_id 2 customer9-ann@some.example.com
	exits 0 qv-flush "$D"
	qv-newu
	sed -i 's/^+customer9-/+customer10-/' "$U/assign"
	for_id 3 customer9-bob@some.example.com
	for_id 4 customer10-eve@some.example.com
	exits 0 qv-flush "$D"
	went_to {joe,ann,bob,eve}@some.example.com
}

@test "flush: its cost has nothing to do with the number of domains: neither users/assign nor virtualdomains is opened" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com 1
	traced -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=open,openat,openat2 "$BIN/qv-flush" some.example.com
	hand_made a customer9
	for_id 2 a-joe@some.example.com
	for_id 3 customer9-joe@some.example.com
	traced -f -qq -o "$BATS_TEST_TMPDIR/trace2" -e trace=open,openat,openat2 "$BIN/qv-flush" "$D"
	[ "$(accepted)" = 3 ]
	grep -q '"cdb"\|users/cdb' "$BATS_TEST_TMPDIR/trace2"
	run ! grep -h '"assign"\|users/assign"\|virtualdomains' "$BATS_TEST_TMPDIR"/trace*
}

# flush_in WRITES: so many are sent to the server
flush_in() {
	traced -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=sendto "$BIN/qv-flush" -q "$D"
	grep -c 'sendto([0-9]*, "[EMQ]' "$BATS_TEST_TMPDIR/trace"
	[ "$(grep -c 'sendto([0-9]*, "[EMQ]' "$BATS_TEST_TMPDIR/trace")" = "$1" ]
}

@test "flush: who was streamed to before is streamed to at once, until his words are others" {
	serve --chunking
	dialup some.example.com "$PORT"
	for want in 4 3 3; do # EHLO, the first message, the others, QUIT
		for n in 1 2 3; do leave some.example.com "$n"; done
		flush_in "$want"
		grep -q '^looks [0-9a-f ]*$' "$DIR/.qv-status"
	done
	# one that is not willing at all today is not forgotten
	stop_server
	serve --chunking --reply 'greeting=421 busy'
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com 1
	exits 111 qv-flush "$D"
	grep -q '^looks ..' "$DIR/.qv-status"
	# EHLO is answered as ever, RSET otherwise: what was sent is decided, nothing twice, and another session sends the rest
	stop_server
	rm -r "$STORE"
	serve --chunking --reply 'rset=250 swept'
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	for n in 2 3 4; do leave some.example.com "$n"; done
	run -0 qv-flush -W 2 "$D"
	echo "$output"
	[[ "$output" != *twice* ]]
	[ "$(left)" = 0 ]
	[ "$(accepted)" = 4 ]
	grep -q '^looks ..' "$DIR/.qv-status"
	run ! grep -q '^limit ' "$DIR/.qv-status"
	# another answer to EHLO: the first one alone, as ever
	stop_server
	serve --chunking
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	sed -i 's/^looks .*/looks 1 2/' "$DIR/.qv-status"
	for n in 1 2 3; do leave some.example.com "$n"; done
	flush_in 4
}

# calls_for N OPTIONS...: how many system calls all processes of a flush of N messages make
calls_for() {
	serve "${@:2}"
	[ -e "$DIR" ] || dialup some.example.com "$PORT"
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	"$TESTBIN/leave" "$NEW" some.example.com "$1" 4096
	[ "$EUID" != 0 ] || chown -R "$POPUID:$POPGID" "$NEW"
	traced -f -c -qq -o "$BATS_TEST_TMPDIR/counts" "$BIN/qv-flush" -q "$D"
	[ "$(left)" = 0 ]
	stop_server
	awk '$NF == "total" { print $(NF - 1) }' "$BATS_TEST_TMPDIR/counts"
}

# each_takes MOST OPTIONS...: system calls, without what a flush costs whatever its size
each_takes() {
	local few many
	DIR=$ROOT/home/serialmail/some.example.com D=/home/serialmail/some.example.com NEW=$DIR/Maildir/new
	few=$(calls_for 200 "${@:2}")
	many=$(calls_for 1000 "${@:2}")
	echo "$few for 200, $many for 1000: $(((many - few) * 100 / 800)) for 100"
	[ $((many - few)) -le $(($1 * 800)) ]
}

@test "flush: a message takes at most 10 system calls grouped, 7 streaming, 20 in lock-step" {
	is_static || skip "the sanitizers make calls of their own"
	each_takes 10
	each_takes 7 --chunking
	each_takes 20 --no-pipelining
}

@test "flush: mail and network are only touched as popusr" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	traced -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=setuid,?setuid32,setgroups,?setgroups32,connect,openat "$BIN/qv-flush" "$D"
	[ "$(accepted)" = 1 ]
	awk '/setuid(32)?\(510\)/ { dropped[$1] = 1 } /connect\(/ && /AF_INET/ && !dropped[$1] { print; bad = 1 }
		/"a", O_RDONLY/ && !dropped[$1] { print; bad = 1 } END { exit bad }' "$BATS_TEST_TMPDIR/trace"
	grep -qE 'setgroups(32)?\(1, \[51\]\)' "$BATS_TEST_TMPDIR/trace"
}

@test "flush: a sender or recipient that SMTP cannot say is quoted or bounces" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	printf 'Return-Path: <s@t.test>\nDelivered-To: some.example.com-a b"c@some.example.com\n\nx\n' >"$NEW/a"
	exits 0 qv-flush "$D"
	grep -qF 'RCPT TO:<"a b\"c"@some.example.com>' "$STORE/0001.env"
}

@test "flush: misuse is 100 with a line" {
	exits 100 qv-flush
	[ "${#lines[@]}" = 1 ]
	exits 100 qv-flush --nonsense x
	exits 100 qv-flush -b -B x
	exits 100 qv-flush /home/serialmail/nobody.example.com
	[ "${#lines[@]}" = 1 ]
}

@test "flush: --syslog keeps stderr silent" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com a
	exits 0 qv-flush --syslog "$D"
	[ "$output" = "" ]
}

@test "flush: --syslog sends lines without a stamp, for musl's is UTC, and to a syslogd that is started anew" {
	unshare -m true 2>/dev/null || skip "needs namespaces of its own"
	dialup some.example.com 9
	leave some.example.com a
	leave some.example.com b
	# shellcheck disable=SC2016 # for the inner shell
	exits 111 unshare -m timeout 30 python3 "$REPO/tests/odd/syslogd.py" "$BATS_TEST_TMPDIR/dev" \
		sh -c 'echo "127.0.0.1:$PORT" >"$0" && exec qv-flush --syslog "$1"' "$DIR/RELAYHOST" "$D"
	[ "$output" = "<22>qv-flush[PID]: $D: new/a: deferred: 450 later
<22>qv-flush[PID]: $D: new/b: deferred: 450 later
<22>qv-flush[PID]: $D: 0 delivered, 2 deferred, 0 bounced; 2 left" ]
}

@test "flush: 421 to QUIT behind a refusal: the message stays, and the next run has it" {
	serve --reply 'rcpt=550 no' --reply 'quit=421 later' --log "$BATS_TEST_TMPDIR/log"
	dialup some.example.com "$PORT"
	leave some.example.com 1
	run -111 qv-flush "$D"
	echo "$output"
	[ "$(left)" = 1 ]
	[ "$(grep -c "< QUIT" "$BATS_TEST_TMPDIR/log")" = 1 ]
}

# calls COMMAND...: of the system, that it and its processes make, a line each
calls() {
	traced -f -qq -o "$BATS_TEST_TMPDIR/calls" "$@" >/dev/null 2>&1 || [ $? = 111 ]
	grep -v 'resumed>' "$BATS_TEST_TMPDIR/calls"
}

forks() {
	calls "$QVMAIL" flush "$@" "$D" | grep -cE '^[0-9]+ +(clone3?|fork)\(' || true
}

@test "flush: a few messages take two processes; a bounce, or many to remove, takes what it needs" {
	native strace
	serve --chunking --reply 'rcpt:19=550 5.1.1 no'
	dialup some.example.com "$PORT"
	leave some.example.com m1
	[ "$(forks)" = 1 ]
	! is_static || [ "$(grep -vc 'resumed>' "$BATS_TEST_TMPDIR/calls")" -le 190 ]
	for i in $(seq 8); do leave some.example.com "m$i"; done
	[ "$(forks)" = 1 ]
	for i in $(seq 9); do leave some.example.com "m$i"; done
	[ "$(forks)" = 3 ] # one that removes, and one that syncs
	[ "$(accepted)" = 18 ]
	leave some.example.com m1
	[ "$(forks)" = 3 ] # the bouncer, and qmail-queue
	[ "$(left)" = 0 ]
	for i in 1 2; do leave some.example.com "m$i"; done
	[ "$(forks -W 1)" = 3 ] # a removal must be synced before the next
}

@test "flush: the removals of a few messages are synced together, and soon where the server takes its time" {
	native strace
	serve --no-pipelining --delay 'end:4=900'
	dialup some.example.com "$PORT"
	for i in $(seq 5); do leave some.example.com "m$i"; done
	calls "$QVMAIL" flush "$D" | grep -oE '^[0-9]+ +(unlinkat|fsync)\(' | awk '{ print $2 }' | sed '/fsync/q' | sort | uniq -c >"$BATS_TEST_TMPDIR/before"
	cat "$BATS_TEST_TMPDIR/before"
	[ "$(left)" = 0 ]
	grep -q ' 3 unlinkat' "$BATS_TEST_TMPDIR/before"
}
