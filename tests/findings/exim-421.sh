#!/bin/bash
# exim-421.sh: after "421 ..." to MAIL Exim goes on with the session.
#
# RFC 5321 3.8 and 4.2.3 make 421 "closing transmission channel", and a client may take what it said behind it for lost.
# Exim 4.96 (Debian 12) answers 421 to MAIL when the connection has had its smtp_accept_max_per_connection messages (1,000),
# and the connection stands: each command behind it gets a reply of its own, RCPT 503, BDAT 503 (and its octets are read and
# thrown away), RSET and NOOP 250, the next MAIL 421 again. So a client that pipelines knows of each message that it was
# not taken, if it reads on.
#
# Seen with smtp_accept_max_per_connection = 1, everything in one write:
#   354, 250 OK id=..., 421 too many messages in this connection, 503 sender not yet given, 503 valid RCPT command must
#   precede BDAT, 250 OK (NOOP), 250 Reset OK, 421 too many messages in this connection, 221
#
# Wants root (a mount namespace, in which Exim's user exists), and Debian's packages.
set -eu
T=$(mktemp -d)
chmod 755 "$T"
trap 'rm -rf "$T"' EXIT
VERSION=4.96

# exim_session CONFIGURATION-LINE <COMMANDS: what it answers
exim_session() {
	local libs names
	mkdir -p "$T/debs" "$T/spool"
	(
		cd "$T/debs" || exit
		names=$(apt-get install -s --no-install-recommends exim4-daemon-light | awk '/^Inst/ { print $2 }')
		# shellcheck disable=SC2086
		apt-get -q download -o APT::Sandbox::User=root $names
		for deb in *.deb; do dpkg -x "$deb" "$T"; done
	) >"$T/log" 2>&1
	printf '%s\n' "$1" 'primary_hostname = sink.test' "spool_directory = $T/spool" "log_file_path = $T/spool/%slog" 'host_lookup =' \
		'rfc1413_hosts =' "keep_environment =" 'queue_only = true' 'chunking_advertise_hosts = *' 'pipelining_advertise_hosts = *' \
		'smtp_enforce_sync = false' 'acl_smtp_rcpt = accept' 'acl_smtp_data = accept' >"$T/conf"
	libs=$(find "$T" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
	cp /etc/passwd "$T/passwd"
	echo 'Debian-exim:x:65500:65500::/:/bin/false' >>"$T/passwd"
	cp /etc/group "$T/group"
	echo 'Debian-exim:x:65500:' >>"$T/group"
	chown -R 65500:65500 "$T/spool"
	# shellcheck disable=SC2016
	sed 's/$/\r/' | unshare -m sh -c '
		mount --bind "$1/passwd" /etc/passwd
		mount --bind "$1/group" /etc/group
		LD_LIBRARY_PATH=$2 "$1/usr/sbin/exim4" -C "$1/conf" -bs || :' sh "$T" "$libs"
}

# replies CODES: those of $T/said, the greeting aside, are these, and it is the version that the finding is about
replies() {
	local got
	got=$(sed -E '1d; /^[0-9]{3}-/d; s/^([0-9]{3}).*/\1/' "$T/said" | paste -sd' ')
	grep -q "Exim $VERSION " "$T/said" || { echo "another version: $(head -n 1 "$T/said")"; return 1; }
	[ "$got" = "$1" ] || { echo "expected $1"; echo "got      $got"; cat "$T/said"; return 1; }
	echo "as described: $got"
}

exim_session 'smtp_accept_max_per_connection = 1' >"$T/said" <<'SMTP'
EHLO client.test
MAIL FROM:<s@client.test>
RCPT TO:<u@sink.test>
DATA
Subject: one

.
MAIL FROM:<s@client.test>
RCPT TO:<u@sink.test>
BDAT 10 LAST
A: two

NOOP
RSET
MAIL FROM:<s@client.test>
QUIT
SMTP
replies "250 250 250 354 250 421 503 503 250 250 421 221"
