/* flow - bytes under way: each leaves the line at the line's rate, and arrives half a round trip later. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "line.h"

enum { SEGMENT = 1448, READ = 1 << 16 };

/* n is 0 for the end of input. */
struct chunk {
	struct chunk *next;
	int64_t due;
	size_t at, n;
	char bytes[];
};

void flow_begin(struct flow *f, struct way *way, int from, int to)
{
	*f = (struct flow){.way = way, .from = from, .to = to};
	f->tail = &f->head;
}

bool flow_wants(const struct flow *f)
{
	return !f->ended && f->waiting < f->way->room;
}

/* When n bytes that come now have arrived at the other side. */
static int64_t arrival(struct way *w, size_t n, int64_t now)
{
	if (w->free < now)
		w->free = now;
	if (w->bytes == 0)
		w->first = w->free;
	if (w->bits > 0)
		w->free += (int64_t)n * 8 * 1000000000 / w->bits;
	w->bytes += (int64_t)n;
	return w->free + w->delay;
}

static void add(struct flow *f, const char *p, size_t n, int64_t now)
{
	struct chunk *c = malloc(sizeof *c + n);

	if (c == NULL)
		err(1, "memory");
	*c = (struct chunk){.n = n, .due = arrival(f->way, n, now)};
	memcpy(c->bytes, p, n);
	*f->tail = c;
	f->tail = &c->next;
	f->waiting += n;
}

bool flow_read(struct flow *f, int64_t now)
{
	static char buf[READ];
	size_t piece = f->way->bits > 0 ? SEGMENT : READ;
	ssize_t n = recv(f->from, buf, sizeof buf, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	f->ended = n == 0;
	if (n == 0)
		add(f, buf, 0, now);
	for (size_t at = 0; at < (size_t)n; at += piece)
		add(f, buf + at, (size_t)n - at < piece ? (size_t)n - at : piece, now);
	return true;
}

static void remove_first(struct flow *f)
{
	struct chunk *c = f->head;

	f->head = c->next;
	if (f->head == NULL)
		f->tail = &f->head;
	f->waiting -= c->n;
	free(c);
}

bool flow_write(struct flow *f, int64_t now)
{
	f->blocked = false;
	while (f->head != NULL && f->head->due <= now) {
		struct chunk *c = f->head;
		ssize_t n = send(f->to, c->bytes + c->at, c->n - c->at, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0) {
			f->blocked = errno == EAGAIN;
			return f->blocked || errno == EINTR;
		}
		f->finished = c->n == 0;
		if (f->finished)
			shutdown(f->to, SHUT_WR);
		c->at += (size_t)n;
		if (c->at == c->n)
			remove_first(f);
	}
	return true;
}

int64_t flow_due(const struct flow *f)
{
	return f->head != NULL && !f->blocked ? f->head->due : INT64_MAX;
}

void flow_drop(struct flow *f)
{
	while (f->head != NULL)
		remove_first(f);
}
