/* clock - monotonic time, and times of files. */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment in the past. */
int64_t clock_ms(void);

/* A tenth of a second, for whoever would else try again at once what the system refuses (poll(2) without memory). */
void clock_pause(void);

/* Milliseconds, or until a signal. */
void clock_nap(int ms);

static inline bool clock_is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

#endif
