/*
 * listing - the names in a directory, sorted.
 *
 *	struct listing l;
 *
 *	if (listing_load(ctx, "/home/vpopmail/domains", &l) == 0)
 *		for (size_t i = 0; i < l.n; i++)
 *			... l.name[i]
 *	listing_free(&l);
 */
#ifndef LIB_LISTING_H
#define LIB_LISTING_H

#include "lib/buf.h"
#include "lib/ctx.h"

struct listing {
	char **name;
	size_t n;
	struct buf text; /* private */
};

/* Without "." and "..". 0 or -1; free either way. */
int listing_load(struct ctx *ctx, const char *path, struct listing *l);

/* The same; 1: does not exist, and is empty. */
int listing_load_if(struct ctx *ctx, const char *path, struct listing *l);

/* Of fd, path opened, which has not been read from and remains open. 0 or -1; free either way. */
int listing_read(struct ctx *ctx, const char *path, int fd, struct listing *l);
void listing_free(struct listing *l);

#endif
