# The one binary behind all names.
load helper
bats_require_minimum_version 1.5.0

setup() {
	fresh_root
	D=$BATS_TEST_TMPDIR/dir
	mkdir "$D"
}

# not_found NAME COMMAND...: and $HINT behind it
not_found() {
	local name=$1
	shift
	run -127 "$@"
	[ "$output" = "qvmail: $name: applet not found$HINT" ] || { echo "$output"; false; }
}

# the names that qvmail has, one a line
names() {
	"$QVMAIL" --list
}

@test "qvmail: alone and with --help it shows version, usage and every applet with what it does" {
	exits 0 "$QVMAIL"
	alone=$output
	exits 0 "$QVMAIL" --help
	[ "$output" = "$alone" ]
	[[ "${lines[0]}" == "qvmail "[0-9]*.[0-9]*.[0-9]*": "* ]]
	grep -q '^usage: qvmail \[APPLET' <<<"$output"
	for name in $(names); do
		grep -Eq "^  $name +[a-z]+ " <<<"$output"
	done
	[ -z "$("$QVMAIL" --help 2>&1 >/dev/null)" ]
}

@test "qvmail: --version is a name and a number" {
	exits 0 "$QVMAIL" --version
	[[ "$output" =~ ^qvmail\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "qvmail: --list is one name a line, and each answers" {
	same <(names | sort) "maildirmake
maildirserial
maildirsmtp
qmail-newmrh
qmail-newu
qv-auth
qv-check
qv-domain
qv-flush
qv-hup
qv-mailbox
qv-master
qv-newmrh
qv-newu
qv-rcpt
qv-route
qv-status
qv-trigger
serialsmtp
setlock
"
	for name in $(names); do
		exits 0 "$QVMAIL" "$name" --help
	done
}

@test "qvmail: --list-full is where each is installed" {
	same <("$QVMAIL" --list-full | sort) "usr/bin/setlock
usr/sbin/qv-auth
usr/sbin/qv-check
usr/sbin/qv-domain
usr/sbin/qv-flush
usr/sbin/qv-hup
usr/sbin/qv-mailbox
usr/sbin/qv-master
usr/sbin/qv-newmrh
usr/sbin/qv-newu
usr/sbin/qv-rcpt
usr/sbin/qv-route
usr/sbin/qv-status
usr/sbin/qv-trigger
var/qmail/bin/maildirmake
var/qmail/bin/maildirserial
var/qmail/bin/maildirsmtp
var/qmail/bin/qmail-newmrh
var/qmail/bin/qmail-newu
var/qmail/bin/serialsmtp
"
}

@test "qvmail: --help of every applet has usage, exit codes and an example, on stdout" {
	for name in $(names); do
		exits 0 "$QVMAIL" "$name" --help
		[[ "${lines[0]}" == "$name - "[a-z]* ]]
		grep -q "^usage: $name" <<<"$output"
		grep -q '^Exit codes: ' <<<"$output"
		grep -q '^Example:' <<<"$output"
		[ -z "$("$QVMAIL" "$name" --help 2>&1 >/dev/null)" ]
		awk 'length > 80 { exit 1 }' <<<"$output"
	done
}

@test "qvmail: --help may stand behind other words, and then nothing is done" {
	before=$(tree)
	exits 0 qv-domain add backup example.com --help
	grep -q ^usage: <<<"$output"
	[ "$(tree)" = "$before" ]
}

@test "qvmail: an applet's name may leave out qv-, but not so that it is another program's" {
	exits 0 "$QVMAIL" domain list
	short=$output
	exits 0 "$QVMAIL" qv-domain list
	[ "$output" = "$short" ]
	not_found make "$QVMAIL" make
	ln -s "$QVMAIL" "$D/domain"
	HINT=' (did you mean qv-domain?)' not_found domain "$D/domain" list
}

@test "qvmail: what it does not have is exit 127, in one line" {
	not_found frobnicate "$QVMAIL" frobnicate
	HINT='; see qvmail --help' not_found --frobnicate "$QVMAIL" --frobnicate
	HINT=" (did you mean qv-hup?)" not_found qv- "$QVMAIL" qv-
	not_found '' "$QVMAIL" ''
	ln -s "$QVMAIL" "$D/frobnicate"
	not_found frobnicate "$D/frobnicate"
}

@test "qvmail: a name that is nearly right: which one was perhaps meant" {
	while read -r typed meant; do
		HINT=" (did you mean $meant?)" not_found "$typed" "$QVMAIL" "$typed" list
		HINT=" (did you mean $meant?)" not_found "$typed" "$QVMAIL" help "$typed"
	done <<-'END'
		domian domain
		qv-domian qv-domain
		domains domain
		mailboxx mailbox
		rout route
		serial-smtp serialsmtp
		setlok setlock
		--instal --install
		--lst --list
		hlep help
	END
	ln -s "$QVMAIL" "$D/qv-domian"
	HINT=' (did you mean qv-domain?)' not_found qv-domian "$D/qv-domian" list
}

@test "a verb or an option that is nearly right: which one was perhaps meant" {
	while IFS=: read -r words meant; do
		refuses 100 "$QVMAIL" $words
		[[ $output == *" (did you mean $meant?); usage: "* ]] || { echo "$words: $output"; false; }
	done <<-'END'
		domain ad pop example.com ex1:add
		domain delete example.com:del
		domain add dailup some.example.com:dialup
		domain add pop example.com ex1 --nosubdomains:--no-subdomains
		domain del example.com --purg=1:--purge
		domain list -json:--json
		mailbox lsit:list
		mailbox forwrad a@example.com b@example.com:forward
		mailbox password ex1-0000:passwd
		check --fx:--fix
		status --prometeus:--prometheus
		master --evry 5:--every
		flush --sysog x:--syslog
	END
	for words in 'domain frobnicate' 'domain add x' 'domain list --frobnicate' 'domain list -Z'; do
		refuses 100 "$QVMAIL" $words
		[[ $output != *'did you mean'* ]]
	done
}

@test "qvmail: -h and help are --help, and so is qvmail help APPLET" {
	want=$("$QVMAIL" --help)
	for word in -h help; do
		[ "$("$QVMAIL" $word)" = "$want" ]
	done
	for name in $(names); do
		want=$("$QVMAIL" "$name" --help)
		[ "$("$QVMAIL" help "$name")" = "$want" ]
		[ "$("$QVMAIL" help "${name#qv-}")" = "$want" ]
		[[ $name = qv-* ]] || continue
		[ "$("$QVMAIL" "$name" -h)" = "$want" ]
		[ "$("$name" help)" = "$want" ]
	done
	[ "$(qv-domain add -h)" = "$(qv-domain add --help)" ]
	[ "$("$QVMAIL" help domain add pop)" = "$(qv-domain add pop --help)" ]
}

@test "the tools whose names others own keep their own -h and help" {
	cd "$D"
	exits 0 maildirmake -h
	exits 0 maildirmake help
	[ -d ./-h/new ] && [ -d help/new ]
	exits 100 setlock -h lock true
}

@test "qvmail: runs by its full path, through a symlink, a chain of them, a hard link, and as a copy of another name" {
	want=$(qv-domain list)
	ln -s "$QVMAIL" "$D/qv-domain"
	[ "$("$D/qv-domain" list)" = "$want" ]
	mkdir "$D/chain"
	ln -s ../qv-domain "$D/chain/qv-domain"
	[ "$("$D/chain/qv-domain" list)" = "$want" ]
	[ "$(cd "$D" && chain/qv-domain list)" = "$want" ]
	cp "$QVMAIL" "$D/qvmail-1.0"
	[ "$("$D/qvmail-1.0" domain list)" = "$want" ]
	ln "$D/qvmail-1.0" "$D/chain/qv-mailbox"
	exits 0 "$D/chain/qv-mailbox" list
	exits 0 bash -c 'exec -a /no/such/dir/qv-domain "$QVMAIL" list'
	[ "$output" = "$want" ]
}

@test "qvmail: without an argv[0] it does not crash" {
	# Linux since 5.18 passes an empty name where there is none; before that qvmail shows its usage.
	nameless='import ctypes, sys; ctypes.CDLL(None).execv(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None))'
	said=$(/usr/bin/python3 -c "$nameless" "$QVMAIL" 2>&1) || [ $? = 127 ]
	[ "$said" = "qvmail: : applet not found" ] || [ "$said" = "$("$QVMAIL")" ]
}

@test "qvmail: --install makes hard links, and a second time is fine" {
	cp "$QVMAIL" "$D/qvmail"
	mkdir "$D/bin"
	exits 0 "$D/qvmail" --install "$D/bin"
	[ "$(ls "$D/bin")" = "$(names | grep ^qv- | sort)" ]
	[ "$D/bin/qv-flush" -ef "$D/qvmail" ]
	[ ! -L "$D/bin/qv-flush" ]
	exits 0 "$D/qvmail" --install "$D/bin"
	[ -z "$output" ]
	exits 0 "$D/bin/qv-domain" list
}

@test "qvmail: --install -s makes symlinks, --compat the names of other packages too" {
	exits 0 "$QVMAIL" --install -s --compat "$D"
	[ "$(ls "$D")" = "$(names | sort)" ]
	[ "$(readlink "$D/setlock")" = "$QVMAIL" ]
	exits 0 "$QVMAIL" --install --compat -s "$D"
}

@test "qvmail: --install that cannot make a link goes on with the others, names it, and exits 1" {
	echo mine >"$D/qv-flush"
	mkdir "$D/qv-hup"
	exits 1 "$QVMAIL" --install -s "$D"
	[ "${#lines[@]}" = 2 ]
	[[ "${lines[0]}" == "qvmail: fatal: unable to link $D/qv-"*": "* ]]
	[ "$(cat "$D/qv-flush")" = mine ]
	[ -L "$D/qv-status" ]
}

@test "qvmail: --install makes DIR where it is missing; what is wrong with all links is said once" {
	exits 0 "$QVMAIL" --install -s "$D/missing/bin/"
	[ "$(ls "$D/missing/bin")" = "$(names | grep ^qv- | sort)" ]
	echo file >"$D/file"
	exits 100 "$QVMAIL" --install -s "$D/file"
	[ "$output" = "qvmail: fatal: unable to make $D/file: Not a directory" ]
	exits 100 "$QVMAIL" --install -s "$D/file/bin"
	[ "${#lines[@]}" = 1 ]
	exits 1 "$QVMAIL" --install /dev/shm
	[[ $output == "qvmail: fatal: unable to link /dev/shm/qv-"*" from another file system, use -s: "* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "qvmail: --install finds itself through PATH and by a relative path" {
	cp "$QVMAIL" "$D/qvmail"
	mkdir "$D/a" "$D/b"
	(PATH=$D:$PATH exits 0 qvmail --install -s "$D/a")
	[ "$(readlink "$D/a/qv-newu")" = "$D/qvmail" ]
	(cd "$D/a" && exits 0 ../qvmail --install -s ../b)
	[ "$(readlink "$D/b/qv-newu")" = "$D/qvmail" ]
}

@test "qvmail: --install with more than one DIR, or an option it does not know, is misuse" {
	exits 100 "$QVMAIL" --install "$D" "$D"
	exits 100 "$QVMAIL" --install --frobnicate "$D"
	[ -z "$(ls "$D")" ]
}

@test "qvmail: needs no /proc" {
	is_static || skip "the sanitizers need it"
	unshare -m true 2>/dev/null || skip "needs a mount namespace of its own"
	mkdir "$D/bin"
	cp "$QVMAIL" "$D/qvmail"
	want=$(qv-domain list)
	exits 0 unshare -m sh -c '
		mount -t tmpfs none /proc
		cd "$1" && ./qvmail domain list && ./qvmail --install -s bin && bin/qv-domain list
		bin/qv-domain add pop example.com ex1 && bin/qv-status && bin/qv-master' sh "$D"
	[ "$(head -n "$(wc -l <<<"$want")" <<<"$output")" = "$want" ]
	[ "$(readlink "$D/bin/qv-domain")" = "$D/qvmail" ]
	grep -qx example.com "$C/rcpthosts"
}

@test "qvmail: output that cannot be written is an error" {
	qv-domain add pop example.com ex1
	for command in "$QVMAIL" "$QVMAIL --help" "$QVMAIL --version" "$QVMAIL --list" "$QVMAIL --list-full" \
		"qv-domain --help" "qv-domain list" "qv-domain list -j" "qv-mailbox list" "qv-status" "qv-status -j"; do
		exits 111 bash -c "$command >/dev/full"
		[[ "$output" == *": fatal: unable to write the output"* ]] || { echo "$command: $output"; false; }
		exits 111 bash -c "$command >&-"
		[[ "$output" == *": fatal: unable to write the output"* ]] || { echo "$command: $output"; false; }
	done
	exits 0 bash -c 'qv-domain add pop second.example ex1 >&-' # a change has no output
}

@test "qvmail: input that is closed is no empty one" {
	native descriptors
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com
	qv-domain add dialup relay.example ex2
	for command in "qv-domain import -" "qv-mailbox passwd joe@example.com" "qv-domain recipients relay.example -"; do
		run bash -c "$command <&-"
		[[ $status = 1?? && "$output" == *"unable to read"* ]] || { echo "$command: $status $output"; false; }
	done
}

@test "qvmail: standard descriptors that are closed never make a message land in a control file" {
	qv-domain add pop first.example ex1
	cp -a "$ROOT" "$D/closed"
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com
	qv-domain del first.example
	export QVMAIL_ROOT=$D/closed
	qv-domain add -v pop example.com ex1 <&- >&- 2>&-
	qv-mailbox add -v joe@example.com <&- >&- 2>&- || true
	qv-domain -v del first.example <&- >&- 2>&-
	run qv-domain add relay example.com elsewhere.example <&- >&- 2>&-
	for file in control/rcpthosts control/virtualdomains users/assign users/cdb; do
		cmp "$ROOT/var/qmail/$file" "$D/closed/var/qmail/$file"
	done
	diff -r "$ROOT/home" "$D/closed/home"
}

@test "qvmail: each one of them closed alone does no harm either" {
	for fds in '0<&-' '1>&-' '2>&-' '0<&- 1>&-' '0<&- 2>&-' '1>&- 2>&-'; do
		rm -rf "$D/one"
		cp -a "$ROOT" "$D/one"
		QVMAIL_ROOT=$D/one bash -c "qv-domain add -v backup example.com $fds" >/dev/null 2>&1 || true
		same "$D/one/var/qmail/control/rcpthosts" "$(cat "$C/rcpthosts")
example.com
.example.com
"
	done
}
