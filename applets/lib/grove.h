/*
 * grove - new directories with all that belongs into them: built out of sight, shown by one rename each.
 *
 *	struct grove g = {.ctx = ctx};
 *
 *	grove_dir(&g, "/home/popmail/e/ex1", "/home/popmail/e/ex1", &root, NULL)	a new tree, as ".ex1.new"
 *	grove_dir(&g, "/home/popmail/e/ex1", "/home/popmail/e/ex1/POP", &root, NULL)	below it
 *	grove_file(&g, "/home/popmail/e/ex1", "/home/popmail/e/ex1/POP/.qv-last", &root, "0\n", 2)
 *	grove_sync(&g, "/home/popmail/e/ex1")
 *	grove_show(&g, "/home/popmail/e/ex1")  or  grove_drop(&g, "/home/popmail/e/ex1")
 *	grove_end(&g);
 *
 * The first argument is always the tree's own path. What a crash left under the temporary name goes first, so callers hold
 * a lock. All return 0, or -1 with ctx->err.
 */
#ifndef LIB_GROVE_H
#define LIB_GROVE_H

#include <limits.h>
#include <stdbool.h>

#include "lib/ctx.h"
#include "lib/owner.h"

enum { GROVE_OPEN = 16 };

struct grove {
	struct ctx *ctx;
	bool bulk; /* nothing is synced alone: the caller does it once for all, by grove_sync_all() */
	/* private: directories that were used last, and so are used next */
	struct {
		char path[PATH_MAX];
		int fd;
		bool is_open;
	} dir[GROVE_OPEN];
	unsigned next;
};

/* A directory with these empty ones in it (NULL-terminated list, or NULL), all of one owner. */
int grove_dir(struct grove *g, const char *tree, const char *path, const struct owner *o, const char *const *inside);
int grove_file(struct grove *g, const char *tree, const char *path, const struct owner *o, const void *p, size_t n);

/* Everything in the tree is on disk; with bulk nothing is done. */
int grove_sync(struct grove *g, const char *tree);

/* Rename into place; its directory is synced, but not with bulk. */
int grove_show(struct grove *g, const char *tree);
void grove_drop(struct grove *g, const char *tree);

/* All of the file system that path is on. */
int grove_sync_all(struct grove *g, const char *path);
void grove_end(struct grove *g);

#endif
