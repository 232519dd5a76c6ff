/*
 * mailbox_file - the .qmail file that a command of qv-mailbox changes, read under the lock.
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

/* One address (or a domain's default): its current .qmail file, and the place of its boxes. */
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

/* t->address is set by the caller; the rest is filled in under the lock. mailbox_file_end() either way. */
int mailbox_file_begin(struct ctx *ctx, struct mailbox_file *t);
void mailbox_file_end(struct mailbox_file *t);

/* True if the file exists with exactly this text. */
bool mailbox_file_says(const struct mailbox_file *t, const struct buf *text);

/* -1 with the error that the file exists with different contents. */
int mailbox_file_differs(struct ctx *ctx, const struct mailbox_file *t);

/*
 * Add a step that writes this text to the file, after the other steps of the change; text is emptied. Warns of a list of
 * valid recipients that lacks a new address.
 */
void mailbox_file_plan(struct ctx *ctx, struct mailbox_file *t, struct buf *text);

/* The same, and apply the change. */
int mailbox_file_say(struct ctx *ctx, struct mailbox_file *t, struct buf *text);

/* A Maildir anywhere; made if it is missing. */
int mailbox_file_maildir(struct ctx *ctx, struct mailbox_file *t, const char *path, struct box *box);

#endif
