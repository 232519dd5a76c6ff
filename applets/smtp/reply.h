/*
 * reply - the server's bytes, cut anywhere, become replies (RFC 5321 4.2).
 *
 *	while (n > 0)
 *		switch (smtp_reply_feed(&r, &p, &n)) {
 *		case REPLY_MORE:	n is 0: the line goes on in the next piece
 *		case REPLY_LINE:	r.line is a line of a reply, more will come
 *		case REPLY_DONE:	r.line is its last line; r.code and r.text are the whole reply's
 *		case REPLY_BAD:		r.line is no line of a reply; there is no way on from here
 *		}
 *
 * A zeroed struct is ready. What r holds stands until the next call.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

enum {
	REPLY_KEPT = 440,  /* bytes kept of a line, and of a reply; the rest is read and dropped. RFC 5321 grants 512 */
	REPLY_MAX = 65536, /* a reply with more bytes than this is none */
};

enum reply_event { REPLY_MORE, REPLY_LINE, REPLY_DONE, REPLY_BAD };

struct smtp_reply {
	int code;                  /* 0 before the first line is complete */
	int lines;                 /* complete ones */
	char line[REPLY_KEPT + 1]; /* without code and line end; printable */
	char text[REPLY_KEPT + 1]; /* "250 first line / second line"; printable */

	size_t line_n, total; /* private */
	bool over;            /* private: the next byte begins a new reply */
};

enum reply_event smtp_reply_feed(struct smtp_reply *r, const char **p, size_t *n);

/* Copies n bytes as a string, cut to size; bytes outside 32..126 become '?'. */
void smtp_reply_printable(char *to, size_t size, const char *p, size_t n);

#endif
