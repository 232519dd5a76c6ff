/* export_paths - what an export has seen. */
#include "move/export_paths.h"

#include <stdlib.h>
#include <string.h>

#include "lib/grow.h"

struct export_path *export_paths_find(const struct export_paths *p, const char *path)
{
	size_t i;

	return strmap_get(&p->index, path, &i) ? &p->path[i] : NULL;
}

/* A new one, without a text; NULL: out of memory. */
static struct export_path *add(struct export_paths *p, const char *path)
{
	struct export_path *more = grow(p->path, p->n, &p->room, 64, sizeof *more);

	if (more == NULL)
		return NULL;
	p->path = more;
	more += p->n;
	*more = (struct export_path){texts_add(&p->texts, path, strlen(path)), "", false};
	if (more->path == NULL || strmap_put(&p->index, more->path, p->n) < 0)
		return NULL;
	p->n++;
	return more;
}

void export_paths_add(struct export_paths *p, const char *path, const char *text, bool replace)
{
	struct export_path *is = export_paths_find(p, path);

	if (is != NULL && !replace)
		return;
	if (is == NULL)
		is = add(p, path);
	if (is != NULL && *text != '\0')
		is->text = texts_add(&p->texts, text, strlen(text));
	p->failed |= is == NULL || is->text == NULL;
}

void export_paths_free(struct export_paths *p)
{
	free(p->path);
	texts_free(&p->texts);
	strmap_free(&p->index);
}
