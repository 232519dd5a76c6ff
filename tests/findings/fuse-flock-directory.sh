#!/bin/bash
# fuse-flock-directory.sh: a FUSE file system is never asked for a lock on a directory.
#
# fuse.h says of flock() that a file system which has that operation decides itself, and that the kernel locks locally where it
# is missing. That holds for files alone. flock(2) on a directory is granted by Linux for this mount, and the file system hears
# nothing: libfuse 3.14.0 (Debian 12) with Linux 6.18. So a lock on a directory, which keeps processes apart on a local disk,
# keeps out no other machine on GlusterFS or any network file system that is mounted by FUSE, though locks on files do.
#
# Seen, with a file system that refuses every lock:
#   file: refused; it was asked for /file
#   directory: granted; it was asked for nothing
#
# Wants gcc, /dev/fuse, user namespaces, and Debian's packages.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
VERSION=3.14.0-4

(
	cd "$T"
	apt-get -q download -o APT::Sandbox::User=root "libfuse3-dev=$VERSION" "libfuse3-3=$VERSION"
	for deb in *.deb; do dpkg -x "$deb" .; done
) >"$T/log" 2>&1 || { cat "$T/log"; exit 1; }

cat >"$T/refuse.c" <<'C'
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse.h>
#include <stdio.h>
#include <string.h>

static int refuse_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	*st = (struct stat){.st_nlink = 1};
	st->st_mode = strcmp(path, "/file") == 0 ? S_IFREG | 0666 : S_IFDIR | 0777;
	return 0;
}

static int refuse_open(const char *path, struct fuse_file_info *fi)
{
	(void)path, (void)fi;
	return 0;
}

static int refuse_flock(const char *path, struct fuse_file_info *fi, int op)
{
	(void)fi, (void)op;
	printf("%s\n", path);
	return -EWOULDBLOCK;
}

static const struct fuse_operations refuse = {
	.getattr = refuse_getattr, .open = refuse_open, .opendir = refuse_open, .flock = refuse_flock};

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	return fuse_main(argc, argv, &refuse, NULL);
}
C
LIB=$(dirname "$(find "$T" -name libfuse3.so.3)")
gcc -D_FILE_OFFSET_BITS=64 -I"$T/usr/include/fuse3" -o "$T/refuse" "$T/refuse.c" -L"$LIB" -l:libfuse3.so.3

cat >"$T/inside" <<'SH'
refuse() { LD_LIBRARY_PATH=$2 "$1/refuse" -f "$1/mount" >>"$1/asked" 2>"$1/log" & }
mkdir "$1/mount"
refuse "$@"
for n in $(seq 100); do
	! grep -q " $1/mount fuse" /proc/mounts || break
	sleep 0.05
done
for name in file directory; do
	: >"$1/asked"
	flock -n "$1/mount/$name" true && said=granted || said=refused
	echo "$name: $said; it was asked for $(grep . "$1/asked" || echo nothing)"
done
umount "$1/mount"
SH
got=$(unshare --map-root-user --mount --pid --fork --kill-child --mount-proc sh "$T/inside" "$T" "$LIB")
want='file: refused; it was asked for /file
directory: granted; it was asked for nothing'
[ "$got" = "$want" ] || { echo "expected:"; echo "$want"; echo "got:"; echo "$got"; cat "$T/log"; exit 1; }
echo "as described: $got"
