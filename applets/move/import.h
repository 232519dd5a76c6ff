/*
 * import - many commands as one change: one lock, one plan, one cdb, one HUP.
 *
 * The text has a command a line, words parted by blanks, without its "qv-"; blank lines and lines whose first word begins
 * with '#' are comments:
 *
 *	domain add pop example.com ex1
 *	mailbox add joe@example.com --box ex1-0001
 *
 * Every command sees what those before it did; nothing is touched before the last one was understood.
 */
#ifndef MOVE_IMPORT_H
#define MOVE_IMPORT_H

#include "lib/ctx.h"

struct import_command {
	const char *applet, *verb; /* "domain", "add" */
	int (*run)(struct ctx *ctx, int argc, char **argv);
};

/* file NULL or "-": stdin. commands ends with an empty one. 0, or -1 with "FILE:LINE: " before the sentence, and nothing was done. */
int import_run(struct ctx *ctx, const char *file, const struct import_command *commands);

/*
 * The same with commands that are made from what another mail system ("vpopmail", "vmailmgr") keeps in dir. domain, n of them: those that
 * its users are in; 0: as it says itself.
 */
int import_from(struct ctx *ctx, const char *system, const char *dir, char *const *domain, int n,
                const struct import_command *commands);

#endif
