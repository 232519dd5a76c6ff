/* transport - another program instead of the built-in client. */
#include "flush/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"
#include "lib/signals.h"

/* The lock goes along: should we die, the program still holds it, and nobody sends the same mail beside it. */
static void run(struct flush *f, size_t k __attribute__((unused)))
{
	char command[TRANSPORT_MAX + 16];
	int dir = openat(f->new, "../..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (dir < 0 || fchdir(dir) < 0 || nothing < 0 || dup2(nothing, 0) < 0 || fcntl(f->lock, F_SETFD, 0) < 0 ||
	    fcntl(f->new, F_SETFD, 0) < 0)
		_exit(111);
	snprintf(command, sizeof command, "exec %s \"$@\"", f->o->transport);
	signals_default();
	execl("/bin/sh", "sh", "-c", command, "sh", "Maildir", f->prefix[0], (char *)NULL);
	_exit(111);
}

static void explain(struct flush *f, int status)
{
	if (WIFSIGNALED(status))
		snprintf(f->tally->why, sizeof f->tally->why, "%s was killed by signal %d", f->o->transport, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		snprintf(f->tally->why, sizeof f->tally->why, "%s: exit %d", f->o->transport, WEXITSTATUS(status));
	else
		snprintf(f->tally->why, sizeof f->tally->why, "%s exited 0 without removing the message", f->o->transport);
}

void transport_run(struct flush *f)
{
	struct stat st;
	int status = 0;

	if (crew_run(f, 1, run, &status) < 0)
		snprintf(f->tally->why, sizeof f->tally->why, "%.500s", f->ctx->err.text);
	else
		explain(f, status);
	f->removed = clock_ms();
	for (size_t i = 0; i < f->list.n; i++)
		if (fstatat(f->new, maildir_name(&f->list, i), &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			settle_gone(f, i, true);
}
