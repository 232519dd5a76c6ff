/*
 * md5 - MD5 (RFC 1321), by blocks, as HMAC needs it: for CRAM-MD5, which callers for mail still use. Pure.
 *
 * MD5 is broken as a digest of files; as the hash of HMAC (RFC 2104) it is not, but nothing new should use it.
 */
#ifndef LIB_MD5_H
#define LIB_MD5_H

#include <stddef.h>
#include <stdint.h>

enum { MD5_SIZE = 16, MD5_BLOCK = 64 };

/* What is left of the blocks so far. */
struct md5_state {
	uint32_t word[4];
};

extern const struct md5_state md5_start;

void md5_block(struct md5_state *s, const unsigned char block[MD5_BLOCK]);

/* The digest of blocks bytes (whole blocks, which s has seen) and these n behind them. */
void md5_end(const struct md5_state *s, uint64_t blocks, const void *p, size_t n, unsigned char digest[MD5_SIZE]);

#endif
