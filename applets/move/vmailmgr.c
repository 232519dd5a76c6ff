/* vmailmgr - a record of vmailmgr's passwd.cdb. */
#include "move/vmailmgr.h"

#include <string.h>

enum { MAILBOX_ENABLED = 8, HAS_MAILBOX = 10 }; /* flags of version 2, each before its value */

enum { HARDQUOTA, SOFTQUOTA, MSGSIZE, MSGCOUNT, CTIME, EXPIRY, VALUES };

static const char without[] = "4294967295";

/* The rest of a record. */
struct rest {
	const char *p, *end;
};

/* The field in front, a NUL behind it; NULL: there is none. */
static const char *take(struct rest *r)
{
	const char *field = r->p, *nul = memchr(r->p, '\0', (size_t)(r->end - r->p));

	if (nul == NULL)
		return NULL;
	r->p = nul + 1;
	return field;
}

static int take_flags(struct rest *r, bool *mailbox, bool *enabled)
{
	while (r->p < r->end && *r->p != '\0') {
		if (r->end - r->p < 2)
			return -1;
		if (*r->p == HAS_MAILBOX)
			*mailbox = r->p[1] != '\0';
		else if (*r->p == MAILBOX_ENABLED)
			*enabled = r->p[1] != '\0';
		else
			return -1;
		r->p += 2;
	}
	return r->p++ < r->end ? 0 : -1;
}

/* Addresses, each with its NUL, up to an empty one. */
static int take_forwards(struct rest *r, struct vmailmgr_user *u)
{
	const char *one;

	u->forwards = r->p;
	do {
		u->forwards_end = r->p;
		one = take(r);
	} while (one != NULL && *one != '\0');
	return one != NULL ? 0 : -1;
}

static int take_values(struct rest *r, struct vmailmgr_user *u)
{
	const char *value;

	for (int i = 0; i < VALUES; i++) {
		value = take(r);
		if (value == NULL || *value == '\0' || strspn(value, "0123456789-") != strlen(value))
			return -1;
		if (strcmp(value, without) == 0 || strcmp(value, "-") == 0)
			continue;
		u->has_quota |= i < CTIME;
		u->expires |= i == EXPIRY;
	}
	return r->p == r->end ? 0 : -1;
}

static int binary(struct rest *r, bool flags, struct vmailmgr_user *u)
{
	bool mailbox = true;

	if (flags && take_flags(r, &mailbox, &u->enabled) < 0)
		return -1;
	u->hash = take(r);
	u->maildir = u->hash != NULL ? take(r) : NULL;
	if (u->maildir == NULL || take_forwards(r, u) < 0 || take(r) == NULL || take_values(r, u) < 0)
		return -1;
	if (!mailbox)
		u->maildir += strlen(u->maildir);
	return 0;
}

/* HASH:./users/joe, or HASH:&address,address. */
static int text(char *p, size_t n, struct vmailmgr_user *u)
{
	char *colon = memchr(p, ':', n);

	if (colon == NULL || memchr(p, '\0', n) != NULL)
		return -1;
	*colon = '\0';
	u->hash = p;
	u->maildir = colon[1] == '.' || colon[1] == '/' ? colon + 1 : "";
	u->forwards = *u->maildir != '\0' ? p + n : colon + 1 + (colon[1] == '&');
	u->forwards_end = p + n;
	return 0;
}

int vmailmgr_user(char *data, size_t n, struct vmailmgr_user *u)
{
	struct rest r = {data + 1, data + n};

	*u = (struct vmailmgr_user){.enabled = true};
	if (n < 2)
		return -1;
	if (*data == ':')
		return text(data + 1, n - 1, u);
	return *data == 1 || *data == 2 ? binary(&r, *data == 2, u) : -1;
}

const char *vmailmgr_forward(const struct vmailmgr_user *u, const char **at, size_t *n)
{
	const char *p = *at != NULL ? *at : u->forwards;

	while (p < u->forwards_end && (*p == '\0' || *p == ','))
		p++;
	if (p >= u->forwards_end)
		return NULL;
	for (*n = 0; p + *n < u->forwards_end && p[*n] != '\0' && p[*n] != ',';)
		++*n;
	*at = p + *n;
	return p;
}
