#!/usr/bin/env bats
# qv-domain: the domains of a gateway, as the how-to writes them by hand.

load helper

setup() {
	fresh_root
	POP=$ROOT/home/popmail
	SER=$ROOT/home/serialmail
	R=$'localhost\ngateway.example.net\n' # rcpthosts of an empty gateway
}

# owned MODE PATH...: mode and popusr.
owned() {
	local mode=$1
	shift
	[ "$(stat -c '%a %u:%g' "$@" | sort -u)" = "$mode $POPUID:$POPGID" ] || { stat -c '%n %a %u:%g' "$@"; return 1; }
}

# twice COMMAND...: done again it says nothing and changes nothing.
twice() {
	local before
	exits 0 "$@"
	before=$(tree)
	exits 0 "$@"
	diff <(echo "$before") <(tree)
}

# json EXPRESSION: of $output as d.
json() {
	python3 -c 'import json,sys; d=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" <<<"$output"
}

# The bytes of all control files.
control() {
	(cd "$ROOT/var/qmail" && sha256sum control/* users/*)
}

# --- the how-to's example

@test "domain add: the how-to's example, byte for byte" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com ex1
	same "$C/rcpthosts" "${R}example.com
.example.com
some.example.com
"
	same "$C/virtualdomains" 'example.com:example.com
.example.com:example.com
some.example.com:some.example.com
'
	same "$U/assign" "+example.com-:ex1:$POPUID:$POPGID:/home/popmail/e/ex1/DOMAINS/example.com:-::
+some.example.com-:ex1:$POPUID:$POPGID:/home/serialmail/some.example.com:-::
.
"
	same "$SER/some.example.com/RELAYHOST" $'some.example.com\n'
	same "$SER/some.example.com/.qmail-default" $'./Maildir/\n'
	same "$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster" $'/home/popmail/e/ex1/POP/ex1-0000/\n'
	exits 0 qv-mailbox add joe@example.com --box ex1-0001
	same "$POP/e/ex1/DOMAINS/example.com/.qmail-joe" $'/home/popmail/e/ex1/POP/ex1-0001/\n'
	[ ! -s "$C/smtproutes" ]
}

@test "domain add: the cdb is the one that qmail-newu builds from the table" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com ex1
	cp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
	exits 0 qmail-newu
	cmp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
}

@test "domain add: what mail is delivered into is popusr's and writable by nobody else" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com ex1
	owned 755 "$POP/e/ex1/DOMAINS/example.com" "$SER/some.example.com"
	owned 644 "$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster" "$SER/some.example.com/.qmail-default"
	owned 700 "$POP/e/ex1/POP/ex1-0000"{,/new,/cur,/tmp} "$SER/some.example.com/Maildir"{,/new,/cur,/tmp}
	[ "$(stat -c %a "$SER/some.example.com/RELAYHOST")" = 644 ]
	run find "$ROOT/home" "$ROOT/var" ! -type l -perm /022
	[ -z "$output" ]
}

@test "domain add: what others look up on the way is root's, whatever the umask" {
	(umask 077 && exits 0 qv-domain add pop example.com ex1)
	[ "$(stat -c '%a %u' "$POP" "$POP/e" "$POP/e/ex1" "$POP/e/ex1/POP" "$POP/e/ex1/DOMAINS" | sort -u)" = "755 $(id -u)" ]
	[ "$(stat -c %a "$C/rcpthosts" "$C/virtualdomains" "$U/assign" "$U/cdb" | sort -u)" = 644 ]
}

@test "domain add: a file keeps the owner and mode it has" {
	chmod 640 "$C/rcpthosts"
	[ "$(id -u)" != 0 ] || chown 3:4 "$C/rcpthosts"
	before=$(stat -c '%a %u:%g' "$C/rcpthosts")
	exits 0 qv-domain add pop example.com ex1
	[ "$(stat -c '%a %u:%g' "$C/rcpthosts")" = "$before" ]
}

# --- each kind

@test "domain add pop: --id is the prefix in virtualdomains and assign" {
	exits 0 qv-domain add pop example.com ex1 --id exid --no-subdomains
	same "$C/rcpthosts" "${R}example.com
"
	same "$C/virtualdomains" $'example.com:exid\n'
	same "$U/assign" "+exid-:ex1:$POPUID:$POPGID:/home/popmail/e/ex1/DOMAINS/example.com:-::
.
"
}

@test "domain add pop: --catch-all sends unknown addresses where postmaster's mail goes" {
	exits 0 qv-domain add pop example.com ex1 --catch-all
	cmp "$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster" "$POP/e/ex1/DOMAINS/example.com/.qmail-default"
}

@test "domain add pop: --postmaster names a box or an address" {
	exits 0 qv-domain add pop example.com ex1 --postmaster ex1-0007
	same "$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster" $'/home/popmail/e/ex1/POP/ex1-0007/\n'
	[ -d "$POP/e/ex1/POP/ex1-0007/new" ]
	exits 0 qv-domain add pop example.org ex2 --postmaster me@provider.net
	same "$POP/e/ex2/DOMAINS/example.org/.qmail-postmaster" $'&me@provider.net\n'
	[ -z "$(ls -A "$POP/e/ex2/POP")" ]
}

@test "domain add pop: two domains of a customer share the first box" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add pop example.org ex1
	cmp "$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster" "$POP/e/ex1/DOMAINS/example.org/.qmail-postmaster"
	[ "$(ls "$POP/e/ex1/POP")" = ex1-0000 ]
}

@test "domain add relay: rcpthosts and smtproutes" {
	exits 0 qv-domain add relay second-example.com mail.second-example.com
	same "$C/smtproutes" 'second-example.com:mail.second-example.com
.second-example.com:mail.second-example.com
'
	same "$C/rcpthosts" "${R}second-example.com
.second-example.com
"
	[ ! -e "$U/cdb" ] && [ ! -s "$C/virtualdomains" ] && [ ! -e "$ROOT/home" ]
}

@test "domain add relay: a port, no sub-domains" {
	exits 0 qv-domain add relay second-example.com 192.0.2.1:2525 --no-subdomains
	same "$C/smtproutes" $'second-example.com:192.0.2.1:2525\n'
}

@test "domain add backup: rcpthosts alone" {
	before=$(control | grep -v rcpthosts)
	exits 0 qv-domain add backup example.com
	same "$C/rcpthosts" "${R}example.com
.example.com
"
	diff <(echo "$before") <(control | grep -v rcpthosts)
}

@test "domain add dialup: relay hosts in order, on demand, a lifetime, sub-domains" {
	exits 0 qv-domain add dialup some.example.com ex1 --relayhost mx1.example.com:2525 --relayhost '[2001:db8::1]:25' \
		--on-demand --lifetime 3600 --subdomains
	same "$SER/some.example.com/RELAYHOST" $'mx1.example.com:2525\n[2001:db8::1]:25\n'
	[ -e "$SER/some.example.com/.qv-on-demand" ]
	same "$SER/some.example.com/.qv-lifetime" $'3600\n'
	same "$C/virtualdomains" 'some.example.com:some.example.com
.some.example.com:some.example.com
'
}

@test "domain add dialup: without a handle the user is popusr" {
	exits 0 qv-domain add dialup some.example.com
	same "$U/assign" "+some.example.com-:popusr:$POPUID:$POPGID:/home/serialmail/some.example.com:-::
.
"
}

@test "domain add: other trees and another user by control files" {
	echo /srv/pop/ >"$C/qv-popmail"
	echo /srv/dial >"$C/qv-serialmail"
	echo "$POPUID:$POPGID" >"$C/qv-popuser"
	rm "$ROOT/etc/passwd"
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com
	[ -d "$ROOT/srv/pop/e/ex1/DOMAINS/example.com" ] && [ -e "$ROOT/srv/dial/some.example.com/RELAYHOST" ]
	owned 755 "$ROOT/srv/pop/e/ex1/DOMAINS/example.com"
}

@test "domain add: capitals are stored small, a final dot is dropped" {
	exits 0 qv-domain add backup Example.COM.
	same "$C/rcpthosts" "${R}example.com
.example.com
"
	before=$(tree)
	exits 0 qv-domain add backup EXAMPLE.com
	[ "$(tree)" = "$before" ]
}

# --- twice, and another form

@test "domain add: twice is the same as once, for every kind" {
	twice qv-domain add pop example.com ex1 --catch-all
	twice qv-domain add pop id.example.com ex1 --id exid
	twice qv-domain add relay relay.example.com mail.example.com
	twice qv-domain add backup backup.example.com --no-subdomains
	twice qv-domain add dialup some.example.com ex1 --relayhost mx.example.com --on-demand --lifetime 60
	twice qv-domain pause some.example.com
	twice qv-domain resume some.example.com
}

@test "domain add: again, after RELAYHOST and .qmail files were edited, leaves them alone" {
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain add pop example.com ex1
	echo other.example.com >"$SER/some.example.com/RELAYHOST"
	echo '&me@example.net' >"$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster"
	before=$(tree)
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain add pop example.com ex1
	diff <(echo "$before") <(tree)
}

@test "domain add: another form of what is there is refused with file and line" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add relay relay.example.org mail.example.org
	exits 0 qv-domain add backup backup.example.org
	exits 0 qv-domain add dialup dial.example.org
	before=$(tree)
	for form in "relay NAME mail.example.org" "relay NAME other.example.org" "backup NAME" "dialup NAME" "pop NAME ex1" \
		"pop NAME ex2" "backup NAME --no-subdomains" "pop NAME ex1 --no-subdomains" "pop NAME ex1 --id other" \
		"dialup NAME --subdomains" "dialup NAME ex9" "relay NAME mail.example.org --no-subdomains"; do
		for name in example.com relay.example.org backup.example.org dial.example.org; do
			case "$name $form" in
			"example.com pop NAME ex1" | "relay.example.org relay NAME mail.example.org") continue ;;
			"backup.example.org backup NAME" | "dial.example.org dialup NAME") continue ;;
			esac
			echo "$name: $form"
			bad qv-domain add ${form//NAME/$name}
			[[ $output =~ $ROOT/var/qmail/[a-z]*/[a-z]*:[0-9]+:\  ]]
		done
	done
	diff <(echo "$before") <(tree)
}

@test "domain add: whose a domain is already, with file and line" {
	exits 0 qv-domain add pop example.com ex1
	refuses 100 qv-domain add pop example.com ex2
	[[ $output == *"$U/assign:1: example.com already belongs to ex1, expected ex2; see qv-domain show example.com" ]]
}

@test "domain add, alias: a name without a dot is done, with a warning the first time" {
	for form in 'pop one ex1' 'relay two mail.example.com' 'backup three' 'dialup four'; do
		exits 0 qv-domain add $form
		read -r _ name _ <<<"$form"
		[[ $output == "qv-domain: warning: $name has no dot: "* ]]
		[ "${#lines[@]}" = 1 ]
		grep -qx "$name" "$C/rcpthosts"
		exits 0 qv-domain add $form
		[ -z "$output" ]
	done
	exits 0 qv-domain alias five one
	[[ $output == "qv-domain: warning: five has no dot: "* ]]
	exits 0 qv-domain add pop example.com ex1 --id six
	refuses 100 qv-domain add pop six ex2
}

@test "domain add: another RELAYHOST or postmaster than the one there is refused with its file" {
	exits 0 qv-domain add dialup some.example.com ex1 --relayhost a.example.com
	refuses 100 qv-domain add dialup some.example.com ex1 --relayhost b.example.com
	[[ $output == *"$SER/some.example.com/RELAYHOST:1: "*"; use qv-domain relayhost to change it" ]]
	exits 0 qv-domain add pop example.com ex1
	refuses 100 qv-domain add pop example.com ex1 --postmaster me@example.net
	[[ $output == *"/.qmail-postmaster:1: "* ]]
}

@test "domain relayhost: from then on mail goes there, for the host and its aliases; twice is the same as once" {
	exits 0 qv-domain add dialup some.example.com ex1 --relayhost a.example.com
	exits 0 qv-domain alias other.example.com some.example.com
	chmod 640 "$SER/some.example.com/RELAYHOST"
	exits 0 qv-domain relayhost Some.Example.com mx.example.net:2525 '[2001:db8::1]' 192.0.2.1
	same "$SER/some.example.com/RELAYHOST" $'mx.example.net:2525\n[2001:db8::1]\n192.0.2.1\n'
	[ "$(stat -c %a "$SER/some.example.com/RELAYHOST")" = 640 ]
	before=$(stat -c %i "$SER/some.example.com/RELAYHOST")
	exits 0 qv-domain relayhost some.example.com mx.example.net:2525 '[2001:db8::1]' 192.0.2.1
	[ "$(stat -c %i "$SER/some.example.com/RELAYHOST")" = "$before" ]
	exits 0 qv-domain relayhost other.example.com b.example.com
	same "$SER/some.example.com/RELAYHOST" $'b.example.com\n'
	exits 0 qv-domain add dialup some.example.com ex1 --relayhost b.example.com
	rm "$SER/some.example.com/RELAYHOST"
	exits 0 qv-domain relayhost some.example.com c.example.com
	same "$SER/some.example.com/RELAYHOST" $'c.example.com\n'
}

@test "domain relayhost: -n shows it and changes nothing; nonsense is refused; an import takes it" {
	exits 0 qv-domain add dialup some.example.com ex1 --relayhost a.example.com
	exits 0 qv-domain add pop example.com ex1
	before=$(tree)
	exits 0 qv-domain -n relayhost some.example.com b.example.com
	grep -qx -- -a.example.com <<<"$output"
	grep -qx +b.example.com <<<"$output"
	[ "$(tree)" = "$before" ]
	refuses 100 qv-domain relayhost some.example.com
	refuses 100 qv-domain relayhost example.com b.example.com
	refuses 100 qv-domain relayhost none.example.com b.example.com
	refuses 100 qv-domain relayhost some.example.com b.example.com c..example.com
	refuses 100 qv-domain relayhost some.example.com b.example.com:0
	refuses 100 qv-domain relayhost some.example.com $(seq -f 'mx%g.example.com' 17)
	exits 0 qv-domain import <<<$'domain relayhost some.example.com b.example.com\ndomain pause some.example.com'
	same "$SER/some.example.com/RELAYHOST" $'b.example.com\n'
	qv-domain export | grep -qx 'domain add dialup some.example.com ex1 --relayhost b.example.com'
}

@test "domain recipients: FILE and standard input replace the list, --add and --remove change it, --off removes it" {
	local list=$SER/some.example.com/.qv-recipients
	exits 0 qv-domain add dialup some.example.com ex1
	qv-domain alias other.example.com some.example.com
	exits 0 qv-domain recipients some.example.com
	[ "$output" = "qv-domain: some.example.com has no list: every address is accepted" ]
	printf '# staff\nJoe\n\nsales-*' >"$BATS_TEST_TMPDIR/list"
	twice qv-domain recipients some.example.com "$BATS_TEST_TMPDIR/list"
	same "$list" $'# staff\nJoe\n\nsales-*\n'
	[ "$(stat -c %a "$list")" = 644 ]
	twice qv-domain recipients other.example.com --add joe,ann --add=bob
	same "$list" $'# staff\nJoe\n\nsales-*\nann\nbob\n'
	twice qv-domain recipients some.example.com --remove JOE,ann,nobody
	same "$list" $'# staff\n\nsales-*\nbob\n'
	exits 0 qv-domain recipients some.example.com
	[ "$output" = "$(cat "$list")" ]
	exits 0 qv-domain recipients some.example.com -j
	[ "$output" = '["sales-*","bob"]' ]
	exits 0 qv-domain show some.example.com
	grep -qx 'recipients   2 listed' <<<"$output"
	exits 0 qv-domain show other.example.com -j
	[ "$(json 'd["recipients"]')" = 2 ]
	exits 0 qv-domain recipients some.example.com - <<<'*'
	same "$list" $'*\n'
	before=$(tree)
	exits 0 qv-domain recipients some.example.com -n --off
	[ "$(tree)" = "$before" ]
	exits 0 qv-domain recipients some.example.com --off
	[ ! -e "$list" ]
	exits 0 qv-domain recipients some.example.com --off
	exits 0 qv-domain recipients some.example.com -j
	[ "$output" = null ]
	exits 0 qv-domain show some.example.com -j
	[ "$(json 'd["recipients"]')" = None ]
}

@test "domain recipients: nonsense is refused with its line, and nothing is changed" {
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain add backup back.example.com
	exits 0 qv-domain recipients some.example.com --add joe
	for bad in 'joe@some.example.com' 'a b' '*-x' 'a..b' $'joe\r' "$(printf '%0201d' 0)" $'caf\xc3\xa9' '"a"' 'a/b'; do
		printf 'ann\n%s\n' "$bad" >"$BATS_TEST_TMPDIR/list"
		refuses 100 qv-domain recipients some.example.com "$BATS_TEST_TMPDIR/list"
		[[ $output == "qv-domain: fatal: $BATS_TEST_TMPDIR/list:2: invalid local part "* ]]
		refuses 100 qv-domain recipients some.example.com --add "ann,$bad"
	done
	printf 'a\0b\n' >"$BATS_TEST_TMPDIR/list"
	refuses 100 qv-domain recipients some.example.com "$BATS_TEST_TMPDIR/list"
	for bad in '' ',' 'ann,' '#x'; do
		refuses 100 qv-domain recipients some.example.com --add "$bad"
	done
	refuses 100 qv-domain recipients some.example.com - <<<'# nobody'
	[[ $output == *"stdin contains no local part; use --off if every address is to be accepted" ]]
	refuses 100 qv-domain recipients some.example.com --remove joe
	refuses 100 qv-domain recipients some.example.com /nowhere/list
	refuses 100 qv-domain recipients some.example.com - --off
	refuses 100 qv-domain recipients some.example.com --off --add ann
	refuses 100 qv-domain recipients
	refuses 100 qv-domain recipients back.example.com --add joe
	refuses 100 qv-domain recipients none.example.com --add joe
}

@test "domain recipients: never through a link that popusr made" {
	[ "$(id -u)" = 0 ] || skip "needs root: another user's link"
	exits 0 qv-domain add dialup some.example.com ex1
	echo secret >"$ROOT/etc/secret"
	chmod 600 "$ROOT/etc/secret"
	ln -s /etc/secret "$SER/some.example.com/.qv-recipients"
	chown -h "$POPUID:$POPGID" "$SER/some.example.com/.qv-recipients"
	run qv-domain recipients some.example.com
	[ "$status" != 0 ]
	[[ $output != *secret$'\n'* ]]
	run qv-domain recipients some.example.com --add joe
	[ "$status" != 0 ]
	same "$ROOT/etc/secret" $'secret\n'
}

@test "domain recipients: export and import make the same list; a list with other lines is named" {
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain recipients some.example.com --add 'joe,Ann.Lee,sales-*'
	exits 0 qv-domain pause some.example.com
	before=$(cd "$SER" && find . -type f -exec grep -H '' {} + | sort)
	qv-domain export >"$BATS_TEST_TMPDIR/export"
	grep -qxF 'domain recipients some.example.com --add joe,Ann.Lee,sales-*' "$BATS_TEST_TMPDIR/export"
	exits 0 qv-domain del some.example.com --purge
	exits 0 qv-domain import "$BATS_TEST_TMPDIR/export"
	[ "$(cd "$SER" && find . -type f -exec grep -H '' {} + | sort)" = "$before" ]
	refuses 100 qv-domain import <<<'domain recipients some.example.com'
	refuses 100 qv-domain import <<<'domain recipients some.example.com -'
	echo 'a b' >>"$SER/some.example.com/.qv-recipients"
	qv-domain export | grep -qx '# not exported: /home/serialmail/some.example.com/.qv-recipients: .*'
}

@test "domain quota: how much mail may wait, set, printed, shown, exported and removed" {
	local quota=$SER/some.example.com/.qv-quota
	twice qv-domain add dialup some.example.com ex1 --quota 1000,50000000
	same "$quota" $'1000,50000000\n'
	refuses 100 qv-domain add dialup some.example.com ex1 --quota 7
	qv-domain alias other.example.com some.example.com
	touch "$SER/some.example.com/.qv-full"
	twice qv-domain quota other.example.com 20
	same "$quota" $'20\n'
	[ ! -e "$SER/some.example.com/.qv-full" ]
	exits 0 qv-domain quota some.example.com
	[ "$output" = 20 ]
	exits 0 qv-domain quota some.example.com -j
	[ "$output" = '"20"' ]
	exits 0 qv-domain show some.example.com
	grep -qx 'quota        20' <<<"$output"
	qv-domain export >"$BATS_TEST_TMPDIR/export"
	grep -qx 'domain add dialup some.example.com ex1 --quota 20,0' "$BATS_TEST_TMPDIR/export"
	exits 0 qv-domain quota some.example.com -n --off
	[[ $output == *"-20"* ]]
	exits 0 qv-domain quota some.example.com --off
	exits 0 qv-domain quota some.example.com --off
	[ ! -e "$quota" ]
	exits 0 qv-domain quota some.example.com -j
	[ "$output" = null ]
	exits 0 qv-domain import <<<'domain quota some.example.com 0,5000'
	same "$quota" $'0,5000\n'
	for bad in '' 0 0,0 '5,' ',5' x 5x 1,2,3 -1 1e3 ' 5' '5 ' 007 00 01,5 5,00 1234567890123456; do
		refuses 100 qv-domain quota some.example.com -- "$bad"
		refuses 100 qv-domain add dialup new.example.com ex1 "--quota=$bad"
	done
	for bad in 99999999999999999 1,1000000000000000 99999999999999999999999999999999999999999999; do
		exits 100 qv-domain quota some.example.com "$bad"
		[ "$output" = "qv-domain: fatal: invalid quota \"$bad\": too large; at most 999999999999999" ]
	done
	refuses 100 qv-domain quota some.example.com 5 --off
	refuses 100 qv-domain quota
	refuses 100 qv-domain quota none.example.com 5
	refuses 100 qv-domain import <<<'domain quota some.example.com'
	echo none >"$quota"
	qv-domain export | grep -qx '# not exported: /home/serialmail/some.example.com/.qv-quota: .*'
}

@test "domain quota: a full host stays full by the same quota, and becomes it, or not, by another one" {
	local full=$SER/some.example.com/.qv-full
	qv-domain add dialup some.example.com ex1 --quota 2
	touch "$SER/some.example.com/Maildir/new/m1" "$SER/some.example.com/Maildir/new/m2" "$full"
	exits 0 qv-domain quota some.example.com 2
	[ -e "$full" ]
	exits 0 qv-domain quota some.example.com 3
	[ ! -e "$full" ]
	exits 0 qv-domain quota some.example.com -n 1
	[ ! -e "$full" ]
	exits 0 qv-domain quota some.example.com 1
	[ -e "$full" ]
	exits 0 qv-domain quota some.example.com --off
	[ ! -e "$full" ]
}

@test "domain relayhost: while a program sends that locks RELAYHOST alone, it waits, then says who that is" {
	exits 0 qv-domain add dialup some.example.com ex1 --relayhost a.example.com
	mkfifo "$BATS_TEST_TMPDIR/"{locked,end}
	cd "$BATS_TEST_TMPDIR"
	setlock "$SER/some.example.com/RELAYHOST" sh -c 'echo >locked; read -r _ <end' 3>&- &
	read -r _ <locked
	refuses 111 qv-domain relayhost -w 0 some.example.com b.example.com
	[[ $output == *"/RELAYHOST is locked by a program other than qv-flush (pid "*": sh -c "*"): "* ]]
	(sleep 0.3 && echo >end) 3>&- &
	exits 0 qv-domain relayhost -w 60 some.example.com b.example.com
	wait
	same "$SER/some.example.com/RELAYHOST" $'b.example.com\n'
}

@test "domain add: a local domain is refused, be it in locals or by control/me alone" {
	echo Example.com >>"$C/locals"
	refuses 100 qv-domain add pop example.com ex1
	[[ $output == *"$C/locals:3: example.com is a local domain"* ]]
	refuses 100 qv-domain add relay example.com mail.example.com
	rm "$C/locals"
	refuses 100 qv-domain add pop gateway.example.net ex1
	[[ $output == *"$C/me:1: "* ]]
}

# --- files as people write them

@test "domain add: comments, blanks, capitals and CRLF lines keep their bytes and their place" {
	printf '# ours\n\nLocalHost \t\n  indented\n\r\ncrlf.example.com\r\n#.com' >"$C/rcpthosts"
	printf '# who\nOld.Example.ORG:OldId  \n\nnocolon\n' >"$C/virtualdomains"
	exits 0 qv-domain add pop example.com ex1
	same "$C/rcpthosts" $'# ours\n\nLocalHost \t\n  indented\n\r\ncrlf.example.com\r\n#.com\nexample.com\n.example.com\n'
	same "$C/virtualdomains" $'# who\nOld.Example.ORG:OldId  \n\nnocolon\nexample.com:example.com\n.example.com:example.com\n'
	exits 0 qv-domain del example.com
	same "$C/rcpthosts" $'# ours\n\nLocalHost \t\n  indented\n\r\ncrlf.example.com\r\n#.com\n'
	same "$C/virtualdomains" $'# who\nOld.Example.ORG:OldId  \n\nnocolon\n'
}

@test "domain add: lines that are there in capitals or with blanks behind count" {
	printf 'EXAMPLE.com \t\n.Example.Com\n' >"$C/rcpthosts"
	before=$(tree)
	exits 0 qv-domain add backup example.com
	[ "$(tree)" = "$before" ]
	exits 0 qv-domain del example.com
	same "$C/rcpthosts" ''
}

@test "domain add: the final dot of assign stays last, and is added when missing" {
	printf '=joe:joe:1000:1000:/home/joe:::\n.\nafter the dot\n' >"$U/assign"
	exits 0 qv-domain add pop example.com ex1
	same "$U/assign" "=joe:joe:1000:1000:/home/joe:::
+example.com-:ex1:$POPUID:$POPGID:/home/popmail/e/ex1/DOMAINS/example.com:-::
.
after the dot
"
	printf '=joe:joe:1000:1000:/home/joe:::' >"$U/assign"
	exits 0 qv-domain add pop example.org ex1
	same "$U/assign" "=joe:joe:1000:1000:/home/joe:::
+example.org-:ex1:$POPUID:$POPGID:/home/popmail/e/ex1/DOMAINS/example.org:-::
.
"
}

@test "domain add: an international name is asked for in the form that mail and DNS have" {
	refuses 100 qv-domain add pop bücher.example ex1
	[ "$output" = 'qv-domain: fatal: invalid domain "bücher.example": write an international name in its xn-- form, as idn2(1) prints it' ]
	refuses 100 qv-domain add pop 'b_cher.example' ex1
	[[ "$output" == *"only letters, digits, hyphens and dots are allowed" ]]
	exits 0 qv-domain add pop xn--bcher-kva.example ex1
}

@test "domain add: missing control files are made, and of rcpthosts there is a warning" {
	rm "$C"/{rcpthosts,virtualdomains,smtproutes} "$U/assign"
	for dry in -n ''; do
		exits 0 qv-domain $dry add pop example.com ex1
		[ "${lines[0]}" = "qv-domain: warning: $C/rcpthosts did not exist, and mail for any domain was accepted; from now on only for those in it: run qv-check" ]
	done
	exits 0 qv-domain add backup third.example
	[ "$output" = "" ]
	exits 0 qv-domain del third.example
	same "$C/rcpthosts" $'example.com\n.example.com\n'
	same "$C/virtualdomains" $'example.com:example.com\n.example.com:example.com\n'
	[ "$(tail -1 "$U/assign")" = . ]
}

@test "domain add: in virtualdomains the last of two lines counts, in assign the first" {
	printf 'example.com:wrong\nexample.com:example.com\n.example.com:example.com\n' >"$C/virtualdomains"
	line="+example.com-:ex1:$POPUID:$POPGID:/home/popmail/e/ex1/DOMAINS/example.com:-::"
	printf '%s\n' "$line" '+example.com-:wrong:1:1:/wrong:-::' . >"$U/assign"
	exits 0 qv-domain add pop example.com ex1
	printf '%s\n' '+example.com-:wrong:1:1:/wrong:-::' "$line" . >"$U/assign"
	refuses 100 qv-domain add pop example.com ex1
	[[ $output == *"$U/assign:1: "* ]]
}

# --- morercpthosts

@test "domain: one that stands in morercpthosts stays there" {
	printf '# more\nexample.com\n.example.com\nother.example.org\n' >"$C/morercpthosts"
	exits 0 qv-newmrh
	before=$(sha256sum "$C"/*rcpthosts*)
	exits 0 qv-domain add pop example.com ex1 && false
	[ "$status" = 100 ] # in rcpthosts alone it would be a backup MX: another form
	[[ $output == *"$C/morercpthosts:2: "* ]]
	[ "$(sha256sum "$C"/*rcpthosts*)" = "$before" ]
	exits 0 qv-domain add backup example.com
	[ "$(sha256sum "$C"/*rcpthosts*)" = "$before" ]
}

@test "domain del: takes it out of morercpthosts and rebuilds its cdb" {
	printf '# more\nexample.com\n.example.com\nother.example.org\n' >"$C/morercpthosts"
	exits 0 qv-newmrh
	exits 0 qv-domain del example.com
	same "$C/morercpthosts" $'# more\nother.example.org\n'
	cp "$C/morercpthosts.cdb" "$BATS_TEST_TMPDIR/ours"
	exits 0 qv-newmrh
	cmp "$C/morercpthosts.cdb" "$BATS_TEST_TMPDIR/ours"
	same "$C/rcpthosts" "$R"
}

# --- del

@test "domain del: every control file is as it was before add" {
	before=$(cd "$ROOT/var/qmail" && sha256sum control/* users/assign)
	exits 0 qv-domain add pop example.com ex1 --id exid
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain add relay relay.example.org mail.example.org
	exits 0 qv-domain add backup backup.example.org
	for name in some.example.com backup.example.org Example.com. relay.example.org; do
		exits 0 qv-domain del "$name"
	done
	diff <(echo "$before") <(cd "$ROOT/var/qmail" && sha256sum control/* users/assign)
	cp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
	exits 0 qmail-newu
	cmp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
}

@test "domain del: directories and mail stay, and a new add finds them" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com
	before=$(tree)
	echo mail >"$POP/e/ex1/POP/ex1-0000/new/1"
	exits 0 qv-domain del example.com
	exits 0 qv-domain del some.example.com
	[ -e "$POP/e/ex1/POP/ex1-0000/new/1" ] && [ -e "$SER/some.example.com/RELAYHOST" ]
	rm "$POP/e/ex1/POP/ex1-0000/new/1"
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com
	diff <(echo "$before") <(tree)
}

@test "domain del: an id that another domain uses keeps its line and its home" {
	exits 0 qv-domain add pop example.com ex1 --no-subdomains
	echo other.example.org:example.com >>"$C/virtualdomains"
	refuses 100 qv-domain del example.com --purge --force
	[[ $output == *"other.example.org is an alias of example.com"*"qv-domain del other.example.org first" ]]
	echo other.example.org:exid >>"$C/virtualdomains"
	exits 0 qv-domain del example.com
	grep -q '^+example.com-:' "$U/assign"
	exits 0 qv-domain add pop example.com ex1 --no-subdomains
	sed -i '/^other/d' "$C/virtualdomains"
	echo .other.example.org:example.com >>"$C/virtualdomains"
	exits 0 qv-domain del example.com --purge
	grep -q '^+example.com-:' "$U/assign"
	[ -d "$POP/e/ex1/DOMAINS/example.com" ]
	same "$C/virtualdomains" $'.other.example.org:example.com\n'
}

@test "domain del: what is not served, or local, is refused" {
	refuses 100 qv-domain del nowhere.example.com
	refuses 100 qv-domain del gateway.example.net
}

@test "domain del --purge: home and boxes go, other customers' stay" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-mailbox add joe@example.com
	exits 0 qv-domain add pop example.org ex2
	exits 0 qv-domain del example.com --purge
	[ -z "$(ls "$POP/e/ex1/POP")" ]
	[ ! -e "$POP/e/ex1/DOMAINS/example.com" ]
	[ -d "$POP/e/ex2/POP/ex2-0000/new" ]
	exits 0 qv-domain add dialup some.example.com
	exits 0 qv-domain del some.example.com --purge
	[ -z "$(ls -A "$SER")" ]
}

@test "domain del --purge: a box that another domain of the customer uses stays" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add pop example.org ex1
	exits 0 qv-mailbox add joe@example.com
	exits 0 qv-domain del example.com --purge
	[ "$(ls "$POP/e/ex1/POP")" = ex1-0000 ]
}

@test "domain del --purge: never while mail waits, unless --force" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com
	mkdir -p "$SER/some.example.com/Maildir/new"
	echo mail >"$SER/some.example.com/Maildir/new/1"
	refuses 100 qv-domain del some.example.com --purge
	[[ $output == *"mail waits in $SER/some.example.com/Maildir"* ]]
	echo mail >"$POP/e/ex1/POP/ex1-0000/cur/1:2,S"
	refuses 100 qv-domain del example.com --purge
	exits 0 qv-domain del some.example.com --purge --force
	exits 0 qv-domain del example.com --purge --force
	[ -z "$(ls -A "$SER")" ] && [ -z "$(ls "$POP/e/ex1/POP")" ]
	same "$U/assign" $'.\n'
}

@test "domain del --purge: numbers of purged boxes do not come back" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-mailbox add joe@example.com
	exits 0 qv-domain del example.com --purge
	exits 0 qv-domain add pop example.com ex1
	[ "$(ls "$POP/e/ex1/POP")" = ex1-0002 ]
	same "$POP/e/ex1/POP/.qv-last" $'2\n'
}

# --- looking

@test "domain list: a line per domain with its form, customer and where its mail goes" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add relay relay.example.org mail.example.org:26
	exits 0 qv-domain add backup backup.example.org
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain list
	[ "$(tr -s ' ' <<<"$output")" = "localhost local - -
gateway.example.net local - -
example.com pop ex1 /home/popmail/e/ex1/DOMAINS/example.com
relay.example.org relay - mail.example.org:26
backup.example.org backup - -
some.example.com dialup ex1 /home/serialmail/some.example.com" ]
}

@test "domain list -j, show -j: one JSON document each, with all keys" {
	exits 0 qv-domain add pop example.com ex1 --id exid
	exits 0 qv-domain add relay relay.example.org mail.example.org
	exits 0 qv-domain add dialup some.example.com ex1 --lifetime 60 --on-demand --relayhost a.example.org --relayhost b.example.org
	exits 0 qv-domain list -j
	[ "$(json '[x["domain"] for x in d]')" = "['localhost', 'gateway.example.net', 'example.com', 'relay.example.org', 'some.example.com']" ]
	keys="['accepted', 'alias_of', 'aliases', 'domain', 'form', 'gid', 'handle', 'home', 'id', 'last_call', 'lifetime', 'on_demand', 'paused', 'quota', 'recipients', 'relay', 'relayhost', 'subdomains', 'trigger', 'uid']"
	[ "$(json 'sorted(set(tuple(sorted(x)) for x in d)) == [tuple('"$keys"')]')" = True ]
	exits 0 qv-domain show example.com --json
	[ "$(json 'd["form"], d["id"], d["handle"], d["home"], d["accepted"], d["subdomains"], d["relay"], d["lifetime"]')" = \
		"('pop', 'exid', 'ex1', '/home/popmail/e/ex1/DOMAINS/example.com', True, True, None, None)" ]
	exits 0 qv-domain show -j some.example.com
	[ "$(json 'd["form"], d["relayhost"], d["on_demand"], d["paused"], d["lifetime"], d["subdomains"]')" = \
		"('dialup', 'a.example.org b.example.org', True, False, 60, False)" ]
}

@test "domain list: each name once, however often and in how many files it stands" {
	printf 'a.example\n.a.example\nA.Example\nb.example\n' >"$C/rcpthosts"
	printf 'B.example:b\n.c.example:c\nc.example:c\n' >"$C/virtualdomains"
	printf 'd.example:\n:smart.example\n' >"$C/smtproutes"
	printf 'a.example\nE.example\n' >"$C/locals"
	exits 0 qv-domain list
	[ "$(awk '{print $1}' <<<"$output" | xargs)" = "a.example b.example c.example d.example e.example" ]
}

@test "domain list and show change nothing, need no lock and no popusr" {
	exits 0 qv-domain add pop example.com ex1
	rm "$ROOT/etc/passwd"
	before=$(tree)
	flock "$U/qv-lock" "$BIN/qv-domain" list -w 0 >/dev/null
	exits 0 flock "$U/qv-lock" "$BIN/qv-domain" show -w 0 example.com
	rm "$U/qv-lock"
	[ "$(tree)" = "$before" ]
	refuses 100 qv-domain show nowhere.example
}

@test "domain list: twenty thousand domains in the time of a breath" {
	native time
	exits 0 qv-domain add pop example.com ex1
	for ((i = 0; i < 20000; i++)); do echo "d$i.example.org:example.com"; done >>"$C/virtualdomains"
	exits 0 timeout 10 "$BIN/qv-domain" list
	[ "${#lines[@]}" = 20003 ]
}

# --- alias

@test "domain alias: two lines of virtualdomains and two of rcpthosts, nothing else" {
	exits 0 qv-domain add pop example.com ex1 --id exid
	before=$(tree | grep -v 'virtualdomains\|rcpthosts')
	exits 0 qv-domain alias New.Example.ORG. example.com
	same "$C/virtualdomains" $'example.com:exid\n.example.com:exid\nnew.example.org:exid\n.new.example.org:exid\n'
	same "$C/rcpthosts" "${R}example.com
.example.com
new.example.org
.new.example.org
"
	diff <(echo "$before") <(tree | grep -v 'virtualdomains\|rcpthosts')
	twice qv-domain alias new.example.org example.com
}

@test "domain alias: sub-domains as the other one has them; an alias of an alias is one of the domain behind" {
	exits 0 qv-domain add dialup some.example.com ex1
	exits 0 qv-domain alias one.example.org some.example.com
	exits 0 qv-domain alias two.example.org one.example.org
	same "$C/virtualdomains" $'some.example.com:some.example.com\none.example.org:some.example.com\ntwo.example.org:some.example.com\n'
	exits 0 qv-domain show -j two.example.org
	[ "$(json 'd["form"], d["alias_of"], d["aliases"], d["home"]')" = "('alias', 'some.example.com', [], '/home/serialmail/some.example.com')" ]
	exits 0 qv-domain show some.example.com -j
	[ "$(json 'd["form"], d["alias_of"], d["aliases"]')" = "('dialup', None, ['one.example.org', 'two.example.org'])" ]
	exits 0 qv-domain show two.example.org
	grep -qx 'alias of  *some.example.com' <<<"$output"
	exits 0 qv-domain show some.example.com
	[ "$(grep -c '^alias  ' <<<"$output")" = 2 ]
	exits 0 qv-domain list
	[ "$(tail -1 <<<"$output" | tr -s ' ')" = "two.example.org alias ex1 some.example.com" ]
	exits 0 qv-domain list -j
	[ "$(json '[(x["domain"], x["alias_of"]) for x in d if x["alias_of"]]')" = "[('one.example.org', 'some.example.com'), ('two.example.org', 'some.example.com')]" ]
}

@test "domain alias: the addresses are the same ones, under both names" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain alias example.org example.com
	exits 0 qv-mailbox add joe@example.org
	exits 0 qv-mailbox list example.com
	[[ $output == *"joe@example.com "* ]]
}

@test "domain del: of an alias only its own lines go; what has aliases stays" {
	exits 0 qv-domain add pop example.com ex1
	before=$(tree)
	exits 0 qv-domain alias example.org example.com
	refuses 100 qv-domain del example.com
	[[ $output == *"example.org is an alias of example.com"*"qv-domain del example.org first" ]]
	refuses 100 qv-domain del example.com --purge --force
	exits 0 qv-domain del example.org --purge --force
	diff <(echo "$before") <(tree)
}

@test "domain alias: of what is not delivered here, of itself, or over another form is refused" {
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add relay relay.example.org mail.example.org
	exits 0 qv-domain add backup backup.example.org
	for pair in "new.example.org nowhere.example.org" "new.example.org relay.example.org" "new.example.org backup.example.org" \
		"new.example.org localhost" "example.com example.com" "relay.example.org example.com" "backup.example.org example.com" \
		"localhost example.com" "a/b example.com" "new.example.org a..b" "new.example.org" "a b c"; do
		echo "$pair"
		refuses 100 qv-domain alias $pair
	done
	exits 0 qv-domain add pop other.example.org ex1
	refuses 100 qv-domain alias other.example.org example.com
	[[ $output == *"$C/virtualdomains:3: other.example.org is already delivered under another id"* ]]
}

# --- pause

@test "domain pause: a mark that resume takes away; only for dial-up hosts" {
	exits 0 qv-domain add dialup some.example.com
	before=$(tree)
	exits 0 qv-domain pause some.example.com
	[ -e "$SER/some.example.com/.qv-paused" ]
	exits 0 qv-domain show some.example.com
	grep -qx 'paused  *yes' <<<"$output"
	exits 0 qv-domain resume some.example.com
	[ "$(tree)" = "$before" ]
	exits 0 qv-domain add backup example.org
	refuses 100 qv-domain pause example.org
	refuses 100 qv-domain resume nowhere.example.org
}

# --- dry run

@test "domain --dry-run: changes nothing and prints the steps in their safe order" {
	before=$(tree)
	exits 0 qv-domain add pop example.com ex1 -n
	[ "$(tree)" = "$before" ]
	[ "$(sed -nE 's,^\+\+\+ b,write ,p; s/ \(.*//; /^(make|build|HUP|remove)/p' <<<"$output")" = 'make directory /home
make directory /home/popmail
make directory /home/popmail/e
make directory /home/popmail/e/ex1
make directory /home/popmail/e/ex1/POP
make directory /home/popmail/e/ex1/DOMAINS
make directory /home/popmail/e/ex1/DOMAINS/example.com
make Maildir /home/popmail/e/ex1/POP/ex1-0000
write /home/popmail/e/ex1/DOMAINS/example.com/.qmail-postmaster
write /home/popmail/e/ex1/POP/.qv-last
write /var/qmail/users/assign
build /var/qmail/users/cdb from /var/qmail/users/assign
write /var/qmail/control/virtualdomains
HUP qmail-send
write /var/qmail/control/rcpthosts' ]
	grep -qx '+.example.com:example.com' <<<"$output"
	exits 0 qv-domain add pop example.com ex1
	before=$(tree)
	exits 0 qv-domain del example.com --purge --dry-run
	[ "$(tree)" = "$before" ]
	[ "$(sed -nE 's,^\+\+\+ b,write ,p; s/ \(.*//; /^(make|build|HUP|remove)/p' <<<"$output")" = 'write /var/qmail/control/rcpthosts
write /var/qmail/control/virtualdomains
HUP qmail-send
build /var/qmail/users/cdb from /var/qmail/users/assign
remove /home/popmail/e/ex1/POP/ex1-0000
remove /home/popmail/e/ex1/DOMAINS/example.com
write /var/qmail/users/assign' ]
	exits 0 qv-domain add pop example.com ex1 -n
	[ -z "$output" ]
}

# patched COMMAND...: what -n prints, given to patch(1), makes the files that the command makes.
patched() {
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/patched"
	exits 0 "$@" -n
	(cd "$BATS_TEST_TMPDIR/patched" && patch -s -p1 <<<"$output" && [ -z "$(find . -name '*.rej' -o -name '*.orig')" ])
	exits 0 "$@"
	diff -r -x cdb -x new -x cur -x tmp -x '*-0000' "$BATS_TEST_TMPDIR/patched" "$ROOT"
	rm -r "$BATS_TEST_TMPDIR/patched"
}

@test "domain --dry-run: unified diffs that patch -p1 applies at the root" {
	printf '# ours\n\nlocalhost\nno.newline.example' >"$C/rcpthosts"
	rm "$C/smtproutes"
	patched qv-domain add pop example.com ex1
	patched qv-domain add relay relay.example.org mail.example.org
	patched qv-domain add pop example.net ex1
	patched qv-domain add pop example.org ex1 --postmaster me@example.com
	patched qv-domain alias alias.example.org example.net
	patched qv-mailbox forward info@example.com joe@example.net
	patched qv-mailbox del info@example.com
	patched qv-domain del example.com
	patched qv-domain del relay.example.org
	printf '%s.example\n' {1..20} >>"$C/rcpthosts"
	echo example.org >>"$C/rcpthosts"
	exits 0 qv-domain del example.org -n
	[ "$(grep -c '^@@ ' <<<"$output")" = 4 ] # two places in rcpthosts, one in virtualdomains, one in assign
	patched qv-domain del example.org
}

@test "domain --dry-run: among a hundred thousand lines one more is a short diff, at once" {
	seq -f 'd%.0f.example.org' 100000 >>"$C/rcpthosts"
	exits 0 timeout 5 "$BIN/qv-domain" -n add backup example.com --no-subdomains
	[ "$output" = '--- a/var/qmail/control/rcpthosts
+++ b/var/qmail/control/rcpthosts
@@ -100000,3 +100000,4 @@
 d99998.example.org
 d99999.example.org
 d100000.example.org
+example.com' ]
}

# --- what is refused

# bad COMMAND...: refused with one line. The test looks at the tree once, at its end: unchanged.
bad() {
	exits 100 "$@"
	[ "${#lines[@]}" -eq 1 ] || { echo "not one line: $output"; return 1; }
}

@test "domain: names that are no domains are refused, whatever is done with them" {
	before=$(tree)
	label=$(printf 'a%.0s' {1..64})
	long=$(printf 'a%.0s' {1..62})
	for name in '' . .. -x.com x-.com x.-y.com a..b .example.com a/b ../etc a:b 'a b' $'a\nb' $'a\n' $'caf\xe9.com' \
		$'\xc3\xa9.com' 'a_b.com' '*.com' "$label.com" "$long.$long.$long.$long.com" '"a"' 'a@b' '%s%n' ; do
		printf '%q\n' "$name"
		for command in "add backup" "add dialup" del show pause; do
			bad qv-domain $command -- "$name"
		done
		bad qv-domain add pop -- "$name" ex1
		bad qv-domain add relay -- "$name" mail.example.com
	done
	bad qv-domain add pop example.com ex1 --id a/b
	bad qv-domain add pop example.com ex1 --id ''
	diff <(echo "$before") <(tree)
}

@test "domain: 253 bytes and labels of 63 are let in" {
	label=$(printf 'a%.0s' {1..63})
	last=$(printf 'a%.0s' {1..61})
	twice qv-domain add backup "$label.$label.$label.$last"
	twice qv-domain add relay "$label.$label.$last.$label" mail.example.com
	refuses 100 qv-domain add backup "$label.$label.$label.${last}a"
}

@test "domain: a name of 253 bytes has its directories too" {
	label=$(printf 'a%.0s' {1..63})
	twice qv-domain add pop "$label.$label.$label.${label:2}" ex1
	twice qv-domain add dialup "b${label:1}.$label.$label.${label:2}"
	refuses 100 qv-domain add pop "$label.$label.$label.${label:1}" ex1
}

@test "domain: handles and boxes that could leave their directory are refused" {
	before=$(tree)
	for handle in '' . .. a/b /a ../a 'a b' $'a\nb' $'\xe9' .a a..b -a a:b "$(printf 'a%.0s' {1..44})"; do
		printf '%q\n' "$handle"
		bad qv-domain add pop example.com -- "$handle"
		bad qv-domain add dialup example.com -- "$handle"
		bad qv-domain add pop example.com ex1 --postmaster="$handle"
	done
	bad qv-domain add pop example.com "$(printf 'a%.0s' {1..33})"
	diff <(echo "$before") <(tree)
}

@test "domain: a relay or relay host that is no mail server is refused" {
	before=$(tree)
	for host in '' : :25 a:b mail: mail:0 mail:65536 mail:25x 'a b' a/b $'a\nb' '[::1' '[x]:25' '[]' a..b -a; do
		printf '%q\n' "$host"
		bad qv-domain add relay example.com -- "$host"
		bad qv-domain add dialup example.com --relayhost="$host"
	done
	[[ $output == *"PORT from 1 to 65535"* ]]
	bad qv-domain add relay example.com '[::1]'
	diff <(echo "$before") <(tree)
}

@test "domain: misuse says how it is used" {
	before=$(tree)
	for line in '' add 'add pop' 'add pop a.com' 'add pop a.com b c' 'add what a.com' 'add backup' 'add relay a.com' \
		'add dialup' 'add dialup a.com b c' del 'del a b' 'list x' show pause frobnicate 'add backup a.com --catch-all' \
		'add dialup a.com --lifetime x' 'add dialup a.com --lifetime -1' '--nonsense list'; do
		echo "$line"
		bad qv-domain $line
		[[ $output == *usage:* ]]
	done
	diff <(echo "$before") <(tree)
}

@test "domain: list, show and qv-route read a uid and a gid of users/assign as qmail-lspawn does" {
	local digits=99999999999999999999999999999999 max=4294967295
	qv-domain add pop example.com ex1
	for id in 4294967806=510 $digits=$max 018446744073709551667=51 510x=510 x=0; do
		sed -i -E "s#^(\+example.com-:ex1):[^:]*:[^:]*:#\1:${id%=*}:${id%=*}:#" "$U/assign"
		qv-newu -q
		for shown in "domain list -j" "domain show example.com -j" "route joe@example.com -j"; do
			# shellcheck disable=SC2086
			run "$QVMAIL" $shown
			[[ "$output" == *'"uid":'"${id#*=}"',"gid":'"${id#*=}"',"'* ]] || { echo "$shown, $id: $output"; return 1; }
		done
		qv-domain show example.com | grep -qx "owner        ${id#*=}:${id#*=}"
	done
}

@test "domain: a malformed users/assign is refused with file and line" {
	for bad in '' '# comment' '+a-:b:c:d' ':x:1:1:/:-::' $'=joe:joe:1:1:/home/joe\n.' 'text'; do
		printf '=a:a:1:1:/:::\n%s\n.\n' "$bad" >"$U/assign"
		refuses 100 qv-domain add pop example.com ex1
		[[ $output == "qv-domain: fatal: $U/assign:2: "* ]]
		refuses 100 qv-domain add dialup example.com
	done
}

@test "domain: a control file that is a link or a directory is refused, never followed" {
	for file in "$C/rcpthosts" "$C/virtualdomains" "$C/smtproutes" "$C/locals" "$U/assign" "$C/morercpthosts"; do
		mv "$file" "$BATS_TEST_TMPDIR/real" 2>/dev/null || : >"$BATS_TEST_TMPDIR/real"
		ln -s "$BATS_TEST_TMPDIR/real" "$file"
		refuses 100 qv-domain add pop example.com ex1
		[[ $output == *"$file"* ]]
		rm "$file"
		mkdir "$file"
		refuses 100 qv-domain add pop example.com ex1
		[[ $output == *"$file"* ]]
		rmdir "$file"
		mkfifo "$file"
		refuses 100 timeout 5 "$BIN/qv-domain" add pop example.com ex1
		rm "$file"
		mv "$BATS_TEST_TMPDIR/real" "$file"
	done
}

@test "domain: control and users may be links, as where a distribution keeps them in /etc/qmail" {
	mkdir -p "$ROOT/etc/qmail"
	mv "$C" "$U" "$ROOT/etc/qmail"
	ln -s /etc/qmail/control "$C"
	ln -s ../../etc/qmail/users "$U"
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-mailbox add joe@example.com
	exits 0 qv-mailbox passwd ex1-0001 --password-fd 0 <<<secret
	exits 0 qv-route joe@example.com
	exits 0 qv-check
	exits 0 qv-domain del example.com
	[ -L "$C" ] && [ -L "$U" ]
	run ! grep -r example.com "$ROOT/etc/qmail"
}

@test "domain: a cdb that is a link or a directory is refused, and nothing is half done" {
	ln -s /etc/passwd "$U/cdb"
	refuses 100 qv-domain add pop example.com ex1
	rm "$U/cdb"
	mkdir "$U/cdb"
	refuses 100 qv-domain add pop example.com ex1
}

@test "domain: a control file that cannot be read is refused" {
	[ "$(id -u)" = 0 ] || skip "needs root, to become somebody else"
	chown -R 65534 "$ROOT"
	chmod 000 "$C/rcpthosts"
	chown root "$C/rcpthosts"
	printf 'popusr:x:65534:65534::/:/bin/false\n' >"$ROOT/etc/passwd"
	refuses 100 setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN/qv-domain" add backup example.com
	[[ $output == *"$C/rcpthosts: Permission denied"* ]]
}

@test "domain: without popusr it says what to create" {
	echo 'root:x:0:0::/:/bin/sh' >"$ROOT/etc/passwd"
	refuses 100 qv-domain add pop example.com ex1
	[[ $output == *"$ROOT/etc/passwd: user popusr"*"create it"* ]]
	echo 'popusr:x:0:0::/:/bin/sh' >"$ROOT/etc/passwd"
	refuses 100 qv-domain add pop example.com ex1
	[[ $output == *"never delivers as root"* ]]
}

@test "domain: without a qmail home it says so" {
	rm -r "$ROOT/var/qmail"
	for line in list 'show a.com' 'add backup a.com' 'del a.com'; do
		refuses 100 qv-domain $line
		[[ $output == *"$ROOT/var/qmail/control: no such directory"* ]]
	done
	refuses 100 qv-domain -R "$ROOT/nowhere" list
}

@test "domain: on the running system only root changes anything" {
	[ "$(id -u)" = 0 ] || skip "needs root, to become somebody else"
	chmod o+rx "$BATS_FILE_TMPDIR" "$BIN"
	unset QVMAIL_ROOT
	for command in "qv-domain add backup example.com" "qv-domain del example.com" "qv-domain pause example.com" \
		"qv-mailbox add joe@example.com" qv-newu; do
		run setpriv --reuid=65534 --regid=65534 --clear-groups env PATH="$PATH" "$QVMAIL" $command
		[ "$status" = 100 ]
		[[ $output == *"must be run as root"* ]]
	done
}

@test "domain: a nonsensical control/qv-* file is refused with its name" {
	for bad in "qv-popmail relative" "qv-serialmail /" "qv-popmail /a:b" "qv-serialmail /a/../b" "qv-popmail /a/.." "qv-grace x" "qv-lifetime -1"; do
		echo "${bad#* }" >"$C/${bad% *}"
		refuses 100 qv-domain add pop example.com ex1
		[[ $output == *"$C/${bad% *}:1: "* ]]
		rm "$C/${bad% *}"
	done
}

# --- many at once, and links in popusr's trees

@test "domain: fifty adds at once: all there, nothing interleaved" {
	for i in {1..50}; do
		qv-domain -w 60 add pop "d$i.example.com" "ex$((i % 5))" 2>>"$BATS_TEST_TMPDIR/err" 3>&- &
	done
	wait
	[ ! -s "$BATS_TEST_TMPDIR/err" ] || { cat "$BATS_TEST_TMPDIR/err"; false; }
	for file in "$C/rcpthosts" "$C/virtualdomains" "$U/assign"; do
		[ "$(sort "$file" | uniq -d)" = "" ]
	done
	[ "$(grep -c . "$C/rcpthosts")" = 102 ] && [ "$(grep -c . "$C/virtualdomains")" = 100 ] && [ "$(grep -c . "$U/assign")" = 51 ]
	[ "$(find "$POP"/e/ex?/POP -maxdepth 1 -name '*0000' | wc -l)" = 5 ]
	cp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
	exits 0 qv-newu
	cmp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
	run find "$ROOT" -name '.*.new'
	[ -z "$output" ]
}

@test "domain: who waits in vain for the lock is told who holds it, pid and command" {
	cd "$BATS_TEST_TMPDIR" || return
	flock -F "$U/qv-lock" sleep 60 3>&- &
	holder=$!
	until [ "$(cat "/proc/$holder/comm")" = sleep ]; do sleep 0.01; done
	before=$(tree | sed 's/^f [0-7]* \(.*qv-lock\)/f 600 \1/')
	for command in "qv-domain --wait 0 add backup example.com" "qv-domain add backup example.com --wait=1" "qv-domain del localhost -w0"; do
		exits 111 $command
		[[ $output == *"another administrator's command is at work: pid $holder ("*"sleep 60) holds the lock on $U/qv-lock" ]]
		[ "${#lines[@]}" = 1 ] && [ "$(tree)" = "$before" ]
	done
	kill "$holder"
	wait "$holder" || true # it holds the lock until it is gone
	exits 0 qv-domain --wait 0 add backup example.com
}

# planted PATH COMMAND...: PATH, popusr's, is a link to a directory of root's: the command refuses, nothing there changes.
planted() {
	local path=$1
	shift
	mkdir -p "$ROOT/precious/new" "$(dirname "$path")"
	rm -rf "$path"
	ln -s "$ROOT/precious" "$path"
	chown -hR "$POPUID:$POPGID" "$(dirname "$path")"
	refuses 100 "$@"
}

@test "domain: links that popusr planted in its own trees are not followed" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	exits 0 qv-domain add pop example.com ex1
	exits 0 qv-domain add dialup some.example.com
	chown -R "$POPUID:$POPGID" "$ROOT/home"
	planted "$SER/some.example.com/.qmail-default" qv-domain add dialup some.example.com
	planted "$SER/some.example.com" qv-domain add dialup some.example.com
	planted "$SER/some.example.com" qv-domain pause some.example.com
	planted "$POP/e/ex1/DOMAINS/example.com/.qmail-postmaster" qv-domain add pop example.com ex1
	planted "$POP/e/ex1/DOMAINS/example.com" qv-domain add pop example.com ex1
	planted "$POP/e/ex2" qv-domain add pop example.org ex2
	planted "$POP/e/ex3/POP/ex3-0000" qv-domain add pop example.org ex3
}

@test "domain del --purge: a planted link is removed itself, what it points to stays" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	exits 0 qv-domain add dialup some.example.com
	mkdir -p "$ROOT/precious/new"
	echo precious >"$ROOT/precious/new/file"
	ln -s "$ROOT/precious" "$SER/some.example.com/Maildir/link"
	ln -s "$ROOT/precious" "$SER/some.example.com/link"
	chown -hR "$POPUID:$POPGID" "$SER/some.example.com"
	exits 0 qv-domain del some.example.com --purge
	same "$ROOT/precious/new/file" $'precious\n'
	[ ! -e "$SER/some.example.com" ]
	exits 0 qv-domain add dialup some.example.com
	mv "$SER/some.example.com" "$SER/real"
	ln -s "$ROOT/precious" "$SER/some.example.com"
	chown -hR "$POPUID:$POPGID" "$SER"
	run qv-domain del some.example.com --purge --force
	same "$ROOT/precious/new/file" $'precious\n'
}

@test "kernels before 5.6, and old sandboxes: paths are walked step by step, with the same result" {
	native strace
	cp -a "$ROOT" "$BATS_TEST_TMPDIR/old"
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com
	qv-domain add dialup some.example.com
	want=$(tree)
	for error in ENOSYS EPERM; do
		rm -rf "$ROOT" && cp -a "$BATS_TEST_TMPDIR/old" "$ROOT"
		old() { traced -f -o "$BATS_TEST_TMPDIR/calls" -e trace=openat2 -e inject=openat2:error=$error "$@"; }
		exits 0 old "$BIN/qv-domain" add pop example.com ex1
		exits 0 old "$BIN/qv-mailbox" add joe@example.com
		exits 0 old "$BIN/qv-domain" add dialup some.example.com
		diff <(echo "$want") <(tree)
		exits 100 old "$BIN/qv-domain" show missing.example
		exits 0 old "$BIN/qv-status"
		grep -q INJECTED "$BATS_TEST_TMPDIR/calls"
	done
}

# --- logins in control/smtproutes

# Domains that were let in by hand, and their relays with logins in the forms of the field.
logins() {
	printf '%s\n' a.test b.test c.test d.test e.test >>"$C/rcpthosts"
	printf '%s\n' 'a.test:relay.test:587|joe|S3cret#1 # x:y' 'b.test:relay.test|joe|S3cret' 'c.test:relay.test:587 joe S3cret:1' \
		'd.test:relay.test joe S3cret' '#old.test:relay.test:587|joe|S3cret' 'e.test:192.0.2.1 |joe|S3cret' \
		':smart.test:587|joe|S3cret' >"$C/smtproutes"
}

@test "a login in control/smtproutes is printed by no command" {
	logins
	cp "$C/smtproutes" "$BATS_TEST_TMPDIR/routes"
	for d in a b c d e; do
		for command in "qv-domain show $d.test" "qv-domain show -j $d.test" "qv-route x@$d.test" "qv-route -j x@$d.test" \
			"qv-route -v x@$d.test" "qv-domain del -n $d.test" "qv-domain add relay $d.test other.test"; do
			run $command
			[[ "$output" != *S3cret* && "$output" != *joe* ]] || { echo "$command: $output"; return 1; }
		done
	done
	for command in "qv-domain list" "qv-domain list -j" "qv-domain export" "qv-check" "qv-check -j" "qv-check --fix -n" "qv-route x@z.test" \
		"qv-domain adopt" "qv-domain adopt -n" "qv-domain add -n relay z.test other.test" "qv-domain add -n pop f.test ex1"; do
		run $command
		[[ "$output" != *S3cret* && "$output" != *joe* ]] || { echo "$command: $output"; return 1; }
	done
	qv-domain add relay z.test other.test
	qv-check --fix || true
	diff "$BATS_TEST_TMPDIR/routes" <(head -7 "$C/smtproutes")
}

@test "a login in control/smtproutes: shown as |..., exported as a comment, no finding" {
	logins
	exits 0 qv-domain list
	grep -q '^a\.test .* relay\.test:587|\.\.\.$' <<<"$output"
	grep -q '^c\.test .* relay\.test:587 \.\.\.$' <<<"$output"
	exits 0 qv-domain show -j b.test
	[[ "$output" == *'"relay":"relay.test|..."'* ]]
	exits 0 qv-domain export
	grep -qxF '# not exported: a.test: its line in /var/qmail/control/smtproutes has a login; copy it by hand' <<<"$output"
	grep -qxF '# not exported: /var/qmail/control/smtproutes:1: a.test:relay.test:587|...' <<<"$output"
	grep -qxF '# not exported: /var/qmail/control/smtproutes:5: #old.test:relay.test:587|...' <<<"$output"
	exits 0 qv-route x@a.test
	[[ "$output" == *'smtproutes:1: a.test:relay.test:587|...: to relay.test, port 587'* ]]
	exits 0 qv-route x@d.test
	[[ "$output" == *'smtproutes:4: d.test:relay.test ...: to relay.test, port 25'* ]]
	sed -i '/^e/d' "$C/smtproutes"
	run qv-check
	[[ "$output" != *smtproutes* ]] || { echo "$output"; return 1; }
}

@test "a login in control/smtproutes: the port before it is still looked at, and a comment is not a login" {
	echo a.test >>"$C/rcpthosts"
	for line in 'a.test:relay.test:0|joe|S3cret' 'a.test:relay.test:smtp joe S3cret' 'a.test:relay.test # the old one'; do
		echo "$line" >"$C/smtproutes"
		exits 1 qv-check
		[[ "$output" == *"$C/smtproutes:1: "* && "$output" != *S3cret* ]]
	done
	exits 0 qv-check --fix
	same "$C/smtproutes" $'a.test:relay.test\n'
}

# --- what a deleted domain leaves behind

@test "domain del: of a customer's last domain it says which logins stay, and --purge afterwards removes them" {
	qv-domain add pop example.com ex1
	qv-domain add pop example.org ex1
	qv-mailbox add joe@example.com --password-fd 0 <<<secret
	qv-mailbox passwd ex1-0000 --password-fd 0 <<<secret
	exits 0 qv-domain del example.org
	[ "$output" = "" ]
	exits 0 qv-domain del -n example.com
	[[ "$output" == *"warning: 2 boxes in $POP/e/ex1/POP can still log in; qv-mailbox suspend locks them, qv-domain del example.com --purge removes them"* ]]
	exits 0 qv-domain del example.com
	[[ "$output" == *"warning: 2 boxes in $POP/e/ex1/POP can still log in"* ]]
	grep -q ^ex1-0001: "$U/qv-passwd"
	refuses 100 qv-domain del example.com
	[[ "$output" == *"example.com is not served here; qv-domain del example.com --purge removes its remaining files in $POP/e/ex1/DOMAINS/example.com" ]]
	echo mail >"$POP/e/ex1/POP/ex1-0001/new/1"
	refuses 100 qv-domain del example.com --purge
	rm "$POP/e/ex1/POP/ex1-0001/new/1"
	exits 0 qv-domain del example.com --purge
	[ ! -e "$POP/e/ex1/DOMAINS/example.com" ]
	[ -d "$POP/e/ex1/POP/ex1-0000" ] || [ -z "$(ls "$POP/e/ex1/POP")" ]
	exits 0 qv-domain del example.org --purge
	[ -z "$(ls "$POP/e/ex1/POP")" ]
	[ ! -s "$U/qv-passwd" ]
	refuses 100 qv-domain del example.org --purge
	[[ "$output" == *"example.org is not served here; qv-domain list"* ]]
}

@test "domain del: a suspended login, or one of a customer who is still served, is not spoken of" {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com --password-fd 0 <<<secret
	qv-mailbox suspend joe@example.com
	exits 0 qv-domain del example.com
	[ "$output" = "" ]
}

@test "domain del --purge: of a customer's last domain, boxes without an address go as well" {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com --password-fd 0 <<<secret
	qv-mailbox del joe@example.com
	mkdir "$POP/e/ex1/POP/notes"
	exits 0 qv-domain del example.com --purge
	[ "$(ls "$POP/e/ex1/POP")" = notes ]
	[ ! -s "$U/qv-passwd" ]
}

@test "domain del --purge: a home that users/assign leads to by another name is not what is left" {
	qv-domain add pop example.com ex1
	sed -i 's/^example.com/other.test/; s/^.example.com/.other.test/' "$C/virtualdomains" "$C/rcpthosts"
	refuses 100 qv-domain del example.com --purge
	[ -d "$POP/e/ex1/DOMAINS/example.com" ]
}

@test "domain del --purge: a dial-up host that was deleted before" {
	qv-domain add dialup some.example.com ex1
	qv-domain del some.example.com
	echo mail >"$SER/some.example.com/Maildir/new/1"
	refuses 100 qv-domain del some.example.com --purge
	exits 0 qv-domain del some.example.com --purge --force
	[ -z "$(ls -A "$SER")" ]
}

@test "check: what a deleted domain left behind" {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com --password-fd 0 <<<secret
	qv-domain del -q example.com
	exits 1 qv-check
	[[ "$output" == "warning: $POP/e/ex1/DOMAINS/example.com: no domain uses this home: no mail arrives in it, and 1 mailbox can still log in; mend: qv-domain add pop example.com ex1 "* ]]
	[ "${#lines[@]}" = 1 ]
	rm -r "$POP/e/ex1/DOMAINS/example.com"
	exits 1 qv-check
	[[ "$output" == "warning: $POP/e/ex1/POP: no domain of ex1 is served here, and 1 mailbox can still log in; mend: vi +1 $U/qv-passwd" ]]
	qv-domain add pop other.test ex1
	run qv-check
	[[ "$output" != *"can still log in"* ]]
}

@test "s/qmail, which reads users/assign.cdb: nothing is added that would bounce, and qv-check says why" {
	qv-domain add pop example.com ex1
	: >"$U/assign.cdb"
	refuses 100 qv-domain add pop example.org ex2
	[[ "$output" == *"$U/assign.cdb exists: s/qmail reads it instead of users/cdb"* ]]
	refuses 100 qv-domain add dialup some.example.com
	refuses 100 qv-domain import - <<<'domain add pop example.org ex2'
	refuses 100 qv-domain del example.com
	refuses 100 qv-newu
	exits 0 qv-domain add backup other.example
	exits 1 qv-check
	[[ "$output" == "error: $U/assign.cdb: s/qmail reads it"* && "${#lines[@]}" = 1 && "$output" != *mend* ]]
}

@test "domain add relay: a line with a login, or with the port in other words, names the same host and is kept" {
	printf '%s\n' 'a.example:mail.example.com:587|joe|secret' '.a.example:mail.example.com:587|joe|secret' \
		'b.example:Mail.example.com joe secret' '.b.example:mail.example.com:25 joe secret' >"$C/smtproutes"
	printf '%s\n' {,.}{a,b}.example >"$C/rcpthosts"
	before=$(tree)
	exits 0 qv-domain add relay a.example mail.example.com:587
	exits 0 qv-domain add relay b.example mail.example.com
	exits 0 qv-domain add relay b.example MAIL.example.com:25
	[ "$(tree)" = "$before" ]
	for other in mail.example.com other.example.com:587 mail.example.com:25; do
		refuses 100 qv-domain add relay a.example "$other"
		[[ "$output" == *"$C/smtproutes:1: a.example is already relayed to another host or port; "* ]]
		[[ "$output" != *secret* ]]
	done
	refuses 100 qv-domain add relay b.example mail.example.com:587
	refuses 100 qv-domain add backup a.example
}

@test "domain add: where a list of valid recipients exists that some qmails ask, it says so" {
	echo @example.com >"$C/recipients"
	exits 0 qv-domain add pop new.example ex1
	[ "$output" = "qv-domain: warning: $C/recipients exists: a qmail-smtpd that reads it refuses every recipient that it does not list; add those of new.example" ]
	exits 0 qv-domain add pop new.example ex1
	[ "$output" = "" ]
}
