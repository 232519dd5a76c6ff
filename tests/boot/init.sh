#!/bin/busybox sh
# The first process, in the initramfs: the root of a firmware is squashfs, which is never written, and over it ext4, which
# stays at /overlay. Then init= of the kernel's command line has it.
# shellcheck shell=dash
PATH=/bin

busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
modprobe -a virtio_pci virtio_mmio virtio_blk virtio_net squashfs overlay crc32c_generic ext4 2>/dev/null
mount -t devtmpfs dev /dev
mount -t squashfs -o ro /dev/vda /lower
mount -t ext4 /dev/vdb /upper
mkdir -p /upper/root /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/root,workdir=/upper/work overlay /root
mount --move /dev /root/dev
mount --move /upper /root/overlay
init=/sbin/init
read -r words </proc/cmdline
for word in $words; do
	case $word in init=*) init=${word#init=} ;; esac
done
umount /proc
unset PATH
exec /bin/switch_root -c /dev/console /root "$init"
