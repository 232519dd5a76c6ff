/* command - the command that mends a finding, as one would type it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check/internal.h"

const char check_root[] = "root", check_quoted[] = "quoted", check_popuser[] = "popuser";

/* A word for the shell: as it is, or in single quotes. */
static void quote(struct buf *b, const char *root, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	char word[2 * PATH_MAX];

	snprintf(word, sizeof word, "%s%s", root, path);
	if (word[strspn(word, plain)] == '\0') {
		buf_str(b, word);
		return;
	}
	buf_char(b, '\'');
	for (const char *p = word; *p != '\0'; p++)
		if (*p == '\'')
			buf_str(b, "'\\''");
		else
			buf_char(b, *p);
	buf_char(b, '\'');
}

static bool is_typable(const char *p)
{
	while (*p != '\0' && (unsigned char)*p >= ' ' && *p != 127)
		p++;
	return *p == '\0';
}

/* In place of a command with a name that would be shown as another: what shows that name. */
static void list_instead(struct check *c, const char *path)
{
	char dir[PATH_MAX];
	size_t n = 0;

	for (size_t i = 0; (unsigned char)path[i] >= ' ' && path[i] != 127; i++)
		n = path[i] == '/' ? i : n;
	snprintf(dir, sizeof dir, "%.*s", (int)n, path);
	c->mend.len = 0;
	buf_str(&c->mend, "ls -lib ");
	quote(&c->mend, c->ctx->root, dir);
}

static void add_word(struct check *c, const char *word)
{
	const struct conf *conf = &c->change.conf;
	const char *root = c->ctx->root;

	if (word == check_root) {
		buf_str(&c->mend, *root != '\0' ? " --root " : "");
		if (*root != '\0')
			quote(&c->mend, root, "");
	} else if (word == check_popuser) {
		if (*root != '\0')
			buf_printf(&c->mend, "%lu:%lu", (unsigned long)conf->uid, (unsigned long)conf->gid);
		else
			buf_printf(&c->mend, "%s:", conf->popuser);
	} else if (*word == '/') {
		quote(&c->mend, root, word);
	} else {
		buf_str(&c->mend, word);
	}
}

const char *check_command(struct check *c, const char *word, ...)
{
	const char *untypable = NULL;
	va_list ap;

	c->mend.len = 0;
	va_start(ap, word);
	for (; word != NULL; word = va_arg(ap, const char *))
		if (word == check_quoted)
			quote(&c->mend, "", va_arg(ap, const char *));
		else if (*word == '/' && !is_typable(word))
			untypable = word;
		else
			add_word(c, word);
	va_end(ap);
	if (untypable != NULL)
		list_instead(c, untypable);
	return buf_text(&c->mend);
}

/* What makes a change of this file count. */
static const char *applied_by(const struct check *c, const char *path)
{
	if (strcmp(path, QMAIL_ASSIGN) == 0)
		return " && qv-newu";
	if (strcmp(path, QMAIL_CONTROL "morercpthosts") == 0)
		return " && qv-newmrh";
	if (!c->ctx->offline &&
	    (strcmp(path, QMAIL_CONTROL "virtualdomains") == 0 || strcmp(path, QMAIL_CONTROL "locals") == 0))
		return " && qv-hup";
	return "";
}

static const char *on_line(struct check *c, const char *before, size_t line, const char *behind, const char *path)
{
	const char *then = applied_by(c, path);
	char words[64];

	snprintf(words, sizeof words, "%s%zu%s ", before, line, behind);
	return check_command(c, words, path, then, *then != '\0' ? check_root : "", CHECK_END);
}

const char *check_edit(struct check *c, const char *path, size_t line)
{
	return on_line(c, "vi +", line, "", path);
}

const char *check_delete(struct check *c, const char *path, size_t line)
{
	return on_line(c, "sed -i ", line, "d", path);
}
