#!/usr/bin/env bats
# What a power cut may repeat, and that it loses nothing: which calls come before which, as strace(1) sees them.

load helper
load mail
load serial

setup() {
	native strace
	fresh_root
	fake_queue
	TRACE=$BATS_TEST_TMPDIR/trace
}

# many N: so many messages wait for some.example.com
many() {
	rm -f "$NEW"/*
	"$TESTBIN/leave" "$NEW" some.example.com "$1" 200
	[ "$EUID" != 0 ] || chown -R "$POPUID:$POPGID" "$NEW"
}

# removals CALLS COMMAND...: MOST MS SYNCS REMOVALS, as tests/power/unsynced counts them in $WHERE
removals() {
	traced -f -qq -y -xx -ttt -o "$TRACE" -e trace=unlinkat,unlink,fsync,syncfs,pipe2 "$@" >/dev/null 2>&1
	# shellcheck disable=SC2034 # MS is looked at by few
	read -r MOST MS SYNCS REMOVALS < <("$BATS_TEST_DIRNAME/power/unsynced" "$TRACE" "$WHERE")
	echo "at most $MOST not synced, for $MS ms; $SYNCS syncs, $REMOVALS removals"
}

@test "power: at full stream no more removals wait for their sync than the window has messages" {
	serve --chunking --sum
	dialup some.example.com "$PORT"
	WHERE=$NEW
	many 1500
	removals qv-flush -q "$D"
	[ "$REMOVALS" = 1500 ]
	[ "$MOST" -le 256 ]
	[ "$MS" != never ]
	many 300
	removals qv-flush -q -W 20 "$D"
	[ "$REMOVALS" = 300 ]
	[ "$MOST" -le 20 ]
	[ "$MS" != never ]
	many 300
	removals qv-flush -q -P 4 -W 20 "$D"
	[ "$REMOVALS" = 300 ]
	[ "$MOST" -le 20 ]
	[ "$MS" != never ]
}

# 25 messages, one in each tenth of a second
@test "power: a removal is synced soon though another one comes before each second is over" {
	delays=()
	for n in $(seq 25); do delays+=(--delay "end:$n=100"); done
	serve --no-pipelining "${delays[@]}"
	dialup some.example.com "$PORT"
	WHERE=$NEW
	many 25
	removals qv-flush -q "$D"
	[ "$REMOVALS" = 25 ]
	[ "$SYNCS" -ge 3 ]
	[ "$MOST" -le 15 ]
}

@test "power: removals that cannot be synced are told of once, are no success, and end the run" {
	serve --chunking --sum
	dialup some.example.com "$PORT"
	many 1500
	exits 111 traced -f -qq -o /dev/null -P "$NEW" -e trace=fsync -e inject=fsync:error=EIO qv-flush -q "$D"
	[ "$(grep -c 'unable to sync Maildir/new: I/O error' <<<"$output")" = 1 ]
	[[ "$output" == *"qv-flush: warning: $D: delivered messages may be delivered again after a power cut: unable to sync"* ]]
	grep -qx 'result delivered messages may be delivered again: Maildir/new cannot be synced' "$DIR/.qv-status"
	[ "$(left)" -gt 0 ]
	# a single failure, then success: it did not happen
	many 1
	exits 111 traced -f -qq -o /dev/null -P "$NEW" -e trace=fsync -e inject=fsync:error=EIO:when=1 qv-flush -q "$D"
	[ "$(left)" = 0 ]
	many 1
	exits 0 traced -f -qq -o /dev/null -P "$NEW" -e trace=fsync -e inject=fsync:error=EINVAL qv-flush -q "$D"
}

@test "power: without processes that remove, what was removed is synced all the same" {
	serve
	dialup some.example.com "$PORT"
	WHERE=$NEW
	for n in $(seq 9); do leave some.example.com "m$n"; done
	removals -e inject=pipe2:error=EMFILE qv-flush "$D"
	grep -q INJECTED "$TRACE"
	[ "$(left)" = 0 ]
	[ "$REMOVALS" = 9 ]
	[ "$MS" != never ]
}

# bounced DIR [DELIVERED]: never is more removed than was delivered, or bounced before a syncfs(). Prints how many of these, and
# how many bounces.
bounced() {
	python3 - "$BATS_TEST_DIRNAME/power" "$TRACE" "$1" "${2-0}" <<-'END'
		import sys
		sys.dont_write_bytecode = True
		sys.path.insert(0, sys.argv[1])
		import calls
		queued, safe, syncs, bad, gone, delivered = 0, 0, 0, 0, 0, int(sys.argv[4])
		for c in calls.read(sys.argv[2]):
		    if c.name == "execve" and c.ret == 0 and c.args[0].endswith(b"/bin/qmail-queue"):
		        queued += 1
		    if c.name == "syncfs" and c.ret == 0:
		        safe, syncs = queued, syncs + 1
		    if c.name in ("unlinkat", "unlink") and c.ret == 0 and sys.argv[3].encode() in (c.fd(0) or c.args[0]):
		        gone += 1
		        bad += gone > safe + delivered
		print(syncs, gone - delivered)
		sys.exit(bad > 0)
	END
}

@test "power: a bounced message is removed only when its bounce is on the disk, wherever that is" {
	refuses=()
	for n in $(seq 10 29); do refuses+=(--reply "rcpt:$n=550 5.1.1 no such user"); done
	serve --chunking "${refuses[@]}"
	dialup some.example.com "$PORT"
	mkdir -p "$ROOT/var/qmail/queue"
	many 29
	traced -f -qq -y -xx -o "$TRACE" -e trace=execve,unlinkat,syncfs qv-flush -q "$D"
	run bounced Maildir/new 9
	echo "$output"
	[ "$status" = 0 ]
	[ "${output#* }" = 20 ]
	[ "${output% *}" -lt 20 ]
	serve --reply rcpt='550 5.1.1 no such user'
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	many 3
	exits 111 traced -f -qq -o /dev/null -e trace=syncfs -e inject=syncfs:error=EIO qv-flush -q "$D"
	[ "$(left)" = 3 ]
	[[ "$output" == *": deferred: its bounce is queued, and may be sent twice: unable to sync $ROOT/var/qmail/queue: I/O error"* ]]
	grep -qx 'bounced 0' "$DIR/.qv-status"
	# a queue that is closed to popusr
	rmdir "$ROOT/var/qmail/queue"
	exits 0 traced -f -qq -o "$TRACE" -e trace=sync qv-flush -q "$D"
	grep -q 'sync()' "$TRACE"
	[ "$(left)" = 0 ]
}

@test "power: a note of a refusal that was cut does not spoil the next one" {
	serve --reply rcpt='550 5.1.1 no such user'
	dialup some.example.com "$PORT"
	printf '1700000000 jo' >"$DIR/.qv-refused"
	chown "$POPUID" "$DIR/.qv-refused"
	leave some.example.com ann
	exits 0 qv-flush "$D"
	[ "$(sed 's/^[0-9]* //' "$DIR/.qv-refused")" = "jo"$'\n'"ann 550 5.1.1 no such user" ]
}

@test "power: maildirserial syncs what it removed, and a bounce before that" {
	box
	mkdir -p "$ROOT/var/qmail/queue"
	letter new/a 100
	letter new/b 90
	letter cur/c 80
	client=(sh -c 'cat >/dev/null; printf "new/a\0Kyes\nnew/b\0Dno\ncur/c\0Kyes\n"')
	traced -f -qq -y -xx -ttt -o "$TRACE" -e trace=execve,unlinkat,fsync,syncfs maildirserial -b "$BOX" p- "${client[@]}"
	[ "$(in_box)" = "" ]
	for part in new cur; do
		run "$BATS_TEST_DIRNAME/power/unsynced" "$TRACE" "$BOX/$part"
		[[ "$output" != *never* ]]
	done
	letter new/b 90
	client=(sh -c 'cat >/dev/null; printf "new/b\0Dno\n"')
	traced -f -qq -y -xx -o "$TRACE" -e trace=execve,unlinkat,syncfs maildirserial -b "$BOX" p- "${client[@]}"
	run bounced box/new
	[ "$status" = 0 ]
	letter new/b 90
	exits 111 traced -f -qq -o /dev/null -e trace=syncfs -e inject=syncfs:error=EIO maildirserial -b "$BOX" p- "${client[@]}"
	[[ "$output" == *"maildirserial: warning: new/b has been bounced, and will be bounced twice: unable to sync "*"/var/qmail/queue: "* ]]
	[ "$(in_box)" = new/b ]
	client=(sh -c 'cat >/dev/null; printf "new/b\0Kyes\n"')
	exits 111 traced -f -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO maildirserial "$BOX" p- "${client[@]}"
	[[ "$output" == *"messages may be delivered again after a power cut: unable to sync \$MAILDIR/new: "* ]]
	[ "$(in_box)" = "" ]
}

# a_slice PROOF: nothing is violated in the states, or at the cuts, that are taken at random
a_slice() {
	export PYTHONDONTWRITEBYTECODE=1
	run "$BATS_TEST_DIRNAME/prove/$1" slice
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *$'\t0'* ]]
	run ! grep -E $'\t[0-9]+\t[1-9]' <<<"$output"
}

@test "power: a cut at any moment leaves what is accepted deliverable, each file old or new, and each message somewhere" {
	a_slice power
}

@test "power: without any one of the syncs some state breaks" {
	a_slice power-syncs
}

@test "power: real file systems that lose their power lose no mail and no command that had ended" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	a_slice cut
	[[ $output != *"skipped: "* ]] || skip "$(sed -n 's/.*: skipped: //p' <<<"$output" | sort -u | head -n 1)"
}

@test "power: what was delivered does not stay while the next connection is waited for" {
	python3 "$BATS_TEST_DIRNAME/power/away.py" 10 "$BATS_TEST_TMPDIR/taken" >"$BATS_TEST_TMPDIR/port" 3>&- &
	SERVER=$!
	until read -r PORT <"$BATS_TEST_TMPDIR/port"; do sleep 0.02; done
	dialup some.example.com "$PORT"
	many 14
	"$QVMAIL" flush "$D" >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
	FLUSH=$!
	for _ in $(seq 150); do
		[ "$(wc -l <"$BATS_TEST_TMPDIR/taken")" != 10 ] || [ "$(left)" != 4 ] || break
		sleep 0.02
	done
	left=$(left)
	kill -0 "$FLUSH" # it waits
	pkill -KILL -P "$FLUSH" || true
	kill -KILL "$FLUSH" "$SERVER"
	cat "$BATS_TEST_TMPDIR/said"
	[ "$left" = 4 ]
}
