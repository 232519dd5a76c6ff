/* domain_kinds - "qv-domain add KIND": each kind's arguments, options and help. */
#ifndef SETUP_DOMAIN_KINDS_H
#define SETUP_DOMAIN_KINDS_H

#include "lib/verb.h"

/* pop, relay, backup, dialup, virtual; ended by one without a name. */
extern const struct verb domain_kinds[];

#endif
