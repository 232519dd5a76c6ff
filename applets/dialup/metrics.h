/*
 * metrics - the state of the dial-up hosts as Prometheus reads it: its text exposition format, version 0.0.4.
 *
 *	metrics_open(&m);
 *	metrics_add(&m, "some.example.com", &status);	for each host
 *	r = metrics_print(&m, stdout);			-1: out of memory
 *	metrics_close(&m);
 *
 * All are gauges with the label host. What is not known has no sample: a host that was never tried has no last attempt.
 */
#ifndef DIALUP_METRICS_H
#define DIALUP_METRICS_H

#include <stdio.h>

#include "dialup/status.h"

enum { METRICS_MAX = 24 };

struct metrics {
	struct buf samples[METRICS_MAX]; /* of each metric: the format wants them together */
};

void metrics_open(struct metrics *m);
void metrics_add(struct metrics *m, const char *host, const struct status *s);
int metrics_print(const struct metrics *m, FILE *to);
void metrics_close(struct metrics *m);

#endif
