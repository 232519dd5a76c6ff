/* vpopmail - what vpopmail writes: lines of vpasswd, and what .qmail-default tells vdelivermail. Pure. */
#ifndef MOVE_VPOPMAIL_H
#define MOVE_VPOPMAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "qmail/dotqmail.h"

struct vpopmail_part {
	const char *p; /* in the line */
	size_t n;
};

/* NAME:HASH:UID:GID:GECOS:DIR:QUOTA[:CLEARTEXT]; in vpasswd.cdb NAME is the key and the rest the data. */
struct vpopmail_user {
	struct vpopmail_part name, hash, dir, quota;
	bool no_pop, bounces; /* bits of GID */
	bool has_quota;
};

/* rest is what follows "NAME:". 0, or -1: no such line. */
int vpopmail_user(const char *name, size_t namelen, const char *rest, size_t n, struct vpopmail_user *u);

/* The instruction runs vdelivermail. */
bool vpopmail_calls(const struct dotqmail_line *l);

/* Mail for users that vpasswd does not have. */
enum vpopmail_others {
	VPOPMAIL_FOREIGN, /* no vdelivermail: what stands there stays */
	VPOPMAIL_BOUNCE,
	VPOPMAIL_DELETE,
	VPOPMAIL_ADDRESS,
	VPOPMAIL_MAILDIR,
};

/* By the text of .qmail-default; where: the address, or the Maildir's path. */
enum vpopmail_others vpopmail_others(const char *text, size_t n, char *where, size_t size);

#endif
