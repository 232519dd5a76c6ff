/*
 * turns - in which order a pass goes through the hosts: as they are listed; but gateways that share them each in an order of its
 * own, lest all be after the same host at the same time.
 */
#ifndef MASTER_TURNS_H
#define MASTER_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct turns {
	/* private */
	size_t n, from, step;
};

/* n hosts; name: this gateway's, "" if it has them alone. */
void turns_begin(struct turns *t, size_t n, const char *name);

/* The host whose turn is number at, of 0 to n - 1: each has one. */
size_t turns_at(const struct turns *t, size_t at);

/* Milliseconds by which it is due before the last of them, so that the order is kept; 0 where it is that of the list. */
int64_t turns_left(const struct turns *t, size_t at);

#endif
