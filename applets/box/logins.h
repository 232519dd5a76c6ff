/*
 * logins - users/qv-passwd: who may log in. A line a box, BOX:HASH:DIRECTORY:
 *
 *	ex1-0001:$6$...:/home/popmail/e/ex1/POP/ex1-0001
 *
 * A "!" before HASH suspends the box; HASH may be empty then. The text is the truth, for people; comments, blank lines and
 * the order stay. qv-auth reads the cdb made from it, users/qv-passwd.cdb (logins_cdb.c). Both files are root's, mode 0600. Two
 * customers may both have a box "sales": lines are told apart by their directories.
 *
 *	struct logins_login l;
 *
 *	if (change_logins(ctx, &c) == 0) {
 *		logins_look(&c.logins, &box, &l);
 *		... change l
 *		logins_set(&c.logins, &box, &l);
 *	}
 */
#ifndef BOX_LOGINS_H
#define BOX_LOGINS_H

#include "box/boxes.h"
#include "box/pwhash.h"
#include "qmail/lines.h"

#define QVPASSWD QMAIL_HOME "/users/qv-passwd"
#define LOGINS_CDB QVPASSWD ".cdb"

enum { LOGINS_KINDS = 16 }; /* hashes in the cdb's last record, at most */

struct logins {
	struct lines lines;
	struct plan_seen seen;
};

struct logins_login {
	char hash[PWHASH_MAX + 1]; /* "": no password */
	bool suspended;
};

/* A missing file is an empty one. 0, or -1 with errno kept; logins_free() either way. */
int logins_load(struct ctx *ctx, struct logins *t);
void logins_free(struct logins *t);

/* What is said of this box, which is known by its name and path together. No line: neither password nor suspended. */
void logins_look(const struct logins *t, const struct box *box, struct logins_login *l);

/* Pure. A box that is neither suspended nor has a password needs no line. l->hash is "" or pwhash_ok(). */
void logins_set(struct logins *t, const struct box *box, const struct logins_login *l);

/* The text where it differs; the cdb wherever there is a text, so that a command that was cut off can be ended. */
void logins_plan(const struct logins *t, struct plan *plan);

/* A directory goes by this plan: of files, only .qmail-* and marks that begin with a dot are ever removed. */
bool logins_follows(const struct plan *plan);

/* Boxes that it removes lose their passwords. */
void logins_follow(struct logins *t, const struct plan *plan);

/* A digest_text (logins_cdb.c). */
int logins_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

#endif
