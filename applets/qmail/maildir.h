/* maildir - maildir(5): make one; list new messages, oldest first; remove unfinished ones. */
#ifndef QMAIL_MAILDIR_H
#define QMAIL_MAILDIR_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <limits.h>

#include "lib/buf.h"

/* tmp, new and cur; NULL-terminated, for tree_make(). */
extern const char *const maildir_parts[];

struct maildir_message {
	int64_t arrived; /* its mtime, nanoseconds since the epoch */
	off_t size;      /* bytes on disk */
	uint32_t name;   /* its offset in the list's names */
};

/* A hundred thousand messages may wait: 24 bytes and the name for each, in two pieces of memory. */
struct maildir_list {
	struct maildir_message *message;
	size_t n;
	off_t bytes; /* of all of them */
	size_t strange; /* entries that are skipped: FIFOs, directories, links */
	char stranger[NAME_MAX + 1]; /* one of those */
	/* private */
	size_t room;
	struct buf names;
};

/*
 * The messages in directory new, an open descriptor that is left as it was: oldest first, by name if times are
 * equal. Names that begin with a dot and files that are not regular are not messages; a message that vanishes
 * meanwhile is not an error. 0, or -1 with errno.
 */
int maildir_list(int new, struct maildir_list *list);
void maildir_free(struct maildir_list *list);

/* The name below new/; valid until maildir_free(). */
const char *maildir_name(const struct maildir_list *list, size_t i);

/* Seconds since it arrived; 0 if that is in the future or before the clock was set, so that it does not expire too early. */
time_t maildir_age(const struct maildir_list *list, size_t i, time_t now);

/* 1 if at least one entry could be a message, 0 if not, -1 with errno. Stops at the first. new was just opened: it is read from where it stands. */
int maildir_waiting(int new);

/* Remove regular files of directory tmp that were not touched for 36 hours, as far as that is possible. */
void maildir_clean(int tmp, time_t now);

/* What was removed from this directory stays so in a power cut. -1 with errno: perhaps not, even if it is tried again. */
int maildir_sync(int dir);

#endif
