# Another CPU's binary writes what this machine's does, to the byte. For make check-cross: here the two would be one.
load helper
load mail

setup() {
	fresh_root
	HERE=$TESTBIN/../../qvmail
}

teardown() {
	[ -z "$SERVER" ] || stop_server
}

# both COMMAND...: run by this machine's binary and by the other one, which say and exit the same
both() {
	local r=0 here=0
	"$HERE" "$@" >"$BATS_TEST_TMPDIR/here" 2>&1 || here=$?
	"$QVMAIL" "$@" >"$BATS_TEST_TMPDIR/there" 2>&1 || r=$?
	[ "$r" = "$here" ] || { echo "exit $r, here $here: $*"; return 1; }
	diff "$BATS_TEST_TMPDIR/here" "$BATS_TEST_TMPDIR/there"
}

# gateway BINARY: a set-up of every kind below $ROOT, and nothing that is made up
gateway() {
	"$1" domain add pop example.com ex1
	"$1" domain add dialup some.example.com ex1 --relayhost 192.0.2.7:2525
	"$1" domain add relay second-example.com mail.second-example.com
	"$1" domain add backup third-example.com
	for box in joe ann; do "$1" mailbox add $box@example.com; done
	"$1" mailbox forward team@example.com joe@example.com ann@example.com
	"$1" mailbox default example.com joe@example.com
	"$1" domain quota some.example.com 100,3000000000
	"$1" domain recipients some.example.com --add joe,ann
	printf '%s\n' fourth-example.com .fifth-example.com >"$C/morercpthosts"
	"$1" newu
	"$1" newmrh
}

@test "cross: the binary is static, with RELRO where there is something to relocate, and without executable stack" {
	case $(readelf -h "$QVMAIL") in
	*MIPS* | *RISC-V*) "$REPO/.tools/gate" "$QVMAIL" no-relro ;;
	*) "$REPO/.tools/gate" "$QVMAIL" ;;
	esac
	run -1 grep NEEDED <(readelf -d "$QVMAIL")
}

@test "cross: a set-up is the same files, tables and modes" {
	local it=$ROOT
	gateway "$QVMAIL"
	tree >"$BATS_TEST_TMPDIR/there.tree"
	mv "$ROOT" "$BATS_TEST_TMPDIR/there.root"
	fresh_root
	[ "$ROOT" = "$it" ]
	gateway "$HERE"
	tree | diff - "$BATS_TEST_TMPDIR/there.tree"
	[ "$(stat -c %s "$U/cdb")" -gt 2048 ]
}

@test "cross: a cdb of many thousand entries is the same bytes" {
	seq -f 'customer%05g.example' 9000 >"$C/morercpthosts"
	"$HERE" newmrh
	mv "$C/morercpthosts.cdb" "$BATS_TEST_TMPDIR/here.cdb"
	"$QVMAIL" newmrh
	cmp "$C/morercpthosts.cdb" "$BATS_TEST_TMPDIR/here.cdb"
}

@test "cross: help, lists and completion are the same" {
	both --list-full
	both --completion bash
	for name in $("$HERE" --list); do
		both "$name" --help
	done
}

@test "cross: what is shown, also as JSON, is the same" {
	gateway "$HERE"
	WHEN=4000000000 leave some.example.com m1
	WHEN=1700000000 leave some.example.com m2
	truncate -s 5G "$ROOT/home/serialmail/some.example.com/Maildir/new/m2"
	for command in "domain list" "domain list -j" "domain show example.com" "domain show -j some.example.com" "domain export" \
		"mailbox list -j example.com" "mailbox list example.com" "check -j" "check" "route -j joe@example.com" \
		"route who@some.example.com team@example.com x@third-example.com"; do
		# shellcheck disable=SC2086 # a list of words
		both $command
	done
	"$HERE" status -j | sed -E 's/"(oldest|next)":[0-9]*/"\1":N/g' >"$BATS_TEST_TMPDIR/status"
	"$QVMAIL" status -j | sed -E 's/"(oldest|next)":[0-9]*/"\1":N/g' | diff "$BATS_TEST_TMPDIR/status" -
}

# The largest that a setting and an option may have: in milliseconds, and six times, they are more than 32 bits.
@test "cross: seconds that are more than a lifetime are counted the same, and mail leaves" {
	dialup some.example.com 1
	echo 2147483647 >"$C/qv-warn"
	leave some.example.com m1
	touch "$NEW/m1"
	"$QVMAIL" status --nagios | grep -E '^QVMAIL OK .* oldest=[0-9]+s;2147483647;12884901882;0 '
	both master -n -e 2147483647
	serve
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	exits 0 qv-flush -T 2147483647 some.example.com
	stop_server
}

@test "cross: a password is the same hash, and is known to the other binary" {
	gateway "$HERE"
	echo secret | "$QVMAIL" mailbox passwd ex1-0000
	echo other | "$HERE" mailbox passwd ex1-0001
	for login in 'ex1-0000\0secret' 'ex1-0001\0other' 'ex1-0001\0secret'; do
		for binary in "$HERE" "$QVMAIL"; do
			# shellcheck disable=SC2059 # NULs
			printf "$login\0y\0" >"$BATS_TEST_TMPDIR/three"
			"$binary" auth true 3<"$BATS_TEST_TMPDIR/three" && echo in || echo out
		done
	done >"$BATS_TEST_TMPDIR/logins"
	diff <(printf '%s\n' in in in in out out) "$BATS_TEST_TMPDIR/logins"
}

# One run of each binary, with the same mail and the same replies; pids, times and ports are no matter, nor is when a
# bounce is done.
run_of() {
	serve --reply "rcpt:2=550 5.1.1 no such user" --reply "rcpt:3=451 4.2.0 later" "${@:2}"
	echo "127.0.0.1:$PORT" >"$DIR/RELAYHOST"
	rm -f "$DIR"/.qv-* "$NEW"/*
	for i in 1 2 3 4; do leave some.example.com m$i; done
	"$1" flush some.example.com 2>&1 | sed -E "s/$PORT/PORT/g; s/ in [0-9.]+ ?m?s.*//" | sort >"$BATS_TEST_TMPDIR/log"
	sed -E 's/^(time|milliseconds|counted|wanted|succeeded|hour) [0-9]+/\1/' "$DIR/.qv-status" >"$BATS_TEST_TMPDIR/last"
	left >"$BATS_TEST_TMPDIR/left"
	cat "$STORE"/*.msg | sed -E "s/$PORT/PORT/g" >"$BATS_TEST_TMPDIR/stored"
	stop_server
	rm -r "$STORE"
	cat "$BATS_TEST_TMPDIR"/{log,left,last,stored}
}

@test "cross: a flush says, sends, remembers and leaves the same, in each of the ways to send" {
	fake_queue
	dialup some.example.com 1
	for way in "--no-pipelining" "" "--chunking"; do
		# shellcheck disable=SC2086 # none, or one word
		run_of "$HERE" $way >"$BATS_TEST_TMPDIR/of.here"
		# shellcheck disable=SC2086
		run_of "$QVMAIL" $way >"$BATS_TEST_TMPDIR/of.there"
		diff "$BATS_TEST_TMPDIR/of.here" "$BATS_TEST_TMPDIR/of.there"
		grep -q 'm1: delivered' "$BATS_TEST_TMPDIR/of.here"
	done
}

@test "cross: a fence that the kernel does not have is said with -v, and mail leaves" {
	[ -n "$EMULATED" ] || skip "it has the fence here"
	serve
	dialup some.example.com "$PORT"
	leave some.example.com m1
	exits 0 qv-flush -v some.example.com
	[ "$(grep -c "the delivery is not confined by \(Landlock\|seccomp\): " <<<"$output")" = 2 ]
	[[ $output == *"m1: delivered"* ]]
}

# allowed: the names of the system calls that fence_seccomp.c lists
allowed() {
	grep -oE '(ALWAYS|LIMITED|ONLY|READING|NO_CODE|SENDING)\([a-z0-9_]+' "$REPO/applets/lib/fence_seccomp.c" | sed 's/.*(//'
	echo socket
}

@test "cross: what is called behind the fence is in its filter, by the names that this CPU has" {
	[ -n "$EMULATED" ] || skip "the filter itself is tried here"
	serve --chunking
	dialup some.example.com "$PORT"
	for server in 127.0.0.1 localhost; do
		qv-domain relayhost some.example.com "$server:$PORT"
		for i in 1 2 3; do leave some.example.com m$i; done
		QEMU_STRACE=1 qv-flush -P 2 some.example.com 2>>"$BATS_TEST_TMPDIR/trace"
	done
	[ "$(accepted)" = 6 ]
	grep -aoE '[0-9]+ [a-z_][a-z0-9_]*\(' "$BATS_TEST_TMPDIR/trace" | tr -d '(' >"$BATS_TEST_TMPDIR/calls"
	awk 'fenced[$1] && $2 != "prctl" { print $2 } $2 == "seccomp" { fenced[$1] = 1 }' "$BATS_TEST_TMPDIR/calls" | sort -u >"$BATS_TEST_TMPDIR/behind"
	for call in read close connect write; do grep -x $call "$BATS_TEST_TMPDIR/behind"; done
	comm -23 "$BATS_TEST_TMPDIR/behind" <(allowed | sort -u) | diff - /dev/null
}
