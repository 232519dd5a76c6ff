/* ids - the uid and gid of a line of users/assign, as qmail-lspawn(8) reads them. */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "lib/join.h"
#include "qmail/assign.h"

#define NO_ID "%s is an id that no process can have: qmail cannot become this user, and the mail waits"

static bool is_number(const struct assign_field *f)
{
	size_t n = 0;

	while (n < f->n && f->p[n] >= '0' && f->p[n] <= '9')
		n++;
	return n > 0 && n == f->n && n <= 32;
}

/* The command that replaces both ids by popusr's; an editor, unless both are short numbers. */
static const char *set_ids(struct check *c, size_t i, const struct assign_line *l)
{
	const struct conf *conf = &c->change.conf;
	char edit[128];

	if (!is_number(&l->uid) || !is_number(&l->gid))
		return check_edit(c, QMAIL_ASSIGN, i + 1);
	snprintf(edit, sizeof edit, "sed -i '%zus/:%.*s:%.*s:/:%lu:%lu:/' ", i + 1, (int)l->uid.n, l->uid.p, (int)l->gid.n,
	         l->gid.p, (unsigned long)conf->uid, (unsigned long)conf->gid);
	return check_command(c, edit, QMAIL_ASSIGN, " && qv-newu", check_root, CHECK_END);
}

/* The id as the file has it, and as qmail reads it if that differs. */
static const char *in_words(const char *name, const struct assign_field *f, char *to, size_t size)
{
	char digits[16];
	int n = snprintf(digits, sizeof digits, "%lu", (unsigned long)assign_id(f));

	if (f->n == (size_t)n && memcmp(f->p, digits, f->n) == 0)
		join(to, size, name, " ", digits, NULL);
	else
		snprintf(to, size, "%s \"%.*s\" (which qmail reads as %s)", name, f->n < 100 ? (int)f->n : 100, f->p, digits);
	return to;
}

static void check_gid(struct check *c, size_t i, const struct assign_line *l, bool ours)
{
	const struct conf *conf = &c->change.conf;
	uint32_t id = assign_id(&l->gid);
	char words[256];

	in_words("gid", &l->gid, words, sizeof words);
	if (id == UINT32_MAX)
		check_found(c, &(struct finding){CHECK_ERROR, "no-id", QMAIL_ASSIGN, i + 1, check_edit(c, QMAIL_ASSIGN, i + 1)},
		            NO_ID, words);
	else if (id == 0 && !(ours && conf->gid == 0))
		check_found(c,
		            &(struct finding){CHECK_WARNING, "root-group", QMAIL_ASSIGN, i + 1,
		                              ours ? set_ids(c, i, l) : check_edit(c, QMAIL_ASSIGN, i + 1)},
		            "%s: any program that a .qmail file runs for this mail gets root's group", words);
	else if (ours && id != conf->gid)
		check_found(c, &(struct finding){CHECK_WARNING, "gid", QMAIL_ASSIGN, i + 1, set_ids(c, i, l)},
		            "%s is not that of %s, the owner of the directories there: delivered mail gets this group", words,
		            conf->popuser);
}

void check_ids(struct check *c, size_t i, const struct assign_line *l, bool ours)
{
	const struct conf *conf = &c->change.conf;
	uint32_t id = assign_id(&l->uid);
	char words[256];

	if (id == 0)
		check_found(c, &(struct finding){CHECK_ERROR, "root", QMAIL_ASSIGN, i + 1, set_ids(c, i, l)},
		            "%s: qmail delivers nothing as root, and this mail waits",
		            in_words("uid", &l->uid, words, sizeof words));
	else if (ours && id != conf->uid)
		check_found(c, &(struct finding){CHECK_ERROR, "uid", QMAIL_ASSIGN, i + 1, set_ids(c, i, l)},
		            "%s is not that of %s, the owner of the directories there: this mail cannot be delivered, and waits",
		            in_words("uid", &l->uid, words, sizeof words), conf->popuser);
	else if (id == UINT32_MAX)
		check_found(c, &(struct finding){CHECK_ERROR, "no-id", QMAIL_ASSIGN, i + 1, check_edit(c, QMAIL_ASSIGN, i + 1)},
		            NO_ID, in_words("uid", &l->uid, words, sizeof words));
	else
		check_gid(c, i, l, ours);
}
