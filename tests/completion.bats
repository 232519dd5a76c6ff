# What bash completes. The words, verbs and options all come from the applets' table, so the tests walk over it.
load helper

setup() {
	fresh_root
	SCRIPT=$BATS_FILE_TMPDIR/completion
	[ -e "$SCRIPT" ] || "$QVMAIL" --completion bash >"$SCRIPT"
	PATH=$(dirname "$QVMAIL"):$PATH
}

# replies WORD...: what may stand instead of the last one, one a line; nothing is printed beside
replies() {
	bash --norc -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE=$* COMP_POINT=${#COMP_LINE}
		_qvmail "$1" "${!#}" "${@: -2:1}"
		printf "%s\n" "${COMPREPLY[@]}" | sort -u' bash "$SCRIPT" "$@" 2>&1 </dev/zero
}

# offers WORD... : REPLY...: these, all of them, and nothing else
offers() {
	local words=()
	while [ "$1" != : ]; do
		words+=("$1")
		shift
	done
	shift
	diff <(printf '%s\n' "$@" | sort) <(replies "${words[@]}") || { echo "for: ${words[*]}"; return 1; }
}

# forms APPLET: its usage, one form a line, without "usage:" and the applet's name
forms() {
	"$QVMAIL" "$1" --help | awk -v name="$1" '
		/^usage:/, /^$/ {
			sub(/^usage:/, "      ")
			if ($1 == name) { if (form) print form; sub(/^ *[^ ]+ */, ""); form = $0 }
			else form = form " " $0
		}
		END { print form }' | sed '/^ *$/d'
}

# options: those in the text on stdin, one a line, -ab as -a and -b
options() {
	grep -oE '(^|[[ |])--?[A-Za-z][A-Za-z0-9-]*' | sed -E 's/^[[ |]//' | while read -r option; do
		case $option in
		--*) echo "$option" ;;
		*) sed -E 's/^-//; s/./-&\n/g' <<<"$option" ;;
		esac
	done | sed '/^$/d' | sort -u
}

# a POP domain with joe, a dial-up host, a relay
gateway() {
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	qv-mailbox forward info@example.com joe@elsewhere.example
	qv-domain add dialup some.example.net ex2
	qv-domain add relay second.example mail.second.example
}

@test "the script is loaded without a word, and shellcheck finds nothing in it" {
	[ -z "$(bash --norc -euc '. "$1"; declare -F _qvmail >/dev/null' bash "$SCRIPT" 2>&1)" ]
	shellcheck -s bash "$SCRIPT"
}

@test "it completes every applet under its own name" {
	declared=$(bash --norc -c '. "$1"; complete -p' bash "$SCRIPT")
	for name in qvmail $("$QVMAIL" --list); do
		grep -qx "complete -F _qvmail $name" <<<"$declared" || { echo "$name"; false; }
	done
}

@test "behind qvmail stand the applets, with and without qv-" {
	mapfile -t names < <("$QVMAIL" --list; "$QVMAIL" --list | sed -n 's/^qv-//p')
	offers qvmail '' : "${names[@]}" help
	offers qvmail help '' : "${names[@]}"
	offers qvmail qv-mai : qv-mailbox
	offers /some/where/qvmail mai : mailbox maildirmake maildirserial maildirsmtp
	offers qvmail --l : --list --list-full
	offers qvmail --completion '' : bash
}

@test "the first words of every form of every applet, and of what is in capitals nothing that is no name" {
	for applet in $("$QVMAIL" --list | grep ^qv-); do
		forms "$applet" | while read -r verb kind _; do
			[[ $verb = [a-z]* ]] || continue
			grep -qx "$verb" <(replies "$applet" '') || { echo "$applet $verb"; exit 1; }
			grep -qx "$verb" <(replies qvmail "${applet#qv-}" "${verb:0:1}") || { echo "$applet $verb"; exit 1; }
			[[ $kind = [a-z]* ]] || continue
			grep -qx "${kind%%|*}" <(replies "$applet" "$verb" '') || { echo "$applet $verb $kind"; exit 1; }
		done
	done
}

@test "every option of every form of every applet where it belongs, and the common ones everywhere" {
	common=$("$QVMAIL" qv-hup --help | sed -n '/^Options of every/,/^$/s/^  \(-[^ ]*, --[^ ]*\|-.\).*/\1/p' | tr -d , | options)
	[ "$(wc -l <<<"$common")" = 12 ]
	for applet in $("$QVMAIL" --list); do
		[[ $applet = qv-* ]] || common=
		forms "$applet" | while read -r form; do
			words=()
			for word in $form; do
				[[ $applet = qv-* && $word =~ ^[a-z] ]] || break
				words+=("${word%%|*}")
			done
			comm -23 <(printf '%s\n' "$(options <<<"$form")" "$common" | sed '/^$/d' | sort -u) \
				<(replies "$applet" "${words[@]}" -) >"$BATS_TEST_TMPDIR/lacks"
			[ ! -s "$BATS_TEST_TMPDIR/lacks" ] || { echo "$applet $form lacks:"; cat "$BATS_TEST_TMPDIR/lacks"; exit 1; }
		done
	done
}

@test "every option that a help text has a line for" {
	for applet in $("$QVMAIL" --list); do
		"$QVMAIL" "$applet" --help | sed -nE 's/^  (-[^ ]+( [^ ]+)?(, -[^ ]+)?)( .*)?$/\1/p' | options >"$BATS_TEST_TMPDIR/help"
		comm -23 "$BATS_TEST_TMPDIR/help" <(replies "$applet" -) >"$BATS_TEST_TMPDIR/lacks"
		[ ! -s "$BATS_TEST_TMPDIR/lacks" ] || { echo "$applet lacks:"; cat "$BATS_TEST_TMPDIR/lacks"; false; }
	done
}

@test "no verb's options behind another" {
	offers qv-domain list --p :
	offers qv-domain del example.com --p : --purge
	offers qv-domain add relay example.com --id :
}

@test "domains, customers, boxes, addresses and dial-up hosts come from the files" {
	gateway
	offers qv-domain del '' : localhost gateway.example.net example.com some.example.net second.example
	offers qv-domain show ex : example.com
	offers qv-domain alias other.example s : some.example.net second.example
	offers qv-domain add pop new.example '' : ex1 ex2
	offers qv-status '' : some.example.net
	offers qv-mailbox add ann@example.com --box '' : ex1-0000 ex1-0001
	offers qv-mailbox suspend ex1-0001 '' :
	offers qv-mailbox del '' : info@example.com joe@example.com postmaster@example.com
	offers qv-route joe@example.com i : info@example.com
	offers qv-flush "/home/serialmail/some.example.n" : /home/serialmail/some.example.net # the machine may have others
	offers qv-flush '' : some.example.net
	offers qv-domain relayhost '' : some.example.net
	offers qv-domain recipients '' : some.example.net
	offers qv-domain quota '' : some.example.net
	offers qv-domain relayhost some.example.net '' :
}

@test "what is new has no name yet: behind add there are only the domains that an address may be in" {
	gateway
	offers qv-domain add pop '' :
	offers qv-mailbox add '' :
	offers qv-mailbox add ann@ex : ann@example.com
}

@test "bash cuts words at @ and =, and wants only the last piece back" {
	gateway
	offers qv-mailbox add ann @ ex : @example.com
	offers qv-mailbox del joe @ : @localhost @gateway.example.net @example.com @some.example.net @second.example
	offers qv-mailbox add ann@example.com --box = ex1-0001 : ex1-0001
	offers qv-mailbox add ann@example.com --box=ex1-0 : --box=ex1-0000 --box=ex1-0001
}

@test "the tree is that of --root, wherever it stands, and else of QVMAIL_ROOT" {
	qv-domain add backup here.example
	cp -a "$ROOT" "$ROOT.other"
	QVMAIL_ROOT=$ROOT.other qv-domain add backup there.example
	offers qv-domain show h : here.example
	offers qv-domain show t :
	offers qv-domain --root "$ROOT.other" show t : there.example
	offers qvmail domain show "--root=$ROOT.other" t : there.example
	offers qvmail domain show --root = "$ROOT.other" t : there.example
	offers qv-domain -nR "$ROOT.other" show t : there.example
	offers qv-domain "-R$ROOT.other" show t : there.example
	tilde='~'
	HOME=$ROOT.other/var offers qv-domain -R "$tilde/.." show t : there.example
	offers qv-domain -R "$BATS_TEST_TMPDIR/ro" : "$ROOT" "$ROOT.other"
}

@test "where there is nothing to ask, nothing is said, nobody waits, nothing is changed" {
	gateway
	before=$(tree)
	offers qv-domain -R /no/such/tree show '' :
	offers qv-mailbox -R "$BATS_TEST_TMPDIR" del '' :
	exec 8<"$ROOT/var/qmail"
	flock 8
	offers qv-domain show ex : example.com
	exec 8<&-
	[ "$(tree)" = "$before" ]
	PATH=/usr/bin:/bin offers qv-domain show '' :
}

@test "of a thousand domains nobody's boxes are looked through, and domains are offered still" {
	gateway
	seq -f 'n%.0f.example' 1000 >>"$C/rcpthosts"
	offers qv-mailbox del j :
	offers qv-mailbox del joe@exa : joe@example.com
	offers qv-domain del n1000 : n1000.example
}

@test "a strange name in a file is never offered, let alone run" {
	printf '%s\n' '$(touch ran)' '`touch ran`' 'a;b' "it's" 'good.example' >>"$C/rcpthosts"
	cd "$BATS_TEST_TMPDIR"
	offers qv-domain show '' : localhost gateway.example.net good.example
	[ ! -e ran ]
}

@test "at a terminal: a domain behind the @, a verb, an option" {
	gateway
	/usr/bin/python3 - "$SCRIPT" >"$BATS_TEST_TMPDIR/typed" <<-'END'
		import os, pty, sys
		pid, fd = pty.fork()
		if pid == 0:
		    os.environ.update(PS1="", TERM="dumb", HISTFILE="/dev/null", INPUTRC="/dev/null")
		    os.execlp("bash", "bash", "--norc", "-i")
		script = sys.argv[1].encode()
		os.write(fd, b". " + script + b"\n"
		         b"qvmail mailb\tad\tann@exam\t--bo\tex1-0001\x01printf '<%s>' \nexit\n")
		try:
		    while (said := os.read(fd, 1000)):
		        sys.stdout.buffer.write(said)
		except OSError:
		    pass
	END
	grep -F '<qvmail><mailbox><add><ann@example.com><--box><ex1-0001>' "$BATS_TEST_TMPDIR/typed"
}

@test "files and programs where they are wanted" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p x/directory
	touch x/file
	offers qv-domain import x/ : x/directory x/file
	offers qv-domain --root x/ : x/directory
	offers qv-auth maildirser : maildirserial
	offers setlock -n x/f : x/file
	offers maildirmake x/d : x/directory
}

@test "other shells cannot be told, and that is said" {
	for shell in ash dash '' ksh; do
		exits 100 "$QVMAIL" --completion $shell
		[ "${#lines[@]}" = 1 ]
		[[ $output == "qvmail: fatal: "*"bash"* ]]
	done
	exits 100 "$QVMAIL" --completion bash dash
}
