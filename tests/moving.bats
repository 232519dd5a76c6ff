#!/usr/bin/env bats
# Set-ups that others laid out: by hand, by vpopmail, by vmailmgr. Not a byte of mail moves.

load helper

setup() {
	fresh_root
}

# A customer by hand: another id than the domain, a home of his own, a Maildir a user.
by_hand() {
	ANN=$ROOT/home/ann
	mkdir -p "$ANN/joe/Maildir/"{new,cur,tmp}
	echo ./joe/Maildir/ >"$ANN/.qmail-joe"
	echo '&joe@example.com' >"$ANN/.qmail-info"
	echo '|/usr/bin/vacation joe' >"$ANN/.qmail-away"
	[ "$(id -u)" != 0 ] || chown -R 1001:100 "$ANN"
	ANNUID=$(stat -c %u "$ANN") ANNGID=$(stat -c %g "$ANN")
	printf 'example.com\n' >"$C/rcpthosts"
	printf 'example.com:anns\n' >"$C/virtualdomains"
	printf '+anns-:ann:%s:%s:/home/ann:-::\n.\n' "$ANNUID" "$ANNGID" >"$U/assign"
	qv-newu
}

@test "a home of others: addresses are added, sent on and taken away there, and belong to its owner" {
	by_hand
	exits 0 qv-mailbox add bob@example.com
	[ "$output" = ann-0000 ]
	same "$ANN/.qmail-bob" $'/home/ann/POP/ann-0000/\n'
	[ "$(stat -c '%a %u:%g' "$ANN/.qmail-bob")" = "644 $ANNUID:$ANNGID" ]
	[ "$(stat -c '%a %u:%g' "$ANN/POP/ann-0000"{,/new,/cur,/tmp} | sort -u)" = "700 $ANNUID:$ANNGID" ]
	exits 0 qv-mailbox add eve@example.com
	[ "$output" = ann-0001 ]
	exits 0 qv-mailbox forward info@example.com bob@example.com
	same "$ANN/.qmail-info" $'&bob@example.com\n'
	exits 0 qv-mailbox default example.com box ann-0001
	same "$ANN/.qmail-default" $'/home/ann/POP/ann-0001/\n'
	exits 0 qv-mailbox del info@example.com
	[ ! -e "$ANN/.qmail-info" ]
}

@test "a home of others: what it says is listed" {
	by_hand
	exits 0 qv-mailbox list example.com
	[ "$(tr -s ' ' <<<"$output")" = 'away@example.com program /usr/bin/vacation joe
info@example.com forward joe@example.com
joe@example.com maildir ./joe/Maildir/' ]
	exits 0 qv-domain show example.com
	[[ $output == *"home         /home/ann"* ]]
}

@test "a home of others: a box is purged, one that another address uses is not" {
	by_hand
	qv-mailbox add bob@example.com
	qv-mailbox add rob@example.com --box ann-0000
	refuses 100 qv-mailbox del bob@example.com --purge
	[[ $output == *"/home/ann/.qmail-rob delivers into ann-0000 too"* ]]
	exits 0 qv-mailbox del rob@example.com
	exits 0 qv-mailbox del bob@example.com --purge
	[ ! -e "$ANN/POP/ann-0000" ]
	exits 0 qv-mailbox add bob@example.com
	[ "$output" = ann-0001 ]
}

@test "a home of others: the domain goes, its home is never purged" {
	by_hand
	refuses 100 qv-domain del example.com --purge --force
	[[ $output == *"/home/ann was not laid out by qv-domain"* ]]
	exits 0 qv-domain del example.com
	same "$U/assign" $'.\n'
	[ -d "$ANN/joe/Maildir/new" ]
}

@test "a home of others: passwords are given to boxes by name and to Maildirs by address" {
	by_hand
	qv-mailbox add bob@example.com
	exits 0 qv-mailbox passwd ann-0000 <<<secret
	exits 0 qv-mailbox passwd joe@example.com <<<hidden
	grep -q '^Maildir:\$6\$.*:/home/ann/joe/Maildir$' "$U/qv-passwd"
	grep -q '^ann-0000:\$6\$.*:/home/ann/POP/ann-0000$' "$U/qv-passwd"
}

@test "a home of others: whoever logs in becomes its owner, not popusr" {
	[ "$(id -u)" = 0 ] || skip "only root becomes somebody else"
	by_hand
	chmod o+x "$ROOT"/home
	qv-mailbox passwd joe@example.com <<<hidden
	exits 0 qv-auth sh -c 'echo $(id -u):$(id -g); pwd' 3< <(printf 'joe@example.com\0hidden\0\0')
	[ "$output" = "1001:100
$ANN/joe/Maildir" ]
}

@test "a home of others: extensions and other dashes in users/assign decide how .qmail files are named" {
	by_hand
	printf '+anns-:ann:%s:%s:/home/ann:-:Shop.x-:\n.\n' "$ANNUID" "$ANNGID" >"$U/assign"
	echo '&joe@example.net' >"$ANN/.qmail-shop:x-sales"
	exits 0 qv-mailbox list example.com
	[ "$(tr -s ' ' <<<"$output")" = 'sales@example.com forward joe@example.net' ]
	exits 0 qv-mailbox add bob@example.com
	[ -e "$ANN/.qmail-shop:x-bob" ]
	printf '+anns-:ann:%s:%s:/home/ann:+::\n.\n' "$ANNUID" "$ANNGID" >"$U/assign"
	refuses 100 qv-mailbox add eve@example.com
	[[ $output == *".qmail+*"* ]]
}

@test "mailbox add --maildir: an address delivers into a Maildir where it is" {
	by_hand
	exits 0 qv-mailbox add jo@example.com --maildir /home/ann/joe/Maildir/
	[ "$output" = /home/ann/joe/Maildir ]
	same "$ANN/.qmail-jo" $'/home/ann/joe/Maildir/\n'
	before=$(tree)
	exits 0 qv-mailbox add jo@example.com --maildir /home/ann/joe/Maildir
	[ "$(tree)" = "$before" ]
	for bad in / ann /home/../etc /home/./ann "/home/a b" /home/a:b //home/ann "$(printf '/%0300d' 1)"; do
		refuses 100 qv-mailbox add al@example.com --maildir "$bad"
	done
}

@test "domain add virtual: a directory of others becomes a domain's home, as its owner's" {
	by_hand
	exits 0 qv-domain add virtual example.net /home/ann --no-subdomains
	same "$C/virtualdomains" $'example.com:anns\nexample.net:example.net\n'
	same "$C/rcpthosts" $'example.com\nexample.net\n'
	same "$U/assign" "+anns-:ann:$ANNUID:$ANNGID:/home/ann:-::
+example.net-:example.net:$ANNUID:$ANNGID:/home/ann:-::
.
"
	before=$(tree)
	exits 0 qv-domain add virtual example.net /home/ann --no-subdomains
	exits 0 qv-domain add virtual example.com /home/ann --no-subdomains
	[ "$(tree)" = "$before" ]
	refuses 100 qv-domain add virtual example.com /home/eve --no-subdomains
	refuses 100 qv-domain add virtual example.org /home/ann --owner 0:0
}
