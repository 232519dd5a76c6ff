/*
 * lib - what knows nothing of mail: JSON, base64, differences of texts, addresses of peers, lines, words and options of a command,
 * numbers, sorted strings and maps of them. Each is read back, or done a second time in a simple way.
 */
#include "fuzz.h"
#include "json_check.h"
#include "lib/base64.h"
#include "lib/cram.h"
#include "lib/diff.h"
#include "lib/err.h"
#include "lib/feed.h"
#include "lib/guess.h"
#include "lib/json.h"
#include "lib/number.h"
#include "lib/opt.h"
#include "lib/peer.h"
#include "lib/printable.h"
#include "lib/same.h"
#include "lib/sorted.h"
#include "lib/strmap.h"
#include "move/words.h"

/* A string says what was put in; bytes that are no UTF-8 are U+FFFD. */
static void json(struct part in)
{
	struct buf b = BUF(FUZZ_TEXT), text = BUF(FUZZ_TEXT), whole = BUF(FUZZ_TEXT);
	char *s = string_of(in.p, in.n);

	json_bytes(&b, in.p, in.n);
	json_check_string(b.p, b.len, &text);
	check(strstr(b.p, "\\ufffd") != NULL || (text.len == in.n && memcmp(buf_text(&text), in.p, in.n) == 0), "JSON says something else");
	json_open(&whole, '[');
	json_open(&whole, '{');
	json_put_string(&whole, s, s);
	json_put_bytes(&whole, "b", &text);
	json_put_number_or_null(&whole, "n", in.n % 2 == 0, -(intmax_t)in.n);
	json_put_bool(&whole, "t", in.n % 2 == 0);
	json_close(&whole, '}');
	json_string(&whole, in.n % 3 == 0 ? NULL : s);
	json_thousandths(&whole, (intmax_t)in.n);
	json_close(&whole, ']');
	json_check(whole.p, whole.len);
	buf_free(&b);
	buf_free(&text);
	buf_free(&whole);
	free(s);
}

static void base64(struct part in)
{
	char *text = malloc(BASE64_SIZE(in.n)), *back = malloc(in.n + 1), *s = string_of(in.p, in.n);
	size_t n;

	check(text != NULL && back != NULL, "no memory");
	base64_encode(in.p, in.n, text);
	check(base64_decode(text, back, in.n + 1, &n) && n == in.n && memcmp(back, in.p, n) == 0, "there and back it is something else");
	if (base64_decode(s, back, in.n + 1, &n)) {
		check(n <= strlen(s), "more than there was");
		base64_encode(back, n, text);
		check(strlen(text) == (n + 2) / 3 * 4, "a length that is none");
	}
	free(text);
	free(back);
	free(s);
}

/* A line of p from *at on, with its newline. */
static size_t line_at(const struct part *p, size_t at)
{
	const char *lf = memchr(p->p + at, '\n', p->n - at);

	return lf != NULL ? (size_t)(lf - p->p) + 1 - at : p->n - at;
}

/* The side of a unified diff that lines with this sign make, around the lines that it leaves out, which both texts have. */
static void patched(const struct buf *diff, char sign, const struct part *other, struct buf *to)
{
	struct part d = {diff->p, diff->len};
	size_t at = 0, line = 1; /* in other: copied up to here */

	for (size_t i = 0, n; i < d.n; i += n) {
		n = line_at(&d, i);
		if (d.p[i] == '@') {
			const char *numbers = strchr(d.p + i, sign == '+' ? '-' : '+') + 1;
			size_t first = strtoul(numbers, NULL, 10), count = 1;
			const char *comma = numbers + strspn(numbers, "0123456789");

			if (*comma == ',')
				count = strtoul(comma + 1, NULL, 10);
			for (first += count == 0; line < first && at < other->n; line++) {
				size_t k = line_at(other, at);

				buf_add(to, other->p + at, k);
				at += k;
			}
		} else if (d.p[i] == '\\') {
			continue;
		} else {
			bool cut = i + n < d.n && d.p[i + n] == '\\'; /* \ No newline at end of file */

			if (d.p[i] == sign || d.p[i] == ' ')
				buf_add(to, d.p + i + 1, n - 1 - cut);
			if (d.p[i] != sign) {
				at += line_at(other, at);
				line++;
			}
		}
	}
	buf_add(to, other->p + at, other->n - at);
}

static void diff(struct part in)
{
	struct part rest = in, old = part_next(&rest), new = part_next(&rest);
	struct buf d = BUF(FUZZ_TEXT), to = BUF(FUZZ_TEXT);

	diff_unified(old.p, old.n, new.p, new.n, &d);
	check(!buf_failed(&d), "out of memory");
	patched(&d, '+', &old, &to);
	check(to.len == new.n && memcmp(buf_text(&to), new.p, new.n) == 0, "patched, it is another text");
	to.len = 0;
	patched(&d, '-', &new, &to);
	check(to.len == old.n && memcmp(buf_text(&to), old.p, old.n) == 0, "patched back, it is another text");
	buf_free(&d);
	buf_free(&to);
	free(old.p);
	free(new.p);
}

static void peer(struct part in)
{
	char *s = string_of(in.p, in.n), text[PEER_TEXT], twice[PEER_TEXT];
	struct peer_range r, again;
	struct peer a, b;

	if (peer_parse(s, &a)) {
		peer_print(&a, text);
		check(peer_parse(text, &b) && memcmp(&a, &b, sizeof a) == 0, "an address that becomes another");
	}
	if (peer_range_parse(s, &r) == NULL) {
		peer_range_print(&r, text);
		check(peer_range_parse(text, &again) == NULL && r.prefix == again.prefix, "a range that becomes another");
		peer_range_print(&again, twice);
		check(strcmp(text, twice) == 0 && peer_is_in(&r.first, &r), "a range without its first address");
	}
	free(s);
}

static void lines(struct part in)
{
	int fd = memory_file();
	struct feed text = feed_text(in.p, in.n), file = feed_fd(fd);
	struct feed_line a, b;
	size_t n = 0;

	check(write(fd, in.p, in.n) == (ssize_t)in.n && lseek(fd, 0, SEEK_SET) == 0, "the file cannot be written");
	do {
		check(feed_next(&text, &a) == 0 && feed_next(&file, &b) == 0, "no line");
		check(a.n == b.n && a.ended == b.ended && a.number == b.number && memcmp(a.p, b.p, a.n) == 0, "text and file differ");
		n += a.n + a.ended;
	} while (a.ended);
	check(n == in.n, "something was left out");
	feed_free(&text);
	feed_free(&file);
	close(fd);
}

/* A line of qv-domain import, and its options. */
static void command(struct part in)
{
	char *line = string_of(in.p, in.n), **argv;
	int flags = 0, kept, argc;
	long number = 0, count = 1, seconds = 0;
	const char *string = NULL;
	struct opt_list list = {{NULL}, 0};
	const struct opt options[] = {
		{'f', "flag", OPT_FLAG, &flags}, {'t', "time", OPT_NUMBER, &number}, {0, "count", OPT_COUNT, &count},
		{0, "box", OPT_STRING, &string}, {0, "copy", OPT_LIST, &list},       {'g', "grace", OPT_SECONDS, &seconds},
		{0, NULL, OPT_FLAG, NULL},
	};
	const struct opt_tables tables = {{options, NULL, NULL}};
	struct err e = {0};
	size_t n = strlen(line);

	argv = malloc(WORDS_ROOM(n) * sizeof *argv);
	check(argv != NULL, "no memory");
	argc = kept = words_split(line, n, argv);
	for (int i = 0; i < argc; i++)
		check(argv[i] >= line && argv[i] + strlen(argv[i]) <= line + n && argv[i][0] != '\0' && strpbrk(argv[i], " \t\r") == NULL, "a word that is none");
	if (argc > 0 && (n % 2 == 0 ? opt_parse : opt_parse_leading)(&e, "synopsis", &tables, &kept, argv) == 0)
		check(kept >= 1 && kept <= argc && argv[kept] == NULL && number >= 0 && count >= 1 && list.n <= 16 && seconds >= 0, "options that are none");
	else
		check(argc == 0 || (e.code == EXIT_PERM && strchr(e.text, '\n') == NULL), "refused without a reason");
	free(argv);
	free(line);
}

/* Words: sorted, mapped, guessed. */
static void words(struct part in)
{
	struct part rest = in;
	struct sorted all = SORTED(FUZZ_TEXT);
	struct strmap map = {0};
	char *word[100];
	size_t n = 0, value;
	struct guess g = {.typed = ""};

	while (rest.n > 0 && n < sizeof word / sizeof *word) {
		struct part a = part_next(&rest);

		word[n] = string_of(a.p, a.n);
		printable_bytes(a.p, a.n);
		sorted_add(&all, word[n], strlen(word[n]));
		check(strmap_put(&map, word[n], n) == 0, "no memory");
		if (n == 0)
			g.typed = word[n];
		else
			guess_offer(&g, word[n]);
		check(number_foreign(word[n]) >= 0 && number_foreign(word[n]) <= NUMBER_FOREIGN, "a number beyond all measure");
		free(a.p);
		n++;
	}
	check(sorted_ready(&all) == 0, "no memory");
	check(strlen(guess_hint(&g, "--")) < 80, "a long hint");
	for (size_t i = 0; i < n; i++) {
		size_t at = sorted_from(&all, word[i]);

		check(at < all.n && strcmp(all.at[at], word[i]) == 0, "a word that is not found");
		check(at + 1 >= all.n || strcmp(all.at[at], all.at[at + 1]) < 0, "words without order");
		check(strmap_get(&map, word[i], &value), "a word that is not mapped");
		check(value >= i && strcmp(word[value], word[i]) == 0, "a word that is mapped to another");
		check(same_bytes(word[value], word[i], strlen(word[i])), "the same bytes are not the same");
	}
	sorted_free(&all);
	strmap_free(&map);
	while (n > 0)
		free(word[--n]);
}

/* The states of a secret, kept and read, answer a challenge as the secret does. */
static void cram(struct part in)
{
	struct part rest = in, secret = part_next(&rest), challenge = part_next(&rest);
	char *s = string_of(secret.p, secret.n), *c = string_of(challenge.p, challenge.n);
	char states[CRAM_STATES + 1], a[CRAM_DIGEST + 1], b[CRAM_DIGEST + 1];
	struct cram kept, read;

	cram_of_secret(s, &kept);
	cram_print(&kept, states);
	check(cram_parse(states, CRAM_STATES, &read), "states that are none");
	cram_answer(&kept, c, a);
	cram_answer(&read, c, b);
	check(strcmp(a, b) == 0, "another answer");
	if (cram_parse(c, strlen(c), &read)) {
		cram_print(&read, states);
		check(strcmp(states, c) == 0, "states that become others");
	}
	free(s);
	free(c);
	free(secret.p);
	free(challenge.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {
		{'j', json}, {'b', base64}, {'d', diff}, {'p', peer}, {'l', lines}, {'i', command}, {'w', words}, {'c', cram},
	};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
