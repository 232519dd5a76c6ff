/*
 * body - a message's text as it goes over the wire after DATA, or as the octets of BDAT.
 *
 * LF and CRLF become CRLF, a bare CR is made whole, a missing last newline is added. After DATA a leading dot is doubled, and
 * the end is "." CRLF (RFC 5321 4.5.2). So there is no bare LF, no bare CR and no lone dot before the end, however the
 * text is cut into pieces: nothing that another server could take for an end of data.
 */
#ifndef SMTP_BODY_H
#define SMTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

struct smtp_body {
	bool octets;   /* of BDAT, which are counted: dots stay as they are, and no dot ends them (RFC 3030 2) */
	bool in_line;  /* the last byte put was no line end */
	bool after_cr; /* a LF that comes now is the rest of CRLF, which stands there already */
};

enum { BODY_END_MAX = 5 }; /* bytes that smtp_body_end() may need */

/* Moves bytes from *p (*n of them) to `to` until either is used up; room for one byte may stay. The bytes put. */
size_t smtp_body_put(struct smtp_body *b, const char **p, size_t *n, char *to, size_t size);

/* The end of the text. Returns the bytes put; b is ready for the next text of its kind. */
size_t smtp_body_end(struct smtp_body *b, char *to);

#endif
