/* sched: the master's schedule under a made-up clock. */
#include "lib/sched.h"

#include "tap.h"

enum { JOBS = 2000, DAY = 86400 * 1000 };

static unsigned char state[JOBS];

static struct sched make(int64_t grace, int64_t interval, size_t concurrency, size_t n)
{
	struct sched s = {.grace = grace, .interval = interval, .concurrency = concurrency};

	sched_resize(&s, state, n);
	return s;
}

static void grace(void)
{
	struct sched s = make(1000, 120000, 20, 3);
	size_t i = 99;

	ok(!sched_next(&s, 0, &i), "nothing wanted, nothing starts");
	ok(sched_sleep(&s, 0, false) == -1, "and nothing will by itself");
	for (size_t k = 0; k < 3; k++)
		sched_want(&s, k);
	ok(sched_next(&s, 5, &i) && i == 0, "the first starts at once");
	sched_started(&s, 0, 5);
	ok(!sched_next(&s, 1004, &i), "the second not within the grace");
	ok(sched_sleep(&s, 505, false) == 500, "sleep until it is over");
	ok(sched_next(&s, 1005, &i) && i == 1, "then the second");
}

static void concurrency(void)
{
	struct sched s = make(0, 120000, 2, 3);
	size_t i;

	for (size_t k = 0; k < 3; k++)
		sched_want(&s, k);
	sched_started(&s, 0, 0);
	sched_started(&s, 1, 0);
	ok(!sched_next(&s, 0, &i), "two run, a third must wait");
	ok(sched_sleep(&s, 0, false) == -1, "until one ends");
	sched_ended(&s, 1);
	ok(sched_next(&s, 0, &i) && i == 2, "one ended: the third starts");
	sched_started(&s, 2, 0);
	sched_ended(&s, 0);
	sched_ended(&s, 2);
	ok(sched_done(&s), "all done");
}

static void wants(void)
{
	struct sched s = make(0, 120000, 2, 2);
	size_t i;

	sched_want(&s, 0);
	sched_want(&s, 0);
	sched_started(&s, 0, 0);
	ok(!sched_next(&s, 0, &i), "wanted twice, started once");
	sched_want(&s, 0);
	sched_want(&s, 0);
	ok(!sched_next(&s, 0, &i), "wanted while it runs: not beside itself");
	sched_ended(&s, 0);
	ok(sched_next(&s, 0, &i) && i == 0, "but once more when it ended");
	sched_started(&s, 0, 0);
	sched_ended(&s, 0);
	ok(sched_done(&s), "and only once");
}

static void gone(void)
{
	struct sched s = make(0, 120000, 1, 1);
	size_t i;

	sched_runs(&s, 1); /* of a customer that is no longer there */
	sched_want(&s, 0);
	ok(!sched_next(&s, 0, &i), "a flush whose customer is gone still counts");
	sched_ended(&s, 1);
	ok(sched_next(&s, 0, &i), "until it ends");
}

/* Two days, all with mail and never reachable: fixed intervals, nobody starved, nobody twice at once. */
static void days(void)
{
	struct sched s = make(10, 120000, 20, JOBS);
	static int starts[JOBS];
	int64_t now = 0, ends[JOBS] = {0};
	int least, most = 0, overlaps = 0;
	size_t i;

	while (now < 2 * (int64_t)DAY) {
		if (sched_pass_due(&s, now)) {
			sched_passed(&s, now);
			for (size_t k = 0; k < JOBS; k++)
				if (state[k] == SCHED_IDLE)
					sched_want(&s, k);
		}
		while (sched_next(&s, now, &i)) {
			overlaps += state[i] == SCHED_RUNNING;
			sched_started(&s, i, now);
			starts[i]++;
			ends[i] = now + 50;
		}
		for (size_t k = 0; k < JOBS; k++)
			if (state[k] == SCHED_RUNNING && ends[k] <= now)
				sched_ended(&s, k);
		now += 500; /* coarser than the grace: the grace then binds */
	}
	least = starts[0];
	for (size_t k = 0; k < JOBS; k++) {
		least = starts[k] < least ? starts[k] : least;
		most = starts[k] > most ? starts[k] : most;
	}
	ok(overlaps == 0, "no customer is flushed twice at once");
	ok(most - least <= 1, "all are served alike");
	ok(least > 100, "and often: %d times in two days", least);
}

static void passes(void)
{
	struct sched s = make(1000, 120000, 20, 1);

	ok(sched_pass_due(&s, 0), "the first pass is due at once");
	sched_passed(&s, 0);
	ok(!sched_pass_due(&s, 119999) && sched_pass_due(&s, 120000), "the next an interval later");
	ok(sched_sleep(&s, 20000, true) == 100000, "idle: no wake-up but the interval's");
	sched_hurry(&s, 30000);
	ok(sched_pass_due(&s, 30000), "HUP: now");
	ok(sched_sleep(&s, 31000, true) == 0, "an overdue pass is not slept through");
}

int main(void)
{
	grace();
	concurrency();
	wants();
	gone();
	days();
	passes();
	return done_testing();
}
