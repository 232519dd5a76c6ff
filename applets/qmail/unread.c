/* unread - has the running qmail-send read a control file since it was changed? */
#include "qmail/unread.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/netfs.h"
#include "lib/proc.h"

/* The start time of a process, taken from the ctime of its /proc directory; 0: unknown. */
static time_t started(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%ld", (long)pid);
	return proc_is_ours() && stat(path, &st) == 0 ? st.st_ctime : 0;
}

/* Not on a network file system: who reads what this machine has kept tells nobody (there the master says what was read: nodes.h). */
static bool keeps_access_times(const char *path)
{
	struct statvfs fs;
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool keeps = fd >= 0 && !netfs_is(fd) && fstatvfs(fd, &fs) == 0 && (fs.f_flag & (ST_NOATIME | ST_RDONLY)) == 0;

	if (fd >= 0)
		close(fd);
	return keeps;
}

bool control_is_unread(pid_t pid, const char *path, const struct stat *st)
{
	time_t start = started(pid);

	return start != 0 && st->st_mtime > start && !clock_is_before(&st->st_mtim, &st->st_atim) && keeps_access_times(path);
}
