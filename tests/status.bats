# qv-status: what waits where, since when, and how the last attempt ended.
load helper
load mail
bats_require_minimum_version 1.5.0

setup() {
	fresh_root
	dialup some.example.com 1
}

# one KEY: that member of the only customer's object, as Python prints it
one() {
	qv-status -j | /usr/bin/python3 -c "import json, sys; (s,) = json.load(sys.stdin); print(s$1)"
}

@test "status: a customer without mail, never tried" {
	exits 0 qv-status
	same <(echo "$output" | sed 's/ *$//') \
		"HOST                           WAITING       BYTES OLDEST   LAST   NEXT  RESULT
some.example.com                     0           0      -  never      -
"
}

@test "status: without customers it is the heading, and an empty array" {
	qv-domain del some.example.com --purge
	exits 0 qv-status
	[ "${#lines[@]}" = 1 ]
	exits 0 qv-status -j
	[ "$output" = "[]" ]
}

@test "status: messages, bytes and the age of the oldest" {
	WHEN=$(($(date +%s) - 7300)) leave some.example.com old
	WHEN=$(($(date +%s) - 65)) leave some.example.com young
	mkdir "$NEW/no-message"
	exits 0 qv-status some.example.com
	read -r host waiting bytes oldest last next <<<"${lines[1]}"
	[ "$host $waiting $oldest $last" = "some.example.com 2 2h never" ]
	[ "$bytes" = "$(cat "$NEW/old" "$NEW/young" | wc -c)" ]
	[ "$(one '["waiting"]')" = 2 ]
	[ "$(one '["bytes"]')" = "$bytes" ]
	[ "$(one '["oldest"] in range(7300, 7320)')" = True ]
}

@test "status: ages are s, m, h and d, each the largest that is at least one" {
	for age in 65:1m 7100:1h 86300:23h 172900:2d; do
		WHEN=$(($(date +%s) - ${age%:*})) leave some.example.com x
		read -r _ _ _ oldest _ <<<"$(qv-status some.example.com | tail -n 1)"
		[ "$oldest" = "${age#*:}" ]
	done
}

@test "status: JSON has the documented keys, in that order, with their types" {
	leave some.example.com x
	qv-flush "$D" || true
	qv-domain add dialup idle.example.com
	qv-status -j | /usr/bin/python3 -c "
import json, sys, time
text = sys.stdin.read()
assert text.endswith(']\n') and text.count('\n') == 1
customers = json.loads(text)
keys = ['host', 'dir', 'waiting', 'bytes', 'oldest', 'paused', 'on_demand', 'locked', 'locked_by', 'last', 'next',
        'mode', 'limit', 'rate', 'late', 'unsendable', 'strange', 'limited', 'reason', 'braked', 'wants', 'wanted', 'most', 'last_call']
assert [list(c) for c in customers] == [keys, keys], customers
tried, = (c for c in customers if c['host'] == 'some.example.com')
idle, = (c for c in customers if c['host'] == 'idle.example.com')
assert tried['dir'] == '/home/serialmail/some.example.com'
for c in customers:
    for key in 'waiting', 'bytes':
        assert type(c[key]) is int
    for key in 'paused', 'on_demand':
        assert c[key] is False
    assert c['locked_by'] is None and c['locked'] is False
assert type(tried['oldest']) is int and tried['waiting'] == 1
last = tried['last']
assert list(last) == ['time', 'result', 'delivered', 'deferred', 'bounced'], last
assert abs(last['time'] - time.time()) < 60 and type(last['time']) is int
assert type(last['result']) is str and last['result'] not in ('', 'ok')
assert (last['delivered'], last['deferred'], last['bounced']) == (0, 1, 0), last
assert tried['next'] == last['time'] + 120
for key in 'oldest', 'last', 'next', 'mode', 'limit', 'rate':
    assert idle[key] is None
assert (tried['mode'], tried['rate'], tried['late'], tried['unsendable']) == (None, None, 0, 0)
"
}

@test "status: how the last attempt ended, in words" {
	leave some.example.com x
	exits 111 qv-flush "$D"
	exits 0 qv-status
	[[ "${lines[1]}" == *"Connection refused"* ]]
	read -r _ _ _ _ last next _ <<<"${lines[1]}"
	[[ "$last" == [0-9]s ]]
	[[ "$next" == [12]m ]]
}

@test "status: after a delivery the result is ok, and nothing is next" {
	mkdir "$BATS_TEST_TMPDIR/arrived"
	timeout 120 /usr/bin/python3 "$REPO/tests/demo/receiver.py" "$BATS_TEST_TMPDIR/arrived" >"$BATS_TEST_TMPDIR/port" 3>&- &
	server=$!
	until read -r PORT <"$BATS_TEST_TMPDIR/port" || ! kill -0 "$server"; do sleep 0.05; done
	printf '127.0.0.1:%s\n' "$PORT" >"$DIR/RELAYHOST"
	leave some.example.com x
	exits 0 qv-flush "$D"
	exits 0 qv-status
	[[ "${lines[1]}" =~ " - "[^a-z]*" ok; "(lock-step|grouped|streaming)"; "[0-9]+\.[0-9]" messages and "[0-9]+" bytes a second"$ ]]
	[ "$(one '["last"]["delivered"]')" = 1 ]
	[[ "$(one '["mode"]')" =~ ^(lock-step|grouped|streaming)$ ]]
	[ "$(one '["next"]')" = None ]
	kill "$server"
}

# was DELIVERED DEFERRED MILLISECONDS RESULT: an attempt that ended a minute ago
was() {
	WHEN=$(($(date +%s) - 60))
	printf 'time %s\ndelivered %s\ndeferred %s\nmilliseconds %s\nbytes 1500000\nmode grouped\nresult %s\n' \
		"$WHEN" "$1" "$2" "$3" "$4" >"$DIR/.qv-status"
}

@test "status: the rate of the last attempt, of what it delivered in its time" {
	was 5 0 2000 ok
	[ "$(one '["rate"]')" = "{'messages': 2.5, 'bytes': 750000}" ]
	exits 0 qv-status
	[[ "${lines[1]}" == *" ok; grouped; 2.5 messages and 750000 bytes a second" ]]
	was 5 0 0 ok
	[ "$(one '["rate"]["messages"]')" = 5000.0 ]
	was 0 1 2000 "deferred: connection refused"
	[ "$(one '["rate"]')" = None ]
}

@test "status: next is an interval after the begin of an attempt that failed, and now where mail waits for no reason" {
	leave some.example.com x
	was 0 1 30000 "deferred: connection timed out"
	[ "$(one '["next"]')" = $((WHEN - 30 + 120)) ]
	sed -i "s/^time .*/time $((WHEN + 86400))/" "$DIR/.qv-status" # the clock was set back: qv-master does not wait for that day
	[ "$(($(one '["next"]') - $(date +%s)))" -le 0 ]
	was 1 0 10 ok
	[ "$(($(one '["next"]') - $(date +%s)))" -le 0 ]
	rm "$NEW/x"
	[ "$(one '["next"]')" = None ]
}

@test "status: late messages are those older than control/qv-warn" {
	echo 1000 >"$C/qv-warn"
	WHEN=$(($(date +%s) - 1010)) leave some.example.com a
	WHEN=$(($(date +%s) - 1020)) leave some.example.com b
	WHEN=$(($(date +%s) - 900)) leave some.example.com c
	[ "$(one '["late"]')" = 2 ]
	exits 0 qv-status
	[[ "${lines[1]}" == *"; 2 late" ]]
}

@test "status: FIFOs, directories and links among the mail are counted, and are no messages" {
	leave some.example.com good
	mkfifo "$NEW/fifo"
	mkdir "$NEW/directory"
	ln -s good "$NEW/link"
	[ "$(one '["strange"]')" = 3 ]
	[ "$(one '["waiting"]')" = 1 ]
	exits 0 qv-status
	[[ "${lines[1]}" == *"; 3 not messages" ]]
	qv-status --prometheus | grep -qx 'qvmail_strange_entries{host="some.example.com"} 3'
}

@test "status: messages that have no envelope are counted" {
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com good
	echo "no envelope" >"$NEW/bad"
	exits 111 qv-flush "$D"
	[ "$(one '["unsendable"]')" = 1 ]
	exits 0 qv-status
	[[ "${lines[1]}" == *"; 1 unsendable" ]]
	rm "$NEW/bad"
	[ "$(one '["unsendable"]')" = 0 ]
	stop_server
}

# exposition: stdin is Prometheus' text format 0.0.4, by its grammar; prints NAME{LABELS} VALUE of each sample
exposition() {
	/usr/bin/python3 -c '
import re, sys
text = sys.stdin.read()
assert text.endswith("\n")
name, label = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r"[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\\\"\n]|\\[\\\"n])*\""
family, seen, samples, fresh = None, set(), set(), False
for line in text[:-1].split("\n"):
    if line.startswith("# HELP "):
        family = re.fullmatch(r"# HELP (%s) [^\\]+" % name, line)[1]
        assert family not in seen, "twice: " + family
        seen.add(family)
        fresh = True
    elif fresh:
        assert line == "# TYPE %s gauge" % family, line
        fresh = False
    else:
        sample = re.fullmatch(r"((%s)\{%s(?:,%s)*\}) (-?[0-9]+(?:\.[0-9]+)?)" % (name, label, label), line)
        assert sample and sample[2] == family, line
        assert sample[1] not in samples, "twice: " + line
        samples.add(sample[1])
        print(line)
assert not fresh
'
}

@test "status: --prometheus is text exposition, each metric once and with all its hosts" {
	qv-domain add dialup other.example.com
	qv-domain pause other.example.com
	leave some.example.com x
	was 5 2 1234 "deferred: 421 busy"
	qv-status --prometheus >"$BATS_TEST_TMPDIR/metrics"
	exposition <"$BATS_TEST_TMPDIR/metrics" | sort >"$BATS_TEST_TMPDIR/samples"
	grep -E '^qvmail_(waiting_m|paused|last|oldest|next)' "$BATS_TEST_TMPDIR/samples" | sed '/oldest.*some/s/ .*/ AGE/' |
		diff - <(sort <<-END
			qvmail_waiting_messages{host="some.example.com"} 1
			qvmail_waiting_messages{host="other.example.com"} 0
			qvmail_oldest_seconds{host="some.example.com"} AGE
			qvmail_oldest_seconds{host="other.example.com"} 0
			qvmail_paused{host="some.example.com"} 0
			qvmail_paused{host="other.example.com"} 1
			qvmail_next_attempt_time_seconds{host="some.example.com"} $((WHEN - 1 + 120))
			qvmail_last_attempt_time_seconds{host="some.example.com"} $WHEN
			qvmail_last_attempt_success{host="some.example.com"} 0
			qvmail_last_attempt_milliseconds{host="some.example.com"} 1234
			qvmail_last_attempt_delivered{host="some.example.com"} 5
			qvmail_last_attempt_deferred{host="some.example.com"} 2
			qvmail_last_attempt_bounced{host="some.example.com"} 0
			qvmail_last_attempt_bytes{host="some.example.com"} 1500000
			qvmail_last_attempt_mode{host="some.example.com",mode="grouped"} 1
		END
		)
	qv-status --prometheus some.example.com | exposition >"$BATS_TEST_TMPDIR/one"
	# ages grow between the two
	diff <(grep 'host="some' "$BATS_TEST_TMPDIR/samples" | grep -v oldest) <(sort "$BATS_TEST_TMPDIR/one" | grep -v oldest)
}

@test "status: --prometheus escapes what a label may not hold" {
	weird=$'a"b\\c\nd\xff'
	cp -r "$DIR" "$ROOT/home/serialmail/$weird"
	qv-status --prometheus >"$BATS_TEST_TMPDIR/metrics"
	grep -qF 'qvmail_paused{host="a\"b\\c\nd?"} 0' "$BATS_TEST_TMPDIR/metrics"
	exposition <"$BATS_TEST_TMPDIR/metrics" >/dev/null
	exits 100 qv-status -j --prometheus
}

@test "status: paused and on demand are said, and then nothing is next" {
	leave some.example.com x
	qv-domain pause some.example.com
	exits 0 qv-status
	[[ "${lines[1]}" == *" - "*paused* ]]
	[ "$(one '["paused"]') $(one '["next"]')" = "True None" ]
	qv-domain resume some.example.com
	[ "$(one '["paused"]')" = False ]
	qv-domain add dialup called.example.com --on-demand
	exits 0 qv-status called.example.com
	[[ "${lines[1]}" == *"on demand"* ]]
}

@test "status: who holds the lock, without disturbing the lock" {
	[ -r /proc/locks ] || skip "needs /proc/locks"
	flock "$DIR/RELAYHOST" sh -c 'echo $$; exec sleep 20' >"$BATS_TEST_TMPDIR/pid" 3>&- &
	holder=$!
	until read -r sleeper <"$BATS_TEST_TMPDIR/pid"; do sleep 0.02; done
	by=$(one '["locked_by"]')
	exits 0 qv-status
	[[ "${lines[1]}" == *"sending (pid $by)"* ]]
	[ "$by" = "$holder" ]
	run -1 flock -n "$DIR/RELAYHOST" true
	kill "$sleeper"
	wait "$holder" || true
	[ "$(one '["locked_by"]')" = None ]
	[ "$(one '["locked"]')" = False ]
}

# lock_seen COMMAND: what its -j says, first while RELAYHOST is locked, then when it is free
lock_seen() {
	local state='import json, sys; (s,) = json.load(sys.stdin); print(s["locked"], s["locked_by"] is not None)'
	mkfifo "$BATS_TEST_TMPDIR/held"
	flock "$1/RELAYHOST" sh -c 'echo >"$0"; exec sleep 30' "$BATS_TEST_TMPDIR/held" 3>&- &
	read -r <"$BATS_TEST_TMPDIR/held"
	sleeper=$(pgrep -P $!)
	shift
	"$@" | python3 -c "$state"
	kill "$sleeper"
	wait $! || true
	"$@" | python3 -c "$state"
	rm "$BATS_TEST_TMPDIR/held"
}

@test "status: held and free differ without /proc, and inside a PID namespace, and no wrong pid is named" {
	[ "$(id -u)" = 0 ] && unshare -mpf true 2>/dev/null || skip "needs namespaces of its own"
	same <(lock_seen "$DIR" unshare -m sh -c 'mount -t tmpfs none /proc && exec qv-status -j') $'True False\nFalse False\n'
	same <(lock_seen "$DIR" unshare -mpf sh -c 'mount -t proc proc /proc && exec qv-status -j') $'True False\nFalse False\n'
	# /proc is that of another namespace, whose numbers are other processes here
	same <(lock_seen "$DIR" unshare -pf qv-status -j) $'True False\nFalse False\n'
}

@test "status: held and free differ on overlayfs, and no wrong pid is named" {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "needs a mount namespace of its own"
	# what is below and what is above stand on two file systems
	exits 0 unshare -m bash -c '
		set -e
		mkdir "$0/low" "$0/high" "$0/over"
		mount -t tmpfs none "$0/high"
		mount -t tmpfs none "$0/low"
		mkdir "$0/high/up" "$0/high/work"
		cp -a "$1/." "$0/low"
		mount -t overlay overlay -o "lowerdir=$0/low,upperdir=$0/high/up,workdir=$0/high/work" "$0/over"
		export QVMAIL_ROOT=$0/over
		state="import json, sys; (s,) = json.load(sys.stdin); print(s[\"locked\"], s[\"locked_by\"])"
		exec 9<"$0/over/home/serialmail/'"${DIR##*/}"'/RELAYHOST"
		qv-status -j | python3 -c "$state"
		flock 9
		qv-status -j | python3 -c "$state"' "$BATS_TEST_TMPDIR" "$ROOT"
	[ "${lines[0]}" = "False None" ]
	[[ "${lines[1]}" == "True "* ]]
}

@test "status: a host that is not there is exit 100, and says which file is missing" {
	exits 100 qv-status other.example.com
	[[ "${lines[-1]}" == "qv-status: fatal: other.example.com is not a dial-up host: "*"/home/serialmail/other.example.com/RELAYHOST does not exist" ]]
	exits 100 qv-status -j other.example.com
	[[ "$output" != *"["* ]]
	exits 100 qv-status ../etc
	exits 100 qv-status a b
}

@test "status: capitals and a final dot of HOST do not matter" {
	exits 0 qv-status Some.Example.COM.
	[[ "${lines[1]}" == some.example.com* ]]
}

@test "status: a broken .qv-status is no attempt, and no error" {
	echo 'time never' >"$DIR/.qv-status"
	exits 0 qv-status
	[[ "${lines[1]}" == *never* ]]
	head -c 300 /dev/urandom >"$DIR/.qv-status"
	exits 0 qv-status -j
	/usr/bin/python3 -c 'import json, sys; json.loads(sys.argv[1])' "$output"
}

@test "status: directories that are no customers are passed by" {
	mkdir "$ROOT/home/serialmail/lost+found" "$ROOT/home/serialmail/half.example.com"
	touch "$ROOT/home/serialmail/file"
	exits 0 qv-status
	[ "${#lines[@]}" = 2 ]
}

@test "status: changes nothing" {
	leave some.example.com x
	before=$(tree)
	qv-status >/dev/null
	qv-status -j >/dev/null
	diff <(echo "$before") <(tree)
}
