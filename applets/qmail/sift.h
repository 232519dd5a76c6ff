/*
 * sift - the lines of a large virtualdomains that decide about one address. Pure.
 *
 * The file has no index, and constmap_find() looks at every line for each of an address's keys. Here 16 bytes are
 * compared at a time with what those keys have in common, the end of the host, so that 100,000 domains take less than a
 * millisecond.
 */
#ifndef QMAIL_SIFT_H
#define QMAIL_SIFT_H

#include "lib/buf.h"
#include "qmail/constmap.h"

/*
 * Append to to, in their order, lines of map such that rewrite() decides by them as it does by all of map: those with the
 * longest of the keys of address that occur, and perhaps with shorter ones. to fails if its limit is reached.
 */
void sift(const struct constmap *map, const char *address, size_t n, struct buf *to);

#endif
