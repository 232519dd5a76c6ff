# Files past 2 GB and 4 GB, where 31 and 32 bits of bytes end: sparse ones.
load helper
load mail

setup() {
	fresh_root
	truncate -s 5G "$BATS_TEST_TMPDIR/sparse" 2>/dev/null || skip "no file can be that large here"
	rm "$BATS_TEST_TMPDIR/sparse"
}

teardown() {
	[ -z "$SERVER" ] || stop_server
}

# large NAME SIZE: a message of that many bytes, of which most are NUL, the oldest
large() {
	leave some.example.com "$1"
	truncate -s "$2" "$NEW/$1"
	touch -d "@$((EPOCHSECONDS - 2000))" "$NEW/$1"
}

@test "large: what waits is added up, listed and limited" {
	dialup some.example.com 1
	large a 3000000000
	large b 6000000000
	[[ "$(qv-status -j)" == *'"waiting":2,"bytes":9000000000,'* ]]
	exits 0 qv-status
	[[ ${lines[1]} =~ ^some.example.com\ +2\ +9000000000\  ]]
	qv-status --prometheus | grep -q '} 9000000000$'
	[[ "$(qv-status --nagios)" == *" bytes=9000000000B;"* ]]
}

@test "large: a quota of more than 4 GB" {
	dialup some.example.com 1
	large a 4999999999
	exits 0 qv-domain quota some.example.com 0,5000000000
	exits 111 qv-flush some.example.com
	exits 0 qv-rcpt joe@some.example.com
	truncate -s 5000000000 "$NEW/a"
	exits 111 qv-flush some.example.com
	exits 111 qv-rcpt joe@some.example.com
}

@test "large: SIZE is said whole, and its refusal is the message's own" {
	for way in --no-pipelining --no-8bitmime --chunking; do
		serve "$way" --offer SIZE --reply "mail:1=552 5.3.4 message too big" --log "$BATS_TEST_TMPDIR/heard"
		[ -e "$NEW" ] || dialup some.example.com "$PORT"
		qv-domain relayhost some.example.com "127.0.0.1:$PORT"
		rm -f "$NEW"/*
		leave some.example.com b
		large a 4294967400
		head=$(head -n 2 "$NEW/a" | wc -c)
		exits 111 qv-flush -B some.example.com
		[[ "$output" == *"new/a: "*"552 5.3.4 message too big"* ]]
		[[ "$output" == *"new/b: delivered: "* ]]
		grep -q "SIZE=$((4294967400 - head))\b" "$BATS_TEST_TMPDIR/heard"
		stop_server
	done
}
