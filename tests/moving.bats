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
	for bad in / ann /home/../etc /home/./ann "/home/a b" //home/ann "$(printf '/%0300d' 1)"; do
		refuses 100 qv-mailbox add al@example.com --maildir "$bad"
	done
	refuses 100 qv-domain add virtual example.org /home/a:b --owner 1001:100
	[[ $output == *"invalid home"* ]]
}

@test "mailbox --maildir: one that is missing is made; a directory that is no Maildir is refused" {
	by_hand
	exits 0 qv-mailbox add al@example.com --maildir /home/ann/al/Maildir
	[ -d "$ANN/al/Maildir/new" ]
	refuses 100 qv-mailbox add bo@example.com --maildir /home/ann/al
	[[ $output == *"$ANN/al is not a Maildir: it has no directory new"* ]]
	refuses 100 qv-mailbox default example.com maildir /home/ann
	exits 0 qv-domain import <<<'mailbox add bo@example.com --maildir /home/ann/bo/Maildir
mailbox add cy@example.com --maildir /home/ann/bo/Maildir'
	rmdir "$ANN/bo/Maildir/new" # of what is there already qv-check tells
	exits 0 qv-mailbox add bo@example.com --maildir /home/ann/bo/Maildir
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
	exits 0 qv-domain alias other.example.org "$domain"
	exits 0 qv-mailbox list other.example.org
	[[ $output == *"new@other.example.org"*"box"*"$box"* ]]
	exits 0 qv-domain del other.example.org
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

@test "adopt: the line of a domain below another entry has the ids that qmail-lspawn reads there" {
	user ann
	echo club.example.org >>"$C/rcpthosts"
	echo club.example.org:ann-the-club >>"$C/virtualdomains"
	printf '+ann-:ann:%s:%s:/home/ann:-:x-:\n.\n' 99999999999999999999999999999999 4294967806 >"$U/assign"
	exits 0 qv-domain adopt club.example.org
	[ "$(sed -n 2p "$U/assign")" = "+ann-the-club-:ann:4294967295:510:/home/ann:-:x-the-club-:" ]
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
	[[ $output == *"left: /var/qmail/control/virtualdomains:2: no line of users/assign matches this id"* ]]
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
left: /var/qmail/control/virtualdomains:3: mail.example.com:: an exclusion: its mail is sent out
left: /var/qmail/control/virtualdomains:4: :anns: the default for domains without a line of their own
left: /var/qmail/users/assign:1: =joe:joe:7:7:/home/joe:::: not a domain: local addresses
left: /var/qmail/users/assign:4: +late-:x:7:7:/x:-::: is after the final dot: qmail does not read it" ]
	sed -i '1i# ours' "$U/assign"
	exits 0 qv-domain adopt
	[[ $output == *"left: /var/qmail/users/assign:1: # ours: qmail-newu does not accept comments; remove this line"* ]]
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

# --- vpopmail

# shellcheck disable=SC2016 # a hash, of "secret"
HASH1='$1$abcd0123$6ki7uMewzcVzQMOmoR2ev1'

# A home of vpopmail's with one domain; vuser NAME [GID [QUOTA [HASH]]] adds to it.
vpopmail() {
	V=/home/vpopmail
	VD=$V/domains/example.com
	mkdir -p "$ROOT$VD"
	echo "| $V/bin/vdelivermail '' bounce-no-mailbox" >"$ROOT$VD/.qmail-default"
	: >"$ROOT$VD/vpasswd"
	vuser postmaster
	vuser joe 0
	echo '&joe@example.com' >"$ROOT$VD/.qmail-info"
}

vuser() {
	echo "$1:${4-$HASH1}:1:${2-0}:$1:$VD/$1:${3-NOQUOTA}" >>"$ROOT$VD/vpasswd"
	mkdir -p "$ROOT$VD/$1/Maildir/"{new,cur,tmp}
}

vowned() {
	[ "$(id -u)" != 0 ] || chown -R 89:89 "$ROOT/home/vpopmail"
	VUID=$(stat -c %u "$ROOT$VD") VGID=$(stat -c %g "$ROOT$VD")
}

@test "vpopmail: domains, users and passwords come along; their Maildirs and aliases stay where they are" {
	vpopmail
	vowned
	before=$(cd "$ROOT$V" && find . | sort)
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	[ "$output" = '' ]
	same "$U/assign" "+example.com-:example.com:$VUID:$VGID:$VD:-::
.
"
	same "$C/virtualdomains" $'example.com:example.com\n'
	[ "$(tail -1 "$C/rcpthosts")" = example.com ]
	same "$ROOT$VD/.qmail-joe" "$VD/joe/Maildir/
"
	[ "$(stat -c '%a %u:%g' "$ROOT$VD/.qmail-joe")" = "644 $VUID:$VGID" ]
	same "$ROOT$VD/.qmail-info" $'&joe@example.com\n'
	[ "$(diff <(echo "$before") <(cd "$ROOT$V" && find . | sort))" = "$(printf '%s\n' 4d3 '< ./domains/example.com/.qmail-default' 5a5,6 \
		'> ./domains/example.com/.qmail-joe' '> ./domains/example.com/.qmail-postmaster')" ]
	grep -Fqx "Maildir:$HASH1:$VD/joe/Maildir" "$U/qv-passwd"
	before=$(tree)
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	[ "$(tree)" = "$before" ]
	exits 0 qv-check
}

@test "vpopmail: whoever had a password there logs in with it, into the old Maildir" {
	[ "$(id -u)" = 0 ] || skip "only root becomes somebody else"
	vpopmail
	vuser ann 2
	vowned
	chmod -R o+x "$ROOT/home"
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	exits 0 qv-auth sh -c 'echo $(id -u):$(id -g); pwd' 3< <(printf 'joe@example.com\0%s\0\0' secret)
	[ "$output" = "89:89
$ROOT$VD/joe/Maildir" ]
	exits 1 qv-auth true 3< <(printf 'joe@example.com\0wrong\0\0')
	exits 1 qv-auth true 3< <(printf 'ann@example.com\0%s\0\0' secret) # may not by POP: suspended
	exits 0 qv-mailbox passwd ann@example.com <<<other
	[ "$output" = "qv-mailbox: ann@example.com stays suspended; qv-mailbox enable ann@example.com lets it log in" ]
}

@test "vpopmail: -n shows it and changes nothing" {
	vpopmail
	vowned
	before=$(tree)
	exits 0 qv-domain -n import --from vpopmail /home/vpopmail
	[[ $output == *"+$VD/joe/Maildir/"* && $output == *"+example.com:example.com"* ]]
	[ "$(tree)" = "$before" ]
}

@test "vpopmail: a gateway that vpopmail has set up already keeps its lines" {
	vpopmail
	vowned
	printf '%s\n' example.com alias.example.org >"$C/rcpthosts"
	printf '%s\n' example.com:example.com alias.example.org:alias.example.org >"$C/virtualdomains"
	printf '%s\n' "+example.com-:example.com:$VUID:$VGID:$VD:-::" "+alias.example.org-:example.com:$VUID:$VGID:$VD:-::" . >"$U/assign"
	cp "$U/assign" "$C/virtualdomains" "$C/rcpthosts" "$BATS_TEST_TMPDIR"
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	for f in "$U/assign" "$C/virtualdomains" "$C/rcpthosts"; do
		diff "$f" "$BATS_TEST_TMPDIR/${f##*/}"
	done
	exits 0 qv-mailbox list alias.example.org
	[[ $output == *"joe@alias.example.org"* ]]
}

@test "vpopmail: hashed directories, links as other names, trees that were moved" {
	vpopmail
	mkdir -p "$ROOT$V/domains/A"
	mv "$ROOT$VD" "$ROOT$V/domains/A/example.com"
	sed -i "s,$VD,/old/vpopmail/domains/A/example.com," "$ROOT$V/domains/A/example.com/vpasswd"
	ln -s example.com "$ROOT$V/domains/A/example.net"
	VD=$V/domains/A/example.com vowned
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	same "$ROOT$V/domains/A/example.com/.qmail-joe" "$V/domains/A/example.com/joe/Maildir/
"
	same "$C/virtualdomains" $'example.com:example.com\nexample.net:example.net\n'
	exits 0 qv-mailbox list example.net
	[[ $output == *"joe@example.net"*"$V/domains/A/example.com/joe/Maildir/"* ]]
}

@test "vpopmail: vpasswd.cdb serves where there is no vpasswd" {
	vpopmail
	cdb -c -t - "$ROOT$VD/vpasswd.cdb" < <(while IFS=: read -r name rest; do
		printf '+%d,%d:%s->%s\n' ${#name} ${#rest} "$name" "$rest"
	done <"$ROOT$VD/vpasswd"; echo)
	rm "$ROOT$VD/vpasswd"
	vowned
	cp "$ROOT$VD/vpasswd.cdb" "$BATS_TEST_TMPDIR/cdb"
	for n in 1 100 2047 2048 2060 -8 -1; do
		head -c "$n" "$BATS_TEST_TMPDIR/cdb" >"$ROOT$VD/vpasswd.cdb"
		refuses 100 qv-domain import --from vpopmail /home/vpopmail
		[[ $output == *"$VD/vpasswd.cdb is not a valid cdb"* ]]
	done
	cp "$BATS_TEST_TMPDIR/cdb" "$ROOT$VD/vpasswd.cdb"
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	grep -Fqx "Maildir:$HASH1:$VD/joe/Maildir" "$U/qv-passwd"
}

@test "vpopmail: copies and forwards of a user are kept, what is no more is named" {
	vpopmail
	vuser ann 0 10485760S
	vuser bob 16
	vuser eve 0 NOQUOTA '{SHA}x'
	vuser kim
	printf '&x@example.net\n./Maildir/\n' >"$ROOT$VD/ann/.qmail"
	printf '&y@example.net\n' >"$ROOT$VD/bob/.qmail"
	printf '| spamfilter\n' >"$ROOT$VD/kim/.qmail"
	echo '&else@example.net' >"$ROOT$VD/.qmail-postmaster"
	vowned
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	[ "$output" = "qv-domain: warning: postmaster@example.com: its .qmail file, which is kept, does not deliver into $VD/postmaster/Maildir: nobody can log in there
qv-domain: warning: ann@example.com: the quota 10485760S is not kept
qv-domain: warning: bob@example.com: its mail was bounced by vpopmail; it is delivered now
qv-domain: warning: bob@example.com: is forwarded and not kept: nobody can log in to $VD/bob/Maildir any more
qv-domain: warning: eve@example.com: invalid password hash: prefix {SHA} is not a scheme of crypt(3); qv-mailbox passwd eve@example.com sets a new password
qv-domain: warning: $ROOT$VD/kim/.qmail: program  spamfilter is not run for kim@example.com any more
qv-domain: warning: kim@example.com: $ROOT$VD/kim/.qmail delivered in a way that qvmail does not support; its mail is kept in $VD/kim/Maildir now" ]
	same "$ROOT$VD/.qmail-ann" "$VD/ann/Maildir/
&x@example.net
"
	same "$ROOT$VD/.qmail-bob" $'&y@example.net\n'
	grep -Fq "$VD/ann/Maildir" "$U/qv-passwd"
}

@test "vpopmail: what happens to mail for unknown users" {
	vpopmail
	for to in delete joe@example.com "$V/domains/example.com/joe" "$V/domains/example.com/joe/Maildir"; do
		echo "| $V/bin/vdelivermail '' $to" >"$ROOT$VD/.qmail-default"
		vowned
		exits 0 qv-domain import --from vpopmail /home/vpopmail
		cat "$ROOT$VD/.qmail-default"
	done >"$BATS_TEST_TMPDIR/out"
	same "$BATS_TEST_TMPDIR/out" "# mail for unknown addresses is thrown away
&joe@example.com
$VD/joe/Maildir/
$VD/joe/Maildir/
"
	echo '|/usr/local/bin/own-filter' >"$ROOT$VD/.qmail-default"
	before=$(tree)
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	[ "$(tree)" = "$before" ]
}

@test "vpopmail: what control/defaultdelivery made of the mail of its users is said" {
	vpopmail
	vowned
	for own in '|/var/qmail/bin/preline -f /usr/lib/dovecot/deliver -d $EXT@$USER' '&joe@example.net'; do
		printf '# ours\n%s\n' "$own" >"$C/defaultdelivery"
		exits 0 qv-domain -n import --from vpopmail /home/vpopmail
		[[ $output == *"warning: $C/defaultdelivery:2: "*" is not done any more for users without a .qmail file of their own"*"--enable-defaultdelivery"* ]]
		[ "$(grep -c warning <<<"$output")" = 1 ]
	done
	# what vpopmail itself writes there, and Maildirs, change nothing
	for own in "| $V/bin/vdelivermail '' delete" ./Maildir/ '#'; do
		echo "$own" >"$C/defaultdelivery"
		exits 0 qv-domain -n import --from vpopmail /home/vpopmail
		[[ $output != *warning* ]]
	done
}

@test "vpopmail: names that qvmail does not take are left out and named, users elsewhere too" {
	vpopmail
	for name in 'a b' '../x' 'x/y' 'joe --maildir' 'default' "$(printf '%0250d' 1)"; do
		echo "$name:$HASH1:1:0:x:$VD/x:NOQUOTA" >>"$ROOT$VD/vpasswd"
	done
	echo "far:$HASH1:1:0:x:/etc:NOQUOTA" >>"$ROOT$VD/vpasswd"
	echo "up:$HASH1:1:0:x:$VD/../../../../etc:NOQUOTA" >>"$ROOT$VD/vpasswd"
	vowned
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	[ "$(grep -c 'left out' <<<"$output")" -eq 8 ]
	[ "$(cd "$ROOT$VD" && echo .qmail-*)" = '.qmail-info .qmail-joe .qmail-postmaster' ]
}

@test "vpopmail: what is no home of vpopmail's, and broken tables, are refused" {
	refuses 100 qv-domain import --from vpopmail /home/nowhere
	refuses 100 qv-domain import --from vpopmail home
	refuses 100 qv-domain import --from sendmail /home
	vpopmail
	echo nonsense >>"$ROOT$VD/vpasswd"
	refuses 100 qv-domain import --from vpopmail /home/vpopmail
	[[ $output == *"$VD/vpasswd:3: invalid line of vpasswd"* ]]
	rm "$ROOT$VD/vpasswd"
	refuses 100 qv-domain import --from vpopmail /home/vpopmail
	[[ $output == *vconvert* ]]
}

@test "vpopmail: a link planted in its tree is not followed" {
	[ "$(id -u)" = 0 ] || skip "needs root: who is the owner himself may follow his links"
	vpopmail
	echo "root:$HASH1:1:0:x:$VD/root:NOQUOTA" >"$ROOT/etc/secret"
	vowned
	rm "$ROOT$VD/vpasswd"
	ln -s /etc/secret "$ROOT$VD/vpasswd"
	chown -h 89:89 "$ROOT$VD/vpasswd"
	run qv-domain import --from vpopmail /home/vpopmail
	[ "$status" -ne 0 ]
	[ ! -e "$U/qv-passwd" ]
}

# --- vmailmgr

# record NAME VERSION MAILBOX HASH DIRECTORY QUOTA EXPIRY [FORWARD...]: as cdb -c takes it.
record() {
	local name=$1 file=$BATS_TEST_TMPDIR/record
	case $2 in
	2) printf "\\2\\12\\$3\\10\\${ENABLED-1}\\0" ;;
	1) printf '\1' ;;
	esac >"$file"
	printf '%s\0%s\0' "$4" "$5" >>"$file"
	local quota=$6 expiry=$7
	shift 7
	[ $# = 0 ] || printf '%s\0' "$@" >>"$file"
	printf '\0Personal\0%s\0%s\0%s\0%s\0%s\0%s\0' "$quota" 4294967295 4294967295 4294967295 1000000000 "$expiry" >>"$file"
	printf '+%d,%d:%s->' ${#name} "$(stat -c %s "$file")" "$name"
	cat "$file"
	echo
}

# The home of the user hosting, who has example.com and example.net.
vmailmgr() {
	NONE=4294967295
	user hosting
	H=$ROOT/home/hosting
	for name in joe ann; do
		mkdir -p "$H/users/$name/"{new,cur,tmp}
	done
	echo '|vdeliver' >"$H/.qmail-default"
	printf '%s\n' example.com example.net >>"$C/rcpthosts"
	printf '%s\n' example.com:hosting example.net:hosting >>"$C/virtualdomains"
	{
		record joe 2 1 "$HASH1" ./users/joe $NONE $NONE
		record ann 1 1 "$HASH1" ./users/ann $NONE $NONE ann@example.org
		record info 2 0 '*' '' $NONE $NONE joe boss@example.org
		"$@"
		echo
	} | cdb -c -t - "$H/passwd.cdb"
	[ "$(id -u)" != 0 ] || chown -R "$POPUID:$POPGID" "$H"
}

@test "vmailmgr: users, aliases and passwords come along; their Maildirs stay where they are" {
	vmailmgr
	exits 0 qv-domain import --from vmailmgr /home/hosting
	[ "$output" = '' ]
	same "$U/assign" "+hosting-:hosting:$POPUID:$POPGID:/home/hosting:-::
.
"
	same "$C/virtualdomains" $'example.com:hosting\nexample.net:hosting\n'
	same "$H/.qmail-joe" $'/home/hosting/users/joe/\n'
	same "$H/.qmail-ann" $'/home/hosting/users/ann/\n&ann@example.org\n'
	same "$H/.qmail-info" $'&joe@example.com\n&boss@example.org\n'
	[ ! -e "$H/.qmail-default" ]
	grep -Fqx "joe:$HASH1:/home/hosting/users/joe" "$U/qv-passwd"
	exits 0 qv-mailbox list example.net
	[[ $output == *"ann@example.net"*"/home/hosting/users/ann/"* ]]
	before=$(tree)
	exits 0 qv-domain import --from vmailmgr /home/hosting
	[ "$(tree)" = "$before" ]
}

@test "vmailmgr: a login works with the old password, by address, also of one who has copies sent on" {
	[ "$(id -u)" = 0 ] || skip "only root becomes somebody else"
	vmailmgr
	chmod -R o+x "$ROOT/home"
	exits 0 qv-domain import --from vmailmgr /home/hosting
	for who in joe@example.com ann@example.net; do
		exits 0 qv-auth pwd 3< <(printf '%s\0secret\0\0' "$who")
		[ "$output" = "$H/users/${who%@*}" ]
	done
}

@test "vmailmgr: a name with a dot, whose Maildir has a colon there; a directory below ./ twice" {
	dotted() {
		record ann.lee 2 1 "$HASH1" ./users/Ann:Lee $NONE $NONE
		record far 2 1 "$HASH1" ././users/far $NONE $NONE
	}
	vmailmgr dotted
	mkdir -p "$H/users/"{Ann:Lee,far}/{new,cur,tmp}
	[ "$(id -u)" != 0 ] || chown -R "$POPUID:$POPGID" "$H/users"
	chmod -R o+x "$ROOT/home"
	exits 0 qv-domain import --from vmailmgr /home/hosting
	[ "$output" = '' ]
	same "$H/.qmail-ann:lee" $'/home/hosting/users/Ann:Lee/\n'
	same "$H/.qmail-far" $'/home/hosting/users/far/\n'
	grep -Fqx "Ann.Lee:$HASH1:/home/hosting/users/Ann:Lee" "$U/qv-passwd"
	exits 0 qv-domain export
	[[ $output == *"mailbox add ann.lee@example.com --maildir /home/hosting/users/Ann:Lee"* ]]
	exits 0 qv-mailbox suspend ann.lee@example.com
	[ "$(grep -c '^Ann.Lee:!' "$U/qv-passwd")" = 1 ]
	exits 0 qv-mailbox enable ann.lee@example.net
	[ "$(id -u)" = 0 ] || skip "only root becomes somebody else"
	exits 0 qv-auth pwd 3< <(printf '%s\0secret\0\0' Ann.Lee@example.com)
	[ "$output" = "$H/users/Ann:Lee" ]
	exits 0 qv-auth pwd 3< <(printf '%s\0secret\0\0' ann.lee)
}

@test "vmailmgr: a gateway that does not know its domains is told them" {
	vmailmgr
	: >"$C/virtualdomains"
	echo localhost >"$C/rcpthosts"
	refuses 100 qv-domain import --from vmailmgr /home/hosting
	exits 0 qv-domain import --from vmailmgr /home/hosting example.com
	same "$C/virtualdomains" $'example.com:example.com\n'
	same "$U/assign" "+example.com-:example.com:$POPUID:$POPGID:/home/hosting:-::
.
"
}

@test "vmailmgr: everybody else's mail, and what cannot be kept" {
	more() {
		record + 2 0 '*' '' $NONE $NONE joe
		record old 2 1 "$HASH1" ./users/ann 1000000 1000000000
		ENABLED=0 record off 2 1 "$HASH1" ./users/joe $NONE $NONE
		record far 2 1 "$HASH1" /etc $NONE $NONE
		record up 2 1 "$HASH1" ./../other $NONE $NONE
		record 'a b' 2 1 "$HASH1" ./users/joe $NONE $NONE
		printf '+3,15:pre->:%s\n' 'xx:./users/pre' # before version 1
	}
	vmailmgr more
	exits 0 qv-domain import --from vmailmgr /home/hosting
	same "$H/.qmail-default" $'&joe@example.com\n'
	same "$H/.qmail-pre" $'/home/hosting/users/pre/\n'
	[ "$(grep -cE "not kept|now its mail is kept" <<<"$output")" -eq 3 ]
	[ "$(grep -c 'left out' <<<"$output")" -eq 5 ]
	grep -Fq "joe:!$HASH1" "$U/qv-passwd"
}

@test "vmailmgr: what is no home of vmailmgr's, and a broken table, are refused" {
	refuses 100 qv-domain import --from vmailmgr /home
	vmailmgr
	cp "$H/passwd.cdb" "$BATS_TEST_TMPDIR/cdb"
	for n in 0 100 2048 2070 -1; do
		head -c "$n" "$BATS_TEST_TMPDIR/cdb" >"$H/passwd.cdb"
		refuses 100 qv-domain import --from vmailmgr /home/hosting
	done
	printf '+3,4:joe->\7abc\n\n' | cdb -c -t - "$H/passwd.cdb"
	refuses 100 qv-domain import --from vmailmgr /home/hosting
	[[ $output == *"invalid vmailmgr record of \"joe\""* ]]
}

# --- export

@test "export: what was moved in comes out as commands, and goes into another root as it was" {
	vpopmail
	vuser ann
	printf '&x@example.net\n./Maildir/\n' >"$ROOT$VD/ann/.qmail"
	vowned
	exits 0 qv-domain import --from vpopmail /home/vpopmail
	exits 0 qv-mailbox add new@example.com
	exits 0 qv-mailbox passwd new@example.com <<<secret
	exits 0 qv-mailbox default example.com discard
	exits 0 qv-domain export
	echo "$output" >"$BATS_TEST_TMPDIR/out"
	[ "$(grep "^#" <<<"$output" | grep -vcE "localhost|gateway")" -eq 0 ] || { echo "$output"; false; }
	was=$ROOT
	ROOT=$BATS_TEST_TMPDIR/second
	pristine "$ROOT"
	mkdir -p "$ROOT/etc"
	cp "$was/etc/passwd" "$ROOT/etc"
	QVMAIL_ROOT=$ROOT exits 0 qv-domain import "$BATS_TEST_TMPDIR/out"
	for f in var/qmail/{users/assign,users/qv-passwd,control/virtualdomains,control/rcpthosts}; do
		diff <(sort "$was/$f") <(sort "$ROOT/$f")
	done
	(cd "$was$VD" && for f in .qmail-*; do diff "$f" "$ROOT$VD/$f"; done)
	[ "$(stat -c %u:%g "$ROOT$VD" "$ROOT$VD/joe/Maildir/new" | sort -u)" = "$VUID:$VGID" ]
}
