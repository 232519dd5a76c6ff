/*
 * internal - what the files of trigger/ share, and nobody else. Who does what:
 *
 *	trigger   the four ways
 *	who       the peer, and what he may have
 *	input     lines from him, within limits
 *	command   what a line says
 *	reply     what he is told
 *	talk      the dialogue of etrn and odmr
 *	login     AUTH
 *	tries     failed logins by address, over all connections
 *	start     have his mail sent to RELAYHOST: by the master, or here
 *	turn      ATRN: have it sent over this connection
 */
#ifndef TRIGGER_INTERNAL_H
#define TRIGGER_INTERNAL_H

#include "dialup/call.h"
#include "lib/buf.h"
#include "trigger/input.h"
#include "trigger/trigger.h"

struct tries {
	int fd; /* -1: cannot be kept */
};

struct trigger {
	struct ctx *ctx;
	const struct conf *conf;
	const struct trigger_options *o;
	struct buf callers; /* users/qv-trigger */
	bool knows_peer;
	struct peer peer;
	char from[PEER_TEXT];           /* the same as text; "": not known */
	char user[CALLER_USER_MAX + 1]; /* who has logged in; "": nobody */
	int failed;                     /* logins of this connection */
	struct tries tries;
	struct input in;
};

/* Hosts by name, each with a NUL behind it. */
struct trigger_hosts {
	struct buf names;
	size_t n;
};

#define TRIGGER_HOSTS ((struct trigger_hosts){.names = BUF(1 << 20)})

void trigger_hosts_add(struct trigger_hosts *h, const char *name);
const char *trigger_hosts_next(const struct trigger_hosts *h, const char *name); /* NULL: the first; NULL behind the last */
bool trigger_hosts_has(const struct trigger_hosts *h, const char *name);
void trigger_hosts_free(struct trigger_hosts *h);

/* who.c: read users/qv-trigger and the peer's address. 0 or -1. */
int who_load(struct trigger *t);

/* The secrets of all: before mail is sent, for who sends it can be taken over by it, and at the end. Nobody may call any more. */
void who_forget(struct trigger *t);

enum who_by {
	WHO_ANY,      /* login or address */
	WHO_LOGIN,
	WHO_AUTOTURN, /* address, and the host is marked so */
	WHO_ADDRESS,
};

/* The hosts that this caller may have. 0, or -1 without memory. */
int who_may(struct trigger *t, enum who_by by, struct trigger_hosts *h);

/* "ex1 from 192.0.2.7", for the log. */
const char *who_text(const struct trigger *t, char to[160]);

/* tries.c */
void tries_open(struct trigger *t); /* as root, before it becomes popusr */
int tries_delay(struct trigger *t); /* seconds before this address may be told anything about a login */
void tries_failed(struct trigger *t);

/* login.c: AUTH with its argument. False: the connection is at its end. */
bool login(struct trigger *t, const char *argument);

/* talk.c */
int talk(struct trigger *t);

/* reply.c: a line (or several, each but the last with CODE-). False: he cannot be told. */
bool reply(struct trigger *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* start.c: have the mail of hosts sent. What came of it, of all together. */
struct started {
	size_t messages; /* that wait, in hosts whose flush was started */
	size_t hosts;
	bool soon;   /* one called too soon */
	bool paused;
	bool failed; /* a flush could not be started */
};

void start_flushes(struct trigger *t, const struct trigger_hosts *h, struct started *s);

/* The same in this process, to the peer's address. */
void start_here(struct trigger *t, const struct trigger_hosts *h);

/* The directory of a host. */
void start_dir(const struct trigger *t, const char *host, char dir[PATH_MAX]);

/* This call is to be served, and noted so: 0; 1: not so soon; -1, and a warning. */
int start_serving(const struct trigger *t, const char *dir, const char *result);

/* How a call ended, or that there was one. */
void start_note(const struct trigger *t, const char *dir, const char *result);

/* turn.c: ATRN for these hosts. False: the connection is at its end. */
bool turn(struct trigger *t, const struct trigger_hosts *h);

#endif
