/* given - a file that the caller names as an argument, or standard input. */
#include "lib/given.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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
