# For tests of the delivery: dial-up mail as qmail-local leaves it, and the server that takes it (tests/bench/fakesmtpd).

# dialup HOST PORT: a customer whose mail server is on loopback.
dialup() {
	qv-domain add dialup "$1" ex1 --relayhost "127.0.0.1:$2"
	D=/home/serialmail/$1 # as qv-flush calls it
	DIR=$ROOT$D
	NEW=$DIR/Maildir/new
}

# leave HOST NAME [SENDER] [BODY-FILE]: a message in the Maildir; the oldest is the first that was left.
STAMP=1700000000
leave() {
	local host=$1 name=$2 sender=${3-sender@elsewhere.test} body=${4-}
	local file=$ROOT/home/serialmail/$host/Maildir/tmp/$name
	{
		printf 'Return-Path: <%s>\nDelivered-To: %s-%s@%s\n' "$sender" "$host" "$name" "$host"
		if [ -n "$body" ]; then cat "$body"; else printf 'Subject: %s\n\nHello.\n' "$name"; fi
	} >"$file"
	[ "$EUID" != 0 ] || chown "$POPUID:$POPGID" "$file"
	STAMP=$((STAMP + 1))
	touch -d "@${WHEN:-$((EPOCHSECONDS - 1000 + STAMP - 1700000000))}" "$file"
	mv "$file" "$ROOT/home/serialmail/$host/Maildir/new/$name" # whole: a master may watch
}

# serve OPTIONS...: a fakesmtpd; $PORT, $SERVER (pid), $STORE (what it accepted). Stops by itself.
serve() {
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -p "$STORE"
	: >"$BATS_TEST_TMPDIR/port"
	"$TESTBIN/fakesmtpd" --timeout 120 --store "$STORE" "$@" >"$BATS_TEST_TMPDIR/port" 2>"$BATS_TEST_TMPDIR/server.err" 3>&- &
	SERVER=$!
	for _ in $(seq 200); do
		read -r PORT <"$BATS_TEST_TMPDIR/port" && break
		sleep 0.02
	done
	[ -n "$PORT" ]
}

# Ends the server; what it found wrong with our bytes is a failure.
stop_server() {
	kill "$SERVER" 2>/dev/null || true
	wait "$SERVER" 2>/dev/null || true
	[ ! -s "$STORE/violations" ] || { cat "$STORE/violations"; return 1; }
}

# accepted: how many messages the server took.
accepted() {
	find "$STORE" -name '*.msg' | wc -l
}

# left: how many wait.
left() {
	find "$NEW" -type f | wc -l
}

# a qmail-queue for $ROOT that keeps what it is given below $QUEUED, and exits as $ROOT/queue-exit says
fake_queue() {
	QUEUED=$ROOT/queued
	mkdir -p "$QUEUED" "$ROOT/var/qmail/bin"
	chmod 777 "$QUEUED"
	cat >"$ROOT/var/qmail/bin/qmail-queue" <<-SH
		#!/bin/sh
		[ ! -f "$ROOT/queue-exit" ] || { cat >/dev/null; exit "\$(cat "$ROOT/queue-exit")"; }
		cat >"$QUEUED/\$\$.message"
		tr '\\0' '\\n' <&1 >"$QUEUED/\$\$.envelope"
		id -u >"$QUEUED/\$\$.uid"
	SH
	chmod 755 "$ROOT/var/qmail/bin/qmail-queue"
}
