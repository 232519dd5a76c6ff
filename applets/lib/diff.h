/*
 * diff - the differences between two texts, as hunks of a unified diff (diff -u, three lines of context). Pure.
 *
 * The script is the shortest one, found in time that grows with the number of differences, not with the length of the
 * texts; for texts with more than DIFF_EDITS different lines it is not the shortest.
 */
#ifndef LIB_DIFF_H
#define LIB_DIFF_H

#include <stddef.h>

#include "lib/buf.h"

enum { DIFF_CONTEXT = 3, DIFF_EDITS = 1000 };

/* Append the hunks to out, which fails when memory runs out; equal texts have none. */
void diff_unified(const char *old, size_t old_n, const char *new, size_t new_n, struct buf *out);

#endif
