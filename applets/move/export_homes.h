/* export_homes - directories, .qmail files and boxes as commands; for export.c. */
#ifndef MOVE_EXPORT_HOMES_H
#define MOVE_EXPORT_HOMES_H

#include "box/addresses.h"
#include "move/export_paths.h"
#include "setup/change.h"

struct export {
	struct ctx *ctx;
	struct change *change;
	bool *made[ROUTING_FILES]; /* each line of those: import makes the same one */
	struct buf out, last; /* commands; those that need all others before them */
	struct export_paths boxes;   /* Maildirs that the exported commands make, each with an address that delivers there as text */
	int pop;                     /* the POP directory of the customer whose domain it is; -1: missing, or none */
	struct export_paths handles; /* POP directories, each with a domain of its customer as text */
};

/*
 * export_halves.c: all of a list by some(), which does from..to - 1 of it, or to its end with SIZE_MAX, adds to x, and changes
 * nothing of what x had. Another process may do what is behind the middle at the same time; the order is as without it. 0 or -1.
 */
typedef int export_some(struct export *x, size_t from, size_t to);
int export_halves(struct export *x, size_t middle, export_some *some);

/* Out of memory. */
bool export_failed(const struct export *x);

/* "# not exported: PATH" and, behind ": ", why; an address' file: qv-mailbox writes no such one (export_note.c). */
void export_not(struct export *x, const char *path, const char *why);
void export_not_address(struct export *x, const struct domain *d, const struct address *a);

/* Names as not exported all files of a home but those in known (up to NULL). 0 or -1. */
int export_other_files(struct export *x, const struct domain *d, const char *const *known);

/* A command makes this Maildir; ... and delivers into it, which finds it for its password. */
void export_made(struct export *x, const char *path);
void export_made_for(struct export *x, const char *path, const struct domain *d, const struct address *a);

/* A .qmail file of a POP domain, as qv-mailbox writes it: a Maildir or none, then n addresses. */
struct export_file {
	const char *kind;           /* "box", "maildir"; NULL: none */
	const char *where;          /* the box's name, or path */
	char path[1100];            /* "": none */
	struct buf targets, copies; /* " A B"; " --copy A --copy B" */
	int n;
};

/* False: no command writes it, or its Maildir is not there. export_file_free() either way. */
bool export_file(struct export *x, const struct boxes *b, const struct address *a, struct export_file *f);
void export_file_free(struct export_file *f);

/* That file, or .qmail-default, as a command (export_address.c). */
void export_address(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b);
void export_default(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b);

/* The domain's command with all that its directory says, and its addresses. 0 or -1. */
int export_pop(struct export *x, const struct domain *d);
int export_dialup(struct export *x, const struct domain *d); /* export_dialup.c */

/* In a home that others laid out (export_virtual.c). odd: NULL, or why no command makes such a domain. */
int export_virtual(struct export *x, const struct domain *d);
const char *export_odd_virtual(const struct domain *d);

/* A directory of boxes, of this domain's customer. */
void export_handle(struct export *x, const struct boxes *b, const struct domain *d);

/* Boxes that no address delivers into, and the numbers that are used up, of every customer that was seen. */
int export_boxes(struct export *x);

/* Directories that no domain uses any more (export_left.c); behind all domains. */
int export_left(struct export *x);

/* Passwords, and who is suspended (export_logins.c); behind export_boxes(). */
int export_logins(struct export *x);

/* Import makes the lines of this domain. The lines that no command makes, behind all domains (export_lines.c). */
int export_lines_begin(struct export *x);
void export_lines_made(struct export *x, const struct domain *d);
void export_lines(struct export *x);
void export_lines_end(struct export *x);

/* Who may call for whose mail (export_callers.c). */
int export_callers(struct export *x);

#endif
