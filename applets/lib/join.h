/*
 * join - strings one after another, in an array. An import does so thirty times a line, and snprintf(3) took most of its time.
 * Pure.
 *
 *	char path[900], number[JOIN_NUMBER];
 *
 *	join(path, sizeof path, dir, "/", join_number(number, 7, 4), NULL);	DIR/0007
 */
#ifndef LIB_JOIN_H
#define LIB_JOIN_H

#include <stddef.h>

enum { JOIN_NUMBER = 32 };

/*
 * The strings up to a NULL, cut where the room ends, and a NUL. Returned is their length, as of snprintf: what is less than the
 * room was not cut.
 */
size_t join(char *to, size_t room, ...) __attribute__((sentinel));

/* The same of n bytes at p. */
size_t join_part(char *to, size_t room, const char *p, size_t n);

/* The number's digits, at least so many of them; the text is within to. */
const char *join_number(char to[JOIN_NUMBER], unsigned long number, int digits);

#endif
