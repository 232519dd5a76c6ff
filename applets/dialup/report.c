/* report - the state of the dial-up hosts, in one of the forms that qv-status has. */
#include "dialup/report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dialup/status_json.h"
#include "lib/json.h"

static void begin(struct report *r)
{
	r->now = time(NULL);
	r->out = BUF(CONTROL_MAX);
	switch (r->form) {
	case REPORT_TABLE:
		status_head(&r->style, &r->out);
		break;
	case REPORT_JSON:
		json_open(&r->out, '[');
		break;
	case REPORT_METRICS:
		metrics_open(&r->as.metrics);
		break;
	case REPORT_PAGE:
		status_page_open(&r->as.page, r->now);
		break;
	case REPORT_NAGIOS:
		r->as.nagios = (struct nagios){.warning = r->warning, .critical = r->critical};
		break;
	}
}

static void add(struct report *r, const char *host, const struct status *s)
{
	switch (r->form) {
	case REPORT_TABLE:
		status_row(&r->style, host, s, r->now, &r->out);
		break;
	case REPORT_JSON:
		status_json(&r->out, host, s, r->now);
		break;
	case REPORT_METRICS:
		metrics_add(&r->as.metrics, host, s);
		break;
	case REPORT_PAGE:
		status_page_add(&r->as.page, host, s);
		break;
	case REPORT_NAGIOS:
		nagios_add(&r->as.nagios, host, s);
		break;
	}
}

/* The table and the array are shorter then: the warning and the exit code tell who reads them. */
static void add_unread(struct report *r, const char *host)
{
	const char *why = r->ctx->err.text;

	if (r->form == REPORT_METRICS)
		metrics_add_unread(&r->as.metrics, host);
	else if (r->form == REPORT_PAGE)
		status_page_add_unread(&r->as.page, host, why);
	else if (r->form == REPORT_NAGIOS)
		snprintf(r->as.nagios.unread, sizeof r->as.nagios.unread, "%.199s", why);
}

static void put_page(struct report *r)
{
	char about[200], text[AGE_TEXT];
	int n = snprintf(about, sizeof about, "qvmail %s; qv-master %s", r->version, r->master ? "is running" : "does not stay running");

	if (r->master && r->beat > 0)
		snprintf(about + n, sizeof about - (size_t)n, ", last seen at work %s ago", since_text(r->beat, r->now, text));
	status_page_print(&r->as.page, about, &r->out);
}

/* 0, or the form's own exit code. */
static int end(struct report *r)
{
	switch (r->form) {
	case REPORT_TABLE:
		break;
	case REPORT_JSON:
		json_close(&r->out, ']');
		buf_char(&r->out, '\n');
		break;
	case REPORT_METRICS:
		metrics_add_master(&r->as.metrics, r->version, r->master, r->beat);
		metrics_print(&r->as.metrics, &r->out);
		break;
	case REPORT_PAGE:
		put_page(r);
		break;
	case REPORT_NAGIOS:
		return (int)nagios_print(&r->as.nagios, &r->out);
	}
	return 0;
}

/* 1: no such host */
static int one(struct report *r, const char *name)
{
	struct status s;
	int result = status_look(r->ctx, r->conf, name, r->now, &s);

	if (result == 0)
		add(r, name, &s);
	return result;
}

/* A host that cannot be read does not hide the others. */
static int all(struct report *r)
{
	struct hosts c;
	struct err *e = &r->ctx->err;
	int result = hosts_load(r->ctx, r->conf, &c), code = 0;

	for (size_t i = 0; result >= 0 && i < c.n; i++)
		if (one(r, hosts_name(&c, i)) < 0) {
			add_unread(r, hosts_name(&c, i));
			err_name(e);
			ctx_warn(r->ctx, "%s", e->text);
			code = e->code;
		}
	hosts_free(&c);
	return result < 0 ? -1 : code;
}

int report_collect(struct report *r, const char *name)
{
	int result, code;

	begin(r);
	result = name != NULL ? one(r, name) : all(r);
	if (result == 1 && name != NULL)
		return err_perm(&r->ctx->err, "%s is not a dial-up host: %s%s/%s/RELAYHOST does not exist", name, r->ctx->root,
		                r->conf->serialmail, name);
	if (result < 0)
		return -1;
	code = end(r);
	if (buf_failed(&r->out))
		return err_temp(&r->ctx->err, "out of memory");
	return r->form == REPORT_NAGIOS ? code : result;
}

void report_free(struct report *r)
{
	if (r->form == REPORT_METRICS)
		metrics_close(&r->as.metrics);
	if (r->form == REPORT_PAGE)
		status_page_close(&r->as.page);
	buf_free(&r->out);
}
