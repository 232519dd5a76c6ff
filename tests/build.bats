# What comes out of make: one static file that hardens itself, and the tools around it.

bats_require_minimum_version 1.5.0

setup() {
	: "${QVMAIL:?run me by make check}"
	cd "$BATS_TEST_DIRNAME/.." || exit
	TMP=$BATS_TEST_TMPDIR
}

# program FLAGS...: $TMP/program, linked with these
program() {
	echo 'int main(void) { return 0; }' >"$TMP/program.c"
	gcc "$@" -o "$TMP/program" "$TMP/program.c"
}

@test "the binary is static, with RELRO and without executable stack" {
	.tools/gate "$QVMAIL"
}

@test "the gate refuses a dynamic binary" {
	program
	run -1 .tools/gate "$TMP/program"
	[[ $output = *"is dynamic: it has an INTERP"* ]]
	program -Wl,--no-dynamic-linker
	run -1 .tools/gate "$TMP/program"
	[ "$output" = "gate: $TMP/program: is dynamic: it needs a shared library" ]
}

@test "the gate refuses an executable stack" {
	program -static -Wl,-z,execstack
	run -1 .tools/gate "$TMP/program"
	[[ $output = *"executable stack"* ]]
}

@test "the gate refuses a binary without RELRO, save where there is nothing to relocate" {
	program -static -Wl,-z,norelro
	run -1 .tools/gate "$TMP/program"
	[[ $output = *"no GNU_RELRO"* ]]
	.tools/gate "$TMP/program" no-relro
}

@test "make APPLETS= builds those alone, and refuses a name that is none" {
	make APPLETS="flush master setlock qmail-newu"
	.tools/gate build/small/qvmail
	[ "$(build/small/qvmail --list | paste -sd' ')" = "qv-flush qv-master setlock qmail-newu" ]
	run -127 build/small/qvmail domain list
	[ "$(build/small/qvmail flush --help)" = "$("$QVMAIL" flush --help)" ]
	[ "$(stat -c %s build/small/qvmail)" -lt "$(($(stat -c %s build/qvmail) / 2))" ]
	run -2 make APPLETS="flush box"
	[[ $output = *"no such applet: box; there are: auth check "* ]]
}

@test "all of it, and the delivery alone, weigh no more than their budgets" {
	make budget
	[ "$(build/small/qvmail-delivery --list | paste -sd' ')" = "qv-flush qv-master qv-status qv-hup setlock" ]
	run -2 make budget BUDGET_DELIVERY=1000
	[[ $output = *"budget: build/small/qvmail-delivery is "*" bytes over"* ]]
}

# What stands nowhere in the table is headers and padding: less than two pages.
@test "make size tells what each room and applet costs, and fails over the budget" {
	local rest
	run -0 make size WEIGHED="flush setlock"
	for row in all libc.a check/ setlock.o; do
		grep -Eq "^$row +[1-9]" <<<"$output"
	done
	[[ $output = *"crypt_des"* ]]
	grep -Eq '^flush +[1-9][0-9]{5} +[0-9]+$' <<<"$output"
	rest=$(sed -nE 's/^headers, padding +//p' <<<"$output")
	[ "$rest" -gt -8192 ] && [ "$rest" -lt 8192 ]
	run -2 make size WEIGHED=setlock BUDGET=1000
}

@test "make CROSS= builds them all, too" {
	make -n -W qvmail.c CROSS="$(gcc -dumpmachine)-" >"$TMP/recipes"
	grep -q -- ' -c -o [^ ]*/qvmail.o qvmail.c' "$TMP/recipes"
	run ! grep -e -DONLY "$TMP/recipes"
}

@test "make fails where the gate does, and leaves no binary" {
	run -2 make BIN="$TMP/qvmail" LDFLAGS=-Wl,-z,execstack
	[[ $output = *"executable stack"* ]]
	[ ! -e "$TMP/qvmail" ]
	make BIN="$TMP/qvmail"
	cmp "$TMP/qvmail" "$QVMAIL"
}

# The program is held at its first writev(2); what readelf calls GNU_RELRO must be read-only in its map by then.
@test "what was relocated is read-only when main runs" {
	local address size map=""
	read -r address size < <(readelf -lW "$QVMAIL" | awk '$1 == "GNU_RELRO" { print $3, $6 }')
	mkfifo "$TMP/pid"
	# shellcheck disable=SC2016 # for the inner shell
	strace -qq -o /dev/null -e inject=writev:delay_enter=3000000 \
		sh -c 'echo $$ >"$1"; exec "$2" --version' sh "$TMP/pid" "$QVMAIL" >/dev/null 3>&- &
	read -r pid <"$TMP/pid"
	for ((i = 0; i < 50; i++)); do
		map=$(grep "$QVMAIL" "/proc/$pid/maps") && [[ $map = *" r--p "* ]] && break
		sleep 0.05
	done
	kill "$pid"
	echo "$map"
	[ $(((address + size) & -4096)) -gt $((address & -4096)) ]
	page=$(printf '%x' $(((0x${map%%-*} + address) & -4096)))
	[[ $map = *"$page-"*" r--p "* ]]
}

@test "relocations are packed on x86-64, and what is linked so starts" {
	[[ $OBJECTS = */x86_64* ]] || skip "the linker packs them for x86 alone"
	readelf -dW "$QVMAIL" | grep -q '(RELR)'
	run ! grep R_X86_64 <(readelf -rW "$QVMAIL")
	"$QVMAIL" hup --help | grep -q '^usage: qv-hup'
}

# The build for the unit tests has them as they are.
@test "help and completion are packed in the binary, and come out as they are in the source" {
	local plain=$BATS_TEST_DIRNAME/../build/host/qvmail
	run -1 grep -q 'Deliver mail for DOMAIN' "$QVMAIL"
	grep -q 'Deliver mail for DOMAIN' "$plain"
	for qvmail in "$QVMAIL" "$plain"; do
		"$qvmail" --completion bash
		"$qvmail" --help
		"$qvmail" --list | while read -r applet; do "$qvmail" help "$applet"; done
		"$qvmail" domain add pop --help
	done >"$TMP/both"
	[ "$(wc -l <"$TMP/both")" -gt 2000 ]
	head -n $(($(wc -l <"$TMP/both") / 2)) "$TMP/both" >"$TMP/packed"
	tail -n +$(($(wc -l <"$TMP/both") / 2 + 1)) "$TMP/both" | diff "$TMP/packed" -
}

# unpacked FILE [LONGEST]: what it is after .tools/pack.c and lib/packed.c, with codes of at most so many bits
unpacked() {
	local size
	size=$(stat -c %s "$1")
	for source in .tools/pack.c applets/lib/packed.c; do
		sed "s/LONGEST = 15/LONGEST = ${2-15}/" "$source" >"$TMP/${source##*/}"
	done
	gcc -o "$TMP/pack" "$TMP/pack.c"
	"$TMP/pack" <"$1" >"$TMP/data.c"
	cat >"$TMP/main.c" <<-END
		#include <stdio.h>
		#include "lib/packed.h"
		extern char packed_begin[$size];
		char packed_begin[$size];
		int main(void) { packed_unpack(); packed_unpack(); return fwrite(packed_begin, 1, $size, stdout) != $size; }
	END
	gcc -Iapplets -fsanitize=address,undefined -fno-sanitize-recover=all -Wl,--defsym=packed_end=packed_begin+"$size" \
		-o "$TMP/unpack" "$TMP"/{main,data,packed}.c
	"$TMP/unpack"
}

@test "whatever is packed comes out again" {
	printf x >"$TMP/byte"
	printf '%5000s' '' >"$TMP/blanks"
	python3 -c 'import random, sys; r = random.Random(1)
sys.stdout.buffer.write(bytes(r.randrange(256) for _ in range(9999)) * 2)' >"$TMP/random"
	for file in "$TMP"/{byte,blanks,random} README.md; do
		unpacked "$file" | cmp "$file" -
	done
	unpacked README.md 7 | cmp README.md -
	run -1 "$TMP/pack" </dev/null
	[ "$output" = "pack: expected 1 to 1048575 bytes" ]
}

@test "what the assembler made and C reads is global: on mips a local label is another address" {
	grep -oE '^ *"?[a-z_]+: \.incbin' -rh applets --include=*.c | sed -E 's/^ *"//; s/:.*//' >"$TMP/labels"
	[ -s "$TMP/labels" ]
	nm -g --defined-only "$OBJECTS"/applets/*/*.o | awk 'NF == 3 { print $3 }' | sort >"$TMP/global"
	sort "$TMP/labels" | comm -23 - "$TMP/global" | diff /dev/null -
}

@test "it says the version that the Makefile gives it" {
	[ "$("$QVMAIL" --version)" = "qvmail $(sed -n 's/^VERSION = //p' Makefile)" ]
}

@test "install: the binary, a link and a manual page for each applet, three for qvmail, and nothing that other packages own" {
	make install DESTDIR="$TMP/to" PREFIX=/opt/qv
	cmp "$TMP/to/opt/qv/bin/qvmail" "$QVMAIL"
	diff <(cd "$TMP/to" && find . ! -type d | sort) <(
		{
			echo ./opt/qv/bin/qvmail
			printf './opt/qv/share/man/man%s/qvmail.%s\n' 5 5 7 7 8 8
			echo ./opt/qv/share/bash-completion/completions/qvmail
			"$QVMAIL" --list | sed -n 's|^qv-.*|./opt/qv/share/bash-completion/completions/&|p'
			"$QVMAIL" --list-full | grep /qv- | sed 's|^usr|./opt/qv|'
			"$QVMAIL" --list | sed -n 's|^qv-.*|./opt/qv/share/man/man8/&.8|p'
		} | sort
	)
	"$QVMAIL" --list-full | grep /qv- | while read -r path; do
		cmp "$TMP/to/opt/qv/${path#usr/}" "$QVMAIL"
		"$QVMAIL" --completion bash | cmp "$TMP/to/opt/qv/share/bash-completion/completions/${path##*/}"
	done
}

@test "install COMPAT=1: the names that qmail's own programs bear, too" {
	make install DESTDIR="$TMP/to" COMPAT=1
	"$QVMAIL" --list-full | while read -r path; do
		cmp "$TMP/to/$path" "$QVMAIL"
	done
}

@test "manual pages say what --help says" {
	.tools/man "$QVMAIL" "$TMP/man"
	"$QVMAIL" --list | while read -r applet; do
		"$QVMAIL" "$applet" --help | sed -E 's/^(usage|Exit codes|Examples?|Files|Environment|Options of every .*)://' |
			tr -cs 'A-Za-z0-9/' '\n' | sort -u >"$TMP/help"
		mandoc -T ascii "$TMP/man/$applet.8" | sed "s,.\x08,,g" | tr -cs 'A-Za-z0-9/' '\n' | sort -u >"$TMP/page"
		comm -23 "$TMP/help" "$TMP/page" >"$TMP/missing"
		[ ! -s "$TMP/missing" ] || { echo "$applet.8 lacks:"; cat "$TMP/missing"; exit 1; }
	done
}

@test "deps: names what to install by hand where there is no apt" {
	mkdir "$TMP/bin"
	ln -s "$(command -v sh)" "$(command -v strace)" "$TMP/bin"
	run -1 env PATH="$TMP/bin" sh .tools/deps
	[[ $output = "deps: needs apt-get and root"*" gcc "* ]]
	[[ $output != *" strace"* ]]
}

@test "deps: silent and done when all is there" {
	[ -z "$(.tools/deps 2>&1)" ]
}

# A machine with both kinds of sources list, and an apt-get that only tells what it was given.
machine() {
	mkdir -p "$TMP/bin" "$TMP/etc/parts.d"
	cat >"$TMP/bin/apt-config" <<-END
		#!/bin/sh
		echo "list='$TMP/etc/sources.list'"
		echo "parts='$TMP/etc/parts.d/'"
	END
	cat >"$TMP/bin/apt-get" <<-'END'
		#!/bin/sh
		for word; do
			case $word in
			Dir::Etc::sourcelist=*) cat "${word#*=}" ;;
			Dir::Etc::sourceparts=*) cat "${word#*=}"/* ;;
			update) exit 100 ;;
			esac
		done
	END
	chmod +x "$TMP"/bin/*
	PATH=$TMP/bin:$PATH
}

@test "sources: deb-src lines are derived from the configured ones, /etc stays" {
	machine
	printf '%s\n' 'deb [arch=amd64] file:/one suite main' '# deb file:/off suite main' >"$TMP/etc/sources.list"
	printf '%s\n' 'deb-src file:/two suite main' >"$TMP/etc/parts.d/two.list"
	printf '%s\n' 'Types: deb' 'URIs: file:/three' 'Suites: suite' >"$TMP/etc/parts.d/three.sources"
	cp -r "$TMP/etc" "$TMP/before"
	diff <(.tools/sources "$TMP/src" | tail -n 5) - <<-END
		deb-src [arch=amd64] file:/one suite main
		deb-src file:/two suite main
		Types: deb-src
		URIs: file:/three
		Suites: suite
	END
	diff -r "$TMP/before" "$TMP/etc"
	[ -z "$(ls "$TMP/src")" ]
}

@test "sysroot: refuses a tarball that is not the one the signed .dsc names" {
	cp -r build/src "$TMP/src"
	for tar in "$TMP"/src/musl_*.orig.tar.gz; do echo x >>"$tar"; done
	run -1 .tools/sysroot gcc "$TMP/src" "$TMP/sysroot" -fPIE
	[[ $output = *FAILED* ]]
	[ ! -e "$TMP/sysroot/lib/libc.a" ]
}

# source_package NAME LINE...: one below $TMP/src, whose Makefile has these lines
source_package() {
	mkdir -p "$TMP/src" "$TMP/$1-1"
	printf '#!/bin/sh\n' >"$TMP/$1-1/configure"
	chmod +x "$TMP/$1-1/configure"
	printf '%s\n' "${@:2}" >"$TMP/$1-1/Makefile"
	tar -C "$TMP" -czf "$TMP/src/$1_1.orig.tar.gz" "$1-1"
	(cd "$TMP/src" && printf 'Checksums-Sha256:\n %s 1 %s\n' "$(sha256sum <"$1_1.orig.tar.gz" | cut -d' ' -f1)" "$1_1.orig.tar.gz" >"$1_1.dsc")
}

@test "sysroot: make install DESTDIR= on a new clone installs musl where it is looked for, and not below DESTDIR" {
	source_package musl 'install:' "	mkdir -p \$(DESTDIR)$TMP/sysroot/lib" "	mkdir -p $TMP/sysroot/include" "	touch \$(DESTDIR)$TMP/sysroot/lib/libc.a"
	source_package tinycdb 'staticlib:' '	touch libcdb.a cdb.h'
	printf 'install:\n\t.tools/sysroot gcc %s/src %s/sysroot -fPIE\n' "$TMP" "$TMP" >"$TMP/Makefile"
	make -f "$TMP/Makefile" install DESTDIR="$TMP/there"
	[ -e "$TMP/sysroot/lib/libc.a" ]
	[ ! -e "$TMP/there" ]
}
