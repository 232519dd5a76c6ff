/* rules - what this server does otherwise than a good one, and where. */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakesmtpd.h"

enum { RULES = 64 };

static const char *const step_names[STEPS] = {
	[GREETING] = "greeting", [EHLO] = "ehlo",   [HELO] = "helo", [MAIL] = "mail", [RCPT] = "rcpt",
	[DATA] = "data",         [BODY] = "body",   [BDAT] = "bdat", [CHUNK] = "chunk", [LAST] = "last",
	[END] = "end",           [ACCEPTED] = "accepted", [RSET] = "rset", [QUIT] = "quit",
};

static struct rule {
	enum act act;
	enum step step;
	int n; /* 0: each time */
	const char *text;
} rules[RULES];

static int rules_n;

static enum step find_step(const char *name)
{
	for (enum step s = 0; s < STEPS; s++)
		if (strcmp(name, step_names[s]) == 0)
			return s;
	errx(2, "%s: no such step", name);
}

static void unescape_newlines(char *text)
{
	for (char *p = strstr(text, "\\n"); p != NULL; p = strstr(p, "\\n")) {
		*p = '\n';
		memmove(p + 1, p + 2, strlen(p + 2) + 1);
	}
}

void add_rule(enum act act, char *arg)
{
	bool wants_text = act == REPLY || act == DELAY;
	char *text = strchr(arg, '='), *n;
	struct rule *r = &rules[rules_n++];

	if (rules_n == RULES || wants_text != (text != NULL))
		errx(2, "%s: expected STEP[:n]%s", arg, wants_text ? "=TEXT" : "");
	*r = (struct rule){.act = act};
	if (text != NULL) {
		*text = '\0';
		r->text = text + 1;
		unescape_newlines(text + 1);
	}
	n = strchr(arg, ':');
	if (n != NULL) {
		*n = '\0';
		r->n = atoi(n + 1);
	}
	r->step = find_step(arg);
}

static const struct rule *find(enum act act, enum step step, int n)
{
	for (int i = 0; i < rules_n; i++) {
		const struct rule *r = &rules[i];

		if (r->act == act && r->step == step && (r->n == 0 || r->n == n))
			return r;
	}
	return NULL;
}

/* What follows these must wait for the reply, whatever was offered (RFC 2920 3.1). */
static bool waits_always(enum step step)
{
	return step == GREETING || step == EHLO || step == HELO || step == DATA || step == QUIT;
}

static void check_pipelining(enum step step)
{
	char what[80] = "input before the reply to ";

	if (!(opt.no_pipelining || opt.no_ehlo || waits_always(step)) || !more_input())
		return;
	violation(strcat(what, step_names[step]));
	if (!opt.strict)
		return;
	say("500 5.5.1 pipelining was not offered");
	leave("closed: pipelining");
}

static _Noreturn void hang(void)
{
	wire_flush();
	note("-", "hangs");
	for (;;)
		pause();
}

static void wait_ms(const char *ms)
{
	wire_flush();
	usleep((useconds_t)atoi(ms) * 1000);
}

/* Within a text, and where a message is stored, nobody is waited for. */
static bool is_reply(enum step step)
{
	return step != BODY && step != CHUNK && step != ACCEPTED;
}

char reply(enum step step, const char *usual)
{
	int n = __sync_add_and_fetch(&counts->steps[step], 1);
	const struct rule *delay = find(DELAY, step, n), *told = find(REPLY, step, n);
	const char *text = told != NULL ? told->text : usual;

	if (delay != NULL)
		wait_ms(delay->text);
	if (is_reply(step))
		check_pipelining(step);
	if (find(HANG, step, n) != NULL)
		hang();
	if (find(CLOSE, step, n) != NULL)
		leave("closed");
	if (text != NULL)
		say(text);
	if (find(CLOSE_AFTER, step, n) != NULL)
		leave("closed behind a reply");
	return text != NULL ? text[0] : '\0';
}
