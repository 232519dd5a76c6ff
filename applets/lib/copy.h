/*
 * copy - memcpy(3) for a few bytes, as names and fields are. Pure.
 *
 * That of a small C library begins with single bytes, and then starts an engine that is made for pages.
 */
#ifndef LIB_COPY_H
#define LIB_COPY_H

#include <stddef.h>

/* n bytes that do not overlap. */
void copy(char *to, const char *from, size_t n);

#endif
