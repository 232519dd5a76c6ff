# qv-rcpt: what would bounce for lack of an address is refused at RCPT, and nothing else.
load helper

setup() {
	fresh_root
	PROBE=$BATS_TEST_TMPDIR
	# A home of its own for odd cases: x-EXT@localhost.
	H=$ROOT/home/x
	mkdir -p "$H"
	sed -i "1i+x-:x:$POPUID:$POPGID:/home/x:-::" "$U/assign"
	qv-newu
	printf '%s\n' alias:x:7790:2107::/var/qmail/alias:/bin/true qmaild:x:7791:2107::/var/qmail:/bin/true \
		qmailp:x:7793:2107::/var/qmail:/bin/true >>"$ROOT/etc/passwd"
	[ "$(id -u)" != 0 ] || chown "$POPUID:$POPGID" "$H"
}

# world: the seed's set-up
world() {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	qv-domain add relay second.test mail.second.test:26
	qv-domain add dialup some.example.com ex1
}

# qmail EXT TEXT: a .qmail file in x's home
qmail() {
	printf '%b' "$2" >"$H/.qmail-$1"
}

accepted() {
	exits 0 qv-rcpt "$@"
	diff <(printf '%s: accepted\n' "$@") <(echo "$output")
}

refused() {
	exits 100 qv-rcpt "$@"
	diff <(printf '%s: refused: 550 sorry, no mailbox here by that name. (#5.1.1)\n' "$@") <(echo "$output")
}

# uncertain WORDS ADDRESS: by hand; and by RCPTCHECK with one line in the log
uncertain() {
	exits 0 qv-rcpt "$2"
	[[ $output == "$2: uncertain: "*"$1"* ]] || { echo "$output"; return 1; }
	RECIPIENT=$2 exits 0 qv-rcpt
	[[ ${#lines[@]} -eq 1 && $output == "qv-rcpt: $2: accepted, but it is not certain that it exists: "*"$1"* ]] || { echo "$output"; return 1; }
}

# beside KIND [SEED COUNT]
beside() {
	mkdir "$PROBE/beside"
	chmod 755 "$PROBE" "$PROBE/beside"
	/usr/bin/python3 "$REPO/tests/route/rcpt.py" "$1" "$QVMAIL" "$REPO/tests/golden" "$PROBE/beside" "${@:2}"
}

as_root() {
	[ "$(id -u)" = 0 ] || skip "needs root: other users' files"
}

# --- the decision

@test "rcpt: an address without a .qmail file is refused, all others are accepted" {
	world
	accepted joe@example.com JOE@Example.COM joe@sub.example.com postmaster@example.com x@second.test x@some.example.com x@elsewhere.test
	refused nobody@example.com joe-x@example.com jo@example.com joe@nowhere@example.com no.body@sub.example.com
	qv-mailbox default example.com joe@example.com
	accepted nobody@example.com a.b-c@sub.example.com
}

@test "rcpt: ADDRESS may stand in brackets, quotes, or in a whole command" {
	world
	exits 0 qv-rcpt '<joe@example.com>' 'RCPT TO:<"joe"@example.com> NOTIFY=NEVER' 'j\oe@example.com' '@a.test:joe@example.com'
	[ "$(sort -u <<<"$output")" = "joe@example.com: accepted" ]
	exits 100 qv-rcpt joe@example.com '<nobody@example.com>'
	[[ $(qv-rcpt 'joe@[127.0.0.1]') == *"uncertain: an address literal"* ]]
	[ "${lines[1]}" = "nobody@example.com: refused: 550 sorry, no mailbox here by that name. (#5.1.1)" ]
}

@test "rcpt: extensions, defaults, capitals and dots, as qmail-local looks for them" {
	qmail list './Maildir/\n'
	qmail list-default '|cat\n'
	qmail a:b './Maildir/\n'
	accepted x-list@localhost x-LIST@localhost x-list-x@localhost x-list-return-7-joe=a.test@localhost x-A.b@localhost
	refused x-listx@localhost x-a@localhost x-a:@localhost
}

@test "rcpt: users of the system, and the user alias" {
	mkdir -p "$ROOT/home/joe" "$ROOT/var/qmail/alias"
	echo "joe:x:$POPUID:$POPGID::/home/joe:/bin/sh" >>"$ROOT/etc/passwd"
	[ "$(id -u)" != 0 ] || chown "$POPUID:$POPGID" "$ROOT/home/joe"
	echo '&joe' >"$ROOT/var/qmail/alias/.qmail-team"
	accepted joe@localhost JOE@localhost team@localhost joe
	refused joe-x@localhost nobody@localhost nobody
	touch "$ROOT/home/joe/.qmail-x"
	accepted joe-x@localhost
	# the name without an at sign gets envnoathost
	echo elsewhere.test >"$C/envnoathost"
	accepted nobody
}

@test "rcpt: where users come from other databases too, none is refused" {
	mkdir -p "$ROOT/var/qmail/alias"
	refused nobody@localhost
	for line in 'passwd: files ldap' 'passwd:sss files' 'passwd: files [NOTFOUND=continue] nis'; do
		echo "$line" >"$ROOT/etc/nsswitch.conf"
		uncertain nsswitch.conf nobody@localhost
	done
	for line in 'passwd: files' 'passwd: compat systemd' 'passwd: files [SUCCESS=merge] systemd # ldap' 'group: ldap'; do
		echo "$line" >"$ROOT/etc/nsswitch.conf"
		refused nobody@localhost
	done
	echo 'passwd: compat' >"$ROOT/etc/nsswitch.conf"
	echo '+@users::::::' >>"$ROOT/etc/passwd"
	uncertain nsswitch.conf nobody@localhost
	# what users/cdb decides they have no say in
	refused x-nobody@localhost
}

@test "rcpt: percenthack, exclusions in virtualdomains, and the catch-all there" {
	world
	echo localhost >"$C/percenthack"
	accepted joe%example.com@localhost
	exits 100 qv-rcpt nobody%example.com@localhost
	printf '%s\n' not.example.com: nobody@example.com:x :x >>"$C/virtualdomains"
	accepted nobody@not.example.com
	refused joe@any.test nobody@example.com
	qmail nobody './Maildir/\n'
	accepted joe@example.com nobody@example.com nobody@any.test
}

@test "rcpt: what is forwarded to addresses here is followed to its end" {
	world
	qmail gone '&nobody@example.com\n'
	qmail far '&joe@elsewhere.test\n'
	qmail some '&nobody@example.com\n&joe@example.com\n'
	qmail none '&nobody@example.com\nx-gone@localhost\n# nobody else\n'
	qmail also '&nobody@example.com\n./Maildir/\n'
	qmail loop '&x-loop@localhost\n'
	qmail run '|exit 100\n'
	qmail drop '# nothing\n'
	qmail empty ''
	qmail twice '&x-none@localhost\n'
	refused x-gone@localhost x-none@localhost x-twice@localhost
	accepted x-far@localhost x-some@localhost x-also@localhost x-loop@localhost x-run@localhost x-drop@localhost x-empty@localhost
	touch "$H/.qmail-none-owner" # the bounce goes there
	accepted x-none@localhost
}

@test "rcpt: a wide web of forwards ends after a hundred addresses" {
	for i in $(seq 7); do
		qmail "w$i" "$(printf '&x-w%s@localhost\\n' $((i + 1)) $((i + 1)) $((i + 1)) $((i + 1)))"
	done
	accepted x-w1@localhost
	refused x-w7@localhost
}

@test "rcpt: of a dial-up host with a list those in it, and postmaster" {
	world
	qv-domain alias other.example.com some.example.com
	qv-domain recipients some.example.com --add 'joe,Ann.Lee,sales-*'
	accepted joe@some.example.com JOE@Some.Example.Com ann.lee@some.example.com sales-x@some.example.com joe@other.example.com \
		postmaster@some.example.com Postmaster@other.example.com
	refused x@some.example.com joe-x@some.example.com ann@other.example.com sales@some.example.com
	# who forwards to an unknown address
	qmail gone '&x@some.example.com\n'
	qmail there '&joe@some.example.com\n'
	refused x-gone@localhost
	accepted x-there@localhost
	# a .qmail file of its own is enough
	touch "$ROOT/home/serialmail/some.example.com/.qmail-x"
	accepted x@some.example.com
	qv-domain recipients some.example.com --off
	accepted y@some.example.com
}

@test "rcpt: a list that is not good refuses nobody" {
	world
	dir=$ROOT/home/serialmail/some.example.com list=$ROOT/home/serialmail/some.example.com/.qv-recipients
	printf 'joe\nann@some.example.com\n' >"$list"
	accepted joe@some.example.com
	uncertain '/home/serialmail/some.example.com/.qv-recipients:2: is not a local part' x@some.example.com
	: >"$list"
	uncertain '.qv-recipients: has no entry' x@some.example.com
	rm "$list"
	mkfifo "$list"
	uncertain .qv-recipients x@some.example.com
	rm "$list"
	mkdir "$list"
	uncertain .qv-recipients x@some.example.com
	rmdir "$list"
	echo joe >"$dir/list"
	ln -s list "$list"
	uncertain .qv-recipients x@some.example.com
	rm "$list"
	ln -s nowhere "$list"
	uncertain .qv-recipients x@some.example.com
	rm "$list"
	truncate -s 1T "$list"
	uncertain .qv-recipients x@some.example.com
	echo joe >"$dir/list"
	mv "$dir/list" "$list"
	refused x@some.example.com
	if [ "$(id -u)" = 0 ]; then
		chmod 600 "$list"
		uncertain 'Permission denied' x@some.example.com
	fi
}

@test "rcpt: never refused is what the real qmail delivered, deferred or forwarded" {
	beside recorded
}

@test "rcpt: nor, in set-ups by dice, what qv-route says qmail would" {
	beside random "${SEED:-$RANDOM}" "${ADDRESSES:-1500}"
}

@test "rcpt: random set-ups: where cvm-qmail can judge it judges the same" {
	as_root
	beside oracle "${SEED:-$RANDOM}" "${ADDRESSES:-1500}"
}

# --- what is not certain

@test "rcpt: what qmail would defer is accepted, with a line in the log" {
	world
	chmod 757 "$H"
	uncertain 'home directory is writable' x-no@localhost
	chmod 1755 "$H"
	uncertain sticky x-no@localhost
	chmod 755 "$H"
	refused x-no@localhost
	qmail no './Maildir/\n'
	chmod 646 "$H/.qmail-no"
	uncertain '.qmail file is writable' x-no@localhost
	rm "$H/.qmail-no"
	qmail no '\n&nobody@example.com\n'
	uncertain 'first line of .qmail file is blank' x-no@localhost
	mv "$H" "$H.away"
	uncertain 'No such file' x-no@localhost
	sed -i "1i+root-:x:0:0:/home/x:-::\n+rel-:x:$POPUID:$POPGID:home:-::" "$U/assign"
	qv-newu
	uncertain 'uid 0' root-x@localhost
	uncertain 'absolute' rel-x@localhost
	echo junk >"$U/cdb"
	uncertain users/cdb x-no@localhost
	rm "$U/cdb"
	mkdir "$U/cdb"
	uncertain users/cdb x-no@localhost
	rm -r "$C/virtualdomains"
	mkfifo "$C/virtualdomains"
	uncertain virtualdomains joe@example.com
	rm "$C/virtualdomains" "$C/me" "$C/locals"
	uncertain control/me joe@example.com
}

@test "rcpt: links and FIFOs among the .qmail files" {
	mkfifo "$H/.qmail-fifo"
	mkdir "$H/.qmail-dir"
	ln -s nowhere "$H/.qmail-dangling"
	ln -s .qmail-self "$H/.qmail-self"
	ln -s /home/x/.qmail-real "$H/.qmail-link"
	refused x-fifo@localhost x-dir@localhost x-dangling@localhost x-self@localhost x-link@localhost
	qmail real './Maildir/\n'
	accepted x-link@localhost
	qmail default './Maildir/\n'
	accepted x-fifo@localhost x-dir@localhost x-dangling@localhost
	mv "$H" "$H.real"
	ln -s /home/x.real "$H"
	accepted x-link@localhost
	rm "$H.real/.qmail-default"
	refused x-fifo@localhost
}

@test "rcpt: what qmaild may not look at is accepted, with a line in the log" {
	as_root
	refused x-no@localhost
	chmod 700 "$H"
	uncertain 'may not look' x-no@localhost
	chmod 711 "$H"
	refused x-no@localhost
	qmail no '&x-gone@localhost\n'
	refused x-no@localhost
	chmod 600 "$H/.qmail-no" # it exists: that is enough
	chown "$POPUID" "$H/.qmail-no"
	accepted x-no@localhost
	chown 0 "$H/.qmail-no"
	uncertain 'Permission denied' x-no@localhost
	rm "$H/.qmail-no"
	chmod 640 "$C/virtualdomains"
	uncertain virtualdomains x-no@localhost
	chmod 644 "$C/virtualdomains"
	chmod 600 "$U/cdb"
	uncertain users/cdb x-no@localhost
}

@test "rcpt: run as qmaild it answers what root is answered" {
	as_root
	world
	chmod 755 "$BATS_TEST_TMPDIR" "$ROOT"
	for address in joe@example.com nobody@example.com x-no@localhost joe@second.test; do
		run qv-rcpt "$address"
		wanted="$status $output"
		run setpriv --reuid=7791 --regid=2107 --clear-groups qv-rcpt "$address"
		[ "$status $output" = "$wanted" ]
	done
}

@test "rcpt: among many domains it is the same" {
	world
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "d%d.test:x\n.d%d.test:x\n", i, i }' >"$C/virtualdomains.new"
	cat "$C/virtualdomains" >>"$C/virtualdomains.new"
	mv "$C/virtualdomains.new" "$C/virtualdomains"
	qmail there './Maildir/\n'
	accepted there@d77.test there@a.d4999.test joe@example.com joe@d5000.test
	refused joe@d78.test joe@a.d77.test nobody@sub.example.com
}

@test "rcpt: many domains have an index, which is used only if nobody changed the file since" {
	sed -i "1i+y-:y:$POPUID:$POPGID:/home:-::" "$U/assign"
	qmail there './Maildir/\n'
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "d%d.test:x\n.d%d.test:x\n", i, i }' >"$C/virtualdomains"
	qv-domain add dialup some.example.com ex1
	accepted there@D77.test there@a.d4999.test x@some.example.com there@d5000.test
	refused joe@d78.test joe@a.d77.test
	# A user who has no address proves who is asked.
	sed -i 's/d77[.]test:x/d77.test:y/' "$U/qv-virtual.cdb"
	refused there@d77.test there@a.d77.test
	cp -p "$C/virtualdomains" "$PROBE/old"
	touch "$C/virtualdomains"
	accepted there@d77.test
	touch "$U/qv-virtual.cdb"
	refused there@d77.test
	mv "$PROBE/old" "$C/virtualdomains"
	accepted there@d77.test
	# What becomes of the index later does not make it newer.
	chmod 600 "$U/qv-virtual.cdb"
	chmod 644 "$U/qv-virtual.cdb"
	ln "$U/qv-virtual.cdb" "$PROBE/link"
	accepted there@d77.test
	touch -d '+1 day' "$U/qv-virtual.cdb"
	accepted there@d77.test
	touch "$U/qv-virtual.cdb"
	refused there@d77.test
	echo '# more' >>"$C/virtualdomains"
	touch "$U/qv-virtual.cdb"
	accepted there@d77.test
	echo garbage >"$U/qv-virtual.cdb"
	accepted there@d77.test
	refused joe@d78.test
	rm "$U/qv-virtual.cdb"
	mkfifo "$U/qv-virtual.cdb"
	accepted there@d77.test
	rm "$U/qv-virtual.cdb"
	qv-domain add dialup other.example.com ex1
	accepted there@d77.test x@other.example.com
	[ -f "$U/qv-virtual.cdb" ]
	printf 'some.example.com:some.example.com\n' >"$C/virtualdomains"
	qv-domain add dialup third.example.com ex1
	[ ! -e "$U/qv-virtual.cdb" ]
}

# --- a host that is full

# full: x@some.example.com is deferred
full() {
	world
	touch "$ROOT/home/serialmail/some.example.com/.qv-full"
}

@test "rcpt: a host that is full is deferred, by the words that each way has for it" {
	full
	exits 111 qv-rcpt x@some.example.com joe@example.com
	[ "${lines[0]}" = "x@some.example.com: deferred: 452 sorry, too much mail waits for this host. (#4.2.2)" ]
	[ "${lines[1]}" = "joe@example.com: accepted" ]
	exits 100 qv-rcpt x@some.example.com nobody@example.com
	exits 111 qv-rcpt -j x@some.example.com
	[ "$output" = '[{"address":"x@some.example.com","answer":"deferred","reason":"452 sorry, too much mail waits for this host. (#4.2.2)"}]' ]
	SMTPRCPTTO=x@some.example.com exits 0 qv-rcpt
	[ "$output" = "E452 sorry, too much mail waits for this host. (#4.2.2)" ]
	USE_FD4=1 RECIPIENT=x@some.example.com exits 100 qv-rcpt 4>"$PROBE/4"
	same "$PROBE/4" "452 sorry, too much mail waits for this host. (#4.2.2)"
	RECIPIENT=x@some.example.com exits 0 qv-rcpt
	printf 'x@some.example.com\0\0\0' >"$PROBE/3"
	exits 111 qv-rcpt --fd3 3<"$PROBE/3"
	accepted postmaster@some.example.com PostMaster@some.example.com
	qmail fwd '&x@some.example.com\n'
	accepted x-fwd@localhost
}

@test "rcpt: a full host's list still refuses; an old mark, or one that is no file, does not count" {
	full
	local mark=$ROOT/home/serialmail/some.example.com/.qv-full
	qv-domain recipients some.example.com --add joe
	refused x@some.example.com
	exits 111 qv-rcpt joe@some.example.com
	touch -d '2 hours ago' "$mark"
	exits 111 qv-rcpt joe@some.example.com
	touch -d '181 minutes ago' "$mark"
	accepted joe@some.example.com
	touch -d '170 minutes' "$mark"
	exits 111 qv-rcpt joe@some.example.com
	touch -d '190 minutes' "$mark"
	accepted joe@some.example.com
	rm "$mark"
	mkfifo "$mark"
	accepted joe@some.example.com
	rm "$mark"
	ln -s /etc/passwd "$mark"
	accepted joe@some.example.com
}

@test "rcpt: --queue defers what is only for hosts that are full, and with --strict what is for one of them" {
	full
	TO=x@some.example.com queue '' --queue "$PROBE/program"
	[ "$status $output" = "71 qv-rcpt: deferred: from <a@b.test>: as much mail waits for its recipients as their quota allows" ]
	[ ! -s "$PROBE/got.envelope" ]
	TO="x@some.example.com nobody@example.com" queue '' --queue "$PROBE/program"
	[ "$status" = 71 ]
	TO="x@some.example.com joe@example.com" queue '' --queue "$PROBE/program"
	[ "$status $output" = "0 " ]
	got x@some.example.com joe@example.com
	TO="x@some.example.com joe@example.com" queue '' --queue --strict "$PROBE/program"
	[ "$status" = 71 ]
}

# --- the list

# bare: no domain is accepted yet
bare() {
	: >"$C/rcpthosts"
}

# listed LINE...: exactly these
listed() {
	exits 0 qv-rcpt -q --list
	diff <(printf '%s\n' "$@" | sort) <(sort <<<"$output")
}

@test "rcpt: --list has the addresses that exist, and @DOMAIN where they cannot be listed" {
	bare
	world
	qv-domain add backup backup.test
	qv-domain add pop all.test ex1 --catch-all
	qv-domain add pop sub.test ex1 --no-subdomains
	qv-mailbox add ann.lee@sub.test >/dev/null
	qv-mailbox forward list-owner@sub.test ann.lee@sub.test
	qv-mailbox forward gone@sub.test nobody@example.com
	echo 'lists.test:x-' >>"$C/virtualdomains"
	printf '%s\n' lists.test Sub.Test localhost ' no.test' >>"$C/rcpthosts"
	listed @.all.test @all.test @backup.test @.backup.test @.example.com joe@example.com postmaster@example.com @localhost \
		@.second.test @second.test @some.example.com ann.lee@sub.test list-owner@sub.test postmaster@sub.test
}

@test "rcpt: --list: of a dial-up host with a list those in it" {
	bare
	qv-domain add dialup some.example.com ex1
	qv-domain recipients some.example.com --add Joe,ann.lee
	listed joe@some.example.com ann.lee@some.example.com postmaster@some.example.com
	qv-domain recipients some.example.com --add 'sales-*'
	listed @some.example.com
}

@test "rcpt: --list: homes of other layouts, and entries for one address" {
	bare
	sed -i "1i+v-:x:$POPUID:$POPGID:/home/x:-:in-:\n=v-one:x:$POPUID:$POPGID:/home/x:-:one:" "$U/assign"
	qv-newu
	printf 'Joe@v.test:x\nv.test:v\n' >>"$C/virtualdomains"
	echo v.test >>"$C/rcpthosts"
	qmail in-a:b '#\n'
	qmail in-c '#\n'
	qmail one '#\n'
	qmail other '#\n'
	listed a.b@v.test c@v.test one@v.test
	qmail joe '#\n'
	listed a.b@v.test c@v.test joe@v.test one@v.test
	qmail in-c-default '#\n'
	listed @v.test
	rm "$H/.qmail-in-c-default"
	mkdir "$H/.qmail-in-d"
	listed @v.test
	rmdir "$H/.qmail-in-d"
	touch "$H/.qmail-in-e e"
	listed @v.test
	rm "$H/.qmail-in-e e"
	touch "$H/.qmail-in-"$'\303\251'
	listed @v.test
	rm "$H/.qmail-in-"$'\303\251'
	sed -i "1i+v-x:x:$POPUID:$POPGID:/home/x:-::" "$U/assign"
	qv-newu
	listed @v.test
}

@test "rcpt: --list: what the user alias has for a virtual domain" {
	as_root
	bare
	mkdir -p "$ROOT/var/qmail/alias"
	chown 7790:2107 "$ROOT/var/qmail/alias"
	echo 'v.test:alias-v' >>"$C/virtualdomains"
	echo v.test >>"$C/rcpthosts"
	echo '#' >"$ROOT/var/qmail/alias/.qmail-v-joe"
	echo '#' >"$ROOT/var/qmail/alias/.qmail-w-joe"
	listed joe@v.test
	echo "alias-v-x:x:9:9::/home/x:" >>"$ROOT/etc/passwd"
	listed @v.test
}

@test "rcpt: --list: where it is not certain, all is listed, with a line in the log" {
	world
	chmod 1755 "$ROOT"/home/popmail/e/ex1/DOMAINS/example.com
	exits 0 qv-rcpt --list
	[[ $output == *"qv-rcpt: @example.com: listed, but it is not certain that it exists: "*"sticky"* ]]
	grep -qx @example.com <<<"$output"
	run ! grep -q joe@ <<<"$output"
}

@test "rcpt: --list cdb writes both forms of key, at once, and never an empty list" {
	bare
	world
	exits 0 qv-rcpt -q --list cdb /var/qmail/control/list.cdb
	[ -z "$output" ]
	diff <(/usr/bin/cdb -lm "$C/list.cdb" | sort) - <<-END
		:@.example.com
		:@.second.test
		:@second.test
		:@some.example.com
		:joe@example.com
		:postmaster@example.com
		@.example.com
		@.second.test
		@second.test
		@some.example.com
		joe@example.com
		postmaster@example.com
	END
	exits 0 qv-rcpt -q -n --list cdb /var/qmail/control/none.cdb
	[ "$output" = "build /var/qmail/control/none.cdb" ]
	[ ! -e "$C/none.cdb" ]
	: >"$C/rcpthosts"
	refuses 100 qv-rcpt --list cdb /var/qmail/control/list.cdb
	[[ $output == *"no address exists: an empty list would refuse all mail" ]]
	rm "$C/rcpthosts"
	refuses 100 qv-rcpt --list cdb /var/qmail/control/list.cdb
	refuses 100 qv-rcpt --list
	refuses 100 qv-rcpt --list cdb list.cdb
	refuses 100 qv-rcpt --list cdb
	refuses 100 qv-rcpt --list text x
	refuses 100 qv-rcpt --list --strict
}

@test "rcpt: --list: all that is listed is accepted; of an unlisted domain all" {
	world
	exits 0 qv-rcpt -jq --list
	diff <(/usr/bin/python3 -c 'import json, sys; print("\n".join(json.load(sys.stdin)))' <<<"$output") <(qv-rcpt -q --list)
	qv-rcpt --list | grep -v '^@' | xargs "$BIN/qv-rcpt" >/dev/null
	qv-rcpt --list | sed -n 's/^@[.]/x@y./p; s/^@/x@/p' | grep -v example.com >"$PROBE/all"
	xargs "$BIN/qv-rcpt" <"$PROBE/all" >/dev/null
}

# --- who asks

@test "rcpt: RCPTCHECK is answered by the exit code, and in words on descriptor 4" {
	world
	RECIPIENT=nobody@example.com SENDER=a@b.test exits 100 qv-rcpt
	[ -z "$output" ]
	RECIPIENT=joe@example.com exits 0 qv-rcpt
	[ -z "$output" ]
	USE_FD4=1 RECIPIENT=nobody@example.com exits 100 qv-rcpt 4>"$PROBE/4"
	same "$PROBE/4" '550 sorry, no mailbox here by that name. (#5.1.1)'
	USE_FD4=1 RECIPIENT=joe@example.com exits 0 qv-rcpt 4>"$PROBE/4"
	same "$PROBE/4" ''
	# an envelope's address has no quotes any more
	RECIPIENT='"joe"@example.com' exits 100 qv-rcpt
}

@test "rcpt: qmail-spp is answered on stdout, with exit 0" {
	world
	SMTPRCPTTO=nobody@example.com exits 0 qv-rcpt
	[ "$output" = 'E550 sorry, no mailbox here by that name. (#5.1.1)' ]
	SMTPRCPTTO=joe@example.com RECIPIENT=nobody@example.com exits 0 qv-rcpt
	[ -z "$output" ]
	SMTPRCPTTO=nobody@example.com exits 0 qv-rcpt --spp
	[ "${output:0:4}" = E550 ]
}

@test "rcpt: --fd3 reads the address from descriptor 3" {
	world
	printf 'nobody@example.com\0\0\0' >"$PROBE/3"
	exits 1 qv-rcpt --fd3 3<"$PROBE/3"
	[ -z "$output" ]
	printf 'joe@example.com\0\0\0' >"$PROBE/3"
	exits 0 qv-rcpt --fd3 3<"$PROBE/3"
	for bad in '' 'joe@example.com' "$(printf '%02000d' 1)"; do
		printf '%s' "$bad" >"$PROBE/3"
		exits 111 qv-rcpt --fd3 3<"$PROBE/3"
		[ "${#lines[@]}" = 1 ]
	done
	exits 111 qv-rcpt --fd3 3<&-
}

@test "rcpt: a mistake in the line that qmail-smtpd runs is no refusal" {
	RECIPIENT=a@b.test QVMAIL_ROOT=/nowhere exits 111 qv-rcpt
	SMTPRCPTTO=a@b.test exits 111 qv-rcpt --spp --bogus
	exits 111 qv-rcpt --fd3 extra 3<<<a
	exits 111 env -u SMTPRCPTTO qv-rcpt --spp
	refuses 100 qv-rcpt
	refuses 100 qv-rcpt --bogus
}

@test "rcpt: -j prints an object for each address" {
	world
	exits 100 qv-rcpt -j joe@example.com nobody@example.com
	[ "$output" = '[{"address":"joe@example.com","answer":"accepted","reason":null},{"address":"nobody@example.com","answer":"refused","reason":"550 sorry, no mailbox here by that name. (#5.1.1)"}]' ]
}

@test "rcpt: nothing is changed" {
	world
	before=$(tree)
	qv-rcpt joe@example.com nobody@example.com x@some.example.com || true
	[ "$(tree)" = "$before" ]
}

# queue WAY [ARGUMENT]...: with the message in $PROBE/message and the recipients $TO (words) from a@b.test; WAY: "" or 6, where
# descriptor 6 is open. What the program was given is $PROBE/got.message and $PROBE/got.envelope.
queue() {
	local way=$1
	shift
	rm -f "$PROBE"/got.* "$PROBE/words"
	printf 'Subject: x\n\nbody' >"$PROBE/message"
	{ printf 'Fa@b.test\0' && printf 'T%s\0' $TO && printf '\0'; } >"$PROBE/envelope"
	printf '#!/bin/sh\ncat >"%s/got.message"\ncat <&1 >"%s/got.envelope"\nexit "${CODE:-0}"\n' "$PROBE" "$PROBE" >"$PROBE/program"
	chmod 755 "$PROBE/program"
	if [ -n "$way" ]; then
		run bash -c 'qv-rcpt "$@" <"$0/message" 1<"$0/envelope" 6> >(cat >"$0/words"); r=$?; sleep 0.2; exit $r' "$PROBE" "$@"
	else
		run bash -c 'qv-rcpt "$@" <"$0/message" 1<"$0/envelope" 6>&-' "$PROBE" "$@"
	fi
}

# got RECIPIENT...: in the program's envelope
got() {
	cmp "$PROBE/message" "$PROBE/got.message"
	cmp <(printf 'Fa@b.test\0' && { [ $# = 0 ] || printf 'T%s\0' "$@"; } && printf '\0') "$PROBE/got.envelope"
}

@test "rcpt: --queue hands on what is for those who exist" {
	world
	TO="joe@example.com x@elsewhere.test" queue '' --queue "$PROBE/program"
	[ "$status $output" = "0 " ]
	got joe@example.com x@elsewhere.test
	TO="nobody@example.com joe@example.com no@example.com" queue '' --queue "$PROBE/program"
	[ "$status $output" = "0 qv-rcpt: from <a@b.test>: no such address, taken out: nobody@example.com, no@example.com" ]
	got joe@example.com
	# Of who may relay nobody is taken out: a bounce tells him.
	RELAYCLIENT='' TO="nobody@example.com joe@example.com" queue '' --queue "$PROBE/program"
	[ "$status $output" = "0 " ]
	got nobody@example.com joe@example.com
	RELAYCLIENT='' TO=nobody@example.com queue '' --queue "$PROBE/program"
	[ "$status" = 31 ]
	CODE=53 TO=joe@example.com queue '' --queue "$PROBE/program" -x -j
	[ "$status" = 53 ]
	TO=joe@example.com queue '' --queue /nowhere/program
	[ "$status" = 120 ]
}

@test "rcpt: --queue refuses what is for nobody, and with --strict what is for somebody who does not exist" {
	world
	TO="nobody@example.com no@example.com" queue '' --queue "$PROBE/program"
	[ "$status" = 31 ]
	[ "$output" = "qv-rcpt: refused: from <a@b.test>: no such address: nobody@example.com, no@example.com" ]
	[ ! -s "$PROBE/got.envelope" ]
	TO="nobody@example.com joe@example.com" queue '' --queue --strict "$PROBE/program"
	[ "$status" = 31 ]
	[ ! -s "$PROBE/got.envelope" ]
	TO=nobody@example.com queue 6 --queue "$PROBE/program"
	[ "$status" = 82 ]
	same "$PROBE/words" 'Dsorry, no mailbox here by that name. (#5.1.1)'
	TO=joe@example.com queue 6 --queue --strict "$PROBE/program"
	[ "$status" = 0 ]
	same "$PROBE/words" ''
}

@test "rcpt: --queue leaves an envelope alone that qmail-queue would not take" {
	world
	for bad in 'Tnobody@example.com\0\0' 'Fa@b.test\0Tnobody@example.com\0' 'Fa@b.test\0Tnobody@example.com' '' 'Fa@b.test\0X\0\0'; do
		TO=x queue '' --queue true
		printf "$bad" >"$PROBE/envelope"
		bash -c 'qv-rcpt --queue "$0/program" <"$0/message" 1<"$0/envelope"' "$PROBE"
		cmp "$PROBE/envelope" "$PROBE/got.envelope"
	done
	TO='' queue '' --queue "$PROBE/program"
	[ "$status" = 0 ]
}

@test "rcpt: a message larger than a pipe, and its envelope behind it, as qmail's programs write them" {
	world
	TO=x queue '' --queue true
	head -c 1000000 /dev/zero | tr '\0' x >"$PROBE/message"
	printf 'Fa@b.test\0Tjoe@example.com\0\0' >"$PROBE/envelope"
	mkfifo "$PROBE/m" "$PROBE/e"
	exec 7<>"$PROBE/m" 8<>"$PROBE/e"
	bash -c 'exec qv-rcpt --queue "$0/program" <"$0/m" 1<"$0/e" 7>&- 8>&-' "$PROBE" &
	exec 5>"$PROBE/m" 9>"$PROBE/e" 7>&- 8>&-
	cat "$PROBE/message" >&5
	exec 5>&-
	cat "$PROBE/envelope" >&9
	exec 9>&-
	wait $!
	got joe@example.com
}

@test "rcpt: QMAILQUEUE with its path is --queue" {
	world
	mkdir -p "$ROOT/var/qmail/bin"
	TO=nobody@example.com queue '' --queue true
	run env QMAILQUEUE="$BIN/qv-rcpt" bash -c '"$QMAILQUEUE" <"$0/message" 1<"$0/envelope"' "$PROBE"
	[ "$status" = 31 ]
	# qmail-spp's variable is in the environment of what its qmail-smtpd runs later
	run env SMTPRCPTTO=joe@example.com QMAILQUEUE="$BIN/qv-rcpt" bash -c '"$QMAILQUEUE" <"$0/message" 1<"$0/envelope"' "$PROBE"
	[ "$status" = 31 ]
	run env SMTPRCPTTO=nobody@example.com QMAILQUEUE="$BIN/qv-rcpt" "$BIN/qv-rcpt"
	[ "$status ${output:0:4}" = "0 E550" ]
}
