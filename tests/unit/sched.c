/* sched: the master's schedule under a made-up clock. */
#include "lib/sched.h"

#include "tap.h"

enum { JOBS = 3000, SECOND = 1000, HOUR = 3600 * SECOND, DAY = 24 * HOUR, INTERVAL = 120 * SECOND };

static struct sched_job jobs[JOBS], others[JOBS];

static struct sched make(int64_t grace, size_t concurrency, size_t n)
{
	struct sched s = {.grace = grace, .interval = INTERVAL, .concurrency = concurrency};

	sched_resize(&s, jobs, n, NULL);
	sched_passed(&s, 0);
	return s;
}

/* One run of job i from begin to end. */
static void run(struct sched *s, size_t i, int64_t begin, int64_t end, enum sched_end how)
{
	sched_started(s, i, begin);
	sched_ended(s, i, how, end);
}

static void grace(void)
{
	struct sched s = make(SECOND, 20, 3);
	size_t i = 99;

	ok(!sched_next(&s, 0, &i), "nothing wanted, nothing starts");
	is_int(sched_sleep(&s, 0), INTERVAL, "and nothing will before the next pass");
	for (size_t k = 0; k < 3; k++)
		sched_want(&s, k, 5);
	ok(sched_next(&s, 5, &i) && i == 0, "the first starts at once");
	sched_started(&s, 0, 5);
	ok(!sched_next(&s, 1004, &i), "the second not within the grace");
	is_int(sched_sleep(&s, 505), 500, "sleep until it is over");
	sched_arrived(&s, 2, 600);
	ok(sched_next(&s, 600, &i) && i == 2, "mail that arrives does not wait for the grace");
	sched_started(&s, 2, 600);
	ok(sched_next(&s, 1005, &i) && i == 1, "nor does its start make the others wait longer");
}

static void concurrency(void)
{
	struct sched s = make(0, 2, 3);
	size_t i;

	for (size_t k = 0; k < 3; k++)
		sched_arrived(&s, k, 0);
	sched_started(&s, 0, 0);
	sched_started(&s, 1, 0);
	ok(!sched_next(&s, 0, &i), "two run, a third must wait");
	is_int(sched_sleep(&s, 0), INTERVAL, "until one ends");
	sched_ended(&s, 1, SCHED_DONE, 10);
	ok(sched_next(&s, 10, &i) && i == 2, "one ended: the third starts");
	sched_started(&s, 2, 10);
	sched_ended(&s, 0, SCHED_DONE, 20);
	sched_ended(&s, 2, SCHED_DONE, 20);
	ok(sched_done(&s), "all done");
}

static void arrivals(void)
{
	struct sched s = make(0, 2, 2);
	size_t i;

	sched_arrived(&s, 0, 20);
	ok(!sched_next(&s, 19, &i), "an arrival may be told to wait for more");
	is_int(sched_sleep(&s, 5), 15, "and is waited for");
	sched_arrived(&s, 0, 30);
	ok(sched_next(&s, 20, &i) && i == 0, "more of them do not delay it");
	sched_started(&s, 0, 20);
	ok(!sched_next(&s, 30, &i), "arrived twice, started once");
	sched_arrived(&s, 0, 40);
	sched_arrived(&s, 0, 41);
	ok(!sched_next(&s, 50, &i), "arrived while it runs: not beside itself");
	sched_ended(&s, 0, SCHED_DONE, 60);
	ok(sched_next(&s, 60, &i) && i == 0, "but once more, as soon as it ended");
	run(&s, 0, 60, 70, SCHED_DONE);
	ok(sched_done(&s), "and only once");
}

static void failures(void)
{
	struct sched s = make(0, 2, 2);
	size_t i;

	sched_arrived(&s, 0, 0);
	run(&s, 0, 7, 5000, SCHED_FAILED);
	is_int(sched_sleep(&s, 5000), INTERVAL - 5000, "failed: not before the next pass");
	sched_arrived(&s, 0, 6000);
	sched_want(&s, 0, 6000);
	ok(!sched_next(&s, INTERVAL + 6, &i), "neither arrivals nor passes start it earlier");
	ok(sched_next(&s, INTERVAL + 7, &i) && i == 0, "but an interval after it was started");
	sched_started(&s, 0, INTERVAL + 7);
	sched_arrived(&s, 0, INTERVAL + 8);
	sched_ended(&s, 0, SCHED_FAILED, INTERVAL + 9);
	ok(!sched_next(&s, 2 * INTERVAL + 6, &i), "nor what arrived while it failed");
	sched_hurry(&s, INTERVAL + 10);
	ok(sched_next(&s, INTERVAL + 10, &i) && i == 0, "ALRM does");
	run(&s, 0, INTERVAL + 10, INTERVAL + 20, SCHED_DONE);
	sched_arrived(&s, 0, INTERVAL + 30);
	ok(sched_next(&s, INTERVAL + 30, &i) && i == 0, "when it is well again, arrivals start it");
	run(&s, 0, INTERVAL + 30, INTERVAL + 40, SCHED_PARTLY);
	ok(!sched_next(&s, INTERVAL + 50, &i), "partly done: what is left waits for its interval");
	sched_arrived(&s, 0, INTERVAL + 60);
	ok(sched_next(&s, INTERVAL + 60, &i) && i == 0, "and arrivals do not");
	sched_skipped(&s, 0);
	ok(sched_done(&s), "a start that was not needed is forgotten");
	sched_missed(&s, 0);
	ok(sched_done(&s), "what may have been missed by a job that does not run is a pass' business");
	sched_started(&s, 0, INTERVAL + 70);
	sched_missed(&s, 0);
	sched_ended(&s, 0, SCHED_DONE, INTERVAL + 80);
	ok(sched_next(&s, INTERVAL + 80, &i) && i == 0, "one that runs is run again");
}

static void changes(void)
{
	static const size_t was[] = {SCHED_NEW, 0, 2};
	struct sched s = make(0, 1, 3);
	size_t i;

	sched_arrived(&s, 0, 5);
	sched_arrived(&s, 1, 3);
	sched_arrived(&s, 2, 1);
	sched_started(&s, 1, 3);
	sched_resize(&s, others, 3, was);
	ok(!sched_next(&s, 5, &i), "a job that runs counts when it is gone");
	sched_runs(&s, 0, 5);
	sched_ended(&s, 3, SCHED_DONE, 6);
	ok(sched_next(&s, 6, &i) && i == 2, "until it ends; those that stayed are due as they were");
	sched_started(&s, 2, 6);
	sched_ended(&s, 2, SCHED_DONE, 7);
	ok(sched_next(&s, 7, &i) && i == 1, "each of them");
	sched_want(&s, 0, 7);
	sched_started(&s, 1, 7);
	sched_ended(&s, 1, SCHED_DONE, 8);
	ok(!sched_next(&s, 9, &i), "one that came back while it runs is not started beside itself");
}

static void passes(void)
{
	struct sched s = {.grace = SECOND, .interval = INTERVAL, .concurrency = 20};

	ok(sched_pass_due(&s, 0), "the first pass is due at once");
	sched_passed(&s, 0);
	ok(!sched_pass_due(&s, INTERVAL - 1) && sched_pass_due(&s, INTERVAL), "the next an interval later");
	is_int(sched_sleep(&s, 20 * SECOND), INTERVAL - 20 * SECOND, "idle: no wake-up but the interval's");
	sched_pass_at(&s, 30 * SECOND);
	ok(!sched_pass_due(&s, 30 * SECOND - 1) && sched_pass_due(&s, 30 * SECOND), "or when it is wished for");
	is_int(sched_sleep(&s, 31 * SECOND), 0, "an overdue pass is not slept through");
	s.interval = 0;
	sched_passed(&s, 0);
	is_int(sched_sleep(&s, 0), -1, "without an interval there is one pass");
	ok(!sched_pass_due(&s, INT64_MAX - 1), "and no other");
}

/* What a day looks like: who has mail and whose host is dead; kept by the test, apart from the schedule. */
static struct {
	int64_t ends, arrived, last_try;
	int tries;
	bool dead, mail;
} customer[JOBS];

static uint32_t random_state = 1;

static uint32_t chance(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

struct faults {
	size_t running, most_running;
	int beside_itself, early_starts, late_starts, early_retries, late_retries;
	int64_t last_paced;
};

static void arrive(struct sched *s, size_t i, int64_t now)
{
	customer[i].mail = true;
	if (customer[i].arrived < 0)
		customer[i].arrived = now;
	sched_arrived(s, i, now);
}

static void start(struct sched *s, size_t i, int64_t now, struct faults *f)
{
	bool paced = !s->job[i].arrived;

	f->beside_itself += customer[i].ends > 0;
	f->early_starts += paced && now - f->last_paced < s->grace;
	if (paced)
		f->last_paced = now;
	if (customer[i].dead && customer[i].last_try >= 0) {
		f->early_retries += now - customer[i].last_try < INTERVAL;
		f->late_retries += now - customer[i].last_try > 2 * INTERVAL;
	}
	f->late_starts += !customer[i].dead && customer[i].arrived >= 0 && now - customer[i].arrived > 10 * SECOND;
	customer[i].last_try = now;
	customer[i].tries++;
	customer[i].arrived = -1;
	customer[i].mail = customer[i].dead;
	customer[i].ends = now + 50 + chance(4000);
	f->running++;
	if (f->running > f->most_running)
		f->most_running = f->running;
	sched_started(s, i, now);
}

static void end(struct sched *s, int64_t now, struct faults *f)
{
	for (size_t i = 0; i < JOBS; i++)
		if (customer[i].ends > 0 && customer[i].ends <= now) {
			customer[i].ends = 0;
			f->running--;
			sched_ended(s, i, customer[i].dead ? SCHED_FAILED : SCHED_DONE, now);
		}
}

/* Two days of three thousand customers, every sixtieth of them dead; some mail comes while nobody watches. */
static void days(void)
{
	struct sched s = make(100, 8, JOBS);
	struct faults f = {.last_paced = -HOUR};
	int forgotten = 0, least = INT32_MAX, most = 0;
	size_t i;

	for (i = 0; i < JOBS; i++) {
		customer[i].dead = i % 60 == 0;
		customer[i].mail = i % 60 == 0;
		customer[i].arrived = customer[i].last_try = -1;
	}
	for (int64_t now = 0; now < 2 * (int64_t)DAY; now += 1 + chance(2000)) {
		end(&s, now, &f);
		if (sched_pass_due(&s, now)) {
			sched_passed(&s, now);
			for (i = 0; i < JOBS; i++)
				if (customer[i].mail)
					sched_want(&s, i, now);
		}
		if (chance(2) == 0)
			arrive(&s, chance(JOBS), now);
		if (chance(100) == 0)
			customer[chance(JOBS)].mail = true;
		while (sched_next(&s, now, &i))
			start(&s, i, now, &f);
	}
	for (i = 0; i < JOBS; i++) {
		forgotten += customer[i].arrived >= 0 && !customer[i].dead && 2 * (int64_t)DAY - customer[i].arrived > HOUR;
		if (!customer[i].dead)
			continue;
		least = customer[i].tries < least ? customer[i].tries : least;
		most = customer[i].tries > most ? customer[i].tries : most;
	}
	is_int(f.beside_itself, 0, "two days: no customer is flushed twice at once");
	ok(f.most_running <= 8, "never more than concurrency: %zu", f.most_running);
	is_int(f.early_starts, 0, "the grace is kept between starts that come from passes and retries");
	is_int(f.early_retries, 0, "the dead are tried once an interval, whatever arrives for them");
	is_int(f.late_retries, 0, "and never more rarely: no growing pauses");
	is_int(f.late_starts, 0, "what arrives is started though others are dead");
	is_int(forgotten, 0, "no arrival is forgotten");
	ok(least * 100 > most * 95, "the dead are served alike: %d to %d tries", least, most);
}

/* Somebody waits for it: no grace, no interval after a failure, and once more if it runs. */
static void calls(void)
{
	struct sched s = make(1000, 1, 2);
	size_t i = 9;

	sched_want(&s, 0, 0);
	sched_started(&s, 0, 0);
	sched_ended(&s, 0, SCHED_FAILED, 10);
	sched_arrived(&s, 0, 20);
	ok(!sched_next(&s, 20, &i), "what failed is not tried when mail arrives");
	sched_called(&s, 0, 30);
	ok(sched_next(&s, 30, &i) && i == 0, "but when somebody calls for it");
	sched_started(&s, 0, 30);
	sched_called(&s, 0, 40);
	sched_ended(&s, 0, SCHED_FAILED, 50);
	ok(sched_next(&s, 50, &i) && i == 0, "called for while it runs, it runs again, however it ended");
}

/* Always more to do than may run: everybody has his turn. */
static void fairness(void)
{
	struct sched s = make(0, 2, 100);
	size_t running[2] = {0, 1}, i;
	int starts[100] = {0}, least = INT32_MAX, most = 0;

	for (i = 0; i < 100; i++)
		sched_arrived(&s, i, 0);
	sched_started(&s, 0, 0);
	sched_started(&s, 1, 0);
	for (int64_t now = 1; now < 10000; now++) {
		i = running[now % 2];
		sched_arrived(&s, i, now);
		sched_ended(&s, i, SCHED_DONE, now);
		if (!sched_next(&s, now, &i))
			break;
		sched_started(&s, i, now);
		starts[i]++;
		running[now % 2] = i;
	}
	for (i = 0; i < 100; i++) {
		least = starts[i] < least ? starts[i] : least;
		most = starts[i] > most ? starts[i] : most;
	}
	ok(least > 90 && most - least <= 1, "all busy: whoever has waited longest is next (%d to %d starts)", least, most);
}

/* A burst for each of a hundred thousand: whoever looks at all of them for each start takes minutes. */
static void burst(void)
{
	enum { MANY = 100000 };
	static struct sched_job many[MANY];
	struct sched s = {.interval = INTERVAL, .concurrency = 20};
	size_t i, started = 0, out_of_turn = 0;

	sched_resize(&s, many, MANY, NULL);
	for (i = 0; i < MANY; i++)
		sched_arrived(&s, i * 7919 % MANY, (int64_t)(i / 10));
	for (int64_t now = MANY, last = 0; sched_next(&s, now, &i); started++) {
		out_of_turn += many[i].due < last;
		last = many[i].due;
		run(&s, i, now, now + 1, SCHED_DONE);
		sched_sleep(&s, now);
	}
	is_int((int)started, MANY, "a burst of a hundred thousand: all start");
	is_int((int)out_of_turn, 0, "who has waited longest first");
	ok(sched_done(&s), "and then there is nothing left");
}

int main(void)
{
	burst();
	grace();
	concurrency();
	arrivals();
	failures();
	changes();
	passes();
	days();
	calls();
	fairness();
	return done_testing();
}
