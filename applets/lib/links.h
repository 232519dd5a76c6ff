/* links - the multicall binary's links to itself, as busybox --install makes them. */
#ifndef LIB_LINKS_H
#define LIB_LINKS_H

#include <stdbool.h>

#include "lib/err.h"

/* Path of the running program: /proc/self/exe, else argv[0], else $PATH. 0 or -1. */
int links_self(struct err *e, const char *argv0, char *self, size_t size);

/* Make dir and its missing parents; an existing directory is success. 0 or -1. */
int links_dir(struct err *e, const char *dir);

/* Make a hard or symbolic link at path; an existing link to this program is success. 0, -1, or -2: no other can be made there either. */
int links_make(struct err *e, const char *self, const char *path, bool symbolic);

#endif
