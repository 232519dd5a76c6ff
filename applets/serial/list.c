/* list - what is in new/ and cur/ and has the prefix, oldest first. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/error_str.h"
#include "qmail/envelope.h"
#include "serial/internal.h"

/* Byte for byte, as the original; and only a line that has its end. */
static bool second_line_is_ours(const char *p, size_t n, const char *prefix)
{
	static const char field[] = "Delivered-To: ";
	const char *lf = memchr(p, '\n', n);
	size_t skip = sizeof field - 1, k = strlen(prefix);

	if (lf == NULL)
		return false;
	n -= (size_t)(lf + 1 - p);
	p = lf + 1;
	lf = memchr(p, '\n', n);
	return lf != NULL && (size_t)(lf - p) >= skip + k && memcmp(p, field, skip) == 0 && memcmp(p + skip, prefix, k) == 0;
}

/* As many bytes as there are, up to size; -1. */
static ssize_t read_head(int fd, char *head, size_t size)
{
	size_t n = 0;
	ssize_t k;

	while (n < size && (k = read(fd, head + n, size - n)) != 0)
		if (k > 0)
			n += (size_t)k;
		else if (errno != EINTR)
			return -1;
	return (ssize_t)n;
}

static bool has_prefix(struct serial *s, const struct serial_item *i)
{
	char head[ENVELOPE_HEAD], name[PATH_MAX];
	int fd = serial_open(s, i);
	ssize_t n = fd < 0 ? -1 : read_head(fd, head, sizeof head);

	if (n < 0 && errno != ENOENT) { /* gone meanwhile is no error */
		s->unread = true;
		ctx_warn(s->ctx, "unable to %s %s: %s", fd < 0 ? "open" : "read", serial_name(i, name), error_str(errno));
	}
	if (fd >= 0)
		close(fd);
	return n >= 0 && second_line_is_ours(head, (size_t)n, s->prefix);
}

/* Not of this second, for another might come in it that would have to stand before it. */
static bool is_wanted(struct serial *s, const struct serial_item *i, time_t now)
{
	char name[PATH_MAX];

	if (serial_arrived(i) >= now || serial_was_kept(s, serial_name(i, name)))
		return false;
	return *s->prefix == '\0' || has_prefix(s, i);
}

static int older_first(const void *a, const void *b)
{
	const struct serial_item *x = a, *y = b;

	if (x->arrived != y->arrived)
		return x->arrived < y->arrived ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void choose(struct serial *s, int part, time_t now)
{
	for (size_t i = 0; i < s->list[part].n; i++) {
		struct serial_item item = {
			.part = part,
			.name = maildir_name(&s->list[part], i),
			.arrived = s->list[part].message[i].arrived,
		};

		if (is_wanted(s, &item, now))
			s->item[s->n++] = item;
	}
}

void serial_forget(struct serial *s)
{
	free(s->item);
	s->item = NULL;
	s->n = s->hint = 0;
	for (int i = 0; i < 2; i++)
		maildir_free(&s->list[i]);
}

int serial_list(struct serial *s)
{
	time_t now = time(NULL);

	serial_forget(s);
	for (int i = 0; i < 2; i++)
		if (maildir_list(s->part[i], &s->list[i]) < 0)
			return err_temp(&s->ctx->err, "unable to read $MAILDIR/%s: %s", maildir_parts[i + 1], error_str(errno));
	s->item = calloc(s->list[0].n + s->list[1].n + 1, sizeof *s->item);
	if (s->item == NULL)
		return err_temp(&s->ctx->err, "out of memory");
	choose(s, 0, now);
	choose(s, 1, now);
	qsort(s->item, s->n, sizeof *s->item, older_first);
	return 0;
}
