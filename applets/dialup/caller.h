/*
 * caller - users/qv-trigger: who may call for the mail of a dial-up host. One line a host:
 *
 *	HOST:[user=NAME cram-md5=STATES] [from=ADDRESS[/PREFIX]]... [autoturn]
 *
 * Who logs in as NAME, and who calls from such an address, may: either is enough. A NAME with several hosts has one secret. Pure.
 */
#ifndef DIALUP_CALLER_H
#define DIALUP_CALLER_H

#include "lib/peer.h"
#include "lib/buf.h"
#include "lib/cram.h"
#include "qmail/names.h"

#define CALLER_FILE "/var/qmail/users/qv-trigger" /* root's, mode 0600 */

enum {
	CALLER_USER_MAX = 64, /* bytes of NAME */
	CALLER_FROM_MAX = 16,
};

struct caller {
	char host[NAME_DOMAIN_MAX + 1];
	char user[CALLER_USER_MAX + 1]; /* "": nobody logs in */
	struct cram cram;               /* of its secret */
	struct peer_range from[CALLER_FROM_MAX];
	size_t from_n;
	bool autoturn;
};

enum caller_line {
	CALLER_NOTHING, /* a comment, a blank line */
	CALLER_HOST,
	CALLER_BAD,
};

/* Parse line p of n bytes, which is without its newline. For CALLER_BAD *why is the reason, to follow "FILE:LINE: ". */
enum caller_line caller_parse(const char *p, size_t n, struct caller *c, const char **why);

/* The line, without its newline. */
void caller_print(const struct caller *c, struct buf *b);

/* The next host in a whole file, behind *at; bad lines are passed over. */
bool caller_next(const char *text, size_t n, size_t *at, struct caller *c);

/* NAME as it may be: letters, digits and . _ - + @. 0 or -1. */
int caller_user(struct err *e, const char *name);

bool caller_is_from(const struct caller *c, const struct peer *a);

#endif
