#!/bin/bash
# debian.sh DIR: the Debian package built without a network on a minimal Debian, looked at by lintian, and then used there
# with systemd as init, in DIR/root: what tests/packaging/inside.sh finds stands in DIR/result. As root.
set -eu

dir=$1 root=$1/root
rm -rf --one-file-system "$root" "$dir/result"
mkdir -p "$dir"
r=0
why=$(.tools/bare build/fresh "$root") || r=$?
[ "$r" != 3 ] || { echo "check-deb: skipped: $why"; exit 0; }
[ "$r" = 0 ] || exit 1

cgroups=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
[ -n "$cgroups" ] || { echo "check-deb: skipped: no cgroup2 is mounted"; exit 0; }

# at COMMAND...: in there
# shellcheck disable=SC2016 # for the inner shell
at() {
	unshare --mount --pid --fork --kill-child --propagation private sh -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		exec chroot "$root" env -i HOME=/root TERM=dumb DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' sh "$root" "$@" </dev/null
}

mkdir -p "$root/made/build"
cp -r .tools "$root/made"
cp -r build/src build/dist "$root/made/build"
cp tests/packaging/inside.sh tests/packaging/queue.c build/host/tests/bench/fakesmtpd "$root"
echo "check-deb: apt-get install"
at sh -c 'apt-get -q update && apt-get -q -y --no-install-recommends install build-essential debhelper lintian systemd-sysv dbus adduser procps' \
	>"$dir/log" 2>&1 || { tail "$dir/log"; exit 1; }

echo "check-deb: two versions of it, without a network, and what lintian says"
at unshare --net sh -euc 'cd /made && .tools/deb build/deb build/dist/*.tar.gz
	cd build/deb && mkdir next && cd qvmail-*[0-9] && mv ../*.deb ../next
	sed -i "1s/-1)/-2)/" debian/changelog && dpkg-buildpackage -us -uc -b && mv ../next/* ..
	gcc -o /qmail-queue /queue.c' >"$dir/log" 2>&1 || { tail -n 50 "$dir/log"; exit 1; }
grep -E '^[EWI]: ' "$dir/log" || true

echo "check-deb: systemd"
cat >"$root/lib/systemd/system/inside.service" <<-'END'
	[Unit]
	After=basic.target
	SuccessAction=exit-force
	FailureAction=exit-force
	[Service]
	Type=oneshot
	ExecStart=/bin/bash /inside.sh
	StandardOutput=file:/result
	StandardError=file:/result
	TimeoutStartSec=300
END
group=$cgroups/qvmail-check-deb
mkdir -p "$group"
# shellcheck disable=SC2016 # for the inner shell
setsid --wait bash -euc '
	echo $BASHPID >"$2/cgroup.procs"
	exec timeout -s KILL 400 unshare -mpfuinC --kill-child --propagation private bash -euc "
		ip link set lo up
		mount --bind \"\$1\" \"\$1\"
		cd \"\$1\"
		mount -t proc proc proc
		mount -t sysfs -o ro sysfs sys
		mount -t cgroup2 cgroup2 sys/fs/cgroup
		mount -t tmpfs -o mode=755 tmpfs run
		mount -t tmpfs -o mode=755 tmpfs dev
		mknod -m 666 dev/null c 1 3
		mknod -m 666 dev/zero c 1 5
		mknod -m 666 dev/full c 1 7
		mknod -m 666 dev/random c 1 8
		mknod -m 666 dev/urandom c 1 9
		mknod -m 666 dev/tty c 5 0
		mkdir dev/shm dev/pts
		mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
		ln -s pts/ptmx dev/ptmx
		ln -s /proc/self/fd dev/fd
		hostname check-deb
		pivot_root . mnt
		umount -l mnt
		exec env -i container=unshare PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=inside.service
	" bash "$1"' bash "$root" "$group" </dev/null >"$dir/log" 2>&1 || true
find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true

cp "$root/result" "$dir/result"
cat "$dir/result"
grep -q '^all is well$' "$dir/result" || { echo "check-deb: failed; see $root" >&2; exit 1; }
rm -rf --one-file-system "$root"
