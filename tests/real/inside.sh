#!/bin/bash
# inside.sh SERVER: in the copy of / that real.sh makes: starts that server, gives it mail, prints its table. What was said
# is left in /real/out.
set -u

PORT=2525 BOX=/mail/box HOST=some.example.com
OUT=/real/out
export QVMAIL_ROOT=/real/root PYTHONDONTWRITEBYTECODE=1
export PORT
MESSAGES=100 LITERALS=20
mkdir -p /mail/box "$OUT" "$QVMAIL_ROOT/etc" "$QVMAIL_ROOT/var/qmail/bin" /mail/bounces
chmod 1777 /mail/box /mail/bounces
printf 'popusr:x:510:51::/:/bin/false\n' >"$QVMAIL_ROOT/etc/passwd"
# shellcheck disable=SC2016 # of qmail-queue's
printf '%s\n' '#!/bin/sh' 'cat >/mail/bounces/$$' 'exec cat <&1 >/dev/null' >"$QVMAIL_ROOT/var/qmail/bin/qmail-queue"
chmod 755 "$QVMAIL_ROOT/var/qmail/bin/qmail-queue"

# shellcheck source=/dev/null
. "/real/servers/$1"
DIR=/home/serialmail/$HOST
NEW=$QVMAIL_ROOT$DIR/Maildir/new

listens() {
	(exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}

files() {
	find "$1" -type f | wc -l
}

# What was accepted may still be on its way to the box: until all is there, or nothing more has come for half a minute.
settled() {
	local want now=0 last=-1 still=0
	want=$(grep -c ': delivered: ' "$1")
	while [ "$now" -lt "$want" ] && [ "$still" -lt 30 ]; do
		sleep 1
		now=$(files "$BOX")
		if [ "$now" = "$last" ]; then still=$((still + 1)); else still=0; fi
		last=$now
	done
	sleep 0.5
}

# flush LOG OPTIONS...: one run, and the way it went
flush() {
	local log=$1 code trace=() status=$QVMAIL_ROOT$DIR/.qv-status
	shift
	[ -z "${TRACE-}" ] || trace=(strace -f -s 400 -e "trace=read,write,writev,sendto,recvfrom,connect" -o "$log.trace")
	timeout "${LIMIT:-900}" "${trace[@]}" /real/qvmail flush "$@" "$DIR" >"$log" 2>&1
	code=$?
	settled "$log"
	printf 'exit %s, %s%s\n' "$code" "$(sed -n 's/^mode //p' "$status" 2>/dev/null)" \
		"$(sed -n 's/^limit \(..*\)/, remembered: \1/p' "$status" 2>/dev/null)"
	sed -n 's/^result /  said: /p' "$status" 2>/dev/null | grep -v '^  said: ok' | sed -E 's/[0-9]{5,}/N/g'
	cp "$status" "$log.status" 2>/dev/null
}

# phase TITLE PHASE COUNT OPTIONS...: those messages in one run, and a line for each kind of them
phase() {
	local title=$1 name=$2 count=$3 log=$OUT/$2${4-}.log
	shift 3
	rm -rf "${BOX:?}"/* "${NEW:?}"/* /mail/bounces/*
	python3 /real/mails.py leave "$name" "$count" "$NEW" /mail/sent
	[ -z "${WAY-}" ] || printf 'limit %s\nlimited %s\n' "$WAY" "$(date +%s)" >"$QVMAIL_ROOT$DIR/.qv-status"
	printf '\n%s: ' "$title"
	flush "$log" "$@"
	python3 /real/mails.py table /mail/sent "$BOX" "$NEW" "$log"
	echo "    bounces in qmail's queue: $(files /mail/bounces)"
}

# again TITLE PHASE COUNT OPTIONS...: once more, and the lines that differ
again() {
	phase "$@" >/mail/again
	head -n 2 /mail/again
	tail -n +3 /mail/again | grep -v '^  said: ' | grep -vxFf /mail/last || echo '    as before'
}

start >"$OUT/server.log" 2>&1 &
for _ in $(seq 300); do listens && break; sleep 0.1; done
listens || { echo "$1: does not listen"; tail -n 5 "$OUT/server.log"; exit 1; } >&2
/real/qvmail domain add dialup "$HOST" ex1 --relayhost "127.0.0.1:$PORT" >&2 || exit

printf '%s %s\n' "$1" "$(version 2>/dev/null)"
phase "$MESSAGES messages, one recipient in ten refused" many "$MESSAGES"
phase "$LITERALS messages, one sender in five at an address literal" literals "$LITERALS"
phase "odd mail between ordinary mail" odd 0 | tee /mail/last
again "the same on 4 connections" odd 0 -P4
exit 0
