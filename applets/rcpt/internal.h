/*
 * internal - what the files of rcpt/ share.
 *
 *	files	the tables, opened when they are needed
 *	send	qmail-send: local or remote, by which name?
 *	owner	qmail-lspawn: whose mail is it?
 *	home	qmail-local: may the home be used, which .qmail file counts?
 *	follow	does that file only forward to addresses that do not exist?
 *	end	how the way ends
 *	ask	the way through all of them
 */
#ifndef RCPT_INTERNAL_H
#define RCPT_INTERNAL_H

#include "lib/as_user.h"
#include "qmail/constmap.h"
#include "qmail/lookup.h"
#include "rcpt/rcpt.h"

enum {
	RCPT_TEXT_MAX = 1 << 16, /* bytes of an address, of a .qmail file that is followed, and of lines out of a table */
	RCPT_FOLLOWED_MAX = 100, /* addresses that one address is followed to */
};

/* An address on its way through qmail. Zeroed except buffers; see ask.c. */
struct rcpt_way {
	struct rcpt *r;
	struct rcpt_answer *a;
	struct buf rewritten;      /* by qmail-send */
	struct lookup owner;       /* by qmail-lspawn */
	bool by_passwd;            /* no entry of users/cdb: other databases of users may know more */
	const struct rcpt_way *of; /* forwarded from there; NULL: the address that was asked for */
	int *followed;
	int (*walk)(struct rcpt_way *w, const char *address); /* a whole way, for follow.c: 0 or -1 */
};

/* The table, mapped. *errnum: 0; ENOENT: an empty one, as it does not exist; else it cannot be used. */
const struct mapped *rcpt_file(struct rcpt *r, enum rcpt_file which, int *errnum);
const char *rcpt_path(enum rcpt_file which);

/*
 * Steps of the way. 0: go on; 1: it has ended, and w->a has the answer; -1 with ctx->err.
 */
int rcpt_send(struct rcpt_way *w, const char *address);
int rcpt_owner(struct rcpt_way *w);
int rcpt_home(struct rcpt_way *w);

/* The .qmail file in text (opened by rcpt_home()) counts; ends the way. */
int rcpt_follow(struct rcpt_way *w, const struct as_user_at *home, const struct buf *text, bool forward_only);

/* Ends of a way: each returns 1. path may be NULL. */
int rcpt_yes(struct rcpt_way *w);
int rcpt_no(struct rcpt_way *w);
int rcpt_later(struct rcpt_way *w);
int rcpt_unsure(struct rcpt_way *w, const char *path, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
