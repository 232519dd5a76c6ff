/*
 * internal - what the files of route/ share, and nobody else.
 *
 * Each of qmail's programs has its file here, and reads what it would read, as the user that it runs as:
 *
 *	rcpt	qmail-smtpd: is it accepted?
 *	send	qmail-send: local or remote, by which name?
 *	lspawn	qmail-lspawn: whose mail is it?
 *	local	qmail-local: may his home be used, which .qmail file counts?
 *	deliver	the same: can what stands in there be done?
 *	remote	qmail-remote: to which host?
 *
 * What those stand on:
 *
 *	files	what each of them reads
 *	running	what a running qmail tells
 *	follow	where mail ends that is sent on
 *	step	one line of what route_print() prints, and how the way ends
 */
#ifndef ROUTE_INTERNAL_H
#define ROUTE_INTERNAL_H

#include "qmail/constmap.h"
#include "route/route.h"

/* One after the other: 0, or -1 with ctx->err; r->outcome says whether the way has ended. */
int route_rcpt(struct route_files *f, struct route *r);
int route_send(struct route_files *f, struct route *r);
int route_lspawn(struct route_files *f, struct route *r);
int route_qmail_local(struct route_files *f, struct route *r);
int route_deliver(struct route_files *f, struct route *r, const struct as_user *v, const struct as_user_at *home);
int route_remote(struct route_files *f, struct route *r);

/* route.c: nothing is known yet; and e, or -1 where memory ran out on the way. */
void route_begin(struct route *r);
int route_whole(struct route_files *f, struct route *r, int e);

/* control.c: control/NAME as program p, which reads it, finds it. */
const struct route_file *route_control(const struct route_files *f, enum control_program p, const char *name);

/* The first control file that program p cannot read, or NULL; what is missing can be read. */
const struct route_file *route_unreadable(const struct route_files *f, enum control_program p);

/* The text for lookups; empty where the file does not exist. */
struct constmap route_map(const struct route_file *file);

struct cdbfile_view route_view(const struct route_cdb *cdb);

/* Its first line as control_readline() has it, with a NUL behind it. False: there is no such file. */
bool route_line(const struct route_file *file, struct buf *to);

/* running.c: what a running qmail tells: its default delivery, and whether it has read locals and virtualdomains. */
int route_ask_running(struct route_files *f);

/* rcpt.c: this host's IP address; of a tree under --root only those that every host has are known. */
bool route_is_own(const struct route_files *f, const struct ip_address *ip);

/* step.c: a numbered line; path (NULL: none) and line (0: none) stand before it. */
void route_step(const struct route_files *f, struct route *r, const char *path, size_t line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* How it ends, once; the first one counts. Returns 0. */
int route_end(struct route *r, enum route_outcome outcome, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* That the file at path (NULL: none) stops it for now: a step, and the end, in the same words. Returns 0. */
int route_defer(const struct route_files *f, struct route *r, const char *path, const char *why);

/* A key and value of a control file */
void route_found(struct route_place *to, const char *file, const struct constmap_entry *e);

#endif
