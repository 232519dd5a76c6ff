/* command - the command that fixes a finding, as one would type it. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check/internal.h"
#include "lib/fs.h"
#include "lib/join.h"
#include "qmail/names.h"

const char check_root[] = "root", check_quoted[] = "quoted", check_popuser[] = "popuser", check_onto[] = "onto";

/* A word for the shell: as it is, or in single quotes. */
static void quote(struct buf *b, const char *root, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	char word[2 * PATH_MAX];

	join(word, sizeof word, root, path, NULL);
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

/* A name with control bytes is not printed as it is: instead of a command with it, advise one that lists it. */
static void list_instead(struct check *c, const char *path)
{
	char dir[PATH_MAX];
	size_t n = 0;

	for (size_t i = 0; (unsigned char)path[i] >= ' ' && path[i] != 127; i++)
		n = path[i] == '/' ? i : n;
	join_part(dir, sizeof dir, path, n);
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

static bool ends_in_newline(struct check *c, const char *path)
{
	struct stat st;
	char last = '\n';
	int fd = fs_open(c->ctx, path, O_RDONLY);

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1)
		last = '\n';
	if (fd >= 0)
		close(fd);
	c->ctx->err = (struct err){0};
	return last == '\n';
}

static void put_onto(struct check *c, const char *path)
{
	struct buf before = c->mend;

	if (!ends_in_newline(c, path)) {
		c->mend = BUF(CONTROL_MAX);
		buf_str(&c->mend, "echo >>");
		quote(&c->mend, c->ctx->root, path);
		buf_printf(&c->mend, " && %s", buf_text(&before));
		c->mend.failed |= buf_failed(&before);
		buf_free(&before);
	}
	buf_str(&c->mend, " >>");
	quote(&c->mend, c->ctx->root, path);
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
		else if (word == check_onto)
			put_onto(c, va_arg(ap, const char *));
		else if (*word == '/' && !is_typable(word))
			untypable = word;
		else
			add_word(c, word);
	va_end(ap);
	if (untypable != NULL)
		list_instead(c, untypable);
	return buf_text(&c->mend);
}

/* The command that puts a change of this file into effect. */
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

static const char *on_line(struct check *c, const char *before, const char *path)
{
	const char *then = applied_by(c, path);

	return check_command(c, before, path, then, *then != '\0' ? check_root : "", CHECK_END);
}

const char *check_edit(struct check *c, const char *path, size_t line)
{
	char words[64];

	snprintf(words, sizeof words, "vi +%zu ", line);
	return on_line(c, words, path);
}

const char *check_delete(struct check *c, const char *path, size_t line, const char *begin, size_t n)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@+:./&-";
	char words[2 * NAME_DOMAIN_MAX + 64], like[2 * NAME_DOMAIN_MAX + 8] = "[[:blank:]]*$";
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (to + 3 > sizeof like || begin[i] == '\0' || strchr(plain, begin[i]) == NULL)
			return check_edit(c, path, line);
		if (begin[i] == '.' || begin[i] == '/')
			like[to++] = '\\';
		like[to++] = begin[i];
		like[to] = '\0';
	}
	snprintf(words, sizeof words, "sed -i '%zu{/^%s/d}' ", line, like);
	return on_line(c, words, path);
}
