/* talk - the dialogue of qv-trigger etrn and odmr, until the caller has what he wants. */
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "qmail/assign.h"
#include "trigger/command.h"
#include "trigger/internal.h"

enum {
	COMMANDS_MAX = 1000, /* of a connection: one for each of his domains */
	FAULTS_MAX = 10,     /* of these, what is no command */
};

static const char *me(const struct trigger *t)
{
	return *t->conf->helo != '\0' ? t->conf->helo : "localhost";
}

static bool is_odmr(const struct trigger *t)
{
	return t->o->way == TRIGGER_ODMR;
}

static bool say_ehlo(struct trigger *t)
{
	return reply(t, "250-%.200s", me(t)) && reply(t, "250-%s", is_odmr(t) ? "ATRN" : "ETRN") &&
	       reply(t, "250-AUTH CRAM-MD5%s", t->o->is_protected ? " PLAIN LOGIN" : "") && reply(t, "250 HELP");
}

/* The customer whose mail is kept in this directory, as users/assign has him. */
static bool is_of(const char *text, size_t n, const char *dir, const char *handle)
{
	struct assign_line l;
	const char *why;

	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *lf = memchr(text + at, '\n', n - at);

		len = lf != NULL ? (size_t)(lf - text) - at : n - at;
		if (assign_parse(text + at, len, lf != NULL, &l, &why) == ASSIGN_ENTRY && l.home.n == strlen(dir) &&
		    memcmp(l.home.p, dir, l.home.n) == 0 && l.user.n == strlen(handle) && memcmp(l.user.p, handle, l.user.n) == 0)
			return true;
	}
	return false;
}

static void take_customer(struct trigger *t, const struct trigger_hosts *may, const char *handle, struct trigger_hosts *h)
{
	struct buf assign = BUF(CONTROL_MAX);
	const char *host = NULL;
	char dir[PATH_MAX];

	if (fs_slurp(t->ctx, QMAIL_ASSIGN, &assign, NULL) != 0)
		assign.len = 0;
	while ((host = trigger_hosts_next(may, host)) != NULL) {
		snprintf(dir, sizeof dir, "%s/%s", t->conf->serialmail, host);
		if (is_of(buf_text(&assign), assign.len, dir, handle))
			trigger_hosts_add(h, host);
	}
	buf_free(&assign);
}

/* By its own name, or by another one of its domain's. */
static void take_host(struct trigger *t, const struct trigger_hosts *may, const char *name, struct trigger_hosts *h)
{
	char home[800];

	if (trigger_hosts_has(may, name))
		trigger_hosts_add(h, name);
	else if (may->n > 0 && t->o->find(t->ctx, t->conf, name, home, sizeof home) == 0 &&
	         trigger_hosts_has(may, strrchr(home, '/') + 1))
		trigger_hosts_add(h, strrchr(home, '/') + 1);
}

/* What "HOST", "@DOMAIN" or "#CUSTOMER" means among those that he may have. False: it is no such name. */
static bool take_node(struct trigger *t, const struct trigger_hosts *may, const char *node, struct trigger_hosts *h)
{
	const char *list = node + (*node == '@'), *host = NULL;
	char name[NAME_DOMAIN_MAX + 1];
	struct err unused;

	if (*node == '#') {
		if (name_handle(&unused, "handle", node + 1) < 0)
			return false;
		take_customer(t, may, node + 1, h);
		return true;
	}
	if (command_domain(&list, name) != 1 || *list != '\0' || strchr(node, ',') != NULL)
		return false;
	if (*node != '@')
		take_host(t, may, name, h);
	while (*node == '@' && (host = trigger_hosts_next(may, host)) != NULL)
		if (command_is_below(host, name))
			trigger_hosts_add(h, host);
	return true;
}

static bool etrn_reply(struct trigger *t, const char *node, const struct trigger_hosts *may, const struct trigger_hosts *h)
{
	struct started s;

	start_flushes(t, h, &s);
	if (s.hosts > 0)
		return reply(t, "253 2.0.0 OK, %zu pending messages for node %.260s started", s.messages, node);
	if (s.failed)
		return reply(t, "458 4.3.0 Unable to queue messages for node %.260s", node);
	if (s.paused)
		return reply(t, "458 4.3.2 Unable to queue messages for node %.260s: held here", node);
	if (s.soon)
		return reply(t, "458 4.7.1 Unable to queue messages for node %.260s: asked less than %ld seconds ago", node,
		             t->conf->call_interval);
	/* Who is told 251 asks for none of his others. */
	if (may->n > h->n)
		return reply(t, "250 2.0.0 OK, no messages waiting for node %.260s, there may be for others", node);
	return reply(t, "251 2.0.0 OK, no messages waiting for node %.260s", node);
}

static bool etrn_node(struct trigger *t, const char *node, const struct trigger_hosts *may, struct trigger_hosts *h)
{
	char who[160];

	if (!take_node(t, may, node, h))
		return reply(t, "501 5.5.4 Syntax: ETRN HOST, @DOMAIN or #CUSTOMER");
	if (may->n == 0 && *t->user == '\0')
		return reply(t, "530 5.7.0 Authentication required");
	if (h->n == 0) {
		ctx_always(t->ctx, "etrn: %s: refused for %.260s", who_text(t, who), node);
		return reply(t, "459 5.7.1 Node %.260s not allowed", node);
	}
	ctx_always(t->ctx, "etrn: %s: %.260s", who_text(t, who), node);
	return etrn_reply(t, node, may, h);
}

static bool etrn(struct trigger *t, const char *node)
{
	struct trigger_hosts may = TRIGGER_HOSTS, h = TRIGGER_HOSTS;
	bool told;

	if (*node == '\0')
		return reply(t, "501 5.5.4 Syntax: ETRN HOST, @DOMAIN or #CUSTOMER");
	told = who_may(t, WHO_ANY, &may) < 0 ? reply(t, "458 4.3.0 Unable to queue messages now") : etrn_node(t, node, &may, &h);
	trigger_hosts_free(&may);
	trigger_hosts_free(&h);
	return told;
}

/* Of the list, all must be his. 0; 1: one is not; -1: one is no domain */
static int take_list(struct trigger *t, const struct trigger_hosts *may, const char *list, struct trigger_hosts *h)
{
	char name[NAME_DOMAIN_MAX + 1];
	size_t n;
	int r;

	while ((r = command_domain(&list, name)) == 1) {
		n = h->n;
		take_host(t, may, name, h);
		if (h->n == n)
			return 1;
	}
	return r;
}

static bool atrn_list(struct trigger *t, const char *list, const struct trigger_hosts *may, struct trigger_hosts *h)
{
	char who[160];
	int r = take_list(t, may, list, h);

	if (r < 0)
		return reply(t, "501 5.5.4 Syntax: ATRN [DOMAIN,...]");
	if (r == 1 || may->n == 0) {
		ctx_always(t->ctx, "odmr: %s: refused for %.260s", who_text(t, who), *list != '\0' ? list : "all");
		return reply(t, "450 4.7.1 ATRN request refused");
	}
	return turn(t, *list != '\0' ? h : may);
}

static bool atrn(struct trigger *t, const char *list)
{
	struct trigger_hosts may = TRIGGER_HOSTS, h = TRIGGER_HOSTS;
	bool goes_on;

	if (*t->user == '\0')
		return reply(t, "530 5.7.0 Authentication required");
	/* What is behind it cannot be the other side's: that has not been turned yet. */
	if (input_has_more(&t->in))
		return reply(t, "503 5.5.0 Wait for the reply to ATRN");
	goes_on = who_may(t, WHO_LOGIN, &may) < 0 ? reply(t, "451 4.3.0 Unable to process ATRN now") : atrn_list(t, list, &may, &h);
	trigger_hosts_free(&may);
	trigger_hosts_free(&h);
	return goes_on;
}

/* False: the connection is at its end. *fault: it was no command. */
static bool obey(struct trigger *t, const struct command *c, bool *fault)
{
	switch (c->verb) {
	case SAYS_ATRN:
		return is_odmr(t) ? atrn(t, c->argument) : reply(t, "502 5.5.1 ATRN is not for this port");
	case SAYS_ETRN:
		return is_odmr(t) ? reply(t, "502 5.5.1 ETRN is not for this port") : etrn(t, c->argument);
	case SAYS_AUTH:
		return login(t, c->argument);
	case SAYS_EHLO:
		return say_ehlo(t);
	case SAYS_HELO:
		return reply(t, "250 %.200s", me(t));
	case SAYS_HELP:
		return reply(t, "214 2.0.0 EHLO HELO AUTH %s NOOP RSET HELP QUIT", is_odmr(t) ? "ATRN" : "ETRN");
	case SAYS_NOOP:
	case SAYS_RSET:
		return reply(t, "250 2.0.0 OK");
	case SAYS_QUIT:
		reply(t, "221 2.0.0 %.200s", me(t));
		return false;
	case SAYS_MAIL:
		return reply(t, "502 5.5.1 No mail is taken here");
	case SAYS_NOTHING_KNOWN:
		break;
	}
	*fault = true;
	return reply(t, "500 5.5.1 Command unrecognized");
}

static void end(struct trigger *t, const char *why)
{
	char who[160];

	ctx_always(t->ctx, "%s: %s: ended: %s", is_odmr(t) ? "odmr" : "etrn", who_text(t, who), why);
	reply(t, "421 4.4.2 %.200s closing connection: %s", me(t), why);
}

int talk(struct trigger *t)
{
	int commands = 0, faults = 0;
	struct command c;
	char *line;

	if (!reply(t, "220 %.200s ESMTP", me(t)))
		return 0;
	for (;;) {
		bool fault = false;

		switch (input_line(&t->in, &line)) {
		case INPUT_GOOD:
			command_parse(line, &c);
			if (!obey(t, &c, &fault))
				return 0;
			break;
		case INPUT_LONG:
			fault = true;
			if (!reply(t, "500 5.5.6 Line too long"))
				return 0;
			break;
		case INPUT_CLOSED:
			return 0;
		case INPUT_IDLE:
			end(t, "nothing was said for too long");
			return 0;
		}
		faults += fault;
		if (++commands >= COMMANDS_MAX || faults >= FAULTS_MAX) {
			end(t, faults >= FAULTS_MAX ? "too many unknown commands" : "too many commands");
			return 0;
		}
	}
}
