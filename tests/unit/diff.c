/* diff - unified diffs: the shape of hunks, and random texts that must be what the diff says. */
#include "lib/diff.h"

#include <stdlib.h>

#include "tap.h"

static void is_diff(const char *old, const char *new, const char *want, const char *promise)
{
	struct buf out = BUF(1 << 20);

	diff_unified(old, strlen(old), new, strlen(new), &out);
	is_str(buf_text(&out), want, "%s", promise);
	buf_free(&out);
}

static void shapes(void)
{
	is_diff("a\n", "a\n", "", "equal texts have no hunk");
	is_diff("", "", "", "nothing and nothing are equal");
	is_diff("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n", "a new text");
	is_diff("", "a\nb", "@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n", "a new text without a newline at its end");
	is_diff("a\n", "", "@@ -1 +0,0 @@\n-a\n", "a text that goes");
	is_diff("1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n6\n", "@@ -3,3 +3,4 @@\n 3\n 4\n 5\n+6\n", "a line at the end, three of context");
	is_diff("1\n2\n", "0\n1\n2\n", "@@ -1,2 +1,3 @@\n+0\n 1\n 2\n", "a line in front");
	is_diff("a", "a\nb\n", "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n", "a last line without newline");
	is_diff("1\n2\n3\n4\n5\n6\n7\n8\n", "2\n3\n4\n5\n6\n7\n", "@@ -1,8 +1,6 @@\n-1\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n",
	        "six lines between two changes: one hunk");
	is_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "2\n3\n4\n5\n6\n7\n8\n", "@@ -1,4 +1,3 @@\n-1\n 2\n 3\n 4\n@@ -6,4 +5,3 @@\n 6\n 7\n 8\n-9\n",
	        "seven: two hunks");
	is_diff("a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", "what goes stands before what comes");
}

/* The new text out of the old one and the diff; false where they do not fit together. */
static bool apply(const char *old, const char *diff, struct buf *new, size_t *edits)
{
	size_t line = 0, from, n;

	while (*diff != '\0') {
		n = strcspn(diff, "\n") + 1;
		if (*diff == '@') {
			from = (size_t)strtoul(diff + 4, NULL, 10);
			from -= strncmp(strchr(diff + 4, ' ') - 2, ",0", 2) != 0;
			for (; line < from; line++) {
				size_t len = strcspn(old, "\n") + 1;

				buf_add(new, old, len);
				old += len;
			}
		} else {
			if (*diff != '+') {
				if (strncmp(old, diff + 1, n - 1) != 0)
					return false;
				old += n - 1;
				line++;
			}
			if (*diff != '-')
				buf_add(new, diff + 1, n - 1);
			*edits += *diff != ' ';
		}
		diff += n;
	}
	buf_str(new, old);
	return true;
}

enum { LINES = 30 };

/* Lines that two texts have in common at most, by the book. */
static size_t common(const char *a, size_t n, const char *b, size_t m)
{
	size_t best[LINES + 1][LINES + 1] = {{0}};

	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			size_t skip = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];

			best[i][j] = a[2 * i - 2] == b[2 * j - 2] ? best[i - 1][j - 1] + 1 : skip;
		}
	return best[n][m];
}

static size_t random_text(char *to)
{
	size_t n = (size_t)rand() % LINES;

	for (size_t i = 0; i < n; i++) {
		to[2 * i] = (char)('a' + rand() % 4);
		to[2 * i + 1] = '\n';
	}
	to[2 * n] = '\0';
	return n;
}

static bool one_random(void)
{
	char old[2 * LINES + 1], new[2 * LINES + 1];
	struct buf diff = BUF(1 << 20), made = BUF(1 << 20);
	size_t n = random_text(old), m = random_text(new), edits = 0;
	bool held;

	diff_unified(old, 2 * n, new, 2 * m, &diff);
	held = apply(old, buf_text(&diff), &made, &edits) && strcmp(buf_text(&made), new) == 0 &&
	       edits == n + m - 2 * common(old, n, new, m);
	if (!held)
		printf("# old:\n%s# new:\n%s# diff:\n%s", old, new, buf_text(&diff));
	buf_free(&diff);
	buf_free(&made);
	return held;
}

/* More than DIFF_EDITS lines differ: all of one goes, all of the other comes. */
static void large(void)
{
	struct buf old = BUF(1 << 24), new = BUF(1 << 24), diff = BUF(1 << 24), made = BUF(1 << 24);
	size_t edits = 0;

	for (int i = 0; i < 20000; i++) {
		buf_printf(&old, "%d\n", i);
		if (i % 3 != 0)
			buf_printf(&new, "%d\n", i);
	}
	diff_unified(old.p, old.len, new.p, new.len, &diff);
	ok(!buf_failed(&diff) && apply(buf_text(&old), buf_text(&diff), &made, &edits) && strcmp(buf_text(&made), buf_text(&new)) == 0,
	   "thousands of changes");
	buf_free(&old);
	buf_free(&new);
	buf_free(&diff);
	buf_free(&made);
}

int main(void)
{
	bool held = true;

	shapes();
	srand(1);
	for (int i = 0; i < 20000 && held; i++)
		held = one_random();
	ok(held, "20,000 random pairs: the diff makes one of the other, with as few lines as can be");
	large();
	return done_testing();
}
