# Nothing is quadratic: twice as much takes every command twice as many instructions, and not more. Counted by valgrind, so
# that neither the machine nor what else it does makes a difference. SCALES=FILE gets the counts.

load helper

# What is compared with twice as much of itself grows by a few per cent more where something is sorted.
MOST=2.06
ALONE=()

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

# doubles APPLET...: the numbers are on its input
doubles() {
	local once twice
	once=$(numbers 1 | instructions 1 "$@")
	twice=$(numbers 2 | instructions 2 "$@")
	compare "$once" "$twice" "$*"
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
	imports customers
	imports customers
}

@test "scale: whatever reads the whole set-up" {
	N=30
	in_both import_customers
	doubles domain list
	doubles domain list -j
	doubles domain export
	doubles domain adopt
	doubles mailbox list
	doubles check
	doubles newu
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
