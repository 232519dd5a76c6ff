/*
 * everywhere - the boxes of all customers and homes, by name: more than one may have the same. Read once a command: an import
 * asks for thousands of names, and must not look through all customers for each.
 *
 *	struct everywhere e = {0};
 *
 *	r = everywhere_load(ctx, conf, routing, plan, &e);		before each search
 *	for (size_t at = everywhere_last(&e, "joe"); at > 0; at = everywhere_before(&e, at))
 *		... everywhere_dir(&e, at)
 *	everywhere_free(&e);
 *
 * What is found was there, or will be once the plan is applied; only plan/view.h knows whether it still will.
 */
#ifndef BOX_EVERYWHERE_H
#define BOX_EVERYWHERE_H

#include "lib/strmap.h"
#include "plan/plan.h"
#include "routing/routing.h"

struct everywhere {
	/* private */
	bool knows_customers;
	bool homeless;        /* a domain had no line in users/assign */
	size_t steps;         /* of the plan that are in */
	size_t lines, assign; /* lines of virtualdomains that are in, and users/assign then */
	struct texts texts;
	struct strmap last, homes; /* by name: the last box, plus 1; directories that are in */
	struct everywhere_box *box;
	size_t n, room;
	bool failed;
};

/* Bring in what is new since the last time; routing and plan may be NULL. 0, or -1 with ctx->err. */
int everywhere_load(struct ctx *ctx, const struct conf *conf, const struct routing *routing, const struct plan *plan,
                    struct everywhere *e);

/* The box of this name that came last, and the one before it; 0: none. */
size_t everywhere_last(const struct everywhere *e, const char *name);
size_t everywhere_before(const struct everywhere *e, size_t at);

/* The directory that the box is in. */
const char *everywhere_dir(const struct everywhere *e, size_t at);
void everywhere_free(struct everywhere *e);

#endif
