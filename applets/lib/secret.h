/* secret - a password from a person or a program. */
#ifndef LIB_SECRET_H
#define LIB_SECRET_H

#include <stddef.h>

#include "lib/ctx.h"

/*
 * The first line of descriptor fd without its newline, into to. With fd -1 it is asked for: twice and unseen when stdin is a
 * terminal, else it is stdin's first line. Not a byte behind the newline is taken, so that the next command finds the next
 * line. 0, or -1: empty, a NUL in it, more than size - 1 bytes, two that differ.
 */
int secret_read(struct ctx *ctx, int fd, char *to, size_t size);

#endif
