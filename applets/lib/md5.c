/* md5 - MD5 (RFC 1321), by blocks. */
#include "lib/md5.h"

#include <string.h>

const struct md5_state md5_start = {{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};

/* 2^32 times the absolute value of sin(i + 1) */
static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
	0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
	0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
	0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
	0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const unsigned char turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t turn_left(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t mix(int round, const uint32_t w[4])
{
	switch (round) {
	case 0:
		return (w[1] & w[2]) | (~w[1] & w[3]);
	case 1:
		return (w[1] & w[3]) | (w[2] & ~w[3]);
	case 2:
		return w[1] ^ w[2] ^ w[3];
	default:
		return w[2] ^ (w[1] | ~w[3]);
	}
}

/* Which word of the block a step takes. */
static unsigned word_of(int round, unsigned i)
{
	static const unsigned char factor[4] = {1, 5, 3, 7}, first[4] = {0, 1, 5, 0};

	return (factor[round] * i + first[round]) % 16;
}

static uint32_t little(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void md5_block(struct md5_state *s, const unsigned char block[MD5_BLOCK])
{
	uint32_t w[4], sum;

	memcpy(w, s->word, sizeof w);
	for (unsigned i = 0; i < 64; i++) {
		int round = (int)(i / 16);

		sum = w[0] + mix(round, w) + sines[i] + little(block + 4 * word_of(round, i));
		w[0] = w[3];
		w[3] = w[2];
		w[2] = w[1];
		w[1] += turn_left(sum, turns[round][i % 4]);
	}
	for (int i = 0; i < 4; i++)
		s->word[i] += w[i];
}

static void put_little(unsigned char *to, uint64_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		to[i] = (unsigned char)(n >> 8 * i);
}

void md5_end(const struct md5_state *s, uint64_t blocks, const void *p, size_t n, unsigned char digest[MD5_SIZE])
{
	struct md5_state end = *s;
	const unsigned char *from = p;
	uint64_t bits = (blocks + n) * 8;
	unsigned char last[2 * MD5_BLOCK] = {0};
	size_t size;

	for (; n >= MD5_BLOCK; n -= MD5_BLOCK, from += MD5_BLOCK)
		md5_block(&end, from);
	memcpy(last, from, n);
	last[n] = 0x80;
	size = n + 9 <= MD5_BLOCK ? MD5_BLOCK : 2 * MD5_BLOCK;
	put_little(last + size - 8, bits, 8);
	for (size_t at = 0; at < size; at += MD5_BLOCK)
		md5_block(&end, last + at);
	for (int i = 0; i < 4; i++)
		put_little(digest + 4 * i, end.word[i], 4);
}
