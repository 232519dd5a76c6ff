#!/usr/bin/env bats
# maildirsmtp: maildirserial and serialsmtp in one, with the command line of serialmail's own.

load helper
load mail
load serial

setup() {
	fresh_root
	fake_queue
	box
}

teardown() {
	[ -z "$SERVER" ] || stop_server
}

info="maildirserial: info:"

@test "maildirsmtp: sends what has the prefix, oldest first, bounces what is refused, keeps what is deferred" {
	serve --reply 'rcpt:2=550 no such' --reply 'rcpt:3=450 later'
	letter new/a 100
	letter new/b 90
	letter new/c 80
	letter new/d 70 s@e.test other@h.test
	exits 111 maildirsmtp "$BOX" p- "127.0.0.1:$PORT" gw.test
	[ "${lines[0]}" = "$info new/a succeeded: 127.0.0.1 said: 250 2.0.0 message 0001 taken" ]
	[ "${lines[1]}" = "$info new/b bounced: 127.0.0.1 said: 550 no such" ]
	[[ ${lines[2]} = "$info returned new/b: qp "* ]]
	[ "${lines[3]}" = "$info new/c failed temporarily: 127.0.0.1 said: 450 later" ]
	[ "$(in_box)" = "new/c new/d" ]
}

@test "maildirsmtp: an IPv6 address, its port; the session ends with QUIT" {
	serve --addr ::1 --log "$BATS_TEST_TMPDIR/log"
	letter new/a 100
	exits 0 maildirsmtp "$BOX" p- "[::1]:$PORT" gw.test
	[[ $output = "$info new/a succeeded: ::1 said: 250 "* ]]
	grep -q '< QUIT' "$BATS_TEST_TMPDIR/log"
}

@test "maildirsmtp: nobody there: mail stays, but after two weeks it bounces" {
	native errno
	letter new/a $((15 * 86400))
	letter new/b $((13 * 86400))
	exits 111 maildirsmtp "$BOX" p- 127.0.0.1:1 gw.test
	[ "${lines[0]}" = "maildirsmtp: fatal: unable to connect to 127.0.0.1:1: Connection refused" ]
	[[ $output = *"$info new/a bounced: 127.0.0.1:1 could not be reached, or gave no answer"* ]]
	[ "${lines[5]}" = "maildirserial: fatal: making no progress, giving up" ]
	[ "$(in_box)" = "new/b" ]
	grep -qx 'This message is too old. Giving up.' "$QUEUED"/*.message
}

@test "maildirsmtp: nothing to do is 0, and nobody is called" {
	exits 0 maildirsmtp "$BOX" p- 127.0.0.1:1 gw.test
	[ "$output" = "" ]
}

@test "maildirsmtp: misuse is 100" {
	exits 100 maildirsmtp "$BOX" p- 127.0.0.1
	[ "$output" = "maildirsmtp: usage: maildirsmtp dir prefix host helohost" ]
	exits 100 maildirsmtp "$BOX" p- 'no host' gw.test
	[ "${#lines[@]}" = 1 ]
}
