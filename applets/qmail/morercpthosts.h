/* morercpthosts - control/morercpthosts as a cdb, byte for byte as qmail-newmrh(8) makes it. */
#ifndef QMAIL_MORERCPTHOSTS_H
#define QMAIL_MORERCPTHOSTS_H

#include <stddef.h>

#include "lib/ctx.h"

/* As assign_digest() and assign_digest_fd(), but every line is valid. */
int morercpthosts_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);
int morercpthosts_digest_fd(struct ctx *ctx, const char *name, int from, int fd);

#endif
