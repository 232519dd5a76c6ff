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

/*
 * What differs from the files, as steps behind those of plan, with the steps of trees (directories, .qmail files)
 * where they belong. deliver says that virtual delivery is touched, so that users/cdb and the HUP belong to it even when an
 * earlier run was cut off between them. Call once for one plan.
 */
void routing_plan(const struct routing *r, enum routing_direction direction, bool deliver, struct plan *trees,
                  struct plan *plan);

#endif
