/*
 * mailbox_file - the .qmail file that a command of qv-mailbox changes, found under the lock.
 *
 *	struct target t = {0};
 *
 *	name_address(&ctx->err, address, &t.address)
 *	r = target_begin(ctx, &t);
 *	if (r == 0)
 *		r = target_say(ctx, &t, &text);
 *	target_end(&t);
 *
 * Functions return 0, or -1 with ctx->err.
 */
#ifndef SETUP_MAILBOX_FILE_H
#define SETUP_MAILBOX_FILE_H

#include "box/boxes.h"
#include "setup/change.h"

/* One address (or a domain's default): its .qmail file as it is, and where its boxes are. */
struct target {
	struct change change;
	struct name_address address;
	struct domain domain;
	struct boxes boxes;
	char path[1200];
	bool there;
	struct plan_seen seen;
	struct buf text;
};

/* t->address is set; the rest is found, under the lock. target_end() either way. */
int target_begin(struct ctx *ctx, struct target *t);
void target_end(struct target *t);

/* Is the file there with just this text? */
bool target_says(const struct target *t, const struct buf *text);

/* -1: the file is there and says something else. */
int target_differs(struct ctx *ctx, const struct target *t);

/* The file is to say this, behind what else the change plans; text is emptied. */
void target_plan(struct target *t, struct buf *text);

/* The same, and the change is made. */
int target_say(struct ctx *ctx, struct target *t, struct buf *text);

/* A Maildir wherever it is; made when it is missing. */
int target_maildir(struct ctx *ctx, struct target *t, const char *path, struct box *box);

#endif
