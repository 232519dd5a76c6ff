/* buf - bytes that grow, up to a limit known where the buffer is made. */
#include "lib/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/copy.h"

char *buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 64;
	char *p;

	if (b->failed || n > b->max - b->len) {
		b->failed = true;
		return NULL;
	}
	while (cap < b->len + n + 1)
		cap *= 2;
	if (cap != b->cap) {
		p = realloc(b->p, cap);
		if (p == NULL) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	b->p[b->len + n] = '\0';
	return b->p + b->len;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_room(b, n);

	if (to == NULL || n == 0)
		return;
	copy(to, p, n);
	b->len += n;
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

static bool has_only_strings(const char *fmt)
{
	while ((fmt = strchr(fmt, '%')) != NULL && fmt[1] == 's')
		fmt += 2;
	return fmt == NULL;
}

static void join_strings(struct buf *b, const char *fmt, va_list ap)
{
	size_t n;

	for (;; fmt += n + 2) {
		n = strcspn(fmt, "%");
		buf_add(b, fmt, n);
		if (fmt[n] == '\0')
			return;
		buf_str(b, va_arg(ap, const char *));
	}
}

/* Most are of strings alone, and vsnprintf(3) took a quarter of the time of an export. It is called again where there was no room. */
void buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list ap, again;
	char *to;
	int n;

	va_start(ap, fmt);
	if (has_only_strings(fmt)) {
		join_strings(b, fmt, ap);
		va_end(ap);
		return;
	}
	va_copy(again, ap);
	n = vsnprintf(room > 0 ? b->p + b->len : NULL, room, fmt, ap);
	to = n < 0 ? NULL : buf_room(b, (size_t)n);
	if (to != NULL && (size_t)n >= room)
		vsnprintf(to, (size_t)n + 1, fmt, again);
	if (to != NULL)
		b->len += (size_t)n;
	else if (room > 0)
		b->p[b->len] = '\0';
	va_end(again);
	va_end(ap);
}

bool buf_failed(const struct buf *b)
{
	return b->failed;
}

const char *buf_text(const struct buf *b)
{
	return b->len > 0 ? b->p : "";
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF(b->max);
}
