# qv-trigger under every listener, called by programs of others: the whole journey, each message compared.

load helper
load mail

H=some.example.com N=20

setup() {
	[ "$(id -u)" = 0 ] || skip "a listener starts it as root"
	getent hosts "$(hostname)" || skip "fetchmail needs a name of this machine that resolves"
	fresh_root
	fake_queue
	SERVER='' LISTENER=''
	LOG=$BATS_TEST_TMPDIR/log
}

teardown() {
	end_child "$LISTENER"
	[ -z "$SERVER" ] || stop_server
}

# customer [OPTION]...: joe and his server, with mail that waits
customer() {
	local i
	serve "$@"
	dialup $H "$PORT" 2>/dev/null
	qv-domain trigger $H --user joe --from 127.0.0.1 --secret-fd 3 3<<<geheim
	for i in $(seq $N); do leave $H "m$i" joe@elsewhere.test <(printf 'Subject: m%s\n\n.line %s\n.\n%*s\n\n' "$i" "$i" "$((i * 97))" x); done
	cp -r "$NEW" "$BATS_TEST_TMPDIR/sent"
	CALL=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
}

# listens COMMAND...: on port $CALL from now on
listens() {
	"$@" >>"$LOG" 2>&1 3>&- &
	LISTENER=$!
	for _ in $(seq 200); do
		[ "$(ss -Htln "sport = :$CALL" | wc -l)" = 0 ] || return 0
		sleep 0.05
	done
	cat "$LOG"
	return 1
}

# polls [WORD]...: fetchmail calls by ODMR
polls() {
	printf 'poll 127.0.0.1 protocol ODMR port %s username joe password geheim fetchdomains %s smtphost 127.0.0.1/%s %s\n' \
		"$CALL" $H "$PORT" "${*:-sslproto \"\"}" >"$BATS_TEST_TMPDIR/rc"
	chmod 600 "$BATS_TEST_TMPDIR/rc"
	HOME=$BATS_TEST_TMPDIR timeout 30 fetchmail -f "$BATS_TEST_TMPDIR/rc" -N 3>&-
}

# and fetches it all
fetches() {
	exits 0 polls
	all_came
}

# The same over TLS. Of a record with two lines fetchmail 6.4.37 passes on one, and waits: on a busy machine a wrapper may
# still join two. Such a call is given up, and the next one brings the rest.
fetches_by_tls() {
	echo 0 >"$C/qv-call-interval"
	for _ in 1 2 3 4; do
		polls ssl no sslcertck || true
		[ "$(left)" != 0 ] || break
	done
	all_came
}

# what the customer's server has is what waited here, and each once
all_came() {
	for _ in $(seq 100); do
		[ "$(left)" != 0 ] || break
		sleep 0.05
	done
	diff <(cd "$BATS_TEST_TMPDIR/sent" && for f in *; do sed '1,2d; s/$/\r/' "$f" | sha256sum; done | sort) \
		<(for f in "$STORE"/*.msg; do sha256sum <"$f"; done | sort)
	[ "$(left)" = 0 ]
}

by_tcpsvd() { listens tcpsvd -E 127.0.0.1 "$CALL" "$BIN/qv-trigger" "$@"; }

by_systemd() { listens systemd-socket-activate -l "127.0.0.1:$CALL" --inetd -a -E QVMAIL_ROOT="$ROOT" "$BIN/qv-trigger" "$@"; }

by_inetd() {
	echo "127.0.0.1:$CALL stream tcp nowait root /usr/bin/env env QVMAIL_ROOT=$ROOT $BIN/qv-trigger $*" >"$BATS_TEST_TMPDIR/inetd.conf"
	listens "$(command -v inetd || echo /usr/sbin/inetd)" -d "$BATS_TEST_TMPDIR/inetd.conf"
}

# TLS, with a certificate of its own, and the words of a configuration
by_stunnel() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout "$BATS_TEST_TMPDIR/key" -out "$BATS_TEST_TMPDIR/pem" 2>/dev/null
	cat "$BATS_TEST_TMPDIR/key" "$BATS_TEST_TMPDIR/pem" >"$BATS_TEST_TMPDIR/both"
	chmod 600 "$BATS_TEST_TMPDIR/both"
	cat >"$BATS_TEST_TMPDIR/stunnel.conf" <<END
foreground = yes
pid =
[odmr]
accept = 127.0.0.1:$CALL
cert = $BATS_TEST_TMPDIR/both
exec = $BIN/qv-trigger
execArgs = qv-trigger $*
END
	listens stunnel "$BATS_TEST_TMPDIR/stunnel.conf"
}

@test "callers: fetchmail under ipsvd's tcpsvd" {
	customer --chunking
	by_tcpsvd odmr
	fetches
	grep "from 127.0.0.1" "$LOG"
}

@test "callers: fetchmail under systemd's socket, which tells no address" {
	customer --chunking
	by_systemd odmr
	fetches
}

@test "callers: fetchmail under inetd" {
	customer
	by_inetd odmr
	fetches
}

@test "callers: fetchmail under stunnel, with TLS" {
	customer --chunking
	by_stunnel odmr --protected
	fetches_by_tls
}

@test "callers: fetchmail under stunnel, with TLS, from a server without extensions" {
	customer
	by_stunnel odmr --protected
	fetches_by_tls
}

@test "callers: by address: msmtp under tcpsvd, systemd and inetd" {
	local how
	customer
	for how in by_tcpsvd by_systemd by_inetd; do
		$how etrn
		exits 0 timeout 60 msmtp --host=127.0.0.1 --port="$CALL" --rmqs=$H
		kill "$LISTENER"
		wait "$LISTENER" || true
		LISTENER=''
		echo 0 >"$C/qv-call-interval"
		all_came
		rm "$STORE"/*.msg
		cp -p "$BATS_TEST_TMPDIR"/sent/* "$NEW"
		chown "$POPUID:$POPGID" "$NEW"/*
	done
}

# It knows no port but 25.
@test "callers: by address: sendmail's etrn" {
	customer
	by_tcpsvd etrn
	sed "s/^my \$port = .*/my \$port = $CALL;/" "$(command -v etrn)" >"$BATS_TEST_TMPDIR/etrn"
	run -0 timeout 60 perl "$BATS_TEST_TMPDIR/etrn" -v 127.0.0.1 $H other.test
	[[ $output == *"ETRN supported"*"253 2.0.0 OK, $N pending messages for node $H started"*"459 5.7.1 Node other.test not allowed"* ]]
	all_came
}
