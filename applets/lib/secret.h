/* secret - read a password from a terminal or a descriptor. */
#ifndef LIB_SECRET_H
#define LIB_SECRET_H

#include <stddef.h>

#include "lib/ctx.h"

/*
 * Read the first line of descriptor fd without its newline into to. With fd -1 it is asked for twice without echo if
 * stdin is a terminal, else it is the first line of stdin. No byte after the newline is read, so that the next command
 * can read the next line. 0, or -1: empty, with a NUL, longer than size - 1 bytes, or two that differ.
 */
int secret_read(struct ctx *ctx, int fd, char *to, size_t size);

#endif
