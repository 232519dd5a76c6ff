/* later - a qvmail whose time of day is LATER seconds ahead: linked in place of time(2) by ld's --wrap. */
#include <stdlib.h>
#include <time.h>

/* NOLINTBEGIN(bugprone-reserved-identifier): ld makes these names */
time_t __real_time(time_t *to);
time_t __wrap_time(time_t *to);

time_t __wrap_time(time_t *to)
{
	const char *later = getenv("LATER");
	time_t t = __real_time(NULL) + (later != NULL ? (time_t)strtoll(later, NULL, 10) : 0);

	if (to != NULL)
		*to = t;
	return t;
}
/* NOLINTEND(bugprone-reserved-identifier) */
