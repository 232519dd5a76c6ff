/*
 * change - one administrator's command: the lock, the current files, and the plan of changes to them.
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
 * With ctx->whole the change becomes part of a larger one: it sees the effect of earlier commands and applies nothing;
 * the code that set ctx->whole applies all of it at the end.
 */
#ifndef SETUP_CHANGE_H
#define SETUP_CHANGE_H

#include "box/everywhere.h"
#include "box/logins.h"
#include "routing/files.h"
#include "setup/callers.h"

struct change {
	struct conf conf;
	struct routing routing;
	struct plan files; /* directories, boxes, .qmail files */
	struct plan owners; /* modes and owners of existing files */
	struct logins logins; /* by change_logins() */
	struct callers callers; /* by change_callers() */
	struct everywhere everywhere; /* for box_by_name() */
	/* private */
	struct lockfile lock;
	bool knows_logins, knows_callers;
	struct change *batch; /* the larger change; its members are copied here and back */
	bool deliver; /* one of the batch's commands touched virtual delivery */
};

/* Begin a change: needs root, takes the lock, looks up popusr's ids. 0 or -1; change_end() either way. */
int change_begin(struct ctx *ctx, struct change *c);

/* Begin without changing anything: no lock, no root. */
int change_look(struct ctx *ctx, struct change *c);

/* Read c->logins, once; it is then part of the change. 0 or -1. */
int change_logins(struct ctx *ctx, struct change *c);

/* Read c->callers, likewise. */
int change_callers(struct ctx *ctx, struct change *c);

/* routing_plan() and plan_apply(); the passwords of removed boxes are removed too. */
int change_apply(struct ctx *ctx, struct change *c, enum routing_direction direction, bool deliver);
void change_end(struct change *c);

/* How name is served now; -1 if it is not. */
int change_domain(struct ctx *ctx, const struct change *c, const char *name, struct domain *d);

#endif
