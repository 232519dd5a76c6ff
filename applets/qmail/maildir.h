/* maildir - maildir(5): make one, list what is new, oldest first, clean what was never finished. */
#ifndef QMAIL_MAILDIR_H
#define QMAIL_MAILDIR_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>


/* tmp, new and cur; NULL-terminated, for tree_make(). */
extern const char *const maildir_parts[];

struct maildir_message {
	char *name;     /* below new/ */
	off_t size;     /* bytes on disk */
	time_t arrived; /* its mtime */
	int64_t order;  /* mtime in nanoseconds */
};

struct maildir_list {
	struct maildir_message *message;
	size_t n;
	off_t bytes; /* of all of them */
	size_t odd;  /* entries that are no regular file, passed over */
};

/*
 * The messages in directory new, an open descriptor that is left as it was: oldest first, by name where times are
 * equal. Names that begin with a dot are no messages; one that vanishes meanwhile is no error. 0, or -1 with errno.
 */
int maildir_list(int new, struct maildir_list *list);
void maildir_free(struct maildir_list *list);

/* 1 if there is at least one entry that could be a message, 0 if not, -1 with errno. Stops at the first. */
int maildir_waiting(int new);

/* Remove regular files of directory tmp that nobody has touched for 36 hours. -1 with errno. */
int maildir_clean(int tmp, time_t now);

#endif
