/*
 * buf - bytes that grow, up to a limit known where the buffer is made.
 *
 *	struct buf b = BUF(FILE_MAX);
 *
 *	buf_str(&b, "domain ");
 *	buf_printf(&b, "%s\n", name);
 *	if (buf_failed(&b))		append freely, check once
 *		...
 *	buf_free(&b);
 *
 * When memory runs out or the limit is reached, the buffer fails permanently: its contents are kept and nothing more
 * is added. A zeroed buffer has limit 0 and accepts nothing.
 */
#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *p;    /* len bytes, and a NUL after them once anything was added */
	size_t len;
	size_t cap; /* private */
	size_t max;
	bool failed;
};

#define BUF(limit) ((struct buf){.max = (limit)})

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes at b->p + b->len, or NULL; the caller adds to len what it used. */
char *buf_room(struct buf *b, size_t n);

bool buf_failed(const struct buf *b);
const char *buf_text(const struct buf *b); /* NUL-terminated; "" when empty */
void buf_free(struct buf *b);              /* empty again, limit kept */

#endif
