/* password - hash a password, and compare one with a hash: the only file that calls crypt(3). */
#ifndef BOX_PASSWORD_H
#define BOX_PASSWORD_H

#include "box/pwhash.h"
#include "lib/ctx.h"

enum { PASSWORD_MAX = 255 }; /* bytes; musl's crypt takes 256 */

/* Hash password with $6$ and a new salt. 0, or -1 with ctx->err. */
int password_hash(struct ctx *ctx, const char *password, char to[PWHASH_MAX + 1]);

/*
 * True if password has this hash. No password has the hash "", and checking that takes as long as for a hash made by
 * password_hash(). crypt(3) is called exactly once.
 */
bool password_fits(const char *password, const char *hash);

#endif
