/* maildir - maildir(5): list new messages, oldest first; remove unfinished ones. */
#include "qmail/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dents.h"
#include "lib/grow.h"

const char *const maildir_parts[] = {"tmp", "new", "cur", NULL};

enum {
	STALE = 36 * 3600,          /* seconds, maildir(5) */
	CLOCK_WAS_SET = 1577836800, /* 2020: an older time means that the clock was not set yet (no battery) */
};

/* Its own descriptor: others may stand elsewhere in the same directory. */
static int open_again(int fd)
{
	return openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct maildir_message *room(struct maildir_list *list)
{
	struct maildir_message *m = grow(list->message, list->n, &list->room, 8, sizeof *m);

	if (m == NULL)
		return NULL;
	list->message = m;
	return m + list->n;
}

static int add(struct maildir_list *list, const char *name, const struct stat *st)
{
	struct maildir_message *m = room(list);

	if (m == NULL)
		return -1;
	*m = (struct maildir_message){
		.arrived = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
		.size = st->st_size,
		.name = (uint32_t)list->names.len,
	};
	buf_add(&list->names, name, strlen(name) + 1);
	list->bytes += st->st_size;
	list->n++;
	return 0;
}

static int older_first(const void *a, const void *b, void *names)
{
	const struct maildir_message *x = a, *y = b;

	if (x->arrived != y->arrived)
		return x->arrived < y->arrived ? -1 : 1;
	return strcmp((const char *)names + x->name, (const char *)names + y->name);
}

/* An entry that exists but cannot be examined counts as a message: opening it reports the reason. */
static bool look(int new, const char *name, struct stat *st)
{
	if (fstatat(new, name, st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	*st = (struct stat){.st_mode = S_IFREG};
	return errno != ENOENT;
}

int maildir_list(int new, struct maildir_list *list)
{
	const struct dent *e;
	struct dents d;
	struct stat st;
	int r = 0, errnum;

	*list = (struct maildir_list){.names = BUF(UINT32_MAX)};
	dents_begin(&d, open_again(new));
	if (d.fd < 0)
		return -1;
	while (r == 0 && (e = dents_next(&d)) != NULL) {
		if (e->name[0] == '.' || !look(new, e->name, &st))
			continue;
		if (S_ISREG(st.st_mode))
			r = add(list, e->name, &st);
		else if (list->strange++ == 0 || strcmp(e->name, list->stranger) < 0)
			snprintf(list->stranger, sizeof list->stranger, "%s", e->name);
	}
	errnum = d.failed ? errno : r < 0 || buf_failed(&list->names) ? ENOMEM : 0;
	close(d.fd);
	if (errnum != 0) {
		maildir_free(list);
		errno = errnum;
		return -1;
	}
	if (list->n > 1)
		qsort_r(list->message, list->n, sizeof *list->message, older_first, list->names.p);
	return 0;
}

void maildir_free(struct maildir_list *list)
{
	free(list->message);
	buf_free(&list->names);
	*list = (struct maildir_list){0};
}

const char *maildir_name(const struct maildir_list *list, size_t i)
{
	return list->names.p + list->message[i].name;
}

time_t maildir_age(const struct maildir_list *list, size_t i, time_t now)
{
	time_t arrived = (time_t)(list->message[i].arrived / 1000000000);

	return arrived >= CLOCK_WAS_SET && now > arrived ? now - arrived : 0;
}

int maildir_waiting(int new)
{
	const struct dent *e;
	struct dents d;

	dents_begin(&d, new);
	while ((e = dents_next(&d)) != NULL)
		if (e->name[0] != '.')
			return 1;
	return d.failed ? -1 : 0;
}

void maildir_clean(int tmp, time_t now)
{
	const struct dent *e;
	struct dents d;
	struct stat st;

	dents_begin(&d, open_again(tmp));
	while ((e = dents_next(&d)) != NULL)
		if (e->name[0] != '.' && fstatat(tmp, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_atime < now - STALE && st.st_mtime < now - STALE)
			unlinkat(tmp, e->name, 0);
	if (d.fd >= 0)
		close(d.fd);
}

/* EINVAL: its file system does not sync directories one by one (CIFS). */
int maildir_sync(int dir)
{
	return fsync(dir) == 0 || (errno == EINVAL && syncfs(dir) == 0) ? 0 : -1;
}
