/* reply - the server's bytes, cut anywhere, become replies (RFC 5321 4.2). */
#include "smtp/reply.h"

#include <stdio.h>
#include <string.h>

void smtp_reply_printable(char *to, size_t size, const char *p, size_t n)
{
	size_t k = n < size ? n : size - 1;

	for (size_t i = 0; i < k; i++)
		to[i] = p[i] >= 32 && p[i] <= 126 ? p[i] : '?';
	to[k] = '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The code at the head of the line, or 0: this is no line of a reply. */
static int code_of(const struct smtp_reply *r)
{
	const char *p = r->line;

	if (r->line_n < 3 || p[0] < '1' || p[0] > '5' || !is_digit(p[1]) || !is_digit(p[2]))
		return 0;
	if (r->line_n > 3 && p[3] != ' ' && p[3] != '-')
		return 0;
	return (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

static void add_text(struct smtp_reply *r)
{
	const char *between = r->lines == 0 ? " " : " / ";
	size_t k = strlen(r->text);

	if (r->lines == 0)
		k = (size_t)snprintf(r->text, sizeof r->text, "%d", r->code);
	if (r->line[0] != '\0')
		snprintf(r->text + k, sizeof r->text - k, "%s%s", between, r->line);
}

static enum reply_event bad_line(struct smtp_reply *r)
{
	r->over = true;
	smtp_reply_printable(r->line, sizeof r->line, r->line, r->line_n);
	return REPLY_BAD;
}

/* RFC 5321 4.2.1: all lines have the same code, and all but the last a '-' behind it. */
static enum reply_event end_line(struct smtp_reply *r)
{
	int code;
	size_t head;

	if (r->line_n > 0 && r->line[r->line_n - 1] == '\r')
		r->line_n--;
	code = code_of(r);
	if (code == 0 || (r->lines > 0 && code != r->code))
		return bad_line(r);
	r->over = r->line_n == 3 || r->line[3] == ' ';
	r->code = code;
	head = r->line_n > 3 ? 4 : 3;
	smtp_reply_printable(r->line, sizeof r->line, r->line + head, r->line_n - head);
	add_text(r);
	r->lines++;
	r->line_n = 0;
	return r->over ? REPLY_DONE : REPLY_LINE;
}

static void begin(struct smtp_reply *r)
{
	r->code = r->lines = 0;
	r->line_n = r->total = 0;
	r->over = false;
}

enum reply_event smtp_reply_feed(struct smtp_reply *r, const char **p, size_t *n)
{
	if (r->over)
		begin(r);
	while (*n > 0) {
		char c = *(*p)++;

		--*n;
		if (c == '\n')
			return end_line(r);
		if (r->line_n < REPLY_KEPT)
			r->line[r->line_n++] = c;
		if (++r->total > REPLY_MAX)
			return bad_line(r);
	}
	return REPLY_MORE;
}
