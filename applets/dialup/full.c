/* full - keep the mark of a dial-up host whose waiting mail has reached its quota. */
#include "dialup/full.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dents.h"
#include "qmail/quota.h"

static int read_quota(int home, struct quota *q)
{
	int fd = openat(home, QUOTA_FILE, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	char text[100];
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof text);
	close(fd);
	return n > 0 ? quota_parse(text, (size_t)n, q) : -1;
}

/* 1, 0, or -1: new cannot be listed. */
static int is_full(int new, const struct quota *q)
{
	struct dents d;
	struct quota is = {0};
	const struct dent *e;
	struct stat st;

	if (lseek(new, 0, SEEK_SET) < 0)
		return -1;
	dents_begin(&d, new);
	while ((e = dents_next(&d)) != NULL) {
		if (e->name[0] == '.')
			continue;
		is.messages++;
		if (q->bytes > 0 && fstatat(new, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			is.bytes += st.st_size;
		if ((q->messages > 0 && is.messages >= q->messages) || (q->bytes > 0 && is.bytes >= q->bytes))
			return 1;
	}
	return d.failed ? -1 : 0;
}

/* An existing mark only gets the present time; one of another owner, which root has made, is replaced. */
static void mark(int home)
{
	int fd;

	if (utimensat(home, QUOTA_FULL, NULL, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	if (errno != ENOENT)
		unlinkat(home, QUOTA_FULL, 0);
	fd = openat(home, QUOTA_FULL, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
}

void full_keep(int home, int new)
{
	struct quota q;
	int full = read_quota(home, &q) < 0 ? -1 : is_full(new, &q);

	if (full > 0)
		mark(home);
	else if (full == 0)
		unlinkat(home, QUOTA_FULL, 0);
}
