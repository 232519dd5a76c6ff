# The house as it is drawn: who may know of whom. Arrows only point down.

bats_require_minimum_version 1.5.0

setup() {
	: "${QVMAIL:?run me by make check}" "${OBJECTS:?run me by make check}"
	cd "$BATS_TEST_DIRNAME/.." || exit
}

# includes FILE...: "FILE: HEADER" for every header of ours
includes() {
	grep -HoE '^#[[:space:]]*include[[:space:]]*"[^"]+"' "$@" | sed -E 's/:[^"]*"/: /; s/"$//'
}

# only PATTERN FILE...: every header of ours that these files include matches
only() {
	local pattern=$1
	shift
	run -1 grep -vE ": ($pattern)\$" <(includes "$@")
	[ -z "$output" ] || { echo "includes upwards: $output"; return 1; }
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

@test "qmail and smtp know nothing of applets, and applets nothing of each other" {
	run -1 grep -lE '"(applet\.h|\.\./)' applets/*/*.[ch]
	run -1 grep -HE '#include.*\.c"' qvmail.c applets/*.[ch] applets/*/*.[ch]
	for file in applets/*.c; do
		name=$(basename "$file" .c)
		only "applet\.h|(lib|qmail|smtp|$name)/[a-z_]+\.h" "$file"
	done
}

@test "a header's own file includes it first, so every header stands on its own" {
	for header in applets/*/*.h; do
		source=${header%.h}.c
		[ -f "$source" ] || continue
		[ "$(includes "$source" | head -n 1)" = "$source: ${header#applets/}" ] || {
			echo "$source"
			return 1
		}
	done
}

@test "one file knows what a cdb looks like" {
	[ "$(grep -lE 'include.*[<"]cdb\.h' qvmail.c applets/*.[ch] applets/*/*.[ch])" = applets/qmail/cdbfile.c ]
}

# calls ALLOWED OBJECT...: what these objects call beyond themselves matches; the compiler's own helpers do not count
calls() {
	local allowed="$1|_GLOBAL_OFFSET_TABLE_|__stack_chk_(fail|guard)|__(asan|ubsan|lsan)_.*" own
	shift
	own=$(nm --defined-only "$@" | awk 'NF == 3 { print $3 }')
	run -1 grep -vxE "$allowed" <(nm -u "$@" | awk '$1 == "U" { print $2 }' | sort -u | grep -vxF "$own")
	[ -z "$output" ] || { echo "calls: $output"; return 1; }
}

# objects NAME...: those of applets/NAME.c
objects() {
	local name
	for name; do
		[ -f "applets/$name.c" ] && echo "$OBJECTS/applets/$name.o"
	done
}

TEXT='mem[a-z]+|str[a-z]+|v?snprintf|__isoc[0-9]+_strto[a-z]+|__errno_location|__ctype_.*|is[a-z]+|to(upper|lower)'

@test "the SMTP engine is pure: bytes in, bytes out, no I/O, no clock, no allocation" {
	calls "$TEXT" "$OBJECTS"/applets/smtp/*.o
}

@test "the scheduler is pure: it is told the time" {
	mapfile -t pure < <(objects lib/sched)
	[ "${#pure[@]}" -gt 0 ] || skip "lib/sched.c is not there"
	calls "$TEXT|qsort" "${pure[@]}"
}

@test "lines, routing, .qmail names and envelopes are pure: they work on memory they are given or own" {
	mapfile -t pure < <(objects lib/buf lib/err lib/error_str qmail/{names,lines,routing,routing_find,dotqmail,envelope})
	calls "$TEXT|malloc|calloc|realloc|free|qsort|bsearch" "${pure[@]}"
}

@test "nothing below main ends the process" {
	for object in "$OBJECTS"/applets/*/*.o "$OBJECTS"/applets/*.o; do
		run -1 grep -xE '[[:space:]]*U (exit|abort|err|errx|perror|__assert_fail)' <(nm -u "$object")
		[ -z "$output" ] || { echo "$object: $output"; return 1; }
	done
}

@test "every applets/*.c is an applet, and every applet has its file" {
	diff <(basename -s .c applets/*.c | sort) <("$QVMAIL" --list | sed -E 's/^(qv|qmail)-//' | sort -u)
}

@test "the top level holds the house and nothing else" {
	run -1 grep -vxE 'Makefile|README\.md|qvmail\.c|applets|tests|rootfs|build|\..*' <(ls -A)
	[ -z "$output" ] || { echo "$output"; return 1; }
}
