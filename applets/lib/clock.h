/* clock - monotonic time. */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment in the past. */
int64_t clock_ms(void);

/* A tenth of a second, for whoever would else try again at once what the system refuses (poll(2) without memory). */
void clock_pause(void);

/* Milliseconds, or until a signal. */
void clock_nap(int ms);

#endif
