/*
 * watch - watch directories by inotify(7).
 *
 *	if (watch_open(&w) < 0)				errno: EMFILE, ENOSYS
 *	id = watch_dir(&w, fd, WATCH_ARRIVALS);		fd need not stay open
 *	poll w.fd, and when it is readable:
 *	while (watch_next(&w, &event))
 *		...
 *
 * A directory is watched by descriptor: no symlink is followed, and /proc is not needed. A watch ends with its
 * directory. Changes before watch_dir() returns are not reported: watch first, then scan.
 */
#ifndef LIB_WATCH_H
#define LIB_WATCH_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum watch_kind {
	WATCH_ARRIVALS, /* files that were linked, renamed, or written and closed; and the end of the directory */
	WATCH_ENTRIES,  /* names that are added and removed, mainly subdirectories */
};

enum watch_what {
	WATCH_CHANGED,
	WATCH_MADE,  /* a name was added: a new file, or a link to one */
	WATCH_MOVED, /* a name was added by renaming, so what has it is whole */
	WATCH_GONE, /* this watch has ended, or its directory was moved */
	WATCH_LOST, /* events were lost: scan everything */
};

struct watch_event {
	enum watch_what what;
	int id;           /* of watch_dir(); not for WATCH_LOST */
	const char *name; /* the entry that changed, "" for the directory itself; valid until the next watch_next() */
};

struct watch {
	int fd;
	/* private */
	int home;   /* our working directory */
	dev_t told; /* a file system that reports changes */
	size_t at, n;
	alignas(8) char bytes[4096];
};

/* 0, or -1 with errno; close either way. */
int watch_open(struct watch *w);
void watch_close(struct watch *w);

/*
 * Returns the watch's id, always the same for one directory; -1 with errno: ENOSPC if there are too many, EOPNOTSUPP
 * if the file system does not report changes by others (network file systems, FUSE).
 */
int watch_dir(struct watch *w, int fd, enum watch_kind kind);
void watch_end(struct watch *w, int id);

/* The next event; false: none. Never waits. */
bool watch_next(struct watch *w, struct watch_event *e);

#endif
