/* listing - the names in a directory, sorted. */
#include "lib/listing.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/dents.h"
#include "lib/fs.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int sort(struct listing *l)
{
	size_t at = 0;

	l->name = calloc(l->n + 1, sizeof *l->name);
	if (l->name == NULL || buf_failed(&l->text))
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		l->name[i] = l->text.p + at;
		at += strlen(l->name[i]) + 1;
	}
	if (l->n > 1)
		qsort(l->name, l->n, sizeof *l->name, by_name);
	return 0;
}

static int read_names(struct ctx *ctx, const char *path, int fd, struct listing *l)
{
	struct dents d;
	const struct dent *e;

	dents_begin(&d, fd);
	for (; (e = dents_next(&d)) != NULL; l->n++)
		buf_add(&l->text, e->name, strlen(e->name) + 1);
	if (d.failed)
		return err_sys(&ctx->err, "unable to list %s%s", ctx->root, path);
	return sort(l) < 0 ? err_temp(&ctx->err, "out of memory") : 0;
}

int listing_read(struct ctx *ctx, const char *path, int fd, struct listing *l)
{
	*l = (struct listing){.text = BUF(UINT32_MAX)};
	if (fd >= 0 && read_names(ctx, path, fd, l) == 0)
		return 0;
	listing_free(l); /* without names, not with a number of names alone */
	return -1;
}

static int load(struct ctx *ctx, const char *path, int fd, struct listing *l)
{
	int r = listing_read(ctx, path, fd, l);

	if (fd >= 0)
		close(fd);
	return r;
}

int listing_load(struct ctx *ctx, const char *path, struct listing *l)
{
	return load(ctx, path, fs_dir(ctx, path), l);
}

int listing_load_if(struct ctx *ctx, const char *path, struct listing *l)
{
	int fd, r = fs_dir_if(ctx, path, &fd);

	*l = (struct listing){0};
	return r == 0 ? load(ctx, path, fd, l) : r;
}

void listing_free(struct listing *l)
{
	free(l->name);
	buf_free(&l->text);
	*l = (struct listing){0};
}
