#!/bin/bash
# exim-literal.sh: to Exim a sender at an address literal is a syntax error, and the fourth ends the session.
#
# RFC 5321 4.1.2 allows <s@[192.0.2.1]>. Exim 4.96 (Debian 12), as it comes, answers 501 to MAIL, and counts it as a syntax
# error (smtp_max_synprot_errors, 3): at the fourth in one connection it says "Too many syntax or protocol errors" and hangs
# up, whatever it has accepted between them, and without a reply to what was pipelined behind.
#
# Seen: four times the same MAIL, an ordinary message between each two:
#   501 (three times, the messages between them 250), then 501 and the end: no reply to the MAIL behind it, nor to QUIT
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

{
	echo 'EHLO client.test'
	for n in 1 2 3 4; do
		printf '%s\n' 'MAIL FROM:<s@[192.0.2.1]>' 'MAIL FROM:<s@client.test>' 'RCPT TO:<u@sink.test>' DATA "Subject: $n" '' . RSET
	done
	echo QUIT
} | exim_session '' >"$T/said"
replies "250 501 250 250 354 250 250 501 250 250 354 250 250 501 250 250 354 250 250 501"
