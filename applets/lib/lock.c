/* lock - flock(2) with a patience, and who holds it. */
#include "lib/lock.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>

static void on_alarm(int sig)
{
	(void)sig; /* its only work is to interrupt flock */
}

static time_t monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Blocking in the kernel is fair where polling is not; the timer repeats, lest it fire before flock begins. */
static int wait_for(int fd, int seconds)
{
	struct sigaction act = {.sa_handler = on_alarm}, old_act;
	struct itimerval timer = {.it_value = {.tv_sec = seconds}, .it_interval = {.tv_usec = 100000}}, old_timer;
	time_t end = monotonic() + seconds;
	int r;

	sigaction(SIGALRM, &act, &old_act);
	setitimer(ITIMER_REAL, &timer, &old_timer);
	do
		r = flock(fd, LOCK_EX);
	while (r < 0 && errno == EINTR && monotonic() < end);
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

pid_t lock_holder(int fd)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256], want[64], where[64];
	pid_t holder = 0;
	struct stat st;
	long pid;

	if (f == NULL)
		return 0;
	if (fstat(fd, &st) == 0) {
		snprintf(want, sizeof want, "%02x:%02x:%ju", major(st.st_dev), minor(st.st_dev), (uintmax_t)st.st_ino);
		/* "4: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"; who waits has "->" before FLOCK */
		while (holder == 0 && fgets(line, sizeof line, f) != NULL)
			if (sscanf(line, "%*s FLOCK %*s %*s %ld %63s", &pid, where) == 2 && strcmp(where, want) == 0)
				holder = (pid_t)pid;
	}
	fclose(f);
	return holder;
}

/* "qv-domain\0import\0": the NULs between the arguments become blanks; what is not printable is made so by err. */
void lock_command(pid_t holder, char *to, size_t size)
{
	char path[64];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)holder);
	f = fopen(path, "re");
	if (f != NULL) {
		n = fread(to, 1, size - 1, f);
		fclose(f);
	}
	while (n > 0 && to[n - 1] == '\0')
		n--;
	to[n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (to[i] == '\0')
			to[i] = ' ';
}
