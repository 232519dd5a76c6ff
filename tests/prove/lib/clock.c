/*
 * clock - a library for LD_PRELOAD, in which time goes as the file CLOCK says: two numbers of 64 bits, the milliseconds that
 * the monotonic clock and the time of day are ahead of the real ones. Whoever writes them wakes all that sleep: poll,
 * nanosleep and sleep look at them every few milliseconds.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 2 };

static const volatile int64_t *ahead;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("CLOCK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *p = fd >= 0 ? mmap(NULL, 2 * sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (p == MAP_FAILED)
		_exit(99);
	ahead = p;
	close(fd);
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	int64_t ms = ahead[id == CLOCK_REALTIME];

	if (syscall(SYS_clock_gettime, id, t) < 0)
		return -1;
	if (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC)
		return 0;
	t->tv_sec += ms / 1000;
	t->tv_nsec += ms % 1000 * 1000000;
	if (t->tv_nsec >= 1000000000) {
		t->tv_sec++;
		t->tv_nsec -= 1000000000;
	}
	return 0;
}

time_t time(time_t *to)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (to != NULL)
		*to = t.tv_sec;
	return t.tv_sec;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int poll_ms(struct pollfd *p, nfds_t n, int ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000L};

	return (int)syscall(SYS_ppoll, p, n, ms < 0 ? NULL : &t, NULL, 0);
}

int poll(struct pollfd *p, nfds_t n, int timeout)
{
	int64_t until = now() + timeout;
	int r;

	if (timeout < 0)
		return poll_ms(p, n, -1);
	do {
		int64_t left = until - now();

		r = poll_ms(p, n, left > LOOK_MS ? LOOK_MS : left > 0 ? (int)left : 0);
	} while (r == 0 && now() < until);
	return r;
}

int nanosleep(const struct timespec *t, struct timespec *left)
{
	int64_t until = now() + (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000;

	(void)left;
	while (now() < until)
		if (poll_ms(NULL, 0, LOOK_MS) < 0)
			return -1;
	return 0;
}

unsigned sleep(unsigned seconds)
{
	return nanosleep(&(struct timespec){.tv_sec = seconds}, NULL) < 0 ? seconds : 0;
}

/* The kernel does not know what time it is here. */
int utimensat(int dir, const char *name, const struct timespec t[2], int flags)
{
	struct timespec both[2];

	if (t == NULL) {
		clock_gettime(CLOCK_REALTIME, &both[0]);
		both[1] = both[0];
		t = both;
	}
	return (int)syscall(SYS_utimensat, dir, name, t, flags);
}
