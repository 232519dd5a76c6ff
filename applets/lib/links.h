/* links - the multicall binary's links to itself, as busybox --install makes them. */
#ifndef LIB_LINKS_H
#define LIB_LINKS_H

#include <stdbool.h>

#include "lib/err.h"

/* Path of the running program: /proc/self/exe, else argv[0], else $PATH. 0 or -1. */
int links_self(struct err *e, const char *argv0, char *self, size_t size);

/* dir, and what is missing above it, is made. One that exists is success. 0 or -1. */
int links_dir(struct err *e, const char *dir);

/* A hard or symbolic link at path; one that exists and is us is success. 0, -1, or -2: nor can others be made beside it. */
int links_make(struct err *e, const char *self, const char *path, bool symbolic);

#endif
