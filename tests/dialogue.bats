# The dialogues of tests/smtp, which the engine's unit test replays without a network, played to qv-flush by fakesmtpd.
load helper
load mail

setup() {
	fresh_root
	fake_queue
	echo client.test >"$C/qv-helo"
}

# play FILE TITLE: 0, the client kept to it; 1, it did not; 3, it cannot be played
play() {
	rm -rf "$ROOT/home/serialmail/sink.test"
	dialup sink.test 1
	: >"$BATS_TEST_TMPDIR/port"
	"$TESTBIN/fakesmtpd" --timeout 20 --dialogue "$REPO/tests/smtp/$1.txt:$2" --leave "$NEW" --prefix sink.test \
		>"$BATS_TEST_TMPDIR/port" 2>"$BATS_TEST_TMPDIR/server.err" 3>&- &
	SERVER=$!
	until read -r PORT <"$BATS_TEST_TMPDIR/port"; do
		kill -0 "$SERVER" 2>/dev/null || break
		sleep 0.02
	done
	[ -n "$PORT" ] || { wait "$SERVER"; return; }
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	timeout 15 qv-flush "$D" >"$BATS_TEST_TMPDIR/flush" 2>&1 || true
	wait "$SERVER"
}

# play_all FILE: each dialogue that can be played; most can
play_all() {
	local title r failed=0 played=0
	while read -r title; do
		r=0
		play "$1" "$title" || r=$?
		[ "$r" = 3 ] && continue
		played=$((played + 1))
		[ "$r" = 0 ] && continue
		echo "== $r $1: $title"
		cat "$BATS_TEST_TMPDIR/port" "$BATS_TEST_TMPDIR/server.err" "$BATS_TEST_TMPDIR/flush"
		failed=1
	done < <(sed -n 's/^= //p' "$REPO/tests/smtp/$1.txt")
	[ "$played" -gt 0 ]
	return "$failed"
}

@test "lock-step" {
	play_all lockstep
}

@test "lock-step, refused" {
	play_all lockstep-refused
}

@test "grouped" {
	play_all grouped
}

@test "grouped, refused" {
	play_all grouped-refused
}

@test "421" {
	play_all 421
}

@test "envelopes" {
	play_all envelope
}

@test "lost" {
	play_all lost
}

@test "replies of every form" {
	play_all replies
}

@test "texts" {
	play_all text
}

@test "streaming" {
	play_all streaming
}

@test "streaming, refused" {
	play_all streaming-refused
}

@test "streaming, lost" {
	play_all streaming-lost
}

@test "every file of dialogues is played" {
	for file in "$REPO"/tests/smtp/*.txt; do
		grep -qx "	play_all $(basename "$file" .txt)" "$BATS_TEST_FILENAME" || { echo "$file"; false; }
	done
}
