/* diff - the differences between two texts: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. */
#include "lib/diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/join.h"

struct line {
	const char *p;
	size_t n; /* its newline included */
	bool kept;
};

struct side {
	struct line *line;
	size_t n;
};

/* Of the n bytes at p, those of the first line, its newline included. */
static size_t first_line(const char *p, size_t n)
{
	const char *lf = memchr(p, '\n', n);

	return lf != NULL ? (size_t)(lf - p) + 1 : n;
}

static size_t count(const char *p, size_t n)
{
	size_t lines = 0;

	for (size_t len; n > 0; p += len, n -= len, lines++)
		len = first_line(p, n);
	return lines;
}

static bool split(struct side *s, const char *p, size_t n)
{
	s->n = 0;
	s->line = malloc((count(p, n) + 1) * sizeof *s->line);
	for (size_t len; s->line != NULL && n > 0; p += len, n -= len) {
		len = first_line(p, n);
		s->line[s->n++] = (struct line){p, len, false};
	}
	return s->line != NULL;
}

static bool same(const struct side *a, size_t i, const struct side *b, size_t j)
{
	return a->line[i].n == b->line[j].n && memcmp(a->line[i].p, b->line[j].p, a->line[i].n) == 0;
}

static void keep(struct side *a, size_t i, struct side *b, size_t j)
{
	a->line[i].kept = b->line[j].kept = true;
}

/* The lines that differ are those after the first *from and before the last *tail of each. */
static void trim(struct side *a, struct side *b, size_t *from, size_t *tail)
{
	size_t least = a->n < b->n ? a->n : b->n;

	for (*from = 0; *from < least && same(a, *from, b, *from); ++*from)
		keep(a, *from, b, *from);
	for (*tail = 0; *tail < least - *from && same(a, a->n - *tail - 1, b, b->n - *tail - 1); ++*tail)
		keep(a, a->n - *tail - 1, b, b->n - *tail - 1);
}

/*
 * The search: reach[d][k] is the number of lines of a that are consumed on diagonal k (lines of a minus lines of b)
 * after d edits.
 */
struct search {
	struct side *a, *b;
	long from, n, m; /* where the texts begin to differ, and the number of lines of each from there */
	int *reach[DIFF_EDITS + 1];
	int edits;
};

static int *at(const struct search *s, int d, long k)
{
	return &s->reach[d][k + d];
}

/* True if the best path to diagonal k with d edits ends with an insertion, not a deletion. */
static bool puts_in(const struct search *s, int d, long k)
{
	return k == -d || (k != d && *at(s, d - 1, k - 1) < *at(s, d - 1, k + 1));
}

static int first(const struct search *s, int d, long k)
{
	if (d == 0)
		return 0;
	return puts_in(s, d, k) ? *at(s, d - 1, k + 1) : *at(s, d - 1, k - 1) + 1;
}

static long run(const struct search *s, long x, long y)
{
	while (x < s->n && y >= 0 && y < s->m && same(s->a, (size_t)(s->from + x), s->b, (size_t)(s->from + y))) {
		x++;
		y++;
	}
	return x;
}

/* True if d edits suffice. */
static bool explore(struct search *s, int d)
{
	for (long k = -d; k <= d; k += 2) {
		long x = first(s, d, k);

		x = run(s, x, x - k);
		*at(s, d, k) = (int)x;
		if (x >= s->n && x - k >= s->m)
			return true;
	}
	return false;
}

static bool find(struct search *s)
{
	for (int d = 0; d <= DIFF_EDITS; d++) {
		s->reach[d] = calloc(2 * (size_t)d + 1, sizeof **s->reach);
		if (s->reach[d] == NULL)
			return false;
		s->edits = d;
		if (explore(s, d))
			return true;
	}
	return false;
}

/* Walk the path back and mark the kept lines. */
static void mark(struct search *s)
{
	long k = s->n - s->m;

	for (int d = s->edits; d >= 0; d--) {
		long x = *at(s, d, k), start = first(s, d, k);

		for (long i = start; i < x; i++)
			keep(s->a, (size_t)(s->from + i), s->b, (size_t)(s->from + i - k));
		if (d > 0)
			k += puts_in(s, d, k) ? 1 : -1;
	}
}

static void compare(struct side *a, struct side *b)
{
	struct search s;
	size_t from, tail;

	trim(a, b, &from, &tail);
	if (from + tail == a->n || from + tail == b->n)
		return;
	s = (struct search){.a = a, .b = b, .from = (long)from, .n = (long)(a->n - from - tail), .m = (long)(b->n - from - tail)};
	if (find(&s))
		mark(&s);
	for (int d = 0; d <= DIFF_EDITS && s.reach[d] != NULL; d++)
		free(s.reach[d]);
}

static void put_text(struct buf *out, char sign, const char *p, size_t n)
{
	buf_char(out, sign);
	buf_add(out, p, n);
	if (p[n - 1] != '\n')
		buf_str(out, "\n\\ No newline at end of file\n");
}

static void put(struct buf *out, char sign, const struct line *l)
{
	put_text(out, sign, l->p, l->n);
}

/* FROM,COUNT of a hunk's head: an empty range is named by the line before it. */
static void range(struct buf *out, char sign, size_t from, size_t n)
{
	char digits[JOIN_NUMBER];

	buf_char(out, ' ');
	buf_char(out, sign);
	buf_str(out, join_number(digits, n > 0 ? from + 1 : from, 1));
	if (n == 1)
		return;
	buf_char(out, ',');
	buf_str(out, join_number(digits, n, 1));
}

/* The changed lines from i and j to the next kept line. */
static void skip_change(const struct side *a, const struct side *b, size_t *i, size_t *j)
{
	while (*i < a->n && !a->line[*i].kept)
		++*i;
	while (*j < b->n && !b->line[*j].kept)
		++*j;
}

/* The end of the hunk that begins at i: changes with at most two contexts between them form one hunk. */
static void hunk_end(const struct side *a, const struct side *b, size_t *i, size_t *j)
{
	size_t kept;

	for (;;) {
		skip_change(a, b, i, j);
		for (kept = 0; *i + kept < a->n && *j + kept < b->n && a->line[*i + kept].kept && b->line[*j + kept].kept; kept++)
			;
		if (kept > 2 * DIFF_CONTEXT || (*i + kept == a->n && *j + kept == b->n))
			break;
		*i += kept;
		*j += kept;
	}
	kept = kept < DIFF_CONTEXT ? kept : DIFF_CONTEXT;
	*i += kept;
	*j += kept;
}

static void head(struct buf *out, size_t i, size_t i_end, size_t j, size_t j_end)
{
	buf_str(out, "@@");
	range(out, '-', i, i_end - i);
	range(out, '+', j, j_end - j);
	buf_str(out, " @@\n");
}

static void hunk(const struct side *a, const struct side *b, size_t i, size_t i_end, size_t j, size_t j_end,
                 struct buf *out)
{
	head(out, i, i_end, j, j_end);
	while (i < i_end || j < j_end)
		if (i < i_end && !a->line[i].kept) {
			put(out, '-', &a->line[i++]);
		} else if (j < j_end && !b->line[j].kept) {
			put(out, '+', &b->line[j++]);
		} else {
			put(out, ' ', &a->line[i++]);
			j++;
		}
}

static void print(const struct side *a, const struct side *b, struct buf *out)
{
	size_t i = 0, j = 0, i_end, j_end, before;

	for (;;) {
		for (before = 0; i < a->n && j < b->n && a->line[i].kept && b->line[j].kept; before++) {
			i++;
			j++;
		}
		if (i == a->n && j == b->n)
			return;
		before = before < DIFF_CONTEXT ? before : DIFF_CONTEXT;
		i_end = i;
		j_end = j;
		hunk_end(a, b, &i_end, &j_end);
		hunk(a, b, i - before, i_end, j - before, j_end, out);
		i = i_end;
		j = j_end;
	}
}

/* A new file: nothing is compared. */
static void all_new(const char *p, size_t n, struct buf *out)
{
	head(out, 0, 0, 0, count(p, n));
	for (size_t len; n > 0; p += len, n -= len) {
		len = first_line(p, n);
		put_text(out, '+', p, len);
	}
}

void diff_unified(const char *old, size_t old_n, const char *new, size_t new_n, struct buf *out)
{
	struct side a = {0}, b = {0};

	if (old_n == 0) {
		if (new_n > 0)
			all_new(new, new_n, out);
		return;
	}
	if (split(&a, old, old_n) && split(&b, new, new_n)) {
		compare(&a, &b);
		print(&a, &b, out);
	} else {
		out->failed = true;
	}
	free(a.line);
	free(b.line);
}
