/* set_owner - mode and owner of what is there already. */
#include "lib/set_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/fs.h"

static int give_open(int fd, const struct owner *o)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode) && (!S_ISREG(st.st_mode) || st.st_nlink > 1)) {
		errno = S_ISREG(st.st_mode) ? EMLINK : EINVAL;
		return -1;
	}
	return owner_give(fd, o) < 0 ? -1 : fsync(fd);
}

static int give(int dir, const char *name, const struct owner *o)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int r = give_open(fd, o), errnum = errno;

	if (fd >= 0)
		close(fd);
	errno = errnum;
	return r;
}

int set_owner(struct ctx *ctx, const char *path, const struct owner *o)
{
	const char *name;
	int dir = fs_parent(ctx, path, &name), r, tries = 0;

	if (dir < 0)
		return -1;
	do
		r = give(dir, name, o);
	while (r < 0 && fs_try_again(dir, name, &tries));
	if (r < 0)
		err_sys(&ctx->err, "unable to change mode or owner of %s%s", ctx->root, path);
	close(dir);
	return r;
}
