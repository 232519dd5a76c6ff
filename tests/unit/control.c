/* The table of control files, and the settings that come out of it. */
#include "qmail/conf.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/opt.h"
#include "tap.h"

static void rows(void)
{
	size_t n = 0;

	for (const struct control *k = controls; k->path != NULL; k++, n++) {
		const char *name = k->path + strlen(QMAIL_CONTROL);

		ok(control_find(name) == k, "%s has one row", name);
		ok(k->by != 0, "%s has a reader", name);
		ok(k->as == NULL || control_find(k->as) < k, "%s: what it takes after stands above", name);
		ok(k->to + k->size <= sizeof(struct conf), "%s: its value is within struct conf", name);
		ok((k->size == 0) == (k->kind >= CONTROL_LIST || !control_is_ours(k)), "%s: is kept if it is a setting of ours", name);
		if (k->kind == CONTROL_NUMBER && k->size > 0)
			ok(k->size == sizeof(long) && k->fallback != NULL, "%s: a number has a default", name);
	}
	ok(n > 30, "they are all there");
	ok(control_find("nosuch")->path == NULL, "another name leads to the end");
}

static void write_file(const char *root, const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s" QMAIL_CONTROL "%s", root, name);
	f = fopen(path, "w");
	if (f == NULL)
		return;
	fputs(text, f);
	fclose(f);
}

static void defaults(struct ctx *ctx)
{
	struct conf c;

	is_int(conf_load(ctx, &c), 0, "an empty control directory is enough");
	is_str(c.me, "", "no me");
	is_str(c.helo, "localhost", "helo without me is localhost");
	is_str(c.bounces_to, "postmaster@", "bounces to postmaster");
	is_str(c.popmail, "/home/popmail", "popmail");
	is_str(c.serialmail, "/home/serialmail", "serialmail");
	is_str(c.popuser, "popusr", "popuser");
	is_str(c.qmail_send, "", "qmail-send is searched for");
	is_int(c.interval, 120, "interval");
	is_int(c.grace, 1000, "grace");
	is_int(c.concurrency, 20, "concurrency");
	is_int(c.lifetime, 1209600, "lifetime");
	is_int(c.warn, 14400, "warn");
}

static void settings(struct ctx *ctx, const char *root)
{
	struct conf c;

	write_file(root, "me", "gate.example.net \t\nsecond\n");
	write_file(root, "qv-interval", "");
	write_file(root, "qv-grace", "7.25\n");
	write_file(root, "qv-popmail", "/srv/pop//\n");
	write_file(root, "doublebounceto", "joe\n");
	is_int(conf_load(ctx, &c), 0, "files are read");
	is_str(c.me, "gate.example.net", "the first line, without blanks at its end");
	is_str(c.helo, "gate.example.net", "helo is me");
	is_str(c.bouncehost, "gate.example.net", "bouncehost too");
	is_str(c.bounces_to, "joe@gate.example.net", "double bounces go to doublebounceto at me");
	is_int(c.interval, 120, "an empty file is as none");
	is_int(c.grace, 7250, "seconds, as milliseconds");
	is_str(c.popmail, "/srv/pop", "a directory without slashes at its end");
	write_file(root, "helohost", "helo.example.net\n");
	is_int(conf_load(ctx, &c), 0, "helohost");
	is_str(c.helo, "helo.example.net", "helo is helohost");
	write_file(root, "qv-helo", "own.example.net\n");
	is_int(conf_load(ctx, &c), 0, "qv-helo");
	is_str(c.helo, "own.example.net", "helo is qv-helo");
}

static void refused(struct ctx *ctx, const char *root, const char *name, const char *text, const char *why)
{
	struct conf c;

	write_file(root, name, text);
	is_int(conf_load(ctx, &c), -1, "%s: %.*s is refused", name, (int)strcspn(text, "\n"), text);
	ok(strstr(ctx->err.text, why) != NULL && strstr(ctx->err.text, name) != NULL, "with its name and reason");
	write_file(root, name, "");
}

static void decimals(void)
{
	static const struct {
		const char *text;
		long ms; /* -1: refused */
	} t[] = {{"0", 0},         {"1", 1000},       {"0.1", 100},       {"12.345", 12345}, {"2147483", 2147483000},
	         {"2147484", -1},  {"0.1234", -1},    {"", -1},           {".5", -1},        {"1.", -1},
	         {"1.2.3", -1},    {"-1", -1},        {"1e3", -1},        {" 1", -1},        {"99999999999999999999", -1}};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		long ms = -1;

		is_int(opt_seconds(t[i].text, &ms), t[i].ms < 0 ? -1 : 0, "%s", t[i].text);
		is_int(ms, t[i].ms, "%s", t[i].text);
	}
}

int main(void)
{
	char root[] = "/tmp/control.XXXXXX", path[64];
	struct ctx ctx = {.applet = "test"};

	rows();
	decimals();
	if (mkdtemp(root) == NULL || chdir(root) < 0 || mkdir("var", 0755) < 0 || mkdir("var/qmail", 0755) < 0 ||
	    mkdir("var/qmail/control", 0755) < 0 || ctx_open(&ctx, root) < 0)
		return 1;
	defaults(&ctx);
	settings(&ctx, root);
	refused(&ctx, root, "qv-warn", "soon\n", "invalid number");
	refused(&ctx, root, "qv-warn", "-1\n", "invalid number");
	refused(&ctx, root, "qv-grace", "0.1s\n", "invalid number of seconds");
	refused(&ctx, root, "qv-serialmail", "srv\n", "expected an absolute path");
	refused(&ctx, root, "qv-serialmail", "/srv/../etc\n", "expected an absolute path");
	refused(&ctx, root, "qv-popuser", "a-name-of-more-than-sixty-three-bytes-that-nobody-has-or-would-want-to\n", "more than 63");
	snprintf(path, sizeof path, "rm -rf %s", root);
	return system(path) != 0 || done_testing();
}
