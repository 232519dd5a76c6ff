/* sift, virtualdomains - whatever a virtualdomains holds, the few lines decide as the whole file does. */
#include "qmail/sift.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "qmail/rewrite.h"
#include "qmail/virtualdomains.h"
#include "tap.h"

enum { TEXTS = 3000, ADDRESSES = 20, TEXT_MAX = 1 << 16 };

static unsigned long long state = 1;
static unsigned long indexed; /* addresses that an index was asked for */

static unsigned dice(unsigned n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(state >> 33) % n;
}

static const char *any(const char *const *list, unsigned n)
{
	return list[dice(n)];
}

#define ANY(list) any(list, sizeof(list) / sizeof *(list))

/* Few labels, so that they meet; empty ones, and a label of one letter. */
static void add_host(struct buf *b)
{
	static const char *const labels[] = {"a", "b", "com", "Example", "example", "domain1", "domain2", "x", "CO", ""};

	for (unsigned n = dice(6); n > 0; n--)
		buf_printf(b, "%s%s", ANY(labels), n > 1 ? "." : "");
}

static void add_line(struct buf *b)
{
	static const char *const before[] = {"", "", "", "", ".", ".", "joe@", "J@", "#", " ", "@", "a:b@"};
	static const char *const after[] = {":p", ":", ":q-1", "", ": ", " :r", "::", ":p:q", ":\t"};
	static const char *const end[] = {"\n", "\n", "\n", "\n", " \n", "\r\n", "\n\n", ""};

	buf_str(b, ANY(before));
	if (dice(30) > 0)
		add_host(b);
	buf_str(b, ANY(after));
	if (dice(20) == 0)
		buf_char(b, '\0');
	else
		buf_str(b, ANY(end));
}

static void decide(const struct constmap *map, const struct buf *address, struct rewrite *how, struct buf *to)
{
	const struct rewrite_maps maps = {.envnoathost = "", .virtualdomains = *map};

	rewrite(&maps, address, to, how);
}

/* Do these lines decide as all of map does? */
static bool same_by(const struct constmap *map, const struct buf *few, const struct buf *address)
{
	struct buf all_to = BUF(TEXT_MAX), few_to = BUF(TEXT_MAX);
	struct rewrite all_how, few_how;
	bool same;

	decide(map, address, &all_how, &all_to);
	decide(&(struct constmap){.p = buf_text(few), .n = few->len}, address, &few_how, &few_to);
	same = all_how.how == few_how.how && all_to.len == few_to.len && memcmp(all_to.p, few_to.p, all_to.len) == 0;
	buf_free(&all_to);
	buf_free(&few_to);
	return same;
}

/* By an index of its lines: the same, and by the same line. */
static bool same_in_index(const struct constmap *map, struct constmap_index *index, const struct buf *address)
{
	struct constmap with = {.p = map->p, .n = map->n, .index = index};
	struct buf to = BUF(TEXT_MAX);
	struct rewrite how, by_index;
	bool same;

	decide(map, address, &how, &to);
	to.len = 0;
	decide(&with, address, &by_index, &to);
	same = how.how == by_index.how && how.entry.line == by_index.entry.line && how.entry.value == by_index.entry.value;
	buf_free(&to);
	return same;
}

/* An index of a text with a NUL answers no question; every other one does. */
static bool same_by_index(const struct constmap *map, const struct cdbfile_view *cdb, const struct buf *address)
{
	struct buf few = BUF(TEXT_MAX);
	bool odd = map->n > 0 && memchr(map->p, '\0', map->n) != NULL, same;

	if (virtualdomains_find(cdb, map->n + 1, buf_text(address), address->len, &few) == 0)
		return false;
	if (virtualdomains_find(cdb, map->n, buf_text(address), address->len, &few) < 0)
		same = odd;
	else
		same = !odd && same_by(map, &few, address);
	indexed += !odd;
	buf_free(&few);
	return same;
}

static bool same_decision(const struct constmap *map, const struct cdbfile_view *cdb, const struct buf *address)
{
	struct buf few = BUF(TEXT_MAX);
	bool same;

	sift(map, buf_text(address), address->len, &few);
	same = same_by(map, &few, address) && same_by_index(map, cdb, address);
	buf_free(&few);
	return same;
}

/* The index of a text, in a file without a name; -1 */
static int index_of(const char *text, size_t n)
{
	struct ctx ctx = {.root = ""};
	int fd = memfd_create("index", MFD_CLOEXEC);

	return virtualdomains_digest(&ctx, "virtualdomains", text, n, fd) < 0 ? -1 : fd;
}

/* A copy of exact size, so that a sanitizer sees a byte read beyond it. */
static bool try_text(const struct buf *text)
{
	static const char *const users[] = {"joe", "j", "a:b", "", "x@y"};
	struct buf address = BUF(TEXT_MAX);
	char *copy = malloc(text->len + (text->len == 0));
	struct constmap_index *index;
	struct cdbfile_view cdb;
	bool same = true;

	if (copy == NULL)
		return false;
	index = constmap_index_new();
	memcpy(copy, buf_text(text), text->len);
	cdb = (struct cdbfile_view){.fd = index_of(copy, text->len)};
	for (int i = 0; same && i < ADDRESSES; i++) {
		buf_free(&address);
		buf_printf(&address, "%s@", ANY(users));
		add_host(&address);
		same = same_decision(&(struct constmap){.p = copy, .n = text->len}, &cdb, &address) &&
		       same_in_index(&(struct constmap){.p = copy, .n = text->len}, index, &address);
	}
	if (!same)
		printf("# %s in\n", buf_text(&address));
	buf_free(&address);
	close(cdb.fd);
	constmap_index_free(index);
	free(copy);
	return same;
}

static unsigned rewritten(const char *text, const char *address)
{
	struct buf few = BUF(TEXT_MAX);
	unsigned lines = 0;

	sift(&(struct constmap){.p = text, .n = strlen(text)}, address, strlen(address), &few);
	for (const char *p = buf_text(&few); *p != '\0'; p++)
		lines += *p == '\n';
	buf_free(&few);
	return lines;
}

/* An index is used unless its file has a later time, of either kind, or it is one of the future. */
static void times(void)
{
	struct stat text = {.st_mtim = {10, 5}, .st_ctim = {20, 5}}, cdb = {.st_mtim = {20, 5}, .st_ctim = {90, 5}};

	ok(virtualdomains_is_indexed(&text, &cdb, 20), "an index as old as its file is used");
	text.st_ctim.tv_nsec++;
	ok(!virtualdomains_is_indexed(&text, &cdb, 20), "one older than the return of its file is not, whatever was done to it since");
	cdb.st_mtim.tv_sec++;
	ok(virtualdomains_is_indexed(&text, &cdb, 21), "a newer one is");
	ok(!virtualdomains_is_indexed(&text, &cdb, 20), "one of the future is not");
	text.st_mtim.tv_sec = 22;
	ok(!virtualdomains_is_indexed(&text, &cdb, 30), "nor one older than its file");
}

int main(void)
{
	bool same = true;

	for (int i = 0; same && i < TEXTS; i++) {
		struct buf text = BUF(TEXT_MAX);

		for (unsigned n = dice(i % 10 == 0 ? 200 : 12); n > 0; n--)
			add_line(&text);
		same = try_text(&text);
		buf_free(&text);
	}
	ok(same, "%d random files decide by a few of their lines as by all", TEXTS);
	ok(indexed > TEXTS * ADDRESSES / 4, "and by their index, if they have no NUL: %lu addresses", indexed);
	times();
	is_int(rewritten("one.test:1\ntwo.test:2\n.two.test:2\nthree.test:3\n", "x@two.test"), 1, "one line of the others");
	is_int(rewritten("one.test:1\none.test:2\n", "x@ONE.test"), 2, "all lines of a key: the last one counts");
	is_int(rewritten("one.test:1\n:all\n", "x@two.test"), 1, "the line without a key, where nothing else fits");
	is_int(rewritten("one.test:1\nexample.one.test:2\n", "x@two.test"), 0, "none");
	return done_testing();
}
