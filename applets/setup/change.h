/*
 * change - one administrator's command: the lock, the files as they are, the plan that grows from them.
 *
 *	struct change c;
 *	int r = change_begin(ctx, &c);
 *
 *	if (r == 0)
 *		r = ... change c.routing, queue steps in c.files
 *	if (r == 0)
 *		r = change_apply(ctx, &c, ROUTING_ADD, true);
 *	change_end(&c);
 *
 * With ctx->whole all that becomes part of one larger change: it sees what earlier commands did to it, nothing is
 * applied, and whoever set ctx->whole applies all of it at the end.
 */
#ifndef SETUP_CHANGE_H
#define SETUP_CHANGE_H

#include "box/logins.h"
#include "routing/files.h"

struct change {
	struct conf conf;
	struct routing routing;
	struct plan files; /* directories, boxes, .qmail files */
	struct plan owners; /* modes and owners of what is there */
	struct logins logins; /* by change_logins() */
	/* private */
	int lock;
	bool knows_logins;
	struct change *batch; /* whom all this was taken from, and goes back to */
	bool deliver; /* one of the batch's commands touched virtual delivery */
};

/* To change: needs root, takes the lock, knows popusr's ids. 0 or -1; change_end() either way. */
int change_begin(struct ctx *ctx, struct change *c);

/* To look only: no lock, no root. */
int change_look(struct ctx *ctx, struct change *c);

/* To change who may log in: c->logins is read, once, and is part of the change. 0 or -1. */
int change_logins(struct ctx *ctx, struct change *c);

/* routing_plan() and plan_apply(); boxes that go take their passwords with them. */
int change_apply(struct ctx *ctx, struct change *c, enum routing_direction direction, bool deliver);
void change_end(struct change *c);

/* name as it is served now; -1 when it is not. */
int change_domain(struct ctx *ctx, const struct change *c, const char *name, struct domain *d);

#endif
