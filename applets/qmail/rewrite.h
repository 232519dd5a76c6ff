/*
 * rewrite - how qmail-send classifies an address: local or remote, and its rewritten form. Pure.
 *
 *	1. no "@": "@" and envnoathost are appended
 *	2. while the host is in percenthack and the local part has a "%": the last "%" becomes the "@", the host is removed
 *	3. host in locals: local, unchanged
 *	4. virtualdomains: the whole address, the host, the host's suffixes, "": the first key found decides. Its value and a
 *	   "-" are put before the address, which is then local; an empty value makes it remote
 *	5. else remote
 */
#ifndef QMAIL_REWRITE_H
#define QMAIL_REWRITE_H

#include "lib/buf.h"
#include "qmail/constmap.h"

/* The contents that qmail-send has read. */
struct rewrite_maps {
	const char *envnoathost;
	struct constmap percenthack, locals, virtualdomains;
};

enum rewrite_how {
	REWRITE_LOCAL,    /* by an entry of locals */
	REWRITE_VIRTUAL,  /* by an entry of virtualdomains */
	REWRITE_EXCLUDED, /* remote, by an entry of virtualdomains without a value */
	REWRITE_REMOTE,   /* no entry anywhere */
};

struct rewrite {
	enum rewrite_how how;
	struct constmap_entry entry; /* the one that decided; none for REWRITE_REMOTE */
};

/*
 * One application of step 1 or 2: changes address and returns true; false if neither applies. entry is the line of
 * percenthack that applied; entry->line is 0 if envnoathost was appended.
 *
 *	while (rewrite_step(&maps, &address, &entry))
 *		;
 *	rewrite(&maps, &address, &to, &how);
 */
bool rewrite_step(const struct rewrite_maps *maps, struct buf *address, struct constmap_entry *entry);

/* Steps 3 to 5: the rewritten address into to. */
void rewrite(const struct rewrite_maps *maps, const struct buf *address, struct buf *to, struct rewrite *how);

#endif
