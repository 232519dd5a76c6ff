/* hosts - the dial-up hosts: the directories below serialmail that have a RELAYHOST. */
#ifndef DIALUP_HOSTS_H
#define DIALUP_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qmail/conf.h"

/* Ten thousand may be there: four bytes and the name for each, in two pieces of memory. */
struct hosts {
	size_t n; /* directories below conf->serialmail, in the order of their names; some may be no customers */
	/* private */
	int dir;          /* conf->serialmail, for short ways; -1 when it is missing */
	struct buf names; /* as they were listed */
	uint32_t *at;     /* where each begins in names */
};

/* None yet. */
#define HOSTS ((struct hosts){.dir = -1})

/* A missing serialmail has none. 0 or -1; free either way. */
int hosts_load(struct ctx *ctx, const struct conf *conf, struct hosts *c);

/* The same into now, unless it would equal c: then 1, and now is empty. Costs one reading of serialmail. */
int hosts_reload(struct ctx *ctx, const struct conf *conf, const struct hosts *c, struct hosts *now);
void hosts_free(struct hosts *c);

const char *hosts_name(const struct hosts *c, size_t i);

/* The index of name, or c->n. */
size_t hosts_find(const struct hosts *c, const char *name);

enum host_part { HOST_HOME, HOST_MAILDIR, HOST_NEW };

/* The directory of the i-th, reached without following a link. -1 with errno. */
int hosts_open(const struct hosts *c, size_t i, enum host_part part);

/* By that errno: something is missing, or is no directory, so this is no customer, or not yet. */
bool hosts_is_incomplete(int errnum);

/* Does mail wait in the i-th? new: its open Maildir/new, just opened. 1, 0, or -1 with errno. Stops at the first message. */
int hosts_waiting(int new);

struct host {
	bool paused, on_demand;
	bool mail; /* at least one message waits, and there is a RELAYHOST */
};

/*
 * The i-th is looked at; a directory that is no customer has no mail. The marks are only looked for when mail waits, so
 * that an empty customer costs little. 0 or -1.
 */
int hosts_look(struct ctx *ctx, const struct conf *conf, const struct hosts *all, size_t i, struct host *c);

#endif
