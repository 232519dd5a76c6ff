# line, the delay and bandwidth proxy of the measurements. Machines are slower than asked at times, never faster.
load helper
load mail

teardown() {
	[ -z "$LINE" ] || kill "$LINE" 2>/dev/null || true
	stop_server
}

# through OPTIONS...: a line to $PORT, which is then the line's; its word at the end is in $REPORT
through() {
	REPORT=$BATS_TEST_TMPDIR/line
	: >"$REPORT"
	"$TESTBIN/line" --timeout 120 "$@" "127.0.0.1:$PORT" >"$REPORT" 3>&- &
	LINE=$!
	until read -r PORT <"$REPORT"; do sleep 0.02; done
}

hang_up() {
	kill "$LINE"
	wait "$LINE"
	LINE=
}

# a session of one message of SIZE bytes and more
session() {
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.test>\r\nBDAT %d LAST\r\n' "$1" >&5
	head -c "$1" /dev/zero | tr '\0' x >&5
	timeout 20 sed '/message 0001 taken/q' <&5
	printf 'QUIT\r\n' >&5
	cat <&5
	exec 5>&-
}

milliseconds() {
	echo $(($(date +%s%N) / 1000000))
}

@test "line: every byte arrives, and as it was" {
	serve --chunking
	through --rate 50000000
	session 300000 >"$BATS_TEST_TMPDIR/said"
	grep -q '221' "$BATS_TEST_TMPDIR/said"
	[ "$(wc -c <"$STORE/0001.msg")" = 300000 ]
	hang_up
	grep -q '^connections 1 up 300' "$REPORT"
	rm -f "$STORE/violations"
}

@test "line: a session takes at least its round trips" {
	serve --chunking
	through --rtt 200
	begun=$(milliseconds)
	session 10 >/dev/null
	[ $(($(milliseconds) - begun)) -ge 600 ] # the handshake's and the greeting's, one for all, QUIT's
	rm -f "$STORE/violations"
}

@test "line: it is no faster than its rate, however little waits in between" {
	for buffer in 4000 1000000; do
		serve --chunking
		through --rate 2000000 --buffer "$buffer"
		begun=$(milliseconds)
		session 100000 >/dev/null
		[ $(($(milliseconds) - begun)) -ge 400 ]
		hang_up
		stop_server || rm -rf "$STORE"
	done
}

@test "line: cut within a message, nothing is accepted; the next call gets through" {
	serve --chunking
	through --cut 50000
	(session 100000) >"$BATS_TEST_TMPDIR/said" 2>&1 || true
	run ! grep -q taken "$BATS_TEST_TMPDIR/said"
	[ "$(accepted)" = 0 ]
	session 1000 | grep -q taken
	rm -f "$STORE/violations"
}
