# How many messages are under way at once on a line with a long round trip, and so may arrive twice when it drops.
load helper
load mail

setup() {
	fresh_root
	fake_queue
	SERVER=
}

teardown() {
	[ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true
}

# far N [OPTION]...: so many messages wait for a server that answers late (tests/odd/holding.py)
far() {
	UNDER_WAY=$BATS_TEST_TMPDIR/under-way
	: >"$BATS_TEST_TMPDIR/port"
	timeout 120 python3 -B "$BATS_TEST_DIRNAME/odd/holding.py" "$UNDER_WAY" "${@:2}" >"$BATS_TEST_TMPDIR/port" 3>&- &
	SERVER=$!
	until_true read -r PORT <"$BATS_TEST_TMPDIR/port"
	read -r PORT <"$BATS_TEST_TMPDIR/port"
	[ -n "${DIR-}" ] || dialup some.example.com 1
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	"$TESTBIN/leave" "$NEW" some.example.com "$1" 200
	[ "$EUID" != 0 ] || chown -R "$POPUID:$POPGID" "$NEW"
}

# most: messages that were under way at once
most() { sort -n "$UNDER_WAY" | tail -n 1; }

grown() { grep -c 'the window grows to ' <<<"$output"; }

@test "window: it grows beyond 256 messages where the line is idle, and the log says how far" {
	far 3000
	exits 0 qv-flush "$D"
	grep -v delivered: <<<"$output"
	cat "$UNDER_WAY"
	[ "$(left)" = 0 ]
	[ "$(sed -n 1p "$UNDER_WAY")" = 1 ]
	[ "$(sed -n 2p "$UNDER_WAY")" -le 256 ]
	[ "$(most)" -gt 256 ]
	[ "$(grown)" -ge 1 ]
	[ "$(sed -n 's/.*the window grows to \([0-9]*\) messages.*/\1/p' <<<"$output" | tail -n 1)" -ge "$(most)" ]
}

@test "window: no further than -W says, in messages and in bytes" {
	far 1500
	exits 0 qv-flush -W 300 "$D"
	cat "$UNDER_WAY"
	[ "$(most)" -gt 256 ]
	[ "$(most)" -le 300 ]
	[[ "$output" == *"the window grows to 300 messages"* ]]
	far 100
	exits 0 qv-flush -W 20 "$D"
	[ "$(most)" = 20 ]
	[ "$(grown)" = 0 ]
	far 200
	exits 0 qv-flush -W 10K "$D"
	[ "$(most)" -gt 20 ]
	[ "$(most)" -le 60 ]
}

@test "window: a refusal makes it what it was" {
	far 6000 refuse=260
	exits 0 qv-flush "$D"
	cat "$UNDER_WAY"
	[ "$(left)" = 0 ]
	# the one behind that in which it was refused
	awk '{ n += $1 } after { ok = $1 <= 256; exit } n >= 260 { after = $1 > 256 } END { exit !ok }' "$UNDER_WAY"
}

@test "window: what was under way in a wide one when the line dropped is in doubt, each is named, and no other" {
	far 3000 drop=256
	exits 111 qv-flush "$D"
	[ "$(most)" -gt 256 ]
	[ "$(grep -c 'may arrive twice' <<<"$output")" = "$(most)" ]
	[ "$(left)" = $((3000 - $(head -n -1 "$UNDER_WAY" | paste -sd+ | bc))) ]
}
