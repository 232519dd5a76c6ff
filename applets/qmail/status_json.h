/* status_json - the state of a dial-up host as a JSON object. */
#ifndef QMAIL_STATUS_JSON_H
#define QMAIL_STATUS_JSON_H

#include "qmail/status.h"

void status_json(struct buf *b, const char *host, const struct status *s);

#endif
