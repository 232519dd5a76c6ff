/* callers - users/qv-trigger, to be changed: who may call for the mail of which dial-up host. */
#include "setup/callers.h"

#include <string.h>

#include "plan/read.h"

int callers_load(struct ctx *ctx, struct callers *t)
{
	*t = (struct callers){0};
	return plan_read(ctx, CALLER_FILE, &t->lines, &t->seen);
}

void callers_free(struct callers *t)
{
	lines_free(&t->lines);
}

static bool line_at(const struct callers *t, size_t i, struct caller *c)
{
	const char *p, *why;
	size_t n;

	p = lines_at(&t->lines, i, &n);
	return caller_parse(p, n, c, &why) == CALLER_HOST;
}

bool callers_look(const struct callers *t, const char *host, struct caller *c)
{
	size_t i = lines_find(&t->lines, LINES_MAP, host, 0);

	if (i != LINES_NONE && line_at(t, i, c))
		return true;
	*c = (struct caller){0};
	memcpy(c->host, host, strlen(host) + 1);
	return false;
}

static void put(struct callers *t, size_t i, const struct caller *c)
{
	struct buf text = BUF(CONTROL_MAX);
	const char *is = "";
	size_t n = 0;

	caller_print(c, &text);
	if (i != LINES_NONE)
		is = lines_at(&t->lines, i, &n);
	if (i == LINES_NONE || n != text.len || memcmp(is, buf_text(&text), n) != 0) {
		if (i != LINES_NONE)
			lines_remove(&t->lines, i);
		lines_insert(&t->lines, i != LINES_NONE ? i : t->lines.n, buf_text(&text));
		t->lines.failed |= buf_failed(&text);
	}
	buf_free(&text);
}

void callers_set(struct callers *t, const struct caller *c)
{
	size_t i = lines_find(&t->lines, LINES_MAP, c->host, 0);

	if (*c->user != '\0' || c->from_n > 0)
		put(t, i, c);
	else if (i != LINES_NONE)
		lines_remove(&t->lines, i);
}

bool callers_secret(const struct callers *t, const char *user, struct cram *cram)
{
	struct caller c;

	for (size_t i = 0; i < t->lines.n; i++)
		if (line_at(t, i, &c) && strcmp(c.user, user) == 0) {
			*cram = c.cram;
			return true;
		}
	return false;
}

void callers_change_secret(struct callers *t, const char *user, const struct cram *cram)
{
	struct caller c;

	for (size_t i = 0; i < t->lines.n; i++)
		if (line_at(t, i, &c) && strcmp(c.user, user) == 0) {
			c.cram = *cram;
			put(t, i, &c);
		}
}

void callers_plan(const struct callers *t, struct plan *plan)
{
	static const struct owner secret = {0600, (uid_t)-1, (gid_t)-1};
	struct buf text = BUF(CONTROL_MAX);

	if (!t->lines.changed)
		return;
	lines_render(&t->lines, &text);
	text.failed |= lines_failed(&t->lines);
	plan_file(plan, CALLER_FILE, &secret, &text, &t->seen);
	buf_free(&text);
}
