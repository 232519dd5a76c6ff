/* export_paths - what an export has seen. */
#include "move/export_paths.h"

#include <stdlib.h>
#include <string.h>

#include "lib/grow.h"

static struct export_path *find(const struct export_paths *p, const char *path)
{
	size_t i;

	return strmap_get(&p->index, path, &i) ? &p->path[i] : NULL;
}

const struct export_path *export_paths_find(const struct export_paths *p, const char *path)
{
	return find(p, path);
}

/* A new one, without a text; NULL: out of memory. */
static struct export_path *add(struct export_paths *p, const char *path)
{
	struct export_path *more = grow(p->path, p->n, &p->room, 64, sizeof *more);

	if (more == NULL)
		return NULL;
	p->path = more;
	more += p->n;
	*more = (struct export_path){.path = strdup(path)};
	if (more->path == NULL || strmap_put(&p->index, more->path, p->n) < 0) {
		free(more->path);
		return NULL;
	}
	p->n++;
	return more;
}

void export_paths_add(struct export_paths *p, const char *path, const char *text, bool replace)
{
	struct export_path *is = find(p, path);

	if (is != NULL && !replace)
		return;
	if (is == NULL)
		is = add(p, path);
	if (is == NULL) {
		p->failed = true;
		return;
	}
	free(is->text);
	is->text = strdup(text);
	p->failed |= is->text == NULL;
}

void export_paths_free(struct export_paths *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->path[i].path);
		free(p->path[i].text);
	}
	free(p->path);
	strmap_free(&p->index);
}
