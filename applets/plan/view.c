/* view - the tree as it will be once a plan is applied: an index of its steps by path. */
#include "plan/view.h"

#include <string.h>

#include "lib/fs.h"
#include "lib/join.h"

static struct plan_step *search(const struct plan *p, const char *path)
{
	for (size_t i = p->n; i-- > 0;)
		if (strcmp(p->step[i].path, path) == 0)
			return &p->step[i];
	return NULL;
}

struct plan_step *plan_find(struct plan *p, const char *path)
{
	size_t at;

	if (p == NULL || p->n == 0)
		return NULL;
	for (; p->indexed < p->n; p->indexed++)
		if (strmap_put(&p->index, p->step[p->indexed].path, p->indexed) < 0)
			return search(p, path);
	return strmap_get(&p->index, path, &at) ? &p->step[at] : NULL;
}

bool plan_is_below_new(struct plan *p, const char *path)
{
	char above[PATH_MAX];
	struct plan_step *s;
	char *slash;

	if (p == NULL || p->n == 0)
		return false;
	join(above, sizeof above, path, NULL);
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
		return plan_is_below_new(p, path) ? 1 : fs_stat(ctx, path, st);
	*st = (struct stat){.st_mode = s->op == PLAN_DIR || s->op == PLAN_MAILDIR ? S_IFDIR : S_IFREG};
	return s->op == PLAN_REMOVE;
}

int plan_slurp(struct ctx *ctx, struct plan *p, const char *path, struct buf *b, struct stat *st)
{
	const struct plan_step *s = plan_find(p, path);

	if (s == NULL && !plan_is_below_new(p, path))
		return fs_slurp(ctx, path, b, st);
	buf_free(b);
	if (s == NULL || s->op != PLAN_FILE)
		return 1;
	buf_add(b, s->data, s->n);
	if (st != NULL)
		*st = s->more != NULL ? s->more->seen.st : (struct stat){0};
	return buf_failed(b) ? err_temp(&ctx->err, "out of memory") : 0;
}
