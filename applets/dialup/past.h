/*
 * past - what became of a dial-up host's mail so far: counts that only grow, and those of the last 24 hours. Part of its
 * .qv-status file, so it survives a crash or a reboot as that does, and its size is fixed.
 */
#ifndef DIALUP_PAST_H
#define DIALUP_PAST_H

#include "lib/buf.h"

enum { PAST_HOURS = 24, PAST_HOUR = 3600 };

struct past_counts {
	long long hour; /* of the hours: its number since the epoch; 0: unused */
	long long delivered, deferred, bounced; /* messages; one that is deferred five times counts five times */
	long long bytes; /* of the delivered ones */
};

struct past {
	long long succeeded; /* when the last attempt ended that left no mail behind, seconds since the epoch; 0: none yet */
	struct past_counts total;
	struct past_counts hours[PAST_HOURS]; /* a ring: hour % PAST_HOURS */
};

/* What is counted in another process or by another user: at least 0, and small enough to be added up. */
long long past_bounded(long long n);
long long past_number(const char *text, char **end); /* as strtoll(3) reads it; more than lib/number.h allows, as sums grow */

/* Another attempt, which ended at this time. */
void past_add(struct past *p, const struct past_counts *more, long long now);

/* The counts of the hour that began ago hours before the present one; zeros if nothing happened. */
struct past_counts past_hour(const struct past *p, long long now, int ago);

/* The same of the last day; *most: messages of its busiest hour. */
struct past_counts past_day(const struct past *p, long long now, long long *most);

/* Add what happened in the hours of the last day to sum. */
void past_sum(struct past *sum, const struct past *p, long long now);

/* Lines "hour NUMBER DELIVERED DEFERRED BOUNCED BYTES"; parse: what stands behind "hour ". */
void past_print(const struct past *p, struct buf *b);
void past_parse(struct past *p, const char *text);

#endif
