/* domain_files - the directories and .qmail files that a domain needs, as steps of a plan. */
#ifndef SETUP_DOMAIN_FILES_H
#define SETUP_DOMAIN_FILES_H

#include "box/boxes.h"
#include "lib/opt.h"
#include "routing/routing.h"

/* What the files hold besides the routing. */
struct domain_files {
	const char *postmaster;      /* pop: a box's name or an address; NULL: the first box */
	bool has_id, has_user, has_owner; /* virtual: they were asked for; else what is there already decides */
	bool catch_all;              /* pop: .qmail-default goes where postmaster's mail goes */
	struct opt_list relayhosts;  /* dialup: lines of RELAYHOST; none: the host itself */
	bool on_demand;              /* dialup: only sent when asked for */
	long lifetime;               /* dialup: seconds; -1: as everywhere */
};

/* Where the home of such a domain is, into d->home. */
void domain_files_home(const struct conf *conf, struct domain *d);

/*
 * Steps that make what is missing; what is there stays, but for another form of it -1 with file and line. conf has
 * popusr's ids.
 */
int domain_files_make(struct ctx *ctx, const struct conf *conf, const struct domain *d,
                      const struct domain_files *files, struct plan *trees);

/*
 * Steps that remove the home and, of a POP domain, the boxes that no other domain's addresses use; of the customer's last one all that
 * are his. Mail that waits there: refused unless force.
 */
int domain_purge(struct ctx *ctx, const struct domain *d, bool last, bool force, struct plan *trees);

/* The text of a RELAYHOST that names these: 0, or -1 when one is no mail server. */
int domain_files_relayhost(struct err *e, const struct opt_list *hosts, struct buf *text);

/* A step that makes path and every directory above it that is missing; those belong to root. */
int domain_files_dir(struct ctx *ctx, const char *path, const struct owner *o, struct plan *trees);

/* The same for the directory of boxes in a home that others laid out; ours have it. */
int domain_files_boxes_dir(struct ctx *ctx, const struct boxes *b, struct plan *trees);

#endif
