/* qv-status - which mail waits for which host, since when, and how the last attempt ended. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "applet.h"
#include "dialup/report.h"
#include "lib/given.h"
#include "lib/packed.h"
#include "lib/verb.h"
#include "master/master.h"
#include "setup/dialup_home.h"

static const char synopsis[] = "qv-status [HOST] [-j | --html | --cgi | --prometheus | --textfile FILE] [--watch SECONDS]\n"
                               "qv-status [HOST] [--nagios] [-w AGE[,MESSAGES]] [-c AGE[,MESSAGES]]";

enum { CRITICAL = 6 /* times the age for a warning */, WIDTH = 100 };

struct options {
	const char *host; /* NULL: all */
	const char *textfile, *warning, *critical;
	int prometheus, html, cgi, nagios;
	long watch; /* seconds; 0: once */
};

/* Of a terminal. Bars need their room. */
static struct status_style find_style(void)
{
	const char *no = getenv("NO_COLOR"), *kind = getenv("TERM");
	struct winsize size = {0};

	if (!isatty(STDOUT_FILENO))
		return (struct status_style){0};
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	return (struct status_style){.colours = (no == NULL || *no == '\0') && kind != NULL && strcmp(kind, "dumb") != 0,
	                             .bars = size.ws_col == 0 || size.ws_col >= WIDTH};
}

/* One that cannot be seen is not running, as far as anybody can tell. */
static void look_for_master(struct report *r)
{
	struct master_seen seen;

	if (r->form != REPORT_PAGE && r->form != REPORT_METRICS)
		return;
	if (master_look(r->ctx, &seen) < 0)
		ctx_warn(r->ctx, "%s", r->ctx->err.text);
	r->master = seen.stays;
	r->beat = seen.beat;
}

static int collect(struct report *r, const struct options *o)
{
	char home[800];

	r->version = QVMAIL_VERSION;
	if (r->form == REPORT_TABLE)
		r->style = find_style();
	look_for_master(r);
	if (o->host == NULL)
		return report_collect(r, NULL);
	if (dialup_home(r->ctx, r->conf, o->host, home, sizeof home) < 0)
		return -1;
	return report_collect(r, strrchr(home, '/') + 1);
}

/* A server of CGI programs (RFC 3875) may hand HEAD and POST to them, too. */
static bool may_ask(void)
{
	const char *method = getenv("REQUEST_METHOD");

	return method == NULL || strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void put_cgi(const char *status, const char *text)
{
	printf("Status: %s\r\nContent-Type: text/%s; charset=utf-8\r\nCache-Control: no-store\r\n"
	       "Content-Security-Policy: " STATUS_PAGE_POLICY ";frame-ancestors 'none'\r\n"
	       "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n\r\n%s",
	       status, text != NULL ? "plain" : "html", text != NULL ? text : "");
}

static int put(const struct report *r, const struct options *o)
{
	if (o->textfile != NULL)
		return given_write(r->ctx, o->textfile, &r->out);
	if (o->cgi)
		put_cgi(may_ask() ? "200 OK" : "405 Method Not Allowed", may_ask() ? NULL : "only GET\n");
	if (o->watch > 0 && isatty(STDOUT_FILENO))
		printf("\033[H\033[2J");
	if (!o->cgi || may_ask())
		fwrite(buf_text(&r->out), 1, r->out.len, stdout);
	return fflush(stdout) == 0 ? 0 : err_sys(&r->ctx->err, "unable to write the output");
}

/* Once, or until somebody ends it or cannot be shown it any more. */
static int show(struct report *r, const struct options *o)
{
	int code;

	for (;;) {
		code = collect(r, o);
		if (code >= 0 && put(r, o) < 0)
			code = -1;
		report_free(r);
		if (o->watch == 0 || code < 0)
			return code;
		sleep((unsigned)o->watch);
	}
}

static int find_limits(struct report *r, const struct options *o)
{
	struct err *e = &r->ctx->err;
	long wait;

	if (o->nagios == 0) { /* -w is what other applets take, and there is nothing to wait for */
		if (o->critical != NULL || (o->warning != NULL && opt_number(o->warning, INT_MAX, &wait) < 0))
			return err_usage(e, synopsis, "-w and -c are for --nagios");
		return 0;
	}
	r->warning = (struct nagios_limit){r->conf->warn, -1};
	if (o->warning != NULL && nagios_limit(&r->warning, o->warning) < 0)
		return err_usage(e, synopsis, "-w: \"%.300s\" is not AGE or AGE,MESSAGES", o->warning);
	r->critical = (struct nagios_limit){CRITICAL * (r->warning.age > r->conf->warn ? r->warning.age : r->conf->warn), -1};
	if (o->critical != NULL && nagios_limit(&r->critical, o->critical) < 0)
		return err_usage(e, synopsis, "-c: \"%.300s\" is not AGE or AGE,MESSAGES", o->critical);
	if (o->warning != NULL && nagios_is_above(&r->warning, &r->critical))
		return err_usage(e, synopsis, "-w %.300s has a limit above that of -c %.300s: CRITICAL would come before WARNING", o->warning, o->critical);
	return 0;
}

/* A form that another one includes does not count: --cgi is --html, --textfile is --prometheus. */
static int find_form(struct ctx *ctx, const struct options *o, enum report_form *form)
{
	const struct {
		const char *option;
		enum report_form form;
		bool given;
	} forms[] = {
		{"-j", REPORT_JSON, ctx->json},
		{"--textfile", REPORT_METRICS, o->textfile != NULL},
		{"--prometheus", REPORT_METRICS, o->prometheus > 0 && o->textfile == NULL},
		{"--cgi", REPORT_PAGE, o->cgi > 0},
		{"--html", REPORT_PAGE, o->html > 0 && o->cgi == 0},
		{"--nagios", REPORT_NAGIOS, o->nagios > 0},
	};
	const char *first = o->watch > 0 && (o->cgi > 0 || o->nagios > 0) ? "--watch" : NULL;

	*form = REPORT_TABLE;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!forms[i].given)
			continue;
		if (first != NULL)
			return err_usage(&ctx->err, synopsis, "%s and %s cannot be combined", first, forms[i].option);
		first = forms[i].option;
		*form = forms[i].form;
	}
	return 0;
}

static int answer(struct ctx *ctx, int argc, char **argv, struct options *o)
{
	struct report r = {.ctx = ctx};
	struct conf conf;

	if (argc > 2)
		return err_usage(&ctx->err, synopsis, "expected at most one HOST");
	if (o->textfile != NULL && (*o->textfile == '-' || *o->textfile == '\0')) /* it would be made, unnoticed */
		return err_usage(&ctx->err, synopsis, "--textfile: expected FILE");
	if (find_form(ctx, o, &r.form) < 0 || conf_load(ctx, &conf) < 0)
		return -1;
	o->host = argv[1];
	r.conf = &conf;
	return find_limits(&r, o) < 0 ? -1 : show(&r, o);
}

/* Nagios reads its answer on standard output, a browser what the web server gets there. */
static int give_up(struct ctx *ctx, const struct options *o)
{
	struct buf line = BUF(sizeof ctx->err.text + 100);
	int code = -1;

	if (o->nagios > 0) {
		code = (int)nagios_unknown(ctx->err.text, &line);
		printf("%s", buf_text(&line));
		buf_free(&line);
	} else if (o->cgi > 0) {
		put_cgi("500 Internal Server Error", "qv-status failed; the web server's log has its error\n");
	}
	return code;
}

static int status_main(struct ctx *ctx, int argc, char **argv)
{
	struct options o = {0};
	const struct opt options[] = {
		{0, "prometheus", OPT_FLAG, &o.prometheus},
		{0, "textfile", OPT_STRING, &o.textfile},
		{0, "html", OPT_FLAG, &o.html},
		{0, "cgi", OPT_FLAG, &o.cgi},
		{0, "nagios", OPT_FLAG, &o.nagios},
		{'w', NULL, OPT_STRING, &o.warning},
		{'c', NULL, OPT_STRING, &o.critical},
		{0, "watch", OPT_COUNT, &o.watch},
		{0},
	};
	int r = common_options(ctx, synopsis, options, &argc, argv);

	if (r == 0)
		r = answer(ctx, argc, argv, &o);
	return r < 0 ? give_up(ctx, &o) : r;
}

static const char help[] PACKED =
	"Prints a line for each dial-up host, or for HOST: how many messages and bytes\n"
	"wait, the age of the oldest, the time since the last attempt and until the next\n"
	"one (s, m, h, d), whether it is paused, on demand or being flushed (and by\n"
	"which process), and the result of the last attempt: its mode (lock-step,\n"
	"pipelined, grouped, streaming) and its rate; since when and why the server is\n"
	"talked to in a simpler mode than it offers (for a day), wants TLS or a login, or\n"
	"has rejected all mail, so that no more bounces (braked). Late messages have\n"
	"waited longer than control/qv-warn; unsendable ones had no envelope in the last\n"
	"attempt. FIFOs, directories and links in Maildir/new are never sent. The last\n"
	"call for its mail (qv-trigger): when, how, by whom, and how it ended.\n"
	"\n"
	"On a terminal there are colours (unless NO_COLOR is set) and, if it is wide, the\n"
	"deliveries of the last day: two hours a column, darker for more.\n"
	"\n"
	"  -j               print an array with an object for each host; qv-status(8)\n"
	"                   has its keys\n"
	"  --html           print a page that needs nothing else\n"
	"  --cgi            answer a web server with it; take no arguments from there:\n"
	"                   exec qv-status --cgi\n"
	"  --prometheus     print metrics qvmail_*{host=\"HOST\"}\n"
	"  --textfile FILE  replace FILE by them, for a textfile collector\n"
	"  --nagios         print a line and exit as a plugin of Nagios: 0 OK, 1 WARNING,\n"
	"                   2 CRITICAL, 3 UNKNOWN. Without waiting mail it is OK\n"
	"  -w AGE[,MESSAGES]\n"
	"                   WARNING if a host's oldest message has waited longer, or if\n"
	"                   more messages wait for it; and if its server takes none as\n"
	"                   it is sent. AGE is a number of seconds, or ends in s, m, h\n"
	"                   or d; the default is control/qv-warn\n"
	"  -c AGE[,MESSAGES]\n"
	"                   CRITICAL; the default is six times control/qv-warn, or\n"
	"                   the AGE of -w if that is more\n"
	"  --watch SECONDS  again and again, until it is stopped\n"
	"\n"
	"Files:\n"
	"  /home/serialmail/HOST/{RELAYHOST,Maildir,.qv-status,.qv-paused,.qv-on-demand}\n"
	"  /var/qmail/control/qv-serialmail, qv-interval, qv-lifetime, qv-warn\n"
	"\n"
	"Example:\n"
	"  $ qv-status some.example.com\n";

const struct applet status_applet = {
	.name = "qv-status",
	.dir = "usr/sbin",
	.synopsis = synopsis,
	.summary = "show waiting mail and the last attempt of each dial-up host",
	.help = help,
	.main = status_main,
};
