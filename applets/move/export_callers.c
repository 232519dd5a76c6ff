/* export_callers - users/qv-trigger as commands. */
#include <stdio.h>
#include <string.h>

#include "move/export_homes.h"

/* Nothing of what it says, which may be half a secret. */
static void not_line(struct export *x, size_t i, const char *why)
{
	buf_printf(&x->out, "# not exported: " CALLER_FILE ":%zu: %s\n", i + 1, why);
}

static void one(struct export *x, const struct caller *c, size_t i)
{
	char states[CRAM_STATES + 1], range[PEER_TEXT];
	struct domain d;

	routing_look(&x->change->routing, &x->change->conf, c->host, &d);
	if (d.form != DOMAIN_DIALUP || *d.home == '\0' || strcmp(strrchr(d.home, '/') + 1, c->host) != 0) {
		not_line(x, i, "not a dial-up host");
		return;
	}
	buf_printf(&x->last, "domain trigger %s", c->host);
	if (*c->user != '\0') {
		cram_print(&c->cram, states);
		buf_printf(&x->last, " --user %s --states %s", c->user, states);
	}
	for (size_t k = 0; k < c->from_n; k++) {
		peer_range_print(&c->from[k], range);
		buf_printf(&x->last, " --from %s", range);
	}
	buf_str(&x->last, c->autoturn ? " --autoturn\n" : "\n");
}

static void all(struct export *x, const struct callers *t)
{
	const char *p, *why;
	struct caller c;
	size_t n;

	for (size_t i = 0; i < t->lines.n; i++) {
		p = lines_at(&t->lines, i, &n);
		switch (caller_parse(p, n, &c, &why)) {
		case CALLER_HOST:
			one(x, &c, i);
			break;
		case CALLER_NOTHING:
			not_line(x, i, n == 0 ? "a blank line" : "a comment");
			break;
		case CALLER_BAD:
			not_line(x, i, "cannot be expressed as a qv-domain command");
			break;
		}
	}
}

int export_callers(struct export *x)
{
	struct callers t;
	int r = callers_load(x->ctx, &t);

	if (r == 0)
		all(x, &t);
	callers_free(&t);
	return r;
}
