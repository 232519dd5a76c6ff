/* which - which box is meant: by its name, or by an address that delivers into it and into no other. */
#ifndef BOX_WHICH_H
#define BOX_WHICH_H

#include "box/boxes.h"
#include "plan/plan.h"
#include "qmail/dotqmail.h"
#include "routing/routing.h"

/*
 * All answer 0 found, 1 there is none, -1. The name of a box is the last part of its path, with dots for colons (vmailmgr puts
 * ann.lee's mail into Ann:Lee), which would end a field of users/qv-passwd. plan may be NULL; else boxes and files
 * are looked for as they are once it is applied.
 */

/*
 * What one instruction delivers into; home is where "./" begins. None: it is no Maildir, or its path begins
 * elsewhere or has no place in users/qv-passwd.
 */
int box_of_line(const struct dotqmail_line *l, const char *home, struct box *box);

/*
 * The one Maildir that this .qmail text delivers into. Copies may be sent on; with a second Maildir, an mbox or a program
 * beside it: none.
 */
int box_of_text(const char *text, size_t n, const char *home, struct box *box);

/* By the address' own .qmail file: .qmail-default and .qmail-X-default deliver, but are nobody's box. */
int box_of_address(struct ctx *ctx, const struct conf *conf, const struct routing *r, struct plan *plan,
                   const struct name_address *a, struct box *box);

/*
 * HANDLE-anything is the box of customer HANDLE, when it is there; else all customers are asked, and all homes that
 * others laid out (r NULL: not those), and it is an error when two have a box of this name. It must be a name that
 * name_box() lets in.
 */
int box_by_name(struct ctx *ctx, const struct conf *conf, const struct routing *r, struct plan *plan, const char *name,
                struct box *box);

/*
 * boxes_make(), with name NULL box_next(); but a new box gets no name that begins as those of another customer's boxes do: whoever logs in by it would be
 * in the wrong one. Of any other name that another customer has a box of, a warning. An import may, for it repeats what was there.
 */
int box_make(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *name, struct plan *plan,
             struct box *box);

#endif
