#!/bin/sh
# The first process in the machine that boot.sh starts: an NFS server, whose leases are short, and the tests. It ends with them.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C TMPDIR=/overlay/tmp

mount -t proc proc /proc
mount -t sysfs sys /sys
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs none /run
ln -sfn /proc/self/fd /dev/fd
ip link set lo up
mkdir -p "$TMPDIR"
chmod 1777 "$TMPDIR"
modprobe -a nfsd nfsv4
mount -t nfsd nfsd /proc/fs/nfsd
echo 10 >/proc/fs/nfsd/nfsv4leasetime
echo 10 >/proc/fs/nfsd/nfsv4gracetime
rpc.mountd -N 3
rpc.nfsd -N 3 4

cd /qvmail || exit
export SPOOL=nfs QVMAIL=/qvmail/bin/qvmail TESTBIN=/qvmail/bench OBJECTS=/qvmail/bin
echo "== begin"
# shellcheck disable=SC2046 # words
bats --tap $(cat files)
echo "== end $?"
echo o >/proc/sysrq-trigger
sleep 60
