/*
 * applet - one command of the multicall binary.
 *
 * A new applet is one file and two lines: applets/NAME.c with its descriptor, the
 * extern line below, and its row in the table of qvmail.c. --help, --list, the links, the man
 * pages and the tests are loops over that table.
 */
#ifndef APPLET_H
#define APPLET_H

#include "lib/ctx.h"
#include "lib/verb.h"

struct applet {
	const char *name;     /* "qv-domain"; a name without "qv-" is a compatibility name */
	const char *dir;      /* where --install puts it: "usr/sbin" */
	const char *synopsis; /* one line a form: "qv-route ADDRESS...\nqv-route --local LOCALPART --host HOST" */
	const struct verb *verbs; /* in place of synopsis: each has its own */
	const char *summary;  /* one line for the list of applets; begins with a verb */
	const char *help;     /* the rest of --help; the man page is made from it */
	/* argv[0] is the applet's name; returns 0, an exit code of its own, or -1 with ctx->err filled. */
	int (*main)(struct ctx *ctx, int argc, char **argv);
	bool runs_program;    /* everything from the first argument on belongs to that program, --help too */
};

extern const struct applet auth_applet;
extern const struct applet domain_applet;
extern const struct applet flush_applet;
extern const struct applet hup_applet;
extern const struct applet mailbox_applet;
extern const struct applet maildirmake_applet;
extern const struct applet maildirserial_applet;
extern const struct applet maildirsmtp_applet;
extern const struct applet master_applet;
extern const struct applet newmrh_applet;
extern const struct applet newu_applet;
extern const struct applet qmail_newmrh_applet;
extern const struct applet qmail_newu_applet;
extern const struct applet rcpt_applet;
extern const struct applet route_applet;
extern const struct applet serialsmtp_applet;
extern const struct applet setlock_applet;
extern const struct applet status_applet;
extern const struct applet trigger_applet;
extern const struct applet check_applet;

#endif
