/* adopt_print - what qv-domain adopt found, for people's eyes and as JSON; for adopt.c. */
#ifndef MOVE_ADOPT_PRINT_H
#define MOVE_ADOPT_PRINT_H

#include "setup/change.h"

struct adopt {
	struct ctx *ctx;
	struct change *change;
	struct buf json; /* what has been told */
	struct buf left; /* JSON too: what is no domain's */
};

void adopt_begin(struct adopt *a);
int adopt_end(struct adopt *a);

/* d as it is now, and all its addresses; completed: its line in users/assign is put in. 0 or -1. */
int adopt_tell(struct adopt *a, const struct domain *d, bool completed);

/* Line i of file f, which belongs to no domain. */
void adopt_leave_line(struct adopt *a, enum routing_name f, size_t i, const char *why);

#endif
