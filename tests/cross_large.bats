# Sizes that have more bits than a register of a 32-bit CPU. For make check-cross: the message takes 25 seconds of a processor.
load helper
load mail

setup() {
	is_32_bit || skip "64 bits"
	fresh_root
}

teardown() {
	[ -z "$SINK" ] || kill "$SINK"
}

# Not serve(), which would keep it.
@test "cross_large: a message of more than 4 GB leaves whole" {
	for way in --no-pipelining --chunking; do
		: >"$BATS_TEST_TMPDIR/port"
		"$TESTBIN/fakesmtpd" --timeout 1200 --log "$BATS_TEST_TMPDIR/heard$way" $way >"$BATS_TEST_TMPDIR/port" 3>&- &
		SINK=$!
		until_true test -s "$BATS_TEST_TMPDIR/port"
		[ -e "$NEW" ] || dialup some.example.com 1
		qv-domain relayhost some.example.com "127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")"
		leave some.example.com a
		head=$(head -n 2 "$NEW/a" | wc -c)
		truncate -s 4294967400 "$NEW/a"
		exits 0 qv-flush some.example.com
		[ "$(left)" = 0 ]
		kill "$SINK"
		SINK=
		# its three lines end in CR LF there, and the last one gets an end
		[ "$(sed -nE 's/^1 < \(a (text|chunk) of ([0-9]+) bytes\)$/\2/p' "$BATS_TEST_TMPDIR/heard$way" | awk '{ n += $1 } END { printf "%.0f", n }')" = \
			$((4294967400 - head + 3 + 2)) ]
	done
}

@test "cross_large: a table that is larger than memory can be is told of, not read in part" {
	run qv-rcpt nobody@gateway.example.net
	[[ "$output" == *"no user alias" ]]
	truncate -s $((4294967296 + $(stat -c %s "$C/locals"))) "$C/locals"
	run qv-rcpt nobody@gateway.example.net
	[[ "$output" == *": uncertain: "*"control/locals: "* ]] || { echo "$output"; return 1; }
}
