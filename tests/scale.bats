# Nothing is quadratic: twice as much takes every command twice as many instructions, and not more. Counted by valgrind, so
# that neither the machine nor what else it does makes a difference. SCALES=FILE gets the counts.

load helper

# What is compared with twice as much of itself grows by a few per cent more where something is sorted.
MOST=2.06
ALONE=()
FEED='cat'

setup() {
	native valgrind
	command -v valgrind >/dev/null || skip "needs valgrind"
	fresh_root
	ONE=$BATS_TEST_TMPDIR/1 TWO=$BATS_TEST_TMPDIR/2
	mv "$ROOT" "$ONE"
	cp -a "$ONE" "$TWO"
}

# numbers ROOT: N of them, and twice as many for the second root, all of equal length
numbers() {
	seq -f %04.0f $(($1 * N))
}

# in_both COMMAND...: in both roots; numbers are on its input
in_both() {
	numbers 1 | QVMAIL_ROOT=$ONE "$@" >/dev/null
	numbers 2 | QVMAIL_ROOT=$TWO "$@" >/dev/null
}

# instructions ROOT APPLET...: how many it takes; exit code 1 is that something was found
instructions() {
	local r=0
	QVMAIL_ROOT=$BATS_TEST_TMPDIR/$1 "${ALONE[@]}" valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		--log-file="$BATS_TEST_TMPDIR/valgrind" "$QVMAIL" "${@:2}" >"$BATS_TEST_TMPDIR/out" 2>&1 || r=$?
	[ "$r" -le 1 ] || { cat "$BATS_TEST_TMPDIR/out" >&2; return 1; }
	sed -n 's/.*Collected : //p' "$BATS_TEST_TMPDIR/valgrind"
}

# compare ONCE TWICE WHAT
compare() {
	awk -v a="$1" -v b="$2" -v most="$MOST" -v what="$3" 'BEGIN {
		printf "%-40s %12d %12d %6.3f\n", what, a, b, b / a
		exit !(a > 0 && b <= most * a) }' | tee -a "${SCALES:-/dev/null}"
	return "${PIPESTATUS[0]}"
}

# doubles APPLET...: what $FEED makes of the numbers is on its input
doubles() {
	ONCE=$(numbers 1 | "$FEED" | instructions 1 "$@")
	TWICE=$(numbers 2 | "$FEED" | instructions 2 "$@")
	compare "$ONCE" "$TWICE" "$*"
}

# calls ROOT APPLET...: how many of the system
calls() {
	numbers "$1" | "$FEED" | QVMAIL_ROOT=$BATS_TEST_TMPDIR/$1 strace -f -c -qq -o "$BATS_TEST_TMPDIR/calls" \
		"$QVMAIL" "${@:2}" >"$BATS_TEST_TMPDIR/out" 2>&1 ||
		[ $? = 1 ] || { cat "$BATS_TEST_TMPDIR/out" >&2; return 1; }
	awk '$1 ~ /^[0-9.]+$/ && $NF != "total" { n += $4 } END { print n + 0 }' "$BATS_TEST_TMPDIR/calls"
}

# holds INSTRUCTIONS CALLS APPLET...: doubles, and takes no more than that for each number; a tenth is left to compilers
holds() {
	local instructions=$1 calls=$2
	shift 2
	doubles "$@"
	awk -v n="$N" -v i="$((TWICE - ONCE))" -v most_i="$instructions" -v c="$(($(calls 2 "$@") - $(calls 1 "$@")))" \
		-v most_c="$calls" -v what="$*" 'BEGIN {
		printf "%-40s %12d %12.1f for each\n", what, i / n, c / n
		exit !(i / n <= most_i * 1.1 && c / n <= most_c) }' | tee -a "${SCALES:-/dev/null}"
	return "${PIPESTATUS[0]}"
}

# imports COMMANDS: what it makes of the numbers is imported
imports() {
	local once twice
	once=$(numbers 1 | "$1" | instructions 1 domain import)
	twice=$(numbers 2 | "$1" | instructions 2 domain import)
	compare "$once" "$twice" "import: $1"
}

# Every command that can be imported, with names of its own for each number.
customers() {
	sed 's/.*/domain add pop d&.example.com h&\
mailbox add joe@d&.example.com\
mailbox add ann@d&.example.com --box h&-0007 --copy joe@d&.example.com\
mailbox box d&.example.com h&-0009\
mailbox forward info@d&.example.com joe@d&.example.com who@example.net\
mailbox default d&.example.com info@d&.example.com\
mailbox passwd h&-0001 $1$abcdefgh$0123456789012345678901\
mailbox suspend h&-0001\
domain alias a&.example.org d&.example.com\
domain add dialup c&.example.net h& --relayhost mail.example.org\
domain pause c&.example.net\
domain quota c&.example.net 100\
domain trigger c&.example.net --from 10.0.0.1\
domain recipients c&.example.net --add joe,ann\
domain add relay r&.example.org mail.example.org\
domain add backup b&.example.org\
domain add virtual v&.example.org \/home\/v& --owner 510:51\
mailbox forward joe@v&.example.org joe@d&.example.com/'
}

import_customers() {
	customers | qv-domain import
}

# Two domains of one customer with many boxes, some of them named by hand.
boxes() {
	echo 'domain add pop example.com ex1'
	echo 'domain add pop example.org ex1'
	sed 's/.*/mailbox add u&@example.com\
mailbox add v&@example.com --box by-hand-&\
mailbox add w&@example.org --box kept-&\
mailbox passwd u&@example.com $1$abcdefgh$0123456789012345678901/'
}

@test "scale: import of every command, and the same once more" {
	N=25
	FEED=customers holds 600000 1 domain import -n
	imports customers
	imports customers
}

@test "scale: whatever reads the whole set-up" {
	N=30
	in_both import_customers
	holds 138000 31 domain list
	doubles domain list -j
	holds 380000 95 domain export
	doubles domain adopt
	holds 235000 61 mailbox list
	holds 671000 169 check
	holds 5000 1 newu
	doubles master
	doubles rcpt --list
	doubles rcpt --list cdb /var/qmail/users/qv-list.cdb
	doubles domain add backup one.example.com # and that list is made again
}

@test "scale: the state of all dial-up hosts" {
	N=30
	ALONE=(unshare --pid --fork --mount-proc) # /proc/locks, which is read for each host, is then of this process alone
	"${ALONE[@]}" true 2>/dev/null || skip "needs PID namespaces"
	in_both import_customers
	doubles status --json
	doubles status --prometheus
}

# routes ROOT: of two addresses a domain, one of which forwards to others, of a dial-up host and of a stranger
routes() {
	numbers "$1" | sed 's/.*/joe@d&.example.com\ninfo@d&.example.com\njoe@c&.example.net\njoe@s&.example.net/' |
		QVMAIL=$QVMAIL xargs -x -n 1000 bash -c "$(declare -f instructions)"'; instructions "$@"' routes "$1" route
}

@test "scale: routes of many addresses among many domains" {
	N=40
	export BATS_TEST_TMPDIR
	in_both import_customers
	once=$(routes 1)
	twice=$(routes 2)
	compare "$once" "$twice" route
}

@test "scale: many boxes of one customer" {
	N=40
	imports boxes
	imports boxes
	doubles domain list
	doubles domain export
	doubles mailbox list example.com
	doubles check
	doubles mailbox add new@example.com
	doubles mailbox add new2@example.com --box by-hand-0003
	doubles mailbox del u0003@example.com --purge
	doubles domain del example.com --purge
	doubles domain export
	doubles check
}

# Boxes that have not their customer's name: only a look at all of them finds one.
by_hand() {
	sed 's/.*/domain add pop d&.example.com h&\nmailbox add joe@d&.example.com --box kept&\
domain add virtual v&.example.org \/home\/v& --owner 510:51\nmailbox add joe@v&.example.org --box other&/'
}

passwords_by_hand() {
	sed 's/.*/mailbox passwd kept& $1$abcdefgh$0123456789012345678901\nmailbox suspend other&/'
}

@test "scale: boxes that are named by hand" {
	N=100
	imports by_hand
	imports passwords_by_hand
	doubles domain export
	doubles mailbox enable kept0007
}

morercpthosts() {
	sed 's/.*/d&.example.com/' >"$QVMAIL_ROOT/var/qmail/control/morercpthosts"
}

# Each verb, in an order in which each finds what it needs.
verbs() {
	cat <<-'EOF'
	domain add pop new.example.com h0001 --catch-all
	domain add relay relay.example.com mail.example.org
	domain add backup backup.example.com
	domain add dialup dial.example.com h0001 --relayhost 10.0.0.1
	domain add virtual virtual.example.com /home/virtual --owner 510:51
	domain alias alias.example.com new.example.com
	domain relayhost dial.example.com 10.0.0.2
	domain quota dial.example.com 100
	domain recipients dial.example.com --add joe,ann
	domain trigger dial.example.com --from 10.0.0.3
	domain adopt d0002.example.com
	domain pause dial.example.com
	domain resume dial.example.com
	domain show d0003.example.com
	domain show c0003.example.net
	mailbox add joe@new.example.com
	mailbox add ann@virtual.example.com
	mailbox box new.example.com --used 7
	mailbox forward info@new.example.com joe@new.example.com who@example.net
	mailbox default new.example.com bounce
	mailbox passwd joe@new.example.com
	mailbox suspend joe@new.example.com
	mailbox enable joe@new.example.com
	mailbox list new.example.com
	mailbox del info@new.example.com
	mailbox del joe@new.example.com --purge
	domain del alias.example.com
	domain del new.example.com --purge
	domain del dial.example.com
	domain del c0004.example.net --purge
	domain del virtual.example.com
	domain del relay.example.com
	newmrh
	hup
	flush c0001.example.net
	status c0002.example.net
	route joe@d0001.example.com
	rcpt joe@d0001.example.com
	trigger etrn
	EOF
}

@test "scale: each verb among many domains" {
	N=60
	in_both import_customers
	in_both morercpthosts
	while read -r -a words; do
		doubles "${words[@]}" || { echo "not linear: ${words[*]}" >&2; return 1; }
	done < <(verbs)
}

# What reads no set-up, and what is seen at the speed of its messages.
ALONE_ANYHOW='maildirmake setlock maildirserial maildirsmtp serialsmtp auth'

# is_here WORDS: a command that begins so is counted above
is_here() {
	grep -qE "(doubles |holds [0-9]+ [0-9]+ |instructions [12] |\" |^	)$1( |\"|\)|\$)" "$BATS_TEST_FILENAME"
}

@test "scale: no applet and no verb is left out" {
	local applet verb
	for applet in $("$QVMAIL" --list | sed 's/^qv-//; /^qmail-/d'); do
		[[ " $ALONE_ANYHOW " == *" $applet "* ]] || is_here "$applet" || { echo "$applet" >&2; return 1; }
	done
	for applet in domain mailbox; do
		"$QVMAIL" "$applet" --help | sed -nE "s/^(usage:| *) *qv-($applet( add)? [a-z]+) .*/\2/p" >"$BATS_TEST_TMPDIR/verbs"
		[ -s "$BATS_TEST_TMPDIR/verbs" ]
		while read -r verb; do
			is_here "$verb" || { echo "$verb" >&2; return 1; }
		done <"$BATS_TEST_TMPDIR/verbs"
	done
}

# As deletions without --purge leave it.
forget_domains() {
	for file in rcpthosts virtualdomains smtproutes; do : >"$QVMAIL_ROOT/var/qmail/control/$file"; done
	echo . >"$QVMAIL_ROOT/var/qmail/users/assign"
}

@test "scale: what deleted domains have left" {
	N=30
	in_both import_customers
	in_both forget_domains
	doubles domain list
	doubles domain export
	doubles check
}
