/*
 * cram - CRAM-MD5 (RFC 2195): a login that never sends its secret. Pure.
 *
 * Kept are the two MD5 states behind the first block of HMAC (RFC 2104, section 4), not the secret: they serve this login alone.
 * Who reads them can log in here, so they are secret too.
 */
#ifndef LIB_CRAM_H
#define LIB_CRAM_H

#include <stdbool.h>

#include "lib/md5.h"

enum { CRAM_STATES = 2 * 2 * MD5_SIZE /* hexadecimal digits */, CRAM_DIGEST = 2 * MD5_SIZE };

struct cram {
	struct md5_state inner, outer;
};

void cram_of_secret(const char *secret, struct cram *c);

/* The states as CRAM_STATES digits and a NUL; and back, false: these n bytes are none. */
void cram_print(const struct cram *c, char to[CRAM_STATES + 1]);
bool cram_parse(const char *p, size_t n, struct cram *c);

/* What the secret's owner says to a challenge: CRAM_DIGEST digits and a NUL. */
void cram_answer(const struct cram *c, const char *challenge, char to[CRAM_DIGEST + 1]);

#endif
