/*
 * virtualdomains - an index of a large control/virtualdomains, for programs that look up one address and end.
 *
 * A cdb: the key of each entry, in lower case, and as data its line. It is only built of a file that is large, and only
 * used if the file was not changed since; without it, sift() looks at the whole file (see qmail/sift.h).
 */
#ifndef QMAIL_VIRTUALDOMAINS_H
#define QMAIL_VIRTUALDOMAINS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/buf.h"
#include "qmail/cdbfile.h"
#include "qmail/digest.h"

#define VIRTUALDOMAINS_CDB QMAIL_HOME "/users/qv-virtual.cdb"

enum { VIRTUALDOMAINS_LARGE = 1 << 16 }; /* bytes from which an index is worth it */

/*
 * Is an index of this file as it is now? The file's inode tells when an older one returned with its time; what was done to
 * the index's inode since tells nothing. Nor does an index of the future: the clock was set back. Its times must be
 * later than those of the file that it was built of (see replace_touch()).
 */
bool virtualdomains_is_indexed(const struct stat *text, const struct stat *cdb, time_t now);

/* The index of text (digest_text, see qmail/digest.h). Of a text with a NUL byte, one that answers no question. */
int virtualdomains_digest(struct ctx *ctx, const char *name, const char *text, size_t n, int fd);

/*
 * Append to to the line by which rewrite() decides about address as it does by the whole file, if there is one. 0, or -1:
 * the index answers no question, or is of a file of another size.
 */
int virtualdomains_find(const struct cdbfile_view *cdb, size_t size, const char *address, size_t n, struct buf *to);

#endif
