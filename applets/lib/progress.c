/* progress - a line on a terminal while something takes long. */
#include "lib/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fs.h"

enum { EVERY = 200 }; /* milliseconds from line to line */

/* \r: over the last one; \033[K: and nothing behind it. */
static void print(struct progress *p, int64_t now)
{
	int64_t left = p->done > 0 ? (now - p->began) * (int64_t)(p->total - p->done) / (int64_t)p->done / 1000 : 0;
	char line[160], time[48] = "";
	int n;

	if (left > 0)
		snprintf(time, sizeof time, ", %d:%02d left", (int)(left / 60), (int)(left % 60));
	n = snprintf(line, sizeof line, "\r%s: %zu of %zu%s\033[K", p->ctx->applet, p->done / p->rounds, p->total / p->rounds,
	             time);
	p->printed = now;
	p->shown = fs_write(STDERR_FILENO, line, (size_t)n) == 0; /* else the terminal is gone */
}

void progress_begin(struct progress *p, const struct ctx *ctx, size_t total, size_t rounds)
{
	*p = (struct progress){.ctx = ctx, .total = total * rounds, .rounds = rounds, .began = clock_ms()};
	if (ctx->talk == 0 && !ctx->syslog && !ctx->mute && isatty(STDERR_FILENO) == 1)
		print(p, p->began);
}

void progress_made(struct progress *p)
{
	int64_t now;

	p->done++;
	if (!p->shown)
		return;
	now = clock_ms();
	if (now - p->printed >= EVERY)
		print(p, now);
}

void progress_end(struct progress *p)
{
	static const char none[] = "\r\033[K";

	if (p->shown)
		p->shown = fs_write(STDERR_FILENO, none, sizeof none - 1) != 0;
}
