/*
 * lookup - whose mail it is: users/cdb as qmail-lspawn(8) asks it, and qmail-getpw(8) where that has no answer.
 *
 * The cdb is asked for the whole local part first, then for its beginnings, longest first, of those that end in one of the
 * table's "wildchars" (and for "+:" at last). Letters count as small ones; wildchars do not, so that "+JOE:" never matches.
 */
#ifndef QMAIL_LOOKUP_H
#define QMAIL_LOOKUP_H

#include "lib/as_user.h"
#include "lib/buf.h"

enum lookup_kind { LOOKUP_SIMPLE, LOOKUP_WILDCARD, LOOKUP_GETPW, LOOKUP_ALIAS };

/* Who delivers, as qmail-local is told it. Zeroed but for data = BUF(...); free data. */
struct lookup {
	enum lookup_kind kind;
	struct buf key; /* cdb: the local part or its beginning, small letters; getpw: the user's name */
	const char *user, *home, *dash, *ext;
	uid_t uid;
	gid_t gid;
	struct buf data; /* private: what the others point into */
};

const char *lookup_word(enum lookup_kind kind); /* "simple", "wildcard", "getpw", "alias" */

/* fd is users/cdb. 0; 1: it has no entry; -1: it cannot be read as one; -2: an entry with less than six fields. */
int lookup_cdb(int fd, const char *local, struct lookup *to);

/*
 * The user of passwd (n bytes) whose name is local, or its beginning before a "-", longest first: not root, and at home in a
 * directory of his own. v is whom qmail-getpw runs as. Else the user alias; *alias says so. 0; 1: there is no user
 * alias; -1 with ctx->err.
 */
int lookup_getpw(const struct as_user *v, const char *passwd, size_t n, const char *local, struct lookup *to);

/* The first line of users/assign (n bytes) that makes this entry; 0: none does. Pure. */
size_t lookup_line(const char *assign, size_t n, const struct lookup *found);

void lookup_free(struct lookup *l);

#endif
