/*
 * rewrite - where qmail-send puts an address: local or remote, and by which name. Pure.
 *
 *	1. no "@": envnoathost is put behind it
 *	2. while the host is in percenthack and a "%" stands before it: the last "%" becomes the "@", the host goes
 *	3. host in locals: local, as it is
 *	4. virtualdomains: the whole address, the host, the host's suffixes, "": the first that is there decides. Its value is put
 *	   before the address with a "-", and that is local; an empty value makes it remote
 *	5. else remote
 */
#ifndef QMAIL_REWRITE_H
#define QMAIL_REWRITE_H

#include "lib/buf.h"
#include "qmail/constmap.h"

/* As qmail-send has read them. */
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
	struct constmap_entry entry; /* that decided; none for REWRITE_REMOTE */
};

/*
 * A step of 1 and 2: address (a whole one in a buf) changes, and it returns true while there is one more to do. For the first two
 * steps entry says which line of percenthack it was; entry->line is 0 when envnoathost was put behind it.
 *
 *	while (rewrite_step(&maps, &address, &entry))
 *		;
 *	rewrite(&maps, &address, &to, &how);
 */
bool rewrite_step(const struct rewrite_maps *maps, struct buf *address, struct constmap_entry *entry);

/* Steps 3 to 5: the rewritten address into to. */
void rewrite(const struct rewrite_maps *maps, const struct buf *address, struct buf *to, struct rewrite *how);

#endif
