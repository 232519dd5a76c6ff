/*
 * diff - what differs between two texts, as the hunks of a unified diff (diff -u, three lines of context). Pure.
 *
 * The shortest script there is, found in time that grows with what differs, not with how long the texts are; texts that differ in
 * more than DIFF_EDITS lines get one that is not the shortest.
 */
#ifndef LIB_DIFF_H
#define LIB_DIFF_H

#include <stddef.h>

#include "lib/buf.h"

enum { DIFF_CONTEXT = 3, DIFF_EDITS = 1000 };

/* Hunks behind what is in out, which fails when memory is out; equal texts have none. */
void diff_unified(const char *old, size_t old_n, const char *new, size_t new_n, struct buf *out);

#endif
