#!/usr/bin/env bats
# setlock: the command line and the messages of daemontools' own.

load helper

setup() {
	applets
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ -z "${holder:-}" ] || kill "$holder" || true
}

# hold FILE: another process has it locked, until the test ends.
hold() {
	flock -F "$1" sh -c 'echo >held; exec sleep 60' 3>&- &
	holder=$!
	until [ -e held ]; do sleep 0.01; done
}

usage="setlock: usage: setlock [ -nNxX ] file program [ arg ... ]"

@test "setlock: becomes the program, with its arguments and its exit code" {
	exits 0 setlock lock printf '<%s>' a 'b c' ''
	[ "$output" = "<a><b c><>" ]
	exits 7 setlock lock sh -c 'exit 7'
}

@test "setlock: the file is made with mode 600, and never truncated" {
	exits 0 setlock lock true
	[ "$(stat -c %a lock)" = 600 ]
	echo relay.example.com >lock
	exits 0 setlock lock true
	same lock $'relay.example.com\n'
}

@test "setlock: the lock is held while the program runs, flock(1) sees it" {
	exits 1 setlock lock flock -n lock true
	exits 0 flock -n lock true
}

@test "setlock: the lock lasts as long as somebody has the descriptor from the program" {
	setlock lock sh -c 'exec 3>&-; sleep 60 >/dev/null 2>&1 & echo $! >pid'
	holder=$(cat pid)
	exits 111 setlock -n lock true
	kill "$holder"
	holder=
	exits 0 setlock lock true
}

@test "setlock -n: gives up with 111 when another holds the lock, flock(1) or setlock" {
	hold lock
	exits 111 setlock -n lock echo never
	[ "$output" = "setlock: fatal: unable to lock lock: temporary failure" ]
	exits 111 setlock mine setlock -n mine echo never
}

@test "setlock -nx: gives up without a word and exit 0" {
	hold lock
	for options in -nx -xn '-n -x'; do
		# shellcheck disable=SC2086 # options are words
		exits 0 setlock $options lock echo never
		[ -z "$output" ]
	done
}

@test "setlock: waits for the lock" {
	for wait in '' -N -nN -x; do
		rm -f held log
		flock lock sh -c 'echo >held; sleep 0.2; echo first >>log' 3>&- &
		until [ -e held ]; do sleep 0.01; done
		# shellcheck disable=SC2086 # none or one
		exits 0 setlock $wait lock sh -c 'echo second >>log'
		same log $'first\nsecond\n'
	done
}

@test "setlock: of options that contradict each other the last counts" {
	hold lock
	exits 111 setlock -nxX lock true
	exits 111 setlock -N -X -n lock true
}

@test "setlock: a file that cannot be opened is 111, and with -x 0 without a word" {
	exits 111 setlock no/lock echo never
	[ "$output" = "setlock: fatal: unable to open no/lock: file does not exist" ]
	exits 0 setlock -x no/lock echo never
	[ -z "$output" ]
	exits 111 setlock . echo never
	[ "$output" = "setlock: fatal: unable to open .: is a directory" ]
}

@test "setlock: a program that cannot be run is 111, even with -x" {
	exits 111 setlock -x lock ./no-such-program arg
	[ "$output" = "setlock: fatal: unable to run ./no-such-program: file does not exist" ]
	exits 111 setlock lock ./lock
	[ "$output" = "setlock: fatal: unable to run ./lock: access denied" ]
}

@test "setlock: options end at the file, the others are the program's" {
	exits 0 setlock lock echo -n -x --help
	[ "$output" = "-x --help" ]
	exits 0 setlock -- -n echo -x
	[ "$output" = "-x" ]
	[ -f ./-n ]
}

@test "setlock: misuse is 100 and says how it is used" {
	exits 100 setlock
	[ "$output" = "$usage" ]
	exits 100 setlock lock
	[ "$output" = "$usage" ]
	exits 100 setlock -n
	[ "$output" = "$usage" ]
	exits 100 setlock -z lock true
	[ "$output" = "$usage" ]
	[ ! -e lock ]
}
