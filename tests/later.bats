# Past 2038, where 31 bits of seconds end, and past 2106, where 32 do: the build whose time of day can be set. That of the file
# system may end before.
load helper
load mail
load serial

setup() {
	QVMAIL=$OBJECTS/later
	fresh_root
	fake_queue
	box
}

teardown() {
	[ -z "$SERVER" ] || stop_server
	[ -z "$MASTER" ] || kill "$MASTER"
}

# years COMMAND...: in 2042 and in 2109, $NOW
years() {
	for LATER in 500000000 2600000000; do
		export LATER
		NOW=$((EPOCHSECONDS + LATER))
		touch -d "@$NOW" "$BATS_TEST_TMPDIR/now"
		[ "$(stat -c %Y "$BATS_TEST_TMPDIR/now")" = "$NOW" ] || skip "no file can be that young here"
		YEAR=$(date -ud "@$NOW" +%Y)
		"$@"
	done
}

# is_about NUMBER TIME: not more than a minute later
is_about() {
	[ "$1" -ge "$2" ] && [ "$1" -le $(($2 + 60)) ] || { echo "$1 is not about $2"; return 1; }
}

# get KEY: that of the only host
get() {
	qv-status -j | /usr/bin/python3 -c "import json, sys; (s,) = json.load(sys.stdin); print(s$1)"
}

waits() {
	rm -f "$DIR"/.qv-* "$NEW"/*
	WHEN=$((NOW - 7300)) leave some.example.com a
	WHEN=$((NOW - 65)) leave some.example.com b
	exits 0 qv-status
	[[ ${lines[1]} =~ ^some.example.com\ +2\ +[0-9]+\ +2h\ +never\  ]]
	is_about "$(get '["oldest"]')" 7300
	run qv-status --nagios -w 2h
	[[ $output == "QVMAIL WARNING - some.example.com: 2 messages wait, oldest 2h |"* ]]
	qv-status --html >"$BATS_TEST_TMPDIR/page"
	grep -q "$YEAR-[0-9-]* [0-9:]* UTC" "$BATS_TEST_TMPDIR/page" || { grep -o ".\{40\}UTC" "$BATS_TEST_TMPDIR/page"; return 1; }
}

@test "later: the age of waiting mail" {
	dialup some.example.com 1
	years waits
}

sent() {
	rm -f "$DIR"/.qv-* "$NEW"/*
	WHEN=$((NOW - 100)) leave some.example.com a
	exits 0 qv-flush some.example.com
	[ "$(left)" = 0 ]
	is_about "$(sed -n 's/^time //p' "$DIR/.qv-status")" "$NOW"
	is_about "$(sed -n 's/^succeeded //p' "$DIR/.qv-status")" "$NOW"
	is_about "$(get '["last"]["time"]')" "$NOW"
	is_about "$(get '["succeeded"]')" "$NOW"
	[ "$(get '["hours"][-1]["delivered"]')" = 1 ]
	[ "$(get '["hours"][-1]["time"]')" = $((NOW / 3600 * 3600)) ] || [ "$(get '["hours"][-1]["time"]')" = $(((NOW + 60) / 3600 * 3600)) ]
	exits 0 qv-status
	[[ ${lines[1]} =~ some.example.com\ +0\ +0\ +-\ +[0-9]+s\ +-\  ]]
	qv-status --prometheus | grep -E "^[a-z_]*succ[a-z_]*\{.*\} ($((NOW / 100))|$(((NOW + 60) / 100)))[0-9]{2}"
}

@test "later: what the last attempt left, and the hours" {
	serve
	dialup some.example.com "$PORT"
	years sent
}

deferred() {
	rm -f "$DIR"/.qv-* "$NEW"/*
	WHEN=$((NOW - 100)) leave some.example.com a
	exits 111 qv-flush some.example.com
	is_about "$(get '["next"]')" "$((NOW + 115))"
	exits 0 qv-status
	[[ ${lines[1]} =~ some.example.com\ +1\ +[0-9]+\ +1m\ +[0-9]+s\ +[12]m\  ]]
}

@test "later: when the next attempt is due" {
	dialup some.example.com 1
	years deferred
}

lifetime() {
	rm -f "$DIR"/.qv-* "$NEW"/* "$QUEUED"/*
	WHEN=$((NOW - 604800 - 60)) leave some.example.com old
	WHEN=$((NOW - 604800 + 600)) leave some.example.com young
	exits 111 qv-flush some.example.com
	[ "$(cd "$NEW" && echo *)" = young ]
	grep -q "^Date: [0-9]* [A-Z][a-z][a-z] $YEAR [0-9:]* -0000\$" "$QUEUED"/*.message
	touch -d "@$((NOW - 130000))" "$DIR/Maildir/tmp/left"
	touch -d "@$((NOW - 129000))" "$DIR/Maildir/tmp/fresh"
	run qv-flush some.example.com
	[ "$(cd "$DIR/Maildir/tmp" && echo *)" = fresh ]
}

@test "later: mail bounces at the end of its lifetime, with the right date; what was left in tmp goes" {
	dialup some.example.com 1
	qv-domain relayhost some.example.com 127.0.0.1:1
	echo 604800 >"$C/qv-lifetime"
	years lifetime
}

serial() {
	rm -f "$BOX"/new/* "$QUEUED"/*
	letter new/old $((604800 + 60 - LATER))
	letter new/young $((604800 - 600 - LATER))
	exits 111 maildirserial -b -t 604800 "$BOX" p- true
	[ "$(in_box)" = new/young ]
	grep -q "^Date: [0-9]* [A-Z][a-z][a-z] $YEAR " "$QUEUED"/*.message
}

@test "later: maildirserial's lifetime" {
	years serial
}

refused() {
	serve --reply "rcpt:1=550 5.1.1 unknown"
	rm -f "$DIR"/.qv-*
	qv-domain relayhost some.example.com "127.0.0.1:$PORT"
	qv-domain recipients some.example.com --add m1
	WHEN=$((NOW - 5)) leave some.example.com m1
	exits 0 qv-flush some.example.com
	stop_server
	is_about "$(cut -d' ' -f1 "$DIR/.qv-refused")" "$NOW"
	run -1 qv-check
	[[ $output == *"lists m1, which the server of some.example.com refused 1 time in the last 7 days"* ]]
	LATER=$((LATER + 8 * 86400)) run qv-check
	[[ $output != *"lists m1, which"* ]]
}

@test "later: refused addresses are told of for seven days" {
	dialup some.example.com 1
	years refused
}

beats() { qv-status --prometheus | grep -q "^[a-z_]*heartbeat[a-z_]* $((NOW / 100000))"; }

at_work() {
	rm -f "$DIR"/.qv-* "$NEW"/*
	"$BIN/qv-master" -e 3600 -g 0 2>"$BATS_TEST_TMPDIR/master" 3>&- &
	MASTER=$!
	until_true beats
	WHEN=$((NOW - 5)) leave some.example.com a
	until_true test ! -e "$NEW/a"
	kill "$MASTER"
	wait "$MASTER" || true
	MASTER=
}

@test "later: a master at work" {
	serve
	dialup some.example.com "$PORT"
	years at_work
}

etrn() { printf '%s\n' "ETRN some.example.com" QUIT | TCPREMOTEIP=192.0.2.7 qv-trigger etrn 2>/dev/null; }
was_sent() { grep -q " etrn - 192.0.2.7 sent" "$DIR/.qv-call" && [ "$(left)" = 0 ]; }

calls() {
	rm -f "$DIR"/.qv-*status "$DIR"/.qv-call "$NEW"/*
	leave some.example.com a
	[[ "$(etrn)" == *$'\n253 '* ]]
	until_true was_sent
	is_about "$(get '["last_call"]["time"]')" "$NOW"
	qv-domain show some.example.com | grep -q "last call *$YEAR-[0-9-]* [0-9:]* UTC, etrn by 192.0.2.7: sent"
	leave some.example.com b
	[[ "$(etrn)" == *$'\n458 '* ]]
	[[ "$(LATER=$((LATER + 70)) etrn)" == *$'\n253 '* ]]
	until_true was_sent
}

@test "later: when a host has called, and may again" {
	serve
	dialup some.example.com "$PORT"
	qv-domain trigger some.example.com --from 192.0.2.7
	echo 60 >"$C/qv-call-interval"
	years calls
}
