/*
 * watch - what changes in directories, by inotify(7).
 *
 *	if (watch_open(&w) < 0)				errno: EMFILE, ENOSYS
 *	id = watch_dir(&w, fd, WATCH_ARRIVALS);		fd need not stay open
 *	poll w.fd, and when it is readable:
 *	while (watch_next(&w, &event))
 *		...
 *
 * A directory is watched by descriptor: no link is followed on the way, and no /proc is needed. A watch ends with its
 * directory. What happens before watch_dir() returns is not seen: arm first, then look.
 */
#ifndef LIB_WATCH_H
#define LIB_WATCH_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum watch_kind {
	WATCH_ARRIVALS, /* files that came by link, by rename, or were written and closed; and the directory's own end */
	WATCH_ENTRIES,  /* names that come and go, subdirectories above all */
};

enum watch_what {
	WATCH_CHANGED,
	WATCH_GONE, /* this watch has ended, or its directory is not where it was */
	WATCH_LOST, /* there was too much to tell: look at everything */
};

struct watch_event {
	enum watch_what what;
	int id;           /* of watch_dir(); not for WATCH_LOST */
	const char *name; /* the entry that changed, "" for the directory itself; until the next watch_next() */
};

struct watch {
	int fd;
	/* private */
	int home;   /* our working directory */
	dev_t told; /* a file system that tells */
	size_t at, n;
	alignas(8) char bytes[4096];
};

/* 0, or -1 with errno; close either way. */
int watch_open(struct watch *w);
void watch_close(struct watch *w);

/*
 * The watch's id, one for each directory however often it is asked for; -1 with errno: ENOSPC when there are too many,
 * EOPNOTSUPP where the file system does not tell what others do to it: that of another machine, or FUSE.
 */
int watch_dir(struct watch *w, int fd, enum watch_kind kind);
void watch_end(struct watch *w, int id);

/* The next one that has happened; false: none. Never waits. */
bool watch_next(struct watch *w, struct watch_event *e);

#endif
