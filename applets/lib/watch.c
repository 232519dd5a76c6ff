/* watch - watch directories by inotify(7). */
#include "lib/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* qmail-local links a message into new/, other programs rename it, cp writes it there. */
static const uint32_t masks[] = {
	[WATCH_ARRIVALS] = IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MOVE_SELF | IN_ONLYDIR,
	[WATCH_ENTRIES] = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_MOVE_SELF | IN_ONLYDIR,
};

/* File systems that other machines change, or that change without the kernel's knowledge; statfs(2). */
static const uint32_t not_told[] = {
	0x6969,     /* NFS */
	0x517b,     /* SMB */
	0xff534d42, /* CIFS */
	0xfe534d42, /* SMB2 */
	0x65735546, /* FUSE: sshfs, GlusterFS, virtiofs */
	0x01021997, /* 9p */
	0x00c36400, /* Ceph */
	0x5346414f, /* AFS */
	0x7461636f, /* OCFS2 */
	0x01161970, /* GFS2 */
	0x0bd00bd0, /* Lustre */
	0x786f4256, /* VirtualBox's shared folders */
};

/* Asked once for each file system, not for each of its directories. */
static bool is_told(struct watch *w, int fd)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_dev == w->told || fstatfs(fd, &fs) < 0)
		return true;
	for (size_t i = 0; i < sizeof not_told / sizeof *not_told; i++)
		if ((uint32_t)fs.f_type == not_told[i])
			return false;
	w->told = st.st_dev;
	return true;
}

int watch_open(struct watch *w)
{
	w->at = w->n = 0;
	w->told = 0;
	w->home = -1;
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd < 0)
		return -1;
	w->home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return w->home < 0 ? -1 : 0;
}

void watch_close(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	if (w->home >= 0)
		close(w->home);
	w->fd = w->home = -1;
}

/* inotify accepts a path but no descriptor: enter the directory and watch ".". */
int watch_dir(struct watch *w, int fd, enum watch_kind kind)
{
	int id, errnum;

	if (!is_told(w, fd)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (fchdir(fd) < 0)
		return -1;
	id = inotify_add_watch(w->fd, ".", masks[kind]);
	errnum = errno;
	if (fchdir(w->home) < 0)
		errnum = errno;
	errno = errnum;
	return id;
}

void watch_end(struct watch *w, int id)
{
	inotify_rm_watch(w->fd, id);
}

static bool read_more(struct watch *w)
{
	ssize_t n = read(w->fd, w->bytes, sizeof w->bytes);

	w->at = 0;
	w->n = n > 0 ? (size_t)n : 0;
	return n > 0;
}

bool watch_next(struct watch *w, struct watch_event *e)
{
	const struct inotify_event *i;

	if (w->at >= w->n && !read_more(w))
		return false;
	i = (const void *)(w->bytes + w->at);
	w->at += sizeof *i + i->len;
	e->id = i->wd;
	e->name = i->len > 0 ? i->name : "";
	e->what = i->mask & IN_Q_OVERFLOW                 ? WATCH_LOST
	          : i->mask & (IN_IGNORED | IN_MOVE_SELF) ? WATCH_GONE
	          : i->mask & IN_MOVED_TO                 ? WATCH_MOVED
	          : i->mask & IN_CREATE                   ? WATCH_MADE
	                                                  : WATCH_CHANGED;
	return true;
}
