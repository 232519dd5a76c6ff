/* maildir - maildir(5): list what is new, oldest first, clean what was never finished. */
#include "qmail/maildir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const maildir_parts[] = {"tmp", "new", "cur", NULL};

enum { STALE = 36 * 3600 /* seconds, maildir(5) */ };

static DIR *open_again(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = own < 0 ? NULL : fdopendir(own);

	if (d == NULL && own >= 0)
		close(own);
	return d;
}

static struct maildir_message *room(struct maildir_list *list, size_t *cap)
{
	size_t more = *cap ? *cap * 2 : 64;
	struct maildir_message *m;

	if (list->n < *cap)
		return list->message + list->n;
	m = realloc(list->message, more * sizeof *m);
	if (m == NULL)
		return NULL;
	list->message = m;
	*cap = more;
	return m + list->n;
}

static int add(struct maildir_list *list, size_t *cap, const char *name, const struct stat *st)
{
	struct maildir_message *m = room(list, cap);
	char *copy = m != NULL ? strdup(name) : NULL;

	if (copy == NULL)
		return -1;
	*m = (struct maildir_message){
		.name = copy,
		.size = st->st_size,
		.arrived = st->st_mtime,
		.order = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
	list->bytes += st->st_size;
	list->n++;
	return 0;
}

static int older_first(const void *a, const void *b)
{
	const struct maildir_message *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->name, y->name);
}

int maildir_list(int new, struct maildir_list *list)
{
	DIR *d = open_again(new);
	struct dirent *e;
	struct stat st;
	size_t cap = 0;
	int r = 0;

	*list = (struct maildir_list){0};
	if (d == NULL)
		return -1;
	while (r == 0 && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || fstatat(new, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			r = add(list, &cap, e->d_name, &st);
		else
			list->odd++;
	}
	closedir(d);
	if (r < 0)
		maildir_free(list);
	else if (list->n > 1)
		qsort(list->message, list->n, sizeof *list->message, older_first);
	return r;
}

void maildir_free(struct maildir_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->message[i].name);
	free(list->message);
	*list = (struct maildir_list){0};
}

int maildir_waiting(int new)
{
	DIR *d = open_again(new);
	struct dirent *e;
	int found = 0;

	if (d == NULL)
		return -1;
	while (!found && (e = readdir(d)) != NULL)
		found = e->d_name[0] != '.';
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
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && fstatat(tmp, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_atime < now - STALE && st.st_mtime < now - STALE)
			unlinkat(tmp, e->d_name, 0);
	closedir(d);
	return 0;
}
