/*
 * mailbox_file - the .qmail file that a command of qv-mailbox changes, found under the lock.
 *
 *	struct mailbox_file t = {0};
 *
 *	name_address(&ctx->err, address, &t.address)
 *	r = mailbox_file_begin(ctx, &t);
 *	if (r == 0)
 *		r = mailbox_file_say(ctx, &t, &text);
 *	mailbox_file_end(&t);
 *
 * Functions return 0, or -1 with ctx->err.
 */
#ifndef SETUP_MAILBOX_FILE_H
#define SETUP_MAILBOX_FILE_H

#include "box/boxes.h"
#include "setup/change.h"

/* One address (or a domain's default): its .qmail file as it is, and where its boxes are. */
struct mailbox_file {
	struct change change;
	struct name_address address;
	struct domain domain;
	struct boxes boxes;
	char path[1200];
	bool there;
	struct plan_seen seen;
	struct buf text;
};

/* t->address is set; the rest is found, under the lock. mailbox_file_end() either way. */
int mailbox_file_begin(struct ctx *ctx, struct mailbox_file *t);
void mailbox_file_end(struct mailbox_file *t);

/* Is the file there with just this text? */
bool mailbox_file_says(const struct mailbox_file *t, const struct buf *text);

/* -1: the file is there and says something else. */
int mailbox_file_differs(struct ctx *ctx, const struct mailbox_file *t);

/* The file is to say this, behind what else the change plans; text is emptied. */
void mailbox_file_plan(struct mailbox_file *t, struct buf *text);

/* The same, and the change is made. */
int mailbox_file_say(struct ctx *ctx, struct mailbox_file *t, struct buf *text);

/* A Maildir wherever it is; made when it is missing. */
int mailbox_file_maildir(struct ctx *ctx, struct mailbox_file *t, const char *path, struct box *box);

#endif
