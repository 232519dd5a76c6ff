/* prepare - what the files say about a customer, before its mail is touched. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dialup/marks.h"
#include "flush/internal.h"
#include "lib/fs.h"
#include "lib/opt.h"

const char *flush_below(const struct flush *f, const char *name, char *to, size_t size)
{
	snprintf(to, size, "%s/%s", f->path, name);
	return to;
}

/* "/x/./y/." becomes "/x/y": the path is compared with homes, and its last name is the host's. */
static void take_out_dots(char *path)
{
	char *to = path;

	for (char *p = path; *p != '\0';) {
		if (p[0] == '/' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
			p += 2;
		else if (p[0] == '/' && p[1] == '/')
			p++;
		else
			*to++ = *p++;
	}
	*to = '\0';
}

int flush_prepare_path(struct flush *f)
{
	char cwd[PATH_MAX] = "";
	size_t n;

	if (f->dir[0] != '/' && getcwd(cwd, sizeof cwd) == NULL)
		return err_sys(&f->ctx->err, "unable to find the working directory");
	n = (size_t)snprintf(f->path, sizeof f->path - NAME_MAX, "%s%s%s", cwd, *cwd != '\0' ? "/" : "", f->dir);
	if (n >= sizeof f->path - NAME_MAX) /* names are put behind it */
		return err_perm(&f->ctx->err, "%.200s...: the name is too long", f->dir);
	take_out_dots(f->path);
	for (n = strlen(f->path); n > 1 && f->path[n - 1] == '/';)
		f->path[--n] = '\0';
	if (strstr(f->path, "/..") != NULL)
		return err_perm(&f->ctx->err, "%s: path must not contain ..", f->dir);
	return 0;
}

static int find_hosts(struct flush *f)
{
	struct buf b = BUF(65536);
	char path[PATH_MAX + NAME_MAX], shown[2 * PATH_MAX];
	int r = fs_slurp(f->ctx, flush_below(f, "RELAYHOST", path, sizeof path), &b, NULL);

	snprintf(shown, sizeof shown, "%.*s%s", PATH_MAX / 2, f->ctx->root, path);
	if (r == 0)
		r = relayhost_parse(&f->ctx->err, shown, buf_text(&b), b.len, &f->hosts);
	buf_free(&b);
	if (r == 0 && f->o->host != NULL) {
		f->hosts.n = 1;
		snprintf(f->hosts.host[0].host, sizeof f->hosts.host[0].host, "%s", f->o->host);
	}
	return r == 0 ? 0 : -1;
}

static int find_lifetime(struct flush *f)
{
	struct buf b = BUF(CONTROL_MAX);
	char path[PATH_MAX + NAME_MAX], text[64];
	int r = 0;

	f->lifetime = f->o->lifetime >= 0 ? f->o->lifetime : f->conf->lifetime;
	if (f->o->lifetime < 0)
		r = fs_slurp(f->ctx, flush_below(f, DOMAIN_LIFETIME, path, sizeof path), &b, NULL);
	if (r == 0 && f->o->lifetime < 0) {
		snprintf(text, sizeof text, "%.*s", (int)strcspn(buf_text(&b), " \t\r\n"), buf_text(&b));
		if (opt_number(text, INT32_MAX, &f->lifetime) < 0)
			r = err_perm(&f->ctx->err, "%s%s:1: invalid number of seconds \"%s\"", f->ctx->root, path, text);
	}
	buf_free(&b);
	return r < 0 ? -1 : 0;
}

int flush_prepare(struct flush *f)
{
	flush_recall(f); /* first: a run that fails below is counted, too */
	if (flush_find_prefix(f) < 0 || find_lifetime(f) < 0)
		return -1;
	if (f->o->transport != NULL || f->o->report || f->session != NULL)
		return 0;
	if (f->o->expire)
		err_temp(&f->ctx->err, "its mail is sent only when the host calls, and it has not called");
	else if (find_hosts(f) == 0)
		return 0;
	f->unsent = f->ctx->err;
	return 0;
}
