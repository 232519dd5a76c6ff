#!/usr/bin/env bats
# maildirserial: the command line, the protocol and the messages of serialmail's own; not its stalls.

load helper
load mail
load serial

setup() {
	fresh_root
	fake_queue
	box
}

usage="maildirserial: usage: maildirserial [ -b ] [ -t lifetime ] dir prefix client [ arg ... ]"
info="maildirserial: info:"

# says ANSWERS: a client that reads all names into $BATS_TEST_TMPDIR/names and prints these
says() {
	client=(sh -c 'tr "\0" "\n" >>"$0"; printf "$1"' "$BATS_TEST_TMPDIR/names" "$1")
}

@test "maildirserial: the client gets the names, oldest first, of those with the prefix, in new and cur" {
	letter new/b 90
	letter cur/a:2, 100
	letter new/c 80 s@e.test other-joe@h.test
	letter new/d 70
	mkdir "$BOX/new/dir"
	ln -s b "$BOX/new/link"
	says ''
	exits 111 maildirserial "$BOX" p- "${client[@]}"
	[ "$output" = "maildirserial: fatal: making no progress, giving up" ]
	same "$BATS_TEST_TMPDIR/names" $'cur/a:2,\nnew/b\nnew/d\ncur/a:2,\nnew/b\nnew/d\ncur/a:2,\nnew/b\nnew/d\n'
	[ "$(in_box)" = "cur/a:2, new/b new/c new/d" ]
}

@test "maildirserial: an empty prefix is that of every message; the client runs in the Maildir" {
	letter new/a 100 s@e.test other-joe@h.test
	exits 0 maildirserial "$BOX" '' sh -c 'cat >/dev/null; [ -f new/a ] && printf "new/a\0Kok\n"'
	[ "$output" = "$info new/a succeeded: ok" ]
}

@test "maildirserial: K removes, Z and D keep; what is kept is not tried again" {
	letter new/a 100
	letter new/b 90
	letter new/c 80
	says 'new/a\0Kyes\nnew/b\0Znot now\nnew/c\0Dnever\n'
	exits 111 maildirserial "$BOX" p- "${client[@]}"
	[ "$output" = "$info new/a succeeded: yes"$'\n'"$info new/b failed temporarily: not now"$'\n'"$info new/c failed: never" ]
	[ "$(in_box)" = "new/b new/c" ]
	same "$BATS_TEST_TMPDIR/names" $'new/a\nnew/b\nnew/c\n'
}

@test "maildirserial: nothing to do is 0, and no client is run" {
	exits 0 maildirserial "$BOX" p- false
	letter new/x 10 s@e.test other@h.test
	exits 0 maildirserial "$BOX" p- false
	[ "$output" = "" ]
}

@test "maildirserial -b: D goes back to the sender, in the form of the original, and is removed" {
	letter new/a 100
	says 'new/a\0D550 no\n'
	exits 0 maildirserial -b "$BOX" p- "${client[@]}"
	[ "${lines[0]}" = "$info new/a bounced: 550 no" ]
	[[ ${lines[1]} =~ ^"$info returned new/a: qp "[0-9]+$ ]]
	[ "$(in_box)" = "" ]
	same "$(echo "$QUEUED"/*.envelope)" $'F\nTs@elsewhere.test\n\n'
	diff <(sed '/^Date: /d' "$QUEUED"/*.message) - <<-'END'
		From: MAILER-DAEMON@gateway.example.net
		To: s@elsewhere.test
		Subject: failure notice

		Hi. This is the maildirbounce program at gateway.example.net.
		I'm afraid I wasn't able to deliver your message to the following address.
		This is a permanent error; I've given up. Sorry it didn't work out.

		<joe@h.test>:
		550 no

		--- Below this line is a copy of the message.

		Return-Path: <s@elsewhere.test>
		Subject: new/a

		Hello.
	END
}

@test "maildirserial -b: the bounce of a bounce goes to the postmaster, the third one nowhere" {
	letter new/a 100 ''
	letter new/b 90 '#@[]'
	says 'new/a\0Dno\nnew/b\0Dno\n'
	exits 0 maildirserial -b "$BOX" p- "${client[@]}"
	[ "${lines[3]}" = "$info discarding new/b: triple bounce" ]
	same "$(echo "$QUEUED"/*.envelope)" $'F#@[]\nTpostmaster@gateway.example.net\n\n'
	[ "$(in_box)" = "" ]
}

@test "maildirserial -b: a bounce that cannot be queued, or has nowhere to go, leaves the message where it is" {
	letter new/a 100
	letter new/b 90
	printf 'X: y\nDelivered-To: p-x@h\n\n' >"$BOX/new/b"
	touch -d '1 minute ago' "$BOX/new/b"
	echo 53 >"$ROOT/queue-exit"
	says 'new/a\0Dno\nnew/b\0Dno\n'
	exits 111 maildirserial -b "$BOX" p- "${client[@]}"
	[[ ${lines[1]} = "maildirserial: warning: unable to bounce new/a: qq failed: "* ]]
	[ "${lines[3]}" = "maildirserial: warning: unable to bounce new/b: bad file format" ]
	[ "$(in_box)" = "new/a new/b" ]
}

@test "maildirserial -t: older than that, Z is D" {
	letter new/a 100
	letter new/b 30
	says 'new/a\0Z450 later\nnew/b\0Z450 later\n'
	exits 111 maildirserial -t 60 "$BOX" p- "${client[@]}"
	[ "$output" = "$info new/a failed: 450 later"$'\n'"$info new/b failed temporarily: 450 later" ]
	exits 111 maildirserial -b -t60 "$BOX" p- "${client[@]}"
	[ "$(in_box)" = "new/b" ]
	grep -A1 -x '450 later' "$QUEUED"/*.message | grep -x 'This message is too old. Giving up.'
}

@test "maildirserial -t: it bounces though the client never answers, fails, dies, or is not there" {
	for client in true 'exit 111' 'exit 100' 'kill -9 $$' './nothing'; do
		letter new/old 100
		letter new/young 30
		run maildirserial -b -t 60 "$BOX" p- sh -c "$client"
		[ "$status" != 0 ]
		[[ $output = *"$info new/old bounced: sh gave no answer"* ]]
		[ "$(in_box)" = "new/young" ]
	done
	exits 0 maildirserial -b -t 10 "$BOX" p- ./nothing
	[ "$(in_box)" = "" ] || { in_box; return 1; }
}

@test "maildirserial: words that are no answer about mail that was listed count for nothing" {
	letter new/a 100
	touch -d '1 minute ago' "$BOX/precious"
	letter new/x 90 s@e.test other@h.test
	says 'garbage\nnew/a\0K\nnew/x\0Kx\n../box/new/a\0K\nprecious\0K\nnew/../precious\0K\nnew/a\0Kcut'
	exits 111 maildirserial "$BOX" p- "${client[@]}"
	[ "$output" = "maildirserial: fatal: making no progress, giving up" ]
	[ "$(in_box)" = "new/a new/x" ]
	[ -f "$BOX/precious" ]
}

@test "maildirserial: of two answers about one message the first counts" {
	letter new/a 100
	says 'new/a\0Zlater\nnew/a\0Kok\n'
	exits 111 maildirserial "$BOX" p- "${client[@]}"
	[ "$output" = "$info new/a failed temporarily: later" ]
	[ "$(in_box)" = new/a ]
}

@test "maildirserial: names with odd bytes" {
	odd=$'new/a b\n\302\377%s;$(x)*'
	letter "$odd" 100
	exits 0 maildirserial "$BOX" p- sh -c 'xargs -0 printf "%s\0Kok\n"'
	[ "$(in_box)" = "" ]
}

@test "maildirserial: a client that closes early, or reads nothing, loses nothing" {
	for i in $(seq 300); do letter "new/$(printf '%0200d' "$i")" 100; done
	for client in 'exec 0<&- 1>&-; exit 0' 'exec 1>&-; cat >/dev/null' 'exit 3'; do
		exits 111 maildirserial "$BOX" p- sh -c "$client"
		[ "$output" = "maildirserial: fatal: making no progress, giving up" ]
		[ "$(find "$BOX/new" -type f | wc -l)" = 300 ]
	done
}

@test "maildirserial: the client's 100 is ours, its death is 111; answers before it count" {
	letter new/a 100
	letter new/b 90
	letter new/c 80
	exits 100 maildirserial "$BOX" p- sh -c 'printf "new/a\0Kx\n"; exit 100'
	[ "$output" = "$info new/a succeeded: x" ]
	exits 111 maildirserial "$BOX" p- sh -c 'printf "new/b\0Kx\n"; kill -9 $$'
	[ "$output" = "$info new/b succeeded: x"$'\n'"maildirserial: fatal: client crashed" ]
	[ "$(in_box)" = new/c ]
}

@test "maildirserial: misuse is 100 and says how it is used; what cannot be done is 111" {
	for args in '' "$BOX" "$BOX p-" "-x $BOX p- true" '-t' "-t x $BOX p- true"; do
		# shellcheck disable=SC2086 # arguments
		exits 100 maildirserial $args
		[ "$output" = "$usage" ]
	done
	exits 111 maildirserial no p- true
	[ "$output" = "maildirserial: fatal: unable to chdir to no: file does not exist" ]
	rmdir "$BOX/new"
	exits 111 maildirserial "$BOX" p- true
	[ "$output" = "maildirserial: fatal: unable to scan \$MAILDIR/new: file does not exist" ]
}

@test "maildirserial: with serialsmtp it empties a Maildir" {
	serve
	letter new/a 100
	letter cur/b 90
	mapfile -t client < <(tcp "$PORT" serialsmtp p- gw.test)
	exits 0 maildirserial -b "$BOX" p- "${client[@]}"
	[ "${lines[0]}" = "$info new/a succeeded: 127.0.0.1 said: 250 2.0.0 message 0001 taken" ]
	[ "$(in_box)" = "" ]
	[ "$(accepted)" = 2 ]
	stop_server
}
