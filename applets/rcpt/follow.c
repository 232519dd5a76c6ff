/* follow - does a .qmail file do nothing but forward to addresses that do not exist? */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "qmail/dotqmail.h"
#include "rcpt/internal.h"

/* 0: it forwards, and does nothing else; 1: the way has ended. */
static int check_lines(struct rcpt_way *w, const struct buf *text, bool forward_only)
{
	struct dotqmail_run run = {.text = buf_text(text), .n = text->len, .forward_only = forward_only};
	struct dotqmail_line line;
	size_t forwards = 0;
	bool other = false;

	while (dotqmail_obey(&run, &line)) {
		forwards++;
		other |= line.kind != DOTQMAIL_FORWARD || line.n == 0 || memchr(line.value, '\0', line.n) != NULL;
	}
	if (run.why != NULL)
		return rcpt_unsure(w, w->owner.home, "a .qmail file: %s", run.why);
	return other || forwards == 0 ? rcpt_yes(w) : 0;
}

/* Bounces go to the owner of a list, not to the sender. */
static bool has_owner(const struct rcpt_way *w, const struct as_user_at *home)
{
	struct buf name = BUF(RCPT_TEXT_MAX);
	size_t at = 0;
	struct stat st;
	bool has = true;

	if (dotqmail_candidate(w->owner.dash, w->owner.ext, &at, &name)) {
		buf_str(&name, "-owner");
		has = buf_failed(&name) || fstatat(home->fd, buf_text(&name), &st, 0) == 0 || errno != ENOENT;
	}
	buf_free(&name);
	return has;
}

static bool was_here(const struct rcpt_way *w)
{
	for (const struct rcpt_way *of = w->of; of != NULL; of = of->of)
		if (of->rewritten.len == w->rewritten.len &&
		    memcmp(buf_text(&of->rewritten), buf_text(&w->rewritten), w->rewritten.len) == 0)
			return true;
	return false;
}

/* 0: that address does not exist either; 1: w->a is what ends the way; -1 */
static int ask_one(struct rcpt_way *w, const struct dotqmail_line *line)
{
	struct rcpt_way to = {.r = w->r, .a = w->a, .of = w, .followed = w->followed, .walk = w->walk};
	struct buf address = BUF(RCPT_TEXT_MAX);
	int e;

	if (++*w->followed > RCPT_FOLLOWED_MAX)
		return rcpt_yes(w);
	buf_add(&address, line->value, line->n);
	e = w->walk(&to, buf_text(&address));
	buf_free(&address);
	return e < 0 ? -1 : w->a->verdict != RCPT_NO;
}

int rcpt_follow(struct rcpt_way *w, const struct as_user_at *home, const struct buf *text, bool forward_only)
{
	struct dotqmail_run run = {.text = buf_text(text), .n = text->len, .forward_only = forward_only};
	struct dotqmail_line line;
	int e = was_here(w) ? rcpt_yes(w) : check_lines(w, text, forward_only); /* a loop bounces, too, but not for this */

	while (e == 0 && dotqmail_obey(&run, &line))
		e = ask_one(w, &line);
	if (e == 0 && has_owner(w, home))
		e = rcpt_yes(w);
	return e != 0 ? e : rcpt_no(w);
}
