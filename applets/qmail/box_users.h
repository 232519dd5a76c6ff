/* box_users - who delivers into a box: looked for in all domains of its customer. */
#ifndef QMAIL_BOX_USERS_H
#define QMAIL_BOX_USERS_H

#include "qmail/boxes.h"

/*
 * 1 if a .qmail file of any domain of this customer delivers into box, its path in who; 0 if none does; -1.
 * except (a home, or one .qmail file) does not count.
 */
int box_user(struct ctx *ctx, const struct boxes *b, const struct box *box, const char *except, char *who, size_t size);

#endif
