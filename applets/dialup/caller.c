/* caller - users/qv-trigger: who may call for the mail of a dial-up host. */
#include "dialup/caller.h"

#include <string.h>

int caller_user(struct err *e, const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+@";
	size_t n = strlen(name);

	if (n > 0 && n <= CALLER_USER_MAX && strspn(name, allowed) == n)
		return 0;
	return err_perm(e, "invalid user \"%.100s\": expected 1 to %d letters, digits and . _ - + @", name, CALLER_USER_MAX);
}

static const char *parse_user(const char *value, struct caller *c)
{
	struct err unused;

	if (*c->user != '\0' || caller_user(&unused, value) < 0)
		return "invalid user";
	memcpy(c->user, value, strlen(value) + 1);
	return NULL;
}

static const char *parse_from(const char *value, struct caller *c)
{
	if (c->from_n == CALLER_FROM_MAX)
		return "more than 16 addresses";
	if (peer_range_parse(value, &c->from[c->from_n]) != NULL)
		return "invalid address";
	c->from_n++;
	return NULL;
}

/* NULL, or why it is none. */
static const char *parse_word(const char *word, struct caller *c, bool *secret)
{
	const char *value = strchr(word, '=');

	if (strcmp(word, "autoturn") == 0) {
		c->autoturn = true;
		return NULL;
	}
	if (value == NULL)
		return "expected user=, cram-md5=, from= or autoturn";
	value++;
	if (strncmp(word, "user=", 5) == 0)
		return parse_user(value, c);
	if (strncmp(word, "from=", 5) == 0)
		return parse_from(value, c);
	if (strncmp(word, "cram-md5=", 9) != 0)
		return "expected user=, cram-md5=, from= or autoturn";
	if (*secret || !cram_parse(value, strlen(value), &c->cram))
		return "invalid states of CRAM-MD5";
	*secret = true;
	return NULL;
}

static const char *parse_host(const char *p, size_t n, struct caller *c)
{
	struct name_domain name;
	char text[sizeof name.text + 1];
	struct err unused;

	if (n >= sizeof text || memchr(p, '\0', n) != NULL)
		return "invalid host";
	memcpy(text, p, n);
	text[n] = '\0';
	if (name_domain(&unused, text, &name) < 0)
		return "invalid host";
	memcpy(c->host, name.text, sizeof c->host);
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static const char *parse_words(const char *p, const char *end, struct caller *c)
{
	bool secret = false;
	const char *why = NULL;
	char word[300];
	size_t n;

	for (; why == NULL; p += n) {
		while (p < end && is_blank(*p))
			p++;
		if (p == end)
			return secret == (*c->user != '\0') ? NULL : "user= and cram-md5= belong together";
		for (n = 0; p + n < end && !is_blank(p[n]); n++)
			;
		if (n >= sizeof word || memchr(p, '\0', n) != NULL)
			return "invalid word";
		memcpy(word, p, n);
		word[n] = '\0';
		why = parse_word(word, c, &secret);
	}
	return why;
}

enum caller_line caller_parse(const char *p, size_t n, struct caller *c, const char **why)
{
	const char *colon = memchr(p, ':', n);
	size_t blanks = 0;

	*c = (struct caller){0};
	while (blanks < n && is_blank(p[blanks]))
		blanks++;
	if (blanks == n || *p == '#')
		return CALLER_NOTHING;
	*why = colon != NULL ? parse_host(p, (size_t)(colon - p), c) : "expected HOST:";
	if (*why == NULL)
		*why = parse_words(colon + 1, p + n, c);
	return *why == NULL ? CALLER_HOST : CALLER_BAD;
}

void caller_print(const struct caller *c, struct buf *b)
{
	char states[CRAM_STATES + 1], range[PEER_TEXT];

	buf_printf(b, "%s:", c->host);
	if (*c->user != '\0') {
		cram_print(&c->cram, states);
		buf_printf(b, "user=%s cram-md5=%s", c->user, states);
		explicit_bzero(states, sizeof states);
	}
	for (size_t i = 0; i < c->from_n; i++) {
		peer_range_print(&c->from[i], range);
		buf_printf(b, "%sfrom=%s", i > 0 || *c->user != '\0' ? " " : "", range);
	}
	if (c->autoturn)
		buf_printf(b, "%sautoturn", c->from_n > 0 || *c->user != '\0' ? " " : "");
}

bool caller_next(const char *text, size_t n, size_t *at, struct caller *c)
{
	while (*at < n) {
		const char *line = text + *at, *lf = memchr(line, '\n', n - *at), *why;
		size_t len = lf != NULL ? (size_t)(lf - line) : n - *at;

		*at += len + 1;
		if (caller_parse(line, len, c, &why) == CALLER_HOST)
			return true;
	}
	return false;
}

bool caller_is_from(const struct caller *c, const struct peer *a)
{
	for (size_t i = 0; i < c->from_n; i++)
		if (peer_is_in(a, &c->from[i]))
			return true;
	return false;
}
