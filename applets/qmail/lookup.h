/*
 * lookup - which user gets the mail: users/cdb, searched as by qmail-lspawn(8), then the rules of qmail-getpw(8).
 *
 * The cdb is searched for the whole local part, then for its prefixes that end in one of the table's "wildchars", longest
 * first, and last for "+:". The local part is put into lower case; wildchars are not, so that "+JOE:" never matches.
 */
#ifndef QMAIL_LOOKUP_H
#define QMAIL_LOOKUP_H

#include "lib/as_user.h"
#include "lib/buf.h"
#include "lib/mapped.h"
#include "lib/places.h"
#include "qmail/cdbfile.h"

enum lookup_kind { LOOKUP_SIMPLE, LOOKUP_WILDCARD, LOOKUP_GETPW, LOOKUP_ALIAS };

/* The arguments that qmail-local gets. Zeroed except data = BUF(...); free data. */
struct lookup {
	enum lookup_kind kind;
	struct buf key; /* cdb: the local part or its prefix, lower case; getpw: the user's name */
	const char *user, *home, *dash, *ext;
	uid_t uid;
	gid_t gid;
	struct buf data; /* private: what the others point into */
};

const char *lookup_word(enum lookup_kind kind); /* "simple", "wildcard", "getpw", "alias" */

/* cdb is users/cdb. 0; 1: no entry; -1: not a readable cdb; -2: an entry with fewer than six fields. */
int lookup_cdb(const struct cdbfile_view *cdb, const char *local, struct lookup *to);

/*
 * Map users/cdb, and close it: it was read when m->p is not NULL. True if it also is as new as users/assign, so that there are
 * no other entries. mapped_close() in any case.
 */
bool lookup_open(struct ctx *ctx, struct mapped *m);

/*
 * The id, with its dash, of the entry "+ID:" by which local leads to home: 0 and it is in id; 1: by none, or by one of size
 * bytes or more; -1: the table cannot tell.
 */
int lookup_id(const struct mapped *cdb, const char *local, const char *home, char *id, size_t size);

/*
 * The user in passwd (n bytes) named local, or named like a prefix of it that ends before a "-", longest first. The user
 * must not be root and must own its home directory. v is the user that qmail-getpw runs as. If none matches, the user
 * alias, and *alias is true. 0; 1: no user alias; -1 with ctx->err.
 */
int lookup_getpw(const struct as_user *v, const char *passwd, size_t n, const char *local, struct lookup *to);

/*
 * The text of users/assign, to find the lines of entries in. Zeroed; read at the first lookup, and never moved. Free lines.
 */
struct lookup_text {
	const char *p;
	size_t n;
	/* private */
	struct places lines;
	bool read;
};

/* The first line that makes this entry; 0: none does, or out of memory. Pure. */
size_t lookup_line(struct lookup_text *text, const struct lookup *found);

void lookup_free(struct lookup *l);

#endif
