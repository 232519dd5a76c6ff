#!/bin/bash
# musl-hosts-case.sh: musl's getaddrinfo() finds a name of /etc/hosts only in the same case of letters.
#
# Host names have no case (RFC 952, RFC 4343), DNS answers either, and glibc compares the names of /etc/hosts without it. musl
# 1.2.3 searches each line for the very bytes: "Mail.example.test" is not found where the file has "mail.example.test", nor the
# other way round, and is asked of the name server. So a program that was moved to musl, or is linked with it statically, no
# longer reaches a host that it reached, and that ping and getent of the same machine still find; with DNS nothing is to be
# seen of it.
#
# Seen, of a line "192.0.2.1 mail.example.test Relay.example.test":
#   glibc: mail.example.test 192.0.2.1, Mail.Example.Test 192.0.2.1, relay.example.test 192.0.2.1
#   musl: mail.example.test 192.0.2.1, Mail.Example.Test no, relay.example.test no
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
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	int i;

	for (i = 2; i < argc; i++) {
		char text[INET_ADDRSTRLEN] = "no";
		if (getaddrinfo(argv[i], "25", &hints, &found) == 0)
			inet_ntop(AF_INET, &((struct sockaddr_in *)found->ai_addr)->sin_addr, text, sizeof text);
		printf("%s%s %s", i == 2 ? argv[1] : ", ", argv[i], text);
	}
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
echo '192.0.2.1 mail.example.test Relay.example.test' >"$T/hosts"
echo 'hosts: files' >"$T/nsswitch"
echo 'nameserver 127.0.0.1' >"$T/resolv"
cat >"$T/inside" <<'SH'
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/nsswitch" /etc/nsswitch.conf
mount --bind "$1/resolv" /etc/resolv.conf
ip link set lo up
for libc in glibc musl; do
	"$1/$libc" "$libc: " mail.example.test Mail.Example.Test relay.example.test
done
SH
got=$(unshare --map-root-user --mount --net sh -eu "$T/inside" "$T")
want='glibc: mail.example.test 192.0.2.1, Mail.Example.Test 192.0.2.1, relay.example.test 192.0.2.1
musl: mail.example.test 192.0.2.1, Mail.Example.Test no, relay.example.test no'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; exit 1; }
echo "as described: $got"
