/*
 * sched - when may which job start? Pure: it is told the time, it does not ask.
 *
 *	struct sched s = {.grace = 1000, .interval = 120000, .concurrency = 20};
 *
 *	sched_resize(&s, state, n)		n jobs, all idle; the array is the caller's
 *	sched_want(&s, i)			job i has something to do
 *	while (sched_next(&s, now, &i))		start it: sched_started(&s, i, now)
 *	...					it ended: sched_ended(&s, i)
 *	sleep sched_sleep(&s, now)		milliseconds, -1: until something ends
 *
 * At most concurrency jobs run at once, two starts are grace apart, jobs start in their order, each once for any number of
 * wants; a want while it runs makes it start once more. Passes are interval apart, counted from their begin. Times are
 * milliseconds of any clock that never goes back.
 */
#ifndef LIB_SCHED_H
#define LIB_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sched_state { SCHED_IDLE, SCHED_WANTED, SCHED_RUNNING, SCHED_AGAIN /* running, and wanted once more */ };

struct sched {
	int64_t grace, interval;
	size_t concurrency;
	/* private */
	unsigned char *state;
	size_t n, wanted, running, turn;
	int64_t last_start, next_pass;
	bool started_any;
};

void sched_resize(struct sched *s, unsigned char *state, size_t n);

/* Job i runs already, since before this array was made; i >= n: it is not in it any more, but still counts. */
void sched_runs(struct sched *s, size_t i);

void sched_want(struct sched *s, size_t i);
bool sched_next(const struct sched *s, int64_t now, size_t *i);
void sched_started(struct sched *s, size_t i, int64_t now);
void sched_ended(struct sched *s, size_t i); /* i >= n as above */

/* A pass over all jobs is due; sched_passed() when it was begun, sched_hurry() to have one at once. */
bool sched_pass_due(const struct sched *s, int64_t now);
void sched_passed(struct sched *s, int64_t now);
void sched_hurry(struct sched *s, int64_t now);

/* Milliseconds until something can be started or, with passes, a pass is due; -1: never by itself. */
int64_t sched_sleep(const struct sched *s, int64_t now, bool passes);

/* Nothing is wanted and nothing runs. */
bool sched_done(const struct sched *s);

#endif
