#!/usr/bin/env bats
# qv-newmrh and qmail-newmrh: control/morercpthosts -> control/morercpthosts.cdb.

load helper

setup() {
	fresh_root
	GOLDEN=$BATS_TEST_DIRNAME/golden/newmrh
}

judged() {
	local case
	for case in "$GOLDEN"/*/; do
		echo "case $case"
		cp "$case/morercpthosts" "$C/morercpthosts"
		exits 0 "$1"
		[ -z "$output" ]
		cmp "$case/cdb" "$C/morercpthosts.cdb"
	done
}

@test "qmail-newmrh: every recorded list gives the recorded bytes" {
	[ -e "$GOLDEN/03-uppercase/cdb" ]
	judged qmail-newmrh
}

@test "newmrh: every recorded list gives the recorded bytes" {
	judged qv-newmrh
}

@test "newmrh: a missing list is named, and the old cdb stays" {
	echo old >"$C/morercpthosts.cdb"
	refuses 100 qv-newmrh
	[ "$output" = "qv-newmrh: fatal: unable to open $C/morercpthosts: No such file or directory" ]
	refuses 111 qmail-newmrh
}

@test "newmrh: --dry-run says what would be built and changes nothing" {
	echo example.com >"$C/morercpthosts"
	before=$(tree)
	exits 0 qv-newmrh -n
	[ "$output" = "build /var/qmail/control/morercpthosts.cdb from /var/qmail/control/morercpthosts" ]
	[ "$(tree)" = "$before" ]
}

@test "qmail-newmrh: no notice of arguments" {
	echo EXAMPLE.com >"$C/morercpthosts"
	exits 0 qmail-newmrh -n --root /nowhere
	grep -q example.com "$C/morercpthosts.cdb"
}

@test "newmrh: a new cdb has mode 644 and nothing stays beside it" {
	echo example.com >"$C/morercpthosts"
	(umask 077 && exits 0 qv-newmrh)
	[ "$(stat -c %a "$C/morercpthosts.cdb")" = 644 ]
	run find "$C" -name '.*'
	[ -z "$output" ]
}

@test "newmrh: when the disk is full the old cdb stays and the same command may work later" {
	echo old >"$C/morercpthosts.cdb"
	echo example.com >"$C/morercpthosts"
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
	refuses 111 strace -f -o /dev/null -e inject=write:error=ENOSPC:when=1 "$BIN/qv-newmrh"
	[ "$output" = "qv-newmrh: fatal: unable to write the cdb of $C/morercpthosts: No space left on device" ]
}

@test "newmrh: misuse is 100" {
	echo example.com >"$C/morercpthosts"
	refuses 100 qv-newmrh surplus
	[ "$output" = "qv-newmrh: fatal: expected no arguments; usage: qv-newmrh [-nqv] [-w SECONDS] [-R DIR]" ]
}
