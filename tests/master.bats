# qv-master: the master script.
load helper
load mail

setup() {
	fresh_root
	fake_queue
	MASTER=
}

teardown() {
	end_child "$MASTER"
	[ -z "$SERVER" ] || stop_server
}

# until COMMAND...: it succeeds within five seconds
took() { [ "$(accepted)" = "$1" ]; }

# stay OPTIONS: a master in the background, $MASTER its pid
stay() {
	qv-master "$@" 3>&- >"$BATS_TEST_TMPDIR/master.log" 2>&1 &
	MASTER=$!
}

# stay_traced STRACE-OPTIONS -- OPTIONS: the same under strace(1)
stay_traced() {
	local strace=()
	while [ "$1" != -- ]; do strace+=("$1"); shift; done
	shift
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -D -qq "${strace[@]}" "$BIN/qv-master" "$@" 3>&- \
		>"$BATS_TEST_TMPDIR/master.log" 2>&1 &
	MASTER=$!
}

# watches N: that many directories are watched
watches() { [ "$(cat "/proc/$MASTER/fdinfo/"* 2>/dev/null | grep -c ^inotify)" = "$1" ]; }

# starts HOST: how many flushes of it the master (with -v) has started
starts() { grep -c "qv-master: /home/serialmail/$1: flush started" "$BATS_TEST_TMPDIR/master.log" || true; }

started() { [ "$(starts "$1")" = "$2" ]; }
is_idle() { [ -z "$(pgrep -P "$MASTER")" ]; }
said() { grep -q "$1" "$BATS_TEST_TMPDIR/master.log"; }

# beacon: mail for another host has come and gone, so whatever was told before it has been heard
beacon() {
	local before
	before=$(accepted)
	leave beacon.example.com "beacon$RANDOM"
	until_true took $((before + 1))
}

@test "master: one pass sends every customer's mail and exits" {
	serve
	for i in 1 2 3; do dialup "c$i.example.com" "$PORT"; leave "c$i.example.com" m; done
	dialup empty.example.com "$PORT"
	exits 0 qv-master -g 0
	[ "$(accepted)" = 3 ]
	[[ "$output" == *"qv-flush: /home/serialmail/c1.example.com: new/m: delivered: "* ]]
	[ ! -e "$ROOT/home/serialmail/empty.example.com/.qv-status" ]
}

@test "master: silent with -q when all went well, and when there is nothing to do" {
	serve
	exits 0 qv-master
	[ "$output" = "" ]
	dialup some.example.com "$PORT"
	exits 0 qv-master
	[ "$output" = "" ]
	leave some.example.com m
	exits 0 qv-master -q
	[ "$output" = "" ]
	[ "$(accepted)" = 1 ]
}

@test "master: paused hosts and those on demand are left out" {
	serve
	dialup paused.example.com "$PORT"
	leave paused.example.com m
	qv-domain pause paused.example.com
	qv-domain add dialup demand.example.com ex1 --on-demand --relayhost "127.0.0.1:$PORT"
	leave demand.example.com m
	exits 0 qv-master -g 0
	[ "$(accepted)" = 0 ]
	exits 0 qv-flush /home/serialmail/demand.example.com
	[ "$(accepted)" = 1 ]
}

# is_full, is_not_full: the mark that qv-rcpt asks for
is_full() { [ -e "$DIR/.qv-full" ]; }
is_not_full() { [ ! -e "$DIR/.qv-full" ]; }

@test "master: a host is full while as much mail waits as its quota allows, and qv-rcpt defers it" {
	dialup some.example.com 1
	qv-domain quota some.example.com 2
	leave some.example.com m1
	exits 0 qv-master -n
	exits 0 qv-master
	is_not_full
	exits 0 qv-rcpt joe@some.example.com
	leave some.example.com m2
	qv-domain pause some.example.com
	exits 0 qv-master -n
	is_not_full
	exits 0 qv-master
	is_full
	exits 111 qv-rcpt joe@some.example.com
	[ "$output" = "joe@some.example.com: deferred: 452 sorry, too much mail waits for this host. (#4.2.2)" ]
	touch -d '1 hour ago' "$DIR/.qv-full"
	exits 0 qv-master
	[ -z "$(find "$DIR/.qv-full" -mmin +1)" ]
	rm "$NEW/m2"
	exits 0 qv-master
	is_not_full
}

@test "master: bytes count, too, and what a flush sends makes room" {
	serve
	dialup some.example.com "$PORT"
	qv-domain quota some.example.com 0,600
	for i in 1 2 3; do leave some.example.com m$i; done
	exits 0 qv-domain pause some.example.com
	exits 0 qv-master
	is_not_full
	head -c 500 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/body"
	leave some.example.com m4 a@b.test "$BATS_TEST_TMPDIR/body"
	exits 0 qv-master
	is_full
	exits 0 qv-domain resume some.example.com
	exits 0 qv-flush -o some.example.com
	is_full
	exits 0 qv-flush some.example.com
	is_not_full
	touch "$DIR/.qv-full"
	exits 0 qv-flush some.example.com
	is_not_full
}

@test "master: the mark of a full host is never a way for popusr to other files" {
	[ "$(id -u)" = 0 ] || skip "needs root: other users' files"
	dialup some.example.com 1
	qv-domain quota some.example.com 1
	qv-domain pause some.example.com
	leave some.example.com m1
	touch -d '1 hour ago' "$ROOT/secret"
	ln -s "$ROOT/secret" "$DIR/.qv-full"
	exits 0 qv-master
	[ -n "$(find "$ROOT/secret" -mmin +1)" ]
	rm "$DIR/.qv-full"
	ln -s "$ROOT/nothing" "$DIR/.qv-full"
	exits 0 qv-master
	[ ! -e "$ROOT/nothing" ]
	rm "$DIR/.qv-full" "$DIR/.qv-quota"
	mkfifo "$DIR/.qv-quota"
	exits 0 timeout 10 "$BIN/qv-master"
}

@test "master: -n prints what would be started, and when, and starts nothing" {
	dialup a.example.com 1
	leave a.example.com m
	dialup b.example.com 1
	leave b.example.com m
	dialup empty.example.com 1
	exits 0 qv-master -n -g 3
	[ "${lines[0]}" = "after 0.000 seconds: qv-flush /home/serialmail/a.example.com" ]
	[ "${lines[1]}" = "after 3.000 seconds: qv-flush /home/serialmail/b.example.com" ]
	[ "${#lines[@]}" = 2 ]
	qv-domain pause a.example.com
	exits 0 qv-master -n -g 3 -e 60
	same <(echo "$output") "after 0.000 seconds: qv-flush /home/serialmail/b.example.com
after 60 seconds, and so on: where mail waits or the last flush failed
at any time: where mail arrives
"
}

@test "master: starts are a grace apart" {
	serve
	for i in 1 2 3; do dialup "c$i.example.com" "$PORT"; leave "c$i.example.com" m; done
	local begin
	begin=$(date +%s%N)
	exits 0 qv-master -g 1
	[ $(($(date +%s%N) - begin)) -ge 1950000000 ]
	[ "$(accepted)" = 3 ]
}

@test "master: a grace has decimals, as an option and as a setting" {
	serve
	for i in 1 2 3; do dialup "c$i.example.com" "$PORT"; leave "c$i.example.com" m; done
	exits 0 qv-master -n -g 0.25
	[[ "${lines[2]}" = "after 0.500 seconds: "* ]]
	echo 1.5 >"$C/qv-grace"
	exits 0 qv-master -n
	[[ "${lines[2]}" = "after 3.000 seconds: "* ]]
	refuses 100 qv-master -g 0.1234
	[[ "$output" = *"-g: \"0.1234\" is not a number of seconds from 0 to 2147483, such as 2 or 0.1"* ]]
	echo 0.1s >"$C/qv-grace"
	refuses 100 qv-master
	[[ "$output" = *"qv-grace:1: invalid number of seconds \"0.1s\": expected 0 to 2147483, such as 2 or 0.1" ]]
}

@test "master: at most -c flushes at once" {
	serve --delay greeting=300
	for i in 1 2 3 4; do dialup "c$i.example.com" "$PORT"; leave "c$i.example.com" m; done
	stay -g 0 -c 2
	local most=0 n
	while kill -0 "$MASTER" 2>/dev/null; do
		n=$(pgrep -cP "$MASTER" || true)
		[ "$n" -le "$most" ] || most=$n
		sleep 0.02
	done
	wait "$MASTER"
	MASTER=
	[ "$most" -le 2 ]
	[ "$most" -ge 1 ]
	[ "$(accepted)" = 4 ]
}

@test "master: two never run at once" {
	serve --delay greeting=1000
	dialup some.example.com "$PORT"
	leave some.example.com m
	stay -e 60
	until_true pgrep -P "$MASTER" >/dev/null
	exits 0 qv-master
	[[ "$output" == *"another qv-master is running (pid $MASTER)"* ]]
	exits 0 qv-master -q
	[ "$output" = "" ]
	exits 111 qv-master -e 60
	[[ "$output" == *"pid $MASTER"* ]]
}

@test "master: one pass after another: a customer with a slow server does not stop the others" {
	serve
	dialup fast.example.com "$PORT"
	# one who takes the connection and never says a word
	perl -MIO::Socket -e '$| = 1; $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
		print $s->sockport, "\n"; push @c, $s->accept; sleep 20' >"$BATS_TEST_TMPDIR/silent" 3>&- &
	SILENT=$!
	until_true test -s "$BATS_TEST_TMPDIR/silent"
	dialup slow.example.com "$(cat "$BATS_TEST_TMPDIR/silent")"
	leave slow.example.com m
	qv-master -g 0 2>"$BATS_TEST_TMPDIR/first" 3>&- &
	FIRST=$!
	until_true pgrep -P "$FIRST" >/dev/null
	leave fast.example.com m
	until_true sh -c 'qv-master -g 0; [ "$(find "$1" -name "*.msg" | wc -l)" = 1 ]' sh "$STORE"
	kill "$FIRST"
	wait "$FIRST"
	kill "$SILENT"
}

@test "master: -e stays and sends what comes later; a customer added later is seen" {
	serve
	stay -e 1 -g 0
	dialup some.example.com "$PORT"
	leave some.example.com m1
	until_true took 1
	leave some.example.com m2
	until_true took 2
	kill -0 "$MASTER"
}

# The intervals below are ten hours: what is sent at all was sent because it was told.

@test "master: mail that arrives is sent at once: linked, renamed, or written there" {
	serve
	dialup some.example.com "$PORT"
	leave some.example.com .model
	stay -e 36000
	until_true watches 2
	ln "$NEW/.model" "$NEW/m1"
	until_true took 1
	leave some.example.com m2
	until_true took 2
	cat "$NEW/.model" >"$NEW/m3"
	until_true took 3
}

# waits_a_moment: between two starts the master slept for at most 40 ms
waits_a_moment() { grep -qE 'poll\(.*\], 3, ([1-9]|[123][0-9]|40)(\)| <)' "$BATS_TEST_TMPDIR/trace"; }

@test "master: a lone message that is whole is not waited with; one that is written there is" {
	native strace
	serve
	for host in linked moved written; do dialup "$host.example.com" "$PORT"; done
	printf 'Return-Path: <>\nDelivered-To: linked.example.com-a@x\n\n' >"$ROOT/l"
	touch -d @1700000000 "$ROOT/l"
	chmod a+r "$ROOT/l"
	stay_traced -o "$BATS_TEST_TMPDIR/trace" -e trace=poll -- -e 36000
	until_true watches 4
	leave moved.example.com m
	until_true took 1
	ln "$ROOT/l" "$ROOT/home/serialmail/linked.example.com/Maildir/new/l"
	until_true took 2
	until_true is_idle
	waits_a_moment && { cat "$BATS_TEST_TMPDIR/trace"; false; }
	printf 'Return-Path: <>\nDelivered-To: written.example.com-a@x\n\n' >"$ROOT/home/serialmail/written.example.com/Maildir/new/w"
	until_true took 3
	waits_a_moment
}

@test "master: a customer that is added later is served without a HUP" {
	serve
	stay -e 36000
	until_true watches 1
	dialup some.example.com "$PORT"
	until_true watches 2
	leave some.example.com m1
	until_true took 1
	qv-domain del some.example.com --purge
	until_true watches 1
	dialup some.example.com "$PORT"
	leave some.example.com m2
	until_true took 2
}

@test "master: a customer's directory may be made step by step" {
	serve
	stay -e 36000
	until_true watches 1
	dialup model.example.com "$PORT"
	leave model.example.com m
	until_true took 1
	mv "$DIR" "$ROOT/home/serialmail/.model"
	until_true watches 1
	mkdir "$DIR"
	until_true watches 2
	cp -p "$ROOT/home/serialmail/.model/RELAYHOST" "$DIR"
	mkdir "$DIR/Maildir"
	sleep 0.1
	cp -rp "$ROOT/home/serialmail/.model/Maildir/"{tmp,new} "$DIR/Maildir"
	leave model.example.com m2
	until_true took 2
}

@test "master: a directory that takes another's name is watched under it" {
	serve
	dialup a.example.com "$PORT"
	dialup b.example.com "$PORT"
	stay -e 36000
	until_true watches 3
	mv "$ROOT/home/serialmail/a.example.com" "$ROOT/home/serialmail/.old"
	mv "$ROOT/home/serialmail/b.example.com" "$ROOT/home/serialmail/a.example.com"
	until_true watches 2
	leave a.example.com m
	until_true took 1
}

@test "master: what arrives while a flush runs causes exactly one more" {
	serve --delay end=1500
	dialup some.example.com "$PORT"
	stay -v -e 36000
	until_true watches 2
	leave some.example.com m1
	until_true started some.example.com 1
	for i in 2 3 4 5; do leave some.example.com "m$i"; sleep 0.1; done
	until_true started some.example.com 2
	for _ in 1 2 3; do until_true took 5 && break; done
	until_true is_idle
	sleep 0.2
	[ "$(starts some.example.com)" = 2 ]
}

@test "master: a host that is dead is not tried at each arrival, but an interval later, or by ALRM" {
	serve
	dialup beacon.example.com "$PORT"
	dialup dead.example.com 1
	stay -v -g 0 -e 36000
	until_true watches 3
	leave dead.example.com m1
	until_true test -e "$DIR/.qv-status"
	beacon
	leave dead.example.com m2
	beacon
	[ "$(starts dead.example.com)" = 1 ]
	kill -ALRM "$MASTER"
	until_true started dead.example.com 2
	kill -TERM "$MASTER"
	wait "$MASTER"
	stay -v -g 0 -e 1
	until_true started dead.example.com 3
}

@test "master: a host that refused one message for now is not held back" {
	serve --reply "rcpt:1=450 later"
	dialup some.example.com "$PORT"
	stay -v -e 36000
	until_true watches 2
	leave some.example.com m1
	until_true said 'new/m1: deferred: '
	until_true is_idle
	leave some.example.com m2
	until_true took 2
	[ "$(left)" = 0 ]
}

@test "master: paused hosts and those on demand are not started by arrivals; resume is seen at the next pass" {
	serve
	dialup beacon.example.com "$PORT"
	qv-domain add dialup demand.example.com ex1 --on-demand --relayhost "127.0.0.1:$PORT"
	dialup some.example.com "$PORT"
	stay -v -g 0 -e 36000
	until_true watches 4
	qv-domain pause some.example.com
	leave some.example.com m
	leave demand.example.com m
	beacon
	[ "$(starts some.example.com) $(starts demand.example.com)" = "0 0" ]
	qv-domain resume some.example.com
	kill -HUP "$MASTER"
	until_true took 2
	[ "$(starts demand.example.com)" = 0 ]
}

@test "master: what cannot be watched is said once, in a line, and looked at in each interval" {
	serve
	for i in 1 2 3 4; do dialup "c$i.example.com" "$PORT"; done
	nfs=fstatfs:poke_exit=@arg2=6969000000000000
	! is_32_bit || [ -n "${EMULATED-}" ] || nfs=fstatfs64:poke_exit=@arg3=69690000 # an emulator's call is its own CPU's
	for fault in inotify_add_watch:error=ENOSPC:when=3+ inotify_init1:error=EMFILE inotify_init1:error=ENOSYS $nfs; do
		stay_traced -o /dev/null -e "trace=${fault%%:*}" -e "inject=$fault" -- -e 1 -g 0
		until_true said "unable to watch "
		before=$(accepted)
		for i in 1 2 3 4; do leave "c$i.example.com" m; done
		until_true took $((before + 4))
		kill "$MASTER"
		wait "$MASTER"
		MASTER=
		cat "$BATS_TEST_TMPDIR/master.log"
		[ "$(grep -c warning: "$BATS_TEST_TMPDIR/master.log")" = 1 ]
	done
}

@test "master: the kernel's limit of watches is named, and what could be watched is" {
	for i in 1 2 3 4; do dialup "c$i.example.com" 1; done
	stay_traced -o /dev/null -e trace=inotify_add_watch -e inject=inotify_add_watch:error=ENOSPC:when=4+ -- -e 36000
	until_true said "unable to watch .*/c3.example.com: raise the sysctl fs.inotify.max_user_watches"
	watches 3
}

@test "master: more events than the kernel keeps: everything is looked at" {
	read -r most </proc/sys/fs/inotify/max_queued_events
	[ "$most" -le 50000 ] || skip "keeps $most events"
	serve
	dialup noisy.example.com "$PORT"
	dialup some.example.com "$PORT"
	stay -e 36000
	until_true watches 3
	kill -STOP "$MASTER"
	/usr/bin/python3 -c '
import os, sys
os.chdir(sys.argv[1])
for i in range(int(sys.argv[2]) // 2 + 1):
    os.close(os.open(".%d" % i, os.O_CREAT | os.O_WRONLY))
' "$ROOT/home/serialmail/noisy.example.com/Maildir/new" "$most"
	leave some.example.com lost
	kill -CONT "$MASTER"
	until_true took 1
}

# many N: customers without mail
many() {
	/usr/bin/python3 -c '
import os, sys
for i in range(int(sys.argv[2])):
    host = "%s/home/serialmail/c%05d.example.com" % (sys.argv[1], i)
    os.makedirs(host + "/Maildir/new")
    open(host + "/RELAYHOST", "w").write("127.0.0.1:1\n")
' "$ROOT" "$1"
}

# calls FILE: how many system calls strace has seen
calls() { grep -c '(' "$1"; }

@test "master: a pass makes four system calls for a customer without mail" {
	native strace
	many 2000
	traced -qq -o "$BATS_TEST_TMPDIR/trace" "$BIN/qv-master"
	[ "$(calls "$BATS_TEST_TMPDIR/trace")" -le $((4 * 2000 + 600)) ]
}

has_called() { [ "$(calls "$BATS_TEST_TMPDIR/trace")" -gt "$1" ]; }
is_asleep() { tail -n 1 "$1" | grep -q 'poll('; }

@test "master: watched and seen empty, customers cost the listing alone; between the intervals nothing is done" {
	native strace
	many 2000
	stay_traced -o "$BATS_TEST_TMPDIR/trace" -- -e 36000
	until_true watches 2001
	until_true is_asleep "$BATS_TEST_TMPDIR/trace"
	first=$(calls "$BATS_TEST_TMPDIR/trace")
	[ "$first" -le $((8 * 2000 + 600)) ]
	sleep 1.5
	[ "$(calls "$BATS_TEST_TMPDIR/trace")" = "$first" ]
	touch "$ROOT/home/serialmail/no-customer" # a pass for the list's sake
	until_true has_called "$first"
	until_true is_asleep "$BATS_TEST_TMPDIR/trace"
	[ $(($(calls "$BATS_TEST_TMPDIR/trace") - first)) -le 100 ]
}

@test "master: HUP and ALRM make it look at once" {
	serve
	dialup some.example.com "$PORT"
	stay -e 600 -g 0
	sleep 0.3
	leave some.example.com m1
	kill -HUP "$MASTER"
	until_true took 1
	leave some.example.com m2
	kill -ALRM "$MASTER"
	until_true took 2
}

@test "master: a pass is at no moment taken for a master that stays" {
	stay_traced -o /dev/null -e trace=fcntl,flock -e inject=fcntl,flock:delay_enter=300000 -- -q
	while kill -0 "$MASTER" 2>/dev/null; do
		exits 1 qv-master --running
	done
}

@test "master: TERM lets running flushes finish their message, starts nothing more, exits 0" {
	native time
	serve --delay end=700
	dialup a.example.com "$PORT"
	leave a.example.com m1
	leave a.example.com m2
	leave a.example.com m3
	stay -e 600 -g 0
	sleep 0.4
	kill -TERM "$MASTER"
	wait "$MASTER"
	MASTER=
	[ "$(accepted)" -ge 1 ]
	[ "$(accepted)" -le 2 ]
	[ $(($(accepted) + $(left))) = 3 ]
	run qv-flush "$D"
	[ "$(accepted)" = 3 ]
}

@test "master: killed -9, its flushes finish and the next master does not double them" {
	serve --delay end=700
	dialup some.example.com "$PORT"
	leave some.example.com m1
	stay -e 600 -g 0
	sleep 0.3
	kill -9 "$MASTER"
	wait "$MASTER" || true
	MASTER=
	exits 0 qv-master -q
	until_true took 1
	sleep 0.3
	exits 0 qv-master -q
	[ "$(accepted)" = 1 ]
	[ "$(left)" = 0 ]
}

@test "master: killed -9 while it stays, its flush holds none of its descriptors, and the next one goes on" {
	serve --delay end=1500
	dialup some.example.com "$PORT"
	stay -e 36000 -g 0
	until_true watches 2
	leave some.example.com m1
	until_true pgrep -xP "$MASTER" qv-flush >/dev/null
	child=$(pgrep -P "$MASTER")
	kill -9 "$MASTER"
	wait "$MASTER" || true
	stay -e 36000 -g 0
	until_true watches 2
	run ! grep -l inotify "/proc/$child/fdinfo/"*
	until_true took 1
	until_true test ! -e "/proc/$child"
	leave some.example.com m2
	until_true took 2
	until_true is_idle
	[ "$(left)" = 0 ]
}

@test "master: directories without mail cost no process" {
	native strace
	for i in $(seq 20); do
		mkdir -p "$ROOT/home/serialmail/c$i.example.com/Maildir/new"
		echo 127.0.0.1 >"$ROOT/home/serialmail/c$i.example.com/RELAYHOST"
	done
	traced -f -qq -e trace=clone,clone3,fork,vfork,execve -o "$BATS_TEST_TMPDIR/trace" "$BIN/qv-master"
	run grep -cE 'clone|fork' "$BATS_TEST_TMPDIR/trace"
	[ "$output" = 0 ]
}

@test "master: a customer that cannot be sent to does not stop the others" {
	serve
	dialup a.example.com 1
	leave a.example.com m
	dialup b.example.com 1
	leave b.example.com m
	: >"$ROOT/home/serialmail/b.example.com/RELAYHOST"
	ln -s /etc "$ROOT/home/serialmail/link"
	echo x >"$ROOT/home/serialmail/file"
	dialup c.example.com "$PORT"
	leave c.example.com m
	exits 0 qv-master -g 0
	[ "$(accepted)" = 1 ]
	[[ "$output" == *"qv-flush: fatal: "*"b.example.com/RELAYHOST: contains no host"* ]]
}

@test "master: misuse is 100 with a line" {
	for bad in "-e 0" "-c 0" "-e x" "some.example.com" "--nonsense"; do
		exits 100 qv-master $bad
		[ "${#lines[@]}" = 1 ]
	done
}

@test "master: a pass that could not look at a directory exits 111, and serves the others" {
	[ "$(id -u)" = 0 ] || skip "asks as another user"
	world=$BATS_TEST_TMPDIR/world
	cp -a "$ROOT" "$world"
	SERIAL=$world/home/serialmail
	for host in one two; do
		mkdir -p "$SERIAL/$host.example.com/Maildir/"{new,cur,tmp}
		echo 127.0.0.1:1 >"$SERIAL/$host.example.com/RELAYHOST"
	done
	chmod 700 "$SERIAL/one.example.com"
	chown 1:1 "$SERIAL/one.example.com"
	# root without the right to look everywhere, as in a container whose owner ids are another's
	exits 111 setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -dac_override,-dac_read_search \
		"$QVMAIL" master --root "$world"
	[[ "$output" == *"warning: "*"one.example.com"*"Permission denied"* ]]
	exits 111 setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -dac_override,-dac_read_search \
		"$QVMAIL" master --root "$world" --dry-run
	[[ "$output" != *two.example.com* ]]
	chmod 755 "$SERIAL/one.example.com"
	exits 0 setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -dac_override,-dac_read_search \
		"$QVMAIL" master --root "$world"
}
