/*
 * box - what logins and other mail systems are read from: users/qv-passwd, crypt's strings, checkpassword's input, vpopmail's
 * vpasswd and .qmail-default, records of vmailmgr's passwd.cdb.
 */
#include "box/credentials.h"
#include "box/logins_line.h"
#include "box/pwhash.h"
#include "box/which.h"
#include "fuzz.h"
#include "move/vmailmgr.h"
#include "move/vpopmail.h"

static void hash(const char *p, size_t n)
{
	char why[PWHASH_WHY], *s = string_of(p, n);

	if (pwhash_ok(p, n)) {
		check(n > 0 && n <= PWHASH_MAX && memchr(p, ':', n) == NULL && memchr(p, '\n', n) == NULL, "a hash that fits in no line");
		check(pwhash_kind(p, n) < n && pwhash_same(s, s), "a hash of no kind");
	} else if (strlen(s) == n) {
		pwhash_why(s, n, why);
		check(*why != '\0' && memchr(why, '\0', sizeof why) != NULL, "no reason is given");
	}
	free(s);
}

static void login(struct part in)
{
	struct logins_line l;

	hash(in.p, in.n);
	if (memchr(in.p, '\n', in.n) != NULL || logins_line(in.p, in.n, &l) != LOGINS_BOX)
		return;
	check_within(in.p, in.n, l.box.p, l.box.n, "a box from elsewhere");
	check_within(in.p, in.n, l.dir.p, l.dir.n, "a directory from elsewhere");
	check(l.box.n > 0 && l.dir.n > 0 && l.dir.p[0] == '/', "a box without a directory");
	check(l.hash.n + l.suspended == l.field.n, "more than a hash");
	hash(l.hash.p, l.hash.n);
}

static void credentials(struct part in)
{
	struct credentials c;

	if (credentials_parse(in.p, in.n, &c) < 0)
		return;
	check_within(in.p, in.n, c.user, strlen(c.user) + 1, "a user from elsewhere");
	check_within(in.p, in.n, c.password, strlen(c.password) + 1, "a password from elsewhere");
	check(c.password > c.user, "a password before its user");
}

/* NAME:REST */
static void vpasswd(struct part in)
{
	const char *colon = memchr(in.p, ':', in.n);
	struct vpopmail_user u;

	if (colon == NULL || vpopmail_user(in.p, (size_t)(colon - in.p), colon + 1, in.n - (size_t)(colon + 1 - in.p), &u) < 0)
		return;
	check(u.name.n > 0 && u.dir.n > 0, "a user without a directory");
	check_within(in.p, in.n, u.hash.p, u.hash.n, "a hash from elsewhere");
	check_within(in.p, in.n, u.dir.p, u.dir.n, "a directory from elsewhere");
	check_within(in.p, in.n, u.quota.p, u.quota.n, "a quota from elsewhere");
}

/* A .qmail file: vdelivermail's default, and the one box that it delivers into. */
static void dotqmail(struct part in)
{
	char where[300] = "";
	struct box box;

	if (vpopmail_others(in.p, in.n, where, sizeof where) == VPOPMAIL_MAILDIR)
		check(*where == '/', "a Maildir that is no path");
	check(memchr(where, '\0', sizeof where) != NULL, "a place that is no string");
	if (box_of_text(in.p, in.n, "/home/popmail/e/ex1/DOMAINS/x.org", &box) == 0)
		check(box.path[0] == '/' && *box.name != '\0' && strpbrk(box.name, "/:") == NULL, "a box that is none");
}

static void vmailmgr(struct part in)
{
	char *data = malloc(in.n + 1);
	const char *at = NULL, *p;
	struct vmailmgr_user u;
	size_t n, forwards = 0;

	check(data != NULL, "no memory");
	memcpy(data, in.p, in.n);
	data[in.n] = '\0';
	if (vmailmgr_user(data, in.n, &u) == 0) {
		check_within(data, in.n + 1, u.hash, strlen(u.hash), "a hash from elsewhere");
		if (*u.maildir != '\0')
			check_within(data, in.n + 1, u.maildir, strlen(u.maildir), "a Maildir from elsewhere");
		while ((p = vmailmgr_forward(&u, &at, &n)) != NULL) {
			check_within(data, in.n, p, n, "a forward from elsewhere");
			check(++forwards <= in.n && n > 0, "no end of forwards");
		}
	}
	free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct parser parsers[] = {
		{'p', login}, {'c', credentials}, {'v', vpasswd}, {'q', dotqmail}, {'m', vmailmgr},
	};

	return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
}
