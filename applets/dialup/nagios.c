/* nagios - the state of the dial-up hosts as one line and an exit code. */
#include "dialup/nagios.h"

#include <stdio.h>
#include <string.h>

#include "dialup/status_text.h"
#include "lib/opt.h"

static const char *const states[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

int nagios_limit(struct nagios_limit *l, const char *text)
{
	static const char letters[] = "smhd";
	static const long lengths[] = {1, 60, 3600, 86400};
	size_t n = strspn(text, "0123456789");
	const char *letter = text[n] != '\0' ? strchr(letters, text[n]) : NULL;
	long length = letter != NULL ? lengths[letter - letters] : 1, age;
	char number[32];

	snprintf(number, sizeof number, "%.*s", (int)n, text);
	if (n >= sizeof number || opt_number(number, INT32_MAX / length, &age) < 0)
		return -1;
	l->age = age * length;
	text += n + (letter != NULL);
	return *text == '\0' ? 0 : *text == ',' ? opt_number(text + 1, INT32_MAX, &l->messages) : -1;
}

bool nagios_is_above(const struct nagios_limit *a, const struct nagios_limit *b)
{
	return a->age > b->age || (b->messages >= 0 && a->messages > b->messages);
}

static bool is_above(const struct nagios_limit *l, const struct status *s)
{
	return s->oldest > l->age || (l->messages >= 0 && s->waiting > (size_t)l->messages);
}

static enum nagios_state judge(const struct nagios *n, const struct status *s)
{
	if (s->waiting == 0)
		return NAGIOS_OK;
	if (is_above(&n->critical, s))
		return NAGIOS_CRITICAL;
	/* It takes none as it is sent: time does not help. */
	return is_above(&n->warning, s) || s->last.wanted > 0 || s->last.braked > 0 ? NAGIOS_WARNING : NAGIOS_OK;
}

static bool is_worse(const struct nagios *n, enum nagios_state state, const struct status *s)
{
	if (state != n->state || n->hosts == 0)
		return state > n->state || n->hosts == 0;
	return s->oldest != n->worst.oldest ? s->oldest > n->worst.oldest : s->waiting > n->worst.waiting;
}

void nagios_add(struct nagios *n, const char *host, const struct status *s)
{
	enum nagios_state state = judge(n, s);

	if (is_worse(n, state, s)) {
		n->state = state;
		n->worst = *s;
		snprintf(n->host, sizeof n->host, "%s", host);
	}
	n->hosts++;
	n->bad += state != NAGIOS_OK;
	n->waiting += s->waiting;
	n->bytes += s->bytes;
	if (s->waiting > n->most)
		n->most = s->waiting;
	if (s->oldest > n->oldest)
		n->oldest = s->oldest;
	n->total.delivered += s->last.past.total.delivered;
	n->total.deferred += s->last.past.total.deferred;
	n->total.bounced += s->last.past.total.bounced;
}

/* Without what would end the text, or mean something to a shell or a browser that it is shown in. */
static void put_text(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_char(b, *s < 32 || *s > 126 || strchr("|<>&\"'`$\\~", *s) != NULL ? '?' : *s);
}

static void put_worst(const struct nagios *n, struct buf *b)
{
	const struct attempt *l = &n->worst.last;
	char text[AGE_TEXT];

	put_text(b, n->host);
	buf_printf(b, ": %zu message%s, oldest %s", n->worst.waiting, n->worst.waiting == 1 ? " waits" : "s wait",
	           age_text(n->worst.oldest, text));
	if (l->braked > 0)
		buf_str(b, ", it refuses all mail");
	if (l->wanted > 0 || *l->result != '\0') {
		buf_str(b, ": ");
		put_text(b, l->wanted > 0 ? l->wants : l->result);
	}
	if (n->bad > 1)
		buf_printf(b, "; %zu more host%s", n->bad - 1, n->bad > 2 ? "s" : "");
}

static void put_sums(const struct nagios *n, struct buf *b)
{
	char text[AGE_TEXT];

	buf_printf(b, "%zu message%s for %zu host%s", n->waiting, n->waiting == 1 ? " waits" : "s wait", n->hosts,
	           n->hosts == 1 ? "" : "s");
	if (n->waiting > 0)
		buf_printf(b, ", oldest %s", age_text(n->oldest, text));
}

static void put_limit(struct buf *b, long limit)
{
	buf_char(b, ';');
	if (limit >= 0)
		buf_printf(b, "%ld", limit);
}

static void put_numbers(const struct nagios *n, struct buf *b)
{
	buf_printf(b, " | oldest=%llds;%lld;%lld;0 most=%zu", n->oldest, n->warning.age, n->critical.age, n->most);
	put_limit(b, n->warning.messages);
	put_limit(b, n->critical.messages);
	buf_printf(b, ";0 waiting=%zu;;;0 bytes=%lldB;;;0 hosts=%zu;;;0 delivered=%lldc deferred=%lldc bounced=%lldc\n", n->waiting,
	           n->bytes, n->hosts, n->total.delivered, n->total.deferred, n->total.bounced);
}

/* What is not known hides nothing that is. */
enum nagios_state nagios_print(const struct nagios *n, struct buf *out)
{
	enum nagios_state state = n->state == NAGIOS_OK && *n->unread != '\0' ? NAGIOS_UNKNOWN : n->state;

	buf_printf(out, "QVMAIL %s - ", states[state]);
	if (state == NAGIOS_UNKNOWN)
		put_text(out, n->unread);
	else if (state == NAGIOS_OK)
		put_sums(n, out);
	else
		put_worst(n, out);
	put_numbers(n, out);
	return state;
}

enum nagios_state nagios_unknown(const char *why, struct buf *out)
{
	buf_printf(out, "QVMAIL %s - ", states[NAGIOS_UNKNOWN]);
	put_text(out, why);
	buf_char(out, '\n');
	return NAGIOS_UNKNOWN;
}
