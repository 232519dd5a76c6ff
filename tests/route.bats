# qv-route: what qmail will do with an address, step by step. What the real programs did: tests/golden, asked by route/golden.py.
load helper

setup() {
	fresh_root
}

# The seed's set-up, qmail's users, and a home of its own for odd cases: x-EXT@localhost.
world() {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	qv-domain add relay second.test mail.second.test:26
	H=$ROOT/home/x
	mkdir -p "$H/Maildir"/{new,cur,tmp}
	sed -i "1i+x-:x:$POPUID:$POPGID:/home/x:-::" "$U/assign"
	qv-newu
	cat >>"$ROOT/etc/passwd" <<-END
		alias:x:7790:2107::/var/qmail/alias:/bin/true
		qmaild:x:7791:2107::/var/qmail:/bin/true
		qmailp:x:7793:2107::/var/qmail:/bin/true
		qmailr:x:7795:2108::/var/qmail:/bin/true
		qmails:x:7796:2108::/var/qmail:/bin/true
	END
	[ "$(id -u)" != 0 ] || chown -R "$POPUID:$POPGID" "$H"
	HOME1=/home/popmail/e/ex1/DOMAINS/example.com
}

# qmail EXT TEXT: a .qmail file in x's home
qmail() {
	printf '%b' "$2" >"$H/.qmail-$1"
}

# ends EXIT OUTCOME REASON ADDRESS: how qv-route says it ends
ends() {
	exits "$1" qv-route "$4"
	[ "${lines[-1]}" = "outcome: $2: $3" ] || {
		echo "$output"
		return 1
	}
}

# json EXPRESSION ADDRESS: of qv-route's only object as d
json() {
	qv-route -j "$2" | /usr/bin/python3 -c 'import json, sys; (d,) = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

as_root() {
	[ "$(id -u)" = 0 ] || skip "needs root: other users' files"
}

# --- what the real programs did

golden() {
	mkdir "$BATS_TEST_TMPDIR/golden"
	chmod 755 "$BATS_TEST_TMPDIR/golden"
	/usr/bin/python3 "$REPO/tests/route/golden.py" "$1" "$QVMAIL" "$REPO/tests/golden" "$BATS_TEST_TMPDIR/golden"
}

@test "route: RCPT is answered as qmail-smtpd did" {
	golden rcpthosts
}

@test "route: addresses are rewritten as qmail-send did" {
	golden rewrite
}

@test "route: the owner of a local part is whom qmail-lspawn took" {
	golden lookup
}

@test "route: the .qmail file that counts is the one that qmail-local took" {
	golden selection
}

@test "route: a .qmail file says what it said to qmail-local" {
	golden parse
}

@test "route: relays are those that qmail-remote connected to" {
	golden smtproutes
}

@test "route: injected mail went the whole way that is said" {
	as_root
	golden route
}

# --- for people

@test "route: every step with its file and line, and how it ends" {
	world
	exits 0 qv-route Joe@Sub.Example.COM
	diff - <(echo "$output") <<-END
		Joe@Sub.Example.COM
		  1. $C/rcpthosts:4: .example.com: accepted
		  2. $C/virtualdomains:2: .example.com:example.com: local, to example.com-Joe@Sub.Example.COM
		  3. $U/cdb: +example.com-: (users/assign:2): user "ex1", uid $POPUID, gid $POPGID, home "$HOME1", dash "-", ext "Joe"
		  4. $ROOT$HOME1: home directory, mode 0755: accepted
		  5. $ROOT$HOME1/.qmail-joe: is used
		  6. $ROOT$HOME1/.qmail-joe:1: maildir /home/popmail/e/ex1/POP/ex1-0001/: delivered into it
		outcome: delivered: did 1+0+0
	END
	exits 1 qv-route no.body@example.com
	diff - <(tail -n 3 <<<"$output") <<-END
		  5. $ROOT$HOME1/.qmail-no:body: does not exist
		  6. $ROOT$HOME1/.qmail-default: does not exist
		outcome: bounced: Sorry, no mailbox here by that name. (#5.1.1)
	END
	exits 0 qv-route x@second.test
	diff - <(echo "$output") <<-END
		x@second.test
		  1. $C/rcpthosts:5: second.test: accepted
		  2. $C/virtualdomains: no entry for it, nor in control/locals: remote
		  3. $C/smtproutes:1: second.test:mail.second.test:26: to mail.second.test, port 26
		outcome: remote: to mail.second.test, port 26
	END
}

@test "route: a refused address is followed as if this host had sent it" {
	world
	exits 1 qv-route joe@elsewhere.test
	diff - <(echo "$output") <<-END
		joe@elsewhere.test
		  1. $C/rcpthosts: contains neither elsewhere.test nor a domain above it: refused: 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)
		  2. if it is sent from this host, or by a client with RELAYCLIENT:
		  3. $C/virtualdomains: no entry for it, nor in control/locals: remote
		  4. $C/smtproutes: no entry for it: by DNS
		outcome: refused, else remote: to the best MX of elsewhere.test (DNS was not queried)
	END
}

@test "route: addresses as RCPT takes them: source routes, quotes, this host's own address, none at all" {
	world
	exits 1 qv-route '@a.test,@b.test:"jo\e y"@[127.0.0.1]'
	[ "${lines[1]}" = "  1. qmail-smtpd understands <joe y@[127.0.0.1]>" ]
	[ "${lines[2]}" = "  2. the address literal is this host: qmail-smtpd rewrites it to joe y@gateway.example.net" ]
	exits 1 qv-route joe
	[ "${lines[1]}" = "  1. no @: qmail-smtpd accepts it without checking rcpthosts" ]
	[ "${lines[2]}" = "  2. no @: qmail-send rewrites it to joe@gateway.example.net" ]
	ends 0 discarded "the local part is empty" ""
	exits 1 qv-route "$(printf '%0900d@example.com' 0)"
	[[ "${lines[1]}" == *'longer than 899 bytes: 555 syntax error (#5.5.4)' ]]
}

@test "route: several addresses: 1 when one of them does not arrive" {
	world
	exits 0 qv-route joe@example.com x@second.test
	exits 1 qv-route joe@example.com nobody@example.com x@second.test
	[ "$(grep -c ^outcome: <<<"$output")" = 3 ]
}

@test "route: control characters do not reach the terminal" {
	world
	exits 1 qv-route $'a\e[31m\nb@example.com'
	[[ "$output" == *'a?[31m?b@example.com'* ]]
	run ! grep -q $'\e' <<<"$output"
}

@test "route: --local and --host begin at users/cdb" {
	world
	exits 0 qv-route --local example.com-joe --host sub.example.com
	[ "${lines[0]}" = example.com-joe@sub.example.com ]
	[[ "${lines[1]}" == "  1. $U/cdb: +example.com-: "* ]]
}

@test "route: misuse changes nothing, and there is no set-up without a qmail home" {
	refuses 100 qv-route
	refuses 100 qv-route --local x
	refuses 100 qv-route --host x
	refuses 100 qv-route --local x --host y z
	rm -r "$C"
	refuses 100 qv-route x@y
}

@test "route: nothing is changed" {
	world
	before=$(tree)
	exits 1 qv-route joe@example.com nobody@example.com x@second.test x-y@localhost
	diff <(echo "$before") <(tree)
}

# --- JSON

@test "route -j: the keys, all of them, whatever happens" {
	world
	local keys='address accepted reply rcpt channel rewritten virtualdomain assign dotqmail instructions relay outcome reason followed'
	for address in joe@example.com nobody@example.com x@second.test x@elsewhere.test ''; do
		[ "$(json '" ".join(d)' "$address")" = "$keys" ]
	done
	[ "$(qv-route -j a b | /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" = 2 ]
}

@test "route -j: local and remote" {
	world
	diff - <(qv-route -j joe@example.com x@second.test) <<-END
		[{"address":"joe@example.com","accepted":true,"reply":"250 ok","rcpt":{"file":"/var/qmail/control/rcpthosts","line":3,"key":"example.com"},"channel":"local","rewritten":"example.com-joe@example.com","virtualdomain":{"file":"/var/qmail/control/virtualdomains","line":1,"key":"example.com","value":"example.com"},"assign":{"kind":"wildcard","key":"example.com-","user":"ex1","uid":$POPUID,"gid":$POPGID,"home":"$HOME1","dash":"-","ext":"joe"},"dotqmail":{"tried":[".qmail-joe"],"file":".qmail-joe"},"instructions":[{"type":"maildir","value":"/home/popmail/e/ex1/POP/ex1-0001/"}],"relay":null,"outcome":"delivered","reason":"did 1+0+0","followed":[]},{"address":"x@second.test","accepted":true,"reply":"250 ok","rcpt":{"file":"/var/qmail/control/rcpthosts","line":5,"key":"second.test"},"channel":"remote","rewritten":"x@second.test","virtualdomain":null,"assign":null,"dotqmail":null,"instructions":[],"relay":{"host":"mail.second.test","port":26},"outcome":"remote","reason":"to mail.second.test, port 26","followed":[]}]
	END
}

@test "route -j: an entry of morercpthosts.cdb has the line of its text" {
	world
	printf 'a.test\n.More.Test\n' >"$C/morercpthosts"
	qv-newmrh
	[ "$(json 'd["rcpt"]' x@y.more.test)" = \
		"{'file': '/var/qmail/control/morercpthosts.cdb', 'line': 2, 'key': '.more.test'}" ]
	rm "$C/morercpthosts"
	[ "$(json 'd["rcpt"]["line"]' x@y.more.test)" = None ]
}

# --- what qmail reads, and what it does not know yet

@test "route: the cdb decides, not the text: who forgot qv-newu is told so" {
	world
	sed -i 's/^+example.com-:/+example.org-:/' "$U/assign"
	exits 0 qv-route joe@example.com
	[ "${lines[0]}" = "qv-route: warning: $U/cdb does not match /var/qmail/users/assign: mail is delivered by the old entries until qv-newu rebuilds it" ]
	[[ "$output" == *'+example.com-: (no such line in users/assign)'* ]]
	qv-newu
	exits 1 qv-route joe@example.com
	[[ "$output" != *warning* ]]
	touch -d '1 minute' "$U/assign"
	exits 1 qv-route joe@example.com
	[ "${lines[0]}" = "qv-route: warning: $U/cdb is older than /var/qmail/users/assign, but has the same lines" ]
	rm "$U/cdb"
	exits 1 qv-route joe@example.com
	[[ "${lines[0]}" == *"users/cdb does not exist: /var/qmail/users/assign has no effect until qv-newu builds it" ]]
	json 'd["assign"]["kind"]' joe@example.com | grep -x alias
	echo bad >"$U/assign"
	: >"$U/cdb"
	exits 1 qv-route joe@example.com
	[[ "${lines[0]}" == "qv-route: warning: $U/assign:1: "* ]]
}

@test "route: a damaged users/cdb defers" {
	world
	: >"$U/cdb"
	ends 1 deferred "Trouble reading users/cdb in qmail-lspawn." joe@example.com
	head -c 2060 /dev/zero >"$U/cdb"
	ends 1 deferred "Trouble reading users/cdb in qmail-lspawn." joe@example.com
}

@test "route: control files that qmail's users cannot read" {
	as_root
	world
	chmod 600 "$C/virtualdomains"
	ends 1 deferred "alert: cannot start: unable to read controls" joe@example.com
	chmod 644 "$C/virtualdomains"
	chmod 600 "$C/smtproutes"
	ends 1 deferred "Unable to read control files. (#4.3.0)" x@second.test
	chmod 600 "$C/rcpthosts"
	[ "$(json 'd["accepted"], d["reply"], d["outcome"]' joe@example.com)" = \
		"(False, '421 unable to read controls (#4.3.0)', 'delivered')" ]
	chgrp 2107 "$C/rcpthosts"
	chmod 640 "$C/rcpthosts"
	exits 0 qv-route joe@example.com
	head -c 2048 /dev/zero | tr '\0' x >"$C/morercpthosts.cdb"
	[ "$(json 'd["reply"]' joe@elsewhere.test)" = '421 unable to read controls (#4.3.0)' ]
	for f in localiphost badmailfrom databytes timeoutsmtpd; do
		mkdir "$C/$f"
		[ "$(json 'd["reply"]' joe@example.com)" = '421 unable to read controls (#4.3.0)' ]
		rmdir "$C/$f"
	done
	chmod 644 "$C/smtproutes"
	for f in queuelifetime concurrency{local,remote} bounce{from,host} doublebounce{host,to}; do
		mkdir "$C/$f"
		ends 1 deferred "alert: cannot start: unable to read controls" joe@example.com
		rmdir "$C/$f"
	done
	mkdir "$C/timeoutconnect"
	ends 1 deferred "Unable to read control files. (#4.3.0)" x@second.test
}

@test "route: without rcpthosts everything is accepted, with an empty one nothing that has an @" {
	world
	rm "$C/rcpthosts"
	[ "$(json 'd["accepted"], d["rcpt"]' a@b.test)" = '(True, None)' ]
	: >"$C/rcpthosts"
	[ "$(json 'd["accepted"]' a@b.test)" = False ]
	[ "$(json 'd["accepted"]' a)" = True ]
}

@test "route: without locals this host's name is local" {
	world
	rm "$C/locals"
	[ "$(json 'd["channel"]' a@gateway.example.net)" = local ]
	[ "$(json 'd["channel"]' a@localhost)" = remote ]
	rm "$C/me"
	ends 1 "refused, else deferred" "alert: cannot start: unable to read controls" a@gateway.example.net
}

# --- who delivers

@test "route: root delivers to nobody, nor does a user that there cannot be" {
	world
	printf '=r:r:0:0:/home/x:-::\n=h:h:4294967295:51:/home/x:-::\n=g:g:510:4294967295:/home/x:-::\n=w:w:4294967806x:51:/home/x:-:y:\n.\n' >"$U/assign"
	qv-newu -q 2>/dev/null
	ends 1 deferred "Not allowed to perform deliveries as root." r@localhost
	ends 1 deferred "Internal qmail-lspawn bug." h@localhost
	ends 1 deferred "Internal qmail-lspawn bug." g@localhost
	[ "$(json 'd["assign"]["uid"], d["assign"]["gid"], d["assign"]["ext"]' w@localhost)" = "(510, 51, 'y')" ]
}

@test "route: users of the system, and alias for everybody else" {
	as_root
	world
	mkdir -p "$ROOT/home/ann" "$ROOT/var/qmail/alias"
	chown 1000 "$ROOT/home/ann"
	printf 'ann:x:1000:1000::/home/ann:/bin/sh\nbob:x:1001:1000::/home/ann:/bin/sh\n' >>"$ROOT/etc/passwd"
	[ "$(json '[d["assign"][k] for k in ("kind", "key", "dash", "ext")]' Ann-X-y@localhost)" = "['getpw', 'ann', '-', 'X-y']" ]
	[ "$(json '[d["assign"][k] for k in ("kind", "key", "dash", "ext")]' ann@localhost)" = "['getpw', 'ann', '', '']" ]
	[ "$(json '[d["assign"][k] for k in ("kind", "user", "dash", "ext")]' bob@localhost)" = "['alias', 'alias', '-', 'bob']" ]
	chmod 700 "$ROOT/home"
	[ "$(json 'd["assign"]["kind"]' ann@localhost)" = alias ]
	sed -i /^alias/d "$ROOT/etc/passwd"
	ends 1 deferred "Unable to find alias user!" bob@localhost
}

# --- home and .qmail

@test "route: homes that qmail-local does not use" {
	world
	qmail y './Maildir/\n'
	ends 0 delivered "did 1+0+0" x-y@localhost
	chmod 757 "$H"
	ends 1 deferred "Uh-oh: home directory is writable. (#4.7.0)" x-y@localhost
	chmod 1755 "$H"
	ends 1 deferred "Home directory is sticky: user is editing his .qmail file. (#4.2.1)" x-y@localhost
	chmod 775 "$H"
	ends 0 delivered "did 1+0+0" x-y@localhost
	mv "$H" "$H.gone"
	ends 1 deferred "Unable to switch to /home/x: file does not exist. (#4.3.0)" x-y@localhost
	: >"$H"
	ends 1 deferred "Unable to switch to /home/x: not a directory. (#4.3.0)" x-y@localhost
	printf '=x-y:x:510:51:home/x:-:y:\n.\n' >"$U/assign"
	qv-newu -q 2>/dev/null
	ends 1 bounced "qmail-local: usage: qmail-local [ -nN ] user homedir local dash ext domain sender aliasempty" x-y@localhost
}

@test "route: what the user may not enter or read" {
	as_root
	world
	qmail y './Maildir/\n'
	chmod 600 "$H/.qmail-y"
	chown 0 "$H/.qmail-y"
	ends 1 deferred "Unable to open .qmail-y: access denied. (#4.3.0)" x-y@localhost
	chown 0 "$H"
	chmod 700 "$H"
	ends 1 deferred "Unable to switch to /home/x: access denied. (#4.3.0)" x-y@localhost
}

@test "route: a link is followed as the user would follow it: no other file of root's is read" {
	as_root
	world
	echo secret >"$ROOT/secret"
	chmod 600 "$ROOT/secret"
	ln -s /secret "$H/.qmail-a"
	ends 1 deferred "Unable to open .qmail-a: access denied. (#4.3.0)" x-a@localhost
	[[ "$output" != *secret* ]]
	mkdir -m 711 "$ROOT/open"
	echo '&somebody@else.test' >"$ROOT/open/qmail"
	ln -s /open/qmail "$H/.qmail-b"
	ends 0 forwarded "did 0+1+0" x-b@localhost
	chmod 700 "$ROOT/open"
	ends 1 deferred "Unable to open .qmail-b: access denied. (#4.3.0)" x-b@localhost
}

@test "route: .qmail names that lead nowhere, FIFOs and directories are passed over, and never waited for" {
	world
	ln -s nowhere "$H/.qmail-a-b-c"
	ln -s .qmail-a-b-default "$H/.qmail-a-b-default"
	mkfifo "$H/.qmail-a-default"
	mkdir "$H/.qmail-"
	qmail default './Maildir/\n'
	[ "$(timeout 10 "$BIN/qv-route" -j x-A-b-c@localhost | /usr/bin/python3 -c '
import json, sys
(d,) = json.load(sys.stdin)
print(*d["dotqmail"]["tried"], d["dotqmail"]["file"])')" = ".qmail-a-b-c .qmail-a-b-default .qmail-a-default .qmail-default .qmail-default" ]
}

@test "route: absolute links and .. stay inside of the root" {
	world
	mkdir -p "$ROOT/there"
	mv "$H" "$ROOT/there/x"
	ln -s /there/../../../there/x "$H"
	ln -s /home/x/../x/Maildir "$ROOT/there/x/box"
	echo ./box/ >"$ROOT/there/x/.qmail-y"
	ends 0 delivered "did 1+0+0" x-y@localhost
}

@test "route: mail that is sent on is followed to its end, over several files and domains" {
	world
	as_root
	local loop='This message is looping: it already has my Delivered-To line. (#5.4.6)'
	exits 0 qv-domain add pop other.example.com ex2
	exits 0 qv-mailbox forward a@example.com b@other.example.com
	exits 0 qv-mailbox forward b@other.example.com joe@example.com
	ends 0 forwarded "did 0+1+0" a@example.com
	[ "$(json '[(x["address"], x["outcome"]) for x in d["followed"]]' a@example.com)" = \
		"[('b@other.example.com', 'forwarded'), ('joe@example.com', 'delivered')]" ]
	qv-route a@example.com | grep -qx 'joe@example.com, to which b@other.example.com is forwarded'
	exits 0 qv-mailbox forward b@other.example.com a@example.com
	ends 1 forwarded "did 0+1+0; a@example.com: bounced: $loop" a@example.com
	ends 1 forwarded "did 0+1+0; b@other.example.com: bounced: $loop" b@other.example.com
	exits 0 qv-mailbox forward c@example.com c@example.com
	ends 1 forwarded "did 0+1+0; c@example.com: bounced: $loop" c@example.com
	exits 0 qv-mailbox forward c@example.com joe@example.com x@second.test nobody@other.example.com
	ends 1 forwarded "did 0+3+0; nobody@other.example.com: bounced: Sorry, no mailbox here by that name. (#5.1.1)" c@example.com
	[ "$(json '[x["outcome"] for x in d["followed"]]' c@example.com)" = "['delivered', 'remote', 'bounced']" ]
}

@test "route: two catch-alls that point at each other, and two ways to one box, which are no loop" {
	world
	as_root
	exits 0 qv-domain add pop other.example.com ex2
	exits 0 qv-mailbox default example.com any@other.example.com
	exits 0 qv-mailbox default other.example.com any@example.com
	ends 1 forwarded "did 0+1+0; any@other.example.com: bounced: This message is looping: it already has my Delivered-To line. (#5.4.6)" \
		x@example.com
	exits 0 qv-mailbox forward a@example.com b@example.com c@example.com
	exits 0 qv-mailbox forward b@example.com joe@example.com
	exits 0 qv-mailbox forward c@example.com joe@example.com
	ends 0 forwarded "did 0+2+0" a@example.com
}

@test "route: forwards that would be followed for ever are followed a hundred times" {
	world
	as_root
	for i in {0..7}; do
		qmail "f$i" "&x-f$((i + 1))@localhost\n&x-f$((i + 1))@localhost\n"
	done
	qmail f8 './Maildir/\n'
	ends 0 forwarded "did 0+2+0" x-f0@localhost
	grep -q 'forwarded to more than 100 addresses: not followed further$' <<<"$output"
}

@test "route: .qmail files that are writable, or may only forward" {
	world
	qmail y './Maildir/\n'
	chmod 646 "$H/.qmail-y"
	ends 1 deferred "Uh-oh: .qmail file is writable. (#4.7.0)" x-y@localhost
	chmod 744 "$H/.qmail-y"
	ends 1 deferred "Uh-oh: .qmail has file delivery but has x bit set. (#4.7.0)" x-y@localhost
	qmail y '&a@b.test\n'
	ends 0 forwarded "did 0+1+0" x-y@localhost
	qmail z '+list\n|exit 0\n'
	ends 1 deferred "Uh-oh: .qmail has prog delivery but has x bit set. (#4.7.0)" x-z@localhost
	qmail z '\n./Maildir/\n'
	ends 1 deferred "Uh-oh: first line of .qmail file is blank. (#4.2.1)" x-z@localhost
}

@test "route: Maildirs that cannot be delivered into" {
	world
	qmail y './Maildir/\n'
	rmdir "$H/Maildir/tmp"
	ends 1 deferred "Temporary error on maildir delivery. (#4.3.0)" x-y@localhost
	qmail y './None/\n'
	ends 1 deferred "Unable to chdir to maildir. (#4.2.1)" x-y@localhost
	qmail y './Maildir\n'
	ends 1 deferred "Unable to open ./Maildir: is a directory. (#4.2.1)" x-y@localhost
	qmail y './Maildir/\0junk\n'
	ends 1 deferred "Unable to open ./Maildir/: is a directory. (#4.2.1)" x-y@localhost
}

@test "route: mboxes that cannot be written" {
	world
	qmail y './mbox\n'
	ends 0 delivered "did 1+0+0" x-y@localhost
	mkfifo -m 666 "$H/mbox"
	ends 1 deferred "Unable to open ./mbox: device not configured. (#4.2.1)" x-y@localhost
	rm "$H/mbox"
	: >"$H/mbox"
	chmod 400 "$H/mbox"
	ends 1 deferred "Unable to open ./mbox: access denied. (#4.2.1)" x-y@localhost
	qmail y './none/mbox\n'
	ends 1 deferred "Unable to open ./none/mbox: file does not exist. (#4.2.1)" x-y@localhost
}

@test "route: mail for /dev/null is not thrown away, but waits" {
	as_root
	world
	mkdir -p "$ROOT/dev"
	mknod -m 666 "$ROOT/dev/null" c 1 3 || skip "no devices here"
	qmail y '/dev/null\n'
	ends 1 deferred "Unable to write /dev/null: invalid argument. (#4.3.0)" x-y@localhost
}

@test "route: what stands before a failure is done all the same, and again at the next attempt" {
	world
	qmail y '&a@b.test\n./Maildir/\n./None/\n./Maildir/\n'
	exits 1 qv-route x-y@localhost
	[[ "${lines[-4]}" == *".qmail-y:1: forward a@b.test: forwarded to it" ]]
	[[ "${lines[-3]}" == *".qmail-y:2: maildir ./Maildir/: delivered into it" ]]
	[[ "${lines[-2]}" == *".qmail-y:3: maildir ./None/: Unable to chdir to maildir. (#4.2.1)" ]]
	[ "$(json 'len(d["instructions"])' x-y@localhost)" = 4 ]
}

@test "route: programs are taken to succeed, unless they are a mere exit" {
	world
	qmail y '|prog\n'
	ends 0 delivered "did 0+0+1" x-y@localhost
	qmail y '&a@b.test\n|exit 99\n./None/\n'
	ends 0 delivered "did 0+1+1" x-y@localhost
	qmail y '|exit 0\n./Maildir/\n|exit 100\n'
	ends 1 bounced "its program exits 100" x-y@localhost
	qmail y '|exit 1\n'
	ends 1 deferred "its program exits 1" x-y@localhost
}

@test "route: comments alone discard mail" {
	world
	qmail y '# nothing\n'
	ends 0 discarded "did 0+0+0" x-y@localhost
}

@test "route: default delivery is what control/defaultdelivery says, else ./Maildir/" {
	world
	qmail y ''
	exits 0 qv-route x-y@localhost
	[[ "${lines[-3]}" == *'the file is empty: default delivery, ./Maildir/ as is usual: the command that starts qmail may set another' ]]
	[[ "${lines[-2]}" == *'. maildir ./Maildir/: '* ]] && [[ "${lines[-2]}" != *.qmail-y:1* ]] # no line of that file
	echo ./mbox >"$C/defaultdelivery"
	[ "$(json 'd["instructions"]' x-y@localhost)" = "[{'type': 'mbox', 'value': './mbox'}]" ]
	# vpopmail has a file of that name, too, which qmail-start need not be told
	echo "| /home/vpopmail/bin/vdelivermail '' delete" >"$C/defaultdelivery"
	exits 0 qv-route x-y@localhost
	[[ "${lines[-3]}" == *"default delivery, | /home/vpopmail/bin/vdelivermail '' delete as in control/defaultdelivery: the command that starts qmail may set another" ]]
	printf '=y:x:510:51:/home/x:::\n.\n' >"$U/assign"
	qv-newu -q 2>/dev/null
	[ "$(json 'd["dotqmail"]' y@localhost)" = "{'tried': ['.qmail', '.qmaildefault'], 'file': None}" ]
}

# --- remote

@test "route: relays that nobody can reach, and this host itself" {
	world
	printf '%s\n' a.test:1.2.3.4: 'b.test: c.test' d.test: e.test::26 >"$C/smtproutes"
	rm "$C/rcpthosts"
	ends 1 deferred "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)" x@a.test
	ends 1 bounced "Sorry, I couldn't find any host named ?c.test. (#5.1.2)" x@b.test
	ends 0 remote "to the best MX of d.test (DNS was not queried)" x@d.test
	ends 1 bounced "Sorry, I couldn't find any host named . (#5.1.2)" x@e.test
	ends 1 bounced "Sorry. Although I'm listed as a best-preference MX or A for that host,?it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)" x@127.0.0.1
	ends 0 remote "to 44.0.0.2, port 25" 'x@[300.0.0.2]'
}

@test "route: a relay that only some qmail-remotes understand is not called a bounce" {
	world
	rm "$C/rcpthosts"
	printf '%s\n' 'a.test:[2001:db8::1]:2525' 'b.test:relay.test;587|me|secret' 'c.test:[::1]' 'd.test:1.2.3.4;26' >"$C/smtproutes"
	local some=", if qmail-remote supports this form, as s/qmail's does; any other bounces it: Sorry, I couldn't find any host named"
	ends 0 remote "to [2001:db8::1], port 2525$some [2001. (#5.1.2)" x@a.test
	ends 0 remote "to relay.test, port 587$some relay.test;587. (#5.1.2)" x@b.test
	ends 0 remote "to [::1], port 25$some [. (#5.1.2)" x@c.test
	ends 0 remote "to 1.2.3.4, port 26$some 1.2.3.4;26. (#5.1.2)" x@d.test
	exits 0 qv-route x@b.test
	[[ $output == *"$C/smtproutes:2: b.test:relay.test;587|...: to relay.test, port 587, or a bounce"* ]]
	[ "$(json 'd["relay"]' x@a.test)" = "{'host': '[2001:db8::1]', 'port': 2525}" ]
	printf '%s\n' 'a.test:[2001:db8::1' 'b.test:relay.test;' 'c.test:re lay;587' 'd.test:[::1]25' 'e.test:;25' >"$C/smtproutes"
	for nowhere in a b c d e; do # that is none of their forms
		exits 1 qv-route x@$nowhere.test
		[[ $output == *"outcome: bounced: "* ]]
	done
}

# --- a running qmail

# here COMMAND...: where /var/qmail is $ROOT's, as on the running system
here() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount --bind "$0/var" /var && mount --bind "$0/etc/passwd" /etc/passwd && unset QVMAIL_ROOT &&
		exec "$@"' "$ROOT" "$@"
}

# A process that holds qmail-send's lock, with a child that is called qmail-lspawn and was told ./mbox.
start_qmail() {
	local queue=$ROOT/var/qmail/queue
	mkdir -p "$queue/lock"
	: >"$queue/lock/sendmutex"
	mkfifo "$BATS_TEST_TMPDIR/ready"
	cat >"$queue/mbox" <<-'END'
		import os, time
		parent = os.getppid()
		open("/proc/self/comm", "w").write("qmail-lspawn")
		print(flush=True)
		while os.getppid() == parent:
		    time.sleep(0.05)
	END
	(
		cd "$queue" && exec /usr/bin/python3 -c '
import fcntl, os, subprocess
open("/proc/self/comm", "w").write("qmail-send")
mutex = os.open("lock/sendmutex", os.O_WRONLY)
fcntl.flock(mutex, fcntl.LOCK_EX)
subprocess.run(["qmail-lspawn", "./mbox"], executable="/usr/bin/python3")'
	) >"$BATS_TEST_TMPDIR/ready" 3>&- &
	SEND=$!
	read -r <"$BATS_TEST_TMPDIR/ready"
}

teardown() {
	[ -z "${SEND-}" ] || kill "$SEND"
}

@test "route: the running qmail-lspawn knows the default delivery" {
	as_root
	[[ $ROOT != /var/* ]] || skip "the tests' own directory is below /var"
	world
	echo ./Maildir/ >"$C/defaultdelivery"
	printf '=y:x:510:51:/:::\n.\n' >"$U/assign"
	qv-newu -q 2>/dev/null
	start_qmail
	here "$BIN/qv-route" -j y@localhost | grep -F '"instructions":[{"type":"mbox","value":"./mbox"}]'
}

@test "route: virtualdomains that qmail-send has not read since it was changed" {
	as_root
	[[ $ROOT != /var/* ]] || skip "the tests' own directory is below /var"
	[[ $(stat -f -c %T "$ROOT") != overlayfs ]] || skip "access times are not kept here"
	world
	start_qmail
	touch -d 'now + 2 minutes' "$C/virtualdomains"
	for _ in 1 2; do # our own reading does not count
		run here "$BIN/qv-route" joe@example.com
		[[ "$output" == *'warning: /var/qmail/control/virtualdomains was changed, and qmail-send has not read it since'* ]]
	done
	touch -a -d 'now + 3 minutes' "$C/virtualdomains"
	run here "$BIN/qv-route" joe@example.com
	[[ "$output" != *'has not read'* ]]
}

@test "route: what this process may not look into is not said of the user" {
	as_root
	world
	chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$BATS_TEST_TMPDIR"
	maildir=$(qv-route joe@example.com | sed -n 's/.*: maildir \(.*\)\/: delivered into it/\1/p')
	exits 100 setpriv --reuid 65533 --regid 65533 --clear-groups qv-route joe@example.com
	[[ "$output" == *"unable to examine $ROOT$maildir/tmp as its user; run this as root: Permission denied" ]]
	[[ "$output" != *outcome* ]]
	unshare -U --map-root-user true 2>/dev/null || skip "needs user namespaces"
	exits 100 unshare -U --map-root-user qv-route joe@example.com
	[[ "$output" == *"unable to examine $ROOT$maildir/ as its user: an owner on the way has no id in this user namespace" ]]
	[[ "$output" != *outcome* ]]
}

@test "route: too few descriptors for this process are not said of the user" {
	is_static || skip "the sanitizers need some of their own"
	world
	for n in 6 7 8; do
		run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&-; ulimit -n $0 && exec qv-route joe@example.com' $n
		[[ "$status" = 111 && "$output" == *"unable to examine $ROOT/"*" as its user: No file descriptors available" ]]
		[[ "$output" != *outcome* ]]
	done
}
