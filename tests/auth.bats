#!/usr/bin/env bats
# Passwords and login: qv-mailbox passwd, suspend, enable; qv-auth.

load helper

setup() {
	fresh_root
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	BOX=$ROOT/home/popmail/e/ex1/POP/ex1-0001
	D=$ROOT/home/popmail/e/ex1/DOMAINS/example.com
	P=$U/qv-passwd
	PROG=$BATS_TEST_TMPDIR/prog
	cat >"$PROG" <<-'END'
		#!/bin/sh
		echo "ids $(id -u):$(id -g) groups $(id -G)"
		echo "pwd $(pwd)"
		echo "USER=$USER HOME=$HOME SHELL=$SHELL MINE=$MINE"
		[ -e /proc/self/fd/3 ] && echo "3 is open"
		echo "args $*"
	END
	chmod 755 "$PROG"
}

teardown() {
	[ -z "${server-}" ] || kill "$server"
}

# login USER PASSWORD [PROGRAM...]: as qmail-popup asks
login() {
	local user=$1 password=$2
	shift 2
	printf '%s\0%s\0%s\0' "$user" "$password" '<1.2@pop>' | qv-auth "${@:-true}" 3<&0 </dev/null
}

# passwd BOX PASSWORD
passwd() {
	printf '%s\n' "$2" | qv-mailbox passwd "$1"
}

# bytes BYTES...: these, as printf has them, on descriptor 3
bytes() {
	printf "$@" | qv-auth "$PROG" 3<&0 </dev/null
}

# --- qv-mailbox passwd, suspend, enable

@test "mailbox passwd: a \$6\$ hash in users/qv-passwd and its cdb, for root alone" {
	exits 0 passwd ex1-0001 secret
	[ -z "$output" ]
	[[ "$(cat "$P")" =~ ^ex1-0001:\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}:/home/popmail/e/ex1/POP/ex1-0001$ ]]
	[ "$(stat -c '%a %u' "$P" "$P.cdb" | sort -u)" = "600 $(id -u)" ]
	exits 0 login ex1-0001 secret
	exits 1 login ex1-0001 Secret
	[ -z "$output" ]
}

@test "mailbox passwd: twice the same is the same as once; another one takes its place" {
	passwd ex1-0001 secret
	before=$(tree)
	exits 0 passwd ex1-0001 secret
	diff <(echo "$before") <(tree)
	exits 0 passwd ex1-0001 other
	[ "$(wc -l <"$P")" = 1 ]
	exits 1 login ex1-0001 secret
	exits 0 login ex1-0001 other
}

@test "mailbox passwd: the same password twice is two different hashes" {
	passwd ex1-0000 secret
	passwd ex1-0001 secret
	[ "$(cut -d: -f2 "$P" | sort -u | wc -l)" = 2 ]
}

@test "mailbox passwd: by an address too" {
	exits 0 passwd Joe@Example.com secret
	exits 0 login ex1-0001 secret
	refuses 100 passwd nobody@example.com secret
	refuses 100 passwd joe@elsewhere.example.org secret
}

@test "mailbox passwd: from a descriptor, and not a byte behind its first line" {
	run bash -c 'qv-mailbox passwd ex1-0000 --password-fd 5 && qv-mailbox passwd ex1-0001 --password-fd 5' 5<<-END
		first word
		second
	END
	[ "$status" = 0 ]
	exits 0 login ex1-0000 "first word"
	exits 0 login ex1-0001 second
}

@test "mailbox passwd: without a last newline; any byte but NUL" {
	printf 'caf\xe9:"$x ' | qv-mailbox passwd ex1-0001
	exits 0 login ex1-0001 $'caf\xe9:"$x '
}

@test "mailbox passwd: empty, with NUL, over 255 bytes, no descriptor: one line, nothing done" {
	long=$(printf 'a%.0s' {1..255})
	exits 0 passwd ex1-0001 "$long"
	exits 0 login ex1-0001 "$long"
	exits 1 login ex1-0001 "${long}a"
	refuses 100 passwd ex1-0001 "${long}a"
	refuses 100 passwd ex1-0001 ''
	refuses 100 qv-mailbox passwd ex1-0001 </dev/null
	refuses 100 qv-mailbox passwd ex1-0001 < <(printf 'a\0b\n')
	refuses 100 qv-mailbox passwd ex1-0001 --password-fd 77
	refuses 100 qv-mailbox passwd ex1-0001 --password-fd 3 3<&-
	refuses 100 qv-mailbox passwd ex1-0001 --password-fd x
	refuses 100 qv-mailbox passwd --password-fd 5 5<<<x
}

@test "mailbox passwd: on a terminal it is asked for twice and not shown" {
	cat >"$BATS_TEST_TMPDIR/type.py" <<-'END'
		import os, pty, sys, termios
		pid, fd = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[1], sys.argv[1:-2])
		seen = b""
		def until(word):
		    global seen
		    while word not in seen:
		        seen += os.read(fd, 1000)
		until(b"New password: ")
		os.write(fd, sys.argv[-2].encode() + b"\n")
		until(b"Once more: ")
		os.write(fd, sys.argv[-1].encode() + b"\n")
		try:
		    while True:
		        more = os.read(fd, 1000)
		        if not more: break
		        seen += more
		except OSError:
		    pass
		print(seen.decode().replace("\r", ""))
		sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
	END
	exits 0 python3 "$BATS_TEST_TMPDIR/type.py" qv-mailbox passwd ex1-0001 secret secret
	[[ $output != *secret* ]]
	exits 0 login ex1-0001 secret
	exits 100 python3 "$BATS_TEST_TMPDIR/type.py" qv-mailbox passwd ex1-0001 other others
	[[ $output == *"passwords do not match"* ]]
	exits 0 login ex1-0001 secret
}

@test "mailbox passwd: no such box" {
	for box in ex1-0009 nowhere ex9-0000 '' . .. ../x 'a b' 'x@' '@x'; do
		printf '%q\n' "$box"
		refuses 100 passwd "$box" secret
		refuses 100 qv-mailbox suspend -- "$box"
		refuses 100 qv-mailbox enable -- "$box"
	done
	[ ! -e "$P" ]
}

@test "mailbox passwd: that there is no such box is said before a password is asked for" {
	refuses 100 qv-mailbox passwd ex1-0009 </dev/null
	[[ $output == *"no box ex1-0009 below"* ]]
	refuses 100 qv-mailbox passwd nobody@example.com </dev/null
	[[ $output == *"nobody@example.com does not deliver into a box of its own"* ]]
}

@test "mailbox suspend: nobody logs in, until enable, with the old password" {
	passwd ex1-0001 secret
	exits 0 qv-mailbox suspend ex1-0001
	exits 1 login ex1-0001 secret
	exits 1 login joe@example.com secret
	before=$(tree)
	exits 0 qv-mailbox suspend joe@example.com
	diff <(echo "$before") <(tree)
	exits 0 qv-mailbox enable ex1-0001
	exits 0 login ex1-0001 secret
	exits 0 qv-mailbox enable ex1-0001
	exits 0 login ex1-0001 secret
}

@test "mailbox suspend: a new password does not enable, and a box needs none to be suspended" {
	exits 0 qv-mailbox suspend ex1-0001
	same "$P" $'ex1-0001:!:/home/popmail/e/ex1/POP/ex1-0001\n'
	exits 0 passwd ex1-0001 secret
	[[ $output == *"stays suspended"* ]]
	exits 1 login ex1-0001 secret
	exits 0 qv-mailbox enable ex1-0001
	exits 0 login ex1-0001 secret
	exits 0 qv-mailbox suspend ex1-0000
	exits 0 qv-mailbox enable ex1-0000
	[ "$(wc -l <"$P")" = 1 ]
	exits 1 login ex1-0000 ''
	exits 1 login ex1-0000 '!'
}

@test "mailbox passwd: comments, blank lines and the order of users/qv-passwd stay" {
	passwd ex1-0000 zero
	passwd ex1-0001 one
	{ echo '# by hand'; echo; sed -n 2p "$P"; echo '  # odd:'; sed -n 1p "$P"; } >"$P.new"
	sed -i '4d' "$P.new"
	cat "$P.new" >"$P"
	rm "$P.new"
	qv-mailbox suspend ex1-0001
	diff <(sed 's/:\$6.*:/:/; s/:!\$6.*:/:!/' "$P") - <<-'END'
		# by hand

		ex1-0001:!/home/popmail/e/ex1/POP/ex1-0001
		ex1-0000:/home/popmail/e/ex1/POP/ex1-0000
	END
	exits 0 login ex1-0000 zero
}

@test "mailbox passwd: a line of users/qv-passwd that is none is named, and nothing is done" {
	passwd ex1-0001 secret
	good=$(cat "$P")
	for bad in joe 'joe:x' 'joe:*:/x' 'joe::/x' 'joe:$6$salt$short:/x' "${good%:*}:relative" ':!:/x' 'a/b:!:/x'; do
		printf '%s\n' "$good" "$bad" >"$P"
		refuses 100 passwd ex1-0000 other
		[[ $output == *"$P:2: expected BOX:HASH:/DIRECTORY"* ]]
	done
}

@test "mailbox add --password-fd: the address, its box and the password in one step" {
	exits 0 qv-mailbox add ann@example.com --password-fd 5 5<<<'ann her own'
	[ "$output" = ex1-0002 ]
	exits 0 login ann@example.com 'ann her own'
	exits 0 qv-mailbox add ann@example.com --password-fd 5 5<<<'ann her own'
	exits 0 qv-mailbox add ann@example.com --password-fd 5 5<<<'another'
	exits 0 login ex1-0002 another
	refuses 100 qv-mailbox add bob@example.com --password-fd 5 5<<<''
	refuses 100 qv-mailbox add bob@example.com --password-fd 55
}

@test "mailbox passwd: many at once: all there, none half" {
	for i in {2..21}; do
		mkdir "$(printf '%s/ex1-%04d' "${BOX%/*}" "$i")"
		qv-mailbox -w 60 passwd "$(printf 'ex1-%04d' "$i")" <<<"secret $i" >>"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	done
	wait
	same "$BATS_TEST_TMPDIR/out" ''
	chown -R "$POPUID:$POPGID" "${BOX%/*}"
	for i in {2..21}; do
		exits 0 login "$(printf 'ex1-%04d' "$i")" "secret $i"
	done
	[ "$(wc -l <"$P")" = 20 ]
}

@test "mailbox del --purge: the password goes with its box" {
	passwd ex1-0000 zero
	passwd ex1-0001 secret
	exits 0 qv-mailbox del joe@example.com
	exits 0 login ex1-0001 secret
	exits 0 qv-mailbox add joe@example.com --box ex1-0001
	exits 0 qv-mailbox del joe@example.com --purge
	[[ "$(cat "$P")" == ex1-0000:* ]]
	mkdir "$BOX"
	exits 1 login ex1-0001 secret
	exits 0 login ex1-0000 zero
}

@test "domain del --purge: the passwords go with its boxes" {
	passwd ex1-0001 secret
	exits 0 qv-domain add pop example.org ex2
	passwd ex2-0000 two
	exits 0 qv-domain del example.com --purge
	same "$P" "$(grep ex2-0000 "$P")"$'\n'
	mkdir -p "$BOX"
	exits 1 login ex1-0001 secret
	exits 0 login ex2-0000 two
}

@test "mailbox --dry-run: no hash is shown, nothing is changed" {
	before=$(tree)
	exits 0 qv-mailbox add -n ann@example.com --password-fd 5 5<<<secret
	[[ $output != *'$6$'* && $output == *"write /var/qmail/users/qv-passwd"* && $output == *"build /var/qmail/users/qv-passwd.cdb"* ]]
	exits 0 qv-mailbox passwd -n ex1-0001 <<<secret
	[[ $output != *'$6$'* ]]
	diff <(echo "$before") <(tree)
}

@test "mailbox: boxes with names of their own have passwords too; two of one name by their addresses" {
	qv-mailbox add ann@example.com --box Sales
	exits 0 passwd Sales one
	exits 0 login sales one
	exits 0 login ann@example.com one
	qv-domain add pop example.org ex2
	qv-mailbox add bob@example.org --box Sales
	refuses 100 passwd Sales two
	[[ $output == *"are both named Sales"* ]]
	exits 0 passwd bob@example.org two
	exits 0 login bob@example.org two
	exits 0 login ann@example.com one
	exits 1 login sales one
	exits 1 login sales two
	exits 0 qv-mailbox del bob@example.org --purge
	exits 0 login sales one
}

@test "mailbox list -j: who has a password and who is suspended; null where nobody logs in" {
	qv-mailbox forward info@example.com joe@example.com
	passwd ex1-0001 secret
	qv-mailbox suspend ex1-0000
	exits 0 qv-mailbox list -j
	[ "$output" = '[{"address":"info@example.com","type":"forward","value":"joe@example.com","has_password":null,"suspended":null},'\
'{"address":"joe@example.com","type":"box","value":"ex1-0001","has_password":true,"suspended":false},'\
'{"address":"postmaster@example.com","type":"box","value":"ex1-0000","has_password":false,"suspended":true}]' ]
	[ "$(id -u)" = 0 ] || skip "root sees everything"
	chmod 755 "$ROOT"
	exits 0 setpriv --reuid=65534 --regid=65534 --clear-groups qv-mailbox list -j
	[[ $output == *'"ex1-0001","has_password":null,"suspended":null}'* ]]
}

# --- qv-auth

@test "auth: the program runs as popusr in the box, with USER, HOME and SHELL, and all else as it was" {
	passwd ex1-0001 secret
	cd /
	export MINE=too
	exits 0 login ex1-0001 secret "$PROG" Maildir --help -n 'a b'
	[ "$output" = "ids $POPUID:$POPGID groups $POPGID
pwd $BOX
USER=ex1-0001 HOME=$BOX SHELL=/bin/false MINE=too
args Maildir --help -n a b" ] || { echo "$output"; false; }
}

@test "auth: no group of the caller's is left" {
	[ "$(id -u)" = 0 ] || skip "needs root to be in other groups"
	passwd ex1-0001 secret
	printf 'ex1-0001\0secret\0\0' >"$BATS_TEST_TMPDIR/3"
	exits 0 setpriv --groups 0,4,20 qv-auth id -G 3<"$BATS_TEST_TMPDIR/3"
	[ "$output" = "$POPGID" ]
}

@test "auth: the program's exit code is ours" {
	passwd ex1-0001 secret
	exits 7 login ex1-0001 secret sh -c 'exit 7'
}

@test "auth: by the box's name or an address that delivers into it alone, in any case" {
	passwd ex1-0001 secret
	qv-mailbox add Ann.R@example.com --box ex1-0001
	for user in ex1-0001 EX1-0001 joe@example.com JOE@EXAMPLE.COM ann.r@example.com; do
		exits 0 login "$user" secret "$PROG"
		[[ $output == *"USER=ex1-0001 HOME=$BOX "* ]]
	done
}

@test "auth: an address below the domain is one of it where its subdomains are, and only there" {
	passwd ex1-0001 secret
	exits 0 login joe@some.host.example.com secret
	qv-domain add dialup dial.example.com
	exits 1 login joe@dial.example.com secret
	qv-domain add pop example.org ex2 --no-subdomains
	passwd ex2-0000 secret
	exits 0 login postmaster@example.org secret
	exits 1 login postmaster@host.example.org secret
}

@test "auth: an address that forwards, runs a program, has two boxes or is only the default's is nobody's login; a copy does no harm" {
	passwd ex1-0001 secret
	into=/home/popmail/e/ex1/POP/ex1-0001/
	n=0
	for text in '&joe@example.com' '|program' "$into\n/home/popmail/e/ex1/POP/ex1-0000/" './Mailbox' \
		'# nothing' '' "${into%/}" "x$into"; do
		n=$((n + 1))
		printf "$text\n" >"$D/.qmail-t$n"
		exits 1 login "t$n@example.com" secret
	done
	printf "$into\n&joe@example.net\n" >"$D/.qmail-copied"
	exits 0 login copied@example.com secret
	printf "$into\n" >"$D/.qmail-default"
	printf "$into\n" >"$D/.qmail-sales-default"
	exits 1 login unknown@example.com secret
	exits 1 login sales-x@example.com secret
	exits 1 login default@example.com secret
	exits 1 login sales-default@example.com secret
	printf "# joe\n\n$into \n" >"$D/.qmail-good"
	exits 0 login good@example.com secret
}

@test "auth: refused: unknown users, wrong and empty passwords, boxes without one; nothing is said" {
	passwd ex1-0001 secret
	for who in ex1-0000 ex1-0002 nobody '' @ joe@ joe@nowhere.example joe@example.com.elsewhere '../ex1-0001' \
		"/home/popmail/e/ex1/POP/ex1-0001" 'joe joe@example.com' "$(printf 'a%.0s' {1..400})"; do
		exits 1 login "$who" secret
		[ -z "$output" ]
	done
	for password in '' Secret secre secrets 'secret ' "$(cut -d: -f2 "$P")"; do
		exits 1 login ex1-0001 "$password"
		[ -z "$output" ]
	done
}

@test "auth: before anybody has a password nobody gets in" {
	exits 1 login ex1-0001 secret
	exits 1 login joe@example.com ''
	[ -z "$output" ]
}

@test "auth: misuse is exit 2: no program, no NULs, nothing, over 512 bytes, no descriptor 3" {
	passwd ex1-0001 secret
	long=$(printf 'a%.0s' {1..495})
	exits 0 bytes 'ex1-0001\0secret\0%s\0' "$long"
	exits 2 bytes 'ex1-0001\0secret\0%s\0' "${long}a"
	exits 2 bytes ''
	exits 2 bytes 'ex1-0001'
	exits 2 bytes 'ex1-0001\0secret'
	exits 2 qv-auth "$PROG" 3<&-
	exits 2 qv-auth "$PROG" 3</
	exits 2 qv-auth "$PROG" 3>/dev/null
	printf 'ex1-0001\0secret\0\0' >"$BATS_TEST_TMPDIR/3"
	exits 2 qv-auth 3<"$BATS_TEST_TMPDIR/3"
	exits 2 qv-auth --nonsense "$PROG" 3<"$BATS_TEST_TMPDIR/3"
	exits 2 qv-auth --root "$ROOT/nowhere" "$PROG" 3<"$BATS_TEST_TMPDIR/3"
	exits 0 qv-auth --root "$ROOT" "$PROG" 3<"$BATS_TEST_TMPDIR/3"
	exits 0 bytes 'ex1-0001\0secret\0'
}

@test "auth: every scheme that crypt(3) verifies lets in, wherever the hash came from" {
	# shellcheck disable=SC2016 # these are hashes
	schemes=(abNANd1rDfiNc _J9..rasmz0.F/jqjWck '$1$abcd0123$6ki7uMewzcVzQMOmoR2ev1'
		'$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'
		'$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'
		'$2x$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'
		'$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'
		'$5$saltstring$C3o4O1TC6aRHF4FI.QSZMXtHbaj2gSXr4sUc/3NcUi.'
		'$5$rounds=1000$saltstringsaltst$P/psnalDJ2UyDjcLdLAGOEqcMHyX09rPWa6zNzYpkw4'
		'$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.')
	for i in "${!schemes[@]}"; do
		mkdir "${BOX%1}$((i + 2))"
		echo "ex1-000$((i + 2)):${schemes[i]}:/home/popmail/e/ex1/POP/ex1-000$((i + 2))" >>"$P"
	done
	chown -R "$POPUID:$POPGID" "${BOX%1}"*
	exits 0 qv-mailbox enable ex1-0001
	for i in "${!schemes[@]}"; do
		echo "${schemes[i]}"
		exits 0 login "ex1-000$((i + 2))" secret
		exits 1 login "ex1-000$((i + 2))" Secret
	done
	exits 0 passwd ex1-0002 secret
	grep -q '^ex1-0002:[$]6[$]' "$P"
}

# --- what popusr may have planted

@test "auth: a box that is a link is entered as popusr, who cannot go where root can" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	passwd ex1-0001 secret
	mkdir -m 700 "$ROOT/precious"
	rm -r "$BOX"
	ln -s ../../../../../precious "$BOX"
	chown -h "$POPUID:$POPGID" "$BOX"
	exits 111 login ex1-0001 secret "$PROG"
	[[ $output == *"qv-auth: fatal: unable to open $BOX: Permission denied" ]]
	rm "$BOX"
	exits 111 login ex1-0001 secret "$PROG"
	exits 1 login ex1-0001 wrong "$PROG"
}

@test "auth: a .qmail file that is a link, a FIFO or enormous lets nobody in, and hurts nobody" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	passwd ex1-0001 secret
	cp "$D/.qmail-joe" "$ROOT/elsewhere"
	ln -s "$ROOT/elsewhere" "$D/.qmail-link"
	mkfifo "$D/.qmail-fifo"
	truncate -s 200M "$D/.qmail-huge"
	mkdir "$D/.qmail-dir"
	chown -h "$POPUID:$POPGID" "$D"/.qmail-*
	chown "$POPUID:$POPGID" "$D"
	for who in link fifo huge dir; do
		exits 111 login "$who@example.com" secret "$PROG"
	done
}

@test "auth: who is not root and not popusr gets nowhere" {
	[ "$(id -u)" = 0 ] || skip "needs root to become somebody else"
	passwd ex1-0001 secret
	printf 'ex1-0001\0secret\0\0' >"$BATS_TEST_TMPDIR/3"
	chmod 755 "$ROOT"
	chmod 644 "$BATS_TEST_TMPDIR/3"
	exits 111 setpriv --reuid=65534 --regid=65534 --clear-groups qv-auth "$PROG" 3<"$BATS_TEST_TMPDIR/3"
	[ "${#lines[@]}" -eq 1 ]
}

@test "auth: the program is not there: temporary, for the customer is not to blame" {
	passwd ex1-0001 secret
	exits 111 login ex1-0001 secret "$ROOT/nowhere"
	rm "$C/../users/qv-passwd.cdb"
	echo half >"$P.cdb"
	exits 111 login ex1-0001 secret
	[[ $output == *"qv-mailbox enable of any box rebuilds it" ]]
	exits 0 qv-mailbox enable ex1-0000
	exits 0 login ex1-0001 secret
}

# --- with real callers

# popup: a stand-in for qmail-popup: USER and PASS from stdin, PROGRAM ARG... with descriptor 3
popup() {
	cat >"$BATS_TEST_TMPDIR/popup" <<-'END'
		#!/usr/bin/perl
		use POSIX;
		$| = 1;
		$^F = 9; # keeps descriptor 3 open
		my %said;
		print "+OK <1.2@pop.test>\r\n";
		while (<STDIN>) {
			s/\r?\n//;
			$said{$1} = $2 if /^(USER|PASS) (.*)/;
			last if /^PASS/;
			print "+OK \r\n";
		}
		pipe(my $r, my $w);
		my $pid = fork;
		if ($pid == 0) {
			close $w;
			POSIX::dup2(fileno $r, 3);
			exec { $ARGV[0] } @ARGV;
			POSIX::_exit(111);
		}
		close $r;
		syswrite $w, "$said{USER}\0$said{PASS}\0<1.2\@pop.test>\0";
		close $w;
		waitpid $pid, 0;
		my %words = (1 => "authorization failed", 2 => "misuse", 111 => "temporary error");
		print "-ERR $words{$? >> 8}\r\n" if $?;
	END
	chmod 755 "$BATS_TEST_TMPDIR/popup"
}

# pop USER PASSWORD: what the server says to that
pop() {
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'USER %s\r\nPASS %s\r\n' "$1" "$2" >&9
	timeout 20 cat <&9 | tr -d '\r' | sed 1,2d
	exec 9>&-
}

@test "auth: under tcpserver, as qmail-popup calls it; nothing is said on a client's socket" {
	passwd ex1-0001 secret
	popup
	mkfifo "$BATS_TEST_TMPDIR/port"
	tcpserver -1RHl0 127.0.0.1 0 sh -c 'exec "$@" 2>&1' sh "$BATS_TEST_TMPDIR/popup" "$BIN/qv-auth" "$PROG" here \
		>"$BATS_TEST_TMPDIR/port" 3>&- &
	server=$!
	read -r PORT <"$BATS_TEST_TMPDIR/port"
	run pop joe@example.com secret
	good=$output
	run pop joe@example.com wrong
	wrong=$output
	run pop "$(printf 'a%.0s' {1..600})" wrong
	long=$output
	echo "$good"
	[[ $good == "ids $POPUID:$POPGID groups $POPGID
pwd $BOX
USER=ex1-0001 HOME=$BOX "*"args here" ]]
	[ "$wrong" = "-ERR authorization failed" ]
	[ "$long" = "-ERR misuse" ]
}
