/* used_by - find the address that delivers into a box, in all domains of its customer. */
#ifndef BOX_USED_BY_H
#define BOX_USED_BY_H

#include "box/boxes.h"
#include "lib/sorted.h"

/*
 * 1 if a .qmail file of any domain of this customer delivers into box, its path in who; 0 if none does; -1.
 * except (a home, or one .qmail file) is not searched.
 */
int box_user(struct ctx *ctx, const struct boxes *b, const struct box *box, const char *except, char *who, size_t size);

/*
 * All Maildirs that box_user() would find an address of, into paths = SORTED(CONTROL_MAX): for very many boxes. except: a
 * home that does not count. 0 or -1.
 */
int boxes_used(struct ctx *ctx, const struct boxes *b, const char *except, struct sorted *paths);

#endif
