# For tests of serialmail's tools: a Maildir of their own, beside a qmail home for the bounces.

# box: an empty Maildir $BOX
box() {
	BOX=$BATS_TEST_TMPDIR/box
	mkdir -p "$BOX"/{tmp,new,cur}
}

# letter FILE AGE [SENDER] [RECIPIENT]: a message in the Maildir, so many seconds old
letter() {
	printf 'Return-Path: <%s>\nDelivered-To: %s\nSubject: %s\n\nHello.\n' "${3-s@elsewhere.test}" "${4-p-joe@h.test}" "$1" \
		>"$BOX/$1"
	touch -d "@$(($(date +%s) - $2))" "$BOX/$1"
}

# in_box: what is in it
in_box() {
	(cd "$BOX" && find new cur -type f | sort | xargs)
}

# tcp PORT PROGRAM...: PROGRAM with descriptors 6 and 7 connected, as UCSPI's clients have it
tcp() {
	printf '%s\n' bash -c 'exec 6<>"/dev/tcp/127.0.0.1/$0" 7>&6; export TCPREMOTEIP=127.0.0.1; exec "$@"' "$@"
}
