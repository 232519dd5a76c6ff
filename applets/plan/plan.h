/*
 * plan - a list of changes, applied in order or not at all.
 *
 *	struct plan p = {0};
 *
 *	plan_dir(&p, "/home/serialmail/x.org", &popusr);	queue, as often as you like
 *	plan_file(&p, path, &owner, &text, &seen);
 *	plan_hup(&p);
 *	r = plan_apply(ctx, conf, &p);			stage, then show
 *	plan_free(&p);
 *
 * Stage: every file below the qmail home is written beside the old one and synced, the cdb is built from its new
 * source, and the originals are checked for edits since they were read. Any failure removes the staged files, and
 * nothing is changed.
 * Show: directories are made and files renamed one by one, each directory synced before the next step. Each rename is
 * atomic, but all of them together are not. So the steps must be queued in an order of which every prefix is safe:
 * routing_plan() orders the parts of a change; the code that queues the steps of one part orders these. If a command
 * is interrupted, running it again queues the missing steps. With hundreds of steps, new directories come before
 * the files between them, so that one sync suffices: a directory alone changes nothing.
 *
 * With ctx->dry_run the same list is printed instead.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lib/buf.h"
#include "lib/ctx.h"
#include "lib/replace.h"
#include "lib/strmap.h"
#include "lib/texts.h"
#include "qmail/conf.h"
#include "qmail/digest.h"

enum plan_op {
	PLAN_DIR,     /* a directory */
	PLAN_MAILDIR, /* a directory with tmp, new, cur; appears whole */
	PLAN_FILE,    /* a file's new contents */
	PLAN_CDB,     /* a cdb digested from data, the source's new text */
	PLAN_MADE,    /* a file made from what the earlier steps left */
	PLAN_HUP,     /* qmail-send reads virtualdomains and locals again */
	PLAN_NODES,   /* wait until the other machines that share the files have seen, and their qmail-send has read, what is new */
	PLAN_GIVE,    /* mode and owner of an existing file or directory */
	PLAN_REMOVE,  /* a file, or a directory with its contents */
	PLAN_NOTHING, /* a later step replaced it */
};

/* A file as it was when it was read; there = false: it did not exist. */
struct plan_seen {
	bool there;
	struct stat st;
};

/* Make the file at path from the files as they are, unless it is the same already. 0, or -1 with ctx->err. */
typedef int plan_make(struct ctx *ctx, const char *path, const struct buf *data);

/* What few steps have. */
struct plan_more {
	struct plan_seen seen; /* PLAN_FILE: the file that it replaces */
	digest_text *digest;   /* PLAN_CDB: assign_digest(), morercpthosts_digest() or logins_digest() */
	const char *source;    /* PLAN_CDB: the source's path */
	plan_make *make;       /* PLAN_MADE */
	/* private */
	struct buf kept;       /* the data, if it is long */
	struct replace staged; /* not of what is in a new tree */
};

/* Small, as an import has hundreds of thousands of them. */
struct plan_step {
	enum plan_op op : 8;
	bool check_seen : 1;
	bool is_staged : 1; /* private */
	struct owner owner;
	const char *path;
	const char *data; /* PLAN_FILE: contents; PLAN_CDB: the source's text; PLAN_MADE: for make */
	size_t n;         /* bytes of it */
	/* private */
	struct plan_more *more; /* may be NULL; with check_seen: the file did not exist */
	struct plan_step *root; /* of the tree that it belongs to, see apply.c */
};

struct plan {
	struct plan_step *step;
	size_t n;
	/* private */
	size_t cap;
	struct texts texts; /* paths and short data */
	struct strmap index; /* steps by path, see view.h */
	size_t indexed;
	bool failed;
};

void plan_dir(struct plan *p, const char *path, const struct owner *o);
void plan_maildir(struct plan *p, const char *path, const struct owner *o);

/*
 * Takes data over and empties it. seen may be NULL: the file is replaced even if it was edited meanwhile. An earlier
 * step that writes the same file is cancelled.
 */
void plan_file(struct plan *p, const char *path, const struct owner *o, struct buf *data, const struct plan_seen *seen);

/* The contents of the file that was queued last: n bytes that live as long as the plan, and are not its own. */
void plan_lend(struct plan *p, const char *data, size_t n);
void plan_text(struct plan *p, const char *path, const struct owner *o, const char *text);

/*
 * data is the source's text, taken over and emptied; it may be empty if the plan writes the source. source must live as
 * long as the plan.
 */
void plan_cdb(struct plan *p, const char *path, const struct owner *o, const char *source, digest_text *digest,
              struct buf *data);

/* Should it fail, the others are done all the same, and plan_apply() fails at the end. make gets data, which is taken over and emptied, when the step's turn comes: what it reads is as earlier steps left it. */
void plan_made(struct plan *p, const char *path, plan_make *make, struct buf *data);
void plan_hup(struct plan *p);
void plan_nodes(struct plan *p);

/* Give an existing file or directory this mode and owner; (uid_t)-1: keep the owner. */
void plan_give(struct plan *p, const char *path, const struct owner *o);

/* An earlier step that writes the file is cancelled. */
void plan_remove(struct plan *p, const char *path);

/* Append the steps of tail to those of p; tail is empty afterwards. */
void plan_join(struct plan *p, struct plan *tail);

/* What s->more has, made if need be; NULL: out of memory. For this room. */
struct plan_more *plan_more(struct plan_step *s);

/* 0, or -1 with ctx->err. */
int plan_apply(struct ctx *ctx, const struct conf *conf, struct plan *p);
void plan_free(struct plan *p);

#endif
