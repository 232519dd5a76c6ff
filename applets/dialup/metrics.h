/*
 * metrics - the state of the dial-up hosts in Prometheus' text exposition format, version 0.0.4.
 *
 *	metrics_open(&m);
 *	metrics_add(&m, "some.example.com", &status);	for each host
 *	metrics_add_master(&m, "0.1.0", true, seen);
 *	metrics_print(&m, &out);			check with buf_failed()
 *	metrics_close(&m);
 *
 * Those of a host have the label host. An unknown value has no sample: a host without an attempt has no last attempt; but
 * counters begin with 0, so that the first message is seen as an increase.
 */
#ifndef DIALUP_METRICS_H
#define DIALUP_METRICS_H

#include "dialup/status.h"

enum { METRICS_MAX = 32 };

struct metrics {
	struct buf samples[METRICS_MAX]; /* of each metric: the format requires them to be together */
};

void metrics_open(struct metrics *m);
void metrics_add(struct metrics *m, const char *host, const struct status *s);
void metrics_add_unread(struct metrics *m, const char *host); /* one that could not be looked at */

/* version: qvmail's; runs: a master that stays does; beat: when it was last seen at work, 0: not known */
void metrics_add_master(struct metrics *m, const char *version, bool runs, long long beat);
void metrics_print(struct metrics *m, struct buf *out); /* m has nothing left then */
void metrics_close(struct metrics *m);

#endif
