/* json_check - is it JSON (RFC 8259), to the letter? And what does a string in it say? */
#ifndef JSON_CHECK_H
#define JSON_CHECK_H

#include <stddef.h>

#include "lib/buf.h"

/* One document and nothing behind it; else it ends the process, as check() does. */
void json_check(const char *p, size_t n);

/* The same for a string alone; its text is added to to. */
void json_check_string(const char *p, size_t n, struct buf *to);

#endif
