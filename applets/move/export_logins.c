/* export_logins - users/qv-passwd as commands. */
#include <string.h>

#include "box/logins_line.h"
#include "box/which.h"
#include "lib/join.h"
#include "move/export_homes.h"

/* .../HANDLE/POP/HANDLE-anything: found by its name at once. */
static bool has_name_of_customer(const char *path)
{
	const char *name = strrchr(path, '/'), *pop = name, *handle;

	while (pop > path && pop[-1] != '/')
		pop--;
	for (handle = pop - (pop > path); handle > path && handle[-1] != '/';)
		handle--;
	return strncmp(pop, "POP/", 4) == 0 && strncmp(handle, name + 1, (size_t)(pop - 1 - handle)) == 0 &&
	       name[pop - handle] == '-';
}

static bool is_found(struct export *x, const struct box *box)
{
	struct box found;
	struct err e;
	int r;

	if (name_box(&e, box->name) < 0)
		return false;
	r = box_by_name(x->ctx, &x->change->conf, &x->change->routing, NULL, &x->change->everywhere, box->name, &found);
	x->ctx->err = (struct err){0};
	return r == 0 && strcmp(found.path, box->path) == 0;
}

/* How import is to call this box; NULL: it cannot, or no command makes it. */
static const char *call(struct export *x, const struct box *box)
{
	const struct export_path *s = export_paths_find(&x->boxes, box->path);

	if (s == NULL)
		return NULL;
	if (has_name_of_customer(box->path) && is_found(x, box))
		return box->name;
	if (*s->text != '\0')
		return s->text;
	return is_found(x, box) ? box->name : NULL;
}

/* Nothing of what it says, which may be half a hash. */
static void not_line(struct export *x, size_t i, const char *why)
{
	buf_printf(&x->out, "# not exported: " QVPASSWD ":%zu: %s\n", i + 1, why);
}

static void one(struct export *x, const struct logins_line *line, size_t i)
{
	struct box box;
	const char *who;

	if (line->dir.n >= sizeof box.path || line->box.n >= sizeof box.name) {
		not_line(x, i, "cannot be expressed as a qv-mailbox command");
		return;
	}
	join_part(box.path, sizeof box.path, line->dir.p, line->dir.n);
	join_part(box.name, sizeof box.name, line->box.p, line->box.n);
	who = call(x, &box);
	if (who == NULL) {
		not_line(x, i, "no command makes its mailbox");
		return;
	}
	if (line->hash.n > 0)
		buf_printf(&x->last, "mailbox passwd %s %.*s\n", who, (int)line->hash.n, line->hash.p);
	if (line->suspended)
		buf_printf(&x->last, "mailbox suspend %s\n", who);
}

static void all(struct export *x, const struct logins *t)
{
	struct logins_line line;
	const char *p;
	size_t n;

	for (size_t i = 0; i < t->lines.n; i++) {
		p = lines_at(&t->lines, i, &n);
		switch (logins_line(p, n, &line)) {
		case LOGINS_BOX:
			one(x, &line, i);
			break;
		case LOGINS_NOTHING:
			not_line(x, i, n == 0 ? "a blank line" : "a comment");
			break;
		case LOGINS_BAD:
			not_line(x, i, "cannot be expressed as a qv-mailbox command");
			break;
		}
	}
}

int export_logins(struct export *x)
{
	struct logins t;
	int r = logins_load(x->ctx, &t);

	if (r == 0)
		all(x, &t);
	logins_free(&t);
	return r;
}
