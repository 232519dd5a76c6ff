/* input - lines from a caller, within limits: he may say anything, or nothing, for ever. */
#ifndef TRIGGER_INPUT_H
#define TRIGGER_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INPUT_LINE = 16384,      /* bytes of a line: a list of domains for ATRN may be long */
	INPUT_IDLE_MS = 300000,  /* RFC 5321 4.5.3.2.7 */
	INPUT_WHOLE_MS = 600000, /* from the first byte to QUIT, or to the turn */
	INPUT_WRITE_MS = 60000,  /* for a reply to be read */
};

enum input_end {
	INPUT_GOOD,   /* a line */
	INPUT_LONG,   /* one that is longer than INPUT_LINE; it was passed over */
	INPUT_CLOSED, /* he has gone */
	INPUT_IDLE,   /* he says nothing, or is here for too long */
};

struct input {
	int from, to;
	int64_t until;   /* clock_ms() */
	size_t n, at;    /* bytes in buf, and where the next line begins */
	bool passing;    /* the rest of a long line is passed over */
	char buf[INPUT_LINE + 1];
};

/* Both become non-blocking. */
void input_open(struct input *in, int from, int to);

/* The next line, without its end (LF, CRLF); valid until the next call. NULs in it become '?'. */
enum input_end input_line(struct input *in, char **line);

/* Was more sent than the line? */
bool input_has_more(const struct input *in);

/* False: he does not read, or has gone. */
bool input_write(struct input *in, const char *p, size_t n);

#endif
