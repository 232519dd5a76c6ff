/*
 * sched - when may which job start? Pure: it is told the time, it does not ask.
 *
 *	struct sched s = {.grace = 1000, .interval = 120000, .concurrency = 20};
 *
 *	sched_resize(&s, jobs, n, NULL)		n jobs, all idle; the array is the caller's
 *	if (sched_pass_due(&s, now))		look at all: sched_passed(&s, now), and
 *		sched_want(&s, i, now)		what has something to do
 *	sched_arrived(&s, i, now)		job i was just given something to do
 *	while (sched_next(&s, now, &i))		start it, sched_started(&s, i, now), or sched_skipped(&s, i)
 *	...					it ended: sched_ended(&s, i, how, now)
 *	sleep sched_sleep(&s, now)		milliseconds, -1: until something happens
 *
 * A job never runs twice at once, and at most concurrency of them run. What has been due longest starts first. Starts that
 * come from a pass or are a retry are grace apart; what has just arrived does not wait for that. However much arrives while
 * a job runs, it starts once more. A job that failed is due an interval after it was started: not later, and neither passes
 * nor arrivals make it earlier. Times are milliseconds of any clock that never goes back.
 */
#ifndef LIB_SCHED_H
#define LIB_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHED_NEVER INT64_MAX
#define SCHED_NEW SIZE_MAX /* this job was not there before */

enum sched_state { SCHED_IDLE, SCHED_RUNNING, SCHED_AGAIN /* running, and something arrived meanwhile */ };

enum sched_end {
	SCHED_DONE,
	SCHED_PARTLY, /* something is left: due again in an interval, but an arrival may start it earlier */
	SCHED_FAILED, /* it is not worth trying before the interval is over */
};

struct sched_job {
	int64_t due;       /* SCHED_NEVER: nothing to do */
	int64_t started;
	uint8_t state;     /* enum sched_state */
	bool arrived;      /* due because something arrived: grace does not matter */
	bool failed;
};

struct sched {
	int64_t grace, interval; /* interval 0: one pass, no retries */
	size_t concurrency;
	/* private */
	struct sched_job *job;
	size_t n, running;
	int64_t next_start; /* before it grace holds back what did not arrive */
	int64_t next_pass;
};

/* Another set of jobs: job i is what was job was[i], or SCHED_NEW; was NULL: all are. The old array is the caller's again. */
void sched_resize(struct sched *s, struct sched_job *job, size_t n, const size_t *was);

/* Job i runs already, though it is new; its start has been counted. */
void sched_runs(struct sched *s, size_t i, int64_t now);

void sched_want(struct sched *s, size_t i, int64_t now);

/* when: now, or a little later if more may follow. */
void sched_arrived(struct sched *s, size_t i, int64_t when);

bool sched_next(const struct sched *s, int64_t now, size_t *i);
void sched_started(struct sched *s, size_t i, int64_t now);
void sched_skipped(struct sched *s, size_t i);                                /* there was nothing to do after all */
void sched_ended(struct sched *s, size_t i, enum sched_end how, int64_t now); /* i >= n: its job is gone meanwhile */

/* A pass over all jobs is due; sched_passed() when it is begun, sched_pass_at() to have one earlier. */
bool sched_pass_due(const struct sched *s, int64_t now);
void sched_passed(struct sched *s, int64_t now);
void sched_pass_at(struct sched *s, int64_t when);

/* All now: a pass, and what failed is tried again. */
void sched_hurry(struct sched *s, int64_t now);

/* Milliseconds until something can be started or a pass is due; -1: never by itself. */
int64_t sched_sleep(const struct sched *s, int64_t now);

/* Nothing is due, ever; what runs may run on. */
bool sched_all_started(const struct sched *s);

/* And nothing runs. */
bool sched_done(const struct sched *s);

#endif
