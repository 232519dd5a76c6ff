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

/* Which job has place k of heap h: the one that is due first has 0, and none is due before that of place (k - 1) / 2. */
static uint32_t *at(const struct sched *s, enum sched_heap h, size_t k)
{
	return &s->job[h == SCHED_PACED ? k : s->n - 1 - k].here;
}

static bool is_before(const struct sched *s, size_t i, size_t k)
{
	return s->job[i].due != s->job[k].due ? s->job[i].due < s->job[k].due : i < k;
}

static void put_at(struct sched *s, enum sched_heap h, size_t k, size_t i)
{
	*at(s, h, k) = (uint32_t)i;
	s->job[i].place = (uint32_t)k;
}

/* Job i has place k, or a better one. */
static void rise(struct sched *s, enum sched_heap h, size_t k, size_t i)
{
	for (; k > 0 && is_before(s, i, *at(s, h, (k - 1) / 2)); k = (k - 1) / 2)
		put_at(s, h, k, *at(s, h, (k - 1) / 2));
	put_at(s, h, k, i);
}

static void sink(struct sched *s, enum sched_heap h, size_t k, size_t i)
{
	for (size_t next; (next = 2 * k + 1) < s->due[h]; k = next) {
		if (next + 1 < s->due[h] && is_before(s, *at(s, h, next + 1), *at(s, h, next)))
			next++;
		if (is_before(s, i, *at(s, h, next)))
			break;
		put_at(s, h, k, *at(s, h, next));
	}
	rise(s, h, k, i);
}

static enum sched_heap heap_of(const struct sched_job *j)
{
	return j->arrived ? SCHED_ARRIVED : SCHED_PACED;
}

/* Job i is due then, because of an arrival or not; SCHED_NEVER: it has nothing to do. */
static void set(struct sched *s, size_t i, int64_t due, bool arrived)
{
	struct sched_job *j = &s->job[i];
	enum sched_heap h = heap_of(j);

	if (j->due != SCHED_NEVER && --s->due[h] != j->place)
		sink(s, h, j->place, *at(s, h, s->due[h]));
	j->due = due;
	j->arrived = arrived;
	h = heap_of(j);
	if (due != SCHED_NEVER)
		rise(s, h, s->due[h]++, i);
}

/* The job of the heap that is due first; NULL: it is empty. */
static const struct sched_job *first(const struct sched *s, enum sched_heap h)
{
	return s->due[h] > 0 ? &s->job[*at(s, h, 0)] : NULL;
}

void sched_resize(struct sched *s, struct sched_job *job, size_t n, const size_t *was)
{
	static const struct sched_job idle = {.due = SCHED_NEVER};

	for (size_t i = 0; i < n; i++)
		job[i] = was == NULL || was[i] == SCHED_NEW ? idle : s->job[was[i]];
	s->job = job;
	s->n = n;
	s->due[SCHED_PACED] = s->due[SCHED_ARRIVED] = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t due = job[i].due;

		job[i].due = SCHED_NEVER; /* in no heap yet */
		set(s, i, due, job[i].arrived);
	}
}

void sched_runs(struct sched *s, size_t i, int64_t now)
{
	if (i < s->n && s->job[i].state == SCHED_IDLE) {
		set(s, i, SCHED_NEVER, false);
		s->job[i].started = now;
		s->job[i].state = SCHED_RUNNING;
		s->job[i].failed = false;
	}
}

void sched_want(struct sched *s, size_t i, int64_t now)
{
	struct sched_job *j = &s->job[i];

	if (j->state == SCHED_IDLE && j->due == SCHED_NEVER)
		set(s, i, now, j->arrived);
}

void sched_arrived(struct sched *s, size_t i, int64_t when)
{
	struct sched_job *j = &s->job[i];

	if (j->state == SCHED_RUNNING)
		j->state = SCHED_AGAIN;
	else if (j->state == SCHED_IDLE && !j->failed)
		set(s, i, earlier(j->due, when), true);
}

void sched_missed(struct sched *s, size_t i)
{
	if (s->job[i].state == SCHED_RUNNING)
		s->job[i].state = SCHED_AGAIN;
}

void sched_called(struct sched *s, size_t i, int64_t now)
{
	struct sched_job *j = &s->job[i];

	if (j->state != SCHED_IDLE) {
		j->state = SCHED_CALLED;
		return;
	}
	j->failed = false;
	set(s, i, now, true);
}

bool sched_next(const struct sched *s, int64_t now, size_t *i)
{
	const struct sched_job *paced = first(s, SCHED_PACED), *arrived = first(s, SCHED_ARRIVED);

	if (paced != NULL && (paced->due > now || s->next_start > now))
		paced = NULL;
	if (arrived != NULL && arrived->due > now)
		arrived = NULL;
	if (s->running >= s->concurrency || (paced == NULL && arrived == NULL))
		return false;
	if (paced == NULL || (arrived != NULL && is_before(s, (size_t)(arrived - s->job), (size_t)(paced - s->job))))
		paced = arrived;
	*i = (size_t)(paced - s->job);
	return true;
}

void sched_started(struct sched *s, size_t i, int64_t now)
{
	if (!s->job[i].arrived)
		s->next_start = now + s->grace;
	sched_runs(s, i, now);
	s->running++;
}

void sched_skipped(struct sched *s, size_t i)
{
	set(s, i, SCHED_NEVER, false);
	s->job[i].failed = false;
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
		set(s, i, interval_after(s, j->started), false);
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
		if (s->job[i].due != SCHED_NEVER && s->job[i].due > now)
			set(s, i, now, s->job[i].arrived);
}

int64_t sched_sleep(const struct sched *s, int64_t now)
{
	const struct sched_job *paced = first(s, SCHED_PACED), *arrived = first(s, SCHED_ARRIVED);
	int64_t wake = s->next_pass;

	if (s->running < s->concurrency && arrived != NULL)
		wake = earlier(wake, arrived->due);
	if (s->running < s->concurrency && paced != NULL)
		wake = earlier(wake, later(paced->due, s->next_start));
	return wake == SCHED_NEVER ? -1 : later(wake - now, 0);
}

bool sched_all_started(const struct sched *s)
{
	return s->due[SCHED_PACED] + s->due[SCHED_ARRIVED] == 0;
}

bool sched_done(const struct sched *s)
{
	return s->running == 0 && sched_all_started(s);
}
