/*
 * serial - a Maildir through a client, as serialmail's maildirserial(1) does it: what maildirserial and maildirsmtp share.
 *
 * The client gets the names of the messages on its descriptor 0, each with a NUL behind it, and says on 1 what became of
 * them: name, NUL, one of K (taken), Z (not now), D (never), a line of text. It runs in the Maildir.
 *
 * A client can lose nothing: what it does not answer for, or in any other form, stays; an answer about a message that was
 * not listed in this round, or was answered for already, is no answer.
 */
#ifndef SERIAL_SERIAL_H
#define SERIAL_SERIAL_H

#include <stdbool.h>

#include "qmail/conf.h"
#include "qmail/maildir.h"

struct serial_item;

struct serial {
	struct ctx *ctx;
	const char *dir;
	const char *prefix;  /* of the recipients; "": every message */
	bool bounce;         /* what is refused for good, and what is too old */
	long lifetime;       /* seconds; -1: without end */
	const char *silence; /* reason in the bounce of a message that is too old and was never answered for */

	/* In a child, descriptors 0 and 1 as above: an exit code, or -1 with ctx->err filled. */
	int (*client)(struct ctx *ctx, void *arg);
	void *arg;

	/* private */
	struct conf conf;
	int part[2];                 /* the directories new and cur */
	struct maildir_list list[2]; /* of this round */
	struct serial_item *item;    /* of them what is to be sent, oldest first */
	size_t n, hint;              /* hint: where the next answer's message probably is */
	void *kept;                  /* names that are not tried again in this run: tsearch(3) */
	bool no_memory;              /* kept lacks one */
	bool unread;                 /* of a message it is not known whether it has the prefix */
	size_t returned;             /* items of which the bounce is not synced yet */
	size_t removed[2];           /* messages of each part whose removal is not */
	int64_t oldest;              /* clock_ms() at the first of them */
	bool unsynced;               /* it could not be synced */
};

/*
 * 0: nothing is left that has the prefix; EXIT_TEMP when something was kept, EXIT_PERM when the client ended so; -1: it
 * could not be done, or the client says nothing. Changes the working directory to dir.
 */
int serial_run(struct serial *s);

#endif
