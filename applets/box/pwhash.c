/* pwhash - crypt(3)'s strings: which are accepted, how a new one begins, whether two are equal. */
#include "box/pwhash.h"

#include <stdio.h>
#include <string.h>

#include "lib/join.h"
#include "lib/same.h"

static const char digits64[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool all64(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\0' || strchr(digits64, p[i]) == NULL)
			return false;
	return true;
}

/* Schemes that are written $ID$[rounds=N$]SALT$HASH. */
struct modular {
	char id;
	bool rounds;
	size_t salt; /* at most */
	size_t hash;
};

static const struct modular modulars[] = {
	{'1', false, 8, 22},
	{'5', true, 16, 43},
	{'6', true, 16, 86},
};

/* Bytes of "rounds=N$"; 0: none; more than n: crypt does not accept this number, or writes it differently. */
static size_t rounds_length(const char *p, size_t n)
{
	static const char word[] = "rounds=";
	size_t at = strlen(word), digits = 0;

	if (n < at || memcmp(p, word, at) != 0)
		return 0;
	while (at < n && p[at] >= '0' && p[at] <= '9') {
		at++;
		digits++;
	}
	return digits >= 4 && digits <= 7 && p[strlen(word)] != '0' && at < n && p[at] == '$' ? at + 1 : n + 1;
}

static bool salt_ok(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] <= ' ' || (unsigned char)p[i] >= 127 || p[i] == ':' || p[i] == '$')
			return false;
	return true;
}

/* p is the text after "$ID$". */
static bool modular_ok(const struct modular *m, const char *p, size_t n)
{
	size_t skip = m->rounds ? rounds_length(p, n) : 0;

	if (skip > n)
		return false;
	p += skip;
	n -= skip;
	if (n < m->hash + 1 || n - m->hash - 1 > m->salt)
		return false;
	n -= m->hash + 1;
	return salt_ok(p, n) && p[n] == '$' && all64(p + n + 1, m->hash);
}

/* $2a$NN$, 22 of salt, the last of which holds two bits, 31 of hash. Each step of NN takes twice as long: musl ends at 19. */
static bool bcrypt_ok(const char *p, size_t n)
{
	if (n != 60 || strchr("abxy", p[2]) == NULL || p[3] != '$' || p[6] != '$')
		return false;
	if ((p[4] != '0' && p[4] != '1') || p[5] < '0' || p[5] > '9' || (p[4] == '0' && p[5] < '4'))
		return false;
	return all64(p + 7, 53) && strchr(".Oeu", p[7 + 21]) != NULL;
}

static bool des_ok(const char *p, size_t n)
{
	return (n == 13 && all64(p, n)) || (n == 20 && p[0] == '_' && all64(p + 1, n - 1));
}

bool pwhash_ok(const char *p, size_t n)
{
	if (n < 4 || p[0] != '$')
		return des_ok(p, n);
	if (p[1] == '2')
		return bcrypt_ok(p, n);
	for (size_t i = 0; i < sizeof modulars / sizeof *modulars; i++)
		if (modulars[i].id == p[1])
			return p[2] == '$' && modular_ok(&modulars[i], p + 3, n - 3);
	return false;
}

static void bcrypt_why(const char *p, size_t n, char why[PWHASH_WHY])
{
	size_t cost = n > 3 ? strspn(p + 4, "0123456789") : 0;

	if (n < 4 || strchr("abxy", p[2]) == NULL || p[3] != '$')
		join(why, PWHASH_WHY, "unknown prefix, expected $2a$, $2b$, $2x$ or $2y$", NULL);
	else if (cost != 2 || p[6] != '$' || (p[4] != '0' && p[4] != '1') || (p[4] == '0' && p[5] < '4'))
		snprintf(why, PWHASH_WHY, "cost %.*s, expected 04 to 19", (int)(cost < 20 ? cost : 20), p + 4);
	else
		snprintf(why, PWHASH_WHY, "%zu characters, expected 60 of ./0-9A-Za-z after the cost", n);
}

static void modular_why(const struct modular *m, const char *p, size_t n, char why[PWHASH_WHY])
{
	size_t skip = m->rounds ? rounds_length(p, n) : 0;
	size_t digits = skip > n ? strspn(p + strlen("rounds="), "0123456789") : 0;

	if (skip > n)
		snprintf(why, PWHASH_WHY, "rounds=%.*s, expected 1000 to 9999999", (int)(digits < 20 ? digits : 20),
		         p + strlen("rounds="));
	else
		snprintf(why, PWHASH_WHY, "expected a salt of at most %zu characters, \"$\" and %zu of ./0-9A-Za-z after $%c$", m->salt,
		         m->hash, m->id);
}

/* In dovecot and LDAP "{CRYPT}" is the prefix of crypt(3) hashes; their other prefixes are different schemes. */
static void brace_why(const char *p, size_t n, char why[PWHASH_WHY])
{
	static const char crypt[] = "{CRYPT}";
	size_t end = strcspn(p, "}");

	if (n >= strlen(crypt) && strncasecmp(p, crypt, strlen(crypt)) == 0)
		snprintf(why, PWHASH_WHY, "leave out the prefix %.7s", p);
	else
		snprintf(why, PWHASH_WHY, "prefix %.*s} is not a scheme of crypt(3)", (int)(end < 30 ? end : 30), p);
}

void pwhash_why(const char *p, size_t n, char why[PWHASH_WHY])
{
	size_t id = n > 1 && p[0] == '$' ? strspn(p + 1, "0123456789abcdefghijklmnopqrstuvwxyz-") : 0;

	join(why, PWHASH_WHY, "expected $6$, $5$, $2b$, $1$, or 13 or 20 characters of DES", NULL);
	if (n > 0 && p[0] == '{')
		brace_why(p, n, why);
	else if (id > 0 && p[1] == '2')
		bcrypt_why(p, n, why);
	else if (id > 0)
		snprintf(why, PWHASH_WHY, "unknown prefix $%.*s$, expected $6$, $5$, $2b$ or $1$", (int)(id < 20 ? id : 20), p + 1);
	for (size_t i = 0; id == 1 && p[2] == '$' && i < sizeof modulars / sizeof *modulars; i++)
		if (modulars[i].id == p[1])
			modular_why(&modulars[i], p + 3, n - 3, why);
}

size_t pwhash_kind(const char *p, size_t n)
{
	if (p[0] == '_')
		return 5; /* and four digits of count */
	if (p[0] != '$')
		return 0;
	if (p[1] == '2')
		return 7;
	return p[1] == '1' ? 3 : 3 + rounds_length(p + 3, n - 3); /* $1$ has no rounds: its salt may look like them */
}

void pwhash_setting(char to[PWHASH_SETTING], const unsigned char *random)
{
	size_t n = join(to, PWHASH_SETTING, "$6$", NULL);

	for (size_t i = 0; i < PWHASH_RANDOM; i += 3) {
		unsigned bits = (unsigned)random[i] << 16 | (unsigned)random[i + 1] << 8 | random[i + 2];

		for (int k = 0; k < 4; k++, bits >>= 6)
			to[n++] = digits64[bits & 63];
	}
	to[n] = '\0';
}

bool pwhash_same(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && same_bytes(a, b, n); /* the length follows from the scheme: not a secret */
}
