/* texts, strmap, join: many strings kept, and found again, and one after another. */
#include "lib/texts.h"

#include <stdlib.h>

#include "lib/join.h"
#include "lib/strmap.h"
#include "tap.h"

enum { MANY = 20000 };

static const char *kept[MANY];
static char long_text[100000];

/* The i-th of texts that differ in their middle, their beginning or their length only. */
static size_t make(size_t i, char *to, size_t size)
{
	static const struct {
		const char *before, *behind;
	} forms[] = {{"/home/popmail/h/h", "/POP"}, {"", ".example.com"}, {"/", ""}, {"d.example.com/", ""}};

	return (size_t)snprintf(to, size, "%s%zu%s", forms[i % 4].before, i / 4, forms[i % 4].behind);
}

static void keep(struct texts *t, size_t from, size_t to)
{
	char text[64];

	for (size_t i = from; i < to; i++)
		kept[i] = texts_add(t, text, make(i, text, sizeof text));
}

static bool are_kept(void)
{
	char text[64];
	bool held = true;

	for (size_t i = 0; i < MANY; i++) {
		make(i, text, sizeof text);
		held &= kept[i] != NULL && strcmp(kept[i], text) == 0;
	}
	return held;
}

static void texts(void)
{
	struct texts t = {0}, more = {0}, none = {0};
	const char *empty, *all;

	empty = texts_add(&t, "", 0);
	ok(empty != NULL && *empty == '\0', "an empty text is one");
	keep(&t, 0, MANY / 2);
	memset(long_text, 'x', sizeof long_text);
	all = texts_add(&more, long_text, sizeof long_text);
	keep(&more, MANY / 2, MANY);
	texts_join(&t, &none);
	texts_join(&t, &more);
	texts_join(&none, &t);
	ok(are_kept(), "texts stay what and where they are, whoever has them now");
	ok(all != NULL && strspn(all, "x") == sizeof long_text, "one that is longer than a chunk is one");
	ok(more.last == NULL && t.last == NULL, "who gave them away has none");
	texts_free(&more);
	texts_free(&none);
}

static void map(void)
{
	struct texts t = {0};
	struct strmap m = {0};
	bool held = true;
	size_t value;

	ok(!strmap_get(&m, "x", &value), "nothing is in an empty map");
	keep(&t, 0, MANY);
	for (size_t i = 0; i < MANY; i++)
		held &= strmap_put(&m, kept[i], i) == 0;
	for (size_t i = 0; i < MANY; i++)
		held &= strmap_get(&m, kept[i], &value) && value == i;
	ok(held, "each of %d keys has its value", MANY);
	ok(!strmap_get(&m, "/home/popmail/h/h5000/PO", &value) && !strmap_get(&m, "", &value), "others have none");
	ok(strmap_put(&m, kept[7], 70) == 0 && strmap_get(&m, kept[7], &value) && value == 70, "a key gets a new value");
	strmap_free(&m);
	texts_free(&t);
}

/* At every size of the room: what snprintf makes of it. */
static bool is_as_printed(const char *a, const char *b, const char *c)
{
	char is[16], expected[16];
	bool same = true;

	for (size_t room = 1; room <= sizeof is; room++) {
		memset(is, 'x', sizeof is);
		memset(expected, 'x', sizeof expected);
		same &= join(is, room, a, b, c, NULL) == (size_t)snprintf(expected, room, "%s%s%s", a, b, c);
		same &= memcmp(is, expected, sizeof is) == 0;
		same &= join_part(is, room, a, strlen(a)) == strlen(a) && strncmp(is, a, room - 1) == 0 && strlen(is) < room;
	}
	return same;
}

static bool is_number(unsigned long number, int digits)
{
	char to[JOIN_NUMBER], expected[JOIN_NUMBER];

	snprintf(expected, sizeof expected, "%0*lu", digits, number);
	return strcmp(join_number(to, number, digits), expected) == 0;
}

static void joins(void)
{
	ok(is_as_printed("one", "/", "two") && is_as_printed("", "", "") && is_as_printed("0123456789abcdef", "", "x"),
	   "strings are joined as snprintf does it, and cut as it does");
	ok(is_number(0, 1) && is_number(7, 4) && is_number(12345, 4) && is_number(-1UL, 1), "numbers as %%0*lu has them");
}

int main(void)
{
	texts();
	map();
	joins();
	return done_testing();
}
