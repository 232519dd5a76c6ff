/* line - what its files share: one direction of one connection, and what all of that direction share. */
#ifndef LINE_H
#define LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One direction of the line, which all connections share. Times are in nanoseconds of the monotonic clock. */
struct way {
	int64_t delay;          /* half the round trip */
	int64_t bits;           /* a second; 0: without limit */
	size_t room;            /* bytes of a connection that wait; SIZE_MAX: without limit */
	int64_t free;           /* when the line has sent all that it was given */
	int64_t first, bytes;   /* when the first byte went, and how many did */
};

struct chunk;

/* From one socket to another. */
struct flow {
	struct way *way;
	int from, to;
	struct chunk *head, **tail;
	size_t waiting;         /* bytes */
	bool ended, finished;   /* nothing more comes in; nothing more goes out */
	bool blocked;           /* the receiver does not take it; poll it */
};

void flow_begin(struct flow *f, struct way *way, int from, int to);
bool flow_wants(const struct flow *f);                    /* input */
bool flow_read(struct flow *f, int64_t now);              /* false: the connection is broken */
bool flow_write(struct flow *f, int64_t now);             /* what is due; false: the connection is broken */
int64_t flow_due(const struct flow *f);                   /* when there is something to write; INT64_MAX: not known */
void flow_drop(struct flow *f);

#endif
