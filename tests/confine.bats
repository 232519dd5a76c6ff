#!/usr/bin/env bats
# Who speaks to the network has a fence round him: a message, a reply or a caller that takes him over can open nothing.

load helper
load mail

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root: it delivers as another user"
	is_static || skip "a build with glibc has only the first layer"
	grep -q '^Seccomp:' /proc/self/status || skip "this kernel has no seccomp"
	LANDLOCK=$(python3 -c 'import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))')
	[ "$LANDLOCK" -ge 1 ] || skip "this kernel has no Landlock"
	fresh_root
	fake_queue
	SERVER='' LISTENER=''
	dialup some.example.com 1
	dialup other.example.com 1 2>/dev/null
	leave other.example.com o1
	DIR=$ROOT/home/serialmail/some.example.com D=/home/serialmail/some.example.com NEW=$DIR/Maildir/new
}

teardown() {
	end_child "$LISTENER"
	[ -z "$SERVER" ] || stop_server
}

# talkers: the processes of $FLUSH that have a network connection
talkers() {
	local pid socket worker
	worker=$(pgrep -P "$FLUSH" | paste -sd,)
	for pid in ${worker//,/ } $(pgrep -P "${worker:-0}"); do
		for socket in $(find "/proc/$pid/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n'); do
			awk -v inode="$socket" '$10 == inode { found = 1 } END { exit !found }' "/proc/$pid/net/tcp" && echo "$pid"
		done
	done | sort -u
}

somebody_talks() { [ -n "$(talkers)" ]; }

# taken_over COMMAND...: by the build that is taken over by what it reads, with files that are not its own
taken_over() {
	local taken=$OBJECTS/taken
	[ -x "$taken" ]
	ln -sf "$taken" "$BATS_TEST_TMPDIR/$1"
	TAKEN_FILES="$ROOT/home/serialmail/other.example.com/Maildir/new/o1 $DIR/RELAYHOST $DIR/Maildir/tmp/new $NEW/made $ROOT/etc/passwd" \
		TAKEN_PORT=$ELSEWHERE QVMAIL=$taken "$BATS_TEST_TMPDIR/$1" --root "$ROOT" "${@:2}"
}

# elsewhere: another server on loopback; $ELSEWHERE is its port; "" where Landlock knows none yet
elsewhere() {
	serve
	ELSEWHERE=$PORT OTHER=$SERVER
	[ "$LANDLOCK" -ge 4 ] || ELSEWHERE=''
}

# confined FILE: it was taken over, and could do nothing
confined() {
	cat "$1"
	grep -q '^taken: tried [0-9][0-9]* things$' "$1"
	run ! grep '^taken: allowed' "$1"
}

@test "confine: a message that takes over the one who sends it can open nothing, and leaves as any other" {
	native seccomp
	elsewhere
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	printf 'Subject: take over\n\n' >"$BATS_TEST_TMPDIR/body"
	leave some.example.com m1 a@b.test "$BATS_TEST_TMPDIR/body"
	taken_over qv-flush "$D" 2>"$BATS_TEST_TMPDIR/said"
	confined "$BATS_TEST_TMPDIR/said"
	[ "$(accepted)" = 1 ]
	[ "$(left)" = 0 ]
	kill "$OTHER"
}

@test "confine: ... nor one who lists what waits, or gives up what is too old" {
	native seccomp
	elsewhere
	printf 'Subject: take over\n\n' >"$BATS_TEST_TMPDIR/body"
	leave some.example.com m1 a@b.test "$BATS_TEST_TMPDIR/body"
	taken_over qv-flush -o "$D" 2>"$BATS_TEST_TMPDIR/said"
	confined "$BATS_TEST_TMPDIR/said"
	taken_over qv-flush -t 0 "$D" 2>"$BATS_TEST_TMPDIR/said"
	confined "$BATS_TEST_TMPDIR/said"
	grep -q 'm1: bounced: unable to connect' "$BATS_TEST_TMPDIR/said"
	[ "$(left)" = 0 ]
}

@test "confine: a reply that takes over the session can open nothing, on one of several connections either" {
	native seccomp
	elsewhere
	serve --reply 'mail:1=250 2.1.0 take over'
	echo "localhost:$PORT" >"$DIR/RELAYHOST"
	export TAKEN_NAMES=1
	for i in 1 2 3; do leave some.example.com "m$i"; done
	taken_over qv-flush "$D" 2>"$BATS_TEST_TMPDIR/said"
	confined "$BATS_TEST_TMPDIR/said"
	for i in 1 2 3; do leave some.example.com "m$i"; done
	kill "$SERVER"
	serve --reply 'mail:1=250 2.1.0 take over'
	echo "localhost:$PORT" >"$DIR/RELAYHOST"
	taken_over qv-flush -P 2 "$D" 2>"$BATS_TEST_TMPDIR/said"
	confined "$BATS_TEST_TMPDIR/said"
	[ "$(left)" = 0 ]
	kill "$OTHER"
}

@test "confine: a caller whose connection was turned can open nothing, and connect to nobody" {
	native seccomp
	elsewhere
	serve --reply 'mail:2=250 2.1.0 take over'
	ln -sf "$OBJECTS/taken" "$BATS_TEST_TMPDIR/qv-trigger"
	for host in some third; do
		[ "$host" = some ] || dialup "$host.example.com" 1 2>/dev/null
		qv-domain trigger "$host.example.com" --user joe --secret-fd 3 3<<<geheim
		for i in 1 2 3; do leave "$host.example.com" "m$i"; done
	done
	TAKEN_FILES="$ROOT/home/serialmail/other.example.com/Maildir/new/o1 $DIR/RELAYHOST $ROOT/var/qmail/users/qv-trigger" TAKEN_PORT=$ELSEWHERE \
		tcpserver -1RHl0 127.0.0.1 0 "$BATS_TEST_TMPDIR/qv-trigger" odmr >"$BATS_TEST_TMPDIR/call" 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	LISTENER=$!
	until_true test -s "$BATS_TEST_TMPDIR/call"
	timeout 60 "$BATS_TEST_DIRNAME/odd/caller.py" "$(cat "$BATS_TEST_TMPDIR/call")" "cram joe geheim" ATRN "turn $PORT"
	until_true grep -q "third.example.com: 3 delivered, 0 deferred" "$BATS_TEST_TMPDIR/said"
	confined "$BATS_TEST_TMPDIR/said"
	kill "$OTHER"
}

# has_secrets PID: a user's secret is somewhere in its memory
has_secrets() {
	local from to rest
	while IFS='- ' read -r from to rest; do
		[[ "$rest" != *"[v"* ]] || continue
		dd if="/proc/$1/mem" bs=4096 skip=$((16#$from / 4096)) count=$(((16#$to - 16#$from) / 4096)) 2>/dev/null
	done <"/proc/$1/maps" | grep -qaF "$SECRET"
}

@test "confine: ... nor does he find the secrets of others in memory" {
	native memory
	serve --hang mail
	qv-domain trigger some.example.com --user joe --secret-fd 3 3<<<geheim
	leave some.example.com m1
	SECRET=$(grep -oE '[0-9a-f]{32}' "$ROOT/var/qmail/users/qv-trigger" | head -1)
	[ -n "$SECRET" ]
	tcpserver -1RHl0 127.0.0.1 0 "$QVMAIL" trigger odmr >"$BATS_TEST_TMPDIR/call" 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	LISTENER=$!
	until_true test -s "$BATS_TEST_TMPDIR/call"
	timeout 60 "$BATS_TEST_DIRNAME/odd/caller.py" "$(cat "$BATS_TEST_TMPDIR/call")" "cram joe geheim" ATRN "turn $PORT" 3>&- &
	CALLER=$!
	until_true grep -q "turned for 1 host" "$BATS_TEST_TMPDIR/said"
	FLUSH=$(pgrep -P "$LISTENER")
	until_true pgrep -P "$FLUSH" >"$BATS_TEST_TMPDIR/worker"
	worker=$(cat "$BATS_TEST_TMPDIR/worker")
	for pid in $worker $(pgrep -P "$worker"); do
		has_secrets "$pid" && found=$pid
	done
	kill "$CALLER" "$FLUSH"
	[ -z "${found-}" ]
}

@test "confine: nonsense for the processes beside it makes none of them crash, and no bounce is lost unsaid" {
	serve --no-pipelining --reply 'rcpt:1=550 5.1.1 no such user' --reply 'rcpt:3=550 5.1.1 take over'
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	mv "$ROOT/var/qmail/bin/qmail-queue" "$ROOT/var/qmail/bin/slow"
	printf '#!/bin/sh\nsleep 1\nexec "%s"\n' "$ROOT/var/qmail/bin/slow" >"$ROOT/var/qmail/bin/qmail-queue"
	chmod 755 "$ROOT/var/qmail/bin/qmail-queue"
	leave some.example.com m1
	leave some.example.com m2
	leave some.example.com m3
	ln -sf "$OBJECTS/taken" "$BATS_TEST_TMPDIR/qv-flush"
	run -111 env TAKEN_PIPES=1 strace -f -qq -o "$BATS_TEST_TMPDIR/signals" -e trace=none -e signal=SEGV,BUS \
		"$BATS_TEST_TMPDIR/qv-flush" --root "$ROOT" -W 2 "$D" 3>&- # so few that there is a process that removes
	echo "$output"
	[[ "$output" == *"taken: tried 2 things"* ]]
	[[ "$output" == *"m1: bounced: 550"* ]]
	[[ "$output" == *"m2: delivered: "* ]]
	[[ "$output" == *"m3: deferred: "* ]]
	[[ "$output" == *"1 delivered, 1 deferred, 1 bounced; 1 left"* ]]
	[ "$(left)" = 1 ]
	[ ! -s "$BATS_TEST_TMPDIR/signals" ]
}

@test "confine: what /proc says of who talks, and of who hands over bounces" {
	native seccomp
	serve --hang ehlo
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com m1
	for options in "" "-P 2"; do
		leave some.example.com m2
		# shellcheck disable=SC2086 # two words
		"$BIN/qv-flush" $options "$D" 2>"$BATS_TEST_TMPDIR/said" &
		FLUSH=$!
		until_true somebody_talks
		for pid in $(talkers); do
			grep -E '^(Uid|NoNewPrivs|Seccomp):' "/proc/$pid/status"
			grep -q "^Uid:	$POPUID	$POPUID	$POPUID	$POPUID" "/proc/$pid/status"
			grep -q '^NoNewPrivs:	1' "/proc/$pid/status"
			grep -q '^Seccomp:	2' "/proc/$pid/status"
		done
		[ -n "$(talkers)" ]
		kill "$FLUSH"
		wait "$FLUSH" || [ $? = 111 ]
	done
}

@test "confine: qmail-queue is setuid, and bounces reach it all the same" {
	serve --reply 'rcpt:1=550 5.1.1 no such user'
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	install -o 70001 -m 4755 "$TESTBIN/queue" "$ROOT/var/qmail/bin/qmail-queue"
	rm -rf "$ROOT/queued"
	install -d -o 70001 -m 700 "$ROOT/queued"
	leave some.example.com m1
	exits 0 qv-flush "$D"
	[[ "$output" == *"m1: bounced: 550 5.1.1 no such user"* ]]
	[ "$(stat -c %u "$ROOT"/queued/*)" = 70001 ]
	grep -q "Remote host 127.0.0.1:$PORT said: 550 5.1.1 no such user" "$ROOT"/queued/*
}

@test "confine: a name server that resolv.conf has with its interface is asked" {
	unshare -mn true || skip "needs namespaces"
	echo "mail.example.com:25" >"$DIR/RELAYHOST"
	leave some.example.com m1
	printf 'nameserver fe80::1%%lo\noptions timeout:1 attempts:1\n' >"$BATS_TEST_TMPDIR/resolv.conf"
	run -111 traced -f -qq -o "$BATS_TEST_TMPDIR/calls" -e trace=sendto unshare -mn sh -c \
		'ip link set lo up && mount --bind "$0" /etc/resolv.conf && exec "$QVMAIL" flush "$1"' "$BATS_TEST_TMPDIR/resolv.conf" "$D"
	cat "$BATS_TEST_TMPDIR/calls"
	grep -q 'htons(53).*"fe80::1"' "$BATS_TEST_TMPDIR/calls"
}

@test "confine: where a directory cannot be synced, the whole file system is" {
	printf '#!/bin/sh\nrm Maildir/new/m1\n' >"$BATS_TEST_TMPDIR/transport"
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/transport"
	leave some.example.com m1
	exits 0 traced -f -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EINVAL qv-flush -c "$BATS_TEST_TMPDIR/transport" "$D"
	[[ "$output" != *"unable to sync Maildir"* ]]
}

@test "confine: what the kernel does not have is said with -v, and mail leaves" {
	native seccomp
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com m1
	traced -f -qq -o /dev/null -e trace=landlock_create_ruleset,seccomp,prctl -e inject=landlock_create_ruleset:error=ENOSYS \
		-e inject=seccomp:error=ENOSYS -e inject=prctl:error=EINVAL "$QVMAIL" flush -v "$D" >"$BATS_TEST_TMPDIR/said" 2>&1
	cat "$BATS_TEST_TMPDIR/said"
	for layer in "no_new_privs: Invalid argument" "Landlock: Function not implemented" "seccomp: Invalid argument"; do
		[ "$(grep -cF "$D: the delivery is not confined by $layer" "$BATS_TEST_TMPDIR/said")" = 1 ]
	done
	grep -q 'm1: delivered' "$BATS_TEST_TMPDIR/said"
	leave some.example.com m2
	leave some.example.com m3
	exits 0 qv-flush -v "$D"
	[[ "$output" != *"not confined"* ]]
}

# steps < SECCOMP'S ARGUMENTS: how many pieces of the filter are looked at, at most, to learn of a call whether it is always allowed
steps() {
	python3 -c '
import re, sys
pieces = [(w, int(k.split("|")[-1], 0) if k[0].isdigit() else k, [int(x, 0) for x in skip.split(", ")[1:]]) for w, k, skip in
          re.findall(r"BPF_(?:STMT|JUMP)\(([A-Z_|]+), ([^,)]+)((?:, [^,)]+)*)\)", sys.stdin.read())]
machine, most = pieces[1][1], 0
for call in range(600):
    at = n = 0
    while True:
        what, k, skip = pieces[at]
        at, n = at + 1, n + 1
        if what.startswith("BPF_LD") and k > 4 or what.startswith("BPF_RET"):
            break
        if what.startswith("BPF_LD"):
            has = machine if k == 4 else call
        elif what.endswith("BPF_JA"):
            at += k
        else:
            at += skip[0 if (has >= k if what.endswith("BPF_JGE") else has == k) else 1]
    most = max(most, n)
print(most)'
}

# The kernel translates all of it, and asks about each call that there is, whenever a filter is installed.
@test "confine: a filter is short, and shorter for each call" {
	native strace
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	leave some.example.com m1
	strace -v -f -qq -o "$BATS_TEST_TMPDIR/filter" -e trace=seccomp "$QVMAIL" flush -q "$D"
	[ "$(grep -oE '\{len=[0-9]+' "$BATS_TEST_TMPDIR/filter" | head -n 1 | tr -dc 0-9)" -le 200 ]
	n=$(grep -F SECCOMP_SET_MODE_FILTER "$BATS_TEST_TMPDIR/filter" | head -n 1 | steps)
	echo "$n steps"
	[ "$n" -gt 5 ]
	[ "$n" -le 24 ]
}
