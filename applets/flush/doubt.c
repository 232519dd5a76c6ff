/* doubt - on a network file system: which messages are under way is noted beside the lock, for who goes on where this ended. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dialup/marks.h"
#include "flush/internal.h"
#include "lib/lock.h"
#include "lib/netfs.h"
#include "lib/printable.h"

/* Of the lock's file: its holder's name, what gone.c notes, then a part for each connection, with the sender's name and messages, a line each. */
enum { PART = 1 << 21 };

static const char all[] = "*"; /* what a transport has sent is known to it alone */

static void mark(const struct flush *f, const char *name, char *noted)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (strcmp(name, all) == 0 || strcmp(name, maildir_name(&f->list, i)) == 0)
			noted[i] = 1;
}

static void say(struct flush *f, const char *noted, const char *who, const char *what)
{
	for (size_t i = 0; i < f->list.n; i++)
		if (noted[i])
			ctx_warn(f->ctx, "%s: new/%s: may arrive twice: %s %s", f->dir, maildir_name(&f->list, i), who, what);
}

static void read_part(struct flush *f, off_t at, char *text)
{
	char *noted = calloc(f->list.n + 1, 1), *next = text, *who;
	ssize_t n = pread(f->guard, text, PART - 1, at);

	text[n > 0 ? n : 0] = '\0';
	who = strsep(&next, "\n");
	for (const char *name; noted != NULL && next != NULL && (name = strsep(&next, "\n")) != NULL;)
		mark(f, name, noted);
	if (noted != NULL)
		say(f, noted, printable(who), "had begun to send it, and did not finish");
	free(noted);
}

static void tell_gone(struct flush *f)
{
	char *noted = calloc(f->list.n + 1, 1);

	if (noted != NULL) {
		flush_find_gone(f, noted);
		say(f, noted, "it was sent before,", "but still exists or was brought back by the file system");
	}
	free(noted);
}

void flush_tell_doubts(struct flush *f)
{
	struct stat st;
	char *text;

	if (f->guard >= 0)
		tell_gone(f);
	if (f->guard < 0 || fstat(f->guard, &st) < 0 || st.st_size <= PART)
		return;
	text = malloc(PART);
	for (off_t at = PART; text != NULL && at < st.st_size && at <= (off_t)PART * FLUSH_TALLIES; at += PART)
		read_part(f, at, text);
	free(text);
	flush_no_doubts(f);
}

/* When it fails they are told once more. */
void flush_no_doubts(const struct flush *f)
{
	struct stat st;

	if (f->guard >= 0 && fstat(f->guard, &st) == 0 && st.st_size > PART && ftruncate(f->guard, PART) < 0)
		ctx_verbose(f->ctx, "%s: unable to shorten " DOMAIN_LOCK, f->dir);
}

static int write_part(const struct flush *f, const struct buf *b)
{
	off_t at = PART * (1 + (off_t)(f->tally - f->tallies));

	ssize_t n = -1;

	errno = ENOMEM;
	if (!buf_failed(b))
		n = pwrite(f->guard, b->p, b->len, at);
	if (n >= 0 && (size_t)n < b->len)
		errno = ENOSPC;
	return n == (ssize_t)b->len ? fsync(f->guard) : -1;
}

/* Others' that wait again are among them, and all that are under way in other connections, or sent and still to be removed. */
static void list_noted(struct flush *f, size_t i, size_t ahead, struct buf *b)
{
	for (f->noted = 0; f->noted < f->list.n && (f->noted <= i || ahead > 0); f->noted++) {
		unsigned char state = f->item[f->noted];

		if (state != ITEM_TAKEN && state != ITEM_WAITING && state != ITEM_GONE)
			continue;
		ahead -= f->noted > i && state != ITEM_GONE;
		buf_printf(b, "%s\n", maildir_name(&f->list, f->noted));
	}
}

static int note(struct flush *f, size_t i, size_t ahead)
{
	struct buf b = BUF(PART);
	char who[100];
	int r;

	buf_printf(&b, "%s\n", netfs_signed(f->guard, who, sizeof who));
	if (f->o->transport != NULL)
		buf_printf(&b, "%s\n", all);
	else
		list_noted(f, i, ahead, &b);
	buf_add(&b, "", 1);
	r = write_part(f, &b);
	buf_free(&b);
	return r;
}

/* A machine that was cut off for a while has lost its locks without being told. */
int flush_note(struct flush *f, size_t i, size_t ahead)
{
	char *barred = f->tallies[0].barred;
	int r = f->guard < 0 ? 0 : lock_take(f->guard, 0);

	if (r == 0 && (f->guard < 0 || note(f, i, ahead) == 0))
		return 0;
	if (r == 1)
		snprintf(barred, sizeof f->tally->barred, "another gateway has taken over");
	else
		snprintf(barred, sizeof f->tally->barred, "what is under way cannot be noted in " DOMAIN_LOCK ": %s", strerror(errno));
	ctx_warn(f->ctx, "%s: nothing more is sent: %s", f->dir, barred);
	return -1;
}
