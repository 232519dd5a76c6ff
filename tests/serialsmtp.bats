#!/usr/bin/env bats
# serialsmtp: the command line, the protocol and the messages of serialmail's own; not its stalls.

load helper
load mail
load serial

setup() {
	applets
	box
	cd "$BOX" || return
}

teardown() {
	[ -z "$SERVER" ] || stop_server
}

# answers CODE FILE...: runs it over these names; each answer's NUL is shown as a blank, errors stand behind them
answers() {
	local want=$1 client
	shift
	mapfile -t client < <(tcp "$PORT" serialsmtp p- gw.test)
	# shellcheck disable=SC2016 # for the other shell
	exits "$want" bash -o pipefail -c 'names=$1; shift; printf "%b" "$names" | "$@" 2>err | tr "\0" " "; r=$?; cat err; exit "$r"' - \
		"$(printf '%s\\0000' "$@")" "${client[@]}"
}

@test "serialsmtp: one verdict a file: taken, later, never" {
	serve --reply 'rcpt:2=450 later' --reply 'rcpt:3=550 never'
	letter new/a 9
	letter new/b 8
	letter new/c 7
	answers 0 new/a new/b new/c
	[ "${lines[0]}" = "new/a K127.0.0.1 said: 250 2.0.0 message 0001 taken" ]
	[ "${lines[1]}" = "new/b Z127.0.0.1 said: 450 later" ]
	[ "${lines[2]}" = "new/c D127.0.0.1 said: 550 never" ]
	[ "$(accepted)" = 1 ]
}

@test "serialsmtp: envelope from the first two lines, which are not sent; the prefix goes, nothing is quoted twice" {
	serve --no-8bitmime
	letter new/a 9 '"q r"@t.test' 'p-j o@h.test'
	answers 0 new/a
	same "$STORE/0001.env" $'MAIL FROM:<"q r"@t.test>\nRCPT TO:<"j o"@h.test>\n'
	same "$STORE/0001.msg" $'Subject: new/a\r\n\r\nHello.\r\n'
}

@test "serialsmtp: without PIPELINING too, and with HELO alone" {
	serve --strict-nopipe --no-ehlo --no-pipelining
	letter new/a 9
	letter new/b 8
	answers 0 new/a new/b
	[ "$(accepted)" = 2 ]
}

@test "serialsmtp: a last line without its end blocks nobody" {
	serve
	letter new/a 9
	printf 'no end' >>new/a
	letter new/b 8
	answers 0 new/a new/b
	same "$STORE/0001.msg" $'Subject: new/a\r\n\r\nHello.\r\nno end\r\n'
	[ "$(accepted)" = 2 ]
}

@test "serialsmtp: what cannot be read, or has no envelope, is Z and says why; what is gone is passed over" {
	serve
	letter new/a 9
	printf 'X: y\n\n' >new/b
	mkdir new/c
	ln -s a new/d
	letter new/e 8 s@e.test other@h.test
	letter new/f 7
	answers 0 new/b new/c new/d new/e new/gone new/f
	[ "${lines[0]}" = "new/b Zits first line is not Return-Path: <SENDER>" ]
	[ "${lines[1]}" = "new/c Zunable to read it: invalid argument" ]
	[ "${lines[2]}" = "new/d Zunable to read it: symbolic link loop" ]
	[ "${lines[3]}" = "new/e Zits Delivered-To line does not begin with this customer's prefix" ]
	[ "${lines[4]}" = "new/f K127.0.0.1 said: 250 2.0.0 message 0001 taken" ]
	[ "${#lines[@]}" = 5 ]
}

@test "serialsmtp: a server that does not want us: 111, in the words of the original" {
	letter new/a 9
	serve --reply 'greeting=554 go away'
	answers 111 new/a
	[[ $output = "serialsmtp: fatal: connected but greeting failed: 554 go away"* ]]
	stop_server
	serve --reply 'ehlo=500 what' --reply 'helo=550 bad name'
	answers 111 new/a
	[[ $output = "serialsmtp: fatal: connected but my name was rejected: 550 bad name"* ]]
}

@test "serialsmtp: what may have arrived when the line dropped is Z and says so; what was not sent gets no verdict" {
	serve --close accepted:2
	letter new/a 9
	letter new/b 8
	letter new/c 7
	answers 111 new/a new/b new/c
	[ "${lines[0]}" = "new/a K127.0.0.1 said: 250 2.0.0 message 0001 taken" ]
	[[ ${lines[1]} = "new/b Znetwork read error: "*"(its end was sent: it may arrive twice)" ]]
	[[ ${lines[2]} = "serialsmtp: fatal: network read error: "* ]]
	[ "${#lines[@]}" = 3 ]
}

@test "serialsmtp: a session that leads to nothing charges its first file, and not those behind it" {
	serve --close rcpt
	letter new/a 9
	letter new/b 8
	answers 111 new/a new/b
	[[ ${lines[0]} = "new/a Znetwork read error: end of file"* ]]
	[[ ${lines[1]} = "serialsmtp: fatal: "* ]]
	[ "${#lines[@]}" = 2 ]
}

@test "serialsmtp: who waits for a verdict before it names the next file is served" {
	serve
	letter new/a 9
	letter new/b 8
	mapfile -t client < <(tcp "$PORT" serialsmtp p- gw.test)
	coproc { exec timeout 20 "${client[@]}" 3>&-; }
	for name in new/a new/b; do
		printf '%s\0' "$name" >&"${COPROC[1]}"
		IFS= read -r -d '' answered <&"${COPROC[0]}"
		read -r line <&"${COPROC[0]}"
		[ "$answered" = "$name" ]
		[[ $line = "K127.0.0.1 said: 250 "* ]]
	done
}

@test "serialsmtp: misuse is 100, no connection 111" {
	exits 100 serialsmtp p-
	[ "$output" = "serialsmtp: usage: serialsmtp prefix helohost" ]
	exits 111 bash -c 'serialsmtp p- gw.test 6<&- 7<&- </dev/null'
	[[ $output = "serialsmtp: fatal: network read error: file descriptor not open"* ]]
}
