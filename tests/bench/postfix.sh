#!/bin/sh
# postfix.sh queue|wait|send DIR PORT: a Postfix of our own below DIR, which touches no other one's configuration or queue.
# queue starts it and takes mail on 127.0.0.1:2600 until it is killed, sending none; send delivers all that is queued to
# 127.0.0.1:PORT, and ends when the queue is empty. DIR/seconds says how long that took, its start not counted.
set -eu
verb=$1 dir=$2 port=$3
daemons=$(postconf -d -h daemon_directory)

configure() {
	mkdir -p "$dir/conf" "$dir/queue" "$dir/data"
	for name in active bounce corrupt defer deferred flush hold incoming private saved trace maildrop public pid; do
		mkdir -p "$dir/queue/$name"
		chown postfix "$dir/queue/$name"
	done
	chown root "$dir/queue/pid"
	chown postfix "$dir/data"
	chgrp postdrop "$dir/queue/maildrop" "$dir/queue/public"
	chmod 730 "$dir/queue/maildrop"
	chmod 710 "$dir/queue/public"
	cat >"$dir/conf/main.cf" <<-CONF
		compatibility_level = 3.6
		queue_directory = $dir/queue
		data_directory = $dir/data
		myhostname = bench.test
		mydestination =
		alias_maps =
		mynetworks = 127.0.0.0/8
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		smtpd_peername_lookup = no
		smtp_dns_support_level = disabled
		relayhost = [127.0.0.1]:$port
		message_size_limit = 0
		$1
	CONF
	sed 's/^\([a-z-]* *[a-z]* *[-yn] *[-yn] *\)y/\1n/; s/^smtp  *inet/127.0.0.1:2600 inet/' \
		/usr/share/postfix/master.cf.dist >"$dir/conf/master.cf"
}

up() {
	busybox nc -w 1 127.0.0.1 2600 </dev/null 2>/dev/null | grep -q ^220
}

waiting() {
	find "$dir/queue/active" "$dir/queue/deferred" "$dir/queue/incoming" -type f | grep -q .
}

case $verb in
wait)
	until up; do sleep 0.05; done
	;;
queue)
	configure 'defer_transports = smtp'
	exec "$daemons/master" -c "$dir/conf" -d
	;;
send)
	configure 'defer_transports = smtp'
	"$daemons/master" -c "$dir/conf" -d &
	until up; do sleep 0.02; done
	begun=$(date +%s%N)
	postconf -c "$dir/conf" -e defer_transports=
	kill -HUP $!
	postqueue -c "$dir/conf" -f
	while waiting; do
		sleep 0.05
		round=$((${round:-0} + 1))
		[ $((round % 20)) != 0 ] || postqueue -c "$dir/conf" -f # the one before may have been heard before the HUP
	done
	echo "$begun $(date +%s%N)" | awk '{ print ($2 - $1) / 1e9 }' >"$dir/seconds"
	kill $!
	wait
	;;
esac
