/*
 * pack - packs stdin for applets/lib/packed.c, as a C file on stdout: LZ77 behind two canonical Huffman codes.
 *
 * What is repeated, and from where, is chosen for the fewest bits under the codes of the round before; five rounds. The
 * same input gives the same output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in packed.c. */
enum { LONGEST = 15, FIRST_LENGTH = 256, SYMBOLS = FIRST_LENGTH + 24, DISTANCES = 40, SHORTEST_REPEAT = 3 };
enum { MOST = 1 << 20, LONGEST_REPEAT = 1000, ROUNDS = 5 };

struct step {
	unsigned cost;             /* bits from the beginning to here */
	unsigned length, distance; /* of the step that ends here; length 1: a byte */
};

struct code {
	unsigned long seen[SYMBOLS];
	unsigned char length[SYMBOLS];
	unsigned word[SYMBOLS];
	unsigned n;
};

static unsigned char text[MOST];
static size_t size;
static struct step step[MOST + 1];
static int before[MOST], last[1 << 24];
static struct code symbols = {.n = SYMBOLS}, distances = {.n = DISTANCES};

static unsigned slot_bits(unsigned slot)
{
	return slot < 4 ? 0 : slot / 2 - 1;
}

static unsigned slot_of(unsigned number)
{
	unsigned n = 0;

	if (number < 4)
		return number;
	while (number >> n > 3)
		n++;
	return 2 * n + (number >> n);
}

static unsigned key(size_t at)
{
	return (unsigned)text[at] << 16 | (unsigned)text[at + 1] << 8 | text[at + 2];
}

static void find_before(void)
{
	memset(last, -1, sizeof last);
	for (size_t i = 0; i + SHORTEST_REPEAT <= size; i++) {
		before[i] = last[key(i)];
		last[key(i)] = (int)i;
	}
}

static unsigned length_cost(unsigned length)
{
	unsigned slot = slot_of(length - SHORTEST_REPEAT);

	return symbols.length[FIRST_LENGTH + slot] + slot_bits(slot);
}

static unsigned distance_cost(unsigned distance)
{
	unsigned slot = slot_of(distance - 1);

	return distances.length[slot] + slot_bits(slot);
}

static void reach(size_t from, unsigned length, unsigned distance, unsigned cost)
{
	struct step *to = &step[from + length];

	if (step[from].cost + cost < to->cost)
		*to = (struct step){step[from].cost + cost, length, distance};
}

static unsigned same(size_t a, size_t b)
{
	unsigned n = 0;

	while (b + n < size && n < LONGEST_REPEAT && text[a + n] == text[b + n])
		n++;
	return n;
}

/* Every length that can be repeated at i, each from the nearest place. */
static void reach_repeats(size_t i)
{
	unsigned length = SHORTEST_REPEAT;

	for (int at = before[i]; at >= 0 && length <= LONGEST_REPEAT && i + length <= size; at = before[at]) {
		unsigned distance = (unsigned)(i - (size_t)at), n = same((size_t)at, i);

		for (; length <= n; length++)
			reach(i, length, distance, length_cost(length) + distance_cost(distance));
	}
}

static void find_cheapest(void)
{
	for (size_t i = 0; i <= size; i++)
		step[i].cost = i == 0 ? 0 : ~0u;
	for (size_t i = 0; i < size; i++) {
		reach(i, 1, 0, symbols.length[text[i]]);
		if (i + SHORTEST_REPEAT <= size)
			reach_repeats(i);
	}
}

/* The way that was found, last step first, is turned round: each step stands where it begins. */
static void turn(void)
{
	struct step next = step[size];

	for (size_t i = size; i > 0;) {
		struct step this = next;

		i -= this.length;
		next = step[i];
		step[i] = this;
	}
}

/* Lengths of Huffman's codes: the two rarest are joined and all in them get one bit more, until one is left. */
static unsigned lengths(struct code *code)
{
	unsigned long weight[SYMBOLS];
	unsigned set[SYMBOLS], longest = 0;

	memset(code->length, 0, sizeof code->length);
	for (unsigned i = 0; i < code->n; i++) {
		weight[i] = code->seen[i];
		set[i] = i;
	}
	for (;;) {
		unsigned a = SYMBOLS, b = SYMBOLS;

		for (unsigned i = 0; i < code->n; i++)
			if (weight[i] > 0 && (a == SYMBOLS || weight[i] < weight[a])) {
				b = a;
				a = i;
			} else if (weight[i] > 0 && (b == SYMBOLS || weight[i] < weight[b])) {
				b = i;
			}
		if (b == SYMBOLS) {
			if (longest == 0 && a != SYMBOLS) /* the only one needs a code, too */
				longest = code->length[a] = 1;
			return longest;
		}
		weight[a] += weight[b];
		weight[b] = 0;
		for (unsigned i = 0; i < code->n; i++)
			if ((set[i] == a || set[i] == b) && code->seen[i] > 0) {
				set[i] = a;
				if (++code->length[i] > longest)
					longest = code->length[i];
			}
	}
}

static void make_code(struct code *code)
{
	unsigned word = 0;

	while (lengths(code) > LONGEST)
		for (unsigned i = 0; i < code->n; i++)
			code->seen[i] = (code->seen[i] + 1) / 2;
	for (unsigned l = 1; l <= LONGEST; l++, word <<= 1)
		for (unsigned i = 0; i < code->n; i++)
			if (code->length[i] == l)
				code->word[i] = word++;
}

static void make_codes(void)
{
	memset(symbols.seen, 0, sizeof symbols.seen);
	memset(distances.seen, 0, sizeof distances.seen);
	for (size_t i = 0; i < size; i += step[i].length)
		if (step[i].length == 1) {
			symbols.seen[text[i]]++;
		} else {
			symbols.seen[FIRST_LENGTH + slot_of(step[i].length - SHORTEST_REPEAT)]++;
			distances.seen[slot_of(step[i].distance - 1)]++;
		}
	make_code(&symbols);
	make_code(&distances);
}

/* What was not seen in this round may be cheap in the next. */
static void price_unseen(struct code *code)
{
	for (unsigned i = 0; i < code->n; i++)
		if (code->length[i] == 0)
			code->length[i] = 12;
}

/* The first bit is a byte's highest. */
static void put(unsigned value, unsigned n)
{
	static unsigned byte, used;

	for (; n > 0; n--) {
		byte = byte << 1 | (value >> (n - 1) & 1);
		if (++used % 8 != 0)
			continue;
		printf("%s%u,", used % 192 == 8 ? "\n\t" : "", byte & 0xff);
	}
}

static void put_symbol(const struct code *code, unsigned i)
{
	put(code->word[i], code->length[i]);
}

static void put_number(const struct code *code, unsigned first, unsigned number)
{
	unsigned slot = slot_of(number), n = slot_bits(slot);

	put_symbol(code, first + slot);
	put(number & ((1u << n) - 1), n);
}

static void put_all(void)
{
	for (unsigned i = 0; i < SYMBOLS; i++)
		put(symbols.length[i], 4);
	for (unsigned i = 0; i < DISTANCES; i++)
		put(distances.length[i], 4);
	for (size_t i = 0; i < size; i += step[i].length)
		if (step[i].length == 1) {
			put_symbol(&symbols, text[i]);
		} else {
			put_number(&symbols, FIRST_LENGTH, step[i].length - SHORTEST_REPEAT);
			put_number(&distances, 0, step[i].distance - 1);
		}
	put(0, LONGEST + 7); /* what is looked at behind the last */
}

int main(void)
{
	size = fread(text, 1, sizeof text, stdin);
	if (size == 0 || !feof(stdin)) {
		fprintf(stderr, "pack: expected 1 to %d bytes\n", MOST - 1);
		return 1;
	}
	find_before();
	memset(symbols.length, 7, sizeof symbols.length);
	memset(distances.length, 5, sizeof distances.length);
	for (int i = 0; i < ROUNDS; i++) {
		find_cheapest();
		turn();
		make_codes();
		if (i + 1 < ROUNDS) {
			price_unseen(&symbols);
			price_unseen(&distances);
		}
	}
	printf("extern const unsigned char packed[];\nconst unsigned char packed[] = {");
	put_all();
	printf("\n};\n");
	return fflush(stdout) != 0;
}
