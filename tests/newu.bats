#!/usr/bin/env bats
# qv-newu and qmail-newu: users/assign -> users/cdb.

load helper

setup() {
	fresh_root
	GOLDEN=$BATS_TEST_DIRNAME/golden/newu
	echo old >"$U/cdb"
}

# judged COMMAND BAD: for each recorded table the recorded bytes; where there are none, exit BAD and the old file.
judged() {
	local case want
	for case in "$GOLDEN"/*/; do
		echo "case $case"
		echo old >"$U/cdb"
		cp "$case/assign" "$U/assign"
		want=$(cat "$case/exit")
		[ "$want" = 0 ] || want=$2
		exits "$want" "$1"
		if [ -e "$case/cdb" ]; then
			cmp "$case/cdb" "$U/cdb"
		else
			same "$U/cdb" $'old\n'
		fi
	done
}

table() {
	printf '%s\n' "$@" >"$U/assign"
}

@test "qmail-newu: every recorded table gives the recorded bytes and exit code" {
	[ -e "$GOLDEN/01-seed-example/cdb" ]
	judged qmail-newu 111
}

@test "newu: every recorded table gives the same bytes; a wrong one is 111" {
	judged qv-newu 111
}

@test "newu: a wrong line is named, the old cdb stays, nothing is left behind" {
	table '=joe:joe:510:51:/home/joe:::' '+joe-:joe:510:51:/home/joe' .
	refuses 111 qv-newu
	[ "$output" = "qv-newu: fatal: $U/assign:2: 3 fields after the name, expected 6 (user:uid:gid:home:dash:ext:)" ]
}

@test "qmail-newu: a wrong line is named, with the original's exit code" {
	table '' .
	refuses 111 qmail-newu
	[ "$output" = "qmail-newu: fatal: $U/assign:1: blank line, which qmail-newu does not accept; remove it" ]
}

@test "newu: the line number is right far inside a table" {
	{
		yes '=joe:joe:510:51:/home/joe:::' | head -n 20000
		echo '# not here'
		echo .
	} >"$U/assign"
	refuses 111 qv-newu
	[ "$output" = "qv-newu: fatal: $U/assign:20001: qmail-newu does not accept comments; remove this line" ]
}

@test "newu: a table without its final dot is refused at its end" {
	table '=joe:joe:510:51:/home/joe:::'
	refuses 111 qv-newu
	[ "$output" = "qv-newu: fatal: $U/assign:2: the table has no end; put a line with a single dot here" ]
}

@test "newu: silent on success" {
	exits 0 qv-newu
	[ -z "$output" ]
	cmp "$U/cdb" "$GOLDEN/03-dot-only/cdb"
}

@test "newu: --dry-run says what would be built and changes nothing" {
	before=$(tree)
	exits 0 qv-newu -n
	[ "$output" = "build /var/qmail/users/cdb from /var/qmail/users/assign" ]
	[ "$(tree)" = "$before" ]
}

@test "newu: --dry-run finds wrong lines" {
	table 'no colon' .
	refuses 111 qv-newu --dry-run
	[[ $output == *"$U/assign:1: no colon, expected "* ]]
}

@test "newu: warns of a domain behind a dot, which ends the table" {
	table '+example.com-:ex1:510:51:/h:-::' '.example.com-:ex1:510:51:/h:-::' '+example.org-:ex1:510:51:/h:-::' .
	exits 0 qv-newu
	[ "$output" = "qv-newu: warning: $U/assign:2: a dot in the first column ends the table here: this line and all after it are ignored; remove the dot" ]
}

@test "newu: warns once of lines behind the end, not of blank ones" {
	table '=joe:joe:510:51:/home/joe:::' . '' '=jim:jim:510:51:/home/jim:::' '=jon:jon:510:51:/home/jon:::'
	exits 0 qv-newu
	[ "$output" = "qv-newu: warning: $U/assign:4: after the final dot, so this line and all after it are ignored; move the dot to the end of the file" ]
	printf '.\r\n\n  \n' >"$U/assign"
	exits 0 qv-newu
	[ -z "$output" ]
}

@test "newu: warns of comments and indented entries, which become = entries" {
	table '# =joe:joe:510:51:/home/joe:::' '=joe:joe:510:51:/home/joe:::' ' +joe-:joe:510:51:/home/joe:-::' .
	exits 0 qv-newu
	why="begins with neither = nor +: qmail drops the first byte and reads the line as an = entry; fix or remove it"
	[ "$output" = "qv-newu: warning: $U/assign:1: $why
qv-newu: warning: $U/assign:3: $why" ]
}

@test "newu: warns of a + name ending in a capital, unless another ends in the small letter" {
	table '+JOE:joe:510:51:/home/joe:::' '+JIM:jim:510:51:/home/jim:::' '+tom:tom:510:51:/home/tom:::' .
	exits 0 qv-newu
	[ "$output" = "qv-newu: warning: $U/assign:1: the + name ends in a capital letter: qmail looks up lower case only and never finds it; use lower case" ]
}

@test "newu: warns of a + name without the dash that its entry has in the dash field" {
	table '+example.com:ex1:510:51:/h:-::' '+example.com-:ex1:510:51:/h:-::' '+:alias:7790:2108:/var/qmail/alias:-::' \
		'+joe+:joe:510:51:/home/joe:-::' '+tim:tim:510:51:/home/tim:::' '=joe:joe:510:51:/home/joe:-::' .
	exits 0 qv-newu
	[[ $output == "qv-newu: warning: $U/assign:1: the + name does not end with a dash, "* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "newu: of many lines wrong in one way ten are named and the others counted" {
	{
		yes '#a:b:c:d:e:f:g:' | head -n 5000
		echo .
	} >"$U/assign"
	exits 0 qv-newu
	[ "${#lines[@]}" = 11 ]
	[[ ${lines[9]} == "qv-newu: warning: $U/assign:10: "* ]]
	[ "${lines[10]}" = "qv-newu: warning: $U/assign: 4990 more lines like these" ]
	sed -i 1,4990d "$U/assign"
	exits 0 qv-newu
	[ "${#lines[@]}" = 10 ]
}

@test "qmail-newu: no warnings, no notice of arguments" {
	table '# =joe:joe:510:51:/home/joe:::' . junk
	exits 0 qmail-newu -h --root /nowhere junk
	[ -z "$output" ]
	[ "$(stat -c %s "$U/cdb")" -gt 2072 ]
}

@test "newu: a new cdb has mode 644 whatever the umask, an old one keeps its own" {
	rm "$U/cdb"
	(umask 077 && exits 0 qv-newu)
	[ "$(stat -c %a "$U/cdb")" = 644 ]
	chmod 640 "$U/cdb"
	exits 0 qv-newu
	[ "$(stat -c %a "$U/cdb")" = 640 ]
}

@test "newu: a link planted where the new file is made is not written through" {
	echo precious >"$ROOT/precious"
	ln -s "$ROOT/precious" "$U/.cdb.new"
	ln -s "$ROOT/precious" "$U/cdb.tmp"
	exits 0 qv-newu
	same "$ROOT/precious" $'precious\n'
	[ -f "$U/cdb" ] && [ ! -L "$U/cdb" ] && [ ! -L "$U/.cdb.new" ]
}

@test "newu: a cdb that is a link is refused" {
	mv "$U/cdb" "$U/elsewhere"
	ln -s elsewhere "$U/cdb"
	refuses 100 qv-newu
	[[ $output == "qv-newu: fatal: $U/cdb is not a regular file"* ]]
}

@test "newu: a missing or unreadable table is named" {
	rm "$U/assign"
	refuses 100 qv-newu
	[ "$output" = "qv-newu: fatal: unable to open $U/assign: No such file or directory" ]
	refuses 111 qmail-newu
	mkdir "$U/assign"
	refuses 100 qv-newu
	refuses 111 qmail-newu
}

@test "newu: the file is synced, renamed, and the directory synced, in this order" {
	ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 \
		strace -f -y -e trace=fsync,rename,renameat,renameat2 -o "$BATS_TEST_TMPDIR/calls" qv-newu
	run sed -E 's/^[0-9]+ +//; s/\(.*//; /^(fsync|rename)/!d; s/rename.*/rename/' "$BATS_TEST_TMPDIR/calls"
	[ "$output" = $'fsync\nrename\nfsync' ]
	grep -q "fsync([0-9]*<$U/.cdb.new>)" "$BATS_TEST_TMPDIR/calls"
	grep -q "fsync([0-9]*<$U>)" "$BATS_TEST_TMPDIR/calls"
}

@test "newu: when the disk is full the old cdb stays and the same command may work later" {
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
	refuses 111 strace -f -o /dev/null -e inject=write:error=ENOSPC:when=1 "$BIN/qv-newu"
	[ "$output" = "qv-newu: fatal: unable to write the cdb of $U/assign: No space left on device" ]
	refuses 111 strace -f -o /dev/null -e inject=fsync:error=EIO:when=1 "$BIN/qv-newu"
}

@test "newu: the administrators' lock is respected" {
	cd "$BATS_TEST_TMPDIR" || return
	flock -F "$U/qv-lock" sh -c 'echo >held; exec sleep 60' 3>&- &
	holder=$!
	until [ -e held ]; do sleep 0.01; done
	before=$(tree | sed 's/^f [0-7]* \(.*qv-lock\)/f 600 \1/')
	exits 111 qv-newu -w 0
	[[ $output == "qv-newu: fatal: another administrator's command is at work: pid $holder "* ]]
	[ "$(tree)" = "$before" ]
	exits 0 qv-newu -n -w 0
	kill "$holder"
	exits 0 qv-newu
}

@test "newu: misuse is 100 and says how it is used" {
	refuses 100 qv-newu surplus
	[ "$output" = "qv-newu: fatal: expected no arguments; usage: qv-newu [-nqv] [-w SECONDS] [-R DIR]" ]
	refuses 100 qv-newu -x
}

@test "newu: --root goes before QVMAIL_ROOT" {
	cp -r "$ROOT" "$BATS_TEST_TMPDIR/other"
	rm "$BATS_TEST_TMPDIR/other/var/qmail/users/cdb"
	exits 0 qv-newu --root "$BATS_TEST_TMPDIR/other"
	cmp "$GOLDEN/03-dot-only/cdb" "$BATS_TEST_TMPDIR/other/var/qmail/users/cdb"
	same "$U/cdb" $'old\n'
}
