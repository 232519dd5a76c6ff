#!/bin/bash
# real.sh [SERVER]...: mail, much and odd, through qv-flush to real servers; what became of each kind is compared with
# tests/real/table/SERVER. All of tests/real/servers if none is named. `make real` says where QVMAIL is. Wants root,
# Debian's mirrors, and npm's for two of them.
#
# Each server is installed into a copy of / that is thrown away afterwards, and runs in namespaces of its own: nothing on
# this machine is touched, and nothing is reachable from outside. Packages are kept below build/real, so are the tables as
# they came out and what was said. TRACE=1: every read and write of qv-flush too. WAY=lock-step: as if qv-flush
# remembered that way. LAYERS=DIR: what is installed stays there, for the next run.
set -u

: "${QVMAIL:?run me by make real}"
HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
KEPT=$TOP/build/real
[ "$(id -u)" = 0 ] || { echo "real: namespaces and package installation need root" >&2; exit 111; }
[ "$#" -gt 0 ] || { cd "$HERE/servers" && set -- *; }

# The overlay needs a file system that can be an upper one; memory is, and it is fast.
WORK=$(mktemp -d /dev/shm/qvmail-real.XXXXXX)
trap 'rm -rf "$WORK"' EXIT
LAYERS=${LAYERS:-$WORK}
mkdir -p "$KEPT/debs/partial" "$KEPT/table" "$KEPT/said" "$KEPT/modules"

# inside UPPER LOWER NET COMMAND...: in a copy of LOWER, what is changed is kept in UPPER; NET: -n, no network but loopback
inside() {
	local at=$1 lower=$2 net=${3#+}
	shift 3
	mkdir -p "$at/up/real/debs" "$at/up/real/modules" "$at/work" "$at/root"
	# shellcheck disable=SC2016,SC2086
	unshare -m -p -f --kill-child $net --propagation private bash -c '
		at=$1 root=$1/root lower=$2 kept=$3
		shift 3
		mount -t overlay overlay -o "lowerdir=$lower,upperdir=$at/up,workdir=$at/work" "$root" || exit 125
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/dev"
		for n in null zero full random urandom tty; do : >"$root/dev/$n"; mount --bind "/dev/$n" "$root/dev/$n"; done
		ln -s /proc/self/fd "$root/dev/fd"
		mkdir "$root/dev/shm"
		for t in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$t"; done
		mkdir -p "$root/run/lock"
		for d in debs modules; do mount --bind "$kept/$d" "$root/real/$d"; done
		ip link set lo up mtu 1500 2>/dev/null
		exec chroot "$root" "$@"' sh "$at" "$lower" "$KEPT" "$@"
}

# install PACKAGES: into a layer of their own, once for all servers that they are needed for; LAYER is it.
install() {
	LAYER=$LAYERS/layer-${1// /-}
	[ ! -e "$LAYER/installed" ] || return 0
	rm -rf "$LAYER"
	mkdir -p "$LAYER/up/usr/sbin"
	# Services do not start by themselves in there.
	printf '#!/bin/sh\nexit 101\n' >"$LAYER/up/usr/sbin/policy-rc.d"
	chmod 755 "$LAYER/up/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016,SC2086
	inside "$LAYER" / + sh -c '
		export DEBIAN_FRONTEND=noninteractive
		rm -f /var/lib/man-db/auto-update
		get() {
			apt-get -qq -y -o Dir::Cache::archives=/real/debs -o APT::Keep-Downloaded-Packages=true \
				-o APT::Sandbox::User=root install --no-install-recommends "$@" </dev/null
		}
		[ "$#" = 0 ] || get "$@" || { apt-get -qq update && get "$@"; }' sh $1 >"$KEPT/said/install" 2>&1 || return 1
	: >"$LAYER/installed"
}

# one SERVER: its table into build/real/table
one() {
	local packages run=$WORK/$1 said=$KEPT/said/$1
	packages=$(sed -n 's/^# packages: //p' "$HERE/servers/$1")
	if [ "$packages" = npm ]; then
		"$TOP/.tools/npm" "$HERE/node" "$KEPT/modules" >"$KEPT/said/install" 2>&1 && packages=
	fi
	if [ "$packages" = npm ] || ! install "$packages"; then
		echo "not installed: $(tail -n 1 "$KEPT/said/install")"
		return 1
	fi
	mkdir -p "$run/up/real/out"
	cp "$QVMAIL" "$run/up/real/qvmail"
	cp -r "$HERE"/{inside.sh,mails.py,kinds.py,outcome.py,keep,servers,node} "$run/up/real/"
	cp -r "$TOP/rootfs" "$run/up/real/root"
	inside "$run" "$LAYER/up:/" -n env TRACE="${TRACE-}" WAY="${WAY-}" bash /real/inside.sh "$1" >"$KEPT/table/$1" 2>"$run/up/real/out/inside.err"
	rm -rf "$said"
	cp -r "$run/up/real/out" "$said"
	rm -rf "${run:?}"
	[ -s "$KEPT/table/$1" ] || { tail -n 5 "$said"/{inside.err,server.log}; return 1; }
	diff -uN "$HERE/table/$1" "$KEPT/table/$1" >"$said/diff" || { head -n 80 "$said/diff" "$said/inside.err"; return 1; }
}

passed=0 failed=0
for server in "$@"; do
	[ -f "$HERE/servers/$server" ] || { echo "real: no such server $server" >&2; exit 100; }
	if said=$(one "$server"); then
		passed=$((passed + 1))
		echo "ok $server: as its table says: $(head -n 1 "$HERE/table/$server")"
	else
		failed=$((failed + 1))
		printf 'not ok %s\n%s\n' "$server" "$said"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
