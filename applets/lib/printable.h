/*
 * printable - foreign text for a terminal: control bytes become '?', in place. Bytes from 128 are kept: they may be
 * letters.
 */
#ifndef LIB_PRINTABLE_H
#define LIB_PRINTABLE_H

char *printable(char *s);

#endif
