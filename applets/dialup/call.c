/* call - who called last for a dial-up host's mail, and how that ended: its .qv-call file. */
#include "dialup/call.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/json.h"
#include "lib/lock.h"
#include "lib/number.h"
#include "lib/printable.h"

/* The next word, "-" meaning none; the rest for the last one. */
static void take(char **p, char *to, size_t size, bool rest)
{
	size_t n = strcspn(*p, rest ? "\n" : " \n");

	snprintf(to, size, "%.*s", (int)(n == 1 && **p == '-' ? 0 : n), *p);
	printable(to);
	*p += n;
	if (**p == ' ')
		(*p)++;
}

static long long number(char **p)
{
	char text[24];

	take(p, text, sizeof text, false);
	return number_foreign(text);
}

void call_parse(char *text, struct call *c)
{
	*c = (struct call){0};
	c->time = number(&text);
	c->served = number(&text);
	take(&text, c->way, sizeof c->way, false);
	take(&text, c->user, sizeof c->user, false);
	take(&text, c->from, sizeof c->from, false);
	take(&text, c->result, sizeof c->result, true);
}

static const char *or_dash(const char *s)
{
	return *s != '\0' ? s : "-";
}

size_t call_print(const struct call *c, char line[CALL_LINE])
{
	snprintf(line, CALL_LINE, "%lld %lld %s %s %s %s\n", c->time, c->served, or_dash(c->way), or_dash(c->user),
	         or_dash(c->from), or_dash(c->result));
	return strlen(line);
}

static void file_name(const char *dir, char *path, size_t size)
{
	snprintf(path, size, "%s/" CALL_FILE, dir);
}

void call_read(struct ctx *ctx, const char *dir, struct call *c)
{
	struct buf b = BUF(CALL_LINE);
	char path[PATH_MAX], line[CALL_LINE];
	int r;

	*c = (struct call){0};
	file_name(dir, path, sizeof path);
	r = fs_slurp(ctx, path, &b, NULL);
	if (r < 0)
		ctx_warn(ctx, "%s", ctx->err.text);
	snprintf(line, sizeof line, "%s", buf_text(&b));
	if (r == 0)
		call_parse(line, c);
	buf_free(&b);
}

/* Open and locked: the file is written in place, as it is the lock too. */
static int open_locked(struct ctx *ctx, const char *dir)
{
	enum { PATIENCE = 2 }; /* seconds, for those who write one line */
	char path[PATH_MAX];
	struct stat st;
	const char *name;
	int parent, fd = -1;

	file_name(dir, path, sizeof path);
	if (fs_stat(ctx, path, &st) == 0) {
		fd = fs_open(ctx, path, O_RDWR);
	} else {
		parent = fs_parent(ctx, path, &name);
		if (parent >= 0)
			fd = openat(parent, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
		if (parent >= 0 && fd < 0)
			err_sys(&ctx->err, "unable to create %s%s", ctx->root, path);
		if (parent >= 0)
			close(parent);
	}
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0077) != 0) /* who can open it can lock it */
		fchmod(fd, 0600);
	if (fd >= 0 && lock_take(fd, PATIENCE) != 0) {
		err_temp(&ctx->err, "unable to lock %s%s", ctx->root, path);
		close(fd);
		fd = -1;
	}
	return fd;
}

static int write_line(struct ctx *ctx, int fd, const char *dir, const struct call *c)
{
	char line[CALL_LINE];
	size_t n = call_print(c, line);

	if (lseek(fd, 0, SEEK_SET) == 0 && fs_write(fd, line, n) == 0 && ftruncate(fd, (off_t)n) == 0)
		return 0;
	return err_sys(&ctx->err, "unable to write %s%s/" CALL_FILE, ctx->root, dir);
}

/* interval < 0: it is not served. */
static int note(struct ctx *ctx, const char *dir, int interval, const struct call *c)
{
	struct call is = {0}, now = *c;
	char line[CALL_LINE];
	int fd = open_locked(ctx, dir), r = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = pread(fd, line, sizeof line - 1, 0);
	line[n > 0 ? n : 0] = '\0';
	call_parse(line, &is);
	/* A clock that was set back must not lock anyone out. */
	if (interval > 0 && is.served <= c->time && c->time - is.served < interval)
		r = 1;
	now.served = interval < 0 ? is.served : c->time;
	if (r == 0)
		r = write_line(ctx, fd, dir, &now);
	close(fd);
	return r;
}

int call_begin(struct ctx *ctx, const char *dir, int interval, const struct call *c)
{
	return note(ctx, dir, interval, c);
}

int call_note(struct ctx *ctx, const char *dir, const struct call *c)
{
	return note(ctx, dir, -1, c);
}

const char *call_who(const struct call *c, char to[CALL_WHO])
{
	const char *from = *c->from != '\0' ? c->from : "an unknown address";

	snprintf(to, CALL_WHO, "%s%s%s", c->user, *c->user != '\0' ? " from " : "", from);
	return to;
}

void call_json(const struct call *c, const char *key, struct buf *b)
{
	json_key(b, key);
	if (c->time == 0) {
		json_null(b);
		return;
	}
	json_open(b, '{');
	json_put_number(b, "time", c->time);
	json_put_string(b, "way", c->way);
	json_put_string(b, "user", *c->user != '\0' ? c->user : NULL);
	json_put_string(b, "from", *c->from != '\0' ? c->from : NULL);
	json_put_string(b, "result", c->result);
	json_close(b, '}');
}
