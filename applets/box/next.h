/*
 * next - choose the next box of a customer when no name was given.
 *
 *	if (box_next(ctx, conf, &b, plan, &box) < 0)
 *		return -1;
 *	... steps that let an address deliver into it
 *	return box_use_up(ctx, &b, &box, plan);
 *
 * Its number is recorded last. So an empty box that no address uses and whose number is above the last one used was left
 * by an interrupted command; the same command, run again, takes that box.
 */
#ifndef BOX_NEXT_H
#define BOX_NEXT_H

#include "box/boxes.h"

/* Add steps that make the box with the next free number, or take the one left over (not in an import). 0 or -1. */
int box_next(struct ctx *ctx, const struct conf *conf, const struct boxes *b, struct plan *plan, struct box *box);

/* The box for postmaster's mail: HANDLE-0000, or the next one if that was removed. 0 or -1. */
int box_first(struct ctx *ctx, const struct conf *conf, const struct boxes *b, struct plan *plan, struct box *box);

/* Add a step that marks the number of this box and all below it as used, unless they are. 0 or -1. */
int box_use_up(struct ctx *ctx, const struct boxes *b, const struct box *box, struct plan *plan);

#endif
