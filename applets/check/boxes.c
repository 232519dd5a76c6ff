/* boxes - POP boxes: whole, popusr's, and somebody's. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "lib/fs.h"
#include "qmail/boxes.h"

/* Strings that lie one behind the other in a buf, sorted. */
struct names {
	const char **text;
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int sort(const struct buf *b, struct names *names)
{
	size_t n = 0;

	for (size_t i = 0; i < b->len; i++)
		n += b->p[i] == '\0';
	names->text = calloc(n + 1, sizeof *names->text);
	if (names->text == NULL)
		return -1;
	for (size_t at = 0; names->n < n; at += strlen(b->p + at) + 1)
		names->text[names->n++] = b->p + at;
	qsort(names->text, n, sizeof *names->text, by_text);
	return 0;
}

static void check_box(struct check *c, const struct names *users, const struct boxes *b, const char *name)
{
	char mend[NAME_MAX + 64];
	struct box box;
	const char *path = box.path;

	boxes_name(b, name, &box);
	check_maildir(c, box.path);
	if (c->homes_missing || bsearch(&path, users->text, users->n, sizeof *users->text, by_text) != NULL)
		return;
	snprintf(mend, sizeof mend, "qv-mailbox add ADDRESS --box %s", name);
	check_found(c, &(struct finding){CHECK_WARNING, "nobodys-box", box.path, 0, mend},
	            "no address delivers there: it gets no mail");
}

static void check_pop(struct check *c, const struct names *users, const struct boxes *b)
{
	struct stat st;
	struct dirent *e;
	int r = fs_stat(c->ctx, b->dir, &st);
	int fd = r == 0 ? fs_dir(c->ctx, b->dir) : -1;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (r < 0 || (r == 0 && d == NULL))
		check_unreadable(c, b->dir);
	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			check_box(c, users, b, e->d_name);
	closedir(d);
}

/* The POP directories, once for each domain. */
static void find_pops(const struct check *c, struct buf *pops)
{
	const struct routing *r = &c->change.routing;
	struct name_domain name;
	struct domain d;
	struct boxes b;

	for (size_t at = 0; routing_next(r, &at, &name);) {
		routing_look(r, &c->change.conf, name.text, &d);
		if (d.form == DOMAIN_POP && boxes_of_home(d.home, &b) == 0)
			buf_add(pops, b.dir, strlen(b.dir) + 1);
	}
}

void check_boxes(struct check *c)
{
	struct buf text = BUF(CONTROL_MAX);
	struct names users = {0}, pops = {0};
	struct boxes b = {0};

	find_pops(c, &text);
	c->boxes.failed |= buf_failed(&text) || sort(&c->boxes, &users) < 0 || sort(&text, &pops) < 0;
	for (size_t i = 0; !buf_failed(&c->boxes) && i < pops.n; i++) {
		if (i > 0 && strcmp(pops.text[i], pops.text[i - 1]) == 0)
			continue; /* several domains may be one customer's */
		snprintf(b.dir, sizeof b.dir, "%s", pops.text[i]);
		check_pop(c, &users, &b);
	}
	free(users.text);
	free(pops.text);
	buf_free(&text);
}
