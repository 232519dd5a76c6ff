/* calls - the names of those who have called and have not been answered yet. No I/O. */
#ifndef MASTER_CALLS_H
#define MASTER_CALLS_H

#include "lib/buf.h"

struct calls {
	struct buf names; /* private: each with a newline before and behind it */
};

#define CALLS ((struct calls){BUF(1 << 22)})

/* Once, however often it calls. Without memory all are forgotten: they have to call again. */
void calls_add(struct calls *c, const char *name);

bool calls_has(const struct calls *c, const char *name);

/* Whether it has called or not. */
void calls_forget(struct calls *c, const char *name);

void calls_free(struct calls *c);

#endif
