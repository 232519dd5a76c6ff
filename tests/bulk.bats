#!/usr/bin/env bats
# qv-domain import and export: many commands as one change, and the set-up as commands.

load helper

setup() {
	fresh_root
	POP=$ROOT/home/popmail
	SER=$ROOT/home/serialmail
	EMPTY=$BATS_TEST_TMPDIR/empty
	cp -a "$ROOT" "$EMPTY"
}

# imports TEXT: these lines, as from a file called "in"
imports() {
	printf '%s' "$1" >"$BATS_TEST_TMPDIR/in"
	cd "$BATS_TEST_TMPDIR" || return
	exits 0 qv-domain import in
}

# Control files by their lines, whatever the order; everything else by its bytes.
sorted_tree() {
	tree | sed -E '/ \.\/var\/qmail\/(control\/(rcpthosts|virtualdomains|smtproutes)|users\/(assign|cdb|qv-virtual\.cdb))$/d'
	for file in "$C/rcpthosts" "$C/virtualdomains" "$C/smtproutes" "$U/assign"; do sort "$file"; done
}

# reproduced: what export says, imported into an empty root, is the same tree and says the same.
reproduced() {
	local want said
	want=$(sorted_tree)
	qv-domain export >"$BATS_TEST_TMPDIR/said"
	rm -rf "$ROOT"
	cp -a "$EMPTY" "$ROOT"
	exits 0 qv-domain import "$BATS_TEST_TMPDIR/said"
	diff <(echo "$want") <(sorted_tree)
	qv-domain export | diff "$BATS_TEST_TMPDIR/said" -
}

# --- import

@test "import: the commands of many lines, comments and blank lines between them" {
	imports '# the customers

domain add pop example.com ex1
  mailbox	add joe@example.com --box ex1-0001
   # and so on
mailbox forward info@example.com joe@example.com ann@example.net
domain add dialup some.example.com ex1 --on-demand
domain pause some.example.com
domain alias example.org example.com
domain add relay relay.example.org mail.example.org
mailbox default example.com box ex1-0001'
	want=$(tree)
	rm -rf "$ROOT"
	cp -a "$EMPTY" "$ROOT"
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com --box ex1-0001
	qv-mailbox forward info@example.com joe@example.com ann@example.net
	qv-domain add dialup some.example.com ex1 --on-demand
	qv-domain pause some.example.com
	qv-domain alias example.org example.com
	qv-domain add relay relay.example.org mail.example.org
	qv-mailbox default example.com box ex1-0001
	diff <(echo "$want") <(tree)
}

@test "import: one lock, one cdb, one HUP, rcpthosts once and last" {
	printf 'domain add pop d%s.example.com ex1\n' {1..50} >"$BATS_TEST_TMPDIR/in"
	exits 0 qv-domain -v import "$BATS_TEST_TMPDIR/in"
	[ "$(grep -c 'build /var/qmail/users/cdb' <<<"$output")" = 1 ]
	[ "$(grep -c 'HUP' <<<"$output")" = 1 ]
	[ "$(grep -c '/var/qmail/' <<<"$output")" = 4 ]
	[ "$(tail -1 <<<"$output")" = "qv-domain: write /var/qmail/control/rcpthosts" ]
	cp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
	exits 0 qv-newu
	cmp "$U/cdb" "$BATS_TEST_TMPDIR/ours"
}

@test "import: boxes get their numbers as one command after another would give them" {
	qv-domain add pop example.com ex1
	qv-mailbox add old@example.com
	imports 'mailbox add joe@example.com
mailbox add ann@example.com
domain add pop example.org ex1
mailbox add joe@example.org
mailbox add joe@example.com
mailbox add bob@example.com --box ex1-0007'
	[ "$(cat "$POP"/e/ex1/DOMAINS/example.com/.qmail-{joe,ann} "$POP/e/ex1/DOMAINS/example.org/.qmail-joe")" = \
		"$(printf '/home/popmail/e/ex1/POP/ex1-%04d/\n' 2 3 4)" ]
	same "$POP/e/ex1/POP/.qv-last" $'4\n'
	[ "$(cd "$POP/e/ex1/POP" && echo *)" = "ex1-0000 ex1-0001 ex1-0002 ex1-0003 ex1-0004 ex1-0007" ]
	[ -z "$output" ]
}

@test "import: from stdin, with - or without a file; twice is the same as once" {
	printf 'domain add pop example.com ex1\nmailbox add joe@example.com\nmailbox forward a@example.com b@example.com\n' >"$BATS_TEST_TMPDIR/in"
	qv-domain import <"$BATS_TEST_TMPDIR/in"
	before=$(tree)
	qv-domain import - <"$BATS_TEST_TMPDIR/in"
	diff <(echo "$before") <(tree)
	exits 0 qv-domain import /dev/null
	diff <(echo "$before") <(tree)
}

@test "import: the last word on an address counts, however often it changed before" {
	qv-domain add pop example.com ex1
	qv-mailbox default example.com discard
	qv-mailbox forward ann@example.com ann@example.net
	imports 'mailbox default example.com bounce
mailbox default example.com joe@example.com
mailbox default example.com bounce
mailbox del ann@example.com
mailbox forward ann@example.com ann@example.org
mailbox add bob@example.com
mailbox del bob@example.com'
	D=$POP/e/ex1/DOMAINS/example.com
	[ ! -e "$D/.qmail-default" ]
	[ ! -e "$D/.qmail-bob" ]
	[ "$(cat "$D/.qmail-ann")" = '&ann@example.org' ]
	imports 'mailbox default example.com joe@example.com
mailbox default example.com bounce
mailbox default example.com discard'
	grep -q 'thrown away' "$D/.qmail-default"
}

@test "import: run again, it finds its deletions done, and says so" {
	qv-domain add pop example.com ex1
	qv-mailbox forward ann@example.com ann@example.net
	imports $'mailbox del ann@example.com\nmailbox forward joe@example.com ann@example.net'
	[ -z "$output" ]
	rm "$POP/e/ex1/DOMAINS/example.com/.qmail-joe" # as if it had been cut off
	imports $'mailbox del ann@example.com\nmailbox forward joe@example.com ann@example.net'
	[ "$output" = "qv-domain: warning: ann@example.com: no such address, nothing to delete" ]
	[ "$(cd "$POP/e/ex1/DOMAINS/example.com" && ls -A)" = $'.qmail-joe\n.qmail-postmaster' ]
}

@test "import: an error names file and line, and nothing is applied" {
	cd "$BATS_TEST_TMPDIR" || return
	for line in 'domain add pop example.com ex2' 'domain add what example.org' 'domain add pop a/b ex1' 'mailbox add joe@nowhere.example' \
		'domain add backup' 'domain del example.com' 'domain list' 'domain' 'qv-domain add backup a.example' 'mailbox passwd' \
		'mailbox passwd ex1-0000' 'mailbox passwd ex1-0000 secret' 'mailbox passwd nobody $1$saltsalt$qjXMvbEw8oaL.CzflDtaK/' \
		'mailbox suspend nobody' 'mailbox add joe@example.com --purge' 'mailbox del joe@nowhere.example' 'mailbox del ann@example.com --purge' \
		'mailbox default example.com box ex1-0009' 'domain add pop example.org ex1 --root /' 'domain add backup a.example -n' \
		'domain import other' 'nonsense' 'domain alias new.example old.example' 'domain add backup a.ex\0ample'; do
		printf 'domain add pop example.com ex1\nmailbox add ann@example.com\n\n%b\ndomain add backup other.example\n' "$line" >in
		refuses 100 qv-domain import in
		[[ $output == "qv-"*": fatal: in:4: "* ]]
	done
	printf 'nonsense' >in
	refuses 100 qv-domain import <in
	[[ $output == "qv-domain: fatal: stdin:1: nonsense cannot be imported; these can: "* ]]
	refuses 100 qv-domain import "$BATS_TEST_TMPDIR/nowhere"
	refuses 100 qv-domain import a b
}

@test "import: another administrator's lock is waited for once; a dry run changes nothing" {
	echo 'domain add pop example.com ex1' >"$BATS_TEST_TMPDIR/in"
	exits 111 flock "$U/qv-lock" "$BIN/qv-domain" import -w 0 "$BATS_TEST_TMPDIR/in"
	rm "$U/qv-lock"
	before=$(tree)
	exits 0 qv-domain import -n "$BATS_TEST_TMPDIR/in"
	diff <(echo "$before") <(tree)
	[[ $output == *"+example.com:example.com"* ]]
}

# --- export

@test "export: what the commands made comes out as commands, and import makes it again" {
	qv-domain add pop example.com ex1
	qv-domain add pop id.example.com ex1 --id exid --no-subdomains --catch-all
	qv-domain add pop pm.example.com ex2 --postmaster me@example.net
	qv-domain add pop box.example.com ex3 --postmaster ex3-0004
	qv-domain add dialup some.example.com ex1 --relayhost a.example.org --relayhost '[2001:db8::1]:25' --on-demand \
		--lifetime 60 --subdomains
	qv-domain add dialup host.example.com
	qv-domain pause host.example.com
	qv-domain add relay relay.example.org mail.example.org:2525 --no-subdomains
	qv-domain add backup backup.example.org
	qv-domain alias alias.example.org some.example.com
	qv-domain alias alias.example.net id.example.com
	for local in joe ann x.y; do qv-mailbox add "$local@example.com"; done
	qv-mailbox add bob@id.example.com --box ex1-0001
	qv-mailbox forward info@example.com joe@example.com a+b@x.example
	qv-mailbox forward list@example.com member{1..300}@x.example
	qv-mailbox forward postmaster@pm.example.com a@x.example b@x.example
	qv-mailbox default example.com joe@example.com
	qv-mailbox default box.example.com box ex3-0004
	qv-mailbox del ann@example.com
	qv-mailbox add gone@example.com
	qv-mailbox del gone@example.com --purge
	qv-mailbox del postmaster@id.example.com
	qv-mailbox box pm.example.com spare
	qv-mailbox default pm.example.com box spare
	reproduced
	run grep -v '^# not exported: \(localhost\|gateway.example.net\)' "$BATS_TEST_TMPDIR/said"
	[ "${lines[0]}" = "domain add pop example.com ex1" ]
	[[ $output != *"#"* ]]
}

@test "export: copies, Maildirs elsewhere and mail that is thrown away are commands, too" {
	qv-domain add pop example.com ex1 --postmaster me@example.net
	qv-domain add pop copied.example.com ex2
	qv-domain add pop shared.example.com ex0 --postmaster me@example.net
	qv-mailbox add joe@example.com --copy a@x.example --copy b@x.example
	qv-mailbox add ann@example.com --maildir "/home/ann/Maildir"
	qv-mailbox add bob@example.com --maildir "/home/ann/Maildir" --copy a@x.example
	qv-mailbox default example.com discard
	qv-mailbox del postmaster@copied.example.com
	qv-mailbox add postmaster@copied.example.com --box ex2-0000 --copy a@x.example
	qv-mailbox default copied.example.com maildir "/home/all/Maildir"
	qv-mailbox add joe@shared.example.com --maildir /home/popmail/e/ex2/POP/ex2-0000
	for who in ann@example.com joe@example.com ex2-0000; do qv-mailbox passwd "$who" <<<secret; done
	reproduced
	run ! grep -v '^# not exported: \(localhost\|gateway.example.net\)' <(grep '#' "$BATS_TEST_TMPDIR/said")
}

@test "export: boxes in a home that others laid out, and their numbers" {
	qv-domain add virtual example.com /home/ann --owner "$POPUID:$POPGID" --user ann
	for local in joe eve bob; do qv-mailbox add "$local@example.com"; done
	qv-mailbox del eve@example.com
	qv-mailbox del bob@example.com --purge
	qv-mailbox passwd ann-0001 <<<secret
	reproduced
	exits 0 qv-mailbox add kim@example.com
	[ "$output" = ann-0003 ]
}

@test "export: passwords of boxes that no command makes are named" {
	qv-domain add pop example.com ex1
	qv-domain add pop example.net ex2
	qv-mailbox passwd ex1-0000 <<<secret
	qv-mailbox passwd ex2-0000 <<<secret
	qv-domain del example.com
	exits 0 qv-domain export
	named "/var/qmail/users/qv-passwd:1" "no command makes its mailbox"
	rm -rf "$ROOT"
	cp -a "$EMPTY" "$ROOT"
	exits 0 qv-domain import <<<"$output"
	[ "$(cut -d: -f1 "$U/qv-passwd")" = ex2-0000 ]
}

# named PATH TEXT: export says that this is not exported
named() {
	grep -qxF "# not exported: $1: $2" <<<"$output" || { echo "not named: $1: $2"; echo "$output"; return 1; }
}

@test "export: passwords come along, and who is suspended" {
	qv-domain add pop example.com ex1
	qv-domain add pop example.org ex2
	qv-mailbox add joe@example.com
	qv-mailbox add ann@example.com --box sales
	qv-mailbox add bob@example.org --box sales
	qv-mailbox add eve@example.org --box lone
	qv-mailbox box example.org spare
	for who in ex1-0001 bob@example.org ann@example.com lone spare ex2-0000; do qv-mailbox passwd "$who" <<<"of $who"; done
	qv-mailbox suspend lone
	qv-mailbox suspend ex1-0000
	before=$(cat "$U/qv-passwd")
	reproduced
	[ "$(cat "$U/qv-passwd")" = "$before" ]
	printf '# ours\n\nmine:$6$cut:/home/mine\n' >>"$U/qv-passwd"
	exits 0 qv-domain export
	named "/var/qmail/users/qv-passwd:8" "a comment"
	named "/var/qmail/users/qv-passwd:9" "a blank line"
	named "/var/qmail/users/qv-passwd:10" "cannot be expressed as a qv-mailbox command"
	[[ $output != *cut* ]]
}

@test "import: many directories are synced before they are shown and behind that, in a tree without /home as well" {
	seq 40 | sed 's/.*/domain add pop d&.example.com h&/' >"$BATS_TEST_TMPDIR/in"
	[ ! -e "$ROOT/home" ]
	exits 0 strace -f -e trace=syncfs -o "$BATS_TEST_TMPDIR/calls" "$QVMAIL" domain import "$BATS_TEST_TMPDIR/in"
	[ "$(grep -c 'syncfs(.*= 0' "$BATS_TEST_TMPDIR/calls")" = 3 ]
}

@test "import: a terminal is told how far it is, and nothing else is" {
	seq 40 | sed 's/.*/domain add pop d&.example.com h&/' >"$BATS_TEST_TMPDIR/in"
	exits 0 script -qec "qv-domain import $BATS_TEST_TMPDIR/in" /dev/null
	[[ $output == $'\r'"qv-domain: 0 of 28"[0-9]$'\033[K'* ]]
	[[ $output == *$'\r\033[K' ]]
	rm -rf "$ROOT"
	cp -a "$EMPTY" "$ROOT"
	exits 0 qv-domain import "$BATS_TEST_TMPDIR/in"
	[ -z "$output" ]
}

@test "import: hashes that crypt(3) verifies, for boxes that are there or are made by it" {
	qv-domain add pop example.com ex1
	qv-mailbox add old@example.com
	imports 'domain add pop example.org ex2
mailbox add joe@example.org --box joe
mailbox passwd joe $1$saltsalt$qjXMvbEw8oaL.CzflDtaK/
mailbox passwd ex2-0000 $5$rounds=5000$salt$1lh.4Fq8PTqjKSYSK0eVzAsExyAYYpnRtVr.yLfzDc/
mailbox passwd old@example.com abJnggxhB/yWI
mailbox suspend old@example.com'
	[ "$(cut -d: -f1,3 "$U/qv-passwd")" = "joe:/home/popmail/e/ex2/POP/joe
ex2-0000:/home/popmail/e/ex2/POP/ex2-0000
ex1-0001:/home/popmail/e/ex1/POP/ex1-0001" ]
	[ "$(cut -d: -f2 "$U/qv-passwd" | tail -1)" = '!abJnggxhB/yWI' ]
}

@test "export: lines that no command writes are named with file and line" {
	qv-domain add pop example.com ex1
	printf '# ours\n\nother.example:\nHand.example\n.sub.example\n' >>"$C/rcpthosts"
	printf 'x.example:some-id\nexample.net:example.com\n:smart\n' >>"$C/virtualdomains"
	printf '# no routes\n:smart.example\n' >"$C/smtproutes"
	printf 'more.example\n' >"$C/morercpthosts"
	sed -i '1i=joe:joe:1000:1000:/home/joe:::' "$U/assign"
	echo 'behind the dot' >>"$U/assign"
	exits 0 qv-domain export
	grep -qx 'domain add pop example.com ex1' <<<"$output"
	named /var/qmail/control/rcpthosts:5 '# ours'
	named /var/qmail/control/rcpthosts:6 ''
	named /var/qmail/control/rcpthosts:7 'other.example:'
	named /var/qmail/control/rcpthosts:8 'Hand.example'
	named /var/qmail/control/rcpthosts:9 '.sub.example'
	named /var/qmail/control/virtualdomains:3 'x.example:some-id'
	named /var/qmail/control/virtualdomains:4 'example.net:example.com'
	named /var/qmail/control/virtualdomains:5 ':smart'
	named /var/qmail/control/smtproutes:1 '# no routes'
	named /var/qmail/control/smtproutes:2 ':smart.example'
	named /var/qmail/control/morercpthosts:1 'more.example'
	named /var/qmail/users/assign:1 '=joe:joe:1000:1000:/home/joe:::'
	named /var/qmail/users/assign:4 'behind the dot'
	named x.example 'its lines differ from those that qv-domain writes'
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/said"
	rm -rf "$ROOT"
	cp -a "$EMPTY" "$ROOT"
	exits 0 qv-domain import "$BATS_TEST_TMPDIR/said"
}

@test "export: a relay that qv-domain add would refuse is a comment, for import takes all lines or none" {
	printf '%s\n' a.test b.test c.test d.test >>"$C/rcpthosts"
	printf '%s\n' 'a.test:[2001:db8::1]:25' 'b.test:[192.0.2.1]:25' 'c.test:relay.test;587' 'd.test:[::1]' >"$C/smtproutes"
	exits 0 qv-domain export
	grep -qxF '# not exported: a.test: its relay is not HOST[:PORT]' <<<"$output"
	grep -qxF 'domain add relay b.test [192.0.2.1]:25 --no-subdomains' <<<"$output"
	[ "$(grep -c '^domain' <<<"$output")" = 1 ]
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/said"
	rm -rf "$ROOT"
	cp -a "$EMPTY" "$ROOT"
	exits 0 qv-domain import "$BATS_TEST_TMPDIR/said"
	same "$C/smtproutes" $'b.test:[192.0.2.1]:25\n'
}

@test "export: files that no command writes are named" {
	qv-domain add pop example.com ex1
	qv-domain add dialup some.example.com
	D=/home/popmail/e/ex1/DOMAINS/example.com
	printf '|program\n' >"$ROOT$D/.qmail-prog"
	printf '&a@example.net\n# why\n' >"$ROOT$D/.qmail-info"
	printf '|program\n' >"$ROOT$D/.qmail-postmaster"
	printf './Maildir/\n' >"$ROOT$D/.qmail-Upper"
	mkdir "$ROOT$D/Maildir"
	echo '# who' >"$SER/some.example.com/RELAYHOST"
	echo '&x@y.example' >"$SER/some.example.com/.qmail-default"
	echo hello >"$SER/some.example.com/notes"
	exits 0 qv-domain export
	named "$D/.qmail-prog" 'cannot be expressed as a qv-mailbox command'
	named "$D/.qmail-info" 'cannot be expressed as a qv-mailbox command'
	named "$D/.qmail-postmaster" 'cannot be expressed as a qv-mailbox command'
	named "$D/.qmail-Upper" "is not one of qvmail's files"
	named "$D/Maildir" "is not one of qvmail's files"
	named /home/serialmail/some.example.com/RELAYHOST 'cannot be expressed as a command'
	named /home/serialmail/some.example.com/.qmail-default 'cannot be expressed as a command'
	named /home/serialmail/some.example.com/notes "is not one of qvmail's files"
	grep -qx 'domain add pop example.com ex1' <<<"$output"
}

@test "export: what deleted domains left behind is named" {
	qv-domain add pop example.com ex1
	qv-domain add pop example.org ex2
	qv-domain add dialup some.example.com ex1
	qv-domain add dialup other.example.com
	qv-domain del example.com
	qv-domain del some.example.com
	exits 0 qv-domain export
	named /home/popmail/e/ex1 "not used by any domain"
	named /home/serialmail/some.example.com 'no domain uses it'
	[[ $output != */ex2:* && $output != */other.example.com:* ]]
}

@test "export: changes nothing and needs no lock" {
	qv-domain add pop example.com ex1
	exits 0 flock "$U/qv-lock" "$BIN/qv-domain" export -w 0
	before=$(tree)
	exits 0 qv-domain export
	diff <(echo "$before") <(tree)
}

# customers FROM TO: with a domain and a box each
customers() {
	seq -f %04.0f "$1" "$2" | sed 's/.*/domain add pop d&.example.com c&/'
}

@test "export: many domains are looked at by two processes, and nothing is different for it" {
	local home=$POP/c/c
	halves
	{
		customers 1 2100
		cat <<-'EOF'
		mailbox box d0001.example.com spare-early
		mailbox box d2099.example.com spare-late
		mailbox add early@d0003.example.com --maildir /home/popmail/c/c2097/POP/c2097-0000
		mailbox add late@d2096.example.com --maildir /home/popmail/c/c0004/POP/c0004-0000
		mailbox add late@d2095.example.com --box by-hand
		mailbox add early@d0005.example.com --box by-hand-too
		mailbox add late@d2094.example.com --maildir /home/popmail/c/c0005/POP/by-hand-too
		mailbox forward info@d2100.example.com joe@d0001.example.com
		domain alias a.example.org d2098.example.com
		domain add dialup host.example.com c0001 --relayhost mail.example.org
		domain add pop late.example.org c0001
		mailbox passwd by-hand $1$abcdefgh$0123456789012345678901
		mailbox passwd by-hand-too $1$abcdefgh$0123456789012345678901
		mailbox passwd spare-late $1$abcdefgh$0123456789012345678901
		mailbox suspend c0004-0000
		domain add virtual late.example.net /home/virtual --owner 510:51
		domain add relay relay.example.com mail.example.org
		EOF
	} | qv-domain import
	both domain export
	grep -qx 'mailbox suspend .*' <<<"$alone"
	printf '%s\n' "$alone" >"$BATS_TEST_TMPDIR/alone"
	reproduced
	diff "$BATS_TEST_TMPDIR/alone" "$BATS_TEST_TMPDIR/said"
	# What no command makes, in order.
	for i in 0006 2094; do echo '|program' >"$home$i/DOMAINS/d$i.example.com/.qmail-prog"; done
	touch "$home"{0007,2093}/POP/.strange
	rm "$home"{0008,2092}/POP/.qv-last
	rm -r "$home"{0009,2091}/POP
	echo 'd2090.example.com:mail.example.org' >>"$C/smtproutes"
	sed -i 's/^+d2089\(.*\):510:/+d2089\1:511:/; s/^d0010.example.com:.*/&  /' "$U/assign" "$C/virtualdomains"
	echo only-here.example.com:x >>"$C/virtualdomains"
	both domain export
	[ "$(grep -c '^# not exported' <<<"$alone")" -ge 10 ]
	# What cannot be read ends it.
	echo no >"${home}2088/POP/.qv-last"
	both domain export
	[[ $alone == *".qv-last:1: not a number"* ]]
}
