/*
 * newtree - new directories with all that belongs into them: built out of sight, shown by one rename each.
 *
 *	struct newtree g = {.ctx = ctx};
 *
 *	newtree_dir(&g, "/home/popmail/e/ex1", "/home/popmail/e/ex1", &root, NULL)	a new tree, as ".ex1.new"
 *	newtree_dir(&g, "/home/popmail/e/ex1", "/home/popmail/e/ex1/POP", &root, NULL)	below it
 *	newtree_file(&g, "/home/popmail/e/ex1", "/home/popmail/e/ex1/POP/.qv-last", &root, "0\n", 2)
 *	newtree_sync(&g, "/home/popmail/e/ex1")
 *	newtree_show(&g, "/home/popmail/e/ex1")  or  newtree_drop(&g, "/home/popmail/e/ex1")
 *	newtree_end(&g);
 *
 * The first argument is always the tree's own path. What a crash left under the temporary name goes first, so callers hold
 * a lock. All return 0, or -1 with ctx->err.
 */
#ifndef LIB_NEWTREE_H
#define LIB_NEWTREE_H

#include <limits.h>
#include <stdbool.h>

#include "lib/ctx.h"
#include "lib/owner.h"

enum { NEWTREE_OPEN = 16 };

struct newtree {
	struct ctx *ctx;
	bool bulk; /* nothing is synced alone: the caller does it once for all, by newtree_sync_all() */
	/* private: directories that were used last, and so are used next */
	struct {
		char path[PATH_MAX];
		int fd;
		bool is_open;
	} dir[NEWTREE_OPEN];
	unsigned next;
};

/* A directory with these empty ones in it (NULL-terminated list, or NULL), all of one owner. */
int newtree_dir(struct newtree *g, const char *tree, const char *path, const struct owner *o, const char *const *inside);
int newtree_file(struct newtree *g, const char *tree, const char *path, const struct owner *o, const void *p, size_t n);

/* Everything in the tree is on disk; with bulk nothing is done. */
int newtree_sync(struct newtree *g, const char *tree);

/* Rename into place; its directory is synced, but not with bulk. */
int newtree_show(struct newtree *g, const char *tree);
void newtree_drop(struct newtree *g, const char *tree);

/* All of the file system that path is on. */
int newtree_sync_all(struct newtree *g, const char *path);
void newtree_end(struct newtree *g);

#endif
