/* clock - monotonic time. */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment in the past. */
int64_t clock_ms(void);

#endif
