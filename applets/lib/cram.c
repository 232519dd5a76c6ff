/* cram - CRAM-MD5 (RFC 2195): a login that never sends its secret. */
#include "lib/cram.h"

#include <stdio.h>
#include <string.h>

static void state_of(const unsigned char key[MD5_BLOCK], unsigned char pad, struct md5_state *s)
{
	unsigned char block[MD5_BLOCK];

	for (int i = 0; i < MD5_BLOCK; i++)
		block[i] = key[i] ^ pad;
	*s = md5_start;
	md5_block(s, block);
	explicit_bzero(block, sizeof block);
}

void cram_of_secret(const char *secret, struct cram *c)
{
	unsigned char key[MD5_BLOCK] = {0};
	size_t n = strlen(secret);

	if (n > sizeof key)
		md5_end(&md5_start, 0, secret, n, key);
	else
		memcpy(key, secret, n);
	state_of(key, 0x36, &c->inner);
	state_of(key, 0x5c, &c->outer);
	explicit_bzero(key, sizeof key);
}

static void print_state(const struct md5_state *s, char *to)
{
	for (int i = 0; i < 4; i++)
		snprintf(to + 8 * i, 9, "%08x", (unsigned)s->word[i]);
}

void cram_print(const struct cram *c, char to[CRAM_STATES + 1])
{
	print_state(&c->inner, to);
	print_state(&c->outer, to + CRAM_STATES / 2);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_state(const char *p, struct md5_state *s)
{
	for (int i = 0; i < 4; i++) {
		s->word[i] = 0;
		for (int k = 0; k < 8; k++, p++) {
			if (digit(*p) < 0)
				return false;
			s->word[i] = s->word[i] << 4 | (uint32_t)digit(*p);
		}
	}
	return true;
}

bool cram_parse(const char *p, size_t n, struct cram *c)
{
	return n == CRAM_STATES && parse_state(p, &c->inner) && parse_state(p + CRAM_STATES / 2, &c->outer);
}

void cram_answer(const struct cram *c, const char *challenge, char to[CRAM_DIGEST + 1])
{
	unsigned char digest[MD5_SIZE];

	md5_end(&c->inner, MD5_BLOCK, challenge, strlen(challenge), digest);
	md5_end(&c->outer, MD5_BLOCK, digest, sizeof digest, digest);
	for (int i = 0; i < MD5_SIZE; i++)
		snprintf(to + 2 * i, 3, "%02x", digest[i]);
}
