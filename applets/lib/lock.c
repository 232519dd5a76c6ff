/* lock - flock(2) with a time limit, and marks beside it. */
#include "lib/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/time.h>

#include "lib/clock.h"

static void on_alarm(int sig)
{
	(void)sig; /* its only work is to interrupt flock */
}

/* Blocking in the kernel is fair, polling is not; the timer repeats in case it fires before flock begins. */
static int wait_for(int fd, int seconds)
{
	struct sigaction act = {.sa_handler = on_alarm}, old_act;
	struct itimerval timer = {.it_value = {.tv_sec = seconds}, .it_interval = {.tv_usec = 100000}}, old_timer;
	int64_t end = clock_ms() + (int64_t)seconds * 1000;
	int r;

	sigaction(SIGALRM, &act, &old_act);
	setitimer(ITIMER_REAL, &timer, &old_timer);
	do
		r = flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR && clock_ms() < end);
	if (r < 0 && errno == EINTR)
		r = 1;
	setitimer(ITIMER_REAL, &old_timer, NULL);
	sigaction(SIGALRM, &old_act, NULL);
	return r;
}

int lock_take(int fd, int seconds)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -1;
	return seconds > 0 ? wait_for(fd, seconds) : 1;
}

void lock_drop(int fd)
{
	flock(fd, LOCK_UN);
}

/* Shared, for a descriptor that only reads may not have another. */
void lock_mark(int fd, int kind)
{
	struct flock mark = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = kind, .l_len = 1};

	if (kind != LOCK_UNMARKED)
		fcntl(fd, F_SETLK, &mark);
}

enum lock_state lock_marked(int fd, int kind, pid_t *holder)
{
	struct flock mark = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = kind, .l_len = 1};

	*holder = 0;
	if (fcntl(fd, F_GETLK, &mark) < 0 || mark.l_type == F_UNLCK)
		return LOCK_FREE;
	*holder = mark.l_pid > 0 ? mark.l_pid : 0;
	return LOCK_HELD;
}

/* Behind all kinds of marks: the byte that is locked is the number. */
static const struct {
	off_t from, n;
} numbers[] = {
	[LOCK_TIME] = {(off_t)1 << 40, (off_t)1 << 40},
	[LOCK_SUM] = {(off_t)1 << 61, (off_t)1 << 61},
};

static void mark_range(int fd, short type, off_t from, off_t n)
{
	struct flock range = {.l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = n};

	if (n > 0) /* 0 would be: to the end */
		fcntl(fd, F_SETLK, &range);
}

void lock_say(int fd, enum lock_number what, long long number)
{
	off_t from = numbers[what].from, end = from + numbers[what].n, at = from + (off_t)number;

	if (number > 0)
		mark_range(fd, F_RDLCK, at, 1);
	mark_range(fd, F_UNLCK, from, at - from);
	mark_range(fd, F_UNLCK, at + 1, end - at - 1);
}

long long lock_said(int fd, enum lock_number what)
{
	struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = numbers[what].from, .l_len = numbers[what].n};

	if (fcntl(fd, F_GETLK, &range) < 0 || range.l_type == F_UNLCK)
		return 0;
	return range.l_start > numbers[what].from ? range.l_start - numbers[what].from : 0;
}
