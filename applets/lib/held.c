/* held - directories that are kept open for many looks below them. */
#include "lib/held.h"

#include <string.h>
#include <unistd.h>

void held_end(struct ctx *ctx, struct held *h)
{
	struct held **at = &ctx->held;

	if (h->n == 0)
		return;
	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	close(h->fd);
	h->n = 0;
}

void held_take(struct ctx *ctx, struct held *h, const char *path, int fd)
{
	size_t n = strlen(path);

	held_end(ctx, h);
	if (fd < 0)
		return;
	if (n >= sizeof h->path) {
		close(fd);
		return;
	}
	memcpy(h->path, path, n + 1);
	h->n = n;
	h->fd = fd;
	h->next = ctx->held;
	ctx->held = h;
}

int held_at(const struct ctx *ctx, const char *path, size_t n)
{
	for (const struct held *h = ctx->held; h != NULL; h = h->next)
		if (h->n == n && memcmp(h->path, path, n) == 0)
			return h->fd;
	return -1;
}

int held_above(const struct ctx *ctx, const char *path, const char **rest)
{
	int fd = ctx->rootfd;
	size_t n = 0;

	for (const struct held *h = ctx->held; h != NULL; h = h->next)
		if (h->n > n && strncmp(h->path, path, h->n) == 0 && (path[h->n] == '/' || path[h->n] == '\0')) {
			n = h->n;
			fd = h->fd;
		}
	*rest = path + n + strspn(path + n, "/");
	return fd;
}
