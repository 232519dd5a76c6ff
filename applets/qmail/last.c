/* last - how the last attempt for a dial-up host ended: its .qv-status file. */
#include "qmail/last.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/replace.h"

enum { STATUS_MAX = 4096 };

static void file_name(const char *dir, char *path, size_t size)
{
	snprintf(path, size, "%s/" LAST_FILE, dir);
}

static void parse_line(const char *key, const char *value, struct last *l)
{
	if (strcmp(key, "time") == 0)
		l->time = (time_t)strtoll(value, NULL, 10);
	else if (strcmp(key, "delivered") == 0)
		l->delivered = strtol(value, NULL, 10);
	else if (strcmp(key, "deferred") == 0)
		l->deferred = strtol(value, NULL, 10);
	else if (strcmp(key, "bounced") == 0)
		l->bounced = strtol(value, NULL, 10);
	else if (strcmp(key, "mode") == 0)
		snprintf(l->mode, sizeof l->mode, "%s", value);
	else if (strcmp(key, "result") == 0)
		snprintf(l->result, sizeof l->result, "%s", value);
}

static void parse(char *text, struct last *l)
{
	char *next, *value;

	for (char *line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		value = strchr(line, ' ');
		if (value == NULL)
			continue;
		*value++ = '\0';
		parse_line(line, value, l);
	}
}

void last_read(struct ctx *ctx, const char *dir, struct last *l)
{
	struct buf b = BUF(STATUS_MAX);
	char path[PATH_MAX];
	int r;

	*l = (struct last){0};
	file_name(dir, path, sizeof path);
	r = fs_slurp(ctx, path, &b, NULL);
	if (r < 0)
		ctx_warn(ctx, "%s", ctx->err.text);
	if (r == 0 && b.len > 0)
		parse(b.p, l);
	buf_free(&b);
}

int last_write(struct ctx *ctx, const char *dir, const struct last *l)
{
	struct buf b = BUF(STATUS_MAX);
	char path[PATH_MAX];
	int r;

	file_name(dir, path, sizeof path);
	buf_printf(&b, "time %lld\nresult %s\ndelivered %ld\ndeferred %ld\nbounced %ld\n", (long long)l->time, l->result,
	           l->delivered, l->deferred, l->bounced);
	if (*l->mode != '\0')
		buf_printf(&b, "mode %s\n", l->mode);
	r = replace_file(ctx, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, buf_text(&b), b.len);
	buf_free(&b);
	return r;
}
