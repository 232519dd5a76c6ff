/*
 * report - the state of one dial-up host, or of all of them, in one of the forms that qv-status has. It is collected first:
 * nothing is half printed.
 *
 *	struct report r = {.ctx = ctx, .conf = &conf, .form = REPORT_TABLE};
 *
 *	code = report_collect(&r, NULL);	0, the exit code of the form, or of hosts that could not be read; or -1
 *	... r.out
 *	report_free(&r);
 */
#ifndef DIALUP_REPORT_H
#define DIALUP_REPORT_H

#include "dialup/metrics.h"
#include "dialup/nagios.h"
#include "dialup/status_page.h"
#include "dialup/status_text.h"

enum report_form { REPORT_TABLE, REPORT_JSON, REPORT_METRICS, REPORT_PAGE, REPORT_NAGIOS };

struct report {
	struct ctx *ctx;
	const struct conf *conf;
	enum report_form form;
	struct status_style style;    /* of the table */
	struct nagios_limit warning, critical;
	const char *version;          /* of qvmail, for the page and the metrics */
	bool master;                  /* a qv-master that stays is running, */
	long long beat;               /* and was last seen then; 0: not known */
	struct buf out;
	/* private */
	long long now;
	union {
		struct metrics metrics;
		struct status_page page;
		struct nagios nagios;
	} as;
};

/* name: of its directory, as status_look() takes it; NULL: all. -1 also if there is no such host. */
int report_collect(struct report *r, const char *name);
void report_free(struct report *r);

#endif
