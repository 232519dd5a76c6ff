/*
 * moved - what others' mail systems keep on disk, as commands of qv-domain import. Nothing is changed here.
 *
 * Mail stays where it is: .qmail files that point at the Maildirs are added to the home that a domain has already. What they cannot say is named
 * on stderr, a line each.
 */
#ifndef MOVE_MOVED_H
#define MOVE_MOVED_H

#include "box/addresses.h"
#include "setup/change.h"

struct moved {
	struct ctx *ctx;
	const struct change *change;
	const char *dir;      /* the other system's, without slash at its end */
	char *const *domain;  /* asked for by name, n of them */
	int n;
	struct buf out;       /* commands */
};

/* All that DIR has. 0 or -1. */
int from_vpopmail(struct moved *m);
int from_vmailmgr(struct moved *m);

/* One domain of vpopmail's: home is its directory, with vpasswd or vpasswd.cdb (from_vpopmail_domain.c). 0 or -1. */
int from_vpopmail_domain(struct moved *m, const char *name, const char *home);

/* One user of a domain, as the other system has him. */
struct moved_user {
	char local[NAME_MAX + 1];
	char maildir[NAME_PATH_MAX + 1]; /* "": none */
	struct buf targets;              /* " a@b c@d": where copies, or without a Maildir all of it, go */
	int n;                           /* of them */
	const char *hash;                /* hashlen bytes */
	size_t hashlen;
	bool suspended;
};

/* "domain add virtual", with its sub-domains where it has them already. */
void moved_domain(struct moved *m, const char *domain, const char *home);

/* A copy goes there too; what is no address, or one too many, is named and left out. */
void moved_target(struct moved *m, const char *domain, struct moved_user *u, const char *p, size_t n);

/* have: the addresses that home has files for already, which stay and come before what the other system thinks. */
void moved_user(struct moved *m, const char *domain, const char *home, const struct addresses *have,
                const struct moved_user *u);

#endif
