/* password - a password into a hash, and against one: the only file that calls crypt(3). */
#ifndef BOX_PASSWORD_H
#define BOX_PASSWORD_H

#include "box/pwhash.h"
#include "lib/ctx.h"

enum { PASSWORD_MAX = 255 }; /* bytes; musl's crypt takes 256 */

/* password as a new $6$ hash with a salt of its own. 0, or -1: no randomness to be had. */
int password_hash(struct ctx *ctx, const char *password, char to[PWHASH_MAX + 1]);

/*
 * Does password belong to hash? Nothing belongs to "", and that takes as long as with a hash of password_hash()'s. crypt(3) is
 * called once, whatever the answer.
 */
bool password_fits(const char *password, const char *hash);

#endif
