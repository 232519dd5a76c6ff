/*
 * newtree - build new directories with their contents under temporary names, each shown by one rename.
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
 * The first argument is always the tree's own path. Remains of a crash under the temporary name are removed first, so
 * the caller must hold a lock. All return 0, or -1 with ctx->err.
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
	bool bulk; /* single files are not synced: the caller calls newtree_sync_all() once */
	/* private: the directories that were used last */
	struct {
		char path[PATH_MAX];
		int fd;
		bool is_open;
	} dir[NEWTREE_OPEN];
	unsigned next;
};

/* Make a directory with these empty subdirectories (NULL-terminated list, or NULL), all with the same owner. */
int newtree_dir(struct newtree *g, const char *tree, const char *path, const struct owner *o, const char *const *inside);
int newtree_file(struct newtree *g, const char *tree, const char *path, const struct owner *o, const void *p, size_t n);

/* Sync everything in the tree; does nothing with bulk. */
int newtree_sync(struct newtree *g, const char *tree);

/* Rename it into place and sync the parent directory (not with bulk). */
int newtree_show(struct newtree *g, const char *tree);
void newtree_drop(struct newtree *g, const char *tree);

/* Sync the file system that contains path. */
int newtree_sync_all(struct newtree *g, const char *path);
void newtree_end(struct newtree *g);

#endif
