/* files - read a struct routing from its files, and write it back as steps of a plan. */
#ifndef ROUTING_FILES_H
#define ROUTING_FILES_H

#include "plan/plan.h"
#include "routing/routing.h"

/* All six files; a missing one is empty. Refuses links, directories and unreadable files. 0 or -1; free either way. */
int routing_load(struct ctx *ctx, const struct conf *conf, struct routing *r);

void routing_free(struct routing *r);

/* A change to it ran out of memory: what was put in may not be there. */
bool routing_failed(const struct routing *r);

enum routing_direction { ROUTING_ADD, ROUTING_DEL };

/* The parts of a change besides the routing. The steps of each are already in a safe order. */
struct routing_parts {
	struct plan *files;  /* directories, boxes, .qmail files */
	struct plan *logins; /* passwords and suspensions */
	struct plan *lists;  /* files made from all others */
	struct plan *owners; /* modes and owners of existing files */
};

/*
 * Append to plan, in a safe order, all differences from the files and the steps of parts, which are empty afterwards.
 * deliver: virtual delivery is affected, so that users/cdb and the HUP are included even if an earlier run was
 * interrupted between them. Call once per plan; r must stay as it is for as long as the plan is used.
 */
void routing_plan(const struct routing *r, enum routing_direction direction, bool deliver,
                  const struct routing_parts *parts, struct plan *plan);

#endif
