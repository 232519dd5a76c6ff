# qv-trigger: a customer calls for his mail.

load helper
load mail

setup() {
	fresh_root
	fake_queue
	MASTER='' SERVER='' LISTENER=''
	H=some.example.com
}

teardown() {
	end_child "$MASTER"
	end_child "$LISTENER"
	[ -z "$SERVER" ] || stop_server
}

# customer HOST [PORT]: a dial-up host that joe may call for, with his secret
customer() {
	dialup "$1" "${2-9}" 2>/dev/null
	qv-domain trigger "$1" --user joe --secret-fd 3 3<<<geheim
}

# listen WAY...: tcpserver runs it for each connection; $CALL is its port, $LOG what it says
listen() {
	LOG=$BATS_TEST_TMPDIR/trigger.log
	: >"$BATS_TEST_TMPDIR/call"
	tcpserver -1RHl0 127.0.0.1 0 "$BIN/qv-trigger" "$@" >"$BATS_TEST_TMPDIR/call" 2>"$LOG" 3>&- &
	LISTENER=$!
	until_true test -s "$BATS_TEST_TMPDIR/call"
	CALL=$(cat "$BATS_TEST_TMPDIR/call")
}

took() { [ "$(accepted)" = "$1" ]; }
nobody_is_served() { [ "$(pgrep -c -P "$LISTENER")" = 0 ]; }
is_left() { [ "$(left)" = "$1" ]; }

caller() { timeout 60 "$BATS_TEST_DIRNAME/odd/caller.py" "$CALL" "$@"; }

# says WANT COMMAND...: the codes of all replies behind the greeting, as one line
says() {
	local want=$1 got
	shift
	got=$(caller "$@" | sed 1d | cut -c1-3 | paste -sd' ')
	[ "$got" = "$want" ] || { echo "got: $got"; echo "want: $want"; return 1; }
}

# by ADDRESS LINE...: etrn for somebody at that address, without a listener; his replies
by() {
	local from=$1
	shift
	printf '%s\n' "$@" QUIT | TCPREMOTEIP=$from qv-trigger etrn 2>>"$BATS_TEST_TMPDIR/by.log" | sed '1d;$d' | tr -d '\r'
}

# the messages that the server took are those that were left, byte by byte
all_there() {
	local i
	for i in $(seq "$1"); do
		[ "$(is_in "m$i" "$STORE"/*.msg)" = 1 ] || { echo "m$i was taken $(is_in "m$i" "$STORE"/*.msg) times"; return 1; }
	done
}

# is_in NAME FILE...: how many of the files are that message
is_in() {
	local name=$1
	shift
	cat "$@" | grep -c $'^Subject: '"$name"$'\r\\?$' || true
}

# nothing_lost N: each message was taken, or waits
nothing_lost() {
	local i
	for i in $(seq "$1"); do
		[ "$(cat "$STORE"/*.msg "$NEW"/* 2>/dev/null | grep -c $'^Subject: '"m$i"$'\r\\?$')" -ge 1 ] || { echo "m$i is nowhere"; return 1; }
	done
}

leave_some() {
	local i
	for i in $(seq "$2"); do leave "$1" "${3-m}$i"; done
}

@test "etrn: who is not known gets nothing, and is not told what there is" {
	customer $H
	leave $H m1
	[ "$(by 192.0.2.7 "ETRN $H" "ETRN nobody.example.com")" = $'530 5.7.0 Authentication required\n530 5.7.0 Authentication required' ]
	run -0 qv-domain trigger $H --from 198.51.100.1
	[[ $(by 192.0.2.7 "ETRN $H") == 530* ]]
	qv-domain add dialup other.example.com 2>/dev/null
	[[ $(by 198.51.100.1 "ETRN other.example.com") == "459 "* ]]
	[[ $(by 198.51.100.1 "ETRN nobody.example.com") == "459 "* ]]
	[ "$(left)" = 1 ]
}

@test "etrn: the address of the peer: TCPREMOTEIP, TCPREMOTEADDR, REMOTE_ADDR, none" {
	customer $H
	qv-domain trigger $H --from 192.0.2.0/24 --from 2001:db8::/32
	try() { printf 'ETRN %s\r\nQUIT\r\n' $H | env "$@" "$BIN/qv-trigger" etrn 2>/dev/null | sed -n 2p | cut -c1-3; }
	[ "$(try TCPREMOTEIP=192.0.2.9)" = 251 ]
	[ "$(try TCPREMOTEIP=::ffff:192.0.2.9)" = 251 ]
	[ "$(try TCPREMOTEIP=192.0.3.9)" = 530 ]
	[ "$(try TCPREMOTEADDR=192.0.2.9:1025)" = 251 ]
	[ "$(try REMOTE_ADDR=192.0.2.9)" = 251 ]
	[ "$(try REMOTE_ADDR=[2001:db8::7]:1025)" = 251 ]
	[ "$(try TCPREMOTEIP=2001:db8:1::7)" = 251 ]
	[ "$(try TCPREMOTEIP=nonsense REMOTE_ADDR=192.0.2.9)" = 530 ]
	[ "$(try -u TCPREMOTEIP)" = 530 ]
	[ "$(try REMOTE_HOST=192.0.2.9)" = 530 ]
}

# bare WAY...: under a listener that tells no address, stderr where stdout is
bare() {
	tcpserver -1RHl0 127.0.0.1 0 sh -c 'unset TCPREMOTEIP; exec "$0" "$@" 2>&1' "$BIN/qv-trigger" "$@" >"$BATS_TEST_TMPDIR/call" 3>&- &
	LISTENER=$!
	until_true test -s "$BATS_TEST_TMPDIR/call"
	CALL=$(cat "$BATS_TEST_TMPDIR/call")
}

@test "etrn: behind a wrapper the peer is REMOTE_HOST, and the socket's loopback address is nobody's" {
	customer $H
	qv-domain trigger $H --from 127.0.0.1 --from 192.0.2.9
	bare etrn --protected
	[ "$(caller "ETRN $H" QUIT | cut -c1-3 | paste -sd' ')" = "220 530 221" ]
	kill "$LISTENER"; wait "$LISTENER" 2>/dev/null || true
	REMOTE_HOST=192.0.2.9 bare etrn --protected
	[ "$(caller "ETRN $H" QUIT | cut -c1-3 | paste -sd' ')" = "220 251 221" ]
}

@test "etrn: HOST, @DOMAIN, #CUSTOMER, an alias; capitals and bare LF do no harm" {
	customer a.example.com
	customer b.example.com
	qv-domain add dialup c.example.com other 2>/dev/null
	qv-domain alias also.example.org a.example.com 2>/dev/null
	for h in a b c; do qv-domain trigger $h.example.com --from 192.0.2.7; done
	[[ $(by 192.0.2.7 "etrn A.Example.COM.") == "250 "*"no messages waiting"* ]]
	[[ $(by 192.0.2.7 "ETRN also.example.org") == "250 "* ]]
	[[ $(by 192.0.2.7 "ETRN @example.com") == "251 "* ]]
	[[ $(by 192.0.2.7 "ETRN @ample.com") == "459 "* ]]
	[[ $(by 192.0.2.7 "ETRN #ex1") == "250 "* ]]
	[[ $(by 192.0.2.7 "ETRN #other") == "250 "* ]]
	[[ $(by 192.0.2.7 "ETRN #nobody") == "459 "* ]]
	[[ $(by 192.0.2.7 "ETRN") == "501 "* ]]
	[[ $(by 192.0.2.7 "ETRN a..b") == "501 "* ]]
	[[ $(by 192.0.2.7 "ETRN a.example.com,b.example.com") == "501 "* ]]
	[[ $(by 192.0.2.7 "ETRN #../x") == "501 "* ]]
	[[ $(by 192.0.2.7 "ETRN ../$H") == "501 "* ]]
}

@test "etrn: SMTP's other commands" {
	customer $H
	[ "$(by 192.0.2.7 "EHLO x" | tr '\n' '|')" = "250-gateway.example.net|250-ETRN|250-AUTH CRAM-MD5|250 HELP|" ]
	[ "$(by 192.0.2.7 "HELO x" NOOP RSET HELP "MAIL FROM:<>" "RCPT TO:<x>" DATA "VRFY x" TURN ATRN FOO "" | cut -c1-3 | paste -sd' ')" = \
		"250 250 250 214 502 502 502 502 502 502 500 500" ]
}

@test "etrn: without a master a flush starts, and ends without the caller" {
	serve
	customer $H "$PORT"
	qv-domain trigger $H --from 192.0.2.7
	leave_some $H 3
	[[ $(by 192.0.2.7 "ETRN $H") == "253 "*" 3 pending messages for node $H started" ]]
	until_true took 3
	until_true is_left 0
	until_true grep -q " etrn - 192.0.2.7 sent" "$DIR/.qv-call"
	[[ $(qv-domain show $H) == *"last call"*"etrn by 192.0.2.7: sent"* ]]
	[[ $(qv-status $H) == *"; called "*" ago, etrn by 192.0.2.7: sent" ]]
	[[ $(qv-status $H -j) == *'"last_call":{"time":'*',"way":"etrn","user":null,"from":"192.0.2.7","result":"sent"}'* ]]
}

@test "etrn: the master that stays is told, also for a host that is on demand or has failed" {
	serve
	qv-domain add dialup $H ex1 --relayhost "127.0.0.1:$PORT" --on-demand 2>/dev/null
	dialup down.example.com 1 2>/dev/null
	for h in $H down.example.com; do qv-domain trigger "$h" --from 192.0.2.7; done
	NEW=$ROOT/home/serialmail/$H/Maildir/new
	leave $H m1
	leave down.example.com m1
	qv-master -v -e 600 3>&- >"$BATS_TEST_TMPDIR/master.log" 2>&1 &
	MASTER=$!
	until_true grep -q "down.example.com: 0 delivered" "$BATS_TEST_TMPDIR/master.log"
	[ "$(left)" = 1 ]
	[[ $(by 192.0.2.7 "ETRN $H") == "253 "* ]]
	until_true is_left 0
	grep -q "qv-master: .*/$H: flush started" "$BATS_TEST_TMPDIR/master.log"
	qv-domain relayhost down.example.com "127.0.0.1:$PORT"
	[[ $(by 192.0.2.7 "ETRN down.example.com") == "253 "* ]]
	until_true took 2
}

@test "etrn: at most once in control/qv-call-interval seconds, for each host" {
	serve
	customer $H "$PORT"
	customer b.example.com "$PORT"
	for h in $H b.example.com; do qv-domain trigger $h --from 192.0.2.7; done
	leave $H m1
	leave b.example.com m2
	[[ $(by 192.0.2.7 "ETRN $H" "ETRN $H" "ETRN b.example.com" | cut -c1-3 | paste -sd' ') == "253 "*" 253" ]]
	until_true took 2
	leave $H m3
	[[ $(by 192.0.2.7 "ETRN $H") == "458 "*"less than 10 seconds ago" ]]
	echo 0 >"$C/qv-call-interval"
	[[ $(by 192.0.2.7 "ETRN $H") == "253 "* ]]
	until_true took 3
}

@test "etrn: a paused host is not sent to" {
	customer $H
	qv-domain trigger $H --from 192.0.2.7
	qv-domain pause $H
	leave $H m1
	[[ $(by 192.0.2.7 "ETRN $H") == "458 "* ]]
}

@test "login: CRAM-MD5; what is wrong is the same for a known and an unknown user, and nothing of it is logged" {
	customer $H
	listen odmr
	says "334 235 453" "cram joe geheim" ATRN
	says "334 535 334 535 530" "cram joe falsch" "cram hugo geheim" ATRN
	says "501 504 504 501 334 501" AUTH "AUTH FOO" "plain joe geheim" "AUTH CRAM-MD5 eA==" "AUTH CRAM-MD5" "*"
	says "334 501 334 501 334 501" "AUTH CRAM-MD5" "#" "AUTH CRAM-MD5" "eA==" "AUTH CRAM-MD5" "AAAA"
	says "334 235 503" "cram joe geheim" "AUTH CRAM-MD5"
	grep -q "login of joe failed: from 127.0.0.1" "$LOG"
	grep -q "login of an unknown user failed: from 127.0.0.1" "$LOG"
	run ! grep -E "geheim|falsch|hugo" "$LOG"
}

@test "login: three tries a connection; then its address has to wait longer and longer" {
	customer $H
	listen odmr
	says "334 535 334 535 334 535 421" "cram joe a" "cram joe b" "cram joe c" "cram joe geheim"
	SECONDS=0
	says "334 535" "cram joe d"
	says "334 535" "cram joe d"
	[ "$SECONDS" -ge 2 ]
}

@test "login: PLAIN and LOGIN only where nobody can listen" {
	customer $H
	listen odmr --protected
	says "235 453" "plain joe geheim" ATRN
	says "535 535" "plain joe falsch" "plain hugo geheim"
	says "334 235" "AUTH PLAIN" "$(printf '\0joe\0geheim' | base64)"
	says "334 500 235" "AUTH PLAIN" "$(printf '%020000d' 0)" "plain joe geheim"
	says "334 501 235" "AUTH PLAIN" "*" "plain joe geheim"
	says "334 334 235" "AUTH LOGIN" "$(printf joe | base64)" "$(printf geheim | base64)"
	says "501 501 501" "AUTH PLAIN $(printf joe | base64)" "AUTH PLAIN $(printf '\0joe' | base64)" "AUTH PLAIN !"
}

@test "odmr: the connection turns round, and whatever the other side offers is used" {
	local offer
	customer $H
	echo 0 >"$C/qv-call-interval"
	for offer in --no-pipelining "" --chunking; do
		# shellcheck disable=SC2086
		serve $offer
		leave_some $H 5
		[ -n "$LISTENER" ] || listen odmr
		says "334 235 250" "cram joe geheim" ATRN "turn $PORT"
		until_true is_left 0
		all_there 5
		stop_server
		rm -rf "$STORE" "$DIR/.qv-status"
	done
	SERVER=
	grep -q "odmr: joe from 127.0.0.1: turned for 1 host" "$LOG"
	grep -q " odmr joe 127.0.0.1 5 delivered, 0 deferred, 0 bounced" "$DIR/.qv-call"
}

@test "odmr: a call keeps .qv-status, which root's flush has made before" {
	[ "$(id -u)" = 0 ] || skip "needs root: it calls as another user"
	serve
	customer $H
	leave $H m0
	exits 111 qv-flush "$D"
	[ "$(stat -c %U "$DIR/.qv-status")" = root ]
	listen odmr
	says "334 235 250" "cram joe geheim" ATRN "turn $PORT"
	until_true grep -qx 'delivered 1' "$DIR/.qv-status"
	run ! grep "unable to give" "$LOG"
	leave $H m1
	exits 111 qv-flush "$D"
	grep -qx 'deferred 1' "$DIR/.qv-status"
}

@test "odmr: all hosts of the login, or those that are named, in one session" {
	serve --chunking
	customer a.example.com
	customer b.example.com
	customer c.example.com
	dialup other.example.com 9 2>/dev/null
	leave_some a.example.com 3 a
	leave_some c.example.com 3 c
	leave other.example.com m1
	listen odmr
	says "334 235 450 501 453" "cram joe geheim" "ATRN a.example.com,other.example.com" "ATRN a..b" "ATRN b.example.com"
	says "334 235 250" "cram joe geheim" "ATRN b.example.com, A.example.com" "turn $PORT"
	until_true took 3
	says "334 235 250" "cram joe geheim" ATRN "turn $PORT"
	until_true took 6
	leave b.example.com b1
	leave c.example.com c4
	echo 0 >"$C/qv-call-interval"
	says "334 235 250" "cram joe geheim" ATRN "turn $PORT"
	until_true took 8
}

@test "odmr: 453 only where no mail waits: busy, paused, called just before, not his" {
	serve
	customer $H "$PORT"
	listen odmr
	says "530" ATRN
	says "334 235 453" "cram joe geheim" ATRN
	leave $H m1
	flock "$DIR/RELAYHOST" sleep 5 3>&- &
	sleep 0.2
	says "334 235 451" "cram joe geheim" ATRN
	wait $!
	qv-domain pause $H
	says "334 235 451" "cram joe geheim" ATRN
	qv-domain resume $H
	says "334 235 250" "cram joe geheim" ATRN "turn $PORT"
	until_true took 1
	leave $H m2
	says "334 235 450" "cram joe geheim" ATRN
	says "334 235 503" "cram joe geheim" 'raw ATRN\r\n220 hi\r\n' wait
	says "502 502" "ETRN $H" "MAIL FROM:<>"
}

@test "odmr: the mark of a full host, which root made, is kept by a call, which is popusr's" {
	customer $H
	leave_some $H 2
	qv-domain quota $H 2
	qv-domain pause $H
	[ "$EUID" != 0 ] || [ "$(stat -c %u "$DIR/.qv-full")" = 0 ]
	touch -d '1 hour ago' "$DIR/.qv-full"
	listen odmr
	says "334 235 451" "cram joe geheim" ATRN
	[ -z "$(find "$DIR/.qv-full" -mmin +1)" ]
}

@test "odmr: fetchmail" {
	command -v fetchmail || skip "no fetchmail"
	getent hosts "$(hostname)" || skip "fetchmail needs a name of this machine that resolves"
	serve --chunking
	customer $H "$PORT"
	leave_some $H 50
	listen odmr
	printf 'poll 127.0.0.1 protocol ODMR port %s username joe password geheim fetchdomains %s smtphost 127.0.0.1/%s sslproto ""\n' \
		"$CALL" $H "$PORT" >"$BATS_TEST_TMPDIR/rc"
	chmod 600 "$BATS_TEST_TMPDIR/rc"
	HOME=$BATS_TEST_TMPDIR exits 0 timeout 60 fetchmail -f "$BATS_TEST_TMPDIR/rc" -N 3>&-
	until_true took 50
	all_there 50
	[ "$(left)" = 0 ]
}

@test "etrn: fetchmail, msmtp, swaks" {
	for c in fetchmail msmtp swaks; do command -v $c || skip "no $c"; done
	getent hosts "$(hostname)" || skip "fetchmail needs a name of this machine that resolves"
	serve
	customer $H "$PORT"
	qv-domain trigger $H --from 127.0.0.1
	echo 0 >"$C/qv-call-interval"
	listen etrn
	export HOME=$BATS_TEST_TMPDIR
	leave $H m1
	printf 'poll 127.0.0.1 protocol ETRN port %s fetchdomains %s sslproto ""\n' "$CALL" $H >"$BATS_TEST_TMPDIR/rc"
	chmod 600 "$BATS_TEST_TMPDIR/rc"
	exits 0 timeout 60 fetchmail -f "$BATS_TEST_TMPDIR/rc" -N 3>&-
	until_true took 1
	leave $H m2
	exits 0 timeout 60 msmtp --host=127.0.0.1 --port="$CALL" --rmqs=$H
	until_true took 2
	leave $H m3
	exits 0 timeout 60 msmtp --host=127.0.0.1 --port="$CALL" --rmqs=@example.com
	until_true took 3
	exits 69 timeout 60 msmtp --host=127.0.0.1 --port="$CALL" --rmqs=nobody.example.com
	exits 0 timeout 60 swaks --server 127.0.0.1 --port "$CALL" --quit-after EHLO
}

@test "odmr: a line that breaks, a caller who does not read: each message is there, or waits" {
	local i
	serve --chunking
	customer $H
	echo 0 >"$C/qv-call-interval"
	for i in $(seq 40); do leave $H "m$i" sender@elsewhere.test <(printf 'Subject: m%s\n\n' "$i"; head -c 20000 /dev/zero | tr '\0' 'x' | fold); done
	listen odmr
	caller "cram joe geheim" ATRN "turn $PORT 100000" >/dev/null
	until_true nobody_is_served
	[ "$(left)" -gt 0 ]
	caller "cram joe geheim" ATRN deaf >/dev/null
	nothing_lost 40
	until_true nobody_is_served
	caller "cram joe geheim" ATRN "turn $PORT" >/dev/null
	until_true is_left 0
	nothing_lost 40
}

@test "odmr: killed in the middle, again and again: nothing is lost" {
	local i n
	serve --chunking
	customer $H
	echo 0 >"$C/qv-call-interval"
	for i in $(seq 60); do leave $H "m$i" sender@elsewhere.test <(printf 'Subject: m%s\n\n' "$i"; head -c 20000 /dev/zero | tr '\0' 'x' | fold); done
	listen odmr
	for n in 1 2 3 4 5; do
		caller "cram joe geheim" ATRN "turn $PORT" >/dev/null &
		sleep "0.0$n"
		pkill -KILL -P "$LISTENER" || true
		wait $! || true
	done
	nothing_lost 60
	caller "cram joe geheim" ATRN "turn $PORT" >/dev/null
	until_true is_left 0
	nothing_lost 60
}

@test "garbage, a megabyte without a newline, a hundred unknown commands: a clear code, one line in the log, and the end" {
	customer $H
	listen etrn
	says "500 250" "fill 1000000" "raw \\r\\n" wait NOOP
	says "500 500 500 500 500 500 500 500 500 500 421" a b c d e f g h i j wait
	grep -q "from 127.0.0.1: ended: too many unknown commands" "$LOG"
	says "500 250" 'raw \x00\xff\x01\r\n' wait NOOP
}

@test "hello: whoever may, connects; nothing is said" {
	serve
	customer $H "$PORT"
	leave $H m1
	listen hello
	[ -z "$(timeout 5 bash -c 'cat <"/dev/tcp/127.0.0.1/$0"' "$CALL")" ]
	grep -q "hello: from 127.0.0.1: refused" "$LOG"
	qv-domain trigger $H --from 127.0.0.1
	[ -z "$(timeout 5 bash -c 'cat <"/dev/tcp/127.0.0.1/$0"' "$CALL")" ]
	until_true took 1
}

@test "autoturn: to the address of the peer, and the port of RELAYHOST" {
	serve
	dialup $H "$PORT" 2>/dev/null
	qv-domain relayhost $H "192.0.2.99:$PORT"
	qv-domain trigger $H --from 127.0.0.1
	leave $H m1
	TCPREMOTEIP=127.0.0.1 exits 0 qv-trigger autoturn
	[ "$(left)" = 1 ]
	qv-domain trigger $H --autoturn
	TCPREMOTEIP=127.0.0.1 exits 0 qv-trigger autoturn
	took 1
	[ "$(left)" = 0 ]
	grep -q " autoturn - 127.0.0.1 sent" "$DIR/.qv-call"
}

@test "under inetd: nothing is logged to the caller" {
	customer $H
	bare etrn
	qv-domain trigger $H --from 127.0.0.1
	[ "$(caller "ETRN $H" QUIT | cut -c1-3 | paste -sd' ')" = "220 251 221" ]
	# A socket of another kind, too.
	run /usr/bin/python3 - "$BIN/qv-trigger" <<'END'
import os, socket, subprocess, sys
ours, its = socket.socketpair()
p = subprocess.Popen([sys.argv[1], 'etrn'], stdin=its, stdout=its, stderr=its, env=dict(os.environ, TCPREMOTEIP='127.0.0.1'))
its.close()
ours.sendall(b'ETRN some.example.com\r\nQUIT\r\n')
print(' '.join(l[:3] for l in ours.makefile()))
p.wait()
END
	[ "$output" = "220 251 221" ]
}

@test "what waits on demand expires although nobody calls" {
	qv-domain add dialup $H ex1 --on-demand --lifetime 3600 2>/dev/null
	DIR=$ROOT/home/serialmail/$H NEW=$DIR/Maildir/new
	WHEN=$(($(date +%s) - 7200)) leave $H old
	leave $H fresh
	qv-master
	[ "$(left)" = 2 ] # looked at when it was set up
	touch -d '2 hours ago' "$DIR/.qv-on-demand"
	qv-master
	[ "$(ls "$NEW")" = fresh ]
	grep -l "only when the host calls" "$QUEUED"/*.message
	qv-status -j | grep -q '"last":null,.*"succeeded":null,"total":{"delivered":0,"deferred":0,"bounced":1,' # no attempt, but a bounce
}

@test "bad use: one line, exit 100; not as root: 421" {
	exits 100 qv-trigger
	exits 100 qv-trigger foo
	exits 100 qv-trigger etrn odmr
	exits 100 qv-trigger odmr --dry-run </dev/null
	[[ ${lines[0]} == "qv-trigger: fatal: a call cannot be tried with --dry-run; qv-domain show HOST prints who may call; usage: "* ]]
	[ "$(id -u)" = 0 ] || skip "not root"
	customer $H
	chmod o+x "$ROOT"
	exits 100 setpriv --reuid 65534 --regid 65534 --clear-groups "$BIN/qv-trigger" etrn </dev/null
	[[ $output == *"421 "*"qv-trigger: fatal: "*"users/qv-trigger: Permission denied"* ]]
}

@test "a line is up: the customer who dialled in gets his mail, and everybody's is tried" {
	serve
	customer $H "$PORT"
	customer b.example.com "$PORT"
	qv-domain trigger b.example.com --from 192.0.2.7
	leave $H m1
	leave b.example.com m2
	qv-domain add dialup c.example.com --on-demand --relayhost "127.0.0.1:$PORT" 2>/dev/null
	qv-domain trigger c.example.com --from 192.0.2.7
	leave c.example.com m3
	PPP_REMOTE=192.0.2.7 exits 0 sh "$REPO/rootfs/etc/ppp/ip-up.d/qvmail" 3>&-
	until_true took 3
}
