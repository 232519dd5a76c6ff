# What fails below is named with its reason, and is never success: system calls that strace(1) lets fail, one after another.
load helper

setup() {
	native strace
	fresh_root
	STAT=fstat,newfstatat
	! is_32_bit || STAT=statx
	qv-domain add pop example.com ex1
	qv-domain add dialup some.example.com ex1
	qv-mailbox add joe@example.com --box ex1-0001
	D=$ROOT/home/serialmail/some.example.com
}

# fails CALLS:ERROR REASON COMMAND...: a command that only looks; each of these calls fails in turn; it does not matter, or is told of and left for later
fails() {
	local calls=${1%:*} error=${1#*:} reason=$2 n want trace=$BATS_TEST_TMPDIR/trace
	shift 2
	run "$@"
	want=$output
	[ "$status" = 0 ]
	for ((n = 1; ; n++)); do
		run traced -f -qq -o "$trace" -e trace="$calls" -e inject="$calls:error=$error:when=$n" "$@"
		grep -q INJECTED "$trace" || break
		if [ "$status" = 0 ]; then
			[ "$output" = "$want" ] && continue
		elif [ "$status" = 111 ]; then
			[[ "$output" == *": unable to "*": $reason"* ]] && continue
		fi
		echo "call $n, exit $status (expected 111 and $reason): $output"
		tail -n 3 "$trace"
		return 1
	done
	echo "$n calls"
	[ "$n" -gt 1 ]
}

@test "faults: a file that its server forgot is opened again; where that never ends it is ESTALE, and for later" {
	for command in "domain list" "mailbox list example.com" "status"; do
		# shellcheck disable=SC2086
		fails $STAT:ESTALE "Stale file handle" "$QVMAIL" $command
	done
	! is_32_bit || return 0 # there, it is one call with that for a path
	run traced -f -qq -o /dev/null -e inject=fstat:error=ESTALE:when=3+ "$QVMAIL" domain list
	[ "$status" = 111 ]
	[[ "$output" == "qv-domain: fatal: unable to open $ROOT/"*": Stale file handle" ]]
	traced -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=openat,fstat,newfstatat -e inject=fstat:error=ESTALE:when=3 \
		"$QVMAIL" domain list >"$BATS_TEST_TMPDIR/list"
	diff "$BATS_TEST_TMPDIR/list" <(qv-domain list)
}

@test "faults: a file system that is away is no missing directory" {
	for calls in $STAT openat2,$STAT openat; do
		for command in "domain list" "mailbox add k@example.com" newu check status; do
			# shellcheck disable=SC2086
			run traced -f -qq -o /dev/null -e inject="$calls:error=EIO" "$QVMAIL" $command
			[ "$status" = 111 ] || { echo "$calls, $command: exit $status"; return 1; }
			[[ "$output" == *": fatal: unable to "*": I/O error" ]] || { echo "$calls, $command: $output"; return 1; }
		done
	done
}

# unlisted CALLS COMMAND...: no directory can be listed; that is told of, and nothing changes
unlisted() {
	local call before
	before=$(tree)
	for call in $1; do
		run traced -f -qq -o /dev/null -e inject="$call:error=EIO" "${@:2}"
		[ "$status" = 111 ] && [[ "$output" == *"unable to "*": "* ]] || { echo "$call, ${*:2}: exit $status: $output"; return 1; }
		diff <(echo "$before") <(tree)
	done
}

@test "faults: a directory that cannot be listed is not an empty one" {
	printf 'Return-Path: <a@second.test>\nDelivered-To: some.example.com-x@some.example.com\n\nhello\n' >"$D/Maildir/new/1.1.mail"
	unlisted getdents64 qv-mailbox list example.com
	unlisted getdents64 qv-mailbox del joe@example.com --purge
	unlisted getdents64 qv-domain del example.com --purge
	unlisted getdents64 qv-domain export
	unlisted getdents64 qv-flush -o "${D#"$ROOT"}"
}

# all_said: what the commands that list directories say of the gateway, but for times, and for what export names in a comment
all_said() {
	qv-domain list
	qv-domain export | grep -v "^# not exported"
	qv-mailbox list
	qv-status | sed 's/ [0-9]*s / /g; s/ [0-9]*s$//'
	qv-check || true
	qv-master -n
	qv-flush -o "${D#"$ROOT"}" 2>&1 | sed 's/[0-9]* seconds old//'
}

@test "faults: names that network file systems leave are no mail, no host, no address and no mailbox" {
	printf 'Return-Path: <a@second.test>\nDelivered-To: some.example.com-x@some.example.com\n\nhello\n' >"$D/Maildir/new/1.1.mail"
	chown -R --reference="$D" "$D/Maildir"
	all_said >"$BATS_TEST_TMPDIR/before"
	grep -q "1.1.mail" "$BATS_TEST_TMPDIR/before"
	find "$ROOT/home" "$ROOT/var/qmail/control" "$ROOT/var/qmail/users" -type d | while read -r dir; do
		for name in .nfs000000000004a2e100000001 .fuse_hidden0000000a00000001; do
			printf 'Return-Path: <a@second.test>\nDelivered-To: some.example.com-x@some.example.com\n\ngone\n' >"$dir/$name"
		done
		mkdir -p "$dir/.glusterfs/00/Maildir/new" "$dir/.trashcan/internal_op"
		chown -R --reference="$dir" "$dir"/.[nfgt]*
	done
	all_said >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# wants_writing N COMMAND...: the Nth lock, of RELAYHOST, fails as NFS lets it; the next is of a descriptor that may write
wants_writing() {
	exits 0 traced -f -qq -o "$BATS_TEST_TMPDIR/trace" -e trace=openat,openat2,flock -e inject=flock:error=EBADF:when="$1" "${@:2}"
	grep -A 3 INJECTED "$BATS_TEST_TMPDIR/trace"
	grep -A 3 INJECTED "$BATS_TEST_TMPDIR/trace" | grep -q '"RELAYHOST".*O_RDWR'
}

@test "faults: where a lock wants a descriptor that may write, RELAYHOST is opened so" {
	wants_writing 1 "$QVMAIL" flush -o "${D#"$ROOT"}"
	wants_writing 2 "$QVMAIL" domain relayhost some.example.com 127.0.0.1
	run traced -f -qq -o /dev/null -e inject=flock:error=EBADF "$QVMAIL" flush -o "${D#"$ROOT"}"
	[ "$status" = 111 ]
	[[ "$output" = *"unable to lock $ROOT/home/serialmail/some.example.com/RELAYHOST: Bad file descriptor" ]]
}
