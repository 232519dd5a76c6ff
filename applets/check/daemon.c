/* daemon - has the running qmail-send read what stands in virtualdomains and locals? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check/check.h"
#include "qmail/qsend.h"

/* When a process was started, by the owner's change of its /proc directory; 0: nobody can tell. */
static time_t started(pid_t pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%ld", (long)pid);
	return stat(path, &st) == 0 ? st.st_ctime : 0;
}

/*
 * It reads them when it starts and at a HUP, and every reading moves a file's access time behind its last change (relatime does
 * so too). So a file that nobody has read since it was changed, not qmail-send either, is certain to be unread.
 */
static void check_read(struct check *c, enum routing_name name, time_t start)
{
	const struct routing_file *f = &c->change.routing.file[name];
	const struct stat *st = &f->seen.st;

	if (!f->seen.there || st->st_mtime <= start || st->st_atim.tv_sec > st->st_mtim.tv_sec ||
	    (st->st_atim.tv_sec == st->st_mtim.tv_sec && st->st_atim.tv_nsec > st->st_mtim.tv_nsec))
		return;
	check_found(c, &(struct finding){CHECK_ERROR, "not-read", f->path, 0, "qv-hup"},
	            "was changed, and qmail-send has not read it since: mail goes where it said before");
}

void check_daemon(struct check *c)
{
	struct qsend q;
	time_t start;

	if (c->ctx->offline || qsend_find(c->ctx, &c->change.conf, &q) < 0 || q.found == QSEND_NONE)
		return;
	start = started(q.pid);
	if (start == 0)
		return;
	check_read(c, ROUTING_LOCALS, start);
	check_read(c, ROUTING_VIRTUALDOMAINS, start);
}
