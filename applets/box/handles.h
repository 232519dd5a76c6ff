/* handles - the customers that have a directory below popmail, e/ex1. */
#ifndef BOX_HANDLES_H
#define BOX_HANDLES_H

#include "qmail/conf.h"

/* 0 continues, -1 stops. */
typedef int handles_see(struct ctx *ctx, void *arg, const char *handle);

/* Call see for each handle, in the order of their names. A missing popmail has none. 0, or -1 with ctx->err. */
int handles_each(struct ctx *ctx, const struct conf *conf, handles_see *see, void *arg);

#endif
