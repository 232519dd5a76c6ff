/* nss - which databases of users getpwnam(3) asks. */
#include "qmail/nss.h"

#include <string.h>

static bool is_word(const char *p, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(p, word, n) == 0;
}

static bool begins_any_line(const char *text, size_t n, char c)
{
	for (const char *p = text, *end = text + n; p < end;) {
		if (*p == c)
			return true;
		p = memchr(p, '\n', (size_t)(end - p));
		if (p == NULL)
			return false;
		p++;
	}
	return false;
}

/* The next word of a line; "[NOTFOUND=return]" is one. */
static size_t next_word(const char **p, const char *end)
{
	const char *at;

	while (*p < end && (**p == ' ' || **p == '\t'))
		++*p;
	at = *p;
	while (at < end && *at != ' ' && *at != '\t' && *at != '#')
		at++;
	return (size_t)(at - *p);
}

static bool is_alone(const char *p, const char *end, const char *passwd, size_t passwd_n)
{
	size_t n;

	for (; (n = next_word(&p, end)) > 0; p += n)
		if (*p != '[' && !is_word(p, n, "files") && !is_word(p, n, "systemd") &&
		    !(is_word(p, n, "compat") && !begins_any_line(passwd, passwd_n, '+')))
			return false;
	return true;
}

bool nss_is_passwd_alone(const char *nsswitch, size_t n, const char *passwd, size_t passwd_n)
{
	static const char key[] = "passwd:";
	const char *end = nsswitch + n, *lf;

	for (const char *p = nsswitch; p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		while (p < lf && (*p == ' ' || *p == '\t'))
			p++;
		if ((size_t)(lf - p) >= strlen(key) && memcmp(p, key, strlen(key)) == 0 &&
		    !is_alone(p + strlen(key), lf, passwd, passwd_n))
			return false;
	}
	return true;
}
