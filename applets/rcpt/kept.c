/* kept - which lists each change of qv-domain and qv-mailbox writes again. */
#include "rcpt/kept.h"

#include <string.h>

#include "lib/fs.h"
#include "lib/replace.h"

int kept_load(struct ctx *ctx, struct lines *l)
{
	struct buf text = BUF(CONTROL_MAX);
	int r = fs_slurp(ctx, KEPT_LISTS, &text, NULL);

	if (r >= 0)
		lines_take(l, &text);
	buf_free(&text);
	if (r >= 0 && lines_failed(l))
		return err_temp(&ctx->err, "out of memory");
	return r < 0 ? -1 : 0;
}

bool kept_path(const struct lines *l, size_t i, char path[PATH_MAX])
{
	const char *key;
	size_t n;

	if (!lines_key(l, LINES_LIST, i, &key, &n) || *key != '/' || n >= PATH_MAX || memchr(key, '\0', n) != NULL)
		return false;
	memcpy(path, key, n);
	path[n] = '\0';
	return true;
}

bool kept_place(const char *path)
{
	static const char users[] = QMAIL_HOME "/users/";
	const char *name = strrchr(path, '/') + 1;
	size_t dir = (size_t)(name - path);

	return *name != '\0' && ((dir == strlen(QMAIL_CONTROL) && strncmp(path, QMAIL_CONTROL, dir) == 0) ||
	                         (dir == strlen(users) && strncmp(path, users, dir) == 0));
}

int kept_enter(struct ctx *ctx, const char *path)
{
	struct lines l = {0};
	struct buf text = BUF(CONTROL_MAX);
	int r = kept_load(ctx, &l);

	if (r == 0 && lines_find(&l, LINES_LIST, path, 0) == LINES_NONE) {
		lines_insert(&l, l.n, path);
		lines_render(&l, &text);
		r = lines_failed(&l) || buf_failed(&text)
			? err_temp(&ctx->err, "out of memory")
			: replace_file(ctx, KEPT_LISTS, &(struct owner){0644, (uid_t)-1, (gid_t)-1}, text.p, text.len);
	}
	buf_free(&text);
	lines_free(&l);
	return r;
}
