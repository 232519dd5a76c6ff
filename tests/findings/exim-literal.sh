#!/bin/bash
# exim-literal.sh: to Exim a sender at an address literal is a syntax error, and the fourth ends the session.
#
# RFC 5321 4.1.2 allows <s@[192.0.2.1]>. Exim 4.96 (Debian 12), as it comes, answers 501 to MAIL, and counts it as a syntax
# error (smtp_max_synprot_errors, 3): at the fourth in one connection it says "Too many syntax or protocol errors" and hangs
# up, whatever it has accepted between them, and without a reply to what was pipelined behind.
#
# Seen: four times the same MAIL, an ordinary message between each two:
#   501 (three times, the messages between them 250), then 501, 421? and the end: no reply to the last QUIT
#
# Wants root (a mount namespace, in which Exim's user exists), and Debian's packages.
set -eu
. "$(dirname "$0")/exim.bash"

{
	echo 'EHLO client.test'
	for n in 1 2 3 4; do
		printf '%s\n' 'MAIL FROM:<s@[192.0.2.1]>' 'MAIL FROM:<s@client.test>' 'RCPT TO:<u@sink.test>' DATA "Subject: $n" '' . RSET
	done
	echo QUIT
} | exim_session '' >"$T/said"
replies "250 501 250 250 354 250 250 501 250 250 354 250 250 501 250 250 354 250 250 501"
