/* relayhost - RELAYHOST: the servers of a dial-up host, in order of preference. */
#include "dialup/relayhost.h"

#include <string.h>

static size_t strip(const char **p, size_t n)
{
	while (n > 0 && strchr(" \t\r", (*p)[n - 1]) != NULL && (*p)[n - 1] != '\0')
		n--;
	while (n > 0 && (**p == ' ' || **p == '\t')) {
		++*p;
		n--;
	}
	return n;
}

static int add(struct err *e, const char *path, size_t number, const char *line, size_t n, struct relayhost *r)
{
	char text[sizeof r->host->host + 16];

	n = strip(&line, n);
	if (n == 0 || *line == '#')
		return 0;
	if (r->n == RELAYHOST_MAX)
		return err_perm(e, "%s:%zu: more than %d hosts; remove some", path, number, RELAYHOST_MAX);
	if (n < sizeof text && memchr(line, '\0', n) == NULL) {
		memcpy(text, line, n);
		text[n] = '\0';
		if (name_split_relay(text, &r->host[r->n]) == 0) {
			if (r->host[r->n].port == 0)
				r->host[r->n].port = RELAYHOST_PORT;
			r->n++;
			return 0;
		}
	}
	return err_perm(e, "%s:%zu: invalid mail server \"%.*s\": expected HOST, HOST:PORT, [IPV6] or [IPV6]:PORT", path, number,
	                (int)(n < 200 ? n : 200), line);
}

int relayhost_parse(struct err *e, const char *path, const char *text, size_t n, struct relayhost *r)
{
	size_t number = 1, at = 0;

	r->n = 0;
	for (; at < n; number++) {
		const char *lf = memchr(text + at, '\n', n - at);
		size_t len = lf != NULL ? (size_t)(lf - text) - at : n - at;

		if (add(e, path, number, text + at, len, r) < 0)
			return -1;
		at += len + 1;
	}
	return r->n > 0 ? 0 : err_perm(e, "%s: contains no host; put the customer's mail server into it", path);
}
