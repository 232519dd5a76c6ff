/*
 * call - who called last for a dial-up host's mail, and how that ended: its .qv-call file.
 *
 * One line: TIME SERVED WAY USER FROM RESULT, "-" where there is no user or address.
 */
#ifndef DIALUP_CALL_H
#define DIALUP_CALL_H

#include "dialup/caller.h"
#include "lib/ctx.h"

#define CALL_FILE ".qv-call"

struct call {
	long long time;   /* seconds since the epoch; 0: nobody ever called */
	long long served; /* when a call last led to something; 0: never */
	char way[16];     /* "etrn", "odmr", "autoturn", "hello" */
	char user[CALLER_USER_MAX + 1]; /* who logged in; "": nobody */
	char from[PEER_TEXT];        /* the peer; "": not known */
	char result[200]; /* one line */
};

enum { CALL_LINE = 512 };

/* The file's text, which may be anybody's; and a line of it, with its length. Pure. */
void call_parse(char *text, struct call *c);
size_t call_print(const struct call *c, char line[CALL_LINE]);

/* dir: the host's directory. A missing file means no call; so does an unreadable one, with a warning. */
void call_read(struct ctx *ctx, const char *dir, struct call *c);

/*
 * This call is to be served: note it, unless one was less than interval seconds before (1). Two at once are told apart by a lock.
 * To be called as the owner of dir. 0, 1 or -1.
 */
int call_begin(struct ctx *ctx, const char *dir, int interval, const struct call *c);

/* Note how it ended, or a call that was not served: served stays as it is. */
int call_note(struct ctx *ctx, const char *dir, const struct call *c);

enum { CALL_WHO = CALLER_USER_MAX + PEER_TEXT + 32 };

/* "ex1 from 192.0.2.7", "192.0.2.7" or "an unknown address": into to, which is returned. */
const char *call_who(const struct call *c, char to[CALL_WHO]);

/* This key with an object, or null where there was no call. */
void call_json(const struct call *c, const char *key, struct buf *b);

#endif
