#!/bin/sh
# boot.sh IMAGE DIR TEST...: runs these bats files in a Debian of its own under qemu, as root, with the kernel that image.sh
# put into IMAGE: it has an NFS server and client, which this machine's may not have. Prints what they say, and keeps it in DIR.
set -eu
umask 022

image=$1 dir=$2
shift 2
root=$dir/root

private() {
	setpriv --pdeathsig KILL unshare --mount --uts --ipc --pid --fork --kill-child --mount-proc="$root/proc" --propagation private "$@"
}

# Kept for the next time. No daemon starts there.
debian() {
	[ ! -e "$root/ready" ] || return 0
	r=0
	.tools/bare "$dir" "$root" >"$dir/log" 2>&1 || r=$?
	[ "$r" != 3 ] || { echo "# skipped: $(tail -n 1 "$dir/log")"; exit 0; }
	[ "$r" = 0 ]
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	private chroot "$root" sh -c 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends \
		bats binutils iproute2 kmod nfs-kernel-server procps python3 strace' >>"$dir/log" 2>&1
	cp -r "$image/unpacked/lib/modules" "$root/lib"
	for version in "$root"/lib/modules/*; do chroot "$root" depmod "${version##*/}"; done
	touch "$root/ready"
}

# What is tested, and its place in there.
project() {
	rm -rf "$root/qvmail"
	mkdir -p "$root/qvmail/bin" "$root/qvmail/bench" "$root/overlay"
	cp -r tests rootfs "$root/qvmail"
	cp "$QVMAIL" "$root/qvmail/bin/qvmail"
	cp "$OBJECTS/later" "$root/qvmail/bin"
	cp "$TESTBIN/fakesmtpd" "$TESTBIN/leave" "$root/qvmail/bench"
	echo "$@" >"$root/qvmail/files"
}

power() {
	mksquashfs "$root" "$dir/root.squashfs" -all-root -noappend -quiet -no-progress -comp lz4
	rm -f "$dir/disk"
	truncate -s 2G "$dir/disk"
	mkfs.ext4 -q "$dir/disk"
	timeout 3600 qemu-system-x86_64 -M pc -accel tcg,thread=multi -smp 2 -m 768 -nodefaults -no-reboot -display none -serial stdio \
		-kernel "$image/kernel" -initrd "$image/initramfs" \
		-append "console=ttyS0 quiet panic=-1 no_timer_check initcall_blacklist=tracer_init_tracefs init=/qvmail/tests/nfs/init.sh" \
		-drive "file=$dir/root.squashfs,if=none,id=root,format=raw,readonly=on" -device virtio-blk-pci,drive=root \
		-drive "file=$dir/disk,if=none,id=disk,format=raw" -device virtio-blk-pci,drive=disk </dev/null
}

mkdir -p "$dir/tap"
debian
project "$@"
power | sed -u 's/\r$//' | tee "$dir/said" | sed -un '/^== begin/,/^== end/{/^==/!p}' | tee "$dir/tap/nfs.tap"
grep -q '^== end 0' "$dir/said" || { tail -n 20 "$dir/said" >&2; exit 1; }
