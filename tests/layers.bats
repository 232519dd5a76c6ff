# The house as it is drawn: who may know of whom. Arrows only point down.

setup() {
	: "${QVMAIL:?run me by make check}" "${OBJECTS:?run me by make check}"
	cd "$BATS_TEST_DIRNAME/.." || exit
	. tests/pure.bash
}

# includes FILE...: "FILE: HEADER" for every header of ours
includes() {
	grep -HoE '^#[[:space:]]*include[[:space:]]*"[^"]+"' "$@" | sed -E 's/:[^"]*"/: /; s/"$//'
}

# none WHAT: nothing is on stdin
none() {
	local found
	found=$(cat)
	[ -z "$found" ] || {
		echo "$1:"
		echo "$found"
		return 1
	}
}

# A room, and the rooms whose headers it includes: the arrows of the drawing, all of them and no other. They point up here.
ROOMS="
lib:
smtp:
shell:
qmail:   lib
dialup:  lib qmail
plan:    lib qmail
routing: lib qmail plan
box:     lib qmail plan routing
rcpt:    lib qmail
setup:   lib qmail dialup plan routing box rcpt
move:    lib qmail dialup routing box setup
check:   lib qmail dialup routing box setup rcpt
route:   lib qmail
wire:    lib smtp
serial:  lib qmail wire
flush:   lib qmail dialup smtp wire
master:  lib qmail dialup flush
trigger: lib qmail dialup flush
"

# arrows: "ROOM OTHER" for every arrow of the table
arrows() {
	sed -E '/^$/d; s/ +/ /g' <<<"$ROOMS" | while read -r room others; do
		for other in $others; do echo "${room%:} $other"; done
	done | sort
}

@test "rooms include what the drawing says, and nothing else" {
	diff -u <(arrows) <(includes applets/*/*.[ch] | sed -nE 's#^applets/([a-z]+)/.*: ([a-z]+)/.*#\1 \2#p' | awk '$1 != $2' | sort -u)
}

# The last column of the drawing: no word is "lib qmail", words are those and lib and qmail, "(WORDS)" are no more than WORDS.
drawn() {
	sed -nE 's#^ {6}\+-- ([a-z]+)/ +[^ ]+( [^ ]+)*( {2,}(.*))?$#\1:\4#p' README.md | while IFS=: read -r room others; do
		case $others in
		"(none)") others= ;;
		"("*) others=${others//[()]/} ;;
		*) others="lib qmail $others" ;;
		esac
		for other in $others; do echo "$room $other"; done
	done | sort
}

@test "README's drawing has the same rooms and arrows" {
	diff -u <(arrows) <(drawn)
	diff <(sed -nE 's/^([a-z]+):.*/\1/p' <<<"$ROOMS" | sort) <(sed -nE 's#^ {6}\+-- ([a-z]+)/.*#\1#p' README.md | sort)
}

@test "a room stands on rooms above it in the table" {
	awk -F'[: ]+' 'NF { for (i = 2; i <= NF; i++) if ($i != "" && !seen[$i]) print $1, $i; seen[$1] = 1 }' <<<"$ROOMS" |
		none "includes downwards"
}

# uses OBJECT...: "A B" for every pair of them of which A uses what B has
uses() {
	nm -AP "$@" | awk '{ sub(/\.o:$/, "", $1) }
		$3 ~ /^[A-TV-Z]$/ { home[$2] = $1 }
		$3 == "U" { user[NR] = $1; name[NR] = $2 }
		END { for (i in user) if (name[i] in home) print user[i], home[name[i]] }' | sort -u
}

# A file that enters such a room calls packed_unpack(); other rooms do not enter it at all.
@test "a room whose strings are packed is entered by applets that unpack" {
	for room in $(sed -nE 's#.*\*/([a-z]+)/\*\.o.*#\1#p' .tools/packed.ld); do
		grep -l "#include \"$room/" -r applets | grep -v "^applets/$room/" >"$BATS_TEST_TMPDIR/entered"
		[ -s "$BATS_TEST_TMPDIR/entered" ]
		grep -v '^applets/[a-z]*\.c$' "$BATS_TEST_TMPDIR/entered" || true
		xargs grep -L 'packed_unpack();' <"$BATS_TEST_TMPDIR/entered" || true
	done | none "would find them empty"
}

@test "no file stands on one that stands on it: the objects have no circle" {
	mapfile -t objects < <(printf '%s\n' applets/*.c applets/*/*.c | sed 's/c$/o/')
	cd "$OBJECTS"
	uses "${objects[@]}" >"$BATS_TEST_TMPDIR/uses"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/uses")" -gt "${#objects[@]}" ]
	{ tsort "$BATS_TEST_TMPDIR/uses" 2>&1 >/dev/null || true; } | sed 's/^tsort: //; s/^.*loop:/circle:/' | none "one stands on the next"
}

@test "every room is in the table" {
	diff <(sed -nE 's/^([a-z]+):.*/\1/p' <<<"$ROOMS" | sort) <(cd applets && printf '%s\n' */ | tr -d / | sort)
}

@test "no room holds more than a fifth of the lines" {
	wc -l applets/*/*.[ch] applets/*.[ch] qvmail.c | awk '$2 != "total" {
		n = split($2, path, "/")
		lines[n == 3 ? path[2] : "applets"] += $1
		all += $1
	}
	END { for (room in lines) if (lines[room] * 5 > all) print room, lines[room], "of", all }' | none "too large"
}

# only PATTERN FILE...: every header of ours that these files include matches
only() {
	local pattern=$1
	shift
	includes "$@" | sed -E "\\#: ($pattern)\$#d" | none "includes upwards"
}

@test "no directory below knows of applets, and nobody includes code" {
	only '[a-z]+/[a-z0-9_]+\.h' applets/*/*.[ch]
	only 'applet\.h|[a-z]+/[a-z0-9_]+\.h' qvmail.c applets/*.[ch]
}

@test "a header's own file includes it first, so every header stands on its own" {
	for header in applets/*/*.h; do
		source=${header%.h}.c
		[ ! -f "$source" ] || [ "$(grep -m1 '#include' "$source")" = "#include \"${header#applets/}\"" ] || echo "$source"
	done | none "includes something else first"
}

@test "one file knows what a cdb looks like" {
	[ "$(grep -lE 'include.*[<"]cdb\.h' qvmail.c applets/*.[ch] applets/*/*.[ch])" = applets/qmail/cdbfile.c ]
}

@test "one file calls crypt(3)" {
	[ "$(grep -lE 'include.*<crypt\.h>' qvmail.c applets/*.[ch] applets/*/*.[ch])" = applets/box/password.c ]
}

# calls ALLOWED NAME...: what these (applets/NAME.c) call beyond each other matches; the compiler's helpers do not count
calls() {
	local allowed="$1|_GLOBAL_OFFSET_TABLE_|__stack_chk_(fail|guard)|__(asan|ubsan|lsan)_.*" own objects
	shift
	objects=("${@/%/.o}")
	cd "$OBJECTS/applets" && ls "${objects[@]}" >/dev/null || return
	own=$(nm --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }')
	[ -n "$own" ]
	nm -u "${objects[@]}" | awk '$1 == "U" { print $2 }' | sort -u | { grep -vxF "$own" || true; } |
		sed -E "\\#^($allowed)\$#d" | none "calls"
}

TEXT='mem[a-z]+|str[a-z]+|v?snprintf|__isoc[0-9]+_strto[a-z]+|__errno_location|__ctype_.*|is[a-z]+|to(upper|lower)'

@test "the SMTP engine is pure: bytes in, bytes out, no I/O, no clock, no allocation" {
	diff <(printf '%s.c\n' "${PURE_ENGINE[@]}" | sort) <(cd applets && ls smtp/*.c)
	calls "$TEXT" "${PURE_ENGINE[@]}"
}

@test "the scheduler is pure: it is told the time" {
	calls "$TEXT|qsort" "${PURE_SCHEDULER[@]}"
}

@test "lines, routing, .qmail names, envelopes and what decides a route are pure: they work on memory they are given or own" {
	calls "$TEXT|malloc|calloc|realloc|free|qsort|bsearch|inet_pton|gmtime_r" "${PURE_MEMORY[@]}"
}

@test "hashes, and the lines of users/qv-passwd and users/qv-trigger, are pure" {
	calls "$TEXT|explicit_bzero" "${PURE_SECRETS[@]}" lib/{copy,join}
	calls "$TEXT|explicit_bzero|inet_(pton|ntop)|realloc|free" "${PURE_CALLERS[@]}" lib/{md5,cram,opt,guess,buf,copy,err,join,printable} qmail/names
}

@test "nothing below main ends the process" {
	nm -Au "$OBJECTS"/applets/*.o "$OBJECTS"/applets/*/*.o |
		grep -E ' U (exit|abort|err|errx|perror|__assert_fail)$' | none "ends the process or prints errors"
}

@test "every applets/*.c is an applet, and every applet has its file" {
	diff <(basename -s .c applets/*.c | sort) <("$QVMAIL" --list | sed -E 's/^(qv|qmail)-//' | sort -u)
}

@test "the top level holds the house and nothing else" {
	find . -mindepth 1 -maxdepth 1 -regextype egrep \
		! -regex '\./(Makefile|README\.md|qvmail\.c|applets|tests|rootfs|build|\..*)' | none "does not belong here"
}
