# fakesmtpd, the server that most tests of the delivery believe: CHUNKING, sums, and dialogues as its script.
load helper
load mail

teardown() {
	stop_server || true
}

# talk TEXT: greeted, sends it (\r\n and friends) in one piece, as printf would not; shows the codes of all replies
talk() {
	local greeting
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	read -r greeting <&5
	# shellcheck disable=SC2059 # it has escapes
	printf "$1" >"$BATS_TEST_TMPDIR/talk"
	cat "$BATS_TEST_TMPDIR/talk" >&5
	timeout 10 cut -c1-3 <&5 | tr '\n' ' '
	exec 5>&-
}

EHLO='EHLO me\r\n'
ENVELOPE='MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n'

# violations: what it noticed
violations() {
	[ ! -f "$STORE/violations" ] || sed 's/.*: //' "$STORE/violations"
}

@test "chunks are put together byte by byte, dots as they are" {
	serve --chunking
	talk "${EHLO}${ENVELOPE}BDAT 5\r\n.ab\r\nBDAT 6 LAST\r\n..\r\n\r\n"'RSET\r\nQUIT\r\n' >"$BATS_TEST_TMPDIR/codes"
	grep -q '250 250 250 250 250 250 250 221 ' "$BATS_TEST_TMPDIR/codes"
	printf '.ab\r\n..\r\n\r\n' | cmp - "$STORE/0001.msg"
	[ "$(violations)" = "input before the reply to EHLO" ] || violations
}

@test "the octets of a refused chunk are octets, not commands" {
	serve --chunking --reply 'bdat=452 full'
	[ "$(talk "${ENVELOPE}BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\nQUIT\r\n")" = "250 250 452 503 250 221 " ]
	[ "$(accepted)" = 0 ]
	[ "$(violations)" = "" ]
}

@test "BDAT without MAIL and RCPT is 503, and its octets are gone" {
	serve --chunking
	[ "$(talk 'BDAT 6 LAST\r\nQUIT\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\nQUIT\r\n')" = "503 250 503 250 221 " ]
	[ "$(accepted)" = 0 ]
}

@test "rules for bdat, chunk and last take effect where they say" {
	serve --chunking --reply 'last:1=550 no' --close chunk:3
	[ "$(talk "${ENVELOPE}BDAT 4 LAST\r\na\r\n\n${ENVELOPE}BDAT 3\r\na\r\nBDAT 4 LAST\r\nab\r\n")" = "250 250 550 250 250 250 " ]
	[ "$(accepted)" = 0 ]
}

@test "a close after acceptance leaves the message here, and no reply" {
	serve --chunking --close accepted
	[ "$(talk "${ENVELOPE}BDAT 4 LAST\r\nab\r\n")" = "250 250 " ]
	[ "$(accepted)" = 1 ]
}

@test "what a client may not do with chunks is noticed" {
	serve --no-pipelining
	talk "${ENVELOPE}BDAT 3 LAST\r\na\n\rQUIT\r\n" >/dev/null
	violations | grep -qx 'input before the reply to rcpt'
	violations | grep -qx 'BDAT where CHUNKING is not offered'
	violations | grep -qx 'a bare LF in a text'
	violations | grep -qx 'a bare CR at the end of a text'
}

@test "QUIT behind an unanswered BDAT is noticed" {
	serve --chunking
	talk "${ENVELOPE}BDAT 3 LAST\r\na\r\nQUIT\r\n" >/dev/null
	violations | grep -qx 'QUIT behind an unanswered BDAT'
}

# sum ID CRC: one more message "a CR LF" that claims this sum
sum() {
	printf '%s' "${ENVELOPE}DATA\r\nX-Id: $1\r\nX-Sum: $2 3\r\n\r\na\r\n.\r\n"
}

@test "--sum tells whole from corrupted, and new from twice" {
	crc=$(printf 'a\r\n' | gzip -c | tail -c8 | od -An -tx4 -N4 | tr -d ' ')
	serve --sum --sessions 1
	talk "$(sum 1 "$crc")$(sum 2 "$crc")$(sum 2 "$crc")$(sum 3 0)QUIT\r\n" >/dev/null
	wait "$SERVER" || true
	[ "$(tail -1 "$BATS_TEST_TMPDIR/port")" = "accepted 4 distinct 3 duplicate 1 corrupted 1 sessions 1" ]
}

@test "a dialogue that the client keeps to ends in peace; the first other byte ends it with what was said" {
	printf '= one\nS: 220 hi\nC: EHLO x\nS: 250 yes\nC: QUIT\nS: 221 bye\nend\n' >"$BATS_TEST_TMPDIR/d.txt"
	serve --dialogue "$BATS_TEST_TMPDIR/d.txt:one"
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	read -r _ <&5; printf 'EHLO x\r\n' >&5; read -r _ <&5; printf 'QUIT\r\n' >&5; read -r bye <&5
	exec 5>&-
	[ "$bye" = $'221 bye\r' ]
	wait "$SERVER"
	serve --dialogue "$BATS_TEST_TMPDIR/d.txt:one"
	talk 'EHLO y\r\n'
	code=0
	wait "$SERVER" || code=$?
	[ "$code" = 1 ]
	grep -q 'want: EHLO x' "$BATS_TEST_TMPDIR/port"
}
