# What --help and the manual pages say is what the program does, for every applet, verb and option in the table.
load helper

setup() {
	fresh_root
	SOURCE=$BATS_TEST_DIRNAME/../applets
}

# source_of APPLET: the file that it is written in
source_of() {
	echo "$SOURCE/$(sed -E 's/^(qv|qmail)-//' <<<"$1").c"
}

# The options that an applet's parser knows besides the common ones, one a line.
parsed() {
	grep -oE "\{('.'|0), (\"[a-z0-9-]+\"|NULL), OPT_[A-Z]+" "$(source_of "$1")" |
		sed -E "s/^\{('(.)'|0), (\"([a-z0-9-]+)\"|NULL), .*/-\2 --\4/" | tr ' ' '\n' | grep -vxE -- '--?' | sort -u
}

# The options that have a line of their own in --help, or stand before a comma in one; common ones are on stdin's end.
explained() {
	"$QVMAIL" "$1" --help | sed '/^Options of every/,$d' | grep -oE '^ +-[A-Za-z0-9-]+(( [A-Z][^ ]*)?, -[A-Za-z0-9-]+)?' |
		grep -oE -- '-[A-Za-z0-9-]+' | sort -u
}

# forms APPLET: the verbs and kinds that its usage begins with, one form a line; an empty line where there are none
forms() {
	"$QVMAIL" "$1" --help | sed -nE "/^usage:/,/^\$/s/^(usage:|      ) $1( |\$)//p" | sed -E 's/(^| )[^a-z].*//'
}

@test "every applet's --help: one section of exit codes, one of files, an example with a prompt, no line over 80 columns" {
	for name in $("$QVMAIL" --list); do
		exits 0 "$QVMAIL" "$name" --help
		for section in 'Exit codes: [^ ]' 'Files:' 'Example:$'; do
			[ "$(grep -c "^$section" <<<"$output")" = 1 ] || { echo "$name: $section"; false; }
		done
		sed '1,/^Example:/d' <<<"$output" | head -n 1 | grep -qE '^  ([#$] |\*/2 )' || { echo "$name: example"; false; }
		awk 'length > 80 { print; r = 1 } END { exit r }' <<<"$output"
	done
}

# block APPLET VERB: the verb's lines in the applet's --help
block() {
	"$QVMAIL" "$1" --help | awk -v verb="  $2 " '
		/^ ? ?[^ ]/ || NF == 0 { on = 0 }
		index($0 " ", verb) == 1 { on = 1 }
		on'
}

# usage NAME [WORD]...: the forms of NAME's --help, those that begin with these words
usage() {
	"$QVMAIL" "$@" --help | sed -n '/^usage:/,/^$/p' | sed 's/^usage:/      /; /^$/d' | awk -v words="       $*" '
		/^ {7}[^ ]/ { on = index($0 " ", words " ") == 1 }
		on'
}

@test "a verb's --help is its usage and its lines of the applet's --help, wherever it stands" {
	before=$(tree)
	for name in qv-domain qv-mailbox; do
		while read -r -a words; do
			diff <("$QVMAIL" "$name" "${words[@]}" --help | sed '1,/^$/d; $d') <(block "$name" "${words[*]}"; echo)
			diff <(usage "$name" "${words[@]}") <("$QVMAIL" "$name" --help | sed -n '/^usage:/,/^$/p' |
				sed 's/^usage:/      /; /^$/d' | awk -v words="       $name ${words[*]}" '
				/^ {7}[^ ]/ { on = index($0 " ", words " ") == 1 }
				on')
			[ "$(qv-domain -R /nowhere del --help example.com)" = "$(qv-domain del --help)" ]
		done < <(forms "$name" | uniq)
	done
	[ "$(qv-domain add --help | grep -c '^       qv-domain add\|^usage: qv-domain add')" = 5 ]
	[ "$(qv-domain --help)" = "$(qv-domain frobnicate --help)" ]
	[ "$(tree)" = "$before" ]
}

@test "--help behind anything else is the applet's, and does nothing" {
	before=$(tree)
	for name in $("$QVMAIL" --list | grep ^qv-); do
		[ "$("$QVMAIL" "$name" -v frobnicate --help)" = "$("$QVMAIL" "$name" --help)" ] || [ "$name" = qv-auth ]
	done
	[ "$(tree)" = "$before" ]
}

@test "every option that a parser knows is explained in --help" {
	for name in $("$QVMAIL" --list | grep -v ^qmail-); do
		comm -23 <(parsed "$name") <(explained "$name") >"$BATS_TEST_TMPDIR/lacks"
		[ ! -s "$BATS_TEST_TMPDIR/lacks" ] || { echo "$name lacks:"; cat "$BATS_TEST_TMPDIR/lacks"; false; }
	done
}

@test "every common option is explained, too" {
	diff <(grep -oE "\{('.'|0), \"[a-z-]+\", OPT_" "$SOURCE/lib/verb.c" | sed -E "s/.'(.)', \"(.*)\".*/-\1, --\2/" | sort) \
		<(qv-hup --help | sed '1,/^Options of every/d' | grep -oE '^  -., --[a-z-]+' | sed 's/^ *//' | sort)
}

# An unknown option behind it: either that is refused, or it was taken as a value.
@test "every option of every form in a usage is understood there" {
	for name in $("$QVMAIL" --list | grep ^qv- | grep -v qv-auth); do
		for option in $(explained "$name"); do
			while read -r -a words; do
				run "$QVMAIL" "$name" "${words[@]}" "$option" --frobnicate
				[ "$status" != 0 ]
				[[ $output == *"unknown option $option"* ]] || break
			done < <(forms "$name")
			[[ $output != *"unknown option $option"* ]] || { echo "$name: $output"; false; }
		done
	done
}

@test "every manual page has all sections, and neither mandoc nor groff complains" {
	"$REPO/.tools/man" "$QVMAIL" "$BATS_TEST_TMPDIR/man"
	for name in qvmail $("$QVMAIL" --list); do
		page=$BATS_TEST_TMPDIR/man/$name.8
		for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' FILES EXAMPLES 'SEE ALSO'; do
			grep -A1 -qx ".SH $section" "$page" || { echo "$name: $section"; false; }
		done
		run -0 mandoc -T lint "$page"
		[ -z "$output" ]
		[ -z "$(groff -man -T ascii -ww -z "$page" 2>&1)" ]
	done
}

@test "the pages that have a text alone are without complaint, too, and every text is in a page" {
	"$REPO/.tools/man" "$QVMAIL" "$BATS_TEST_TMPDIR/man"
	for page in qvmail.5 qvmail.7; do
		grep -A1 -qx '.SH DESCRIPTION' "$BATS_TEST_TMPDIR/man/$page"
		run -0 mandoc -T lint "$BATS_TEST_TMPDIR/man/$page"
		[ -z "$output" ]
		[ -z "$(groff -man -T ascii -ww -z "$BATS_TEST_TMPDIR/man/$page" 2>&1)" ]
	done
	for text in "$SOURCE"/*.txt; do
		page=$BATS_TEST_TMPDIR/man/$(basename "$text" .txt)
		comm -23 <(tr -cs 'A-Za-z0-9/' '\n' <"$text" | sort -u) \
			<(mandoc -T ascii "$page" | sed 's,.\x08,,g' | tr -cs 'A-Za-z0-9/' '\n' | sort -u) >"$BATS_TEST_TMPDIR/lacks"
		[ ! -s "$BATS_TEST_TMPDIR/lacks" ] || { echo "$page lacks:"; cat "$BATS_TEST_TMPDIR/lacks"; false; }
	done
}

@test "a manual page has a section for every verb, and no line is wider than a terminal" {
	"$REPO/.tools/man" "$QVMAIL" "$BATS_TEST_TMPDIR/man"
	for name in qv-domain qv-mailbox; do
		diff <(forms "$name" | uniq) <(sed -n 's/^\.SS //p' "$BATS_TEST_TMPDIR/man/$name.8")
	done
	for page in "$BATS_TEST_TMPDIR"/man/*; do
		mandoc -T ascii "$page" | sed 's,.\x08,,g' | awk -v page="$page" 'length > 80 { print page ": " $0; r = 1 } END { exit r }'
	done
}

@test "a manual page has the date of the program, or the one that a packager sets" {
	SOURCE_DATE_EPOCH=86400 "$REPO/.tools/man" "$QVMAIL" "$BATS_TEST_TMPDIR/man"
	grep -q '^.TH QV-HUP 8 1970-01-02 "qvmail ' "$BATS_TEST_TMPDIR/man/qv-hup.8"
	"$REPO/.tools/man" "$QVMAIL" "$BATS_TEST_TMPDIR/man"
	grep -q "^.TH QV-HUP 8 $(date -u -r "$QVMAIL" +%F) " "$BATS_TEST_TMPDIR/man/qv-hup.8"
}
