#!/usr/bin/env bats
# A change that is cut off or goes wrong, at every place where it can be: accepted implies routed implies resolvable,
# and the same command, run again, ends it.

load helper

setup() {
	fresh_root
	POP=$ROOT/home/popmail
	SER=$ROOT/home/serialmail
	BASE=$BATS_TEST_TMPDIR/base
	# What the tables held before must outlive everything.
	qv-domain add pop old.example.net old
}

again() {
	rm -rf "$ROOT"
	cp -a "$BASE" "$ROOT"
}

# safe NAME ID HOME FILE: as qmail-smtpd, qmail-send, qmail-lspawn and qmail-local look at it.
safe() {
	if grep -qx "$1" "$C/rcpthosts"; then
		grep -qx "$1:$2" "$C/virtualdomains" || { echo "$1 is accepted and not routed"; return 1; }
	fi
	if grep -qx "$1:$2" "$C/virtualdomains"; then
		grep -q "^+$2-:" "$U/assign" || { echo "$1 is routed and not in assign"; return 1; }
		grep -qaF "!$2-" "$U/cdb" || { echo "$1 is routed and not in the cdb"; return 1; }
		[ -e "$ROOT$3/$4" ] || { echo "$1 is routed and $3/$4 is missing"; return 1; }
	fi
	[ "$(tail -1 "$U/assign")" = . ] || { echo "the final dot is lost"; return 1; }
}

all_safe() {
	safe old.example.net old.example.net /home/popmail/o/old/DOMAINS/old.example.net .qmail-postmaster &&
		safe example.com exid /home/popmail/e/ex1/DOMAINS/example.com .qmail-postmaster &&
		safe some.example.com some.example.com /home/serialmail/some.example.com .qmail-default || return 1
	if grep -qx alias.example.org "$C/rcpthosts"; then
		grep -qx alias.example.org:exid "$C/virtualdomains" || { echo "the alias is accepted and not routed"; return 1; }
	fi
	if grep -qx relay.example.org "$C/rcpthosts"; then
		grep -qx relay.example.org:mail.example.org "$C/smtproutes" || { echo "accepted and without route"; return 1; }
	fi
}

# Nothing that was begun lies about.
tidy() {
	run find "$ROOT" -name '.*.new'
	[ -z "$output" ] || { echo "left behind: $output"; return 1; }
}

# What changes the tree: between two of these qmail sees nothing new.
calls="mkdirat unlinkat renameat renameat2 rename"

# struck WHAT COMMAND...: WHAT (signal=SIGKILL, error=ENOSPC) at the Nth of each call in turn; runs AFTER each time.
struck() {
	local what=$1 call n after hits=0
	shift
	rm -rf "$BASE"
	cp -a "$ROOT" "$BASE"
	exits 0 "$@"
	tidy
	after=$(tree)
	for call in $calls; do
		for ((n = 1; ; n++)); do
			again
			run traced -f -o /dev/null -e trace="?$call" -e inject="?$call:$what:when=$n" "$@"
			[ "$status" != 0 ] || break
			hits=$((hits + 1))
			echo "$what at $call $n: exit $status: $output"
			all_safe
			"$wreck"
			run "$@"
			# Who dies behind the last step of a deletion is told that nothing is left to delete.
			[ "$status" = 0 ] || [[ $output == *"is not served here"* || $output == *"no such address"* ]]
			tidy
			diff <(echo "$after") <(tree)
		done
	done
	[ "$hits" -ge "$least" ]
}

died() {
	[ "$status" = 137 ]
}

# exit 111, one line, nothing half made
failed() {
	[ "$status" = 111 ] && [ "${#lines[@]}" = 1 ]
	tidy
}

killed() {
	wreck=died struck signal=SIGKILL "$@"
}

denied() {
	calls=${calls}\ fsync wreck=failed struck "$@"
}

@test "plan: add pop, killed at every step, is safe, and run again gives the same tree" {
	least=14 killed qv-domain add pop example.com ex1 --id exid --catch-all
}

@test "plan: add dialup, killed at every step, is safe, and run again gives the same tree" {
	least=8 killed qv-domain add dialup some.example.com ex1 --on-demand
}

@test "plan: add relay, killed at every step, is safe, and run again gives the same tree" {
	least=2 killed qv-domain add relay relay.example.org mail.example.org
}

@test "plan: alias and its deletion, killed at every step, are safe, and run again give the same tree" {
	qv-domain add pop example.com ex1 --id exid
	least=2 killed qv-domain alias alias.example.org example.com
	least=2 killed qv-domain del alias.example.org
}

@test "plan: del, killed at every step, is safe, and run again gives the same tree" {
	qv-domain add pop example.com ex1 --id exid
	qv-domain add relay relay.example.org mail.example.org
	least=4 killed qv-domain del example.com
	least=2 killed qv-domain del relay.example.org
}

@test "plan: del --purge, killed at every step, is safe, and run again gives the same tree" {
	qv-domain add pop example.com ex1 --id exid
	qv-mailbox add joe@example.com
	qv-domain add dialup some.example.com
	least=10 killed qv-domain del example.com --purge
	least=10 killed qv-domain del some.example.com --purge
}

@test "plan: a box with a password is suspended, enabled and purged, killed at every step" {
	qv-domain add pop example.com ex1 --id exid
	qv-mailbox add joe@example.com --password-fd 5 5<<<secret
	least=2 killed qv-mailbox suspend joe@example.com
	least=2 killed qv-mailbox enable joe@example.com
	least=8 killed qv-mailbox del joe@example.com --purge
	least=10 killed qv-domain del example.com --purge
}

@test "plan: a domain in morercpthosts, its deletion killed at every step" {
	echo more.example.org >"$C/morercpthosts"
	qv-newmrh
	least=2 killed qv-domain del more.example.org
}

@test "plan: a line of users/assign that is the only one missing, killed at every step" {
	qv-domain add pop example.com ex1 --id exid
	sed -i /exid/d "$U/assign"
	qv-newu
	all_safe() { :; } # example.com is routed by hand, and not in assign
	least=1 killed qv-domain add pop example.com ex1 --id exid
	grep -qaF '!exid-' "$U/cdb"
	sed -i /exid/d "$U/assign"
	qv-newu
	echo "exid:x:$POPUID:$POPGID::/home/popmail/e/ex1/DOMAINS/example.com:/bin/false" >>"$ROOT/etc/passwd"
	least=1 killed qv-domain adopt example.com
	grep -qaF '!exid-' "$U/cdb"
}

@test "plan: no cdb is older than its text" {
	qv-domain add pop example.com ex1
	echo more.example.org >"$C/morercpthosts"
	qv-newmrh
	for command in 'del example.com' 'add pop example.com ex1' 'del more.example.org'; do
		exits 0 qv-domain $command
		[ ! "$U/assign" -nt "$U/cdb" ]
		[ ! "$C/morercpthosts" -nt "$C/morercpthosts.cdb" ]
	done
	exits 0 qv-domain -n add pop example.com ex1
	[ -z "$output" ]
}

@test "plan: mailbox add and del with a named box, killed at every step" {
	qv-domain add pop example.com ex1 --id exid
	least=6 killed qv-mailbox add joe@example.com --box ex1-0001
	least=1 killed qv-mailbox del joe@example.com
	qv-mailbox add ann@example.com
	least=3 killed qv-mailbox del ann@example.com --purge
}

@test "plan: mailbox add, killed at every step: run again the address has a box of its own" {
	qv-domain add pop example.com ex1 --id exid
	cp -a "$ROOT" "$BASE"
	deaths=0
	for call in $calls; do
		for ((n = 1; ; n++)); do
			again
			run traced -f -o /dev/null -e trace="?$call" -e inject="?$call:signal=SIGKILL:when=$n" qv-mailbox add joe@example.com
			[ "$status" != 0 ] || break
			died
			deaths=$((deaths + 1))
			exits 0 qv-mailbox add joe@example.com
			joe=$output
			exits 0 qv-mailbox add ann@example.com
			[ "$joe" != "$output" ]
			same "$POP/e/ex1/DOMAINS/example.com/.qmail-joe" "/home/popmail/e/ex1/POP/$joe/
"
			[ -d "$POP/e/ex1/POP/$joe/new" ]
			tidy
		done
	done
	[ "$deaths" -ge 8 ]
}

@test "plan: no space at any step: exit 111, one line, safe, nothing left behind, and later it works" {
	least=15 denied error=ENOSPC qv-domain add pop example.com ex1 --id exid --catch-all
	calls=write least=5 denied error=ENOSPC qv-domain add dialup some.example.com ex1
}

@test "plan: an I/O error at any step of a deletion: the same" {
	qv-domain add pop example.com ex1 --id exid
	least=8 denied error=EIO qv-domain del example.com --purge
}

@test "plan: an error while new files are prepared changes nothing at all" {
	for call in write fsync; do
		for n in 1 2 3 4; do
			refuses 111 traced -f -o /dev/null -e inject="$call:error=EIO:when=$n" qv-domain del old.example.net
		done
	done
}

# edited FILE TEXT COMMAND...: somebody writes into FILE while COMMAND prepares its files.
edited() {
	local file=$1 text=$2
	shift 2
	(
		exec 3>&-
		until compgen -G "$ROOT/var/qmail/*/.*.new" >/dev/null; do sleep 0.01; done
		printf '%s' "$text" >>"$file"
	) &
	run traced -f -o /dev/null -e inject=fsync:delay_enter=500000:when=1 "$@"
	wait $!
	[ "$status" = 111 ]
	[ "${#lines[@]}" = 1 ]
	[[ $output == *"$file was changed by another program meanwhile; nothing was done; run the command again" ]]
	tidy
}

@test "plan: a file that is edited meanwhile is not written over" {
	before=$(cat "$C/rcpthosts")
	edited "$C/rcpthosts" $'hand.example.org\n' qv-domain add pop example.com ex1
	same "$C/rcpthosts" "$before
hand.example.org
"
	run grep -r example.com "$ROOT/var/qmail"
	[ "$status" = 1 ] && [ ! -e "$POP/e" ]
	edited "$U/assign" $'=hand:hand:1:1:/hand:::\n' qv-domain add dialup some.example.com
	edited "$C/virtualdomains" '' qv-domain add dialup some.example.com || true
	exits 0 qv-domain add pop example.com ex1
	grep -qx hand.example.org "$C/rcpthosts"
}

@test "plan: a file that appears meanwhile is not written over" {
	rm "$C/smtproutes"
	edited "$C/smtproutes" $'x.example:y\n' qv-domain add relay relay.example.org mail.example.org
	same "$C/smtproutes" $'x.example:y\n'
}

@test "plan: what an earlier crash left, or somebody planted, under the temporary names is not written through" {
	echo precious >"$ROOT/precious"
	for file in "$C/.rcpthosts" "$C/.virtualdomains" "$U/.assign" "$U/.cdb"; do
		ln -s "$ROOT/precious" "$file.new"
	done
	exits 0 qv-domain add pop example.com ex1
	same "$ROOT/precious" $'precious\n'
	tidy
}

@test "plan: each file is synced before it is shown and its directory after, rcpthosts last" {
	traced -f -y -e trace=fsync,rename,renameat,renameat2 -o "$BATS_TEST_TMPDIR/calls" "$BIN/qv-domain" add dialup some.example.com
	run sed -nE '
		s/.*fsync\([0-9]*<([^>]*)>.*/sync \1/p
		s/.*rename[a-z0-9]*\([0-9]*<([^>]*)>, "[^"]*", [^,]*, "([^"]*)".*/show \1\/\2/p' "$BATS_TEST_TMPDIR/calls"
	output=${output//"$ROOT"/}
	q=/var/qmail
	[ "$(grep "$q" <<<"$output")" = "sync $q/users/.assign.new
sync $q/users/.cdb.new
sync $q/control/.virtualdomains.new
sync $q/control/.rcpthosts.new
show $q/users/assign
show $q/users/cdb
sync $q/users
show $q/control/virtualdomains
sync $q/control
show $q/control/rcpthosts
sync $q/control" ]
	[ "$(grep -n 'show /home' <<<"$output" | tail -1 | cut -d: -f1)" -lt "$(grep -n "show $q" <<<"$output" | head -1 | cut -d: -f1)" ]
}

@test "plan: mailbox add without a box's name, killed at every step, and run again it takes the box that was begun" {
	qv-domain add pop example.com ex1 --id exid
	least=6 killed qv-mailbox add joe@example.com
	qv-mailbox del joe@example.com --purge
	least=6 killed qv-mailbox add bob@example.com
}

@test "plan: a second domain whose postmaster needs a box of its own, killed at every step" {
	qv-domain add pop example.com ex1 --id exid
	qv-mailbox del postmaster@example.com --purge
	all_safe() { :; } # example.com lacks what was deleted
	least=6 killed qv-domain add pop second.example.com ex1
	[ "$(cat "$ROOT/home/popmail/e/ex1/POP/.qv-last")" = 1 ]
}

@test "plan: where nothing can be written, what was to be written is said" {
	unshare -m true 2>/dev/null || skip "needs a mount namespace of its own"
	qv-domain add pop example.com ex1
	while read -r command what; do
		refuses 100 unshare -m sh -c 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec $1' "$ROOT" "${command//_/ }"
		[[ $output == *": fatal: unable to $what: Read-only file system" ]] || { echo "$output"; false; }
	done <<-END
		qv-domain_add_pop_new.example_new make $ROOT/home/popmail/n
		qv-domain_add_pop_new.example_ex1 make $ROOT/home/popmail/e/ex1/DOMAINS/new.example
		qv-mailbox_add_joe@example.com make $ROOT/home/popmail/e/ex1/POP/ex1-0001
		qv-mailbox_forward_x@example.com_y@example.org create a new $ROOT/home/popmail/e/ex1/DOMAINS/example.com/.qmail-x
		qv-domain_add_backup_b.example create a new $ROOT/var/qmail/control/rcpthosts
	END
}

@test "plan: an owner that cannot be given is named, and nothing is left" {
	[ "$(id -u)" = 0 ] || skip "needs root, to have a user namespace without popusr"
	unshare -r true 2>/dev/null || skip "needs a user namespace of its own"
	chown -R 0:0 "$ROOT"
	for command in 'qv-domain add pop example.com ex1' 'qv-domain add dialup some.example.com'; do
		refuses 100 unshare -r $command
		[[ $output == *": fatal: unable to give $ROOT/home/"*" to uid 510, gid 51: this user namespace has no such id" ]]
	done
}
