#!/usr/bin/env bats
# maildirmake: the command line and the messages of qmail's own.

load helper

setup() {
	applets
	cd "$BATS_TEST_TMPDIR" || return
}

@test "maildirmake: makes tmp, new and cur, all 700 whatever the umask" {
	for mask in 0 777; do
		(umask $mask && exits 0 maildirmake box && [ -z "$output" ])
		run find box -printf '%p %y %m\n'
		[ "$(echo "$output" | sort)" = $'box d 700\nbox/cur d 700\nbox/new d 700\nbox/tmp d 700' ]
		rm -r box
	done
}

@test "maildirmake: without a name says how it is used, exit 100" {
	exits 100 maildirmake
	[ "$output" = "maildirmake: usage: maildirmake name" ]
}

@test "maildirmake: what is there is left alone, exit 111" {
	mkdir box
	exits 111 maildirmake box
	[ "$output" = "maildirmake: fatal: unable to mkdir box: file already exists" ]
	[ -z "$(ls box)" ]
}

@test "maildirmake: makes no parents" {
	exits 111 maildirmake no/box
	[ "$output" = "maildirmake: fatal: unable to mkdir no/box: file does not exist" ]
	exits 111 maildirmake ''
	[ "$output" = "maildirmake: fatal: unable to mkdir : file does not exist" ]
	[ ! -e no ]
}

@test "maildirmake: what looks like an option is a name, and further arguments are ignored" {
	exits 0 maildirmake -h extra
	[ -d ./-h/new ]
	[ ! -e extra ]
}

@test "maildirmake: says which part could not be made" {
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
	exits 111 strace -f -o /dev/null -P new -e inject=mkdirat:error=ENOSPC "$BIN/maildirmake" box
	[ "$output" = "maildirmake: fatal: unable to mkdir box/new: out of disk space" ]
}

@test "maildirmake: works where the program stands in /var/qmail/bin, on no other root" {
	QVMAIL_ROOT=/nowhere exits 0 "$QVMAIL" maildirmake "$PWD/box"
	[ -d box/cur ]
}
