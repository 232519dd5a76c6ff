/*
 * sched - decide which job may start when. Pure: the time is an argument.
 *
 *	struct sched s = {.grace = 1000, .interval = 120000, .concurrency = 20};
 *
 *	sched_resize(&s, jobs, n, NULL)		n jobs, all idle; the array is the caller's
 *	if (sched_pass_due(&s, now))		look at all: sched_passed(&s, now), and
 *		sched_want(&s, i, now)		what has something to do
 *	sched_arrived(&s, i, now)		job i was just given something to do
 *	sched_called(&s, i, now)		... and somebody waits for it
	sched_missed(&s, i)			... or perhaps was, since it runs
 *	while (sched_next(&s, now, &i))		start it, sched_started(&s, i, now), or sched_skipped(&s, i)
 *	...					it ended: sched_ended(&s, i, how, now)
 *	sleep sched_sleep(&s, now)		milliseconds, -1: until something happens
 *
 * A job never runs twice at once, and at most concurrency jobs run. The job that has been due longest starts first.
 * Starts by a pass or a retry are grace apart; starts by an arrival do not wait. Any number of arrivals during a run
 * cause one more run. A failed job is due one interval after its start; neither passes nor arrivals make that earlier, a call
 * does.
 * Times are milliseconds of a monotonic clock.
 */
#ifndef LIB_SCHED_H
#define LIB_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHED_NEVER INT64_MAX
#define SCHED_NEW SIZE_MAX /* a new job */

enum sched_state { SCHED_IDLE, SCHED_RUNNING, SCHED_AGAIN /* running, with an arrival since its start */, SCHED_CALLED /* with a call */ };

enum sched_end {
	SCHED_DONE,
	SCHED_PARTLY, /* work is left: due again in an interval, or at the next arrival */
	SCHED_FAILED, /* failed: not to be tried before the interval is over */
};

struct sched_job {
	int64_t due;       /* SCHED_NEVER: nothing to do */
	int64_t started;
	uint8_t state;     /* enum sched_state */
	bool arrived;      /* due because of an arrival: grace does not apply */
	bool failed;
	uint32_t place;    /* private: in its heap */
	uint32_t here;     /* private: which job has the place of this one's number */
};

enum sched_heap { SCHED_PACED, SCHED_ARRIVED, SCHED_HEAPS };

struct sched {
	int64_t grace, interval; /* interval 0: one pass, no retries */
	size_t concurrency;
	/* private */
	struct sched_job *job;
	size_t n, running;
	size_t due[SCHED_HEAPS]; /* jobs that are due some time, by that: heaps, from both ends of what the jobs have for them */
	int64_t next_start; /* no start by a pass or a retry before this time */
	int64_t next_pass;
};

/*
 * Replace the set of jobs: job i was job was[i], or is SCHED_NEW; was NULL: all are new. The caller may free the old
 * array.
 */
void sched_resize(struct sched *s, struct sched_job *job, size_t n, const size_t *was);

/* Job i already runs although it is new; its start has been counted. */
void sched_runs(struct sched *s, size_t i, int64_t now);

void sched_want(struct sched *s, size_t i, int64_t now);

/* when: now, or slightly later if more arrivals may follow. */
void sched_arrived(struct sched *s, size_t i, int64_t when);
void sched_called(struct sched *s, size_t i, int64_t now);

void sched_missed(struct sched *s, size_t i);

bool sched_next(const struct sched *s, int64_t now, size_t *i);
void sched_started(struct sched *s, size_t i, int64_t now);
void sched_skipped(struct sched *s, size_t i);                                /* it had nothing to do */
void sched_ended(struct sched *s, size_t i, enum sched_end how, int64_t now); /* i >= n: the job no longer exists */

/* True if a pass over all jobs is due; call sched_passed() when it begins, sched_pass_at() to have one earlier. */
bool sched_pass_due(const struct sched *s, int64_t now);
void sched_passed(struct sched *s, int64_t now);
void sched_pass_at(struct sched *s, int64_t when);

/* Make a pass due now and retry all failed jobs. */
void sched_hurry(struct sched *s, int64_t now);

/* Milliseconds until a job can start or a pass is due; -1: not by itself. */
int64_t sched_sleep(const struct sched *s, int64_t now);

/* Start no more jobs; running ones may finish. */
bool sched_all_started(const struct sched *s);

/* True if stopped and no job runs. */
bool sched_done(const struct sched *s);

#endif
