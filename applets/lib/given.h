/* given - a file that the caller names as an argument, or standard input. */
#ifndef LIB_GIVEN_H
#define LIB_GIVEN_H

#include "lib/buf.h"
#include "lib/ctx.h"

/* Append all of file to b; NULL and "-" are standard input. Not below ctx->root. 0, or -1 with ctx->err. */
int given_read(struct ctx *ctx, const char *file, struct buf *b);

/*
 * Replace file, not below ctx->root, by b: a reader sees the old one or the new one, whose mode is 0644. With ctx->dry_run
 * print that. 0, or -1 with ctx->err.
 */
int given_write(struct ctx *ctx, const char *file, const struct buf *b);

/* As errors call it. */
const char *given_name(const char *file);

#endif
