#!/usr/bin/env bats
# Other users of the machine: what they can open they can lock, and popusr may put anything in place of what is his.

load helper
load mail

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root: other users' processes"
	fresh_root
	dialup some.example.com 1
	LOCKERS=()
}

teardown() {
	stop_server || true
	for pid in "${LOCKERS[@]}"; do kill "$pid" 2>/dev/null || true; done
}

# lock USER PATH PROGRAM: a process of this user has it locked and becomes PROGRAM, for as long as the test takes
lock() {
	rm -f "$BATS_TEST_TMPDIR/held"
	: >"$BATS_TEST_TMPDIR/held"
	chmod 666 "$BATS_TEST_TMPDIR/held"
	(exec setpriv --reuid "$1" --regid "$1" --clear-groups \
		flock -F "$2" sh -c "echo held >'$BATS_TEST_TMPDIR/held'; exec '$3' 60" 3>&-) &
	LOCKERS+=($!)
	until [ -s "$BATS_TEST_TMPDIR/held" ]; do sleep 0.01; done
}

@test "hostile: whoever locks all that he can open keeps no administrator from his work" {
	exits 0 qv-mailbox list
	mapfile -t paths < <(setpriv --reuid 65534 --regid 65534 --clear-groups find "$ROOT/var" "$ROOT/home" -readable 2>/dev/null)
	[ "${#paths[@]}" -gt 15 ]
	for path in "${paths[@]}"; do lock 65534 "$path" sleep; done
	exits 0 qv-domain add pop example.com ex1 -w 0
	exits 0 qv-newu -w 0
	exits 0 qv-domain relayhost some.example.com 127.0.0.1:2 -w 0
	exits 0 qv-check --fix -w 0
	[ ! -e "$U/qv-lock" ]
}

@test "hostile: ... nor mail from being sent, but the lock of root's or popusr's setlock does" {
	leave some.example.com 1.1.mail
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	for path in "$ROOT/var/qmail" "$C" "$U" "$ROOT/home/serialmail" "$DIR" "$DIR/RELAYHOST"; do lock 65534 "$path" sleep; done
	exits 0 qv-master
	[[ "$output" == *"RELAYHOST is locked by a process of another user (pid "*"), which does not count"* ]]
	[[ "$output" == *"new/1.1.mail: delivered"* ]]
	for user in 0 "$POPUID"; do
		leave some.example.com 1.2.mail
		lock "$user" "$DIR/RELAYHOST" sleep
		exits 0 qv-flush -v "$D"
		[[ "$output" == *"a transfer is under way"* ]]
		[ -e "$NEW/1.2.mail" ]
		kill "${LOCKERS[-1]}"
		wait "${LOCKERS[-1]}" || true
	done
}

@test "hostile: a lock that was let go of while its holder is looked for is taken" {
	leave some.example.com 1.1.mail
	lock 0 "$DIR/RELAYHOST" sleep
	traced -f -qq -o /dev/null -e inject=flock:delay_exit=1500000:when=1 "$QVMAIL" flush -v "$D" >"$BATS_TEST_TMPDIR/said" 2>&1 &
	sleep 0.5
	kill "${LOCKERS[-1]}"
	wait $! || true
	cat "$BATS_TEST_TMPDIR/said"
	grep -q "new/1.1.mail: deferred: unable to connect" "$BATS_TEST_TMPDIR/said"
	run ! grep "does not count" "$BATS_TEST_TMPDIR/said"
}

@test "hostile: a full disk keeps no master from making room" {
	leave some.example.com 1.1.mail
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	traced -f -qq -o "$BATS_TEST_TMPDIR/trace" -P "$U/qv-master" -e inject=openat:error=ENOSPC "$QVMAIL" master >"$BATS_TEST_TMPDIR/said" 2>&1
	grep -q "new/1.1.mail: delivered" "$BATS_TEST_TMPDIR/said"
}

@test "hostile: whom a set-uid program of his would hide is still another user" {
	leave some.example.com 1.1.mail
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	install -m 4755 /usr/bin/sleep "$BATS_TEST_TMPDIR/sleep"
	lock 65534 "$DIR/RELAYHOST" "$BATS_TEST_TMPDIR/sleep"
	until [ "$(readlink "/proc/${LOCKERS[-1]}/exe")" = "$BATS_TEST_TMPDIR/sleep" ]; do sleep 0.01; done
	[[ "$(grep ^Uid "/proc/${LOCKERS[-1]}/status")" == Uid:?65534?0?* ]]
	exits 0 qv-flush "$D"
	[[ "$output" == *"new/1.1.mail: delivered"* ]]
}

@test "hostile: a lock file that another user could open is closed to him, and what a killed command left is taken" {
	touch "$U/qv-lock"
	chmod 666 "$U/qv-lock"
	exits 0 qv-domain add pop example.com ex1 -w 0
	[ ! -e "$U/qv-lock" ]
	traced -f -qq -o /dev/null -e inject=fsync:signal=SIGKILL "$QVMAIL" domain add pop second.test ex2 || true
	[ "$(stat -c %a "$U/qv-lock")" = 600 ]
	exits 0 qv-domain add pop second.test ex2 -w 0
	[ ! -e "$U/qv-lock" ]
}

@test "hostile: a link, a directory or a FIFO in the lock's place is refused, and nothing waits for it" {
	ln -s /etc/passwd "$U/qv-lock"
	refuses 100 timeout 10 qv-domain add pop example.com ex1
	rm "$U/qv-lock"
	mkdir "$U/qv-lock"
	refuses 100 timeout 10 qv-domain add pop example.com ex1
}
