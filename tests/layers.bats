# The house as it is drawn: who may know of whom. Arrows only point down.

setup() {
	: "${QVMAIL:?run me by make check}" "${OBJECTS:?run me by make check}"
	cd "$BATS_TEST_DIRNAME/.." || exit
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

# only PATTERN FILE...: every header of ours that these files include matches
only() {
	local pattern=$1
	shift
	includes "$@" | sed -E "\\#: ($pattern)\$#d" | none "includes upwards"
}

@test "lib knows nothing of mail: it includes lib and the system" {
	only 'lib/[a-z_]+\.h' applets/lib/*.[ch]
}

@test "qmail includes qmail and lib" {
	only '(lib|qmail)/[a-z_]+\.h' applets/qmail/*.[ch]
}

@test "smtp includes smtp alone" {
	only 'smtp/[a-z_]+\.h' applets/smtp/*.[ch]
}

@test "no directory below knows of applets, and nobody includes code" {
	only '[a-z]+/[a-z_]+\.h' applets/*/*.[ch]
	only 'applet\.h|[a-z]+/[a-z_]+\.h' qvmail.c applets/*.[ch]
}

@test "qmail's files and SMTP meet in the flush alone" {
	includes applets/*.c applets/*/*.[ch] | grep ': smtp/' | sed -E '\#^applets/(smtp|flush)/#d' | none "knows SMTP"
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
	[ "$(grep -lE 'include.*<crypt\.h>' qvmail.c applets/*.[ch] applets/*/*.[ch])" = applets/qmail/password.c ]
}

# calls ALLOWED NAME...: what these (applets/NAME.c) call beyond each other matches; the compiler's helpers do not count
calls() {
	local allowed="$1|_GLOBAL_OFFSET_TABLE_|__stack_chk_(fail|guard)|__(asan|ubsan|lsan)_.*" own objects
	shift
	objects=("${@/%/.o}")
	cd "$OBJECTS/applets" || return
	own=$(nm --defined-only "${objects[@]}" | awk 'NF == 3 { print $3 }')
	[ -n "$own" ]
	nm -u "${objects[@]}" | awk '$1 == "U" { print $2 }' | sort -u | { grep -vxF "$own" || true; } |
		sed -E "\\#^($allowed)\$#d" | none "calls"
}

TEXT='mem[a-z]+|str[a-z]+|v?snprintf|__isoc[0-9]+_strto[a-z]+|__errno_location|__ctype_.*|is[a-z]+|to(upper|lower)'

@test "the SMTP engine is pure: bytes in, bytes out, no I/O, no clock, no allocation" {
	mapfile -t engine < <(cd applets && basename -as .c smtp/*.c)
	calls "$TEXT" "${engine[@]/#/smtp/}"
}

@test "the scheduler is pure: it is told the time" {
	calls "$TEXT|qsort" lib/sched
}

@test "lines, routing, .qmail names, envelopes and what decides a route are pure: they work on memory they are given or own" {
	calls "$TEXT|malloc|calloc|realloc|free|qsort|bsearch" \
		lib/{buf,err,printable} qmail/{names,assign,lines,lines_index,routing,routing_find,dotqmail,envelope} \
		qmail/{constmap,ip,passwd,rcpt,rewrite,smtproutes} qmail/{vpopmail,vmailmgr,cdbwalk}
}

@test "hashes and the lines of users/qv-passwd are pure" {
	calls "$TEXT" qmail/{pwhash,qvpasswd_line}
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
