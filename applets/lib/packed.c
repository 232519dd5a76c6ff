/*
 * packed - unpacks what .tools/pack.c packed: LZ77 behind two canonical Huffman codes.
 *
 * A symbol of the first code is a byte, or 256 and more for the length of what is repeated; the second code has its
 * distance. The codes' lengths stand in front, four bits each. All of it is our own, made in the build: it is not
 * checked.
 */
#include "lib/packed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LONGEST = 15, FIRST_LENGTH = 256, SYMBOLS = FIRST_LENGTH + 24, DISTANCES = 40, SHORTEST_REPEAT = 3 };

extern const unsigned char packed[] __attribute__((weak));
extern char packed_begin[] __attribute__((weak)), packed_end[] __attribute__((weak));

/* The lowest held bits of window are read and unused, the next one is the highest of them. */
struct input {
	const unsigned char *next;
	uint_fast32_t window;
	unsigned held;
};

struct code {
	unsigned limit[LONGEST + 1];    /* what longer codes begin with, as LONGEST bits */
	unsigned base[LONGEST + 1];     /* where the symbol of a code of this length is, minus the code */
	unsigned short symbol[SYMBOLS]; /* in the order of their codes */
};

/* Make at least n bits be held, 24 at most, and return those next ones. */
static unsigned peek(struct input *in, unsigned n)
{
	for (; in->held < n; in->held += 8)
		in->window = in->window << 8 | *in->next++;
	return (unsigned)(in->window >> (in->held - n)) & ((1u << n) - 1);
}

static unsigned bits(struct input *in, unsigned n)
{
	unsigned value = peek(in, n);

	in->held -= n;
	return value;
}

static void read_code(struct input *in, struct code *code, unsigned symbols)
{
	unsigned char length[SYMBOLS];
	unsigned n = 0, next = 0;

	for (unsigned i = 0; i < symbols; i++)
		length[i] = (unsigned char)bits(in, 4);
	for (unsigned l = 1; l <= LONGEST; l++) {
		next <<= 1;
		code->base[l] = n - next;
		for (unsigned i = 0; i < symbols; i++)
			if (length[i] == l) {
				code->symbol[n++] = (unsigned short)i;
				next++;
			}
		code->limit[l] = next << (LONGEST - l);
	}
}

static unsigned symbol(struct input *in, const struct code *code)
{
	unsigned word = peek(in, LONGEST), l = 1;

	while (word >= code->limit[l])
		l++;
	in->held -= l;
	return code->symbol[code->base[l] + (word >> (LONGEST - l))];
}

/* A number whose first two bits are slot's, and how many follow. */
static unsigned number(struct input *in, unsigned slot)
{
	unsigned n = slot < 4 ? 0 : slot / 2 - 1;

	return slot < 4 ? slot : (2 + slot % 2) << n | bits(in, n);
}

static void unpack(struct input *in, char *to, const char *end)
{
	struct code symbols, distances;

	read_code(in, &symbols, SYMBOLS);
	read_code(in, &distances, DISTANCES);
	while (to < end) {
		unsigned s = symbol(in, &symbols);

		if (s < FIRST_LENGTH) {
			*to++ = (char)s;
			continue;
		}
		unsigned length = SHORTEST_REPEAT + number(in, s - FIRST_LENGTH);
		const char *from = to - 1 - number(in, symbol(in, &distances));
		while (length-- > 0)
			*to++ = *from++;
	}
}

void packed_unpack(void)
{
	static bool done;
	struct input in = {.next = packed};

	if (packed != NULL && !done)
		unpack(&in, packed_begin, packed_end);
	done = true;
}
