/*
 * sched - when which job may start. An input is what happens: a byte says what, the next one to which job, or how much later.
 *
 * Never more at once than may, none twice, none before its time; who is called for may start at once; a sleep ends when it should.
 */
#include "fuzz.h"
#include "lib/sched.h"

enum { JOBS = 5 };

static struct sched s;
static struct sched_job jobs[2][JOBS];
static size_t running;

static bool runs(size_t i)
{
	return s.job[i].state != SCHED_IDLE;
}

static void start(int64_t now)
{
	size_t i = JOBS;

	if (!sched_next(&s, now, &i))
		return;
	check(i < s.n && !runs(i) && running < s.concurrency && s.job[i].due <= now, "a job that may not start");
	if (now % 7 == 0) {
		sched_skipped(&s, i);
		return;
	}
	sched_started(&s, i, now);
	running++;
}

static void call(size_t i, int64_t now)
{
	size_t next;

	sched_called(&s, i, now);
	check(runs(i) || running >= s.concurrency || sched_next(&s, now, &next), "who is called for waits");
}

/* All jobs change their places: the first goes, and a new one comes last, which may be the same again. */
static void turn(bool returns, int64_t now)
{
	static int side;
	size_t was[JOBS] = {1, 2, 3, 4, SCHED_NEW};
	bool gone = runs(0);

	side = !side;
	sched_resize(&s, jobs[side], JOBS, was);
	if (gone && returns) {
		sched_runs(&s, JOBS - 1, now);
	} else if (gone) {
		sched_ended(&s, JOBS, SCHED_DONE, now);
		running--;
	}
}

static void happens(unsigned char what, size_t i, int64_t now)
{
	static const enum sched_end how[] = {SCHED_DONE, SCHED_PARTLY, SCHED_FAILED};

	switch (what % 9) {
	case 0:
		sched_want(&s, i, now);
		break;
	case 1:
		sched_arrived(&s, i, now + what / 9);
		break;
	case 2:
		call(i, now);
		break;
	case 3:
		start(now);
		break;
	case 4:
		if (!runs(i))
			break;
		sched_ended(&s, i, how[what / 9 % 3], now);
		running--;
		break;
	case 5:
		if (sched_pass_due(&s, now))
			sched_passed(&s, now);
		break;
	case 6:
		sched_pass_at(&s, now + what / 9);
		break;
	case 7:
		sched_hurry(&s, now);
		break;
	case 8:
		turn(what / 9 % 2, now);
		break;
	}
}

/* When the sleep is over there is something to do, and not before; while it is not, there is nothing. */
static void sleeps(int64_t now)
{
	int64_t sleep = sched_sleep(&s, now);
	size_t i;

	check(sleep >= -1, "a sleep of less than nothing");
	check(sleep == 0 || !(sched_next(&s, now, &i) || sched_pass_due(&s, now)), "asleep with something to do");
	check(sleep < 0 || sched_next(&s, now + sleep, &i) || sched_pass_due(&s, now + sleep), "woken for nothing");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now = 1000;

	if (size < 3)
		return 0;
	s = (struct sched){.grace = data[0], .interval = data[1] * 10, .concurrency = 1 + data[2] % 3};
	running = 0;
	sched_resize(&s, jobs[0], JOBS, NULL);
	for (size_t i = 3; i + 1 < size; i += 2) {
		happens(data[i], data[i + 1] % JOBS, now);
		now += data[i + 1] / JOBS;
		sleeps(now);
		check(s.running == running, "they are counted wrong");
	}
	check(sched_all_started(&s) || !sched_done(&s), "done, and not all have started");
	return 0;
}
