/* sched - decide which job may start when. Pure: the time is an argument. */
#include "lib/sched.h"

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t interval_after(const struct sched *s, int64_t t)
{
	return s->interval > 0 ? t + s->interval : SCHED_NEVER;
}

void sched_resize(struct sched *s, struct sched_job *job, size_t n, const size_t *was)
{
	static const struct sched_job idle = {.due = SCHED_NEVER};

	for (size_t i = 0; i < n; i++)
		job[i] = was == NULL || was[i] == SCHED_NEW ? idle : s->job[was[i]];
	s->job = job;
	s->n = n;
}

void sched_runs(struct sched *s, size_t i, int64_t now)
{
	if (i < s->n && s->job[i].state == SCHED_IDLE)
		s->job[i] = (struct sched_job){.due = SCHED_NEVER, .started = now, .state = SCHED_RUNNING};
}

void sched_want(struct sched *s, size_t i, int64_t now)
{
	struct sched_job *j = &s->job[i];

	if (j->state == SCHED_IDLE && j->due == SCHED_NEVER)
		j->due = now;
}

void sched_arrived(struct sched *s, size_t i, int64_t when)
{
	struct sched_job *j = &s->job[i];

	if (j->state == SCHED_RUNNING) {
		j->state = SCHED_AGAIN;
	} else if (j->state == SCHED_IDLE && !j->failed) {
		j->due = earlier(j->due, when);
		j->arrived = true;
	}
}

void sched_called(struct sched *s, size_t i, int64_t now)
{
	struct sched_job *j = &s->job[i];

	if (j->state != SCHED_IDLE) {
		j->state = SCHED_CALLED;
		return;
	}
	j->failed = false;
	j->due = now;
	j->arrived = true;
}

/* When it may start, regardless of concurrency. */
static int64_t start_of(const struct sched *s, const struct sched_job *j)
{
	if (j->state != SCHED_IDLE || j->due == SCHED_NEVER)
		return SCHED_NEVER;
	return j->arrived ? j->due : later(j->due, s->next_start);
}

bool sched_next(const struct sched *s, int64_t now, size_t *i)
{
	int64_t due = SCHED_NEVER;

	if (s->running >= s->concurrency)
		return false;
	for (size_t k = 0; k < s->n; k++)
		if (s->job[k].due < due && start_of(s, &s->job[k]) <= now) {
			due = s->job[k].due;
			*i = k;
		}
	return due != SCHED_NEVER;
}

void sched_started(struct sched *s, size_t i, int64_t now)
{
	struct sched_job *j = &s->job[i];

	if (!j->arrived)
		s->next_start = now + s->grace;
	*j = (struct sched_job){.due = SCHED_NEVER, .started = now, .state = SCHED_RUNNING};
	s->running++;
}

void sched_skipped(struct sched *s, size_t i)
{
	s->job[i] = (struct sched_job){.due = SCHED_NEVER};
}

void sched_ended(struct sched *s, size_t i, enum sched_end how, int64_t now)
{
	struct sched_job *j = i < s->n ? &s->job[i] : NULL;
	enum sched_state was = j != NULL ? j->state : SCHED_IDLE;

	s->running--;
	if (j == NULL)
		return;
	j->state = SCHED_IDLE;
	j->failed = how == SCHED_FAILED;
	if (how != SCHED_DONE)
		j->due = interval_after(s, j->started);
	if (was == SCHED_AGAIN)
		sched_arrived(s, i, now);
	if (was == SCHED_CALLED)
		sched_called(s, i, now);
}

bool sched_pass_due(const struct sched *s, int64_t now)
{
	return now >= s->next_pass;
}

void sched_passed(struct sched *s, int64_t now)
{
	s->next_pass = interval_after(s, now);
}

void sched_pass_at(struct sched *s, int64_t when)
{
	s->next_pass = earlier(s->next_pass, when);
}

void sched_hurry(struct sched *s, int64_t now)
{
	sched_pass_at(s, now);
	for (size_t i = 0; i < s->n; i++)
		if (s->job[i].due != SCHED_NEVER)
			s->job[i].due = earlier(s->job[i].due, now);
}

int64_t sched_sleep(const struct sched *s, int64_t now)
{
	int64_t wake = s->next_pass;

	for (size_t i = 0; i < s->n && s->running < s->concurrency; i++)
		wake = earlier(wake, start_of(s, &s->job[i]));
	return wake == SCHED_NEVER ? -1 : later(wake - now, 0);
}

bool sched_all_started(const struct sched *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->job[i].due != SCHED_NEVER)
			return false;
	return true;
}

bool sched_done(const struct sched *s)
{
	return s->running == 0 && sched_all_started(s);
}
