/* status_json - the state of a dial-up host as a JSON object. */
#ifndef DIALUP_STATUS_JSON_H
#define DIALUP_STATUS_JSON_H

#include "dialup/status.h"

void status_json(struct buf *b, const char *host, const struct status *s, long long now);

#endif
