#!/bin/bash
# musl-hosts.sh: musl finds a name of /etc/hosts only in its own case of letters, and the last one only before a newline.
#
# Host names have no case (RFC 952, RFC 4343), DNS answers either, and glibc compares the names of /etc/hosts without it. musl
# 1.2.3 searches each line for the very bytes: "Mail.example.test" is not found where the file has "mail.example.test", nor the
# other way round, and the name server is asked. Nor is the last name of a file that does not end with a newline found, as
# "printf >>/etc/hosts" leaves it, though the name before it is. So a program that is moved to musl, or linked with it, no
# longer reaches a host that it reached, and that ping and getent of the same machine still find.
#
# Seen, of the text "192.0.2.1 mail.example.test Relay.example.test last.test" without a newline:
#   glibc: mail.example.test yes, Mail.Example.Test yes, relay.example.test yes, last.test yes
#   musl: mail.example.test yes, Mail.Example.Test no, relay.example.test no, last.test no
#
# Wants gcc, user namespaces, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=1.2.3-1

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "musl-dev=$VERSION" "musl=$VERSION"
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/look.c" <<'C'
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	int i;

	printf("%s: ", argv[1]);
	for (i = 2; i < argc; i++)
		printf("%s%s %s", i == 2 ? "" : ", ", argv[i], getaddrinfo(argv[i], "25", &hints, &found) == 0 ? "yes" : "no");
	puts("");
	return 0;
}
C
LIB=$(dirname "$(find "$T/usr/lib" -name crt1.o)")
INCLUDE=$(find "$T/usr/include" -name fcntl.h -not -path '*/bits/*' -printf '%h\n' | grep -v /sys | head -n 1)
gcc -o "$T/glibc" "$T/look.c"
gcc -static -nostdinc -isystem "$INCLUDE" -nostdlib -o "$T/musl" "$LIB/crt1.o" "$LIB/crti.o" "$T/look.c" -L"$LIB" \
	-Wl,--start-group -lc -lgcc -Wl,--end-group "$LIB/crtn.o"

# In a namespace with a hosts file of its own, and nobody to ask by the network.
printf '192.0.2.1 mail.example.test Relay.example.test last.test' >"$T/hosts"
echo 'hosts: files' >"$T/nsswitch"
printf "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n" >"$T/resolv"
cat >"$T/inside" <<'SH'
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/nsswitch" /etc/nsswitch.conf
mount --bind "$1/resolv" /etc/resolv.conf
ip link set lo up
for libc in glibc musl; do
	"$1/$libc" $libc mail.example.test Mail.Example.Test relay.example.test last.test
done
SH
got=$(unshare --map-root-user --mount --net sh -eu "$T/inside" "$T")
want='glibc: mail.example.test yes, Mail.Example.Test yes, relay.example.test yes, last.test yes
musl: mail.example.test yes, Mail.Example.Test no, relay.example.test no, last.test no'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
