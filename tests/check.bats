# qv-check: whatever makes mail bounce, wait or vanish.
load helper

setup() {
	[ "$(id -u)" = 0 ] || skip "owners matter, and without root the whole tree is popusr's"
	fresh_root
	seed
}

# The seed's set-up: nothing is wrong with it.
seed() {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	qv-domain add dialup some.example.com ex1 --relayhost 127.0.0.1:25
	qv-domain add relay second.test mail.second.test
	qv-domain add backup third.test
	HOME1=/home/popmail/e/ex1/DOMAINS/example.com
	POP=/home/popmail/e/ex1/POP
	DIAL=/home/serialmail/some.example.com
}

# finds SEVERITY NAME FILE[:LINE]: qv-check says just that one thing
finds() {
	run qv-check
	[ "$status" = 1 ] && [ "${#lines[@]}" = 1 ] && [[ "${lines[0]}" == "$1: $ROOT$3: "* ]] && [[ "$output" == *"; mend: "* ]] || {
		echo "exit $status, expected one finding: $1: $3"
		echo "$output"
		return 1
	}
	run qv-check -j
	[ "$status" = 1 ]
	[[ "$output" == '[{"severity":"'"$1"'","name":"'"$2"'","file":"'"${3%:*}"'"'* ]] || {
		echo "$output"
		return 1
	}
}

# mends: --fix leaves nothing to find
mends() {
	[[ "$(qv-check)" == *"; mend: qv-check --fix --root $ROOT" ]]
	exits 1 qv-check -n --fix
	before=$(tree)
	diff <(echo "$before") <(tree)
	exits 0 qv-check --fix
	exits 0 qv-check
	[ "$output" = "" ]
}

@test "check: the seed's set-up is clean" {
	exits 0 qv-check
	[ "$output" = "" ]
	exits 0 qv-check -j
	[ "$output" = "[]" ]
	before=$(tree)
	exits 0 qv-check --fix
	diff <(echo "$before") <(tree)
}

@test "check: users/cdb was not made of users/assign, or is missing" {
	sed -i 's/^+some.*/&x/' "$U/assign"
	sed -i '$d' "$U/assign"
	printf '+other-:ex1:510:51:%s:-::\n.\n' "$HOME1" >>"$U/assign"
	finds error cdb-stale /var/qmail/users/cdb
	mends
	rm "$U/cdb"
	finds error cdb-stale /var/qmail/users/cdb
	mends
}

@test "check: users/assign without its dot" {
	sed -i '$d' "$U/assign"
	finds error no-end /var/qmail/users/assign:2
	mends
	[ "$(tail -n 1 "$U/assign")" = . ]
}

@test "check: users/assign: a bad line, a dot too early, a comment, the same name twice, root" {
	cp "$U/assign" "$BATS_TEST_TMPDIR/assign"
	sed -i '1s/^/\n/' "$U/assign"
	finds error bad-line /var/qmail/users/assign:1
	cp "$BATS_TEST_TMPDIR/assign" "$U/assign"
	sed -i 's/^+other/&/; $i .some.example.com:x' "$U/assign"
	qv-newu -q 2>/dev/null
	finds error dead-line /var/qmail/users/assign:3
	cp "$BATS_TEST_TMPDIR/assign" "$U/assign"
	sed -i "\$i #x:ex1:510:51:$HOME1:-::" "$U/assign"
	qv-newu -q 2>/dev/null
	finds error dead-line /var/qmail/users/assign:3
	cp "$BATS_TEST_TMPDIR/assign" "$U/assign"
	sed -i "\$i +EXAMPLE.com-:ex1:510:51:$HOME1:-::" "$U/assign"
	qv-newu -q 2>/dev/null
	finds error double /var/qmail/users/assign:3
	cp "$BATS_TEST_TMPDIR/assign" "$U/assign"
	sed -i "\$i +x-:ex1:0:51:$HOME1:-::" "$U/assign"
	qv-newu -q 2>/dev/null
	finds error root /var/qmail/users/assign:3
}

# ids UID GID: example.com's line has these
ids() {
	sed -i -E "s#^(\+example.com-:ex1):[^:]*:[^:]*:#\1:$1:$2:#" "$U/assign"
	qv-newu -q
}

@test "check: a uid is what qmail-lspawn makes of the digits in users/assign, and what stands there is quoted" {
	local line=/var/qmail/users/assign:1 digits=99999999999999999999999999999999 max=4294967295
	for same in "$POPUID" "0$POPUID" "${POPUID}x" $((POPUID + max + 1)) "$(python3 -c "print($POPUID + 2**128)")"; do
		ids "$same" "$POPGID"
		exits 0 qv-check
	done
	for zero in abc '' 4294967296 18446744073709551616; do
		ids "$zero" "$POPGID"
		finds error root "$line"
		[[ "$(qv-check)" == *": uid \"$zero\" (which qmail reads as 0): qmail delivers nothing as root"* ]]
	done
	ids "$digits" "$POPGID"
	finds error uid "$line"
	[[ "$(qv-check)" == *": uid \"$digits\" (which qmail reads as $max) is not that of popusr, "* ]]
	ids 12345 "$POPGID"
	[[ "$(qv-check)" == *": uid 12345 is not that of popusr, "* ]]
}

@test "check: the ids that no process can have, the uid's and the gid's, and another's home" {
	local line=/var/qmail/users/assign:1
	sed -i 's#/home/popmail/e#/srv#' "$U/assign"
	mkdir -p "$ROOT/srv/ex1"
	mv "$ROOT/home/popmail/e/ex1/DOMAINS" "$ROOT/srv/ex1"
	for id in "4294967295 $POPGID" "$POPUID 4294967295" "$POPUID 99999999999999999999999999999999"; do
		# shellcheck disable=SC2086
		ids $id
		[[ "$(qv-check)" == "error: $ROOT$line: "*"no process can have: qmail cannot become this user, and the mail waits; mend: "* ]]
		[[ "$(qv-route -q joe@example.com)" == *deferred* ]]
	done
}

@test "check: a gid is what qmail-lspawn makes of the digits, and one that is not popusr's is found" {
	local line=/var/qmail/users/assign:1
	for same in "$POPGID" "0$POPGID" "${POPGID}x" $((POPGID + 4294967296)); do
		ids "$POPUID" "$same"
		exits 0 qv-check
	done
	for zero in '' +5 -1 abc 4294967296; do
		ids "$POPUID" "$zero"
		finds warning root-group "$line"
		[[ "$(qv-check)" == *": gid \"$zero\" (which qmail reads as 0): "* ]]
	done
	ids "$POPUID" 0
	[[ "$(qv-check)" == *": gid 0: "* ]]
	ids "$POPUID" 7x
	finds warning gid "$line"
	[[ "$(qv-check)" == *": gid \"7x\" (which qmail reads as 7) is not that of popusr"* ]]
	ids "$POPUID" 7
	[[ "$(qv-check)" == *": gid 7 is not that of popusr"*"; mend: sed -i "* ]]
	PATH=$BIN:$PATH sh -c "$(qv-check | sed -n 's/.*; mend: //p')"
	exits 0 qv-check
}

@test "check: of a home that is not popusr's only root's group is found" {
	sed -i 's#/home/popmail/e#/srv#' "$U/assign"
	mkdir -p "$ROOT/srv/ex1"
	mv "$ROOT/home/popmail/e/ex1/DOMAINS" "$ROOT/srv/ex1"
	ids "$POPUID" +5
	finds warning root-group /var/qmail/users/assign:1
	ids "$POPUID" 7
	run ! grep -E '"(root-group|gid)"' <<<"$(qv-check -j)"
}

@test "check: a name like Maildir without a slash is an mbox to qmail" {
	for path in ./Maildir ./maildir; do
		echo "$path" >"$ROOT$HOME1/.qmail-x"
		chown "$POPUID:$POPGID" "$ROOT$HOME1/.qmail-x"
		finds warning mbox "$HOME1/.qmail-x:1"
	done
	: >"$ROOT$HOME1/Maildir"
	chown "$POPUID:$POPGID" "$ROOT$HOME1/Maildir"
	echo ./Maildir >"$ROOT$HOME1/.qmail-x"
	finds warning mbox "$HOME1/.qmail-x:1"
	echo ./Mailbox >"$ROOT$HOME1/.qmail-x"
	exits 0 qv-check
}

@test "check: the command for a wrong uid is good for one line of plain numbers; else the editor is" {
	for wrong in 12345:51 0:0; do
		ids "${wrong%:*}" "${wrong#*:}"
		fix=$(qv-check | sed -n 's/.*; mend: //p')
		[[ "$fix" == "sed -i "* ]]
		PATH=$BIN:$PATH sh -c "$fix"
		exits 0 qv-check
	done
	for odd in '0x/1 51' "0' 51" '0 ' "$(printf '%040d' 0) 51"; do
		ids "${odd%% *}" "${odd#* }"
		[[ "$(qv-check)" == *'; mend: vi +1 '* ]]
	done
}

@test "check: control files: carriage returns, blanks in front and before the colon" {
	sed -i 's/^third.test$/&\r/' "$C/rcpthosts"
	finds error crlf "/var/qmail/control/rcpthosts:$(grep -n ^third "$C/rcpthosts" | cut -d: -f1)"
	mends
	sed -i 's/^third.test$/ &/' "$C/rcpthosts"
	finds error leading-blank "/var/qmail/control/rcpthosts:$(grep -n '^ third' "$C/rcpthosts" | cut -d: -f1)"
	mends
	sed -i 's/^second.test:/second.test :/' "$C/smtproutes"
	finds error blank-before-colon /var/qmail/control/smtproutes:1
	mends
	echo nonsense >>"$C/smtproutes"
	finds error no-colon "/var/qmail/control/smtproutes:$(wc -l <"$C/smtproutes")"
}

@test "check: control files: the same name twice, and who may read them" {
	sed -i '1iSecond.test:elsewhere.test' "$C/smtproutes"
	finds error double /var/qmail/control/smtproutes:1
	sed -i '1s/.*/second.test:mail.second.test/' "$C/smtproutes"
	finds warning double /var/qmail/control/smtproutes:1
	sed -i 1d "$C/smtproutes"
	chmod 600 "$C/smtproutes"
	finds error mode /var/qmail/control/smtproutes
}

@test "check: virtualdomains: not accepted, without a line in users/assign, sub-domains alone, local too" {
	cp "$C/virtualdomains" "$BATS_TEST_TMPDIR/v"
	sed -i '/^some.example.com$/d' "$C/rcpthosts"
	finds warning not-accepted /var/qmail/control/virtualdomains:3
	echo some.example.com >>"$C/rcpthosts"
	echo 'third.test:third' >>"$C/virtualdomains"
	finds error no-assign /var/qmail/control/virtualdomains:4
	cp "$BATS_TEST_TMPDIR/v" "$C/virtualdomains"
	echo '.third.test:some.example.com' >>"$C/virtualdomains"
	finds warning sub-domains-alone /var/qmail/control/virtualdomains:4
	cp "$BATS_TEST_TMPDIR/v" "$C/virtualdomains"
	echo example.com >>"$C/locals"
	finds error local-too /var/qmail/control/virtualdomains:1
}

@test "check: an id that begins with another's" {
	qv-domain add pop x.test ex2 --id example.com-a
	finds warning id-in-id "/var/qmail/users/assign:$(grep -n '^+example.com-a-:' "$U/assign" | cut -d: -f1)"
}

@test "check: smtproutes that lead nowhere" {
	for bad in 'a.test::25 route-nowhere' 'a.test:relay.test: route-port' 'a.test:relay.test:smtp route-port' 'a.test:fe80::1:25 route-ipv6'; do
		sed -i '/^a.test/d' "$C/smtproutes"
		echo "${bad% *}" >>"$C/smtproutes"
		finds error "${bad#* }" "/var/qmail/control/smtproutes:$(wc -l <"$C/smtproutes")"
	done
	for other in 'a.test:[::1]:25 route-ipv6' 'a.test:relay.test;587 route-nowhere'; do # some qmails understand these
		sed -i '/^a.test/d' "$C/smtproutes"
		echo "${other% *}" >>"$C/smtproutes"
		finds warning "${other#* }" "/var/qmail/control/smtproutes:$(wc -l <"$C/smtproutes")"
	done
}

@test "check: without rcpthosts it is an open relay; the mend is the host's own names, of locals or of me" {
	for names in locals me; do
		rm "$C/rcpthosts"
		finds error open-relay /var/qmail/control/rcpthosts
		eval "$(qv-check | sed 's/.*; mend: //')"
		diff "$C/$names" "$C/rcpthosts"
		rm -f "$C/locals"
	done
}

@test "check: morercpthosts.cdb was not made of morercpthosts" {
	echo fourth.test >"$C/morercpthosts"
	finds error cdb-stale /var/qmail/control/morercpthosts.cdb
	mends
	echo fifth.test >>"$C/morercpthosts"
	finds error cdb-stale /var/qmail/control/morercpthosts.cdb
	mends
}

@test "check: homes: missing, writable, sticky" {
	mv "$ROOT$HOME1" "$ROOT/away"
	finds error no-home /var/qmail/users/assign:1
	mv "$ROOT/away" "$ROOT$HOME1"
	chmod o+w "$ROOT$HOME1"
	finds error home-writable "$HOME1"
	chmod o-w,g+w "$ROOT$HOME1"
	finds warning home-writable "$HOME1"
	chmod g-w,+t "$ROOT$HOME1"
	finds error home-sticky "$HOME1"
}

@test "check: .qmail files: names never read, modes, blank and CR lines, Maildirs without a slash or missing" {
	local f=$ROOT$HOME1/.qmail-joe
	cp -p "$f" "$BATS_TEST_TMPDIR/joe"
	cp -p "$f" "$ROOT$HOME1/.qmail-Ann.b"
	finds warning never-read "$HOME1/.qmail-Ann.b"
	rm "$ROOT$HOME1/.qmail-Ann.b"
	chmod o+w "$f"
	finds error qmail-writable "$HOME1/.qmail-joe"
	chmod 664 "$f"
	finds warning qmail-writable "$HOME1/.qmail-joe"
	chmod 644 "$f"
	sed -i '1i\\' "$f"
	finds error first-line-blank "$HOME1/.qmail-joe:1"
	cp -p "$BATS_TEST_TMPDIR/joe" "$f"
	sed -i '1i& x@y.test' "$f"
	sed -i '1s/^&/ /' "$f"
	finds error leading-blank "$HOME1/.qmail-joe:1"
	cp -p "$BATS_TEST_TMPDIR/joe" "$f"
	sed -i 's/$/\r/' "$f"
	finds error crlf "$HOME1/.qmail-joe:1"
	cp -p "$BATS_TEST_TMPDIR/joe" "$f"
	sed -i 's:/$::' "$f"
	finds error no-slash "$HOME1/.qmail-joe:1"
	mends
	cmp "$BATS_TEST_TMPDIR/joe" "$f"
	echo "$POP/ex1-0009/" >"$f"
	run qv-check
	[[ "$output" == *"error: $ROOT$HOME1/.qmail-joe:1: $POP/ex1-0009 is missing: the mail waits"* ]]
}

@test "check: a domain without postmaster, a dial-up host without .qmail-default" {
	rm "$ROOT$HOME1/.qmail-postmaster"
	qv-mailbox add ann@example.com --box ex1-0000
	finds warning no-postmaster "$HOME1"
	qv-mailbox default example.com box ex1-0000
	exits 0 qv-check
	rm "$ROOT$DIAL/.qmail-default"
	finds error no-default "$DIAL"
}

@test "check: boxes: a part is missing, another's, writable, nobody's" {
	rmdir "$ROOT$POP/ex1-0001/cur"
	finds error maildir-part "$POP/ex1-0001/cur"
	mends
	[ "$(stat -c %u:%g:%a "$ROOT$POP/ex1-0001/cur")" = "$POPUID:$POPGID:700" ]
	if [ "$(id -u)" = 0 ]; then
		chown 0 "$ROOT$POP/ex1-0001/new"
		finds error owner "$POP/ex1-0001/new"
		chown "$POPUID" "$ROOT$POP/ex1-0001/new"
	fi
	chmod 777 "$ROOT$POP/ex1-0001/new"
	finds error writable "$POP/ex1-0001/new"
	chmod 700 "$ROOT$POP/ex1-0001/new"
	rm "$ROOT$HOME1/.qmail-joe"
	finds warning nobodys-box "$POP/ex1-0001"
}

@test "check: dial-up hosts: RELAYHOST, the Maildir, mail that cannot be sent or is late, directories nobody leads to" {
	rm "$ROOT$DIAL/RELAYHOST"
	finds error no-relayhost "$DIAL/RELAYHOST"
	echo 'a b c' >"$ROOT$DIAL/RELAYHOST"
	finds error bad-relayhost "$DIAL/RELAYHOST:1"
	[[ "$(qv-check)" == "error: $ROOT$DIAL/RELAYHOST:1: invalid mail server \"a b c\": expected "* ]]
	printf '# ours\n127.0.0.1:25\n127.0.0.1:x\n' >"$ROOT$DIAL/RELAYHOST"
	finds error bad-relayhost "$DIAL/RELAYHOST:3"
	echo '# none yet' >"$ROOT$DIAL/RELAYHOST"
	finds error bad-relayhost "$DIAL/RELAYHOST"
	[[ "$(qv-check)" == "error: $ROOT$DIAL/RELAYHOST: contains no host; "*"; mend: vi +1 "* ]]
	echo 127.0.0.1:25 >"$ROOT$DIAL/RELAYHOST"
	rmdir "$ROOT$DIAL/Maildir/tmp"
	finds error maildir-part "$DIAL/Maildir/tmp"
	mends
	printf 'Subject: x\n\nx\n' >"$ROOT$DIAL/Maildir/new/1.x"
	finds error unsendable "$DIAL/Maildir/new/1.x"
	printf 'Return-Path: <>\nDelivered-To: some.example.com-x@some.example.com\n\nx\n' >"$ROOT$DIAL/Maildir/new/1.x"
	exits 0 qv-check
	touch -d '-5 hours' "$ROOT$DIAL/Maildir/new/1.x"
	finds warning late "$DIAL/Maildir/new"
	rm "$ROOT$DIAL/Maildir/new/1.x"
	cp -rp "$ROOT$DIAL" "$ROOT/home/serialmail/other.test"
	finds warning nobodys-host /home/serialmail/other.test
}

@test "check: names that popusr gave reach neither the terminal nor the shell" {
	local evil=$'a b;touch\e[2J\n`x`'
	cp -rp "$ROOT$POP/ex1-0001" "$ROOT$POP/$evil"
	run qv-check
	[ "${#lines[@]}" = 1 ]
	[[ "$output" == *"$POP/a b;touch?[2J?\`x\`: no address"*"--box 'a b;touch?[2J?\`x\`' --root "* ]]
	qv-check -j | /usr/bin/python3 -c 'import json, sys; (f,) = json.load(sys.stdin); sys.exit(not f["file"].endswith(sys.argv[1]))' "/$evil"
}

@test "check: --fix makes no Maildir outside of what is ours" {
	echo /home/popmail/../../etc/made/ >>"$ROOT$HOME1/.qmail-joe"
	finds error no-maildir "$HOME1/.qmail-joe:2"
	exits 1 qv-check --fix
	[ ! -e "$ROOT/etc/made" ]
}

@test "check: --fix mends all that is certain in one plan, and says what it does not" {
	sed -i 's/^third.test$/&\r/' "$C/rcpthosts"
	sed -i '$d' "$U/assign"
	rmdir "$ROOT$POP/ex1-0001/cur"
	chmod 600 "$C/smtproutes"
	echo second.test:other.test >>"$C/smtproutes"
	exits 1 qv-check --fix
	[ "${#lines[@]}" = 5 ]
	[ "$(grep -c '; mended$' <<<"$output")" = 4 ]
	finds error double /var/qmail/control/smtproutes:1
}

# unseen FINDINGS: each is that something could not be looked at, and none advises anything
unseen() {
	python3 -c 'import json, sys
findings = json.load(sys.stdin)
bad = [f for f in findings if f["name"] != "not-seen" or f["mend"] is not None or f["severity"] != "warning"]
assert findings and not bad, bad' <<<"$1"
}

@test "check: who may not look into a thing says so, and advises nothing" {
	[ "$(id -u)" = 0 ] || skip "asks as other users"
	qv-mailbox passwd ex1-0001 --password-fd 0 <<<secret
	for ids in 65533:65533 510:51 7790:51; do
		exits 1 setpriv --reuid "${ids%:*}" --regid "${ids#*:}" --clear-groups qv-check
		[[ "$output" == *"; run qv-check as root"* && "$output" != *mend* ]]
		run setpriv --reuid "${ids%:*}" --regid "${ids#*:}" --clear-groups qv-check -j
		unseen "$output"
	done
	chmod 700 "$ROOT$HOME1" "$ROOT$POP"
	run setpriv --reuid 65533 --regid 65533 --clear-groups qv-check -j
	unseen "$output"
}

@test "check: in a user namespace where owners have no id it says so, and advises nothing" {
	[ "$(id -u)" = 0 ] || skip "the tree is root's"
	unshare -U --map-root-user true 2>/dev/null || skip "needs user namespaces"
	chmod -R go-rwx "$ROOT$POP"/*
	exits 1 unshare -U --map-root-user qv-check
	[[ "$output" == *"its owner has no id in this user namespace"* && "$output" != *"mend"* ]]
	run unshare -U --map-root-user qv-check -j
	unseen "$output"
	before=$(tree)
	run unshare -U --map-root-user qv-check --fix
	diff <(echo "$before") <(tree)
}

@test "check: without enough descriptors it says so, and nothing of qmail" {
	[ "$(id -u)" = 0 ] || skip "the tree is root's"
	is_static || skip "the sanitizers need some of their own"
	for n in 6 7; do
		run bash -c 'exec 3>&- 4>&- 5>&- 6>&- 7>&-; ulimit -n $0 && exec qv-check -j' $n
		[[ "$output" == *"No file descriptors available, so it was not checked"* ]]
		unseen "$output"
	done
}

@test "check: a Maildir behind links is not called broken" {
	[ "$(id -u)" = 0 ] || skip "the tree is root's"
	mkdir "$ROOT/disk"
	mv "$ROOT$POP/ex1-0001" "$ROOT/disk/"
	ln -s /disk/ex1-0001 "$ROOT$POP/ex1-0001"
	chown -h "$POPUID:$POPGID" "$ROOT$POP/ex1-0001"
	mv "$ROOT$POP/ex1-0000/new" "$ROOT/disk/"
	ln -s /disk/new "$ROOT$POP/ex1-0000/new"
	run qv-check -j
	unseen "$output"
}

# many: 2,100 customers with a domain and a box each
many() {
	seq -f %04.0f 2100 | sed 's/.*/domain add pop d&.example.com c&/' | qv-domain import
}

@test "check: many domains are checked by two processes, and nothing is different for it" {
	local home=$ROOT/home/popmail/c
	halves
	many
	both check -j
	[ "$alone" = "[]" ]
	# Found later, by what the second process noted.
	qv-mailbox forward info@d2099.example.com nobody@d0001.example.com
	mkdir -m 700 "$home/c2098/POP/stray" "$home/c2098/POP/stray"/{new,cur,tmp}
	chown -R "$POPUID:$POPGID" "$home/c2098/POP/stray"
	both check -j
	[ "$(grep -o '"name":"[a-z-]*"' <<<"$alone" | cut -d'"' -f4 | xargs)" = "nobodys-box nobody" ] || { echo "$alone"; return 1; }
	# Found by both, and in order.
	chmod 777 "$home"/{c0002,c2097}/DOMAINS/*
	rm -r "$home"/{c0003,c2096}/POP/*/new
	: >"$home/c2095/DOMAINS/d2095.example.com/.qmail-Never"
	rm -r "$home/c2094/POP"
	both check -j
	[ "$(grep -o '"name":' <<<"$alone" | wc -l)" -ge 8 ]
	exits 1 qv-check --fix
	both check -j
}

# Broken in more than two hundred ways, each found as just what it is, and mended as is said.
@test "check: every trap is found, alone, and its command mends it" {
	mkdir "$BATS_TEST_TMPDIR/traps"
	env -u QVMAIL_ROOT python3 "$REPO/tests/check/traps.py" "$QVMAIL" "$BATS_TEST_TMPDIR/traps"
}

@test "check: misuse is 100 with a line, and no qmail home is said" {
	refuses 100 qv-check x
	refuses 100 qv-check --mend
	rm -r "${ROOT:?}/var"
	refuses 100 qv-check
}
