/*
 * json - write JSON (RFC 8259) into a buf, with its commas.
 *
 *	json_open(&b, '[');
 *	json_open(&b, '{');
 *	json_key(&b, "host");
 *	json_string(&b, name);
 *	json_close(&b, '}');
 *	json_close(&b, ']');
 *
 * Strings are bytes; invalid UTF-8 becomes U+FFFD.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"

void json_open(struct buf *b, char bracket);
void json_close(struct buf *b, char bracket);
void json_key(struct buf *b, const char *key);
void json_string(struct buf *b, const char *s); /* NULL: null */
void json_bytes(struct buf *b, const char *s, size_t n);
void json_number(struct buf *b, intmax_t n);
void json_thousandths(struct buf *b, intmax_t n); /* 12345: 12.345; n >= 0 */
void json_bool(struct buf *b, bool v);
void json_null(struct buf *b);

/* A key with its value. */
void json_put_string(struct buf *b, const char *key, const char *s); /* NULL: null */
void json_put_bytes(struct buf *b, const char *key, const struct buf *value);
void json_put_number(struct buf *b, const char *key, intmax_t n);
void json_put_number_or_null(struct buf *b, const char *key, bool known, intmax_t n);
void json_put_bool(struct buf *b, const char *key, bool v);

#endif
