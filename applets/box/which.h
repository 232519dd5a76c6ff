/* which - find a box by its name, or by an address that delivers into it and into no other. */
#ifndef BOX_WHICH_H
#define BOX_WHICH_H

#include "box/boxes.h"
#include "box/everywhere.h"
#include "plan/plan.h"
#include "qmail/dotqmail.h"
#include "routing/routing.h"

/*
 * All return 0: found, 1: not found, or -1. The name of a box is the last part of its path, with dots for colons (vmailmgr
 * puts ann.lee's mail into Ann:Lee), which would end a field of users/qv-passwd. plan may be NULL; else boxes and files
 * are found as they will be once it is applied.
 */

/*
 * The Maildir that one instruction delivers into; "./" means home. Not found: it is not a Maildir, its path begins with
 * neither "/" nor "./", or its path cannot be written in users/qv-passwd.
 */
int box_of_line(const struct dotqmail_line *l, const char *home, struct box *box);

/*
 * The one Maildir that this .qmail text delivers into. Forwards are allowed beside it; with a second Maildir, an mbox or
 * a program: not found.
 */
int box_of_text(const char *text, size_t n, const char *home, struct box *box);

/* By the address' own .qmail file; .qmail-default and .qmail-X-default are not used, as they serve many addresses. */
int box_of_address(struct ctx *ctx, const struct conf *conf, const struct routing *r, struct plan *plan,
                   const struct name_address *a, struct box *box);

/*
 * HANDLE-anything is the box of customer HANDLE, if it exists. Otherwise all customers are searched, and all homes in
 * other layouts (unless r is NULL); two boxes with this name are an error. name_box() must accept the name. e is kept for the
 * next name.
 */
int box_by_name(struct ctx *ctx, const struct conf *conf, const struct routing *r, struct plan *plan, struct everywhere *e,
                const char *name, struct box *box);

/*
 * boxes_make(), or box_next() if name is NULL. A name for a new box that begins with another customer's handle is refused,
 * because a login by it could reach the wrong box. If another customer has a box of the same name, a warning is printed.
 * An import accepts both, as it reproduces existing boxes.
 */
int box_make(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *name, struct plan *plan,
             struct box *box);

#endif
