# qv-master: the master script.
load helper
load mail

setup() {
	fresh_root
	fake_queue
	MASTER=
}

teardown() {
	[ -z "$MASTER" ] || { kill "$MASTER" 2>/dev/null; wait "$MASTER" 2>/dev/null || true; }
	[ -z "$SERVER" ] || stop_server
}

# until COMMAND...: it succeeds within five seconds
until_true() {
	for _ in $(seq 100); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

took() { [ "$(accepted)" = "$1" ]; }

# stay OPTIONS: a master in the background, $MASTER its pid
stay() {
	qv-master "$@" 3>&- >"$BATS_TEST_TMPDIR/master.log" 2>&1 &
	MASTER=$!
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

@test "master: TERM lets running flushes finish their message, starts nothing more, exits 0" {
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

@test "master: directories without mail cost no process" {
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
	[[ "$output" == *"qv-flush: fatal: "*"b.example.com/RELAYHOST: names no host"* ]]
}

@test "master: misuse is 100 with a line" {
	for bad in "-e 0" "-c 0" "-e x" "some.example.com" "--nonsense"; do
		exits 100 qv-master $bad
		[ "${#lines[@]}" = 1 ]
	done
}
