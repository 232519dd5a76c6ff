/* maildir - maildir(5): make one, list what is new, oldest first, clean what was never finished. */
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
	uint32_t name;   /* where it begins in the list's names */
};

/* A hundred thousand messages may wait: 24 bytes and the name for each, in two pieces of memory. */
struct maildir_list {
	struct maildir_message *message;
	size_t n;
	off_t bytes; /* of all of them */
	size_t strange; /* entries that are passed by: FIFOs, directories, links */
	char stranger[NAME_MAX + 1]; /* one of those */
	/* private */
	size_t room;
	struct buf names;
};

/*
 * The messages in directory new, an open descriptor that is left as it was: oldest first, by name where times are
 * equal. Names that begin with a dot are no messages, nor is what is no regular file; one that vanishes meanwhile is no error.
 * 0, or -1 with errno.
 */
int maildir_list(int new, struct maildir_list *list);
void maildir_free(struct maildir_list *list);

/* Below new/; until maildir_free(). */
const char *maildir_name(const struct maildir_list *list, size_t i);

/* Seconds since it arrived; 0 where it is still to come, or came before the clock was set: it will not expire for that. */
time_t maildir_age(const struct maildir_list *list, size_t i, time_t now);

/* 1 if there is at least one entry that could be a message, 0 if not, -1 with errno. Stops at the first. */
int maildir_waiting(int new);

/* Remove regular files of directory tmp that nobody has touched for 36 hours. -1 with errno. */
int maildir_clean(int tmp, time_t now);

#endif
