/* netfs - file systems that other machines have mounted too. */
#include "lib/netfs.h"

#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/printable.h"

/* GlusterFS keeps names, contents and attributes for a second each, of whole seconds by its clock. */
enum { KEPT_MS = 2200 };

bool netfs_is(int fd)
{
	static const unsigned long network[] = {0x65735546 /* FUSE */, 0x6969 /* NFS */, 0xff534d42 /* CIFS */,
	                                        0xfe534d42 /* SMB2 */, 0x01021997 /* 9P */, 0x00c36400 /* Ceph */};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof network / sizeof *network; i++)
		if (((unsigned long)fs.f_type & 0xffffffff) == network[i])
			return true;
	return false;
}

void netfs_settle(void)
{
	int64_t end = clock_ms() + KEPT_MS, left;

	while ((left = end - clock_ms()) > 0)
		clock_nap((int)left);
}

void netfs_name(char to[NETFS_NAME])
{
	if (gethostname(to, NETFS_NAME) < 0)
		*to = '\0';
	to[NETFS_NAME - 1] = '\0';
	for (char *p = to; *p != '\0'; p++)
		if (*p == '/' || (unsigned char)*p <= ' ')
			*p = '_';
	if (*to == '\0')
		snprintf(to, NETFS_NAME, "unnamed");
}

void netfs_sign(int fd)
{
	char me[NETFS_NAME], text[NETFS_NAME + 32] = "";

	netfs_name(me);
	snprintf(text, sizeof text, "pid %ld on %s", (long)getpid(), me);
	if (pwrite(fd, text, sizeof text, 0) < 0)
		return; /* it is locked all the same */
}

const char *netfs_signed(int fd, char *to, size_t size)
{
	ssize_t n = pread(fd, to, size - 1, 0);

	to[n > 0 ? n : 0] = '\0';
	return printable(to);
}
