/* maildir - maildir(5): list new messages, oldest first; remove unfinished ones. */
#include "qmail/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dir.h"
#include "lib/grow.h"

const char *const maildir_parts[] = {"tmp", "new", "cur", NULL};

enum {
	STALE = 36 * 3600,          /* seconds, maildir(5) */
	CLOCK_WAS_SET = 1577836800, /* 2020: an older time means that the clock was not set yet (no battery) */
};

static DIR *open_again(int fd)
{
	return dir_take(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static struct maildir_message *room(struct maildir_list *list)
{
	struct maildir_message *m = grow(list->message, list->n, &list->room, 64, sizeof *m);

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
	DIR *d = open_again(new);
	struct dirent *e;
	struct stat st;
	int r = 0, errnum;

	*list = (struct maildir_list){.names = BUF(UINT32_MAX)};
	if (d == NULL)
		return -1;
	while (r == 0 && (e = dir_next(d)) != NULL) {
		if (e->d_name[0] == '.' || !look(new, e->d_name, &st))
			continue;
		if (S_ISREG(st.st_mode))
			r = add(list, e->d_name, &st);
		else if (list->strange++ == 0 || strcmp(e->d_name, list->stranger) < 0)
			snprintf(list->stranger, sizeof list->stranger, "%s", e->d_name);
	}
	errnum = r < 0 || buf_failed(&list->names) ? ENOMEM : errno;
	closedir(d);
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
	DIR *d = open_again(new);
	struct dirent *e;
	int found = 0;

	if (d == NULL)
		return -1;
	while (!found && (e = dir_next(d)) != NULL)
		found = e->d_name[0] != '.';
	if (!found && errno != 0)
		found = -1;
	closedir(d);
	return found;
}

int maildir_clean(int tmp, time_t now)
{
	DIR *d = open_again(tmp);
	struct dirent *e;
	struct stat st;

	if (d == NULL)
		return -1;
	while ((e = dir_next(d)) != NULL)
		if (e->d_name[0] != '.' && fstatat(tmp, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_atime < now - STALE && st.st_mtime < now - STALE)
			unlinkat(tmp, e->d_name, 0);
	closedir(d);
	return 0;
}

/* EINVAL: its file system does not sync directories one by one (CIFS). */
int maildir_sync(int dir)
{
	return fsync(dir) == 0 || (errno == EINVAL && syncfs(dir) == 0) ? 0 : -1;
}
