/* mail_lock - what keeps two flushes of a dial-up host apart. */
#include "dialup/mail_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dialup/marks.h"
#include "lib/fs.h"
#include "lib/lock.h"
#include "lib/netfs.h"

/* NFS makes of flock a lock for writing, which wants a descriptor that writes; elsewhere who may read it may lock it. */
static int take(struct ctx *ctx, const char *path, int flags, int *fd)
{
	*fd = fs_open(ctx, path, flags);
	return *fd < 0 ? -1 : lock_take(*fd, 0);
}

int relayhost_lock(struct ctx *ctx, const char *path, int *fd)
{
	int r = take(ctx, path, O_RDONLY, fd);

	if (r < 0 && *fd >= 0 && errno == EBADF) {
		close(*fd);
		r = take(ctx, path, O_RDWR, fd);
	}
	return r < 0 && *fd >= 0 ? err_sys(&ctx->err, "unable to lock %s%s", ctx->root, path) : r;
}

/* A flush that popusr starts must be able to open what root has made. */
static int give(int fd, int new)
{
	struct stat st, dir;

	if (fstat(fd, &st) < 0 || fstat(new, &dir) < 0)
		return -1;
	errno = EINVAL;
	if (!S_ISREG(st.st_mode))
		return -1;
	return geteuid() == 0 && st.st_uid != dir.st_uid ? fchown(fd, dir.st_uid, dir.st_gid) : 0;
}

static int open_file(int new)
{
	int fd = openat(new, "../../" DOMAIN_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	int errnum;

	if (fd < 0 || give(fd, new) == 0)
		return fd;
	errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

int mail_lock(int new, int *fd)
{
	int r;

	*fd = -1;
	if (!netfs_is(new))
		return lock_take(new, 0);
	*fd = open_file(new);
	r = *fd < 0 ? -1 : lock_take(*fd, 0);
	if (r == 0)
		netfs_sign(*fd);
	return r;
}
