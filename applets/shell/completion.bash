# Completion for bash. Above stand the forms of every applet's command line, as its --help shows them; a form that begins
# with "..." has options alone, for any place. What is in capitals there is asked of qvmail where it is a name of the
# set-up: of the tree that --root or QVMAIL_ROOT says. Nothing is changed, nobody waits for a lock, errors are not shown.

# The words up to the cursor as the program will get them, for bash cuts them at @, : and =, too; of the last one
# readline replaces only what is behind the first $cut bytes, an @ with what is behind it.
_qvmail_words() {
	local i word glued=

	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ ${#words[@]} -gt 0 && ($glued || $word =~ ^[@:=]+$) ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
		[[ $word =~ ^[@:=]+$ ]] && glued=1 || glued=
	done
	[[ $glued ]] && word=
	cut=$((${#words[-1]} - ${#word}))
	[[ $cut = 0 || ${words[-1]:cut-1:1} != @ ]] || cut=$((cut - 1))
}

# A form's positions, its options and which of them take which value; a position in which anything may be repeated ends it.
_qvmail_form() {
	local tokens token name option pending=() letters

	positions=() options=() repeats=
	read -ra tokens <<<"$1"
	for token in "${tokens[@]}"; do
		[[ $token = *... ]] && repeats=1
		name=${token//[][,]/}
		name=${name%...}
		name=${name%%:*}
		case $name in
		'' | '|') pending=() ;;
		--*) pending+=("$name") options+=("$name") ;;
		-*)
			letters=${name#-}
			for ((; ${#letters} > 0; )); do
				pending+=("-${letters:0:1}") options+=("-${letters:0:1}")
				letters=${letters:1}
			done
			;;
		*)
			[[ ${#pending[@]} = 0 ]] && positions+=("$name")
			for option in "${pending[@]}"; do
				value[$option]=$name
			done
			pending=()
			;;
		esac
		[[ $token = -*, ]] || [[ ${#pending[@]} -gt 0 && $token != *']'* ]] || pending=()
	done
}

# Of the words before the last one: args are no options, root is what qvmail is to be asked about, want the value that is due.
_qvmail_args() {
	local i word ends=

	args=() root=() want=
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		if [[ $want ]]; then
			[[ $ends = -R || $ends = --root ]] && root=(-R "$word")
			want=
		elif [[ $word = --?*=* ]]; then
			[[ $word = --root=* ]] && root=(-R "${word#*=}")
		elif [[ $word = -?* ]]; then
			ends=$word
			[[ $word = -[!-]?* ]] && ends=-${word: -1}
			want=${value[$ends]-}
			[[ $word = -R?* ]] && root=(-R "${word#-R}") want=
		else
			args+=("$word")
		fi
	done
	# shellcheck disable=SC2088 # the shell has not opened it yet
	[[ ${root[1]-} != '~/'* ]] || root[1]=$HOME/${root[1]#??}
}

# Does the form have room for args; what may come next, into next.
_qvmail_fits() {
	local i position last=$((${#positions[@]} - 1))

	for ((i = 0; i <= ${#args[@]}; i++)); do
		[[ $i -le $last || $repeats ]] || break
		position=
		[[ $last -ge 0 ]] && position=${positions[i < last ? i : last]}
		[[ $i -lt ${#args[@]} ]] || break
		[[ ! $position || $position = *[A-Z]* || "|$position|" = *"|${args[i]}|"* ]] || return 1
	done
	[[ $i -eq ${#args[@]} ]] || return 1
	next=
	[[ $i -le $last || $repeats ]] && next=$position
	return 0
}

_qvmail_ask() {
	"$program" "$@" "${root[@]}" </dev/null 2>/dev/null
}

# shellcheck disable=SC2034 # all columns are named by $1
# The column $1 (name, form, handle, home) of the domains; of those of the form $2 alone.
_qvmail_domains() {
	local name form handle home more

	while read -r name form handle home more; do
		[[ ${2-} && $form != "${2-}" ]] || printf '%s\n' "${!1}"
	done < <(_qvmail_ask qv-domain list)
}

# shellcheck disable=SC2034
# Addresses, or what mail is delivered into: $1 is address or value, $2 what kind of value. Where there are very many domains,
# reading all of their .qmail files would be waited for.
_qvmail_boxes() {
	local address type value more domains

	mapfile -t domains < <(_qvmail_ask qv-domain list)
	[[ ${#domains[@]} -le 1000 ]] || return
	while read -r address type value more; do
		[[ ${2-} && $type != "${2-}" ]] || printf '%s\n' "${!1}"
	done < <(_qvmail_ask qv-mailbox list)
}

# Every name that a word of a form may stand for.
_qvmail_names() {
	local adds=

	[[ ${args[0]-} = add || ${args[0]-} = box ]] && adds=1
	case $1 in
	[!A-Z]*) printf '%s\n' "$1" ;;
	APPLET) [[ ${#words[@]} -gt 2 && ${words[1]} != help ]] || printf '%s\n' "${applets[@]}" "${applets[@]#qv-}" ;;
	DOMAIN | OLD) [[ $applet = qv-domain && $adds ]] || _qvmail_domains name ;;
	HOST) [[ $adds || (${args[0]-} = relayhost && ${#args[@]} -gt 1) ]] || _qvmail_domains name dialup ;;
	HANDLE) _qvmail_domains handle ;;
	BOX | NAME) [[ $applet != qv-* ]] || _qvmail_boxes value box ;;
	ADDRESS | TARGET)
		if [[ $last = *@* ]]; then
			_qvmail_domains name | while read -r name; do printf '%s\n' "${last%%@*}@$name"; done
		elif [[ ! $adds ]]; then
			_qvmail_boxes address
		fi
		;;
	DIR) [[ $applet = qv-flush && ! $want && $last = */* ]] && _qvmail_domains home dialup ;;
	esac
}

_qvmail_files() {
	case $1 in
	DIR) [[ $applet = qv-flush && ! $want && $last != */* ]] || compgen -d -- "$last" ;;
	NAME) [[ $applet = qv-* ]] || compgen -d -- "$last" ;;
	FILE | ARG*) [[ $applet = qvmail ]] || compgen -f -- "$last" ;;
	PROG* | CLIENT | COMMAND) compgen -c -- "$last" ;;
	esac
}

# Offer what may stand for $1, with $2 before it; strange names, which a shell would read otherwise, are left out.
_qvmail_offer() {
	local kind kinds name before=${2-}

	IFS='|' read -ra kinds <<<"$1"
	for kind in "${kinds[@]}"; do
		while IFS= read -r name; do
			[[ $name = "$last"* && $name != - && $name != *[!A-Za-z0-9._@:=+/-]* ]] && COMPREPLY+=("$before${name:cut}")
		done < <(_qvmail_names "$kind")
		while IFS= read -r name; do
			COMPREPLY+=("$before${name:cut}")
		done < <(_qvmail_files "$kind")
		[[ $kind = DIR || $kind = FILE || $kind = ARG* ]] && compopt -o filenames 2>/dev/null
	done
}

_qvmail() {
	local applets=() words=() cut=0 applet program=qvmail last line name
	local positions options repeats next args root want nexts=() offered=()
	local -A value=()

	COMPREPLY=()
	# shellcheck disable=SC2154 # it stands above
	while read -r name line; do
		[[ ! $name || $name = qvmail || $name = *'*' || " ${applets[*]} " = *" $name "* ]] || applets+=("$name")
	done <<<"$_qvmail_forms"
	_qvmail_words
	applet=${words[0]##*/}
	if [[ $applet = qvmail* ]]; then
		program=${words[0]} applet=qvmail
		for name in "${applets[@]}"; do
			[[ ${#words[@]} -gt 2 && ($name = "${words[1]}" || $name = "qv-${words[1]}") ]] && applet=$name
		done
		[[ $applet = qvmail ]] || words=("${words[@]:1}")
	fi
	last=${words[-1]}
	while read -r name line; do
		# shellcheck disable=SC2053 # a pattern
		[[ $applet = $name ]] && _qvmail_form "$line"
	done <<<"$_qvmail_forms"
	_qvmail_args
	while read -r name line; do
		# shellcheck disable=SC2053
		if [[ $applet = $name ]]; then
			_qvmail_form "$line"
			_qvmail_fits && offered+=("${options[@]}") && [[ $line != -* || ${words[1]} = "${line%% *}" ]] && nexts+=("$next")
		fi
	done <<<"$_qvmail_forms"
	if [[ $want ]]; then
		_qvmail_offer "$want"
	elif [[ $last = --*=* ]]; then
		name=${last%%=*} last=${last#*=} want=x
		if [[ $cut -gt ${#name} ]]; then
			cut=$((cut - ${#name} - 1))
			_qvmail_offer "${value[$name]-}"
		else
			_qvmail_offer "${value[$name]-}" "$name="
		fi
	elif [[ $last = -* ]]; then
		for name in "${offered[@]}"; do
			[[ $name = "$last"* && " ${COMPREPLY[*]} " != *" $name "* ]] && COMPREPLY+=("$name")
		done
	else
		for next in "${nexts[@]}"; do
			[[ ! $next ]] || _qvmail_offer "$next"
		done
	fi
	return 0
}
