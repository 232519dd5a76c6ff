/* body - a message's text as it goes over the wire after DATA (RFC 5321 4.5.2). */
#include "smtp/body.h"

#include <string.h>

/* Bytes before the next line end, at most n. */
static size_t run_length(const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);
	const char *cr;

	if (lf != NULL)
		n = (size_t)(lf - p);
	cr = memchr(p, '\r', n);
	return cr != NULL ? (size_t)(cr - p) : n;
}

static size_t put_line_end(struct smtp_body *b, char *to)
{
	to[0] = '\r';
	to[1] = '\n';
	b->in_line = false;
	return 2;
}

/* What stands at p, n bytes of one line; size is at least 2. Takes *taken of them. */
static size_t put_run(struct smtp_body *b, const char *p, size_t n, char *to, size_t size, size_t *taken)
{
	size_t dot = !b->octets && !b->in_line && *p == '.';

	if (n > size - dot)
		n = size - dot;
	to[0] = '.';
	memcpy(to + dot, p, n);
	b->in_line = true;
	*taken = n;
	return dot + n;
}

size_t smtp_body_put(struct smtp_body *b, const char **p, size_t *n, char *to, size_t size)
{
	size_t put = 0;

	while (*n > 0 && size - put >= 2) {
		size_t taken = run_length(*p, *n);

		if (taken > 0)
			put += put_run(b, *p, taken, to + put, size - put, &taken);
		else if (**p == '\r' || !b->after_cr)
			put += put_line_end(b, to + put);
		b->after_cr = taken == 0 && **p == '\r';
		taken += taken == 0;
		*p += taken;
		*n -= taken;
	}
	return put;
}

size_t smtp_body_end(struct smtp_body *b, char *to)
{
	size_t put = b->in_line ? put_line_end(b, to) : 0;

	if (!b->octets) {
		memcpy(to + put, ".\r\n", 3);
		put += 3;
	}
	*b = (struct smtp_body){.octets = b->octets};
	return put;
}
