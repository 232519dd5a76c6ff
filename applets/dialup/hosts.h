/* hosts - the dial-up hosts: the directories below serialmail that have a RELAYHOST. */
#ifndef DIALUP_HOSTS_H
#define DIALUP_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qmail/conf.h"

/* There may be ten thousand: each takes four bytes and its name, in two allocations. */
struct hosts {
	size_t n; /* directories below conf->serialmail, in the order of their names; some may not be customers */
	/* private */
	int dir;          /* conf->serialmail, to open directories relative to it; -1 if it is missing */
	struct buf names; /* as they were listed */
	uint32_t *at;     /* where each begins in names */
};

/* The empty value. */
#define HOSTS ((struct hosts){.dir = -1})

/* A missing serialmail has none. 0 or -1; free either way. */
int hosts_load(struct ctx *ctx, const struct conf *conf, struct hosts *c);

/* The same into now; 1 if nothing changed since c, and now is empty. Costs one reading of serialmail. */
int hosts_reload(struct ctx *ctx, const struct conf *conf, const struct hosts *c, struct hosts *now);
void hosts_free(struct hosts *c);

const char *hosts_name(const struct hosts *c, size_t i);

/* The index of name, or c->n. */
size_t hosts_find(const struct hosts *c, const char *name);

enum host_part { HOST_HOME, HOST_MAILDIR, HOST_NEW };

/* Open a directory of the i-th, without following links. -1 with errno. */
int hosts_open(const struct hosts *c, size_t i, enum host_part part);

/* True if that errno means a missing or wrong file: the directory is not a customer, or not yet. */
bool hosts_is_incomplete(int errnum);

struct host {
	bool paused, on_demand;
	bool mail; /* at least one message waits, and RELAYHOST exists */
	time_t aged; /* on demand: when mail past its lifetime was last looked for, by the time of the mark */
};

/*
 * Examine the i-th; a directory that is not a customer has no mail. The marks are only checked if mail waits, so that
 * a customer without mail costs little. Keeps the mark of one that is full, unless ctx->dry_run. 0 or -1.
 */
int hosts_look(struct ctx *ctx, const struct conf *conf, const struct hosts *all, size_t i, struct host *c);

#endif
