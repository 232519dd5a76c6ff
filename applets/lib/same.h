/* same - compare secrets in a time that does not tell where they differ. Pure. */
#ifndef LIB_SAME_H
#define LIB_SAME_H

#include <stdbool.h>
#include <stddef.h>

bool same_bytes(const void *a, const void *b, size_t n);

#endif
