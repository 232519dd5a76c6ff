/* mailbox_target - does mail that is to be forwarded to an address here reach anybody? */
#include "setup/mailbox_target.h"

#include <string.h>

#include "lib/join.h"
#include "plan/view.h"
#include "qmail/dotqmail.h"
#include "qmail/names.h"
#include "routing/where.h"

enum { FOLLOWED_MAX = 100 }; /* as qv-route does */

/* The .qmail file that takes mail for local there: 0, also where that is not certain; 1: none. own: one that will exist. */
static int find_file(struct ctx *ctx, struct change *c, const struct domain *d, const char *local, const char *own, char *path,
                     size_t size)
{
	struct buf name = BUF(PATH_MAX);
	struct stat st;
	int r = 1;

	for (size_t at = 0; r == 1 && dotqmail_candidate(d->dash, local, &at, &name);) {
		join(path, size, d->home, "/", buf_text(&name), NULL);
		r = strcmp(path, own) != 0 && plan_stat(ctx, &c->files, path, &st) == 1;
	}
	ctx->err = (struct err){0};
	buf_free(&name);
	return r;
}

enum reach {
	ELSEWHERE, /* other files decide */
	NOBODY,
	A_FILE, /* that of path */
};

static enum reach reach(struct ctx *ctx, struct change *c, const char *address, const char *own, char *path, size_t size)
{
	struct name_address a;
	struct domain d;

	if (name_address(&ctx->err, address, &a) < 0) {
		ctx->err = (struct err){0};
		return ELSEWHERE;
	}
	routing_look(&c->routing, &c->conf, a.domain.text, &d);
	if ((d.form != DOMAIN_POP && d.form != DOMAIN_DIALUP) || strcmp(d.dash, "-") != 0 || *d.ext != '\0' ||
	    routing_is_taken(&c->routing, a.local, a.domain.text, d.id))
		return ELSEWHERE;
	return find_file(ctx, c, &d, a.local, own, path, size) == 0 ? A_FILE : NOBODY;
}

/* The files that a message has been to, each of which gave it a Delivered-To line. */
struct trail {
	const struct trail *before;
	const char *path;
};

struct walk {
	struct ctx *ctx;
	struct change *c;
	const char *own;
	int left; /* addresses still to be followed */
};

static bool was_there(const struct trail *trail, const char *path)
{
	for (; trail != NULL; trail = trail->before)
		if (strcmp(trail->path, path) == 0)
			return true;
	return false;
}

static bool address_loops(struct walk *w, const struct trail *trail, const char *address);

static bool file_loops(struct walk *w, const struct trail *trail)
{
	struct buf text = BUF(CONTROL_MAX), address = BUF(CONTROL_MAX);
	struct dotqmail_line line;
	struct stat st = {0};
	bool loops = false;

	if (plan_slurp(w->ctx, &w->c->files, trail->path, &text, &st) == 0) {
		struct dotqmail_run run = {.text = buf_text(&text), .n = text.len, .forward_only = st.st_mode & 0100};

		while (!loops && dotqmail_obey(&run, &line)) {
			address.len = 0;
			buf_add(&address, line.value, line.n);
			loops = line.kind == DOTQMAIL_FORWARD && address_loops(w, trail, buf_text(&address));
		}
	}
	w->ctx->err = (struct err){0};
	buf_free(&text);
	buf_free(&address);
	return loops;
}

static bool address_loops(struct walk *w, const struct trail *trail, const char *address)
{
	char path[PATH_MAX];

	if (w->left-- <= 0 || reach(w->ctx, w->c, address, w->own, path, sizeof path) != A_FILE)
		return false;
	return was_there(trail, path) || file_loops(w, &(struct trail){trail, path});
}

void mailbox_warn_of_target(struct ctx *ctx, struct change *c, const char *own, const char *target)
{
	struct walk w = {ctx, c, own, FOLLOWED_MAX};
	char path[PATH_MAX];

	if (ctx->whole != NULL)
		return;
	if (reach(ctx, c, target, own, path, sizeof path) == NOBODY)
		ctx_warn(ctx, "%s: no such address here: mail that is forwarded to it bounces until it exists", target);
	else if (address_loops(&w, &(struct trail){NULL, own}, target))
		ctx_warn(ctx, "%s: leads back to where it has been: mail that is forwarded to it loops and bounces; qv-route shows the way",
		         target);
}
