/* list_cdb - the list of addresses as a cdb. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/mapped.h"
#include "lib/replace.h"
#include "qmail/cdbfile.h"
#include "qmail/cdbwalk.h"
#include "rcpt/kept.h"
#include "rcpt/list.h"
#include "rcpt/list_internal.h"

/* Each line without its end, as it is and behind a colon. */
static int add_keys(struct cdbfile *c, const struct buf *list)
{
	struct buf key = BUF(RCPT_LIST_MAX);
	const char *lf;
	int r = 0;

	for (const char *p = buf_text(list); r == 0 && (lf = strchr(p, '\n')) != NULL; p = lf + 1) {
		key.len = 0;
		buf_char(&key, ':');
		buf_add(&key, p, (size_t)(lf - p));
		errno = ENOMEM;
		if (buf_failed(&key) || cdbfile_add(c, key.p + 1, key.len - 1, "", 0) < 0 ||
		    cdbfile_add(c, key.p, key.len, "", 0) < 0)
			r = -1;
	}
	buf_free(&key);
	return r;
}

int list_cdb_fill(int fd, const struct buf *list)
{
	struct cdbfile *c = cdbfile_start(fd);

	if (c == NULL)
		return -1;
	if (add_keys(c, list) == 0)
		return cdbfile_finish(c);
	cdbfile_drop(c);
	return -1;
}

/* Write the cdb beside the old one. 0: r is to be shown or dropped. */
static int stage(struct ctx *ctx, struct replace *r, const char *path, const struct buf *list)
{
	if (replace_begin(ctx, r, path, &(struct owner){0644, (uid_t)-1, (gid_t)-1}) < 0)
		return -1;
	if (list_cdb_fill(r->fd, list) == 0)
		return 0;
	err_sys(&ctx->err, "unable to write %s%s", ctx->root, path);
	replace_drop(ctx, r);
	return -1;
}

/* Has the file at path the bytes of fd? */
static bool is_same(struct ctx *ctx, const char *path, int fd)
{
	struct mapped old, new;
	bool same = false;

	if (mapped_open(ctx, path, MAPPED_READ, &old) != 0)
		return false;
	if (mapped_fd(fd, MAPPED_READ, &new) == 0)
		same = old.n == new.n && (old.n == 0 || memcmp(old.p, new.p, old.n) == 0);
	mapped_close(&new);
	mapped_close(&old);
	return same;
}

/* The first record tells: other cdbs have data, or no @ in their keys. */
static bool is_list(const struct mapped *m)
{
	struct cdbwalk w = {0};

	if (m->n == 0)
		return true;
	if (cdbwalk_begin(&w, m->p, m->n) < 0)
		return false;
	return !cdbwalk_next(&w) ? !w.bad : w.datalen == 0 && memchr(w.key, '@', w.keylen) != NULL;
}

int list_cdb_check(struct ctx *ctx, const char *path)
{
	struct mapped m;
	int e = mapped_open(ctx, path, MAPPED_ASKED, &m);
	bool is = e == ENOENT || (e == 0 && is_list(&m));

	mapped_close(&m);
	if (e != 0 && e != ENOENT && e != EISDIR && e != EINVAL)
		return err_temp(&ctx->err, "unable to read %s%s: %s", ctx->root, path, strerror(e));
	return is ? 0 : err_perm(&ctx->err, "%s%s exists and is no list of addresses; name another file, here or in %s" KEPT_LISTS,
	                              ctx->root, path, ctx->root);
}

int list_cdb_write(struct ctx *ctx, const char *path, const struct buf *list)
{
	struct replace r;

	if (ctx->dry_run) {
		printf("build %s\n", path);
		return 0;
	}
	if (stage(ctx, &r, path, list) < 0)
		return -1;
	if (is_same(ctx, path, r.fd)) {
		replace_drop(ctx, &r);
		return 0;
	}
	if (replace_ready(ctx, &r) == 0)
		return replace_show(ctx, &r);
	replace_drop(ctx, &r);
	return -1;
}
