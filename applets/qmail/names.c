/* names - domains, addresses, handles and box names: which are valid, and how they are stored. */
#include "qmail/names.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/join.h"

bool name_starts(const char *p, size_t n, const char *with)
{
	size_t k = strlen(with);

	if (n < k)
		return false;
	for (size_t i = 0; i < k; i++)
		if (name_fold(p[i]) != name_fold(with[i]))
			return false;
	return true;
}

static bool is_alnum(char c)
{
	return (name_fold(c) >= 'a' && name_fold(c) <= 'z') || (c >= '0' && c <= '9');
}

/* Why s, n bytes, is not a sequence of LDH labels; NULL if it is one. RFC 1123 2.1 */
static const char *bad_labels(const char *s, size_t n)
{
	size_t label = 0;

	if (n == 0)
		return "empty name";
	if (n > NAME_DOMAIN_MAX)
		return "longer than 253 bytes";
	for (size_t i = 0; i <= n; i++) {
		if (i == n || s[i] == '.') {
			if (label == 0)
				return "empty label";
			if (s[i - 1] == '-')
				return "a label ends with a hyphen";
			label = 0;
			continue;
		}
		if (!is_alnum(s[i]) && s[i] != '-')
			return (unsigned char)s[i] >= 128 ? "write an international name in its xn-- form, as idn2(1) prints it"
			                                  : "only letters, digits, hyphens and dots are allowed";
		if (label == 0 && s[i] == '-')
			return "a label begins with a hyphen";
		if (++label > 63)
			return "a label is longer than 63 bytes";
	}
	return NULL;
}

int name_domain(struct err *e, const char *s, struct name_domain *d)
{
	size_t n = strlen(s);
	const char *why;

	if (n > 1 && s[n - 1] == '.')
		n--;
	why = bad_labels(s, n);
	if (why != NULL)
		return err_perm(e, "invalid domain \"%.300s\": %s", s, why);
	for (size_t i = 0; i < n; i++)
		d->text[i] = name_fold(s[i]);
	d->text[n] = '\0';
	return 0;
}

/* RFC 5321 4.1.2: atext. A slash would leave the directory; in file names a colon stands for a dot. */
static const bool is_atext[UCHAR_MAX + 1] = {
	['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, ['!'] = true, ['#' ... '\''] = true,
	['*' ... '+'] = true, ['-'] = true, ['='] = true, ['?'] = true, ['^' ... '`'] = true, ['{' ... '~'] = true,
};

/* Dot-string */
const char *name_bad_local(const char *s, size_t n)
{
	if (n == 0)
		return "nothing before the @";
	if (n > NAME_LOCAL_MAX)
		return "the part before the @ is longer than 200 bytes";
	if (s[0] == '.' || s[n - 1] == '.')
		return "the part before the @ begins or ends with a dot";
	for (size_t i = 0; i < n; i++) {
		if (is_atext[(unsigned char)s[i]])
			continue;
		if (s[i] != '.')
			return "only letters, digits and !#$%&'*+-=?^_`{|}~. are allowed before the @, not / : or blanks";
		if (s[i + 1] == '.')
			return "two dots in a row before the @";
	}
	return NULL;
}

/* *at: the length of the local part */
static int check_address(struct err *e, const char *s, size_t *at, struct name_domain *d)
{
	const char *sign = strchr(s, '@');
	const char *why;

	if (sign == NULL)
		return err_perm(e, "invalid address \"%.300s\": missing @", s);
	if (strchr(sign + 1, '@') != NULL)
		return err_perm(e, "invalid address \"%.300s\": more than one @", s);
	*at = (size_t)(sign - s);
	why = name_bad_local(s, *at);
	if (why != NULL)
		return err_perm(e, "invalid address \"%.300s\": %s", s, why);
	return name_domain(e, sign + 1, d);
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), k = strlen(tail);

	return n >= k && strcmp(s + n - k, tail) == 0;
}

static const char default_tail[] = "-default";

int name_address(struct err *e, const char *s, struct name_address *a)
{
	size_t n;

	if (check_address(e, s, &n, &a->domain) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		a->local[i] = name_fold(s[i]);
	a->local[n] = '\0';
	if (strcmp(a->local, "default") == 0)
		return err_perm(e, "default@%s would catch all unknown addresses; if that is intended, use qv-mailbox default %s",
		                a->domain.text, a->domain.text);
	if (strcmp(a->local, "*") == 0)
		return err_perm(e, "*@%s would catch all unknown addresses; if that is intended, use qv-mailbox default %s",
		                a->domain.text, a->domain.text);
	if (ends_with(a->local, default_tail))
		return err_perm(e, "%s@%s would catch every address %.*s-anything@%s; if that is intended, use %.*s-*@%s",
		                a->local, a->domain.text, (int)(n - strlen(default_tail)), a->local, a->domain.text,
		                (int)(n - strlen(default_tail)), a->local, a->domain.text);
	a->many = ends_with(a->local, "-*");
	if (a->many && (size_t)snprintf(a->local + n - 2, sizeof a->local - (n - 2), "%s", default_tail) >= sizeof a->local - (n - 2))
		return err_perm(e, "\"%.300s\" is too long for the name of a .qmail file", s);
	return 0;
}

void name_whole(const char *local, const char *domain, char *to, size_t size)
{
	bool many = ends_with(local, default_tail);
	size_t n = strlen(local) - (many ? strlen(default_tail) : 0);

	n = join_part(to, size, local, n);
	if (n < size)
		join(to + n, size - n, many ? "-*@" : "@", domain, NULL);
}

int name_target(struct err *e, const char *s)
{
	struct name_domain d;
	size_t n;

	return check_address(e, s, &n, &d);
}

static int check_name(struct err *e, const char *what, const char *s, size_t most)
{
	size_t n = strlen(s);
	bool good = n > 0 && n <= most && is_alnum(s[0]);

	for (size_t i = 0; good && i < n; i++)
		good = is_alnum(s[i]) || strchr("_-.", s[i]) != NULL;
	if (good && strstr(s, "..") == NULL)
		return 0;
	return err_perm(e,
	                "invalid %s \"%.300s\": expected at most %zu letters, digits, hyphens, underscores and single dots, "
	                "beginning with a letter or digit",
	                what, s, most);
}

int name_handle(struct err *e, const char *what, const char *s)
{
	return check_name(e, what, s, NAME_HANDLE_MAX);
}

int name_box(struct err *e, const char *s)
{
	return check_name(e, "box", s, NAME_BOX_MAX);
}

static int port_number(const char *s)
{
	int port = 0;

	for (; *s >= '0' && *s <= '9' && port <= 65535; s++)
		port = port * 10 + (*s - '0');
	return *s == '\0' && port >= 1 && port <= 65535 ? port : -1;
}

/* The text between brackets is IPv6, or IPv4 as in a domain literal. */
static bool looks_like_ip(const char *s)
{
	return strspn(s, strchr(s, ':') != NULL ? "0123456789abcdefABCDEF:." : "0123456789.") == strlen(s);
}

int name_split_relay(const char *s, struct name_host *h)
{
	size_t n = *s == '[' ? strcspn(s, "]") : strcspn(s, ":");
	const char *rest = s + n + (*s == '[' && s[n] == ']');
	size_t skip = *s == '[';

	if (n < skip || n - skip >= sizeof h->host)
		return -1;
	memcpy(h->host, s + skip, n - skip);
	h->host[n - skip] = '\0';
	h->port = 0;
	if (*rest == ':')
		h->port = port_number(rest + 1);
	else if (*rest != '\0')
		return -1;
	if (h->port < 0 || (skip && s[n] != ']'))
		return -1;
	if (skip && !looks_like_ip(h->host))
		return -1;
	if (skip && strchr(h->host, ':') != NULL)
		return 0;
	return bad_labels(h->host, strlen(h->host)) == NULL ? 0 : -1;
}

int name_relay(struct err *e, const char *s)
{
	struct name_host h;

	if (name_split_relay(s, &h) == 0)
		return 0;
	return err_perm(e,
	                "invalid mail server \"%.300s\": expected HOST, HOST:PORT, [IPV6] or [IPV6]:PORT, PORT from 1 to 65535", s);
}

int name_route(struct err *e, const char *s)
{
	struct name_host h;

	if (name_relay(e, s) < 0)
		return -1;
	if (name_split_relay(s, &h) == 0 && strchr(h.host, ':') != NULL)
		return err_perm(e, "invalid HOST \"%.300s\": qmail-remote does not accept an IPv6 address in smtproutes", s);
	return 0;
}

int name_user(struct err *e, const char *s)
{
	struct name_domain d;

	if (strlen(s) < 64 && name_domain(e, s, &d) == 0)
		return 0;
	return name_handle(e, "user", s);
}

static bool is_path_char(char c)
{
	return (unsigned char)c > ' ' && c != 127;
}

/* The text between two slashes of a path. */
static bool is_part(const char *p, size_t n)
{
	return n > 0 && n <= NAME_MAX && !(n == 1 && *p == '.') && !(n == 2 && p[0] == '.' && p[1] == '.');
}

int name_maildir(struct err *e, const char *s, char *to)
{
	size_t n = strlen(s), part;
	bool good = n > 1 && *s == '/';

	n -= good && s[n - 1] == '/';
	good = good && n <= NAME_PATH_MAX;
	for (size_t i = 0; good && i < n; i++)
		good = is_path_char(s[i]);
	for (size_t i = 0; good && i < n; i += part + 1) {
		part = strcspn(s + i + 1, "/");
		good = is_part(s + i + 1, i + 1 + part > n ? 0 : part);
	}
	if (!good)
		return err_perm(e,
		                "invalid directory \"%.300s\": expected /NAME/NAME, at most %d bytes, "
		                "without . and .. and blanks and control bytes",
		                s, NAME_PATH_MAX);
	memcpy(to, s, n);
	to[n] = '\0';
	return 0;
}

int name_path(struct err *e, const char *s, char *to)
{
	if (strchr(s, ':') != NULL)
		return err_perm(e, "invalid home \"%.300s\": it contains a colon, which would end the field in users/assign", s);
	return name_maildir(e, s, to);
}
