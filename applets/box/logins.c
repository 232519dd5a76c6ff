/* logins - users/qv-passwd: the passwords of boxes. */
#include "box/logins.h"

#include <limits.h>
#include <string.h>

#include "box/logins_line.h"
#include "lib/join.h"
#include "plan/read.h"
#include "plan/view.h"

int logins_load(struct ctx *ctx, struct logins *t)
{
	*t = (struct logins){0};
	return plan_read(ctx, QVPASSWD, &t->lines, &t->seen);
}

void logins_free(struct logins *t)
{
	lines_free(&t->lines);
}

static bool line_at(const struct logins *t, size_t i, struct logins_line *line)
{
	size_t n;
	const char *p = lines_at(&t->lines, i, &n);

	return logins_line(p, n, line) == LOGINS_BOX;
}

static bool has_name(const struct logins_line *line, const char *name)
{
	return line->box.n == strlen(name) && strncasecmp(line->box.p, name, line->box.n) == 0;
}

/* The line of this box, or LINES_NONE. Boxes are told apart by directory: imported Maildirs may all have the same name. */
static size_t find(const struct logins *t, const struct box *box, struct logins_line *line)
{
	size_t i = lines_find(&t->lines, LINES_TAIL, box->path, 0);

	while (i != LINES_NONE && !(line_at(t, i, line) && logins_line_is(line, box->path) && has_name(line, box->name)))
		i = lines_find(&t->lines, LINES_TAIL, box->path, i + 1);
	return i;
}

void logins_look(const struct logins *t, const struct box *box, struct logins_login *l)
{
	struct logins_line line;

	*l = (struct logins_login){0};
	if (find(t, box, &line) == LINES_NONE)
		return;
	l->suspended = line.suspended;
	join_part(l->hash, sizeof l->hash, line.hash.p, line.hash.n);
}

static bool same(const struct logins_login *a, const struct logins_login *b)
{
	return a->suspended == b->suspended && strcmp(a->hash, b->hash) == 0;
}

void logins_set(struct logins *t, const struct box *box, const struct logins_login *l)
{
	char text[sizeof box->name + sizeof box->path + sizeof l->hash + 8];
	struct logins_login is;
	struct logins_line line;
	size_t i = find(t, box, &line);

	logins_look(t, box, &is);
	if (same(&is, l))
		return;
	if (i != LINES_NONE)
		lines_remove(&t->lines, i);
	join(text, sizeof text, box->name, ":", l->suspended ? "!" : "", l->hash, ":", box->path, NULL);
	if (l->suspended || *l->hash != '\0')
		lines_insert(&t->lines, i != LINES_NONE ? i : t->lines.n, text);
}

void logins_plan(const struct logins *t, struct plan *plan)
{
	static const struct owner secret = {0600, (uid_t)-1, (gid_t)-1};
	struct buf text = BUF(CONTROL_MAX);

	if (!t->lines.changed && !t->seen.there)
		return;
	lines_render(&t->lines, &text);
	text.failed |= lines_failed(&t->lines);
	if (t->lines.changed)
		plan_file(plan, QVPASSWD, &secret, &text, &t->seen);
	plan_cdb(plan, LOGINS_CDB, &secret, QVPASSWD, logins_digest, &text);
}

/* The plan removes its box, or a directory that the box is in. */
static bool is_removed(struct plan *plan, const struct logins_line *line)
{
	const struct plan_step *s;
	char path[PATH_MAX];
	char *slash;

	if (line->dir.n >= sizeof path)
		return false;
	join_part(path, sizeof path, line->dir.p, line->dir.n);
	do {
		s = plan_find(plan, path);
		if (s != NULL && s->op == PLAN_REMOVE)
			return true;
		slash = strrchr(path, '/');
		if (slash != NULL)
			*slash = '\0';
	} while (slash != NULL && slash > path);
	return false;
}

bool logins_follows(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->step[i].op == PLAN_REMOVE && strstr(plan->step[i].path, "/.") == NULL)
			return true;
	return false;
}

void logins_follow(struct logins *t, struct plan *plan)
{
	struct logins_line line;

	for (size_t i = t->lines.n; i-- > 0;)
		if (line_at(t, i, &line) && is_removed(plan, &line))
			lines_remove(&t->lines, i);
}
