# What every .bats file loads. QVMAIL is the binary under test, TESTBIN holds the test programs; `make check` sets both.
bats_require_minimum_version 1.5.0 # run !

: "${QVMAIL:?run me by make check, or say QVMAIL=.../build/qvmail}"
REPO=$(cd "$BATS_TEST_DIRNAME/.." && pwd)

# The applets under their own names, as an installed system has them, where other users get to as well: the project may be
# below a home that is closed to them.
applets() {
	BIN=$BATS_FILE_TMPDIR/bin
	if [ ! -d "$BIN" ]; then
		mkdir -p "$BIN"
		cp -p "$QVMAIL" "$BATS_FILE_TMPDIR/qvmail"
		chmod a+rx "$BATS_FILE_TMPDIR" "$BATS_FILE_TMPDIR/qvmail"
		"$BATS_FILE_TMPDIR/qvmail" --install -s --compat "$BIN"
	fi
	QVMAIL=$BATS_FILE_TMPDIR/qvmail
	PATH=$BIN:$PATH
}

# pristine DIR: a copy of rootfs, with a gateway's modes whatever umask git was given
pristine() {
	cp -r "$REPO/rootfs" "$1"
	rm -r "$1/packaging"
	chmod -R u=rwX,go=rX "$1"
}

# $ROOT: a pristine gateway, with popusr as the seed has it (510:51), or as ourselves where we are not root.
fresh_root() {
	applets
	ROOT=$BATS_TEST_TMPDIR/root
	pristine "$ROOT"
	mkdir -p "$ROOT/etc"
	POPUID=510 POPGID=51
	[ "$(id -u)" = 0 ] || POPUID=$(id -u) POPGID=$(id -g)
	printf 'root:x:0:0:root:/root:/bin/sh\npopusr:x:%s:%s:POP boxes:/home/popmail:/bin/false\n' \
		"$POPUID" "$POPGID" >"$ROOT/etc/passwd"
	# popusr must get there: bats makes its directories for us alone.
	chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/test "$BATS_TEST_TMPDIR"
	C=$ROOT/var/qmail/control
	U=$ROOT/var/qmail/users
	export QVMAIL_ROOT=$ROOT
}

# exits CODE COMMAND...: output in $output (both streams), shown when the code is another one.
exits() {
	local want=$1
	shift
	run "$@"
	[ "$status" -eq "$want" ] && return
	echo "exit $status, expected $want: $*"
	echo "$output"
	return 1
}

# end_child PID: by TERM; "": none was started
end_child() {
	[ -z "$1" ] || { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null || true; }
}

# until_true COMMAND...: it succeeds within five seconds
until_true() {
	for _ in $(seq 100); do
		"$@" && return
		sleep 0.05
	done
	echo "not within five seconds: $*"
	return 1
}

# One clear line, that code, and not a byte of $ROOT changed: modes and owners count as bytes.
refuses() {
	local want=$1 before=$BATS_TEST_TMPDIR/before.tar after=$BATS_TEST_TMPDIR/after.tar
	shift
	freeze "$before"
	exits "$want" "$@"
	freeze "$after"
	[ "${#lines[@]}" -eq 1 ] || { echo "not one line: $output"; return 1; }
	cmp -s "$before" "$after" || { diff <(tar -tvf "$before") <(tar -tvf "$after") || true; return 1; }
}

# freeze FILE: what tree() prints, by one process: some files call refuses a hundred times.
freeze() {
	tar -C "$ROOT" --sort=name --mtime=@0 -cf "$1" .
}

# Everything under $ROOT: type, mode, owner, name, link target, and the sum of each file.
tree() {
	(
		cd "$ROOT" || exit
		find . -printf '%y %m %U:%G %p %l\n' | sort -k4
		find . -type f -print0 | sort -z | xargs -0r sha256sum
	)
}

# same FILE TEXT: the whole file is exactly this.
same() {
	diff <(printf '%s' "$2") "$1"
}

# native WHAT: skips where qemu-user runs the binary (make check-cross), without what this test wants of the CPU's own kernel:
#	strace, valgrind   they would see, count and fail what the emulator does
#	descriptors   the first that is closed has the program itself
#	argv, memory   /proc has the emulator's
#	errno    getsockopt(SO_ERROR) gives this machine's numbers; mips has others
#	seccomp  it has none, and no Landlock
#	root     that of a user namespace makes no devices, no overlay of /, and enters no network from outside
#	time     it is ten times as slow
native() {
	case $1:${EMULATED-} in
	*: | errno:[!m]*) ;;
	*) skip "emulated: $1" ;;
	esac
}

# strace; the sanitizers' leak checker does not work under it.
traced() {
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace "$@"
}

# The binary that ships, not the one with sanitizers, whose loader and libraries want more of the system (a /proc).
is_static() {
	[[ "$(readelf -lW "$QVMAIL")" != *INTERP* ]]
}

is_32_bit() {
	[[ "$(readelf -h "$QVMAIL")" == *ELF32* ]]
}

# halves: what follows needs a second process, and calls that fail
halves() {
	native strace
	is_static || skip "the sanitizers: their own calls would be made to fail"
	[ "$(nproc)" -gt 1 ] || skip "needs two processors"
}

# both APPLET...: what it says alone, on one CPU, is in $alone, and it says the same with a second process, and where there can be none
both() {
	local r=0 way cpu
	cpu=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
	alone=$(taskset -c "$cpu" "$QVMAIL" "$@" 2>&1) || r=$?
	for way in signal=none inject=fork,vfork,clone:error=EAGAIN inject=memfd_create:error=EMFILE:when=1+2; do
		exits "$r" strace -f --seccomp-bpf -qq -o "$BATS_TEST_TMPDIR/calls" -e trace=fork,vfork,clone,memfd_create -e "$way" "$QVMAIL" "$@"
		[ "$output" = "$alone" ] || { diff <(echo "$alone") <(echo "$output"); return 1; }
		grep -qE '^[0-9]+ +(fork|vfork|clone|memfd_create)\(' "$BATS_TEST_TMPDIR/calls"
	done
}
