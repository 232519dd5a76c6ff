/*
 * route - what qmail will do with an address, decided again over the files as they are.
 *
 *	struct route_files files;
 *	struct route r;
 *
 *	r = route_load(ctx, &files)
 *	route_address(&files, "joe@example.com", &r)  or  route_local(&files, "example.com-joe", "example.com", &r)
 *	route_follow(&files, &r)
 *	route_print(&r)  or  route_json(&r, &buf)
 *	route_free(&r); route_unload(&files);
 *
 * What cannot be known without doing it is taken to go well: programs exit 0, forwarded mail is taken by qmail-queue, servers
 * accept. Nothing is asked of DNS.
 */
#ifndef ROUTE_ROUTE_H
#define ROUTE_ROUTE_H

#include "lib/mapped.h"
#include "qmail/control.h"
#include "qmail/lookup.h"
#include "qmail/smtproutes.h"

struct route_file {
	const char *path;
	struct buf text;
	struct stat st;
	int trouble; /* 0; ENOENT: there is none; another errno: the program cannot read it */
	struct constmap_index *index; /* of text: see route_map() */
};

struct route_cdb {
	const char *path;
	int fd; /* -1: cannot be read, or there is none */
	struct mapped map;
	struct stat st;
	int trouble;            /* as that of a file */
	struct route_file text; /* what it was made of: for line numbers, and to compare */
};

/* Read once, for all addresses. */
struct route_files {
	struct ctx *ctx;
	struct buf passwd;
	struct as_user program[CONTROL_PROGRAMS], getpw, lspawn; /* as whom these programs run */
	struct route_file control[CONTROL_PROGRAMS][CONTROLS_MAX]; /* of those that a program reads: see route_control() */
	struct route_cdb cdb, morercpthosts;
	struct lookup_text assign; /* that of cdb */
	struct buf default_delivery; /* what qmail-start was told, for .qmail files that say nothing */
	const char *default_doubt;   /* "", or that a running qmail may have been told another */
};

/* 0, or -1 with ctx->err: no qmail home, or files that we ourselves may not read. Unload either way. */
int route_load(struct ctx *ctx, struct route_files *f);
void route_unload(struct route_files *f);

/*
 * Warns where a cdb is missing, was not made of the text beside it, or is older than that. (Of what a running qmail-send has
 * not read yet route_load() warns.)
 */
void route_warn(const struct route_files *f);

enum route_outcome {
	ROUTE_UNDECIDED,
	ROUTE_DELIVERED, /* into a Maildir or an mbox, or to a program */
	ROUTE_FORWARDED, /* to other addresses alone */
	ROUTE_DISCARDED, /* taken, and nothing is done with it */
	ROUTE_BOUNCED,
	ROUTE_DEFERRED,
	ROUTE_REMOTE,
};

/* A line of a control file that decided; line 0: it is in the cdb alone. */
struct route_place {
	const char *file; /* NULL: none */
	size_t line;
	struct buf key, value;
};

struct route {
	struct buf address;    /* as it was asked for */
	bool accepted;
	struct buf reply;      /* to RCPT; empty where nobody asked for that */
	struct route_place rcpt, virtualdomain;
	struct buf recipient;  /* the envelope's */
	bool remote;
	struct buf rewritten;
	bool has_assign;
	struct lookup assign;
	bool has_dotqmail;
	struct buf tried;      /* names, each with its NUL */
	struct buf file;       /* the one that counts; empty: none */
	struct buf text;       /* its bytes, or the default delivery */
	bool by_default;
	bool forward_only;
	bool has_relay;
	struct buf relay;      /* host name or IP address */
	unsigned port;
	enum route_outcome outcome;
	struct buf reason;     /* in qmail's own words, where it has some */
	struct buf forwards;   /* whom it is sent on to, each with its NUL */
	struct buf followed;   /* where that ended: ADDRESS, NUL, '0' + outcome, REASON, NUL, the same */
	size_t lost;           /* how many of those bounce or are deferred */
	struct buf steps;      /* for people: numbered lines */
	int n;                 /* steps so far */
};

const char *route_word(enum route_outcome outcome); /* "bounced" */

/* All: 0, or -1 with ctx->err; free r either way. */
int route_address(struct route_files *f, const char *address, struct route *r);
int route_local(struct route_files *f, const char *local, const char *host, struct route *r);
void route_free(struct route *r);

/*
 * Behind either of them: mail that is sent on to addresses served here is followed, a hundred addresses at most; the steps are
 * put behind those of r. One that goes round bounces, by its Delivered-To lines.
 */
int route_follow(struct route_files *f, struct route *r);

/* Is it accepted, and does it arrive? */
bool route_is_good(const struct route *r);

/* The steps and how it ends. */
void route_print(const struct route *r);

/* One object; qv-route(8) has its keys. */
void route_json(const struct route *r, struct buf *b);

#endif
