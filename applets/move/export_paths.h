/* export_paths - what an export has seen: paths, each with a text, in the order in which they came. */
#ifndef MOVE_EXPORT_PATHS_H
#define MOVE_EXPORT_PATHS_H

#include "lib/ctx.h"
#include "lib/strmap.h"
#include "lib/texts.h"

struct export_path {
	const char *path, *text; /* text "": none */
	bool numbered;           /* a directory of boxes: a command makes its .qv-last */
};

struct export_paths {
	struct export_path *path;
	size_t n, room;
	bool failed; /* out of memory; what is asked then is not to be believed */

	struct strmap index; /* private */
	struct texts texts;  /* private */
};

/* path with that text; a known path keeps its text where replace is false. */
void export_paths_add(struct export_paths *p, const char *path, const char *text, bool replace);

/* NULL: it was not seen. Good until the next is added. */
struct export_path *export_paths_find(const struct export_paths *p, const char *path);

void export_paths_free(struct export_paths *p);

#endif
