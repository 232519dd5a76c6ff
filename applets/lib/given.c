/* given - a file that the caller names as an argument, or standard input. */
#include "lib/given.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/replace.h"

static bool is_stdin(const char *file)
{
	return file == NULL || strcmp(file, "-") == 0;
}

static int read_all(int fd, struct buf *b)
{
	ssize_t n;

	do {
		if (buf_room(b, 1 << 16) == NULL) {
			errno = b->len + (1 << 16) > b->max ? EFBIG : ENOMEM;
			return -1;
		}
		n = read(fd, b->p + b->len, 1 << 16);
		if (n > 0)
			b->len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return (int)n;
}

const char *given_name(const char *file)
{
	return is_stdin(file) ? "stdin" : file;
}

int given_read(struct ctx *ctx, const char *file, struct buf *b)
{
	int fd = is_stdin(file) ? 0 : open(file, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -1 : read_all(fd, b);

	if (r < 0)
		err_sys(&ctx->err, "unable to read %s", given_name(file));
	if (fd > 0)
		close(fd);
	return r;
}

static int replace_by(struct ctx *ctx, const char *path, const struct buf *b)
{
	struct replace r;

	if (replace_begin(ctx, &r, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}) < 0)
		return -1;
	if (fchmod(r.fd, 0644) < 0 || fs_write(r.fd, b->p, b->len) < 0)
		err_sys(&ctx->err, "unable to write a new %s", path);
	else if (replace_ready(ctx, &r) == 0)
		return replace_show(ctx, &r);
	replace_drop(ctx, &r);
	return -1;
}

int given_write(struct ctx *ctx, const char *file, const struct buf *b)
{
	char path[2 * PATH_MAX] = "";
	struct ctx system = *ctx;
	int r = -1;

	if (ctx->dry_run) {
		printf("write %s\n", file);
		return 0;
	}
	if (file[0] != '/' && getcwd(path, PATH_MAX) == NULL)
		return err_sys(&ctx->err, "unable to find the working directory");
	snprintf(path + strlen(path), sizeof path - PATH_MAX, "%s%s", *path != '\0' ? "/" : "", file);
	if (ctx_open(&system, "") == 0) {
		r = replace_by(&system, path, b);
		close(system.rootfd);
	}
	ctx->err = system.err;
	return r;
}
