#!/bin/bash
# inside.sh SERVER MESSAGES: in the copy of / that real.sh makes: start the server, deliver, compare.
# The start_* functions are called by name.
# shellcheck disable=SC2317
set -u

server=$1 messages=$2
PORT=2525 BOX=/mail/box
export QVMAIL_ROOT=/real/root
mkdir -p /mail
printf 'popusr:x:510:51::/:/bin/false\n' >/real/root/etc/passwd

start_postfix() {
	cat >/etc/postfix/main.cf <<-C
		compatibility_level = 3.6
		myhostname = sink.test
		mydestination =
		inet_interfaces = 127.0.0.1
		inet_protocols = ipv4
		virtual_mailbox_domains = some.example.com
		virtual_mailbox_base = /mail
		virtual_mailbox_maps = static:box/
		virtual_uid_maps = static:8
		virtual_gid_maps = static:8
		smtpd_peername_lookup = no
		alias_maps =
		virtual_minimum_uid = 1
		maillog_file = /var/log/mail.log
	C
	sed -i -E "s/^smtp +inet.*/127.0.0.1:$PORT inet n - n - - smtpd/" /etc/postfix/master.cf
	chown 8:8 /mail
	mkdir -p /var/spool/postfix/pid
	postfix set-permissions >/dev/null 2>&1
	postfix start-fg >/tmp/server.log 2>&1 &
}

start_exim() {
	cat >/etc/exim4/exim4.conf <<-C
		primary_hostname = sink.test
		daemon_smtp_ports = $PORT
		local_interfaces = 127.0.0.1
		acl_smtp_rcpt = accept
		acl_smtp_data = accept
		host_lookup =
		rfc1413_hosts =
		chunking_advertise_hosts = *
		pipelining_advertise_hosts = *
		queue_only = false
		begin acl
		accept:
		 accept
		begin routers
		sink:
		 driver = accept
		 transport = box
		begin transports
		box:
		 driver = appendfile
		 directory = $BOX
		 maildir_format
		 create_directory
		 user = mail
		begin retry
	C
	chown 8:8 /mail
	exim4 -bdf -q1s >/tmp/server.log 2>&1 &
}

start_opensmtpd() {
	cat >/tmp/smtpd.conf <<-C
		listen on 127.0.0.1 port $PORT hostname sink.test
		action "sink" maildir "$BOX" virtual { "@" = "mail" }
		match from any for any action "sink"
	C
	chown 8:8 /mail
	smtpd -d -f /tmp/smtpd.conf >/tmp/server.log 2>&1 &
}

start_aiosmtpd() {
	/usr/bin/python3 -m aiosmtpd -n -l "127.0.0.1:$PORT" -c aiosmtpd.handlers.Mailbox "$BOX" >/tmp/server.log 2>&1 &
}

listens() {
	(exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}

delivered() {
	find "$BOX/new" -type f 2>/dev/null | wc -l
}

"start_$server"
for _ in $(seq 300); do listens && break; sleep 0.1; done
/real/qvmail domain add dialup some.example.com ex1 --relayhost "127.0.0.1:$PORT"
home=/real/root/home/serialmail/some.example.com
mkdir /tmp/sent
python3 /real/compare.py leave "$messages" /tmp/sent "$home/Maildir/new"
/real/qvmail flush /home/serialmail/some.example.com >/tmp/flush.log 2>&1
code=$?
for _ in $(seq 300); do [ "$(delivered)" -ge "$messages" ] && break; sleep 0.1; done
printf '%s: %s: ' "$server" "$(sed -n 's/^mode //p' "$home/.qv-status")"
if [ "$code" = 0 ] && python3 /real/compare.py compare /tmp/sent "$BOX/new"; then
	exit 0
fi
echo "exit $code; $(tail -n 1 /tmp/flush.log)"
tail -n 5 /tmp/server.log /var/log/mail.log 2>/dev/null
exit 1
