# What a gateway of 32 MB gives: the memory that the processes have for themselves, and what a start costs. Counts, no times.
load helper
load mail

setup() {
	native memory
	fresh_root
	fake_queue
	MASTER=
}

teardown() {
	end_child "$MASTER"
	[ -z "$SERVER" ] || stop_server
}

# family PID: it and all below it
family() {
	local child
	echo "$1"
	for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do family "$child"; done
}

# own PID: kilobytes that it and all below it have beside the pages of files; what some share counts once
own() {
	local pid files=()
	for pid in $(family "$1"); do files+=("/proc/$pid/smaps_rollup"); done
	awk '$1 == "Pss_Anon:" { kb += $2; n++ } END { if (n == 0) exit 1; print kb }' "${files[@]}"
}

# at_most KB WHAT: $kb is that; $MEASURED (a file) is told
at_most() {
	printf '%-60s %6d KB of %d\n' "$2" "$kb" "$1" | tee -a "${MEASURED:-/dev/null}"
	[ "$kb" -gt 0 ] && [ "$kb" -le "$1" ]
}

watches() { [ "$(cat "/proc/$MASTER/fdinfo/"* 2>/dev/null | grep -c ^inotify)" -ge "$1" ]; }

@test "memory: a master of 100 customers has at most 300 KB" {
	grep -q ^Pss_Anon: /proc/self/smaps_rollup || skip "this kernel does not tell"
	serve
	seq -f %03.0f 100 | sed "s/.*/domain add dialup c&.example.com h& --relayhost 127.0.0.1:$PORT/" | qv-domain import >/dev/null
	qv-master -e 600 -g 0 3>&- >"$BATS_TEST_TMPDIR/master.log" 2>&1 &
	MASTER=$!
	until_true watches 100
	kb=$(own "$MASTER")
	at_most 300 "a master of 100 customers"
	STORE=$BATS_TEST_TMPDIR/store
	for i in 001 050 100; do leave "c$i.example.com" m; done
	until_true eval '[ "$(accepted)" = 3 ]'
	until_true eval '[ -z "$(pgrep -P "$MASTER")" ]'
	kb=$(own "$MASTER")
	at_most 300 "... and once it has had three flushes"
}

# The server falls silent behind the 200th message, so what is measured stands still.
@test "memory: a flush has at most 1 MB, its fence and helpers with it" {
	grep -q ^Pss_Anon: /proc/self/smaps_rollup || skip "this kernel does not tell"
	for way in '' --chunking; do
		serve $way --hang end:200
		qv-domain del some.example.com --purge --force >/dev/null 2>&1 || true
		dialup some.example.com "$PORT"
		head -c 4000 /dev/zero | tr '\0' x | fold >"$BATS_TEST_TMPDIR/body"
		for i in $(seq 300); do leave some.example.com "m$i" sender@elsewhere.test "$BATS_TEST_TMPDIR/body"; done
		qv-flush -W 256 some.example.com 3>&- >"$BATS_TEST_TMPDIR/flush.log" 2>&1 &
		MASTER=$!
		until_true eval '[ "$(accepted)" = 199 ]'
		kb=$(own "$MASTER")
		at_most 1024 "a flush ($(family "$MASTER" | wc -l) processes) ${way#--}"
		kill -9 "$MASTER"
		kill "$SERVER"
		wait "$MASTER" "$SERVER" || true
		MASTER='' SERVER=''
	done
}

# instructions COMMAND...
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$BATS_TEST_TMPDIR/valgrind" "$@" >/dev/null 2>&1 || true
	sed -n 's/.*Collected : //p' "$BATS_TEST_TMPDIR/valgrind"
}

calls() {
	strace -f -qq -o "$BATS_TEST_TMPDIR/calls" "$@" >/dev/null 2>&1
	grep -c . "$BATS_TEST_TMPDIR/calls"
}

@test "memory: qvmail starts with fewer instructions and system calls than busybox" {
	command -v valgrind >/dev/null || skip "needs valgrind"
	local ours theirs
	ours=$(instructions "$QVMAIL" --version) theirs=$(instructions busybox true)
	echo "instructions: $ours, busybox true $theirs" | tee -a "${MEASURED:-/dev/null}"
	[ "$ours" -gt 0 ] && [ "$ours" -le "$theirs" ]
	ours=$(calls "$QVMAIL" --version) theirs=$(calls busybox true)
	echo "system calls: $ours, busybox true $theirs" | tee -a "${MEASURED:-/dev/null}"
	[ "$ours" -le "$theirs" ]
}
