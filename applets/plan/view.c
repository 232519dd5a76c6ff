/* view - the tree as it will be once a plan is applied: an index of its steps by path. */
#include "plan/view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"

enum { ROOM_MIN = 64 };

static size_t hash(const char *path)
{
	uint32_t h = 5381;

	for (; *path != '\0'; path++)
		h = h * 33 ^ (unsigned char)*path;
	return h;
}

/* Where path stands in the index, or the free place where it belongs. */
static uint32_t *place(const struct plan *p, const char *path)
{
	size_t i = hash(path) & (p->room - 1);

	while (p->index[i] > 0 && strcmp(p->step[p->index[i] - 1].path, path) != 0)
		i = (i + 1) & (p->room - 1);
	return &p->index[i];
}

static bool make_room(struct plan *p)
{
	size_t room = ROOM_MIN;
	uint32_t *index;

	while (room < 2 * p->n)
		room *= 2;
	if (room <= p->room)
		return true;
	index = calloc(room, sizeof *index);
	if (index == NULL)
		return false;
	free(p->index);
	p->index = index;
	p->room = room;
	p->indexed = 0;
	return true;
}

static struct plan_step *search(const struct plan *p, const char *path)
{
	for (size_t i = p->n; i-- > 0;)
		if (strcmp(p->step[i].path, path) == 0)
			return &p->step[i];
	return NULL;
}

struct plan_step *plan_find(struct plan *p, const char *path)
{
	uint32_t at;

	if (p == NULL || p->n == 0)
		return NULL;
	if (!make_room(p))
		return search(p, path);
	for (; p->indexed < p->n; p->indexed++)
		*place(p, p->step[p->indexed].path) = (uint32_t)p->indexed + 1;
	at = *place(p, path);
	return at > 0 ? &p->step[at - 1] : NULL;
}

/* Is there a directory above path that the plan makes? Then nothing is there but what the plan puts there. */
static bool is_below_new(struct plan *p, const char *path)
{
	char above[PATH_MAX];
	struct plan_step *s;
	char *slash;

	if (p == NULL || p->n == 0)
		return false;
	snprintf(above, sizeof above, "%s", path);
	for (slash = strrchr(above, '/'); slash != NULL && slash > above; slash = strrchr(above, '/')) {
		*slash = '\0';
		s = plan_find(p, above);
		if (s != NULL && (s->op == PLAN_DIR || s->op == PLAN_MAILDIR))
			return true;
	}
	return false;
}

int plan_stat(struct ctx *ctx, struct plan *p, const char *path, struct stat *st)
{
	const struct plan_step *s = plan_find(p, path);

	if (s == NULL)
		return is_below_new(p, path) ? 1 : fs_stat(ctx, path, st);
	*st = (struct stat){.st_mode = s->op == PLAN_DIR || s->op == PLAN_MAILDIR ? S_IFDIR : S_IFREG};
	return s->op == PLAN_REMOVE;
}

int plan_slurp(struct ctx *ctx, struct plan *p, const char *path, struct buf *b, struct stat *st)
{
	const struct plan_step *s = plan_find(p, path);

	if (s == NULL && !is_below_new(p, path))
		return fs_slurp(ctx, path, b, st);
	buf_free(b);
	if (s == NULL || s->op != PLAN_FILE)
		return 1;
	buf_add(b, s->data.p, s->data.len);
	if (st != NULL)
		*st = s->seen.st;
	return buf_failed(b) ? err_temp(&ctx->err, "out of memory") : 0;
}
