# How many messages are under way at once on a line with a long round trip, and so may arrive twice when it drops.
load helper
load mail

setup() {
	fresh_root
	fake_queue
	SERVER=
	dialup some.example.com 1
}

teardown() {
	end_child "$SERVER" || true
}

# far SECONDS N [OPTION]...: so many messages wait for a server that answers so late (tests/odd/holding.py)
far() {
	UNDER_WAY=$BATS_TEST_TMPDIR/under-way
	end_child "$SERVER" || true # it ends by itself
	: >"$BATS_TEST_TMPDIR/port"
	timeout 120 python3 -B "$BATS_TEST_DIRNAME/odd/holding.py" "$UNDER_WAY" "$1" "${@:3}" >"$BATS_TEST_TMPDIR/port" 3>&- &
	SERVER=$!
	until_true read -r PORT <"$BATS_TEST_TMPDIR/port"
	read -r PORT <"$BATS_TEST_TMPDIR/port"
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	rm -f "$NEW"/* "$DIR/.qv-status"
	"$TESTBIN/leave" "$NEW" some.example.com "$2" 200
	[ "$EUID" != 0 ] || chown -R "$POPUID:$POPGID" "$NEW"
}

# most: messages that were under way at once
most() { sort -n "$UNDER_WAY" | tail -n 1; }

grown() { grep -c 'the window grows to ' <<<"$output"; }

# grows CODE N "[OPTION OF THE SERVER]..." [OPTION]...: qv-flush sends so many. On a busy machine no line is idle for the most of
# a short round trip: then a longer one is tried.
grows() {
	local late
	for late in 0.3 1 5; do
		# shellcheck disable=SC2086 # options are words
		far "$late" "$2" $3
		exits "$1" qv-flush "${@:4}" "$D" >/dev/null
		paste -sd' ' "$UNDER_WAY"
		[ "$(grown)" = 0 ] || return 0
	done
	return 1
}

@test "window: it grows beyond 256 messages where the line is idle, and the log says how far" {
	grows 0 3000 ''
	[ "$(left)" = 0 ]
	[ "$(sed -n 1p "$UNDER_WAY")" = 1 ]
	[ "$(sed -n 2p "$UNDER_WAY")" -le 256 ]
	[ "$(most)" -gt 256 ]
	[ "$(sed -n 's/.*the window grows to \([0-9]*\) messages.*/\1/p' <<<"$output" | tail -n 1)" -ge "$(most)" ]
}

@test "window: no further than -W says, in messages and in bytes" {
	grows 0 1500 '' -W 300
	[ "$(most)" -gt 256 ]
	[ "$(most)" -le 300 ]
	[[ "$output" == *"the window grows to 300 messages"* ]]
	far 0.3 100
	exits 0 qv-flush -W 20 "$D"
	[ "$(most)" -le 20 ]
	[ "$(grown)" = 0 ]
	far 0.3 200
	exits 0 qv-flush -W 10K "$D"
	[ "$(most)" -gt 20 ]
	[ "$(most)" -le 60 ]
}

@test "window: a refusal makes it what it was" {
	grows 0 6000 refuse=260
	[ "$(left)" = 0 ]
	# those that were under way next
	awk '{ n += $1 } after { ok = $1 <= 256; exit } n >= 260 { after = $1 > 256 } END { exit !ok }' "$UNDER_WAY"
}

@test "window: what was under way in a wide one when the line dropped is in doubt, each is named, and no other" {
	grows 111 3000 drop=256
	[ "$(most)" -gt 256 ]
	[ "$(grep -c 'may arrive twice' <<<"$output")" = "$(most)" ]
	[ "$(left)" = $((3000 - ($(head -n -1 "$UNDER_WAY" | paste -sd+)))) ]
}
