/* domain_files - the directories and .qmail files that a domain needs, as steps of a plan. */
#ifndef SETUP_DOMAIN_FILES_H
#define SETUP_DOMAIN_FILES_H

#include "box/boxes.h"
#include "lib/opt.h"
#include "routing/routing.h"

/* The settings in a domain's files, besides the routing. */
struct domain_files {
	const char *postmaster;      /* pop: a box's name or an address; NULL: the first box */
	bool has_id, has_user, has_owner; /* virtual: given by the caller; else the existing value is kept */
	bool catch_all;              /* pop: .qmail-default delivers like .qmail-postmaster */
	struct opt_list relayhosts;  /* dialup: lines of RELAYHOST; none: the host itself */
	bool on_demand;              /* dialup: mail is only sent on request */
	long lifetime;               /* dialup: seconds; -1: control/qv-lifetime */
	const char *quota;           /* dialup: MESSAGES[,BYTES]; NULL: none */
};

/* Put the path of the domain's home into d->home. */
void domain_files_home(const struct conf *conf, struct domain *d);

/*
 * Add steps that make the missing files; existing ones are kept. -1, with file and line, if one has different contents.
 * conf has popusr's ids.
 */
int domain_files_make(struct ctx *ctx, const struct conf *conf, const struct domain *d,
                      const struct domain_files *files, struct plan *trees);

/*
 * Add steps that remove the home and, for a POP domain, the boxes that no other domain's addresses use; for the
 * customer's last domain, all of the customer's boxes. Refused if mail waits there, unless force.
 */
int domain_purge(struct ctx *ctx, const struct domain *d, bool last, bool force, struct plan *trees);

/* The text of a RELAYHOST with these hosts: 0, or -1 if one is invalid. */
int domain_files_relayhost(struct err *e, const struct opt_list *hosts, struct buf *text);

/* Add steps that make path and every missing directory above it; those belong to root. */
int domain_files_dir(struct ctx *ctx, const char *path, const struct owner *o, struct plan *trees);

/* The same for the directory of boxes in a home of another layout; ours already have it. */
int domain_files_boxes_dir(struct ctx *ctx, const struct boxes *b, struct plan *trees);

#endif
