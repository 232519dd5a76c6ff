/*
 * next - the next box of a customer, which nobody named.
 *
 *	if (box_next(ctx, conf, &b, plan, &box) < 0)
 *		return -1;
 *	... steps that let an address deliver into it
 *	return box_use_up(ctx, &b, &box, plan);
 *
 * Its number is written down last: a box with a number above the last one used was left by a command that was cut off, if it
 * is empty and nobody's. The same command, run again, takes that one.
 */
#ifndef BOX_NEXT_H
#define BOX_NEXT_H

#include "box/boxes.h"

/* Steps that make the box with the next free number; or the one that was left. In an import each is a new one. 0 or -1. */
int box_next(struct ctx *ctx, const struct conf *conf, const struct boxes *b, struct plan *plan, struct box *box);

/* The box that postmaster's mail goes to: HANDLE-0000, or the next one when that is used up and gone. 0 or -1. */
int box_first(struct ctx *ctx, const struct conf *conf, const struct boxes *b, struct plan *plan, struct box *box);

/* A step that uses up the number of this box, and all below, where that was not done yet. 0 or -1. */
int box_use_up(struct ctx *ctx, const struct boxes *b, const struct box *box, struct plan *plan);

#endif
