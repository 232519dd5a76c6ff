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
        'mode', 'limit', 'rate', 'late', 'unsendable', 'strange', 'limited', 'reason', 'braked', 'wants', 'wanted', 'most', 'last_call',
        'succeeded', 'total', 'hours', 'locked_on']
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
for key in 'oldest', 'last', 'next', 'mode', 'limit', 'rate', 'succeeded':
    assert idle[key] is None
assert tried['total'] == {'delivered': 0, 'deferred': 1, 'bounced': 0, 'bytes': 0} and tried['succeeded'] is None
assert len(tried['hours']) == 24 and [h['time'] - tried['hours'][0]['time'] for h in tried['hours']] == [3600 * i for i in range(24)]
assert sum(h['deferred'] for h in tried['hours']) == 1 and all(h['time'] % 3600 == 0 for h in tried['hours'])
assert (tried['mode'], tried['rate'], tried['late'], tried['unsendable']) == (None, None, 0, 0)
"
}

@test "status: how the last attempt ended, in words" {
	native errno
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
        assert line == "# TYPE %s %s" % (family, "counter" if family.endswith("_total") else "gauge"), line
        fresh = False
    else:
        sample = re.fullmatch(r"((%s)(?:\{%s(?:,%s)*\})?) (-?[0-9]+(?:\.[0-9]+)?)" % (name, label, label), line)
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
			qvmail_last_attempt_duration_seconds{host="some.example.com"} 1.234
			qvmail_last_attempt_delivered{host="some.example.com"} 5
			qvmail_last_attempt_deferred{host="some.example.com"} 2
			qvmail_last_attempt_bounced{host="some.example.com"} 0
			qvmail_last_attempt_bytes{host="some.example.com"} 1500000
			qvmail_last_attempt_mode{host="some.example.com",mode="grouped"} 1
		END
		)
	qv-status --prometheus some.example.com | exposition >"$BATS_TEST_TMPDIR/one"
	# ages grow between the two
	diff <(grep 'host="some' "$BATS_TEST_TMPDIR/samples" | grep -v oldest) <(sort "$BATS_TEST_TMPDIR/one" | grep host= | grep -v oldest)
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

# ran DELIVERED-OLDEST-FIRST...: hours that are over, as the file has them: "AGO DELIVERED DEFERRED BOUNCED BYTES" each
ran() {
	local hour ago rest now=$((EPOCHSECONDS / 3600))
	for hour; do
		read -r ago rest <<<"$hour"
		echo "hour $((now - ago)) $rest" >>"$DIR/.qv-status"
	done
}

# hours KEY: that count of each hour of the last day, oldest first
hours() {
	qv-status -j | /usr/bin/python3 -c "import json, sys; (s,) = json.load(sys.stdin); print(*(h['$1'] for h in s['hours']))"
}

@test "status: what became of the mail is counted from run to run, and by the hour" {
	serve
	fake_queue
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com one
	leave some.example.com two
	exits 0 qv-flush "$D"
	first=$(one '["total"]["bytes"]')
	[ "$first" -gt 100 ]
	leave some.example.com three
	exits 0 qv-flush "$D"
	stop_server
	leave some.example.com four
	exits 111 qv-flush "$D"
	exits 111 qv-flush "$D"
	same <(one '["total"]' | sed "s/'bytes': .*/BYTES/") "{'delivered': 3, 'deferred': 2, 'bounced': 0, BYTES
"
	[ "$(one '["total"]["bytes"]')" -gt "$first" ]
	[ "$(hours delivered | tr ' ' '\n' | awk '{ n += $1 } END { print n }')" = 3 ]
	[ "$(one '["succeeded"]')" -le "$(one '["last"]["time"]')" ]
	exits 0 qv-flush -t 1 "$D"
	[ "$(one '["total"]["bounced"]')" = 1 ]
}

@test "status: a run that fails before anything could be sent keeps the counts" {
	was 5 0 2000 ok
	printf 'delivered_total 70\nbytes_total 900\nsucceeded 1234\n' >>"$DIR/.qv-status"
	ran "3 7 0 0 100"
	leave some.example.com x
	echo never >"$DIR/.qv-lifetime"
	exits 100 qv-flush "$D"
	[ "$(one '["total"]["delivered"]') $(one '["total"]["bytes"]') $(one '["succeeded"]')" = "70 900 1234" ]
	[ "$(hours delivered)" = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 7 0 0 0" ]
}

@test "status: hours older than a day or to come are not shown, and the file stays small" {
	was 5 0 2000 ok
	for ago in $(seq 60 -1 -5); do ran "$ago $((ago + 100)) 0 0 10"; done
	same <(hours delivered) "0 0 0 0 0 118 117 116 115 114 113 112 111 110 109 108 107 106 105 104 103 102 101 100
"
	leave some.example.com x
	exits 111 qv-flush "$D"
	[ "$(grep -c '^hour ' "$DIR/.qv-status")" = 24 ]
	[ "$(hours deferred | tr -d '0 ')" = 1 ]
}

@test "status: counts that no run can have are limited, and do no harm" {
	was 5 0 2000 ok
	printf 'delivered_total 99999999999999999999\nbounced_total -7\n' >>"$DIR/.qv-status"
	ran "1 99999999999999999999 -5 x" "2" "99999999999999999999 1 1 1 1"
	echo "hour -5 3 3 3 3" >>"$DIR/.qv-status"
	[ "$(one '["total"]["delivered"]') $(one '["total"]["bounced"]')" = "9007199254740992 0" ]
	exits 0 qv-status --html
	exits 0 qv-status --prometheus
	exits 0 qv-status --nagios
	leave some.example.com x
	exits 111 qv-flush "$D"
	[ "$(one '["total"]["delivered"]')" = 9007199254740992 ]
}

@test "status: --prometheus counts from zero, and tells of the last success, the build and the master" {
	qv-status --prometheus >"$BATS_TEST_TMPDIR/idle"
	exposition <"$BATS_TEST_TMPDIR/idle" >/dev/null
	grep -qx 'qvmail_delivered_total{host="some.example.com"} 0' "$BATS_TEST_TMPDIR/idle"
	grep -qx 'qvmail_master_up 0' "$BATS_TEST_TMPDIR/idle"
	grep -qx "qvmail_build_info{version=\"$("$QVMAIL" --version | awk '{ print $NF }')\"} 1" "$BATS_TEST_TMPDIR/idle"
	run ! grep -E 'last_success|heartbeat' "$BATS_TEST_TMPDIR/idle"
	was 5 2 1234 "deferred: 421 busy"
	printf 'delivered_total 70\ndeferred_total 8\nbounced_total 9\nbytes_total 900\nsucceeded 1234\n' >>"$DIR/.qv-status"
	qv-status --prometheus | exposition | grep -E '_total|last_success' | sort | diff - <(sort <<-END
		qvmail_delivered_total{host="some.example.com"} 70
		qvmail_deferred_total{host="some.example.com"} 8
		qvmail_bounced_total{host="some.example.com"} 9
		qvmail_delivered_bytes_total{host="some.example.com"} 900
		qvmail_last_success_time_seconds{host="some.example.com"} 1234
	END
	)
}

@test "status: a master that stays is seen at work, and no more when it was killed" {
	qv-master -e 3600 2>/dev/null 3>&- &
	master=$!
	until qv-status --prometheus | grep -q '^qvmail_master_heartbeat'; do sleep 0.05; kill -0 $master; done
	beat=$(qv-status --prometheus | awk '/^qvmail_master_heartbeat/ { print $2 }')
	[ $((EPOCHSECONDS - beat)) -le 60 ]
	qv-status --prometheus | grep -qx 'qvmail_master_up 1'
	qv-status --html | grep -q 'qv-master is running, last seen at work [0-9]*s ago'
	kill -9 $master
	wait $master || true
	qv-status --prometheus >"$BATS_TEST_TMPDIR/dead"
	grep -qx 'qvmail_master_up 0' "$BATS_TEST_TMPDIR/dead"
	run ! grep '^qvmail_master_heartbeat' "$BATS_TEST_TMPDIR/dead"
}

@test "status: --textfile replaces its file whole, for all to read" {
	file=$BATS_TEST_TMPDIR/collector/qvmail.prom
	exits 100 qv-status --textfile "$file"
	mkdir "${file%/*}"
	(umask 077 && echo old >"$file")
	before=$(stat -c %i "$file")
	exits 0 qv-status --textfile "$file"
	[ -z "$output" ]
	[ "$(stat -c '%a %i' "$file" | grep -c " $before")" = 0 ]
	[ "$(stat -c %a "$file")" = 644 ]
	diff <(grep -v oldest "$file") <(qv-status --prometheus | grep -v oldest)
	(cd "${file%/*}" && exits 0 qv-status --textfile two.prom)
	[ "$(ls -A "${file%/*}")" = "qvmail.prom
two.prom" ]
	exits 0 qv-status -n --textfile "${file%/*}/three.prom"
	[ "$output" = "write ${file%/*}/three.prom" ] && [ ! -e "${file%/*}/three.prom" ]
	exits 100 qv-status -j --textfile "$file"
	exits 100 qv-status --textfile -j
}

@test "status: --textfile keeps the old file when the new one cannot be written" {
	[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip "needs a mount namespace of its own"
	mkdir "$BATS_TEST_TMPDIR/small"
	exits 0 unshare -m sh -c 'mount -t tmpfs -o size=8k none "$1" && echo old >"$1/q.prom" && head -c 4000 /dev/zero >"$1/full"
		qv-status --textfile "$1/q.prom"; echo "$? $(cat "$1/q.prom") $(ls -A "$1" | tr "\n" " ")"' sh "$BATS_TEST_TMPDIR/small"
	[[ "${lines[0]}" == "qv-status: fatal: unable to write a new "*"No space left on device" ]]
	[ "${lines[1]}" = "111 old full q.prom " ]
}

# asks CODE LINE OPTIONS...: Nagios' plugin exits so and prints one line that begins so, with numbers behind it
asks() {
	local code=$1 line=$2
	shift 2
	exits "$code" qv-status --nagios "$@"
	[ "${#lines[@]}" = 1 ] && [[ "$output" == "QVMAIL $line"*" | oldest="*s\;*" most="*" waiting="*" bytes="*"B"* ]] || {
		echo "$output"
		return 1
	}
}

@test "status: --nagios without waiting mail is OK, whatever the last attempt said" {
	asks 0 "OK - 0 messages wait for 1 host"
	was 0 3 2000 "deferred: connection refused"
	printf 'wants it wants TLS\nwanted 7\nbraked 7\n' >>"$DIR/.qv-status"
	asks 0 "OK - 0 messages wait for 1 host" -w 0 -c 0
	asks 0 "OK - 0 messages wait for 1 host" -w 0,0 -c 0,0
	qv-domain del some.example.com --purge
	asks 0 "OK - 0 messages wait for 0 hosts" -w 0 -c 0
}

@test "status: --nagios judges each host by the age of its oldest message, then by how many wait" {
	qv-domain add dialup other.example.com
	WHEN=$((EPOCHSECONDS - 7300)) leave some.example.com a
	for i in 1 2 3; do WHEN=$((EPOCHSECONDS - 65)) leave other.example.com "m$i"; done
	asks 0 "OK - 4 messages wait for 2 hosts, oldest 2h"
	asks 1 "WARNING - some.example.com: 1 message waits, oldest 2h" -w 2h
	asks 2 "CRITICAL - some.example.com: 1 message waits, oldest 2h" -w 1h -c 120m
	asks 2 "CRITICAL - some.example.com: 1 message waits, oldest 2h; 1 more host" -w 5 -c 7000
	asks 1 "WARNING - other.example.com: 3 messages wait, oldest 1m" -w 1d,2
	asks 2 "CRITICAL - other.example.com: 3 messages wait, oldest 1m" -w 1d,1 -c 2d,2
	asks 2 "CRITICAL - other.example.com: 3 messages wait, oldest 1m; 1 more host" -w 1h -c 2d,2
	asks 0 "OK - " -w 1d,3 -c 2d,3
	asks 0 "OK - 3 messages wait for 1 host, oldest 1m" -w 2h other.example.com
	[[ "$output" == *"oldest="[0-9]*"s;7200;86400;0 most=3;;;0 waiting=3;;;0 bytes="*"B;;;0 hosts=1;;;0 delivered=0c deferred=0c bounced=0c" ]]
	echo 3600 >"$C/qv-warn"
	asks 1 "WARNING - some.example.com: "
	asks 2 "CRITICAL - some.example.com: " -c 2h
}

@test "status: --nagios warns of a server that takes no mail as it is sent, with its words, which end nothing" {
	leave some.example.com x
	was 0 1 2000 "deferred: not now"
	asks 0 "OK - "
	printf 'wants 530 | a=1;2 <b> $(id) `id` it wants TLS\nwanted 7\n' >>"$DIR/.qv-status"
	asks 1 'WARNING - some.example.com: 1 message waits, oldest 16m: 530 ? a=1;2 ?b? ?(id) ?id? it wants TLS'
}

@test "status: -w and -c are for --nagios, but -w SECONDS is as good here as with other applets" {
	exits 0 qv-status -w 5
	exits 100 qv-status -w x
	exits 100 qv-status -c 5
}

@test "status: --nagios that cannot tell is UNKNOWN, and says why on standard output" {
	for wrong in "-w x" "-w 5w" "-c 4h," "-c ,4" "-w 99999999999" "-w 40000d" "other.example.com" "-j" "--html" "--watch 5" "a b" "--bad"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr qv-status --nagios $wrong
		[ "$status" = 3 ] && [ "${#lines[@]}" = 1 ] && [[ "$output" == "QVMAIL UNKNOWN - "* ]] && [ -z "$stderr" ] || {
			echo "$wrong: $status $output"
			return 1
		}
	done
	rm -rf "$DIR/Maildir/new"
	ln -s /nowhere "$DIR/Maildir/new"
	run --separate-stderr qv-status --nagios
	[ "$status" = 3 ] && [[ "$output" == "QVMAIL UNKNOWN - "*"Maildir/new"* ]]
	# it hides nothing
	qv-domain add dialup other.example.com
	leave other.example.com x
	run --separate-stderr qv-status --nagios -w 0
	[ "$status" = 1 ] && [[ "$output" == "QVMAIL WARNING - other.example.com"* ]]
}

@test "status: --nagios: CRITICAL never comes before WARNING" {
	qv-domain add dialup other.example.com
	WHEN=$((EPOCHSECONDS - 200000)) leave other.example.com x
	run --separate-stderr qv-status --nagios -w 2d
	[ "$status" = 1 ] && [[ "$output" == *";172800;1036800;0 "* ]]
	for wrong in "-w 1h -c 5m" "-w 1h,200 -c 1d,100"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr qv-status --nagios $wrong
		[ "$status" = 3 ] && [[ "$output" == "QVMAIL UNKNOWN - -w "*" has a limit above that of -c "* ]] || { echo "$wrong: $output"; return 1; }
	done
	for right in "-w 1h,200 -c 1d" "-w 1h -c 1h,100" "-w 1h,200 -c 1h,200"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr qv-status --nagios $right
		[ "$status" = 2 ] || { echo "$right: $output"; return 1; }
	done
}

@test "status: a host that cannot be looked at is on the page and among the metrics" {
	qv-domain add dialup other.example.com
	rm -rf "$DIR/Maildir/new"
	ln -s /nowhere "$DIR/Maildir/new"
	run --separate-stderr qv-status --prometheus
	[ "$status" = 100 ]
	grep -qx 'qvmail_unreadable{host="some.example.com"} 1' <<<"$output"
	grep -qx 'qvmail_unreadable{host="other.example.com"} 0' <<<"$output"
	run --separate-stderr qv-status --html
	[ "$status" = 100 ]
	page <<<"$output" >"$BATS_TEST_TMPDIR/text"
	grep -F "Need attention|1|" "$BATS_TEST_TMPDIR/text"
	grep -F "some.example.com|?|?|?|?|?|unable to " "$BATS_TEST_TMPDIR/text"
	run env REQUEST_METHOD=GET "$BIN/qv-status" --cgi
	[[ "$output" == *"1 of 2 need attention"* ]]
}

# page: what a browser would make of the page: "TAG ATTRIBUTE=VALUE" for each that could do harm, the text of cells
page() {
	/usr/bin/python3 -c '
import html.parser, sys
class Page(html.parser.HTMLParser):
    tags, text, within = set(), "", None
    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.within = tag
        for key, value in attrs:
            assert not key.startswith("on") and key not in ("src", "style") and (key != "href" or value == "data:,"), (tag, attrs)
    def handle_data(self, data):
        if self.within != "style":
            self.text += data + "|"
page = Page(convert_charrefs=True)
data = sys.stdin.buffer.read()
assert all(c in b"\n" or 32 <= c < 127 for c in data)
page.feed(data.decode())
known = set("html head meta link style title body main h1 p dl div dt dd figure svg path figcaption i details summary table thead tbody tr th td small".split())
assert page.tags <= known, page.tags - known
print(page.text)
'
}

@test "status: --html says what the table says, and the last day" {
	was 5 0 2000 ok
	ran "0 5 2 1 700" "2 40 0 0 1000" "30 7 7 7 7"
	WHEN=$((EPOCHSECONDS - 7300)) leave some.example.com old
	qv-domain add dialup idle.example.com
	qv-domain pause idle.example.com
	qv-status --html | page >"$BATS_TEST_TMPDIR/text"
	for text in "0 of 2 need attention" "some.example.com" "2h" "ok; grouped; 2.5 messages and 750000 bytes a second" "45 delivered, 2 deferred, 1 bounced" \
		"at most 40 in an hour" "All others: 2" "idle.example.com" "paused"; do
		grep -qF "$text" "$BATS_TEST_TMPDIR/text" || { echo "no $text"; cat "$BATS_TEST_TMPDIR/text"; return 1; }
	done
	echo "wanted 7" >>"$DIR/.qv-status"
	qv-status --html | page | grep -qF "Need attention: 1"
	qv-status --html idle.example.com | page >"$BATS_TEST_TMPDIR/text"
	run ! grep some.example.com "$BATS_TEST_TMPDIR/text"
}

@test "status: --html: names and replies of others are text there" {
	evil='</td></table><script>alert(1)</script><img src=x onerror=alert(1)>" onload="alert(1) &lt;b&gt; '"'"'>'
	printf 'time 7\nresult %s\nmode grouped\nwants %s\xff\x9b\x1b[31m\nwanted 7\nlimit x\nreason %s\n' "$evil" "$evil" "$evil" >"$DIR/.qv-status"
	leave some.example.com x
	cp -r "$DIR" "$ROOT/home/serialmail/"$'"><script>alert(1)<\xff\n>'
	cp -r "$DIR" "$ROOT/home/serialmail/<!--"
	cp -r "$DIR" "$ROOT/home/serialmail/' onclick='x"
	printf '7 7 etrn - - %s\n' "$evil" >"$DIR/.qv-call"
	qv-status --html | page >"$BATS_TEST_TMPDIR/text"
	grep -qF 'alert(1)</script><img src=x onerror=alert(1)>" onload="alert(1) &lt;b&gt;' "$BATS_TEST_TMPDIR/text"
	grep -qF '"><script>alert(1)<??>' "$BATS_TEST_TMPDIR/text"
	grep -qF "Need attention: 4" "$BATS_TEST_TMPDIR/text"
}

@test "status: --cgi is that page with its head, only for GET and HEAD, and an error is one there" {
	qv-status --cgi >"$BATS_TEST_TMPDIR/answer"
	sed '/^\r$/q' "$BATS_TEST_TMPDIR/answer" | tr -d '\r' >"$BATS_TEST_TMPDIR/head"
	grep -qx "Status: 200 OK" "$BATS_TEST_TMPDIR/head"
	grep -qx "Content-Type: text/html; charset=utf-8" "$BATS_TEST_TMPDIR/head"
	grep -qx "Cache-Control: no-store" "$BATS_TEST_TMPDIR/head"
	grep -q "^Content-Security-Policy: default-src 'none';" "$BATS_TEST_TMPDIR/head"
	sed '1,/^\r$/d' "$BATS_TEST_TMPDIR/answer" | page | grep -qF some.example.com
	REQUEST_METHOD=GET qv-status --cgi | grep -q 'some.example.com'
	REQUEST_METHOD=POST qv-status --cgi >"$BATS_TEST_TMPDIR/answer"
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/answer")" = $'Status: 405 Method Not Allowed\r' ]
	run ! grep some.example.com "$BATS_TEST_TMPDIR/answer"
	run -100 --separate-stderr qv-status --cgi other.example.com
	[ "${lines[0]}" = $'Status: 500 Internal Server Error\r' ] && [[ "$output" != *other* ]] && [[ "$stderr" == *"not a dial-up host"* ]]
	before=$(tree)
	qv-status --cgi >/dev/null
	diff <(echo "$before") <(tree)
}

# on_terminal WIDTH COMMAND...: what a terminal that wide is sent
on_terminal() {
	/usr/bin/python3 -c '
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 25, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
os.waitpid(pid, 0)
' "$@" 3>&-
}

@test "status: on a terminal what needs attention has a colour, and where there is room the last day a bar" {
	leave some.example.com x
	was 0 1 2000 "deferred: not now"
	ran "1 7 0 0 100" "12 1 0 0 100" "23 14 0 0 100"
	export TERM=xterm
	unset NO_COLOR
	on_terminal 132 qv-status >"$BATS_TEST_TMPDIR/wide"
	grep -qF $'\033[33msome.example.com' "$BATS_TEST_TMPDIR/wide"
	grep -qF '  #    .     =  deferred: not now' "$BATS_TEST_TMPDIR/wide" || { cat "$BATS_TEST_TMPDIR/wide"; return 1; }
	echo "wanted 7" >>"$DIR/.qv-status"
	on_terminal 80 qv-status >"$BATS_TEST_TMPDIR/narrow"
	grep -qF $'\033[31msome.example.com' "$BATS_TEST_TMPDIR/narrow"
	run ! grep -F 'LAST DAY' "$BATS_TEST_TMPDIR/narrow"
	NO_COLOR=1 on_terminal 80 qv-status >"$BATS_TEST_TMPDIR/plain"
	diff <(qv-status | sed 's/[0-9]*[ms]//g') <(tr -d '\r' <"$BATS_TEST_TMPDIR/plain" | sed 's/[0-9]*[ms]//g')
	TERM=dumb on_terminal 80 qv-status >>"$BATS_TEST_TMPDIR/plain"
	run ! grep -c $'\033' "$BATS_TEST_TMPDIR/plain"
}

@test "status: the terminal is not sent what a name or a reply would tell it" {
	printf 'time 7\nresult 550 \033]0;owned\a\nmode grouped\n' >"$DIR/.qv-status"
	mv "$DIR" "${DIR%/*}"/$'a\033[2Jb'
	exits 0 qv-status
	[[ "$output" != *$'\033'* ]] && [[ "$output" != *$'\a'* ]]
}

@test "status: --watch shows it again and again" {
	mkfifo "$BATS_TEST_TMPDIR/shown"
	qv-status --watch 1 >"$BATS_TEST_TMPDIR/shown" 3>&- &
	watcher=$!
	exec 8<"$BATS_TEST_TMPDIR/shown"
	for _ in 1 2; do
		read -r -u 8 line && [[ "$line" == HOST* ]]
		read -r -u 8 line && [[ "$line" == some.example.com* ]]
	done
	kill $watcher
	wait $watcher || true
	exits 100 qv-status --watch 0
	exits 100 qv-status --watch 5 --cgi
}
