/*
 * printable - foreign text for a terminal: control bytes become '?', in place. Bytes from 128 are kept: they may be
 * letters.
 */
#ifndef LIB_PRINTABLE_H
#define LIB_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

bool is_control_byte(char c);

char *printable(char *s);

/* n bytes, NULs among them. */
void printable_bytes(char *p, size_t n);

#endif
