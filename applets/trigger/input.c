/* input - lines from a caller, within limits. */
#include "trigger/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/net.h"

void input_open(struct input *in, int from, int to)
{
	in->from = from;
	in->to = to;
	in->n = in->at = 0;
	in->passing = false;
	in->until = clock_ms() + INPUT_WHOLE_MS;
	fcntl(from, F_SETFL, fcntl(from, F_GETFL) | O_NONBLOCK);
	fcntl(to, F_SETFL, fcntl(to, F_GETFL) | O_NONBLOCK);
}

bool input_has_more(const struct input *in)
{
	return in->at < in->n;
}

static char *take_line(struct input *in)
{
	char *line = in->buf + in->at, *lf = memchr(line, '\n', in->n - in->at);

	if (lf == NULL)
		return NULL;
	in->at = (size_t)(lf - in->buf) + 1;
	if (lf > line && lf[-1] == '\r')
		lf--;
	*lf = '\0';
	for (char *p = line; p < lf; p++)
		if (*p == '\0')
			*p = '?';
	return line;
}

/* 1: something; 0: he has gone; -1: nothing in these milliseconds. */
static int more(struct input *in, int64_t left)
{
	struct pollfd p = {.fd = in->from, .events = POLLIN};
	ssize_t n;

	memmove(in->buf, in->buf + in->at, in->n - in->at);
	in->n -= in->at;
	in->at = 0;
	switch (poll(&p, 1, (int)(left < INPUT_IDLE_MS ? left : INPUT_IDLE_MS))) {
	case 0:
		return -1;
	case -1:
		clock_pause();
	}
	n = net_read(in->from, in->buf + in->n, INPUT_LINE - in->n);
	net_acknowledge(in->from);
	if (n > 0)
		in->n += (size_t)n;
	return n > 0 || (n < 0 && errno == EAGAIN) ? 1 : 0;
}

enum input_end input_line(struct input *in, char **line)
{
	int64_t left;
	int r;

	for (;;) {
		left = in->until - clock_ms();
		if (left <= 0) /* also for one who never stops */
			return INPUT_IDLE;
		*line = take_line(in);
		if (*line != NULL && !in->passing)
			return INPUT_GOOD;
		if (*line != NULL) {
			in->passing = false;
			return INPUT_LONG;
		}
		if (in->n - in->at == INPUT_LINE) {
			in->passing = true;
			in->n = in->at = 0;
		}
		r = more(in, left);
		if (r <= 0)
			return r < 0 ? INPUT_IDLE : INPUT_CLOSED;
	}
}

bool input_write(struct input *in, const char *p, size_t n)
{
	struct pollfd out = {.fd = in->to, .events = POLLOUT};
	int64_t until = clock_ms() + INPUT_WRITE_MS, left;
	ssize_t sent;

	while (n > 0) {
		sent = net_write(in->to, p, n);
		left = until - clock_ms();
		if (sent < 0 && (errno != EAGAIN || left <= 0 || poll(&out, 1, (int)left) <= 0))
			return false;
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		}
	}
	return true;
}
