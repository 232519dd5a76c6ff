/* memory - what a run leaves to the next, in .qv-status: how this server is to be talked to. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "flush/internal.h"

static const char *const mode_words[] = {
	[SMTP_LOCKSTEP] = "lock-step",
	[SMTP_PIPELINED] = "pipelined",
	[SMTP_GROUPED] = "grouped",
	[SMTP_STREAMING] = "streaming",
};

const char *flush_mode_word(enum smtp_mode mode)
{
	return mode_words[mode];
}

static bool is_fresh(long long since)
{
	long long now = time(NULL);

	return since > 0 && since <= now && since + ATTEMPT_MEMORY >= now;
}

static void recall_mode(struct flush *f)
{
	int mode = f->o->window.mode;

	if (!is_fresh(f->before.limited))
		return;
	while (mode > SMTP_LOCKSTEP && strcmp(mode_words[mode], f->before.limit) != 0)
		mode--;
	if (strcmp(mode_words[mode], f->before.limit) != 0)
		return;
	f->mode = (enum smtp_mode)mode;
	snprintf(f->tally->last.limit, sizeof f->tally->last.limit, "%s", mode_words[mode]);
	snprintf(f->tally->last.reason, sizeof f->tally->last.reason, "%s", f->before.reason);
	f->tally->last.limited = f->before.limited;
}

static void recall_looks(struct flush *f)
{
	char *p = f->before.looks;

	f->looks.ehlo = strtoull(p, &p, 16);
	f->looks.rset = strtoull(p, &p, 16);
	flush_remember_looks(f, &f->looks);
}

void flush_remember_looks(struct flush *f, const struct smtp_looks *l)
{
	char *to = f->tally->last.looks;

	f->looks = *l;
	*to = '\0';
	if (l->ehlo != 0)
		snprintf(to, sizeof f->tally->last.looks, "%" PRIx64 " %" PRIx64, l->ehlo, l->rset);
}

void flush_recall(struct flush *f)
{
	struct attempt *l = &f->tally->last;

	f->mode = f->o->window.mode;
	attempt_read(f->ctx, f->path, &f->before);
	recall_mode(f);
	if (is_fresh(f->before.counted)) {
		f->most = (uint64_t)(l->most = f->before.most);
		l->counted = f->before.counted;
	}
	recall_looks(f);
	l->wanted = f->before.wanted;
	snprintf(l->wants, sizeof l->wants, "%s", f->before.wants);
	l->braked = f->before.braked;
}

void flush_remember_mode(struct flush *f, enum smtp_mode mode, const char *why)
{
	struct attempt *l = &f->tally->last;

	f->mode = mode;
	f->strikes = 0;
	snprintf(l->limit, sizeof l->limit, "%s", flush_mode_word(mode));
	snprintf(l->reason, sizeof l->reason, "%.190s", why);
	l->limited = time(NULL);
}

void flush_remember_most(struct flush *f, uint64_t n)
{
	f->most = n;
	f->tally->last.most = (long long)n;
	f->tally->last.counted = time(NULL);
}

static const char *wish(const char *reply)
{
	if (strcasestr(reply, "TLS") != NULL || strncmp(reply, "538", 3) == 0)
		return ": it wants TLS";
	if (strncmp(reply, "53", 2) == 0)
		return ": it wants a login";
	return "";
}

void flush_remember_wants(struct flush *f, const char *reply)
{
	struct attempt *l = &f->tally->last;

	if (reply == NULL) {
		l->wanted = 0;
		l->wants[0] = '\0';
		return;
	}
	if (l->wanted == 0)
		l->wanted = time(NULL);
	snprintf(l->wants, sizeof l->wants, "%.170s%s", reply, wish(reply));
}
