/* trigger_show - who may call for a dial-up host's mail, and who did: as readable text and as JSON. Never a secret. */
#ifndef SETUP_TRIGGER_SHOW_H
#define SETUP_TRIGGER_SHOW_H

#include "dialup/call.h"
#include "setup/callers.h"

/* callers: NULL when users/qv-trigger cannot be read, as by anyone but root. */
void trigger_show(const struct callers *callers, const char *host, const struct call *last);

/* The keys "trigger" and "last_call" of an object. */
void trigger_show_json(const struct callers *callers, const char *host, const struct call *last, struct buf *b);

#endif
