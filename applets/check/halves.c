/*
 * halves - a long list, its second half by another process beside this one.
 *
 * What is found must stay in order, and nearly nothing is found in nearly all lists. So the other process hands over what it
 * noted only if it found nothing; else it ends, and its half is done here, behind the first.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"

enum {
	MANY = 2000, /* a process costs more than fewer */
	STEP = 64,   /* then it looks whether anything was found */
	NOTES = 4,
};

struct half {
	pid_t pid;
	int fd;
	size_t marks;
	size_t len[NOTES];
};

/* Lists that grow where nothing is wrong. */
static void notes(struct check *c, struct buf *of[NOTES])
{
	of[0] = &c->homes;
	of[1] = &c->pops.text;
	of[2] = &c->boxes;
	of[3] = &c->forwards;
}

/* Grows with whatever else a check leaves. */
static size_t marks(struct check *c)
{
	struct buf *of[NOTES];
	size_t n = c->found + c->errors + c->unseen.len + c->blocked.len + c->missing.len + c->missing_maildirs.len +
	           c->doubtful_pops.len + c->dead_ids.len + c->change.files.n + c->change.owners.n;

	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		n += buf_failed(of[i]);
	return n + c->homes_missing + c->table_doubted + c->report.failed + c->change.files.failed + c->change.owners.failed;
}

static bool has_another_cpu(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 1;
}

/* False: there is no other process. In the other one pid is 0. */
static bool split(struct check *c, struct half *h)
{
	struct buf *of[NOTES];

	h->fd = memfd_create("notes", MFD_CLOEXEC);
	if (h->fd < 0)
		return false;
	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		h->len[i] = of[i]->len;
	h->marks = marks(c);
	h->pid = fork();
	if (h->pid < 0)
		close(h->fd);
	return h->pid >= 0;
}

/* How much of each, and all that. 0 or -1 */
static int hand_over(struct check *c, const struct half *h)
{
	struct buf *of[NOTES];
	size_t n[NOTES];
	int r;

	notes(c, of);
	for (size_t i = 0; i < NOTES; i++)
		n[i] = of[i]->len - h->len[i];
	r = fs_write(h->fd, n, sizeof n);
	for (size_t i = 0; r == 0 && i < NOTES; i++)
		r = fs_write(h->fd, buf_text(of[i]) + h->len[i], n[i]);
	return r;
}

static void do_half(struct check *c, const struct half *h, size_t from, size_t n, check_some *some, void *arg)
{
	for (size_t to; from < n; from = to) {
		to = n - from > STEP ? from + STEP : n;
		some(c, arg, from, to);
		if (marks(c) != h->marks)
			_exit(1);
	}
	_exit(hand_over(c, h) < 0);
}

static void take_notes(struct check *c, const char *p)
{
	struct buf *of[NOTES];
	size_t n[NOTES], pops = c->pops.text.len;

	memcpy(n, p, sizeof n);
	p += sizeof n;
	notes(c, of);
	for (size_t i = 0; i < NOTES; p += n[i++])
		buf_add(of[i], p, n[i]);
	for (; pops < c->pops.text.len; pops++)
		c->pops.n += c->pops.text.p[pops] == '\0';
}

/* False: the other half is still to be done. */
static bool take_over(struct check *c, const struct half *h)
{
	char *p = MAP_FAILED;
	int status = -1;
	size_t n;

	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		;
	n = (size_t)lseek(h->fd, 0, SEEK_END);
	if (status == 0)
		p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, h->fd, 0);
	close(h->fd);
	if (p == MAP_FAILED)
		return false;
	take_notes(c, p);
	munmap(p, n);
	return true;
}

void check_halves(struct check *c, size_t n, check_some *some, void *arg)
{
	struct half h;

	if (n < MANY || !has_another_cpu() || !split(c, &h)) {
		some(c, arg, 0, n);
		return;
	}
	if (h.pid == 0)
		do_half(c, &h, n / 2, n, some, arg);
	some(c, arg, 0, n / 2);
	if (!take_over(c, &h))
		some(c, arg, n / 2, n);
}
