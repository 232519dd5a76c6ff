#!/usr/bin/env bats
# The lists of all addresses that filters ask: each change writes them again, so that no good address is missing at any instant.

load helper

setup() {
	fresh_root
	: >"$C/rcpthosts"
	: >"$C/locals"
	mkdir "$ROOT/var/qmail/alias"
	printf '%s\n' alias:x:7790:2107::/var/qmail/alias:/bin/true >>"$ROOT/etc/passwd"
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com
	FILE=/var/qmail/control/addresses.cdb
	LIST=$ROOT$FILE
	exits 0 qv-rcpt --list cdb $FILE
}

# listed ADDRESS...: in both forms
listed() {
	for key; do
		if ! cdb -q "$LIST" "$key" || ! cdb -q "$LIST" ":$key"; then
			echo "$key is not in the list"
			return 1
		fi
	done
}

# what exists, and what the list has
is_right() {
	diff <(qv-rcpt --list | sort) <(cdb -l "$LIST" | sed -nE 's/^\+[0-9]+:([^:])/\1/p' | sort)
}

@test "lists: a list in control or users is kept, and its name is entered once; one elsewhere is not" {
	exits 0 qv-rcpt --list cdb $FILE
	exits 0 qv-rcpt --list cdb /var/qmail/users/all.cdb
	exits 0 qv-rcpt --list cdb /home/all.cdb
	same "$C/qv-lists" "$FILE"$'\n'"/var/qmail/users/all.cdb"$'\n'
	[ "$(stat -c %a "$C/qv-lists")" = 644 ]
}

@test "lists: each change writes it again, and nothing else does" {
	qv-mailbox add ann@example.com
	listed joe@example.com ann@example.com
	is_right
	qv-mailbox del ann@example.com
	run ! listed ann@example.com
	is_right
	qv-mailbox forward sales@example.com joe@example.com
	listed sales@example.com
	qv-domain add dialup some.example.com
	listed @some.example.com
	echo mail | exits 0 qv-domain recipients some.example.com -
	listed mail@some.example.com
	run ! listed @some.example.com
	qv-domain add relay relay.example.org 192.0.2.1
	qv-domain alias other.example.net example.com
	listed joe@other.example.net @relay.example.org
	is_right
	printf 'domain add pop imported.test ex2\nmailbox add eve@imported.test\n' | exits 0 qv-domain import
	listed eve@imported.test
	is_right
	qv-domain del imported.test --purge
	run ! listed eve@imported.test
	qv-domain del relay.example.org
	run ! listed @relay.example.org
	is_right
	inode=$(stat -c %i "$LIST")
	exits 0 qv-mailbox add joe@example.com
	[ "$(stat -c %i "$LIST")" = "$inode" ]
}

@test "lists: an address that led nowhere is there when its target comes, and gone with it" {
	echo '&ann@second.test' >"$ROOT/home/popmail/e/ex1/DOMAINS/example.com/.qmail-late"
	chmod 644 "$ROOT/home/popmail/e/ex1/DOMAINS/example.com/.qmail-late"
	qv-domain add pop second.test ex2
	run ! listed late@example.com
	qv-mailbox add ann@second.test
	listed late@example.com
	qv-mailbox del ann@second.test
	run ! listed late@example.com
}

@test "lists: killed anywhere, no accepted address is missing, and the same command makes it right" {
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/base"
	killed=0
	for command in "domain add pop second.test ex2" "mailbox add ann@example.com" "domain add relay relay.test 192.0.2.1"; do
		for call in renameat renameat2 rename mkdirat; do for ((n = 1; ; n++)); do
			rm -rf "$ROOT"
			cp -a "$BATS_TEST_TMPDIR/base" "$ROOT"
			# shellcheck disable=SC2086
			run traced -f -qq -o /dev/null -e inject="?$call:signal=SIGKILL:when=$n" "$QVMAIL" $command
			[ "$status" != 0 ] || break
			killed=$((killed + 1))
			! grep -qx second.test "$C/rcpthosts" || listed postmaster@second.test
			! grep -qx relay.test "$C/rcpthosts" || listed @relay.test
			listed joe@example.com
			# shellcheck disable=SC2086
			exits 0 "$QVMAIL" $command
			is_right
		done; done
	done
	echo "$killed"
	[ "$killed" -gt 12 ]
}

@test "lists: a list that was removed is not written again" {
	rm "$LIST"
	exits 0 qv-mailbox add ann@example.com
	[ ! -e "$LIST" ]
	exits 1 qv-check
	[[ "$output" == "warning: $C/qv-lists:1: $FILE does not exist, and is no longer written; mend: "* ]]
}

@test "lists: --dry-run names it where something changes" {
	exits 0 qv-mailbox add ann@example.com -n
	[[ "$output" == *"build $FILE"* ]]
	exits 0 qv-mailbox add joe@example.com -n
	[[ "$output" != *build* ]]
	is_right
}

@test "lists: what a hand changed is found by qv-check, and --fix writes the list" {
	exits 0 qv-check
	cp -p "$ROOT"/home/popmail/e/ex1/DOMAINS/example.com/.qmail-{joe,hand}
	exits 1 qv-check
	[[ "$output" == "error: $LIST: does not have the addresses that exist: "*"; mend: qv-check --fix --root $ROOT" ]]
	exits 0 qv-check --fix
	exits 0 qv-check
	is_right
}

@test "lists: it does not become empty with the last address" {
	exits 0 qv-domain del example.com
	[[ "$output" == "qv-domain: warning: $LIST stays as it is: no address exists any more, "* ]]
	listed joe@example.com
}

@test "lists: domains of morercpthosts.cdb stay in it, and without rcpthosts it stays as it is" {
	echo more.test >"$C/morercpthosts"
	qv-newmrh
	rm "$C/morercpthosts"
	exits 0 qv-rcpt --list cdb $FILE
	listed @more.test
	exits 0 qv-mailbox add ann@example.com
	listed @more.test ann@example.com
	rm "$C/rcpthosts"
	exits 0 qv-mailbox add eve@example.com
	[[ "$output" == *"warning: $LIST stays as it is: $C/rcpthosts does not exist"* ]]
	listed @more.test ann@example.com
}

@test "lists: no other file is made a list" {
	echo more.test >"$C/morercpthosts"
	qv-newmrh
	for file in "$U/cdb" "$C/morercpthosts.cdb" "$C/me"; do
		refuses 100 qv-rcpt --list cdb "${file#"$ROOT"}"
		[[ "$output" == "qv-rcpt: fatal: $file exists and is no list of addresses; name another file, here or in $C/qv-lists" ]]
	done
	echo /etc/passwd >>"$C/qv-lists"
	refuses 100 qv-mailbox add ann@example.com
	[[ "$output" == "qv-mailbox: fatal: $ROOT/etc/passwd exists and is no list of addresses; name another file, here or in $C/qv-lists" ]]
}

@test "lists: lines that name no file change nothing; a list that is no file is refused before anything changes" {
	printf '# lists\n\nrelative\n/nowhere/x.cdb\n' >>"$C/qv-lists"
	exits 0 qv-mailbox add ann@example.com
	is_right
	rm "$LIST"
	mkdir "$LIST"
	refuses 100 qv-mailbox add eve@example.com
	[[ "$output" == "qv-mailbox: fatal: $LIST exists and is no list of addresses; name another file, here or in $C/qv-lists" ]]
}

@test "lists: one that cannot be written is told of, and the rest of the change is whole" {
	[ "$(id -u)" = 0 ] || skip "needs root: a file system of its own"
	mkdir "$ROOT/lists"
	cp "$LIST" "$ROOT/lists/all.cdb"
	echo /lists/all.cdb >"$C/qv-lists"
	exits 111 unshare -m sh -c 'mount -t tmpfs none "$0" && cp "$1" "$0/all.cdb" && mount -o remount,ro "$0" && shift && exec "$@"' \
		"$ROOT/lists" "$LIST" "$QVMAIL" domain add pop second.test ex2
	[[ "${lines[-1]}" == "qv-domain: fatal: the change is made, but a file that is made from it is still the old one: unable to "*"/lists/"*": Read-only file system; run the command again" ]]
	grep -qx second.test "$C/rcpthosts"
	exits 0 qv-domain add pop second.test ex2
	LIST=$ROOT/lists/all.cdb
	is_right
}
