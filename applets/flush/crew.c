/* crew - the processes of a run: start them, hand SIGTERM on, wait for all. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flush/bouncer.h"
#include "flush/internal.h"
#include "lib/clock.h"
#include "lib/signals.h"

static void close_stop(struct flush *f)
{
	if (f->stop >= 0)
		close(f->stop);
	f->stop = -1;
}

/* Ctrl-C and a terminal that hangs up reach every process of the run: each message under way is finished all the same. */
static void be_child(struct flush *f)
{
	close_stop(f);
	signal(SIGPIPE, SIG_IGN);
	f->stop = signals_open((const int[]){SIGTERM, SIGINT, SIGHUP, 0});
}

bool flush_told_to_stop(struct flush *f)
{
	int sig;

	while (f->stop >= 0 && (sig = signals_read(f->stop)) > 0)
		f->stopping |= sig != SIGCHLD;
	return f->stopping;
}

bool flush_is_over(struct flush *f)
{
	return f->stopping || f->tallies[0].stuck || f->tallies[0].unsynced || *f->tallies[0].barred != '\0' ||
	       (f->until > 0 && clock_ms() >= f->until);
}

static size_t start(struct flush *f, pid_t *pid, size_t n, void (*job)(struct flush *f, size_t k))
{
	size_t k;

	fflush(stdout); /* lest the children print it again */
	for (k = 0; k < n; k++) {
		pid[k] = fork();
		if (pid[k] == 0) {
			be_child(f);
			job(f, k);
			_exit(0);
		}
		if (pid[k] < 0)
			break;
	}
	return k;
}

static size_t reap(pid_t *pid, size_t n, int *status)
{
	size_t running = 0;

	for (size_t k = 0; k < n; k++) {
		if (pid[k] > 0 && waitpid(pid[k], status != NULL ? &status[k] : NULL, WNOHANG) != 0)
			pid[k] = 0;
		running += pid[k] > 0;
	}
	return running;
}

static void stop_all(const pid_t *pid, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (pid[k] > 0)
			kill(pid[k], SIGTERM);
}

static void await(struct flush *f, pid_t *pid, size_t n, int *status)
{
	bool told = false;

	while (reap(pid, n, status) > 0) {
		struct pollfd p[] = {{.fd = f->stop, .events = POLLIN}, {.fd = f->bounces, .events = POLLIN}};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			clock_pause();
		if (p[1].revents != 0)
			bouncer_start(f);
		if (!flush_told_to_stop(f) || told)
			continue;
		stop_all(pid, n);
		told = true;
	}
}

int crew_run(struct flush *f, size_t n, void (*job)(struct flush *f, size_t k), int *status)
{
	pid_t pid[FLUSH_CONNECTIONS];
	size_t started;

	close_stop(f);
	f->stop = signals_open((const int[]){SIGTERM, SIGINT, SIGHUP, SIGCHLD, 0});
	if (f->stop < 0)
		return err_sys(&f->ctx->err, "unable to watch for signals");
	started = start(f, pid, n, job);
	if (started == 0)
		return err_sys(&f->ctx->err, "unable to fork");
	await(f, pid, started, status);
	return 0;
}
