/* sched - when may which job start? Pure: it is told the time, it does not ask. */
#include "lib/sched.h"

#include <string.h>

void sched_resize(struct sched *s, unsigned char *state, size_t n)
{
	memset(state, SCHED_IDLE, n);
	s->state = state;
	s->n = n;
	s->wanted = s->running = s->turn = 0;
}

void sched_runs(struct sched *s, size_t i)
{
	if (i < s->n)
		s->state[i] = SCHED_RUNNING;
	s->running++;
}

void sched_want(struct sched *s, size_t i)
{
	if (s->state[i] == SCHED_IDLE) {
		s->state[i] = SCHED_WANTED;
		s->wanted++;
	} else if (s->state[i] == SCHED_RUNNING) {
		s->state[i] = SCHED_AGAIN;
	}
}

static bool grace_is_over(const struct sched *s, int64_t now)
{
	return !s->started_any || now - s->last_start >= s->grace;
}

bool sched_next(const struct sched *s, int64_t now, size_t *i)
{
	if (s->wanted == 0 || s->running >= s->concurrency || !grace_is_over(s, now))
		return false;
	for (size_t k = 0; k < s->n; k++) {
		*i = (s->turn + k) % s->n;
		if (s->state[*i] == SCHED_WANTED)
			return true;
	}
	return false;
}

void sched_started(struct sched *s, size_t i, int64_t now)
{
	s->state[i] = SCHED_RUNNING;
	s->wanted--;
	s->running++;
	s->turn = i + 1;
	s->last_start = now;
	s->started_any = true;
}

void sched_ended(struct sched *s, size_t i)
{
	bool again = i < s->n && s->state[i] == SCHED_AGAIN;

	s->running--;
	if (i >= s->n)
		return;
	s->state[i] = SCHED_IDLE;
	if (again)
		sched_want(s, i);
}

bool sched_pass_due(const struct sched *s, int64_t now)
{
	return now >= s->next_pass;
}

void sched_passed(struct sched *s, int64_t now)
{
	s->next_pass = now + s->interval;
}

void sched_hurry(struct sched *s, int64_t now)
{
	s->next_pass = now;
}

int64_t sched_sleep(const struct sched *s, int64_t now, bool passes)
{
	int64_t start = -1, pass = passes ? s->next_pass - now : -1;

	if (s->wanted > 0 && s->running < s->concurrency)
		start = grace_is_over(s, now) ? 0 : s->grace - (now - s->last_start);
	if (passes && pass < 0)
		pass = 0;
	if (start < 0 || (pass >= 0 && pass < start))
		return pass;
	return start;
}

bool sched_done(const struct sched *s)
{
	return s->wanted == 0 && s->running == 0;
}
