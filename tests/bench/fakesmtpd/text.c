/* text - a message's bytes as they come, in stretches up to a line end: checked for bare CR and LF, and kept. */
#include <string.h>

#include "fakesmtpd.h"

static int before; /* the byte before this one; a text begins like a line */

void text_begins(void)
{
	before = '\n';
	keep_begin();
}

void text_ends(void)
{
	if (before == '\r')
		violation("a bare CR at the end of a text");
}

/* A stretch has at most one LF, at its end. */
static void check_line_end(const char *p, size_t n)
{
	const char *cr = memchr(p, '\r', n);
	bool lf = p[n - 1] == '\n';
	const char *wanted = lf ? p + n - 2 : p + n - 1; /* the one place of a CR */

	if (before == '\r' && *p != '\n')
		violation("a bare CR in a text");
	if (cr != NULL && cr != wanted)
		violation("a bare CR in a text");
	if (lf && (n > 1 ? p[n - 2] : before) != '\r')
		violation("a bare LF in a text");
	before = (unsigned char)p[n - 1];
}

/* One stretch of at most max bytes is taken: a line, or what there is of it. */
static size_t take_stretch(size_t max, bool *line_ends)
{
	const char *p, *lf;
	size_t n = have(&p);
	bool cr_first = before == '\r';

	n = n < max ? n : max;
	lf = memchr(p, '\n', n);
	if (lf != NULL)
		n = (size_t)(lf - p) + 1;
	check_line_end(p, n);
	keep(p, n);
	*line_ends = lf != NULL && (n > 1 ? p[n - 2] == '\r' : cr_first);
	took(n);
	return n;
}

/* At the beginning of a line, before a dot: true if it is the lone one that ends the text. */
static bool take_dot(size_t *size)
{
	int c;

	get();
	c = get();
	if (c == '\r') {
		c = get();
		if (c == '\n')
			return true;
		violation("a dot and a bare CR in a text");
	}
	if (c != '.')
		violation("a leading dot that is not doubled");
	before = c;
	keep(&(char){(char)c}, 1);
	(*size)++;
	return false;
}

void take_text(size_t *size)
{
	bool begins = true;
	const char *p;

	*size = 0;
	text_begins();
	reply(BODY, NULL);
	for (;;) {
		have(&p);
		if (begins && *p == '.' && take_dot(size))
			return;
		*size += take_stretch(SIZE_MAX, &begins);
	}
}

void take_chunk(size_t n)
{
	size_t half = n / 2;
	bool ends;

	while (n > half)
		n -= take_stretch(n - half, &ends);
	reply(CHUNK, NULL);
	while (n > 0)
		n -= take_stretch(n, &ends);
}
