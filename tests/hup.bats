#!/usr/bin/env bats
# qv-hup: the qmail-send of this qmail home reads virtualdomains again, and nobody else is ever signalled.

load helper

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root: /var/qmail must be another one meanwhile"
	fresh_root
	[[ $ROOT != /var/* ]] || skip "the tests' own directory is below /var"
	Q=$ROOT/var/qmail/queue
	mkdir -p "$Q/lock"
	: >"$Q/lock/sendmutex"
	mkfifo "$Q/lock/trigger"
	# Outside --root these are looked at as they are.
	echo "$ROOT/home/popmail" >"$C/qv-popmail"
	echo "$ROOT/home/serialmail" >"$C/qv-serialmail"
	started=()
}

teardown() {
	for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
}

# here COMMAND...: where /var/qmail is $ROOT's, as on the running system.
here() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind "$0/var" /var && mount --bind "$0/etc/passwd" /etc/passwd && unset QVMAIL_ROOT &&
		exec "$@"' "$ROOT" "$@"
}

# start HOME HOW LOG: a process that is to qv-hup what qmail-send is. HOW: nolock, deaf, slow or -. $pid is its own.
start() {
	cat >"$BATS_TEST_TMPDIR/send.py" <<'END'
import fcntl, os, select, signal, sys, time

home, how, log = sys.argv[1:4]
if how != "sleep":
    open("/proc/self/comm", "w").write("qmail-send")
os.chdir(home + "/queue")
if how != "nolock":
    mutex = os.open("lock/sendmutex", os.O_WRONLY)
    fcntl.flock(mutex, fcntl.LOCK_EX | fcntl.LOCK_NB)
trigger = os.open("lock/trigger", os.O_RDWR | os.O_NONBLOCK)
out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
due = 0

def hup(number, frame):
    global due
    due += 1
    os.write(out, b"hup\n")

signal.signal(signal.SIGHUP, hup)
os.write(out, b"ready\n")
while True:
    select.select([trigger], [], [], 0.05)
    if due and how not in ("deaf", "sleep"):
        due = 0
        if how == "slow":
            time.sleep(0.6)
        for name in "locals", "virtualdomains":
            try:
                open(home + "/control/" + name).read()
            except FileNotFoundError:
                pass
        os.write(out, b"read\n")
END
	python3 "$BATS_TEST_TMPDIR/send.py" "$@" 3>&- &
	pid=$!
	started+=("$pid")
	until grep -q ready "$3" 2>/dev/null; do sleep 0.02; done
}

other_home() {
	OTHER=$BATS_TEST_TMPDIR/other
	cp -r "$ROOT/var/qmail" "$OTHER"
	start "$OTHER" - "$BATS_TEST_TMPDIR/other.log"
}

# Nobody but the one of this home.
others_are_left_alone() {
	same "$BATS_TEST_TMPDIR/other.log" $'ready\n'
}

@test "hup: the holder of sendmutex gets one HUP, and it has read its files when qv-hup ends" {
	other_home
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log"
	exits 0 here qv-hup -v
	[[ $output == *"pid $pid (holds queue/lock/sendmutex), has read its files again" ]]
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\n'
	others_are_left_alone
	exits 0 here qv-hup
	[ -z "$output" ]
}

@test "hup: waits for one that takes its time" {
	start "$ROOT/var/qmail" slow "$BATS_TEST_TMPDIR/log"
	exits 0 here qv-hup
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\n'
}

@test "hup: without virtualdomains it is enough that locals is read" {
	rm "$C/virtualdomains"
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log"
	exits 0 here qv-hup
	grep -q hup "$BATS_TEST_TMPDIR/log"
}

@test "hup: one without the lock is found by its name and its directory" {
	other_home
	start "$ROOT/var/qmail" nolock "$BATS_TEST_TMPDIR/log"
	exits 0 here qv-hup -v
	[[ $output == *"pid $pid (runs in /var/qmail/queue)"* ]]
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\n'
	others_are_left_alone
}

@test "hup: one is found by its supervise directory" {
	start "$ROOT/var/qmail" nolock "$BATS_TEST_TMPDIR/log"
	mkdir -p "$BATS_TEST_TMPDIR/service/supervise"
	python3 -c 'import struct,sys; sys.stdout.buffer.write(bytes(12) + struct.pack("<I", int(sys.argv[1])) + b"\0u")' "$pid" \
		>"$BATS_TEST_TMPDIR/service/supervise/status"
	echo "$BATS_TEST_TMPDIR/service" >"$C/qv-qmail-send"
	exits 0 here qv-hup -v
	[[ $output == *"pid $pid (named by its supervise directory)"* ]]
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\n'
}

@test "hup: none running is no error, and said" {
	other_home
	exits 0 here qv-hup
	[ "$output" = "qv-hup: no qmail-send runs on /var/qmail: no process to HUP" ]
	exits 0 here qv-hup -q
	[ -z "$output" ]
	others_are_left_alone
}

@test "hup: who merely holds the lock is never signalled" {
	start "$ROOT/var/qmail" sleep "$BATS_TEST_TMPDIR/log"
	exits 0 here qv-hup
	[[ $output == *"no qmail-send runs"* ]]
	same "$BATS_TEST_TMPDIR/log" $'ready\n'
	kill -0 "$pid"
}

UNSEEN="qv-hup: fatal: /var/qmail/queue/lock/sendmutex is locked, so qmail-send may run, but its process cannot be seen"

@test "hup: where no process can be seen, a held lock is not called no qmail-send" {
	is_static || skip "the sanitizers need /proc"
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log"
	exits 100 here unshare -m sh -c 'mount -t tmpfs none /proc && exec qv-hup'
	[[ $output == "$UNSEEN: mount /proc, or put its supervise directory into /var/qmail/control/qv-qmail-send" ]]
	[[ $(qv-hup --help | tr -s '\n' ' ') == *"queue/lock/sendmutex is held but its process cannot be seen"*"exit 100"* ]]
	exits 100 here unshare -m sh -c 'mount -t tmpfs none /proc && exec qv-domain add pop example.org ex9'
	run ! grep -q example.org "$C/rcpthosts" # not accepted before it is routed
	same "$BATS_TEST_TMPDIR/log" $'ready\n'
	kill "$pid"
	until flock -n "$Q/lock/sendmutex" true; do sleep 0.02; done
	exits 0 here unshare -m sh -c 'mount -t tmpfs none /proc && exec qv-hup'
	[[ $output == *"no qmail-send runs"* ]]
}

@test "hup: the /proc of another PID namespace, whose numbers are other processes here, shows none" {
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log"
	exits 100 here unshare -pf qv-hup
	[[ $output == "$UNSEEN"* ]]
	same "$BATS_TEST_TMPDIR/log" $'ready\n'
}

@test "hup: a status file that names somebody else's pid is not believed" {
	start "$ROOT/var/qmail" sleep "$BATS_TEST_TMPDIR/log"
	mkdir -p "$BATS_TEST_TMPDIR/service/supervise"
	python3 -c 'import struct,sys; sys.stdout.buffer.write(bytes(12) + struct.pack("<I", int(sys.argv[1])) + b"\0u")' "$pid" \
		>"$BATS_TEST_TMPDIR/service/supervise/status"
	echo "$BATS_TEST_TMPDIR/service" >"$C/qv-qmail-send"
	exits 0 here qv-hup
	same "$BATS_TEST_TMPDIR/log" $'ready\n'
}

@test "hup: under --root nobody is signalled, nor by --dry-run" {
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log"
	exits 0 qv-hup
	[[ $output == *"$ROOT is not the running system"* ]]
	exits 0 qv-domain add dialup some.example.com
	exits 0 here qv-hup --dry-run
	[ "$output" = "HUP qmail-send, pid $pid (holds queue/lock/sendmutex)" ]
	same "$BATS_TEST_TMPDIR/log" $'ready\n'
}

@test "domain add and del: qmail-send is told once, relay and backup domains need no telling" {
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log"
	exits 0 here qv-domain add dialup some.example.com
	exits 0 here qv-domain add dialup some.example.com
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\n'
	exits 0 here qv-domain add backup backup.example.org
	exits 0 here qv-domain add relay relay.example.org mail.example.org
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\n'
	exits 0 here qv-domain del some.example.com
	same "$BATS_TEST_TMPDIR/log" $'ready\nhup\nread\nhup\nread\n'
}

@test "domain add: when qmail-send does not read its files, mail is not accepted yet; run again it is" {
	before=$(cat "$C/rcpthosts")
	start "$ROOT/var/qmail" deaf "$BATS_TEST_TMPDIR/log"
	exits 111 here qv-domain add dialup some.example.com
	[ "${#lines[@]}" = 1 ]
	[[ $output == *"qmail-send (pid $pid) has not read /var/qmail/control/virtualdomains within 10 seconds"* ]]
	same "$C/rcpthosts" "$before
"
	run find "$ROOT" -name '.*.new'
	[ -z "$output" ]
	kill "$pid"
	wait "$pid" || true
	start "$ROOT/var/qmail" - "$BATS_TEST_TMPDIR/log2"
	exits 0 here qv-domain add dialup some.example.com
	same "$BATS_TEST_TMPDIR/log2" $'ready\nhup\nread\n'
	grep -qx some.example.com "$C/rcpthosts"
}

@test "hup: needs root on the running system, and no arguments" {
	chmod o+rx "$BATS_FILE_TMPDIR" "$BIN"
	exits 100 here setpriv --reuid=65534 --regid=65534 --clear-groups "$QVMAIL" qv-hup
	[[ $output == *"must be run as root"* ]]
	refuses 100 qv-hup now
	[[ $output == *usage:* ]]
}
