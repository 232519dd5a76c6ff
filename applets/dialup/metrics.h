/*
 * metrics - the state of the dial-up hosts in Prometheus' text exposition format, version 0.0.4.
 *
 *	metrics_open(&m);
 *	metrics_add(&m, "some.example.com", &status);	for each host
 *	r = metrics_print(&m, stdout);			-1: out of memory
 *	metrics_close(&m);
 *
 * All are gauges with the label host. An unknown value has no sample: a host without an attempt has no last attempt.
 */
#ifndef DIALUP_METRICS_H
#define DIALUP_METRICS_H

#include <stdio.h>

#include "dialup/status.h"

enum { METRICS_MAX = 24 };

struct metrics {
	struct buf samples[METRICS_MAX]; /* of each metric: the format requires them to be together */
};

void metrics_open(struct metrics *m);
void metrics_add(struct metrics *m, const char *host, const struct status *s);
int metrics_print(const struct metrics *m, FILE *to);
void metrics_close(struct metrics *m);

#endif
