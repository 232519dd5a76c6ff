/* set_owner - change mode and owner of an existing file or directory. */
#include "lib/set_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/fs.h"

static int check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink == 1))
		return 0;
	errno = S_ISREG(st.st_mode) ? EMLINK : EINVAL;
	return -1;
}

/* Open a file or directory that may be changed; -1 with errno. */
static int open_ours(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), errnum;

	if (fd < 0 || check(fd) == 0)
		return fd;
	errnum = errno;
	close(fd);
	errno = errnum;
	return -1;
}

int set_owner(struct ctx *ctx, const char *path, const struct owner *o)
{
	const char *name;
	int dir = fs_parent(ctx, path, &name), fd, r, tries = 0;

	if (dir < 0)
		return -1;
	do
		fd = open_ours(dir, name);
	while (fd < 0 && fs_try_again(dir, name, &tries));
	if (fd < 0)
		err_sys(&ctx->err, "unable to change mode or owner of %s%s", ctx->root, path);
	close(dir);
	if (fd < 0)
		return -1;
	r = owner_give(ctx, fd, path, o);
	if (r == 0 && fsync(fd) < 0)
		r = err_sys(&ctx->err, "unable to sync %s%s", ctx->root, path);
	close(fd);
	return r;
}
