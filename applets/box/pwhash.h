/*
 * pwhash - crypt(3)'s strings: which are accepted, how a new one begins, whether two are equal. Pure.
 *
 * Accepted are hashes that musl's crypt can verify: DES (traditional and extended), $1$, $2a$ $2b$ $2x$ $2y$, $5$ and $6$,
 * in the exact spelling that crypt returns, because the result is compared byte by byte.
 */
#ifndef BOX_PWHASH_H
#define BOX_PWHASH_H

#include <stdbool.h>
#include <stddef.h>

enum {
	PWHASH_MAX = 127,    /* bytes of the longest: $6$rounds=9999999$ with a salt of 16 has 123 */
	PWHASH_RANDOM = 12,  /* random bytes for a salt */
	PWHASH_SETTING = 20, /* room for pwhash_setting() */
};

/* True if the n bytes at p are a hash that a password can be compared with. */
bool pwhash_ok(const char *p, size_t n);

/*
 * For n bytes, followed by a NUL, that pwhash_ok() refuses: put the reason into why ("cost 20, expected 4 to 19"). It
 * contains no more of the hash than its scheme, cost and rounds.
 */
enum { PWHASH_WHY = 128 };
void pwhash_why(const char *p, size_t n, char why[PWHASH_WHY]);

/* For an accepted hash: the length of the prefix that determines the cost of crypt, "$1$", "$6$rounds=1000$"; 0: DES. */
size_t pwhash_kind(const char *p, size_t n);

/* "$6$" and a salt of 16 made from these PWHASH_RANDOM bytes: crypt's second argument for a new password. */
void pwhash_setting(char to[PWHASH_SETTING], const unsigned char *random);

/* Takes the same time wherever the two differ. */
bool pwhash_same(const char *a, const char *b);

#endif
