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

# --- adopt

# user NAME: one of the system's, at home in /home/NAME.
user() {
	printf '%s:x:%s:%s::/home/%s:/bin/sh\n' "$1" "$POPUID" "$POPGID" "$1" >>"$ROOT/etc/passwd"
	mkdir -p "$ROOT/home/$1"
	[ "$(id -u)" != 0 ] || chown "$POPUID:$POPGID" "$ROOT/home/$1"
}

# All that can be done to a domain, each kind of command once: DOMAIN HOME EXT
manage() {
	local domain=$1 home=$2 ext=$3
	exits 0 qv-mailbox add "new@$domain"
	local box=$output
	[ -d "$ROOT$home/POP/$box/new" ]
	same "$ROOT$home/.qmail-${ext}new" "$home/POP/$box/
"
	exits 0 qv-mailbox passwd "new@$domain" <<<secret
	exits 0 qv-mailbox suspend "$box"
	exits 0 qv-mailbox forward "fwd@$domain" "new@$domain"
	exits 0 qv-mailbox default "$domain" box "$box"
	exits 0 qv-mailbox list "$domain"
	[[ $output == *"new@$domain"*"box"*"$box"* ]]
	exits 0 qv-domain show "$domain"
	exits 0 qv-route "new@$domain"
	exits 0 qv-domain export
	exits 0 qv-mailbox default "$domain" bounce
	exits 0 qv-mailbox del "fwd@$domain"
	exits 0 qv-mailbox del "new@$domain" --purge
	exits 0 qv-domain del "$domain"
}

@test "adopt: a domain with an id and a home of its own is shown whole, and nothing changes" {
	by_hand
	before=$(tree)
	exits 0 qv-domain adopt
	[ "$output" = "example.com
  form       virtual
  handle     ann
  id         anns
  home       /home/ann
  owner      $ANNUID:$ANNGID
  away@example.com                         program  /usr/bin/vacation joe
  info@example.com                         forward  joe@example.com
  joe@example.com                          maildir  ./joe/Maildir/
  left: /home/ann/.qmail-away:1: program /usr/bin/vacation joe" ]
	[ "$(tree)" = "$before" ]
	manage example.com /home/ann ''
}

@test "adopt: a domain that a user of the system has gets the line that says so" {
	user ann
	echo example.com >>"$C/rcpthosts"
	echo shop.example.com >>"$C/rcpthosts"
	echo example.com:ann >>"$C/virtualdomains"
	echo shop.example.com:ann-shop >>"$C/virtualdomains"
	echo ./Maildir/ >"$ROOT/home/ann/.qmail-joe"
	echo '&x@example.net' >"$ROOT/home/ann/.qmail-shop-sales"
	exits 0 qv-domain -n adopt
	[[ $output == *"++ann-shop-:ann:$POPUID:$POPGID:/home/ann:-:shop-:"* ]]
	same "$U/assign" $'.\n'
	exits 0 qv-domain adopt
	same "$U/assign" "+ann-:ann:$POPUID:$POPGID:/home/ann:-::
+ann-shop-:ann:$POPUID:$POPGID:/home/ann:-:shop-:
.
"
	before=$(tree)
	exits 0 qv-domain adopt ann shop.example.com
	[ "$(tree)" = "$before" ]
	exits 0 qv-mailbox list shop.example.com
	[ "$(tr -s ' ' <<<"$output")" = 'sales@shop.example.com forward x@example.net' ]
	manage shop.example.com /home/ann shop-
	manage example.com /home/ann ''
}

@test "adopt: a domain below another entry of users/assign gets a line with its extension" {
	user ann
	echo club.example.org >>"$C/rcpthosts"
	echo club.example.org:ann-the-club >>"$C/virtualdomains"
	printf '+ann-:ann:%s:%s:/home/ann:-:x-:\n.\n' "$POPUID" "$POPGID" >"$U/assign"
	exits 0 qv-domain adopt club.example.org
	[ "$(sed -n 2p "$U/assign")" = "+ann-the-club-:ann:$POPUID:$POPGID:/home/ann:-:x-the-club-:" ]
	manage club.example.org /home/ann x-the-club-
}

@test "adopt: a domain that the user alias has gets its line only where files show that it is meant" {
	printf 'alias:x:%s:%s::/var/qmail/alias:/bin/sh\n' "$POPUID" "$POPGID" >>"$ROOT/etc/passwd"
	mkdir -p "$ROOT/var/qmail/alias"
	[ "$(id -u)" != 0 ] || chown "$POPUID:$POPGID" "$ROOT/var/qmail/alias"
	printf '%s\n' club.example.org lost.example.org >>"$C/rcpthosts"
	printf '%s\n' club.example.org:club lost.example.org:lost >>"$C/virtualdomains"
	echo '&x@example.net' >"$ROOT/var/qmail/alias/.qmail-club-joe"
	exits 0 qv-domain adopt
	same "$U/assign" "+club-:alias:$POPUID:$POPGID:/var/qmail/alias:-:club-:
.
"
	[[ $output == *"left: /var/qmail/control/virtualdomains:2: nobody delivers this id"* ]]
	manage club.example.org /var/qmail/alias club-
}

@test "adopt: a POP domain laid out flat below /home/popmail" {
	mkdir -p "$ROOT/home/popmail/example.com/joe/"{new,cur,tmp}
	echo ./joe/ >"$ROOT/home/popmail/example.com/.qmail-joe"
	[ "$(id -u)" != 0 ] || chown -R 510:51 "$ROOT/home/popmail/example.com"
	echo example.com >>"$C/rcpthosts"
	echo example.com:flat >>"$C/virtualdomains"
	printf '+flat-:example.com:%s:%s:/home/popmail/example.com:-::\n.\n' "$POPUID" "$POPGID" >"$U/assign"
	qv-newu
	exits 0 qv-domain adopt
	[[ $output == *"joe@example.com"*"maildir  ./joe/"* ]]
	manage example.com /home/popmail/example.com ''
	[ -d "$ROOT/home/popmail/example.com/joe/new" ]
}

@test "adopt: lines that are no domain's are named" {
	by_hand
	printf '%s\n' joe@example.com:anns mail.example.com: :anns >>"$C/virtualdomains"
	printf '=joe:joe:7:7:/home/joe:::\n+anns-:ann:7:7:/home/ann:-::\n.\n+late-:x:7:7:/x:-::\n' >"$U/assign"
	exits 0 qv-domain adopt
	[ "$(grep ^left <<<"$output")" = "left: /var/qmail/control/virtualdomains:2: joe@example.com:anns: for one address
left: /var/qmail/control/virtualdomains:3: mail.example.com:: an exclusion: mail goes out from here
left: /var/qmail/control/virtualdomains:4: :anns: for every domain that has no line of its own
left: /var/qmail/users/assign:1: =joe:joe:7:7:/home/joe:::: no domain's: local addresses
left: /var/qmail/users/assign:4: +late-:x:7:7:/x:-::: stands behind the final dot: qmail never sees it" ]
}

@test "adopt: what is not here is refused, and a bad table" {
	by_hand
	refuses 100 qv-domain adopt nowhere.example.org
	user eve
	echo eve.example.org:eve >>"$C/virtualdomains"
	printf 'nonsense\n.\n' >"$U/assign"
	run qv-domain adopt eve
	[ "$status" -eq 100 ]
	[[ $output == *"/var/qmail/users/assign:1:"* ]]
	same "$U/assign" $'nonsense\n.\n'
}

@test "adopt -j: one document" {
	by_hand
	exits 0 qv-domain adopt -j
	python3 -c 'import json,sys
d=json.load(sys.stdin)
assert d["left"] == []
a=d["domains"][0]
assert a["domain"]=="example.com" and a["id"]=="anns" and a["completed"] is False
assert a["left"]==[{"file":"/home/ann/.qmail-away","line":1,"what":"program /usr/bin/vacation joe"}]
assert a["addresses"][2]=={"address":"joe@example.com","type":"maildir","value":"./joe/Maildir/"}' <<<"$output"
}
