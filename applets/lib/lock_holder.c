/* lock_holder - whose a lock is, as /proc has it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/lock.h"
#include "lib/proc.h"

enum { RETAKES = 10 };

static bool same_file(const char *path, const struct stat *want)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == want->st_dev && st.st_ino == want->st_ino;
}

/* Has the process the file open, by another descriptor than this one? -1: only root may look. */
static int has_open(pid_t pid, const struct stat *want, int but)
{
	char path[64 + NAME_MAX];
	const struct dent *e;
	struct dents d;
	int found = 0;

	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	dents_begin(&d, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (d.fd < 0)
		return errno == EACCES ? -1 : 0;
	while (found == 0 && (e = dents_next(&d)) != NULL) {
		if (but >= 0 && strtol(e->name, NULL, 10) == but)
			continue;
		snprintf(path, sizeof path, "/proc/%ld/fd/%s", (long)pid, e->name);
		found = same_file(path, want);
	}
	close(d.fd);
	return found;
}

/* /proc/locks names who locked; a forked child may hold the lock on after that pid went to somebody else. */
static bool may_hold(pid_t pid, const struct stat *want)
{
	return proc_is_ours() && has_open(pid, want, -1) != 0;
}

/* Word n of a line, the first is 0; "": there are not so many. */
static void word_of(const char *line, int n, char to[64])
{
	for (; n > 0; n--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	snprintf(to, 64, "%.*s", (int)strcspn(line, " \n"), line);
}

/* "4: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"; a waiting process has "->" before FLOCK. */
static bool holds(const char *line, const char *want, pid_t *pid)
{
	char word[64];

	word_of(line, 1, word);
	if (strcmp(word, "FLOCK") != 0)
		return false;
	word_of(line, 5, word);
	if (strcmp(word, want) != 0)
		return false;
	word_of(line, 4, word);
	*pid = (pid_t)strtol(word, NULL, 10);
	return true;
}

/* The pid in /proc/locks, of whoever locked it, is *named; *holder is the same if he has the file open, else 0. LOCK_UNKNOWN: it cannot be read. */
static enum lock_state look_in_proc(const struct stat *st, pid_t *holder, pid_t *named)
{
	FILE *f = fopen("/proc/locks", "re");
	enum lock_state state = LOCK_FREE;
	char line[256], want[64];
	pid_t pid;

	if (f == NULL)
		return LOCK_UNKNOWN;
	snprintf(want, sizeof want, "%02x:%02x:%ju", major(st->st_dev), minor(st->st_dev), (uintmax_t)st->st_ino);
	while (state == LOCK_FREE && fgets(line, sizeof line, f) != NULL)
		if (holds(line, want, &pid)) {
			state = LOCK_HELD;
			*named = pid;
			if (pid > 0 && may_hold(pid, st))
				*holder = pid;
		}
	fclose(f);
	return state;
}

/* Does /proc/locks show the same device and number as fstat(2)? btrfs and overlayfs have others there. */
static bool is_plain(int fd)
{
	static const unsigned long plain[] = {0xef53 /* ext2, 3, 4 */, 0x58465342 /* XFS */, 0x01021994 /* tmpfs */,
	                                      0xf2f52010 /* F2FS */, 0x24051905 /* UBIFS */, 0x72b6 /* JFFS2 */};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if ((unsigned long)fs.f_type == plain[i])
			return true;
	return false;
}

/* In a PID namespace /proc/locks leaves out locks of processes that are outside of it. */
static bool sees_everybody(void)
{
	static const char first[] = "pid:[4026531836]"; /* PROC_PID_INIT_INO */
	char ns[64] = "";

	return readlink("/proc/self/ns/pid", ns, sizeof ns - 1) > 0 && strcmp(ns, first) == 0;
}

enum lock_state lock_look(int fd, pid_t *holder)
{
	enum lock_state said;
	struct stat st;
	pid_t named;

	*holder = 0;
	if (fstat(fd, &st) < 0)
		return LOCK_UNKNOWN;
	said = look_in_proc(&st, holder, &named);
	if (said == LOCK_HELD || (said == LOCK_FREE && is_plain(fd) && sees_everybody()))
		return said;
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? LOCK_HELD : LOCK_UNKNOWN;
	flock(fd, LOCK_UN);
	return LOCK_FREE;
}

/* The real uid: a set-uid program may have been started with the lock. -1: the process is gone. */
static long real_uid(pid_t pid)
{
	char path[64], line[128];
	long uid = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	while (uid < 0 && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "Uid:", 4) == 0)
			uid = strtol(line + 4, NULL, 10);
	fclose(f);
	return uid;
}

/* In a PID namespace only a lock whose process is seen can be judged. */
static bool is_strange(int fd, uid_t uid, pid_t holder)
{
	bool strange = geteuid() == 0 && proc_is_ours() && (holder > 0 || sees_everybody());
	struct dents all;
	struct stat st;
	pid_t pid;

	if (!strange || fstat(fd, &st) < 0 || proc_begin(&all) < 0)
		return false;
	while (strange && (pid = proc_next(&all)) > 0) {
		long who = real_uid(pid);

		if (who == 0 || who == (long)uid)
			strange = has_open(pid, &st, pid == getpid() ? fd : -1) == 0; /* setlock(8) passes it on */
	}
	close(all.fd);
	return strange;
}

/* As long as it stays the same, it is the same lock. 0: none is seen. */
static pid_t who_locked(int fd, pid_t *holder)
{
	pid_t named = 0;
	struct stat st;

	*holder = 0;
	if (fstat(fd, &st) == 0)
		look_in_proc(&st, holder, &named);
	return named;
}

/*
 * A look at all processes takes time, in which who had the lock may have ended, and another one, of root's, may have taken it. Only
 * of a lock that is the same before and behind two looks it is certain that it is a stranger's.
 */
int lock_retake(int fd, uid_t uid, pid_t *holder)
{
	for (int k = 0; k < RETAKES; k++) {
		pid_t named = who_locked(fd, holder);
		bool strange = is_strange(fd, uid, *holder);

		strange = strange && is_strange(fd, uid, *holder);
		if (lock_take(fd, 0) == 0)
			return 0;
		if (!strange)
			return 1;
		if (named > 0 && who_locked(fd, holder) == named)
			return 2;
	}
	return 1;
}

pid_t lock_holder(int fd)
{
	pid_t holder;

	who_locked(fd, &holder);
	return holder;
}

const char *lock_named(int fd, char *to, size_t size)
{
	pid_t holder = lock_holder(fd);

	if (holder > 0)
		snprintf(to, size, "pid %ld", (long)holder);
	else
		snprintf(to, size, "its pid is not known");
	return to;
}

void lock_command(pid_t holder, char *to, size_t size)
{
	size_t n = proc_line(holder, "cmdline", to, size);

	while (n > 0 && to[n - 1] == ' ')
		to[--n] = '\0';
}
