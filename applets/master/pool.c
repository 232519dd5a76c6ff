/* pool - flushes under way in children of the running image. */
#include "master/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dialup/attempt.h"
#include "flush/flush.h"
#include "lib/signals.h"

int pool_open(struct pool *p, size_t size)
{
	p->child = calloc(size, sizeof *p->child);
	p->size = size;
	return p->child != NULL ? 0 : err_temp(&p->ctx->err, "out of memory");
}

void pool_close(struct pool *p)
{
	for (size_t i = 0; p->child != NULL && i < p->size; i++)
		free(p->child[i].name);
	free(p->child);
	p->child = NULL;
}

/* The exit code of a child whose host answered, though some mail is left. */
enum { EXIT_PARTLY = 10 };

static bool host_answered(struct pool *p, const char *path)
{
	struct attempt last;

	attempt_read(p->ctx, path, &last);
	return last.deferred > 0 && (*last.mode != '\0' || last.unsendable == last.deferred);
}

/* In the child: the lines of qv-flush, and its exit code, but for EXIT_PARTLY. */
static void flush(struct pool *p, const char *path, bool expire)
{
	struct flush_options o = flush_defaults;
	bool stopped;
	int r;

	/* The locks stay with the parent: should it be killed, its next incarnation must not wait for running flushes. */
	for (size_t i = 0; i < sizeof p->close / sizeof *p->close; i++)
		if (p->close[i] >= 0)
			close(p->close[i]);
	signals_default();
	p->ctx->applet = "qv-flush";
	prctl(PR_SET_NAME, "qv-flush"); /* for ps and top, and to find flushes that outlived their master */
	o.expire = expire;
	r = flush_dir(p->ctx, p->conf, &o, path, &stopped);
	if (r < 0)
		r = ctx_fatal(p->ctx);
	else if (r == EXIT_TEMP && host_answered(p, path))
		r = EXIT_PARTLY;
	_exit(r);
}

static struct pool_child *free_place(struct pool *p)
{
	size_t i = 0;

	while (i < p->size && p->child[i].pid != 0)
		i++;
	return i < p->size ? &p->child[i] : NULL;
}

int pool_start(struct pool *p, const char *name, bool expire)
{
	struct pool_child *c = free_place(p);
	char *copy = c != NULL ? strdup(name) : NULL;
	char path[PATH_MAX];
	pid_t pid;

	if (copy == NULL)
		return err_temp(&p->ctx->err, "out of memory");
	snprintf(path, sizeof path, "%s/%s", p->conf->serialmail, name);
	fflush(stdout); /* lest the child print it again */
	pid = fork();
	if (pid == 0)
		flush(p, path, expire);
	if (pid < 0) {
		free(copy);
		return err_sys(&p->ctx->err, "unable to start a flush of %s", path);
	}
	ctx_verbose(p->ctx, "%s: flush started, pid %ld", path, (long)pid);
	*c = (struct pool_child){pid, copy};
	p->running++;
	return 0;
}

static enum sched_end end_of(int status)
{
	if (status == 0)
		return SCHED_DONE;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_PARTLY ? SCHED_PARTLY : SCHED_FAILED;
}

char *pool_reap(struct pool *p, enum sched_end *how)
{
	pid_t pid;
	int status;
	char *name;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid < 0 && errno == EINTR))
		for (size_t i = 0; i < p->size; i++)
			if (p->child[i].pid == pid) {
				name = p->child[i].name;
				p->child[i] = (struct pool_child){0};
				p->running--;
				*how = end_of(status);
				return name;
			}
	return NULL;
}

void pool_stop(struct pool *p)
{
	for (size_t i = 0; i < p->size; i++)
		if (p->child[i].pid > 0)
			kill(p->child[i].pid, SIGTERM);
}
