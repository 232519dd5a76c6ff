/* texts - many short strings, kept together and freed together. */
#include "lib/texts.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536 - 64 }; /* bytes */

struct texts_chunk {
	struct texts_chunk *before;
	size_t size;
	char bytes[];
};

static int more(struct texts *t, size_t n)
{
	size_t size = n > CHUNK ? n : CHUNK;
	struct texts_chunk *c = malloc(sizeof *c + size);

	if (c == NULL)
		return -1;
	c->before = t->last;
	c->size = size;
	t->last = c;
	t->left = size;
	return 0;
}

const char *texts_add(struct texts *t, const char *p, size_t n)
{
	char *to;

	if (n >= t->left && more(t, n + 1) < 0)
		return NULL;
	to = t->last->bytes + t->last->size - t->left;
	memcpy(to, p, n);
	to[n] = '\0';
	t->left -= n + 1;
	return to;
}

void texts_join(struct texts *t, struct texts *from)
{
	struct texts_chunk *first = from->last;

	while (first != NULL && first->before != NULL)
		first = first->before;
	if (t->last == NULL) {
		*t = *from;
	} else if (first != NULL) {
		first->before = t->last->before;
		t->last->before = from->last;
	}
	*from = (struct texts){0};
}

void texts_free(struct texts *t)
{
	while (t->last != NULL) {
		struct texts_chunk *c = t->last;

		t->last = c->before;
		free(c);
	}
	*t = (struct texts){0};
}
