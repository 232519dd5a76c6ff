/* plan_print - a plan for people's eyes: what --dry-run shows. */
#include "qmail/plan_print.h"

#include <stdio.h>
#include <string.h>

#include "lib/fs.h"

const char *plan_word(enum plan_op op)
{
	static const char *const words[] = {
		[PLAN_DIR] = "make directory",
		[PLAN_MAILDIR] = "make Maildir",
		[PLAN_FILE] = "write",
		[PLAN_CDB] = "build",
		[PLAN_HUP] = "HUP qmail-send",
		[PLAN_REMOVE] = "remove",
		[PLAN_NOTHING] = "nothing",
	};

	return words[op];
}

static void print_lines(char sign, const char *p, size_t n)
{
	while (n > 0) {
		const char *lf = memchr(p, '\n', n);
		size_t len = lf != NULL ? (size_t)(lf - p) : n;

		printf("%c%.*s\n", sign, (int)len, p);
		len += lf != NULL;
		p += len;
		n -= len;
	}
}

/* Bytes at the beginning that both have, whole lines only. */
static size_t common_head(const struct buf *a, const struct buf *b)
{
	size_t n = 0, line = 0;

	for (; n < a->len && n < b->len && a->p[n] == b->p[n]; n++)
		if (a->p[n] == '\n')
			line = n + 1;
	return line;
}

static size_t common_tail(const struct buf *a, const struct buf *b, size_t head)
{
	size_t n = 0, line = 0;

	for (; n < a->len - head && n < b->len - head && a->p[a->len - n - 1] == b->p[b->len - n - 1]; n++)
		if (a->p[a->len - n - 1] == '\n')
			line = n;
	if (n == a->len - head || n == b->len - head)
		line = n;
	return line;
}

/* Configuration changes are lines put in or taken out in one place: what differs in the middle is the change. */
static int print_change(struct ctx *ctx, const struct plan_step *s)
{
	struct buf old = BUF(CONTROL_MAX);
	size_t head, tail;
	int r = fs_slurp(ctx, s->path, &old, NULL);

	if (r >= 0) {
		head = common_head(&old, &s->data);
		tail = common_tail(&old, &s->data, head);
		print_lines('-', old.p + head, old.len - head - tail);
		print_lines('+', s->data.p + head, s->data.len - head - tail);
	}
	buf_free(&old);
	return r < 0 ? -1 : 0;
}

static void print_owner(const struct owner *o)
{
	printf(" (mode %04o", (unsigned)o->mode);
	if (o->uid != (uid_t)-1)
		printf(", owner %ld:%ld", (long)o->uid, (long)o->gid);
	printf(")");
}

int plan_print(struct ctx *ctx, const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_step *s = &p->step[i];

		if (s->op == PLAN_NOTHING)
			continue;
		printf("%s%s%s", plan_word(s->op), *s->path != '\0' ? " " : "", s->path);
		if (s->op == PLAN_DIR || s->op == PLAN_MAILDIR)
			print_owner(&s->owner);
		if (s->op == PLAN_CDB)
			printf(" from %s", s->source);
		printf("\n");
		if (s->op == PLAN_FILE && print_change(ctx, s) < 0)
			return -1;
	}
	return 0;
}
