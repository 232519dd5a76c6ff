#!/usr/bin/env bats
# qv-mailbox: POP boxes and the addresses that deliver into them.

load helper

setup() {
	fresh_root
	qv-domain add pop example.com ex1
	BOXES=$ROOT/home/popmail/e/ex1/POP
	D=$ROOT/home/popmail/e/ex1/DOMAINS/example.com
}

into() {
	echo "/home/popmail/e/ex1/POP/$1/"
}

@test "mailbox add: makes the next box, delivers the address into it and prints its name" {
	exits 0 qv-mailbox add joe@example.com
	[ "$output" = ex1-0001 ]
	same "$D/.qmail-joe" "$(into ex1-0001)
"
	[ "$(stat -c '%a %u:%g' "$D/.qmail-joe")" = "644 $POPUID:$POPGID" ]
	[ "$(stat -c '%a %u:%g' "$BOXES/ex1-0001"{,/new,/cur,/tmp} | sort -u)" = "700 $POPUID:$POPGID" ]
	exits 0 qv-mailbox add ann@example.com
	[ "$output" = ex1-0002 ]
}

@test "mailbox add: twice is the same as once, and prints the same box" {
	exits 0 qv-mailbox add joe@example.com
	before=$(tree)
	exits 0 qv-mailbox add Joe@Example.COM
	[ "$output" = ex1-0001 ]
	exits 0 qv-mailbox add joe@example.com --box ex1-0001
	[ "$(tree)" = "$before" ]
	refuses 100 qv-mailbox add joe@example.com --box ex1-0000
	[[ $output == *"$D/.qmail-joe:1: already exists"* ]]
}

@test "mailbox add: of an address whose box is gone it says how to get it back" {
	qv-mailbox add joe@example.com
	rm -r "$BOXES/ex1-0001"
	refuses 100 qv-mailbox add joe@example.com
	[[ "$output" == *"box ex1-0001 no longer exists"*"run qv-check --fix or qv-mailbox del"* ]]
	exits 0 qv-check --fix
	exits 0 qv-mailbox add joe@example.com
	[ "$output" = ex1-0001 ]
}

@test "mailbox add: capitals become small and dots colons in the file's name" {
	exits 0 qv-mailbox add Joe.R.User+x@example.com
	[ -e "$D/.qmail-joe:r:user+x" ]
	exits 0 qv-mailbox list example.com
	[[ $output == *"joe.r.user+x@example.com"* ]]
}

@test "mailbox add: --box names one that is there, or a new one" {
	exits 0 qv-mailbox add joe@example.com --box ex1-0000
	exits 0 qv-mailbox add ann@example.com --box ann
	[ -d "$BOXES/ann/new" ]
	exits 0 qv-mailbox add bob@example.com --box ex1-0005
	[ "$(cat "$D/.qmail-joe" "$D/.qmail-ann" "$D/.qmail-bob")" = "$(into ex1-0000; into ann; into ex1-0005)" ]
}

@test "mailbox add: numbers step over boxes that were made by hand" {
	mkdir "$BOXES/ex1-0001"
	exits 0 qv-mailbox add joe@example.com
	[ "$output" = ex1-0002 ]
	same "$BOXES/.qv-last" $'2\n'
}

@test "mailbox add: a box that a command left behind is taken, but none with mail, a password or an address" {
	maildirmake "$BOXES/ex1-0001"
	exits 0 qv-mailbox add a@example.com
	[ "$output" = ex1-0001 ]
	same "$BOXES/.qv-last" $'1\n'
	maildirmake "$BOXES/ex1-0002"
	echo mail >"$BOXES/ex1-0002/new/1"
	exits 0 qv-mailbox add b@example.com
	[ "$output" = ex1-0003 ]
	exits 0 qv-mailbox box example.com ex1-0004
	qv-mailbox passwd ex1-0004 --password-fd 5 5<<<secret
	exits 0 qv-mailbox add c@example.com
	[ "$output" = ex1-0005 ]
	qv-domain add pop other.example.com ex1
	exits 0 qv-mailbox add d@other.example.com --box ex1-0006
	exits 0 qv-mailbox add e@example.com
	[ "$output" = ex1-0007 ]
	maildirmake "$BOXES/ex1-0008"
	maildirmake "$BOXES/ex1-0009"
	exits 0 qv-mailbox add f@example.com
	[ "$output" = ex1-0009 ]
	exits 0 qv-domain import <<<$'mailbox add g@example.com\nmailbox add h@example.com'
	[ "$(cat "$D/.qmail-g" "$D/.qmail-h")" = "$(into ex1-0010; into ex1-0011)" ]
}

@test "mailbox: a number is never used twice, even after its box is purged" {
	for i in 1 2 3; do
		exits 0 qv-mailbox add joe@example.com
		[ "$output" = "ex1-000$i" ]
		exits 0 qv-mailbox del joe@example.com --purge
		[ ! -e "$BOXES/ex1-000$i" ]
	done
	refuses 100 qv-mailbox add joe@example.com --box ex1-0002
	[[ $output == *"never reused"* ]]
	exits 0 qv-mailbox add ann@example.com --box ex1-0009
	exits 0 qv-mailbox del ann@example.com --purge
	exits 0 qv-mailbox add joe@example.com
	[ "$output" = ex1-0010 ]
}

@test "mailbox: .qv-last is respected, and refused when it is no number" {
	echo 41 >"$BOXES/.qv-last"
	exits 0 qv-mailbox add joe@example.com
	[ "$output" = ex1-0042 ]
	echo many >"$BOXES/.qv-last"
	refuses 100 qv-mailbox add ann@example.com
	[[ $output == *"$BOXES/.qv-last:1: not a number"* ]]
	echo 99998 >"$BOXES/.qv-last"
	exits 0 qv-mailbox add ann@example.com
	[ "$output" = ex1-99999 ]
}

@test "mailbox: a hundred adds at once: all there, numbers unique, nothing interleaved" {
	for i in {1..100}; do
		qv-mailbox -w 60 add "u$i@example.com" >>"$BATS_TEST_TMPDIR/names" 2>>"$BATS_TEST_TMPDIR/err" 3>&- &
	done
	wait
	[ ! -s "$BATS_TEST_TMPDIR/err" ] || { cat "$BATS_TEST_TMPDIR/err"; false; }
	diff <(printf 'ex1-%04d\n' {1..100}) <(sort "$BATS_TEST_TMPDIR/names")
	[ "$(cat "$D"/.qmail-u* | sort -u | wc -l)" = 100 ]
	[ "$(ls -d "$BOXES"/ex1-*/new | wc -l)" = 101 ]
	same "$BOXES/.qv-last" $'100\n'
	run find "$ROOT" -name '.*.new'
	[ -z "$output" ]
}

@test "mailbox del: the address goes, its box and mail stay" {
	before=$(tree)
	exits 0 qv-mailbox add joe@example.com
	echo mail >"$BOXES/ex1-0001/new/1"
	exits 0 qv-mailbox del JOE@example.com
	[ ! -e "$D/.qmail-joe" ] && [ -e "$BOXES/ex1-0001/new/1" ]
	refuses 100 qv-mailbox del joe@example.com
	[[ $output == *"no such address"* ]]
}

@test "mailbox del --purge: the box goes with its mail, unless another address delivers there" {
	exits 0 qv-mailbox add joe@example.com
	exits 0 qv-mailbox add ann@example.com --box ex1-0001
	refuses 100 qv-mailbox del joe@example.com --purge
	[[ $output == *"$D/.qmail-ann delivers into ex1-0001 too"* ]]
	exits 0 qv-mailbox del ann@example.com
	exits 0 qv-mailbox del joe@example.com --purge
	[ ! -e "$BOXES/ex1-0001" ]
}

@test "mailbox del --purge: other domains of the customer count too" {
	exits 0 qv-domain add pop example.org ex1
	exits 0 qv-mailbox add joe@example.com
	printf '&copy@example.net\n%s' "$(into ex1-0001)" >"$ROOT/home/popmail/e/ex1/DOMAINS/example.org/.qmail-joe"
	refuses 100 qv-mailbox del joe@example.com --purge
	[[ $output == *"example.org/.qmail-joe delivers into"* ]]
}

@test "mailbox forward: a line per target, replaced by the next, twice the same as once" {
	exits 0 qv-mailbox forward info@example.com Joe@example.com 'ann+x@Elsewhere.net'
	same "$D/.qmail-info" $'&Joe@example.com\n&ann+x@Elsewhere.net\n'
	before=$(tree)
	exits 0 qv-mailbox forward info@example.com Joe@example.com 'ann+x@Elsewhere.net'
	[ "$(tree)" = "$before" ]
	exits 0 qv-mailbox forward info@example.com joe@example.com
	same "$D/.qmail-info" $'&joe@example.com\n'
}

@test "mailbox: what a person wrote into a .qmail file is not written over" {
	for text in '|program' './Mailbox' $'&a@example.net\n|program' '# nothing yet' ''; do
		printf '%s\n' "$text" >"$D/.qmail-joe"
		refuses 100 qv-mailbox add joe@example.com
		refuses 100 qv-mailbox forward joe@example.com ann@example.com
	done
	exits 0 qv-mailbox add ann@example.com
	refuses 100 qv-mailbox forward ann@example.com joe@example.com
	printf '|program\n' >"$D/.qmail-default"
	refuses 100 qv-mailbox default example.com bounce
	refuses 100 qv-mailbox default example.com ann@example.com
}

@test "mailbox default: to an address, a box, or away" {
	exits 0 qv-mailbox default example.com joe@example.com
	same "$D/.qmail-default" $'&joe@example.com\n'
	exits 0 qv-mailbox default example.com box ex1-0000
	same "$D/.qmail-default" "$(into ex1-0000)
"
	exits 0 qv-mailbox default example.com bounce
	[ ! -e "$D/.qmail-default" ]
	before=$(tree)
	exits 0 qv-mailbox default example.com bounce
	[ "$(tree)" = "$before" ]
	refuses 100 qv-mailbox default example.com box ex1-0777
	refuses 100 qv-mailbox default example.com box ../../x
	refuses 100 qv-mailbox default example.com box
	refuses 100 qv-mailbox default example.com nonsense
}

@test "mailbox list: a line an instruction, with what it is" {
	exits 0 qv-mailbox add joe@example.com
	exits 0 qv-mailbox forward info@example.com a@example.net b@example.net
	printf '# x\n|prog arg\n./Mailbox\n./M/\n' >"$D/.qmail-odd"
	exits 0 qv-mailbox list
	[ "$(tr -s ' \t' '  ' <<<"$output" | sort)" = "info@example.com forward a@example.net
info@example.com forward b@example.net
joe@example.com box ex1-0001
odd@example.com maildir ./M/
odd@example.com mbox ./Mailbox
odd@example.com program prog arg
postmaster@example.com box ex1-0000" ]
	exits 0 qv-mailbox list example.com -j
	[ "$(python3 -c 'import json,sys; d=json.load(sys.stdin); print(len(d), *d[0])' <<<"$output")" = "7 address type value has_password suspended" ]
	refuses 100 qv-mailbox list nowhere.example.com
}

@test "mailbox list -j: foreign bytes make no broken JSON" {
	printf '|caf\xe9 "x" \\ \x01\n' >"$D/.qmail-odd"
	exits 0 qv-mailbox list -j
	python3 -m json.tool <<<"$output" >/dev/null
}

@test "mailbox --dry-run: changes nothing, prints the steps, prints no box" {
	before=$(tree)
	exits 0 qv-mailbox add joe@example.com -n
	[ "$(sed 's/ (.*//' <<<"$output")" = 'make Maildir /home/popmail/e/ex1/POP/ex1-0001
--- /dev/null
+++ b/home/popmail/e/ex1/DOMAINS/example.com/.qmail-joe
@@ -0,0 +1 @@
+/home/popmail/e/ex1/POP/ex1-0001/
--- a/home/popmail/e/ex1/POP/.qv-last
+++ b/home/popmail/e/ex1/POP/.qv-last
@@ -1 +1 @@
-0
+1' ]
	exits 0 qv-mailbox forward info@example.com joe@example.com -n
	exits 0 qv-mailbox del postmaster@example.com --purge -n
	exits 0 qv-mailbox default example.com joe@example.com --dry-run
	[ "$(tree)" = "$before" ]
}

# --- what is refused

bad() {
	exits 100 "$@"
	[ "${#lines[@]}" -eq 1 ] || { echo "not one line: $output"; return 1; }
}

@test "mailbox: addresses that are none are refused, whatever is done with them" {
	before=$(tree)
	long=$(printf 'a%.0s' {1..201})
	for address in '' joe joe@ @example.com joe@joe@example.com a/b@example.com ../x@example.com 'a b@example.com' \
		$'a\nb@example.com' a:b@example.com .a@example.com a.@example.com a..b@example.com $'caf\xe9@example.com' \
		"$long@example.com" 'joe@-x.com' 'joe@a..b' 'joe@a/b' '"a b"@example.com' default@example.com x-default@example.com; do
		printf '%q\n' "$address"
		bad qv-mailbox add -- "$address"
		bad qv-mailbox del -- "$address"
		bad qv-mailbox forward -- "$address" joe@example.com
		[[ $address == *default@* ]] || bad qv-mailbox forward -- joe@example.com "$address"
	done
	diff <(echo "$before") <(tree)
}

@test "mailbox: box names that could leave their directory are refused" {
	before=$(tree)
	for box in '' . .. a/b /tmp/x ../x 'a b' $'a\nb' $'\xe9' .hidden a..b -x "$(printf 'a%.0s' {1..44})"; do
		printf '%q\n' "$box"
		bad qv-mailbox add joe@example.com --box="$box"
		bad qv-mailbox default example.com box -- "$box"
	done
	diff <(echo "$before") <(tree)
}

@test "mailbox: boxes of the longest handle there can be are called by their names, too" {
	handle=$(printf 'a%.0s' {1..32})
	qv-domain add pop long.example.org "$handle"
	exits 0 qv-mailbox add joe@long.example.org
	[ "$output" = "$handle-0001" ]
	exits 0 qv-mailbox add ann@long.example.org --box "$handle-0001"
	exits 0 qv-mailbox default long.example.org box "$handle-0000"
	exits 0 qv-mailbox passwd "$handle-0001" <<<secret
}

@test "mailbox: only POP domains have mailboxes" {
	qv-domain add dialup dial.example.org
	qv-domain add relay relay.example.org mail.example.org
	qv-domain add backup backup.example.org
	for domain in dial.example.org relay.example.org backup.example.org localhost nowhere.example.org; do
		refuses 100 qv-mailbox add "joe@$domain"
		refuses 100 qv-mailbox forward "joe@$domain" joe@example.com
		refuses 100 qv-mailbox default "$domain" bounce
	done
}

@test "mailbox: a home that is laid out otherwise takes forwards, and boxes of its own" {
	mkdir -p "$ROOT/home/club"
	printf '%s\n' "+club-:club:$POPUID:$POPGID:/home/club:-::" . >"$U/assign"
	echo club.example.org:club >>"$C/virtualdomains"
	exits 0 qv-mailbox forward joe@club.example.org joe@example.com
	same "$ROOT/home/club/.qmail-joe" $'&joe@example.com\n'
	exits 0 qv-mailbox add ann@club.example.org
	same "$ROOT/home/club/.qmail-ann" $'/home/club/POP/club-0000/\n'
}

@test "mailbox: misuse says how it is used" {
	for line in '' add 'add a@b c@d' del list\ a\ b forward 'forward a@example.com' default 'default example.com' nonsense; do
		bad qv-mailbox $line
		[[ $output == *usage:* ]]
	done
}

# --- links in popusr's trees

@test "mailbox: a link planted instead of a .qmail file or a box is not followed" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	echo '&old@example.net' >"$ROOT/precious"
	chmod 644 "$ROOT/precious"
	ln -s "$ROOT/precious" "$D/.qmail-joe"
	ln -s ../../../../../precious "$D/.qmail-ann"
	chown -hR "$POPUID:$POPGID" "$D"
	for who in joe ann; do
		refuses 100 qv-mailbox add "$who@example.com"
		refuses 100 qv-mailbox forward "$who@example.com" x@example.net
	done
	same "$ROOT/precious" $'&old@example.net\n'
}

@test "mailbox: a domain's home that popusr replaced by a link is not entered" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	mkdir "$ROOT/precious"
	mv "$D" "$D.real"
	ln -s "$ROOT/precious" "$D"
	chown -hR "$POPUID:$POPGID" "$ROOT/home/popmail/e/ex1"
	for command in "add joe@example.com" "forward joe@example.com x@example.net" "default example.com x@example.net" \
		"del postmaster@example.com --purge"; do
		refuses 100 qv-mailbox $command
	done
	exits 100 qv-mailbox list example.com
	[ -z "$(ls -A "$ROOT/precious")" ]
}

@test "mailbox del --purge: of a planted link only the link goes" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is popusr itself may follow its links"
	mkdir -p "$ROOT/precious/new"
	echo precious >"$ROOT/precious/new/file"
	exits 0 qv-mailbox add joe@example.com
	rm -r "$BOXES/ex1-0001/new"
	ln -s "$ROOT/precious/new" "$BOXES/ex1-0001/new"
	chown -hR "$POPUID:$POPGID" "$BOXES/ex1-0001"
	exits 0 qv-mailbox del joe@example.com --purge
	same "$ROOT/precious/new/file" $'precious\n'
	[ ! -e "$BOXES/ex1-0001" ]
}

# --- names that belong to others

@test "mailbox add, box: a box is not called as another customer's boxes are" {
	exits 0 qv-domain add pop other.example ex2
	refuses 100 qv-mailbox add joe@example.com --box ex2-0000
	[[ $output == *'ex2-0000: box names beginning with ex2- belong to customer ex2'* ]]
	refuses 100 qv-mailbox add joe@example.com --box ex2-0007
	refuses 100 qv-mailbox box example.com ex2-sales
	refuses 100 qv-domain add pop third.example ex1 --postmaster ex2-0001
	exits 0 qv-mailbox add joe@example.com --box ex1-sales
	exits 0 qv-mailbox add ann@example.com --box nobody-0001
}

@test "mailbox add: of a name that another customer has a box of, too, there is a warning" {
	exits 0 qv-domain add pop other.example ex2
	exits 0 qv-mailbox add joe@example.com --box sales
	[ "$output" = sales ]
	exits 0 qv-mailbox add joe@other.example --box sales
	[[ ${lines[0]} == "qv-mailbox: warning: sales: another customer has a box of this name, $ROOT/home/popmail/e/ex1/POP/sales; "* ]]
	exits 0 qv-mailbox add ann@other.example --box sales
	[ "$output" = sales ]
}

@test "mailbox list: who cannot log in is marked" {
	qv-mailbox add joe@example.com
	qv-mailbox suspend ex1-0001
	[ "$(qv-mailbox list example.com | tr -s ' ')" = "joe@example.com box ex1-0001 suspended
postmaster@example.com box ex1-0000" ]
	qv-mailbox enable ex1-0001
	run -1 grep suspended <(qv-mailbox list)
}

@test "mailbox: PREFIX-*@DOMAIN is everything that begins with PREFIX-, in every command" {
	exits 0 qv-mailbox forward 'Joe.X-*@example.com' joe@elsewhere.test
	same "$D/.qmail-joe:x-default" $'&joe@elsewhere.test\n'
	exits 0 qv-mailbox add 'ann-*@example.com'
	same "$D/.qmail-ann-default" "$(into ex1-0001)
"
	exits 0 qv-mailbox default 'bob-*@example.com' discard
	exits 0 qv-mailbox default 'eve-*@example.com' box ex1-0001
	exits 0 qv-mailbox list example.com
	for line in 'ann-\*@example.com  *box  *ex1-0001' 'bob-\*@example.com  *discard *' 'joe.x-\*@example.com  *forward  *joe@elsewhere.test'; do
		grep -qx "$line" <<<"$output"
	done
	qv-domain export >"$BATS_TEST_TMPDIR/exported"
	for line in 'forward joe.x-\*@example.com joe@elsewhere.test' 'add ann-\*@example.com --box ex1-0001' 'default bob-\*@example.com discard'; do
		grep -qx "mailbox $line" "$BATS_TEST_TMPDIR/exported"
	done
	run ! grep '# not exported.*qmail-' "$BATS_TEST_TMPDIR/exported"
	mv "$ROOT" "$ROOT.first"
	fresh_root
	exits 0 qv-domain import "$BATS_TEST_TMPDIR/exported"
	diff -r "$ROOT.first/home" "$ROOT/home"
	exits 0 qv-mailbox default 'eve-*@example.com' bounce
	[ ! -e "$D/.qmail-eve-default" ]
	exits 0 qv-mailbox del 'joe.x-*@example.com'
	[ ! -e "$D/.qmail-joe:x-default" ]
	refuses 100 qv-mailbox default joe@example.com bounce
	refuses 100 qv-mailbox passwd 'ann-*@example.com' --password-fd 5 5<<<secret
	for address in '*@example.com' '-default@example.com' "$(printf 'x%.0s' {1..195})-*@example.com"; do
		refuses 100 qv-mailbox forward "$address" joe@elsewhere.test
	done
	refuses 100 qv-mailbox forward joe-default@example.com joe@elsewhere.test
	[[ $output == *"if that is intended, use joe-*@example.com" ]]
}

# As ezmlm-make does it, under a user's own line.
@test "mailbox list, domain adopt, export: a link is shown as what it leads to, and left as it is" {
	mkdir -p "$ROOT/home/joe/list"
	sed -i '1i +joe-:joe:1001:100:/home/joe:-::' "$ROOT/var/qmail/users/assign"
	qv-newu
	echo lists.test >>"$C/rcpthosts"
	echo lists.test:joe-list >>"$C/virtualdomains"
	echo '|/usr/bin/ezmlm-send /home/joe/list' >"$ROOT/home/joe/list/editor"
	echo '&joe@example.org' >"$ROOT/home/joe/list/owner"
	for name in editor:news owner:news-owner editor:news-default gone:gone; do
		ln -s "/home/joe/list/${name%:*}" "$ROOT/home/joe/.qmail-list-${name#*:}"
	done
	echo root:secret: >"$ROOT/etc/shadow"
	chmod 600 "$ROOT/etc/shadow"
	ln -s /etc/shadow "$ROOT/home/joe/.qmail-list-secret"
	[ "$(id -u)" != 0 ] || chown -hR 1001:100 "$ROOT/home/joe"
	refuses 100 qv-mailbox list lists.test
	[[ $output == *"no line +joe-list-: for lists.test; qv-domain -n adopt lists.test shows its addresses" ]]
	exits 0 qv-domain adopt
	grep -qx '  news-owner@lists.test  *forward  *joe@example.org' <<<"$output"
	grep -qx '  news-\*@lists.test  *program  */usr/bin/ezmlm-send /home/joe/list' <<<"$output"
	exits 0 qv-mailbox list lists.test
	grep -qx 'news@lists.test  *program  */usr/bin/ezmlm-send /home/joe/list' <<<"$output"
	run ! grep gone <<<"$output"
	[ "$(id -u)" != 0 ] || run ! grep 'root:secret' <<<"$(qv-mailbox list lists.test)"
	exits 0 qv-mailbox list
	grep -q '^postmaster@example.com' <<<"$output"
	qv-domain export 2>/dev/null | grep -qx '# not exported: /home/joe/.qmail-list-news: is a symbolic link'
	[ -L "$ROOT/home/joe/.qmail-list-news" ]
	refuses 100 qv-mailbox forward news@lists.test x@example.org
}

# loops COMMAND...: it warns once of a loop, qv-route and qv-check see it, and -n has warned of it too
loops() {
	for dry in -n ''; do
		# shellcheck disable=SC2086
		exits 0 qv-mailbox $dry "$@"
		[ "$(grep -c 'qv-mailbox: warning: .*: mail that is forwarded to it loops and bounces; ' <<<"$output")" = 1 ]
	done
	[[ "$(qv-check)" == *"the mail loops and bounces"* ]]
}

@test "mailbox forward, default, add --copy: a target that leads back gets a warning, and is written" {
	loops forward self@example.com Self@example.com
	exits 0 qv-mailbox del self@example.com
	exits 0 qv-mailbox forward a@example.com b@example.com
	loops forward b@example.com a@example.com
	[[ "$output" == *"warning: a@example.com: leads back"* ]]
	[[ "$(qv-route b@example.com)" == *"looping"* ]]
	exits 0 qv-mailbox del b@example.com
	loops add b@example.com --copy other@example.org --copy a@example.com
	exits 0 qv-mailbox del b@example.com
	loops default example.com a@example.com
	exits 0 qv-mailbox default example.com bounce
	loops default example.com ghost@example.com
	exits 0 qv-mailbox default example.com bounce
	exits 0 qv-domain alias alias.example example.com
	exits 0 qv-domain add pop example.org ex2
	exits 0 qv-mailbox forward b@example.com c@example.org
	loops forward c@example.org postmaster@example.net A@alias.example
	# also a loop that the address is no part of
	exits 0 qv-mailbox forward d@example.com b@example.com
	[[ "$output" == *"warning: b@example.com: leads back"* ]]
}

@test "mailbox forward: two ways to one place are no loop, and what decides elsewhere is not followed" {
	exits 0 qv-mailbox forward one@example.com postmaster@example.com
	exits 0 qv-mailbox forward two@example.com postmaster@example.com one@example.com
	exits 0 qv-mailbox forward three@example.com one@example.com two@example.com
	[ "$output" = "" ]
	# qmail-local stops at a line that it refuses: the forward behind it is not reached
	printf '%s\n' ./Maildir/ '&back@example.com' >"$D/.qmail-stops"
	chmod u+x "$D/.qmail-stops"
	exits 0 qv-mailbox forward back@example.com stops@example.com
	[ "$output" = "" ]
	sed -i '1i+example.com-list-:joe:1000:1000:/home/joe:-:list-:' "$U/assign"
	qv-newu -q
	exits 0 qv-mailbox forward in@example.com list-in@example.com
	[ "$output" = "" ]
}

@test "mailbox add, forward, default: a list of valid recipients that lacks the address gets a warning, once" {
	for list in recipients recipients.cdb validrcptto validrcptto.cdb morevalidrcptto.cdb; do
		: >"$C/$list"
		warning="qv-mailbox: warning: $C/$list exists: a qmail-smtpd that reads it refuses every recipient that it does not list; add"
		for command in "add a@example.com" "forward a@example.com x@example.org" "add A@example.com --box old"; do
			# shellcheck disable=SC2086
			exits 0 qv-mailbox $command
			[ "${lines[0]}" = "$warning a@example.com" ]
			# shellcheck disable=SC2086
			exits 0 qv-mailbox $command
			[[ "$output" != *warning* ]]
			exits 0 qv-mailbox del a@example.com
			[ "$output" = "" ]
		done
		exits 0 qv-mailbox default example.com postmaster@example.com
		[ "$output" = "$warning those of example.com" ]
		exits 0 qv-mailbox default example.com bounce
		[ "$output" = "" ]
		exits 0 qv-mailbox -n forward 'user-*@example.com' x@example.org
		[ "${lines[0]}" = "$warning those of user-*@example.com" ]
		rm "$C/$list"
	done
}

@test "mailbox add: a list of valid recipients that has the address, or its whole domain, is no warning" {
	for lines in 'x@y.example\na@example.com' 'A@Example.com\r\n' '@example.com\n' '# old\n@EXAMPLE.COM \n'; do
		printf %b "$lines" >"$C/validrcptto"
		exits 0 qv-mailbox forward a@example.com x@example.org
		[ "$output" = "" ]
		exits 0 qv-mailbox del a@example.com
	done
	for lines in 'aa@example.com\n' '@ample.com\n@example.co\n' 'a\n' '-a@example.com\n'; do
		printf %b "$lines" >"$C/validrcptto"
		exits 0 qv-mailbox forward a@example.com x@example.org
		[[ "$output" == *"$C/validrcptto exists"* ]]
		exits 0 qv-mailbox del a@example.com
	done
	rm "$C/validrcptto"
	for key in a@example.com @example.com; do
		printf '+%d,0:%s->\n\n' "${#key}" "$key" | cdb -c "$C/validrcptto.cdb" -
		exits 0 qv-mailbox forward a@example.com x@example.org
		[ "$output" = "" ]
		exits 0 qv-mailbox forward b@example.com x@example.org
		[[ $key = @* || "$output" == *"add b@example.com" ]]
		exits 0 qv-mailbox del a@example.com
		exits 0 qv-mailbox del b@example.com
	done
}

@test "mailbox forward, default, add --copy: a target here that nobody is gets a warning, and is written" {
	qv-domain add pop example.com ex1
	for command in "forward a@example.com nobody@example.com" "add b@example.com --copy nobody@example.com" \
		"default a-*@example.com nobody@example.com"; do
		# shellcheck disable=SC2086
		exits 0 qv-mailbox $command
		[[ "$output" == *"qv-mailbox: warning: nobody@example.com: no such address here: "* ]]
		qv-mailbox default example.com bounce
	done
	for target in a@example.com postmaster@example.com nobody@example.org; do
		exits 0 qv-mailbox forward c@example.com "$target"
		[ "$output" = "" ]
	done
	qv-mailbox default example.com postmaster@example.com
	exits 0 qv-mailbox forward d@example.com nobody@example.com
	[ "$output" = "" ]
}
