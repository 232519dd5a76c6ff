/*
 * later - a qvmail whose time of day is LATER seconds ahead: linked in place of time(2) by ld's --wrap. The C library calls
 * it by another name where time had 32 bits once.
 */
#include <stdlib.h>
#include <time.h>

/* NOLINTBEGIN(bugprone-reserved-identifier): ld makes these names */
time_t __wrap_time(time_t *to);
time_t __wrap___time64(time_t *to);

time_t __wrap_time(time_t *to)
{
	const char *later = getenv("LATER");
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (later != NULL)
		t.tv_sec += strtoll(later, NULL, 10);
	if (to != NULL)
		*to = t.tv_sec;
	return t.tv_sec;
}

time_t __wrap___time64(time_t *to)
{
	return __wrap_time(to);
}
/* NOLINTEND(bugprone-reserved-identifier) */
