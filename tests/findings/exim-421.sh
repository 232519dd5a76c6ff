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
. "$(dirname "$0")/exim.bash"

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
