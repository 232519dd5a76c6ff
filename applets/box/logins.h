/*
 * logins - users/qv-passwd: the passwords of boxes. One line per box, BOX:HASH:DIRECTORY:
 *
 *	ex1-0001:$6$...:/home/popmail/e/ex1/POP/ex1-0001
 *
 * A "!" before HASH suspends the box; HASH may be empty then. The text is authoritative and may be edited; its comments,
 * blank lines and order are kept. qv-auth reads the cdb made from it, users/qv-passwd.cdb (logins_cdb.c). Both files
 * belong to root, mode 0600. Two customers may each have a box "sales": lines are told apart by their directories.
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

enum { LOGINS_KINDS = 16 }; /* most hashes in the cdb's last record */

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

/* The entry of this box, found by its name and path together. Without a line: no password, not suspended. */
void logins_look(const struct logins *t, const struct box *box, struct logins_login *l);

/* Pure. A box that has no password and is not suspended needs no line. l->hash is "" or pwhash_ok(). */
void logins_set(struct logins *t, const struct box *box, const struct logins_login *l);

/* Add steps for the text if it differs, and for the cdb if a text exists, so that an interrupted command is completed. */
void logins_plan(const struct logins *t, struct plan *plan);

/* True if plan removes a directory: the only files it ever removes are .qmail-* and marks, which begin with a dot. */
bool logins_follows(const struct plan *plan);

/* Remove the passwords of boxes that the plan removes. */
void logins_follow(struct logins *t, struct plan *plan);

/* A digest_text (logins_cdb.c). */
int logins_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

#endif
