/* addresses - the addresses of a domain: the .qmail files in its home and their contents. */
#ifndef BOX_ADDRESSES_H
#define BOX_ADDRESSES_H

#include <stdbool.h>

#include "box/boxes.h"
#include "lib/sorted.h"
#include "qmail/names.h"

struct address {
	char local[NAME_MAX + 1]; /* "joe"; "default" is the catch-all */
	struct buf text;          /* the file's bytes */
	bool is_link;             /* it is a link (as ezmlm makes); text is that of the file it leads to */
};

struct addresses {
	struct address *address; /* by name; free with addresses_free() */
	size_t n;
	struct sorted others; /* the names of all other files, of which no domain could have an address */
};

/*
 * All .qmail-* files of home that qmail would ever read and whose local parts begin with ext, which is removed. A missing
 * home has no addresses. Links are followed with the rights of home's owner: a broken link is not an address; for one
 * that the owner may not follow a warning is printed. 0 or -1.
 */
int addresses_load(struct ctx *ctx, const char *home, const char *ext, struct addresses *a);
void addresses_free(struct addresses *a);

/* True if an instruction delivers into this box (its path, with or without a final slash). */
bool address_uses(const struct address *a, const struct box *box);

/* If text has a single instruction and it delivers into one of the boxes b: the name of that box; else NULL. */
const char *address_box(const char *text, size_t n, const struct boxes *b, char *name, size_t size);

/* True if there is at least one instruction and each is a forward. */
bool address_forwards(const char *text, size_t n);

#endif
