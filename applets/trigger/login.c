/* login - AUTH (RFC 4954): CRAM-MD5 (RFC 2195); where nobody can listen, PLAIN (RFC 4616) and LOGIN as well. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "lib/base64.h"
#include "lib/same.h"
#include "trigger/internal.h"

enum {
	TRIES_MAX = 3,    /* of a connection */
	ANSWER_MAX = 600, /* bytes of an answer, decoded */
};

/* Who logs in, and what he shows. */
struct proof {
	char answer[ANSWER_MAX];
	const char *user;
	const char *digest;    /* of CRAM-MD5; NULL */
	const char *challenge;
	const char *secret;    /* the others; NULL */
};

/* The states of this user's secret; of nobody's for one that there is not. Looks at all lines, whoever it is. */
static bool states_of(const struct trigger *t, const char *user, struct cram *cram)
{
	bool found = false;
	struct caller c;
	size_t at = 0;

	cram_of_secret("", cram);
	while (caller_next(buf_text(&t->callers), t->callers.len, &at, &c))
		if (*c.user != '\0' && strcmp(c.user, user) == 0) {
			*cram = c.cram;
			found = true;
		}
	explicit_bzero(&c, sizeof c);
	return found;
}

/* The same work for a user that there is not. */
static bool is_right(const struct trigger *t, const struct proof *p, bool *known)
{
	char want[CRAM_DIGEST + 1];
	struct cram cram, shown;
	bool same;

	*known = states_of(t, p->user, &cram);
	if (p->digest != NULL) {
		cram_answer(&cram, p->challenge, want);
		same = strlen(p->digest) == CRAM_DIGEST && same_bytes(want, p->digest, CRAM_DIGEST);
	} else {
		cram_of_secret(p->secret, &shown);
		same = same_bytes(&cram, &shown, sizeof cram);
	}
	explicit_bzero(want, sizeof want);
	explicit_bzero(&cram, sizeof cram);
	explicit_bzero(&shown, sizeof shown);
	return same && *known;
}

static bool refuse(struct trigger *t, const struct proof *p, bool known)
{
	char who[160];

	t->failed++;
	tries_failed(t);
	/* What is no user's name may be a secret that was typed in the wrong place. */
	ctx_always(t->ctx, "login of %s failed: %s", known ? p->user : "an unknown user", who_text(t, who));
	return reply(t, "535 5.7.8 Authentication failed");
}

static bool judge(struct trigger *t, struct proof *p)
{
	bool known, right = is_right(t, p, &known), told;

	if (right)
		snprintf(t->user, sizeof t->user, "%s", p->user);
	told = right ? reply(t, "235 2.7.0 Authentication succeeded") : refuse(t, p, known);
	explicit_bzero(p, sizeof *p);
	return told;
}

/* 1: his answer; 0: none, he was told; -1: he has gone. */
static int ask_line(struct trigger *t, const char *question, char **line)
{
	char text[BASE64_SIZE(200)];

	base64_encode(question, strlen(question), text);
	if (!reply(t, "334 %s", text))
		return -1;
	switch (input_line(&t->in, line)) {
	case INPUT_GOOD:
		break;
	case INPUT_LONG:
		return reply(t, "500 5.5.6 Line too long") ? 0 : -1;
	case INPUT_CLOSED:
	case INPUT_IDLE:
		return -1;
	}
	if (strcmp(*line, "*") == 0)
		return reply(t, "501 5.7.0 Authentication cancelled") ? 0 : -1;
	return 1;
}

/* The same, decoded. */
static int ask(struct trigger *t, const char *question, char *to, size_t size, size_t *n)
{
	char *line;
	int r = ask_line(t, question, &line);

	if (r <= 0)
		return r;
	if (!base64_decode(line, to, size, n) || strlen(to) != *n)
		return reply(t, "501 5.5.2 Invalid base64") ? 0 : -1;
	return 1;
}

static bool cram_md5(struct trigger *t, const char *initial)
{
	char challenge[200], *blank;
	struct proof p = {.challenge = challenge};
	uint64_t random;
	size_t n;
	int r;

	if (*initial != '\0')
		return reply(t, "501 5.7.0 CRAM-MD5 takes no initial response");
	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return reply(t, "454 4.7.0 Temporary authentication failure");
	snprintf(challenge, sizeof challenge, "<%" PRIu64 ".%lld.%ld@%.100s>", random, (long long)time(NULL), (long)getpid(),
	         *t->conf->me != '\0' ? t->conf->me : "localhost");
	r = ask(t, challenge, p.answer, sizeof p.answer, &n);
	if (r <= 0)
		return r == 0;
	blank = strrchr(p.answer, ' ');
	if (blank == NULL)
		return reply(t, "501 5.5.2 Expected a user and a digest");
	*blank = '\0';
	p.user = p.answer;
	p.digest = blank + 1;
	return judge(t, &p);
}

/* AUTHZID NUL USER NUL SECRET; nobody logs in for somebody else. */
static bool plain(struct trigger *t, const char *initial)
{
	struct proof p = {0};
	const char *secret;
	size_t n;
	char *line;
	int r;

	if (*initial == '\0') {
		r = ask_line(t, "", &line);
		if (r <= 0)
			return r == 0;
		initial = line;
	}
	if (!base64_decode(initial, p.answer, sizeof p.answer, &n))
		return reply(t, "501 5.5.2 Invalid base64");
	p.user = p.answer + strlen(p.answer) + 1;
	secret = p.user < p.answer + n ? p.user + strlen(p.user) + 1 : p.user;
	if (secret > p.answer + n || p.user >= p.answer + n || strlen(secret) != (size_t)(p.answer + n - secret))
		return reply(t, "501 5.5.2 Expected an identity, a user and a secret");
	p.secret = secret;
	return judge(t, &p);
}

static bool login_login(struct trigger *t, const char *initial)
{
	struct proof p = {0};
	char secret[ANSWER_MAX];
	size_t n;
	int r = 1;

	if (*initial == '\0')
		r = ask(t, "Username:", p.answer, sizeof p.answer, &n);
	else if (!base64_decode(initial, p.answer, sizeof p.answer, &n) || strlen(p.answer) != n)
		return reply(t, "501 5.5.2 Invalid base64");
	if (r == 1)
		r = ask(t, "Password:", secret, sizeof secret, &n);
	if (r <= 0)
		return r == 0;
	p.user = p.answer;
	p.secret = secret;
	r = judge(t, &p);
	explicit_bzero(secret, sizeof secret);
	return r != 0;
}

static bool is_word(const char *text, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(text, word, n) == 0;
}

bool login(struct trigger *t, const char *argument)
{
	size_t n = strcspn(argument, " \t");
	const char *initial = argument + n + strspn(argument + n, " \t");

	if (*t->user != '\0')
		return reply(t, "503 5.5.1 Already authenticated");
	if (n == 0)
		return reply(t, "501 5.5.4 AUTH needs a mechanism");
	if (t->failed >= TRIES_MAX) {
		reply(t, "421 4.7.0 Too many failed logins, closing connection");
		return false;
	}
	sleep((unsigned)tries_delay(t));
	if (is_word(argument, n, "CRAM-MD5"))
		return cram_md5(t, initial);
	if (t->o->is_protected && is_word(argument, n, "PLAIN"))
		return plain(t, initial);
	if (t->o->is_protected && is_word(argument, n, "LOGIN"))
		return login_login(t, initial);
	return reply(t, "504 5.5.4 Unknown mechanism; use CRAM-MD5");
}
