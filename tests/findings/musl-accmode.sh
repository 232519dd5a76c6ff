#!/bin/bash
# musl-accmode.sh: O_ACCMODE has more bits in musl than in glibc: O_PATH is among them.
#
# POSIX says that O_ACCMODE is a mask for the access modes, and that O_SEARCH and O_EXEC are two of them. musl 1.2.3 has both
# as O_PATH, so its O_ACCMODE is 010000003, where glibc's is 3. "(flags & O_ACCMODE) == O_RDONLY" is then false of
# O_PATH | O_NOFOLLOW with musl, and true with glibc: of a descriptor that cannot be read. Who writes that to tell what
# reads from what writes has another answer in a static binary than in the same program's glibc build.
#
# Seen (gcc 12, x86-64):
#   glibc O_ACCMODE=03 O_PATH is as O_RDONLY: yes
#   musl O_ACCMODE=010000003 O_PATH is as O_RDONLY: no
#
# Wants gcc, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1.2.3-1

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "musl-dev=$VERSION" "musl=$VERSION"
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/mode.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>

int main(void)
{
	printf("O_ACCMODE=0%o O_PATH is as O_RDONLY: %s\n", (unsigned)O_ACCMODE,
	       ((O_PATH | O_NOFOLLOW) & O_ACCMODE) == O_RDONLY ? "yes" : "no");
	return 0;
}
C
LIB=$(dirname "$(find "$T/usr/lib" -name crt1.o)")
INCLUDE=$(find "$T/usr/include" -name fcntl.h -not -path '*/bits/*' -printf '%h\n' | grep -v /sys | head -n 1)
gcc -o "$T/glibc" "$T/mode.c"
gcc -static -nostdinc -isystem "$INCLUDE" -nostdlib -o "$T/musl" "$LIB/crt1.o" "$LIB/crti.o" "$T/mode.c" -L"$LIB" \
	-Wl,--start-group -lc -lgcc -Wl,--end-group "$LIB/crtn.o"
got="glibc $("$T/glibc")"$'\n'"musl $("$T/musl")"
want="glibc O_ACCMODE=03 O_PATH is as O_RDONLY: yes"$'\n'"musl O_ACCMODE=010000003 O_PATH is as O_RDONLY: no"
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
