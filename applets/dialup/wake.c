/* wake - tell the running qv-master whose mail to send now. */
#include "dialup/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fs.h"

static int unable(struct ctx *ctx, const struct conf *conf, const char *verb)
{
	return err_sys(&ctx->err, "unable to %s %s%s/" WAKE_FILE, verb, ctx->root, conf->serialmail);
}

/* The directory that the FIFO is in. */
static int parent(struct ctx *ctx, const struct conf *conf)
{
	return fs_dir(ctx, conf->serialmail);
}

/* -1 with errno. */
static int open_fifo(int dir, int flags)
{
	int fd = openat(dir, WAKE_FILE, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

static int make(int dir, const struct conf *conf)
{
	if (mkfifoat(dir, WAKE_FILE, 0600) < 0)
		return errno == EEXIST ? 0 : -1;
	return geteuid() == 0 ? fchownat(dir, WAKE_FILE, conf->uid, conf->gid, AT_SYMLINK_NOFOLLOW) : 0;
}

int wake_open(struct ctx *ctx, const struct conf *conf, struct wake *w)
{
	int dir = parent(ctx, conf);

	*w = (struct wake){.fd = -1};
	if (dir < 0)
		return -1;
	if (make(dir, conf) < 0)
		unable(ctx, conf, "create");
	else if ((w->fd = open_fifo(dir, O_RDWR)) < 0) /* for writing too, or it would be at its end whenever nobody else has it open */
		unable(ctx, conf, "open");
	close(dir);
	return w->fd < 0 ? -1 : 0;
}

void wake_close(struct wake *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* What was handed out before goes; then as much as fits is read. */
static void fill(struct wake *w)
{
	size_t gone = strnlen(w->buf, w->n);
	ssize_t n;

	if (gone < w->n) {
		w->n -= gone + 1;
		memmove(w->buf, w->buf + gone + 1, w->n);
	}
	if (memchr(w->buf, '\n', w->n) != NULL)
		return;
	if (w->n == sizeof w->buf)
		w->n = 0; /* no name is that long */
	n = read(w->fd, w->buf + w->n, sizeof w->buf - w->n);
	if (n > 0)
		w->n += (size_t)n;
}

const char *wake_next(struct wake *w)
{
	char *lf;

	if (w->fd < 0)
		return NULL;
	fill(w);
	lf = memchr(w->buf, '\n', w->n);
	if (lf == NULL)
		return NULL;
	*lf = '\0';
	return w->buf;
}

int wake_send(struct ctx *ctx, const struct conf *conf, const char *host)
{
	int dir = parent(ctx, conf), fd;
	char line[NAME_MAX + 2];
	int n = snprintf(line, sizeof line, "%s\n", host);
	ssize_t sent;

	if (dir < 0)
		return -1;
	fd = open_fifo(dir, O_WRONLY);
	close(dir);
	if (fd < 0)
		return errno == ENXIO || errno == ENOENT ? 1 : unable(ctx, conf, "open");
	sent = write(fd, line, (size_t)n);
	if (sent != n)
		unable(ctx, conf, "write");
	close(fd);
	return sent == n ? 0 : -1;
}
