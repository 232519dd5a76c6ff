#!/bin/sh
# demo.sh [DIR]: the whole job in a sandbox below DIR (build/demo), with $QVMAIL, the binary that goes into the
# firmware: from an empty qmail gateway to a dial-up customer's mail on the customer's own server. Needs no root.
#
# DIR/root is the gateway, DIR/bin the applets, DIR/sent what must arrive, DIR/arrived what the server got.
set -eu
umask 022

: "${QVMAIL:?run me by make demo}"
repo=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-$repo/build/demo}
rm -rf "$dir"
mkdir -p "$dir/bin" "$dir/sent" "$dir/arrived"
dir=$(cd "$dir" && pwd)
root=$dir/root
export QVMAIL_ROOT="$root"
export PATH="$dir/bin:$PATH"
waits=$root/home/serialmail/some.example.com
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT
trap 'exit 1' HUP INT TERM

step() {
	printf '\n== %s\n' "$1"
}

# as_typed COMMAND...: shown behind a prompt, and run
as_typed() {
	printf '# %s\n' "$*"
	"$@" 2>&1
}

# show FILE...: of the gateway, as cat would
show() {
	for file; do
		printf '# cat %s\n' "$file"
		cat "$root$file"
	done
}

# popusr as the how-to has it; without root the sandbox belongs to whoever runs this
empty_gateway() {
	cp -r "$repo/rootfs" "$root"
	chmod -R u=rwX,go=rX "$root" # whatever umask git was given
	uid=510 gid=51
	[ "$(id -u)" = 0 ] || uid=$(id -u) gid=$(id -g)
	printf 'root:x:0:0:root:/root:/bin/sh\npopusr:x:%s:%s:mail customers:/home/popmail:/bin/false\n' \
		"$uid" "$gid" >"$root/etc/passwd"
}

start_server() {
	timeout 60 /usr/bin/python3 "$repo/tests/demo/receiver.py" "$dir/arrived" >"$dir/port" 2>"$dir/server.log" &
	server=$!
	tries=0
	until [ -s "$dir/port" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
			cat "$dir/server.log" >&2
			echo "demo: the SMTP server does not start; make deps brings what it needs" >&2
			exit 1
		fi
		sleep 0.1
	done
	read -r port <"$dir/port"
}

# leave SENDER RECIPIENT FORMAT [WORD]: a message as qmail-local leaves it, its text made by printf, each one a minute
# younger than the last; and what the customer's server must get: the envelope, quoted where SMTP wants it, and the text
# with CRLF at the end of each line
count=0
cr=$(printf '\r')
leave() {
	count=$((count + 1))
	name=$(($(date +%s) - 60 * (25 - count))).$((4000 + count)).gateway
	from=$1 to=$2@some.example.com
	wanted=$to
	case $2 in *' '*) wanted="\"$2\"@some.example.com" ;; esac
	shift 2
	# shellcheck disable=SC2059 # a format it is
	printf "$@" >"$dir/text"
	{
		printf 'Return-Path: <%s>\nDelivered-To: some.example.com-%s\n' "$from" "$to"
		cat "$dir/text"
	} >"$waits/Maildir/tmp/$name"
	chmod 600 "$waits/Maildir/tmp/$name"
	chown "$uid:$gid" "$waits/Maildir/tmp/$name"
	touch -d "@${name%%.*}" "$waits/Maildir/tmp/$name"
	mv "$waits/Maildir/tmp/$name" "$waits/Maildir/new/"
	{
		printf '%s\n%s\n' "${from:-<>}" "$wanted"
		LC_ALL=C sed "s/$cr\$//; s/\$/$cr/" "$dir/text"
		[ -z "$(tail -c 1 "$dir/text" | tr -d '\n')" ] || echo
	} >"$dir/sent/$(printf %02d "$count")"
}

leave_mail() {
	leave ann@elsewhere.example joe 'Subject: plain\n\nHello Joe.\n'
	leave bob@elsewhere.example joe 'Subject: dots\n\n.\n..\n.hidden\n...\nend\n'
	leave bob@elsewhere.example joe 'Subject: nothing but a dot\n\n.\n'
	leave ann@elsewhere.example 'o b' 'Subject: ends in a dot without newline\n\nend\n.'
	leave carl@elsewhere.example ann 'Subject: no last newline\n\nthe end is here'
	leave '' postmaster 'Subject: failure notice\n\nHi. This is the null sender.\n'
	leave '"john q. public"@elsewhere.example' joe 'Subject: quoted sender\n\nHi.\n'
	leave dora@elsewhere.example joe 'Subject: UTF-8\n\nGr\303\274\303\237e, \342\202\254 5\n'
	leave dora@elsewhere.example Joe.Doe 'Subject: latin-1 and no text at all\n\nGr\374\337e, \2445, \377\376\200\n'
	leave eve@elsewhere.example joe 'Subject: a line as long as RFC 5321 has them\n\n%0998d\n' 7
	leave fred@elsewhere.example joe 'Subject: DOS line ends\r\n\r\none\r\n.two\r\n'
	leave gina@elsewhere.example joe 'Subject: no text\n\n'
	leave hugo@elsewhere.example joe 'no header at all\n'
	leave ida@elsewhere.example joe ''
	leave jan@elsewhere.example joe '\n\n\n'
	leave bounces+list=joe@elsewhere.example joe-lists 'Subject: blanks \n\n \t \nend \n'
	leave kim@elsewhere.example joe 'Subject: commands\n\nQUIT\nRSET\n.\nMAIL FROM:<x@y>\n'
	leave lea@elsewhere.example joe \
		'Subject: 200 kilobytes\n\n%s\n' "$(seq -f '. line %06.0f of many that make it long' 1 5000)"
	leave max@elsewhere.example joe \
		'Return-Path: <old@elsewhere.example>\nDelivered-To: other@elsewhere.example\nSubject: forwarded\n\nHi.\n'
	leave ann@elsewhere.example sales 'Subject: the last one\n\nBye.\n'
}

# compare: each message once, in the order in which they came, envelope and text the same to the byte
compare() {
	arrived=$(find "$dir/arrived" -type f | wc -l)
	same=0
	for file in "$dir"/sent/*; do
		cmp "$file" "$dir/arrived/${file##*/}" && same=$((same + 1))
	done
	left=$(find "$waits/Maildir/new" -type f | wc -l)
	if [ "$same" != "$count" ] || [ "$arrived" != "$count" ] || [ "$left" != 0 ]; then
		echo "demo: $count messages waited, $arrived arrived, $same of them byte for byte, $left still wait"
		return 1
	fi
	echo "$arrived messages on the customer's server, $left left here; the same to the byte: $same"
}

cat <<TEXT
An empty qmail gateway stands in $root.
With QVMAIL_ROOT set to it, every command below works there as if it were /; on a gateway it is not set.
TEXT
empty_gateway
start_server

step "the applets: one binary, many names"
as_typed "$QVMAIL" --install -s "$dir/bin"

step "example.com: POP boxes of the customer ex1, joe and a postmaster"
as_typed qv-domain add pop example.com ex1
as_typed qv-mailbox add joe@example.com
as_typed qv-mailbox list

step "some.example.com: a dial-up host; its mail server is on loopback here"
as_typed qv-domain add dialup some.example.com ex1 --relayhost "127.0.0.1:$port"

step "a relay, and a backup MX"
as_typed qv-domain add relay second-example.com mail.second-example.com
as_typed qv-domain add backup third-example.com
as_typed qv-domain list

step "the files that this has made"
show /var/qmail/control/rcpthosts /var/qmail/control/virtualdomains /var/qmail/control/smtproutes \
	/var/qmail/users/assign /home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe \
	/home/popmail/e/ex1/DOMAINS/example.com/.qmail-postmaster \
	/home/serialmail/some.example.com/.qmail-default /home/serialmail/some.example.com/RELAYHOST
echo "# ls -l /var/qmail/users/cdb; ls -ld /home/popmail/e/ex1/POP/* /home/serialmail/some.example.com/Maildir"
(cd "$root" && ls -ln var/qmail/users/cdb && ls -dln home/popmail/e/ex1/POP/* home/serialmail/some.example.com/Maildir)

step "mail comes in for some.example.com, as qmail-local leaves it"
leave_mail
as_typed qv-status

step "the customer dials in; cron starts the master script"
as_typed qv-master
as_typed qv-status
as_typed qv-status -j

step "the proof"
compare
echo
echo "demo: $count messages waited, $arrived arrived once, byte for byte"
