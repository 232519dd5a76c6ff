/* addresses - the addresses of a domain: the .qmail files in its home and what they say. */
#ifndef BOX_ADDRESSES_H
#define BOX_ADDRESSES_H

#include <stdbool.h>

#include "box/boxes.h"
#include "qmail/names.h"

struct address {
	char local[NAME_MAX + 1]; /* "joe"; "default" is the catch-all */
	struct buf text;          /* the file's bytes */
	bool is_link;             /* it is a link (ezmlm makes its lists so); text is what that leads to */
};

struct addresses {
	struct address *address; /* by name; free with addresses_free() */
	size_t n;
};

/*
 * Links are followed as the owner of home would; one that leads nowhere is no address, one that it may not follow is said.
 * All .qmail-* files of home that qmail would ever read and whose names go on with ext, which is taken off. A home that is missing has
 * none. 0 or -1.
 */
int addresses_load(struct ctx *ctx, const char *home, const char *ext, struct addresses *a);
void addresses_free(struct addresses *a);

/* Is there an instruction that delivers into this box (its path, with slash or without)? */
bool address_uses(const struct address *a, const struct box *box);

/* The one box below dir that all of it delivers to: its name, or NULL. Comments do not count. */
const char *address_box(const char *text, size_t n, const struct boxes *b, char *name, size_t size);

/* True if every instruction is a forward, and there is one at least. */
bool address_forwards(const char *text, size_t n);

#endif
