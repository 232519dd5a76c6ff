/* lines - a control file as lines; untouched lines keep their bytes and their place. */
#include "qmail/lines.h"

#include <stdlib.h>
#include <string.h>

#include "lib/find.h"
#include "lib/grow.h"
#include "qmail/conf.h"
#include "qmail/lines_index.h"
#include "qmail/names.h"

/* The first allocation is enough for a text of short lines: memory that is never written costs nothing. */
static struct lines_line *make_room(struct lines *l)
{
	struct lines_line *line = grow(l->line, l->n, &l->cap, l->text.len / 16 + 64, sizeof *line);

	if (line != NULL)
		l->line = line;
	else
		l->failed = true;
	return line;
}

void lines_take(struct lines *l, struct buf *b)
{
	const char *p = buf_text(b), *lf;
	size_t at = 0, n = b->len, len;

	*l = (struct lines){.text = *b, .index = lines_index_new()};
	l->text.max = 2 * (size_t)CONTROL_MAX;
	*b = BUF(b->max);
	while (at < n && make_room(l) != NULL) {
		lf = find_byte(p + at, '\n', n - at);
		len = lf != NULL ? (size_t)(lf - p) + 1 - at : n - at;
		l->line[l->n++] = (struct lines_line){(uint32_t)at, (uint32_t)len};
		at += len;
	}
}

void lines_parse(struct lines *l, const char *p, size_t n)
{
	struct buf b = BUF(CONTROL_MAX);

	buf_add(&b, p, n);
	lines_take(l, &b);
	l->failed |= n > 0 && l->text.len == 0;
}

void lines_free(struct lines *l)
{
	buf_free(&l->text);
	lines_index_free(l->index);
	free(l->line);
	*l = (struct lines){0};
}

bool lines_failed(const struct lines *l)
{
	return l->failed || buf_failed(&l->text);
}

static bool same(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (name_fold(a[i]) != name_fold(b[i]))
			return false;
	return true;
}

static bool has_key(const struct lines *l, enum lines_key kind, size_t i, const char *key, size_t n)
{
	const char *p;
	size_t len;

	return lines_key(l, kind, i, &p, &len) && len == n && same(p, key, n);
}

size_t lines_find(const struct lines *l, enum lines_key kind, const char *key, size_t from)
{
	size_t n = strlen(key), found = LINES_NONE, i = l->n;

	while ((i = lines_index_before(l, kind, key, n, i)) != LINES_NONE && i >= from)
		if (has_key(l, kind, i, key, n))
			found = i;
	return found;
}

size_t lines_find_before(const struct lines *l, enum lines_key kind, const char *key, size_t i)
{
	size_t n = strlen(key);

	while ((i = lines_index_before(l, kind, key, n, i)) != LINES_NONE && !has_key(l, kind, i, key, n))
		;
	return i;
}

size_t lines_find_last(const struct lines *l, enum lines_key kind, const char *key)
{
	return lines_find_before(l, kind, key, l->n);
}

/* The last line may lack its newline; one is added before another line follows. */
static void end_last_line(struct lines *l)
{
	struct lines_line *last = &l->line[l->n - 1];
	size_t at = l->text.len;

	if (l->text.p[last->at + last->n - 1] == '\n' || buf_room(&l->text, last->n + 1) == NULL)
		return;
	buf_add(&l->text, l->text.p + last->at, last->n);
	buf_char(&l->text, '\n');
	*last = (struct lines_line){(uint32_t)at, last->n + 1};
}

void lines_remove(struct lines *l, size_t i)
{
	lines_index_cut(l, i);
	memmove(l->line + i, l->line + i + 1, (l->n - i - 1) * sizeof *l->line);
	l->n--;
	l->changed = true;
}

/* Is line i the last one, and the end of text? Then a line before it is put there, and all remain in one piece. */
static bool ends_text(const struct lines *l, size_t i)
{
	return i + 1 == l->n && l->line[i].at + l->line[i].n == l->text.len && l->text.p[l->text.len - 1] == '\n';
}

/* A line of text before its byte at. */
static void put_text(struct lines *l, size_t at, const char *text)
{
	size_t n = strlen(text), tail = l->text.len - at;
	char *p = buf_room(&l->text, n + 1) != NULL ? l->text.p + at : NULL;

	if (p == NULL)
		return;
	memmove(p + n + 1, p, tail);
	memcpy(p, text, n);
	p[n] = '\n';
	l->text.len += n + 1;
}

void lines_insert(struct lines *l, size_t i, const char *text)
{
	size_t at, n = strlen(text) + 1;
	bool moves;

	if (i == l->n && l->n > 0 && l->line[l->n - 1].n == 0) /* all of it was spliced away, and it had no newline */
		lines_remove(l, --i);
	if (i == l->n && l->n > 0)
		end_last_line(l);
	l->changed = true; /* if it failed, too: whoever writes them finds out */
	if (make_room(l) == NULL)
		return;
	lines_index_cut(l, i); /* while each line has its text */
	moves = ends_text(l, i);
	at = moves ? l->line[i].at : l->text.len;
	put_text(l, at, text);
	if (buf_failed(&l->text))
		return;
	memmove(l->line + i + 1, l->line + i, (l->n - i) * sizeof *l->line);
	l->line[i] = (struct lines_line){(uint32_t)at, (uint32_t)n};
	if (moves)
		l->line[i + 1].at += (uint32_t)n;
	l->n++;
}

void lines_splice(struct lines *l, size_t i, size_t from, size_t to, const char *by)
{
	const struct lines_line old = l->line[i];
	size_t at = l->text.len;

	if (buf_room(&l->text, old.n + strlen(by)) == NULL) /* reserve it now: line i itself lies in this buffer */
		return;
	lines_index_cut(l, i);
	buf_add(&l->text, l->text.p + old.at, from);
	buf_str(&l->text, by);
	buf_add(&l->text, l->text.p + old.at + to, old.n - to);
	l->line[i] = (struct lines_line){(uint32_t)at, (uint32_t)(l->text.len - at)};
	l->changed = true;
}

/* The lines from i on that are adjacent in text: their bytes, and the first line after them. */
static size_t run(const struct lines *l, size_t i, size_t *end)
{
	size_t n = l->line[i].n;

	for (*end = i + 1; *end < l->n && l->line[*end].at == l->line[i].at + n; ++*end)
		n += l->line[*end].n;
	return n;
}

void lines_render(const struct lines *l, struct buf *out)
{
	size_t end;

	buf_room(out, l->text.len); /* at most that much, and at once */
	for (size_t i = 0; i < l->n; i = end) {
		size_t n = run(l, i, &end);

		buf_add(out, l->text.p + l->line[i].at, n);
	}
}

const char *lines_whole(const struct lines *l, size_t *n)
{
	size_t end = 0;

	*n = l->n > 0 ? run(l, 0, &end) : 0;
	return l->n > 0 && end == l->n ? l->text.p + l->line[0].at : NULL;
}
