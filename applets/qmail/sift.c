/*
 * sift - the lines of a large virtualdomains that decide about one address.
 *
 * The keys are the address, its host, the host's suffixes and "", and the first one that occurs decides. All keys of k
 * labels or more end in the host's last k labels: one pass looks for those followed by a colon. If it finds a key, shorter
 * ones do not matter; so there are at most three passes: by three labels, by two, and for keys of one label or none.
 */
#include "qmail/sift.h"

#include <stdint.h>
#include <string.h>

#include "qmail/names.h"
#include "qmail/rcpt.h"

enum { LANES = 16, LABELS = 3 };

typedef unsigned char lanes __attribute__((vector_size(LANES)));
typedef signed char mask __attribute__((vector_size(LANES)));

struct sift {
	const struct constmap *map;
	const char *address, *host;
	size_t n, hostlen;
	struct buf *to;
	bool found;
};

/* Two bytes that a key has at these distances before its colon, in lower case. */
struct needle {
	size_t first, second;
	unsigned char a, b;
};

/* By pointers: how a vector is passed differs from CPU to CPU, and on i686 by whether it has SSE. */
static void load(lanes *v, const char *p)
{
	memcpy(v, p, sizeof *v);
}

static bool any(const mask *m)
{
	uint64_t w[2];

	memcpy(w, m, sizeof w);
	return (w[0] | w[1]) != 0;
}

/* Other bytes than letters may become equal: this only selects what is then compared. */
static unsigned char low(char c)
{
	return (unsigned char)c | 0x20;
}

static bool fits(const struct needle *k, const char *p)
{
	return *p == ':' && low(p[-(ptrdiff_t)k->first]) == k->a && low(p[-(ptrdiff_t)k->second]) == k->b;
}

/* The next colon from p on behind these bytes; NULL: none. */
static const char *next_colon(const struct needle *k, const char *p, const char *end)
{
	for (; end - p >= LANES; p += LANES) {
		lanes colon, first, second;
		mask found;

		load(&colon, p);
		load(&first, p - k->first);
		load(&second, p - k->second);
		found = (colon == ':') & ((first | 0x20) == k->a) & ((second | 0x20) == k->b);
		if (!any(&found))
			continue;
		for (const char *at = p; at < p + LANES; at++)
			if (fits(k, at))
				return at;
	}
	for (; p < end; p++)
		if (fits(k, p))
			return p;
	return NULL;
}

static bool ends_entry(char c)
{
	return c == '\n' || c == '\0' || c == ':';
}

/* How many bytes before the colon at p are those at the end of the address, back to where an entry begins; -1: not all. */
static ptrdiff_t match(const struct sift *s, const char *p)
{
	const char *at = p, *a = s->address + s->n;

	for (; at > s->map->p && !ends_entry(at[-1]); at--, a--)
		if (a == s->address || name_fold(at[-1]) != name_fold(a[-1]))
			return -1;
	return at > s->map->p && at[-1] == ':' ? -1 : p - at; /* a second colon ends no key */
}

static bool is_key(const struct sift *s, const char *key, size_t n)
{
	return n == s->n || n == s->hostlen || n == 0 || (n < s->hostlen && *key == '.');
}

/* The line, if the colon at p ends a key of at least this many bytes in it. Returns where to go on. */
static const char *take(struct sift *s, const char *p, size_t least)
{
	const char *text = s->map->p, *end = text + s->map->n, *line = p, *lf;
	ptrdiff_t n = match(s, p);

	if (n < 0 || (size_t)n < least || !is_key(s, p - n, (size_t)n))
		return p + 1;
	while (line > text && line[-1] != '\n')
		line--;
	lf = memchr(p, '\n', (size_t)(end - p));
	lf = lf != NULL ? lf : end;
	if (*line == '#' || *line == '\0')
		return lf;
	buf_add(s->to, line, (size_t)(lf - line));
	buf_char(s->to, '\n');
	s->found = true;
	return lf;
}

/* Keys that end in tail, n bytes: its last label but the first is where names differ most. */
static void pass(struct sift *s, const char *tail, size_t n)
{
	const char *dot = memchr(tail, '.', n), *p, *end = s->map->p + s->map->n;
	size_t label = dot != NULL && dot > tail ? (size_t)(dot - tail) : n;
	struct needle k = {.first = n - label + 1, .second = n - label + 1 + (label > 1)};

	k.a = low(tail[n - k.first]);
	k.b = low(tail[n - k.second]);
	for (p = s->map->p + n; p < end; p = take(s, p, n)) {
		p = next_colon(&k, p, end);
		if (p == NULL)
			return;
	}
}

/* ":prefix" and ".com:prefix": entries in whose first bytes the colon is. */
static void pass_short(struct sift *s, size_t n)
{
	const char *p = s->map->p, *end = p + s->map->n;

	if (*p == ':')
		take(s, p, 0);
	else if ((size_t)(end - p) > n && p[n] == ':')
		take(s, p + n, 0);
	while ((size_t)(end - p) > LANES + n) {
		lanes v, next, behind;
		mask found;

		load(&v, p);
		load(&next, p + 1);
		load(&behind, p + 1 + n);
		found = ((v == '\n') | (v == 0)) & ((next == ':') | (behind == ':'));
		if (!any(&found)) {
			p += LANES;
			continue;
		}
		for (const char *last = p + LANES; p < last; p++)
			if ((*p == '\n' || *p == '\0') && (p[1] == ':' || p[1 + n] == ':'))
				take(s, p[1] == ':' ? p + 1 : p + 1 + n, 0);
	}
	for (; p < end; p++)
		if (*p == ':')
			take(s, p, 0);
}

/* The last k labels of the host; all of it if it has no more. */
static const char *tail_of(const struct sift *s, int k)
{
	const char *p = s->host + s->hostlen;

	while (p > s->host && (p[-1] != '.' || --k > 0))
		p--;
	return p;
}

void sift(const struct constmap *map, const char *address, size_t n, struct buf *to)
{
	size_t host = rcpt_host(address, n);
	struct sift s = {.map = map, .address = address, .n = n, .host = address + host, .hostlen = n - host, .to = to};
	const char *tail = NULL, *last;

	if (map->n == 0 || host > n)
		return;
	if (s.hostlen == 0)
		pass(&s, address, n);
	for (int k = LABELS; k > 1 && !s.found; k--) {
		last = tail;
		tail = tail_of(&s, k);
		if (tail != last && tail < s.host + s.hostlen)
			pass(&s, tail, (size_t)(s.host + s.hostlen - tail));
	}
	if (!s.found)
		pass_short(&s, (size_t)(s.host + s.hostlen - tail_of(&s, 1)) + 1);
}
