/* files - a struct routing from its files, and back into them as steps of a plan. */
#ifndef ROUTING_FILES_H
#define ROUTING_FILES_H

#include "plan/plan.h"
#include "routing/routing.h"

/* All six files; a missing one is empty. Refuses links, directories and what cannot be read. 0 or -1; free either way. */
int routing_load(struct ctx *ctx, const struct conf *conf, struct routing *r);

/* What routing_load() gives where all files are there and empty. */
void routing_empty(struct ctx *ctx, struct routing *r);
void routing_free(struct routing *r);

enum routing_direction { ROUTING_ADD, ROUTING_DEL };

/* What a change has beside the routing, in the order of its own: whoever queues the steps of one part sees to that. */
struct routing_parts {
	struct plan *files;  /* directories, boxes, .qmail files */
	struct plan *logins; /* who may log in */
	struct plan *owners; /* modes and owners of what is there */
};

/*
 * The order of every change: what differs from the files, with all of parts, which are empty then, as steps behind those
 * of plan. deliver says that virtual delivery is touched, so that users/cdb and the HUP belong to it even when an earlier
 * run was cut off between them. Call once for one plan.
 */
void routing_plan(const struct routing *r, enum routing_direction direction, bool deliver,
                  const struct routing_parts *parts, struct plan *plan);

#endif
