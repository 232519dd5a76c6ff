#!/bin/bash
# real.sh [SERVER]...: messages through qv-flush to real servers, each compared byte for byte on the other side. SERVER:
# postfix exim opensmtpd aiosmtpd; all if none is named. `make real` says where QVMAIL is. Wants root and Debian's mirrors.
#
# Each server is installed into a copy of / that is thrown away afterwards, and runs in namespaces of its own: nothing on
# this machine is touched, and nothing is reachable from outside.
set -u

: "${QVMAIL:?run me by make real}"
HERE=$(cd "$(dirname "$0")" && pwd)
MESSAGES=${MESSAGES:-200}
[ "$(id -u)" = 0 ] || { echo "real: skipped: namespaces and package installation need root"; exit 0; }
[ "$#" -gt 0 ] || set -- postfix exim opensmtpd aiosmtpd

declare -A packages=([postfix]=postfix [exim]=exim4-daemon-light [opensmtpd]=opensmtpd [aiosmtpd]=python3-aiosmtpd)

# The overlay needs a file system that can be an upper one; memory is, and it is fast.
WORK=$(mktemp -d /dev/shm/qvmail-real.XXXXXX)
trap 'rm -rf "$WORK"' EXIT

# inside NAME NET COMMAND...: in that server's copy of /; NET: -n, no network but its own loopback
inside() {
	local at=$WORK/$1 net=${2#+}
	shift 2
	mkdir -p "$at/up" "$at/work" "$at/root"
	# shellcheck disable=SC2016,SC2086
	unshare -m -p -f --kill-child $net --propagation private bash -c '
		at=$1 root=$1/root
		shift
		mount -t overlay overlay -o "lowerdir=/,upperdir=$at/up,workdir=$at/work" "$root" || exit 125
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/dev"
		for n in null zero full random urandom tty; do : >"$root/dev/$n"; mount --bind "/dev/$n" "$root/dev/$n"; done
		ln -s /proc/self/fd "$root/dev/fd"
		mkdir "$root/dev/shm"
		for t in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$t"; done
		mkdir -p "$root/run/lock"
		ip link set lo up 2>/dev/null
		exec chroot "$root" "$@"' sh "$at" "$@"
}

# Services do not start by themselves in there.
install() {
	mkdir -p "$WORK/$1/up/usr/sbin" "$WORK/$1/up/real"
	printf '#!/bin/sh\nexit 101\n' >"$WORK/$1/up/usr/sbin/policy-rc.d"
	chmod 755 "$WORK/$1/up/usr/sbin/policy-rc.d"
	inside "$1" + env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${packages[$1]}" \
		>"$WORK/$1/install.log" 2>&1
}

failed=0
for server in "$@"; do
	[ -n "${packages[$server]-}" ] || { echo "real: $server: not known"; exit 100; }
	if ! install "$server"; then
		echo "$server: skipped: ${packages[$server]} could not be installed: $(tail -n 1 "$WORK/$server/install.log")"
		continue
	fi
	cp "$QVMAIL" "$HERE/inside.sh" "$HERE/compare.py" "$WORK/$server/up/real/"
	cp -r "$HERE/../../rootfs" "$WORK/$server/up/real/root"
	inside "$server" -n bash /real/inside.sh "$server" "$MESSAGES" || failed=1
	rm -rf "${WORK:?}/$server"
done
exit "$failed"
