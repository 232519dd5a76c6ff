/* hosts - the dial-up hosts: the directories below serialmail that have a RELAYHOST. */
#include "dialup/hosts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialup/full.h"
#include "dialup/marks.h"
#include "lib/beneath.h"
#include "lib/dents.h"
#include "lib/fs.h"
#include "qmail/maildir.h"

const char *hosts_name(const struct hosts *c, size_t i)
{
	return c->names.p + c->at[i];
}

static bool may_be_customer(const struct dent *e)
{
	return e->name[0] != '.' && (e->type == DT_DIR || e->type == DT_UNKNOWN);
}

/* c->dir was just opened: its offset is 0. */
static int read_names(struct hosts *c)
{
	struct dents d;
	const struct dent *e;

	dents_begin(&d, c->dir);
	while ((e = dents_next(&d)) != NULL)
		if (may_be_customer(e)) {
			buf_add(&c->names, e->name, strlen(e->name) + 1);
			c->n++;
		}
	if (buf_failed(&c->names))
		errno = ENOMEM;
	return d.failed || buf_failed(&c->names) ? -1 : 0;
}

static int by_name(const void *a, const void *b, void *names)
{
	return strcmp((const char *)names + *(const uint32_t *)a, (const char *)names + *(const uint32_t *)b);
}

static int sort(struct hosts *c)
{
	size_t at = 0;

	c->at = calloc(c->n + 1, sizeof *c->at);
	if (c->at == NULL)
		return -1;
	for (size_t i = 0; i < c->n; i++) {
		c->at[i] = (uint32_t)at;
		at += strlen(c->names.p + at) + 1;
	}
	if (c->n > 1)
		qsort_r(c->at, c->n, sizeof *c->at, by_name, c->names.p);
	return 0;
}

/* Unsorted. 1: serialmail does not exist. */
static int list(struct ctx *ctx, const struct conf *conf, struct hosts *c)
{
	int r;

	*c = (struct hosts){.names = BUF(UINT32_MAX)};
	r = fs_dir_if(ctx, conf->serialmail, &c->dir);
	if (r != 0)
		return r;
	return read_names(c) < 0 ? err_sys(&ctx->err, "unable to list %s%s", ctx->root, conf->serialmail) : 0;
}

int hosts_load(struct ctx *ctx, const struct conf *conf, struct hosts *c)
{
	if (list(ctx, conf, c) < 0)
		return -1;
	return sort(c) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}

/* An unchanged directory is listed in the same order each time. */
static bool same(const struct hosts *a, const struct hosts *b)
{
	struct stat x, y;

	if (a->dir < 0 || b->dir < 0 || fstat(a->dir, &x) < 0 || fstat(b->dir, &y) < 0)
		return false;
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino && a->names.len == b->names.len &&
	       (a->names.len == 0 || memcmp(a->names.p, b->names.p, a->names.len) == 0);
}

int hosts_reload(struct ctx *ctx, const struct conf *conf, const struct hosts *c, struct hosts *now)
{
	if (list(ctx, conf, now) < 0)
		return -1;
	if (same(c, now)) {
		hosts_free(now);
		return 1;
	}
	return sort(now) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}

void hosts_free(struct hosts *c)
{
	buf_free(&c->names);
	free(c->at);
	if (c->dir >= 0)
		close(c->dir);
	*c = HOSTS;
}

size_t hosts_find(const struct hosts *c, const char *name)
{
	size_t low = 0, high = c->n, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(name, hosts_name(c, middle));
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return c->n;
}

int hosts_open(const struct hosts *c, size_t i, enum host_part part)
{
	static const char *const below[] = {
		[HOST_HOME] = "", [HOST_MAILDIR] = "/Maildir", [HOST_NEW] = "/Maildir/new"};
	char path[NAME_MAX + 16];

	snprintf(path, sizeof path, "%s%s", hosts_name(c, i), below[part]);
	return beneath_dir(c->dir, path);
}

static int has(int dir, const char *name, bool *is)
{
	struct stat st;

	*is = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	return *is || hosts_is_incomplete(errno) ? 0 : -1;
}

static int read_on_demand(int home, struct host *c)
{
	struct stat st;

	c->on_demand = fstatat(home, DOMAIN_ON_DEMAND, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (c->on_demand)
		c->aged = st.st_mtime;
	return c->on_demand || hosts_is_incomplete(errno) ? 0 : -1;
}

static int read_marks(int home, struct host *c)
{
	if (has(home, "RELAYHOST", &c->mail) < 0 || has(home, DOMAIN_PAUSED, &c->paused) < 0)
		return -1;
	return read_on_demand(home, c);
}

bool hosts_is_incomplete(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR || errnum == ELOOP;
}

static int look_home(const struct ctx *ctx, const struct hosts *all, size_t i, int new, struct host *c)
{
	int home = hosts_open(all, i, HOST_HOME), r, errnum;

	if (home < 0)
		return hosts_is_incomplete(errno) ? 0 : -1;
	r = read_marks(home, c);
	errnum = errno;
	if (!ctx->dry_run)
		full_keep(home, new);
	close(home);
	errno = errnum;
	return r;
}

int hosts_look(struct ctx *ctx, const struct conf *conf, const struct hosts *all, size_t i, struct host *c)
{
	int new = hosts_open(all, i, HOST_NEW);
	int r = new < 0 ? (hosts_is_incomplete(errno) ? 0 : -1) : maildir_waiting(new), errnum;

	*c = (struct host){0};
	if (r > 0)
		r = look_home(ctx, all, i, new, c);
	errnum = errno;
	if (new >= 0)
		close(new);
	errno = errnum;
	return r < 0 ? err_sys(&ctx->err, "unable to look into %s%s/%s", ctx->root, conf->serialmail, hosts_name(all, i)) : 0;
}
