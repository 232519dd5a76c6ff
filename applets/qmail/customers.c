/* customers - the dial-up hosts: the directories below serialmail that have a RELAYHOST. */
#include "qmail/customers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "qmail/domains.h"
#include "qmail/maildir.h"

static int add(struct customers *c, size_t *cap, const char *name)
{
	char **grown;

	if (c->n == *cap) {
		*cap = *cap ? *cap * 2 : 64;
		grown = realloc(c->name, *cap * sizeof *grown);
		if (grown == NULL)
			return -1;
		c->name = grown;
	}
	c->name[c->n] = strdup(name);
	return c->name[c->n++] != NULL ? 0 : -1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_names(struct customers *c)
{
	int fd = openat(c->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	size_t cap = 0;
	int r = 0;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (r == 0 && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && (e->d_type == DT_DIR || e->d_type == DT_UNKNOWN))
			r = add(c, &cap, e->d_name);
	closedir(d);
	return r;
}

int customers_load(struct ctx *ctx, const struct conf *conf, struct customers *c)
{
	struct stat st;
	int r = fs_stat(ctx, conf->serialmail, &st);

	*c = (struct customers){.dir = -1};
	if (r != 0)
		return r < 0 ? -1 : 0;
	c->dir = fs_dir(ctx, conf->serialmail);
	if (c->dir < 0)
		return -1;
	if (read_names(c) < 0)
		return err_sys(&ctx->err, "unable to list %s%s", ctx->root, conf->serialmail);
	if (c->n > 1)
		qsort(c->name, c->n, sizeof *c->name, by_name);
	return 0;
}

void customers_free(struct customers *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->name[i]);
	free(c->name);
	if (c->dir >= 0)
		close(c->dir);
	*c = (struct customers){.dir = -1};
}

size_t customers_find(const struct customers *c, const char *name)
{
	char **hit = c->n > 0 ? bsearch(&name, c->name, c->n, sizeof *c->name, by_name) : NULL;

	return hit != NULL ? (size_t)(hit - c->name) : c->n;
}

static int open_below(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool has(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* 1 mail waits, 0 not, or this is no Maildir; -1 errno */
static int waits(int dir)
{
	int maildir = open_below(dir, "Maildir");
	int new = maildir < 0 ? -1 : open_below(maildir, "new");
	int r = new < 0 ? 0 : maildir_waiting(new);

	if (maildir >= 0)
		close(maildir);
	if (new >= 0)
		close(new);
	return r;
}

int customers_look(struct ctx *ctx, const struct conf *conf, const struct customers *all, size_t i, struct customer *c)
{
	int dir = open_below(all->dir, all->name[i]);
	int r = dir < 0 ? 0 : waits(dir);

	*c = (struct customer){0};
	if (r < 0 || (dir < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP))
		r = err_sys(&ctx->err, "unable to look into %s%s/%s", ctx->root, conf->serialmail, all->name[i]);
	if (r == 1 && has(dir, "RELAYHOST")) {
		c->mail = true;
		c->paused = has(dir, DOMAIN_PAUSED);
		c->on_demand = has(dir, DOMAIN_ON_DEMAND);
	}
	if (dir >= 0)
		close(dir);
	return r < 0 ? -1 : 0;
}
