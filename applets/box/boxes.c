/* boxes - the numbered POP boxes of a customer; a number is never reused. */
#include "box/boxes.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fs.h"
#include "lib/join.h"
#include "lib/opt.h"
#include "plan/view.h"
#include "qmail/maildir.h"

static const struct owner of_root = {0644, (uid_t)-1, (gid_t)-1};

void boxes_of_handle(const struct conf *conf, const char *handle, struct boxes *b)
{
	*b = (struct boxes){0};
	join(b->handle, sizeof b->handle, handle, NULL);
	join(b->dir, sizeof b->dir, conf->popmail, "/", (char[]){handle[0], '\0'}, "/", handle, "/POP", NULL);
}

int boxes_of_home(const char *home, struct boxes *b)
{
	static const char domains[] = "/DOMAINS";
	const char *last = strrchr(home, '/'), *hit, *slash;
	size_t n = strlen(domains);

	if (last == NULL || (size_t)(last - home) < n || memcmp(last - n, domains, n) != 0)
		return -1;
	hit = last - n;
	for (slash = hit; slash > home && slash[-1] != '/'; slash--)
		;
	if (slash == hit || (size_t)(hit - home) + sizeof "/POP" > sizeof b->dir || (size_t)(hit - slash) > NAME_MAX)
		return -1;
	*b = (struct boxes){0};
	join_part(b->handle, sizeof b->handle, slash, (size_t)(hit - slash));
	n = join_part(b->dir, sizeof b->dir, home, (size_t)(hit - home));
	join(b->dir + n, sizeof b->dir - n, "/POP", NULL);
	return 0;
}

void boxes_name(const struct boxes *b, const char *name, struct box *box)
{
	join(box->name, sizeof box->name, name, NULL);
	join(box->path, sizeof box->path, b->dir, "/", name, NULL);
}

int boxes_will(struct ctx *ctx, struct plan *plan, const struct box *box)
{
	struct stat st;
	int r = plan_stat(ctx, plan, box->path, &st);

	if (r == 0 && !S_ISDIR(st.st_mode))
		return err_perm(&ctx->err, "%s%s exists but is not a Maildir; move it away first", ctx->root, box->path);
	return r;
}

int boxes_look(struct ctx *ctx, const struct box *box)
{
	return boxes_will(ctx, NULL, box);
}

long boxes_number(const struct boxes *b, const char *name)
{
	size_t n = strlen(b->handle);
	long number;

	if (strncmp(name, b->handle, n) != 0 || name[n] != '-' || opt_number(name + n + 1, INT32_MAX, &number) < 0)
		return -1;
	return number;
}

static void last_path(const struct boxes *b, char *to, size_t size)
{
	join(to, size, b->dir, "/.qv-last", NULL);
}

int boxes_last(struct ctx *ctx, struct plan *plan, const struct boxes *b, long *last)
{
	struct buf text = BUF(64);
	char path[900];
	int r;

	*last = -1;
	last_path(b, path, sizeof path);
	r = plan_slurp(ctx, plan, path, &text, NULL);
	if (r == 0) {
		if (text.len > 0 && text.p[text.len - 1] == '\n')
			text.p[text.len - 1] = '\0';
		if (opt_number(buf_text(&text), INT32_MAX - 1, last) < 0)
			r = err_perm(&ctx->err, "%s%s:1: not a number; put the highest box number ever used into this file", ctx->root,
			             path);
	}
	buf_free(&text);
	return r < 0 ? -1 : 0;
}

void boxes_use_up(struct plan *plan, const struct boxes *b, long last)
{
	char path[900], digits[JOIN_NUMBER], text[JOIN_NUMBER + 1];

	last_path(b, path, sizeof path);
	join(text, sizeof text, join_number(digits, (unsigned long)last, 1), "\n", NULL);
	plan_text(plan, path, &of_root, text);
}

static void plan_box(const struct conf *conf, const struct boxes *b, struct plan *plan, const struct box *box)
{
	struct owner o = {0700, b->foreign ? b->uid : conf->uid, b->foreign ? b->gid : conf->gid};

	plan_maildir(plan, box->path, &o);
}

int boxes_make(struct ctx *ctx, const struct conf *conf, const struct boxes *b, const char *name, struct plan *plan,
               struct box *box)
{
	long last, number;
	int r;

	if (boxes_last(ctx, plan, b, &last) < 0)
		return -1;
	boxes_name(b, name, box);
	r = boxes_will(ctx, plan, box);
	if (r <= 0)
		return r;
	number = boxes_number(b, name);
	if (number >= 0 && number <= last)
		return err_perm(&ctx->err,
		                "box %s no longer exists, and a number is never reused (the highest used is %ld); for an address "
		                "that delivers into it run qv-check --fix or qv-mailbox del, else leave out --box to get the next "
		                "free one",
		                name, last);
	plan_box(conf, b, plan, box);
	return 0;
}

int boxes_purge(struct ctx *ctx, const struct boxes *b, const struct box *box, struct plan *plan)
{
	long last, number = boxes_number(b, box->name);

	if (boxes_last(ctx, plan, b, &last) < 0)
		return -1;
	if (number > last)
		boxes_use_up(plan, b, number);
	plan_remove(plan, box->path);
	return 0;
}

static int part_has_mail(struct ctx *ctx, const struct box *box, const char *part)
{
	char path[sizeof box->path + 8];
	struct stat st;
	int fd, r;

	join(path, sizeof path, box->path, "/", part, NULL);
	r = fs_stat(ctx, path, &st);
	if (r != 0)
		return r < 0 ? -1 : 0;
	fd = fs_dir(ctx, path);
	if (fd < 0)
		return -1;
	r = maildir_waiting(fd);
	close(fd);
	return r < 0 ? err_sys(&ctx->err, "unable to read %s%s", ctx->root, path) : r;
}

int boxes_mail(struct ctx *ctx, const struct box *box)
{
	int r = part_has_mail(ctx, box, "new");

	return r != 0 ? r : part_has_mail(ctx, box, "cur");
}
