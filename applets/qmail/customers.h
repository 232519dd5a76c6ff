/* customers - the dial-up hosts: the directories below serialmail that have a RELAYHOST. */
#ifndef QMAIL_CUSTOMERS_H
#define QMAIL_CUSTOMERS_H

#include <stdbool.h>
#include <stddef.h>

#include "qmail/conf.h"

struct customers {
	char **name; /* sorted; directories below conf->serialmail, some may be no customers */
	size_t n;
	/* private */
	int dir; /* conf->serialmail, for short ways; -1 when it is missing */
};

/* A missing serialmail has none. 0 or -1; free either way. */
int customers_load(struct ctx *ctx, const struct conf *conf, struct customers *c);
void customers_free(struct customers *c);

/* The index of name, or c->n. */
size_t customers_find(const struct customers *c, const char *name);

struct customer {
	bool paused, on_demand;
	bool mail; /* at least one message waits */
};

/*
 * The i-th is looked at, without following a link; a directory that is no customer has no mail. The marks are only looked
 * for when mail waits, so that an empty customer costs little. 0 or -1.
 */
int customers_look(struct ctx *ctx, const struct conf *conf, const struct customers *all, size_t i, struct customer *c);

#endif
