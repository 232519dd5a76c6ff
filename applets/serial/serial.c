/* serial - rounds: list, run the client, until nothing is left that is new to this run. */
#include "serial/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/error_str.h"
#include "serial/internal.h"

enum { FRUITLESS_MAX = 3 /* rounds in a row without any answer */ };

static int open_part(struct serial *s, int i)
{
	s->part[i] = open(maildir_parts[i + 1], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->part[i] >= 0)
		return 0;
	return err_temp(&s->ctx->err, "unable to scan $MAILDIR/%s: %s", maildir_parts[i + 1], error_str(errno));
}

/* $QVMAIL_ROOT is where qmail's home is, not the Maildir: that one is named as the shell sees it. */
static int begin(struct serial *s)
{
	if (chdir(s->dir) < 0)
		return err_temp(&s->ctx->err, "unable to chdir to %.900s: %s", s->dir, error_str(errno));
	signal(SIGPIPE, SIG_IGN);
	if (s->bounce && (ctx_open(s->ctx, getenv("QVMAIL_ROOT")) < 0 || conf_load(s->ctx, &s->conf) < 0)) {
		s->ctx->err.code = EXIT_TEMP;
		return -1;
	}
	return open_part(s, 0) < 0 || open_part(s, 1) < 0 ? -1 : 0;
}

static void clean(void)
{
	int tmp = open("tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (tmp < 0)
		return;
	maildir_clean(tmp, time(NULL));
	close(tmp);
}

static bool anything_waits(const struct serial *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->item[i].answered)
			return true;
	return false;
}

/* What there is no point in asking the client about again: too old, or for another run. */
static int give_up(struct serial *s, int status)
{
	serial_expire(s);
	serial_sync(s);
	if (WIFSIGNALED(status))
		return err_temp(&s->ctx->err, "client crashed");
	if (WEXITSTATUS(status) == EXIT_PERM)
		return EXIT_PERM; /* it has said why */
	if (anything_waits(s))
		return err_temp(&s->ctx->err, "making no progress, giving up");
	return s->kept != NULL || s->unread ? EXIT_TEMP : 0;
}

static int rounds(struct serial *s)
{
	int fruitless = 0, status;
	long answers;

	for (;;) {
		clean();
		if (serial_list(s) < 0)
			return -1;
		if (s->n == 0)
			return s->kept != NULL || s->unread ? EXIT_TEMP : 0;
		answers = serial_client(s, &status);
		if (answers < 0)
			return -1;
		if (s->no_memory)
			return err_temp(&s->ctx->err, "out of memory; what was accepted meanwhile will arrive twice");
		fruitless = answers > 0 ? 0 : fruitless + 1;
		if (WIFSIGNALED(status) || WEXITSTATUS(status) == EXIT_PERM || fruitless == FRUITLESS_MAX)
			return give_up(s, status);
	}
}

int serial_run(struct serial *s)
{
	int r;

	s->part[0] = s->part[1] = -1;
	r = begin(s);
	if (r == 0)
		r = rounds(s);
	if (r == 0 && s->unsynced)
		r = EXIT_TEMP;
	serial_forget(s);
	tdestroy(s->kept, free);
	for (int i = 0; i < 2; i++)
		if (s->part[i] >= 0)
			close(s->part[i]);
	return r;
}
