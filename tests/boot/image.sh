#!/bin/sh
# image.sh ARCH CROSS DIR: a firmware in DIR: kernel, initramfs, root.squashfs, and an empty disk, disk.ext4. The kernel and
# busybox are Debian's for that CPU, unpacked and not installed; all else is what README's "Into a firmware" says, word by word,
# with that CROSS=, over base/.
set -eu
umask 022

arch=$1
cross=$2
here=$(dirname "$0")
mkdir -p "$3/packages"
dir=$(cd "$3" && pwd)
case $arch in
x86-64) debian=amd64 linux=cloud-amd64 ;;
aarch64) debian=arm64 linux=cloud-arm64 ;;
armhf) debian=armhf linux=armmp ;;
mipsel) debian=mipsel linux=4kc-malta ;;
*)
	echo "image: $arch: expected x86-64, aarch64, armhf or mipsel" >&2
	exit 1
	;;
esac
command -v apt-get >/dev/null || { echo "image: needs the packages of Debian: no apt-get" >&2; exit 1; }

# apt COMMAND...: with lists for that CPU, and of nothing installed; this machine's stay as they are
apt() {
	command=$1
	shift
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/cache/archives/partial"
	"apt-$command" -qq -o APT::Architecture="$debian" -o APT::Architectures::="$debian" -o Dir::State::lists="$dir/apt/lists" \
		-o Dir::State::status=/dev/null -o Dir::Cache="$dir/apt/cache" -o APT::Sandbox::User= -o Acquire::Languages=none "$@"
}

# The package linux-image-NAME is the name of another one.
fetch() {
	apt get update
	linux=$(apt cache depends "linux-image-$linux" | sed -n 's/.*Depends: \(linux-image-\)/\1/p')
	rm -f "$dir"/packages/*
	(cd "$dir/packages" && apt get download busybox-static "$linux")
	rm -rf "$dir/unpacked" "$dir/apt"
	for deb in "$dir"/packages/*.deb; do
		dpkg -x "$deb" "$dir/unpacked"
	done
	touch "$dir/unpacked/done"
}

# x86's unpacks itself to where it is, which takes more than 64 MB: qemu can start what is within.
kernel() {
	if [ "$arch" != x86-64 ]; then
		cp "$dir"/unpacked/boot/vmlinuz-* "$dir/kernel"
		return
	fi
	at=$(LC_ALL=C grep -aboP -m 1 '\x02\x21\x4c\x18' "$dir"/unpacked/boot/vmlinuz-* | head -n 1 | cut -d: -f1)
	tail -c "+$((at + 1))" "$dir"/unpacked/boot/vmlinuz-* | lz4 -dc >"$dir/kernel" 2>/dev/null || true
	readelf -h "$dir/kernel" >/dev/null
}

# initramfs: busybox, and the modules that lead to the root
initramfs() {
	tree=$dir/initramfs.d
	rm -rf "$tree"
	mkdir -p "$tree/bin" "$tree/proc" "$tree/dev" "$tree/lower" "$tree/upper" "$tree/root"
	cp "$here/init.sh" "$tree/init"
	cp "$dir/unpacked/bin/busybox" "$tree/bin"
	for name in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_mmio virtio_blk \
		failover net_failover virtio_net squashfs overlay crc16 crc32c_generic mbcache jbd2 ext4; do
		(cd "$dir/unpacked" && find lib/modules -name "$name.ko" -exec cp --parents {} "$tree" \;)
	done
	for version in "$tree"/lib/modules/*; do
		busybox depmod -b "$tree" "${version##*/}"
	done
	(cd "$tree" && find . | busybox cpio -o -H newc) | gzip >"$dir/initramfs"
	rm -rf "$tree"
}

# README's lines, for this CPU
recipe() {
	sed -n '/^## Into a firmware/,/^## Quick start/s/^    \([^#]\)/\1/p' README.md | sed "s/CROSS=[^ ]*/CROSS=$cross/"
}

root() {
	T=$dir/root.d
	rm -rf "$T"
	mkdir -p "$T/proc" "$T/sys" "$T/dev" "$T/run" "$T/tmp" "$T/var" "$T/overlay" "$T/home" "$T/root" "$T/bin" \
		"$T/etc/network/if-pre-up.d" "$T/etc/network/if-down.d" "$T/etc/network/if-post-down.d"
	ln -s ../run "$T/var/run"
	cp -r "$here/base/etc" "$T"
	cp "$dir/unpacked/bin/busybox" "$T/bin"
	busybox --list-full | while read -r path; do
		mkdir -p "$T/${path%/*}"
		[ -e "$T/$path" ] || ln -s /bin/busybox "$T/$path"
	done
	export T
	recipe >"$dir/recipe"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL sh -eu "$dir/recipe" >"$dir/log" 2>&1 || { tail "$dir/log" >&2; exit 1; }
	mksquashfs "$T" "$dir/root.squashfs.new" -all-root -noappend -quiet -no-progress
	mv "$dir/root.squashfs.new" "$dir/root.squashfs"
	rm -rf "$T"
}

disk() {
	rm -f "$dir/disk.ext4"
	truncate -s 128M "$dir/disk.ext4"
	mkfs.ext4 -q "$dir/disk.ext4"
}

[ -e "$dir/unpacked/done" ] || fetch
kernel
initramfs
root
disk
(cd "$dir" && ls -sh kernel initramfs root.squashfs)
