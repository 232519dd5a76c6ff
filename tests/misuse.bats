# What is typed wrong, for every form of every administrative command: one line on stderr, nothing on stdout, exit 100, and
# nothing in the tree is another.
load helper

setup() {
	fresh_root
	qv-domain add pop example.com ex1
	qv-mailbox add joe@example.com >/dev/null
	qv-domain add dialup some.example.net ex2
	ERRORS=$BATS_TEST_TMPDIR/errors
}

# forms APPLET: its usage, one form a line, without its name
forms() {
	"$QVMAIL" "$1" --help | awk -v name="$1" '
		/^usage:/, /^$/ {
			sub(/^usage:/, "      ")
			if ($1 == name) { if (n++) print form; sub(/^ *[^ ]+ */, ""); form = $0 }
			else form = form " " $0
		}
		END { print form }' | sed 's/ *$//'
}

# misused COMMAND...: it is refused as it should be
misused() {
	local said status=0
	said=$("$@" 2>"$ERRORS" </dev/null) || status=$?
	[ "$status" = 100 ] && [ -z "$said" ] && [ "$(wc -l <"$ERRORS")" = 1 ] &&
		grep -qE "^(qvmail|$1): (fatal|usage): ." "$ERRORS" && diff <(echo "$BEFORE") <(tree) && return
	echo "$*: exit $status, $said"
	cat "$ERRORS"
	return 1
}

# Something that exists for a word in capitals.
sample() {
	case $1 in
	DOMAIN | OLD) echo example.com ;;
	NEW) echo new.example ;;
	HOST*) echo some.example.net ;;
	HANDLE) echo ex1 ;;
	ADDRESS | TARGET) echo joe@example.com ;;
	BOX) echo ex1-0000 ;;
	DIR) echo /home/serialmail/some.example.net ;;
	*) echo 7 ;;
	esac
}

# every_form FUNCTION: calls it with the applet, in words its verbs, in needed a sample of each argument that must be there, in
# optional how many more there may be
every_form() {
	BEFORE=$(tree)
	for applet in $("$QVMAIL" --list | grep ^qv- | grep -v qv-auth); do
		while read -r form; do
			words=() needed=() optional=0
			# Options, and what stands in brackets with them, are no arguments.
			for word in $(sed -E ':a; s/\[-[^][]*(\[[^][]*\][^][]*)*\](\.\.\.)?//; ta; s/--[a-z]+ [A-Z]+//g' <<<"$form"); do
				case $word in
				\[*) optional=1 ;;&
				*...) optional=100 ;;&
				\[*) ;;
				[a-z]*\|*) needed+=(bounce) ;;
				[a-z]*) [ "${#needed[@]}" = 0 ] && words+=("$word") || needed+=("$word") ;;
				*) needed+=("$(sample "${word%%[.[]*}")") ;;
				esac
			done
			"$1"
		done < <(forms "$applet")
	done
}

unknown_option() {
	misused "$applet" "${words[@]}" "${needed[@]}" --frobnicate
	grep -q -- 'unknown option --frobnicate; usage: ' "$ERRORS"
	misused "$applet" --frobnicate "${words[@]}" "${needed[@]}"
	misused "$applet" "${words[@]}" "${needed[@]}" -Z
	misused "$applet" "${words[@]}" "${needed[@]}" --quiet=5
	misused "$applet" "${words[@]}" "${needed[@]}" --wait
	misused "$applet" "${words[@]}" "${needed[@]}" --wait x
	grep -q -- '--wait: "x" is not a number from 0 to ' "$ERRORS"
}

@test "an option that there is not, or without its value: the option is named, and the usage" {
	every_form unknown_option
}

too_few() {
	[ "${#needed[@]}" != 0 ] || return 0
	misused "$applet" "${words[@]}" "${needed[@]:0:${#needed[@]}-1}"
	grep -q "; usage: $applet ${words[*]}" "$ERRORS" || { cat "$ERRORS"; return 1; }
}

@test "an argument too few: the usage of that verb" {
	every_form too_few
}

too_many() {
	[ "$optional" -gt 1 ] || [[ $applet = qv-r[oc]* ]] || misused "$applet" "${words[@]}" "${needed[@]}" more and more
}

@test "an argument too many" {
	every_form too_many
}

# An empty address is one: qmail-smtpd takes it.
empty() {
	[[ $applet != qv-r[oc]* ]] || return 0
	for ((i = 0; i < ${#needed[@]}; i++)); do
		misused "$applet" "${words[@]}" "${needed[@]:0:i}" '' "${needed[@]:i+1}"
	done
	[ "$optional" != 1 ] || misused "$applet" "${words[@]}" "${needed[@]}" ''
}

@test "an argument that is empty" {
	every_form empty
}

unknown_verb() {
	[ "${#words[@]}" != 0 ] || return 0
	misused "$applet" frobnicate
	grep -q "unknown subcommand \"frobnicate\"; usage: $applet .*\b${words[0]}\b" "$ERRORS"
	misused "$applet"
	grep -q "; usage: $applet .*\b${words[0]}\b" "$ERRORS"
	[ "${#words[@]}" != 1 ] || return 0
	misused "$applet" "${words[0]}" frobnicate
	grep -q "unknown subcommand \"frobnicate\"; usage: $applet ${words[0]} .*\b${words[1]}\b" "$ERRORS"
}

@test "a verb that there is not, or none: those that there are" {
	every_form unknown_verb
}

@test "a number that is none: the option, what was typed, and what is taken" {
	BEFORE=$(tree)
	while read -r -a command; do
		option=${command[-1]}
		for value in abc -1 1x '' 99999999999; do
			misused "${command[@]}" "$value"
			grep -q -- "$option: \"$value\" is not a number \(of seconds \)\?from " "$ERRORS"
		done
	done <<-'END'
		qv-master -e
		qv-master --every
		qv-master -g
		qv-master -c
		qv-flush /home/serialmail/some.example.net -t
		qv-flush /home/serialmail/some.example.net -T
		qv-flush /home/serialmail/some.example.net -P
		qv-domain add dialup other.example.net --lifetime
		qv-mailbox add ann@example.com --password-fd
		qv-mailbox passwd ex1-0000 --password-fd
		qv-mailbox box example.com --used
		qv-domain list -w
	END
	for zero in 'qv-master -e 0' 'qv-master -c 0' 'qv-flush x -P 0'; do
		misused $zero
		grep -qF ': "0" is not a number from 1 to ' "$ERRORS"
	done
}

@test "the programs of other packages: their usage, and their exit code" {
	for command in maildirserial 'maildirserial -Z . p true' 'maildirserial -t x . p true' 'serialsmtp' 'serialsmtp x' setlock \
		'setlock -Z file true' maildirmake maildirsmtp 'maildirsmtp x'; do
		BEFORE=$(tree)
		misused $command
	done
}
