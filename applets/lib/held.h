/*
 * held - directories that are kept open for many looks below them.
 *
 *	struct held pop = {0};
 *
 *	held_take(ctx, &pop, "/home/popmail/e/ex1/POP", fs_dir(ctx, "/home/popmail/e/ex1/POP"));
 *	... fs.h finds what is below it from there, and looks at the names in it without opening it again
 *	held_end(ctx, &pop);
 *
 * The directory remains the one that was opened: hold none that this command makes or replaces.
 */
#ifndef LIB_HELD_H
#define LIB_HELD_H

#include "lib/ctx.h"

struct held {
	/* private */
	struct held *next;
	int fd;
	size_t n; /* 0: nothing is held */
	char path[1024];
};

/* path instead of what h held before; fd becomes h's. Nothing is held if fd is -1 or path too long. */
void held_take(struct ctx *ctx, struct held *h, const char *path, int fd);
void held_end(struct ctx *ctx, struct held *h);

/* The descriptor of the first n bytes of path, for as long as they are held; -1: they are not. */
int held_at(const struct ctx *ctx, const char *path, size_t n);

/* That of the nearest held directory above path, else of the root; *rest: path from there, without slashes before it. */
int held_above(const struct ctx *ctx, const char *path, const char **rest);

#endif
