/* check - runs all checks and says what they find. */
#include "check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/json.h"
#include "qmail/maildir.h"

static const char *const words[] = {[CHECK_WARNING] = "warning", [CHECK_ERROR] = "error"};

static void print(const struct check *c, const struct finding *f, const char *text, const char *mend)
{
	char line[32] = "";

	if (f->line > 0)
		snprintf(line, sizeof line, ":%zu", f->line);
	printf("%s: %s%s%s: %s; mend: %s\n", words[f->severity], c->ctx->root, f->path, line, text, mend);
}

static void put(struct check *c, const struct finding *f, const char *text, const char *mend)
{
	struct buf *b = &c->json;

	json_open(b, '{');
	json_key(b, "severity");
	json_string(b, words[f->severity]);
	json_key(b, "name");
	json_string(b, f->name);
	json_key(b, "file");
	json_string(b, f->path);
	json_key(b, "line");
	if (f->line > 0)
		json_number(b, (intmax_t)f->line);
	else
		json_null(b);
	json_key(b, "text");
	json_string(b, text);
	json_key(b, "mend");
	json_string(b, mend);
	json_key(b, "fixable");
	json_bool(b, f->mend == NULL);
	json_close(b, '}');
}

void check_found(struct check *c, const struct finding *f, const char *fmt, ...)
{
	const char *mend = f->mend != NULL ? f->mend : "qv-check --fix";
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 32 || *p == 127)
			*p = '?';
	c->found++;
	c->open += f->mend != NULL || !c->fix;
	if (c->ctx->json)
		put(c, f, text, mend);
	else
		print(c, f, text, mend);
}

void check_unreadable(struct check *c, const char *path)
{
	check_found(c, &(struct finding){CHECK_ERROR, "unreadable", path, 0, "see for yourself"},
	            "it cannot be checked: %s", c->ctx->err.text);
	c->ctx->err = (struct err){0};
}

/* 0 all is there and popusr's; 1 said; -1 it is not there at all. */
static int look_at(struct check *c, const char *path)
{
	const struct conf *conf = &c->change.conf;
	char mend[PATH_MAX + 128];
	struct stat st;
	int r = fs_stat(c->ctx, path, &st);

	if (r < 0)
		check_unreadable(c, path);
	if (r != 0)
		return r < 0 ? 1 : -1;
	snprintf(mend, sizeof mend, "chown %s: %s", conf->popuser, path);
	if (st.st_uid != conf->uid)
		check_found(c, &(struct finding){CHECK_ERROR, "owner", path, 0, mend},
		            "belongs to uid %ld, not to %s: what is delivered as %s cannot be put there and waits", (long)st.st_uid,
		            conf->popuser, conf->popuser);
	snprintf(mend, sizeof mend, "chmod go-w %s", path);
	if (st.st_mode & 022)
		check_found(c, &(struct finding){CHECK_ERROR, "writable", path, 0, mend},
		            "others may write there: they can take mail away, or bring some");
	return st.st_uid != conf->uid || (st.st_mode & 022);
}

void check_maildir(struct check *c, const char *path)
{
	const struct owner popusr = {0700, c->change.conf.uid, c->change.conf.gid};
	char part[PATH_MAX + 8];

	for (size_t i = 0; maildir_parts[i] != NULL; i++) {
		snprintf(part, sizeof part, "%s/%s", path, maildir_parts[i]);
		if (look_at(c, part) >= 0)
			continue;
		check_found(c, &(struct finding){CHECK_ERROR, "maildir-part", part, 0, NULL},
		            "is missing: this is no Maildir, and mail for it waits");
		plan_dir(&c->change.trees, part, &popusr);
	}
}

int check_all(struct check *c)
{
	c->json = BUF(CONTROL_MAX);
	c->boxes = BUF(CONTROL_MAX);
	json_open(&c->json, '[');
	check_texts(c);
	check_tables(c);
	check_routes(c);
	check_homes(c);
	check_boxes(c);
	check_dialups(c);
	check_daemon(c);
	json_close(&c->json, ']');
	if (buf_failed(&c->json) || buf_failed(&c->boxes))
		return err_temp(&c->ctx->err, "out of memory");
	if (c->ctx->json)
		printf("%s\n", buf_text(&c->json));
	buf_free(&c->json);
	buf_free(&c->boxes);
	return 0;
}
