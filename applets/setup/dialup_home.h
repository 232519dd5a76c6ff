/* dialup_home - find the directory in which a dial-up host's mail waits. */
#ifndef SETUP_DIALUP_HOME_H
#define SETUP_DIALUP_HOME_H

#include "qmail/conf.h"

/*
 * host: a dial-up host, an alias of one, or a directory below conf->serialmail with a RELAYHOST that no domain uses. 0,
 * or -1 if it is none of these.
 */
int dialup_home(struct ctx *ctx, const struct conf *conf, const char *host, char *home, size_t size);

#endif
