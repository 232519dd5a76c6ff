/*
 * serial - a Maildir through a client, as serialmail's maildirserial(1) does it: what maildirserial and maildirsmtp share.
 *
 * The client gets the names of the messages on its descriptor 0, each with a NUL behind it, and says on 1 what became of
 * them: name, NUL, one of K (taken), Z (not now), D (never), a line of text. It runs in the Maildir. Who does what:
 *
 *	serial          rounds: list, run the client, until nothing is left that is new to this run
 *	serial_list     what is in new/ and cur/ and has the prefix, oldest first
 *	serial_client   one run of the client: names to it, answers from it
 *	serial_settle   one answer: unlink, bounce, or keep; one line to stderr
 *
 * A client can lose nothing: what it does not answer for, or in any other form, stays; an answer about a message that was
 * not listed in this round, or was answered for already, is no answer.
 */
#ifndef SERIAL_SERIAL_H
#define SERIAL_SERIAL_H

#include <stdbool.h>

#include "qmail/conf.h"
#include "qmail/maildir.h"

struct serial_item {
	int part;         /* 0: new, 1: cur */
	const char *name; /* below that */
	int64_t arrived;  /* as struct maildir_message has it */
	bool answered;
};

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

	/* private from here: what the files above share */
	struct conf conf;
	int part[2];                 /* the directories new and cur */
	struct maildir_list list[2]; /* of this round */
	struct serial_item *item;    /* of them what is to be sent, oldest first */
	size_t n, hint;              /* hint: where the next answer's message probably is */
	void *kept;                  /* names that are not tried again in this run: tsearch(3) */
	bool no_memory;              /* kept lacks one */
};

/*
 * 0: nothing is left that has the prefix; EXIT_TEMP when something was kept, EXIT_PERM when the client ended so; -1: it
 * could not be done, or the client says nothing. Changes the working directory to dir.
 */
int serial_run(struct serial *s);

/* list.c: a new round. 0 or -1. */
int serial_list(struct serial *s);
void serial_forget(struct serial *s); /* the round's list */

/* Since the epoch, seconds. */
time_t serial_arrived(const struct serial_item *i);

/* "new/X", in a buffer of PATH_MAX. */
const char *serial_name(const struct serial_item *i, char *to);

/* The message open for reading, and its status; -1 with errno when it is gone or is no regular file. */
int serial_open(const struct serial *s, const struct serial_item *i);

/* client.c: one run of the client. How many answers were heard, or -1; status as of waitpid(2). */
long serial_client(struct serial *s, int *status);

/* settle.c: the client's word about the message of that name. False: there is no such message. */
bool serial_answer(struct serial *s, const char *name, char verdict, const char *text);

/* What nobody answered for and is too old bounces. */
void serial_expire(struct serial *s);

/* True: answered for and kept, earlier in this run. */
bool serial_was_kept(const struct serial *s, const char *name);

#endif
