/* check - runs all checks and prints what they found. */
#include "check/check.h"

#include <stdio.h>

#include "check/internal.h"
#include "lib/json.h"
#include "lib/userns.h"

static bool is_full(const struct check *c)
{
	return buf_failed(&c->report) || buf_failed(&c->mend) || buf_failed(&c->unseen) || buf_failed(&c->homes) || buf_failed(&c->dead_ids) || buf_failed(&c->blocked) ||
	       buf_failed(&c->boxes) || buf_failed(&c->missing) || buf_failed(&c->doubtful_pops) || buf_failed(&c->missing_maildirs) ||
	       buf_failed(&c->forwards) || buf_failed(&c->passwd) || buf_failed(&c->pops.text);
}

void check_begin(struct check *c)
{
	c->ids_missing = userns_lacks_ids();
	c->report = c->mend = c->unseen = c->homes = c->dead_ids = c->blocked = c->boxes = c->missing = c->doubtful_pops = c->missing_maildirs = c->forwards =
		c->passwd = BUF(CONTROL_MAX);
	c->pops = SORTED(CONTROL_MAX);
	if (c->ctx->json)
		json_open(&c->report, '[');
}

void check_all(struct check *c)
{
	static void (*const parts[])(struct check *) = {
		check_users, check_texts, check_controls, check_tables, check_routes,   check_accepts, check_recipients, check_relays, check_homes,
		check_cdbs,  check_boxes, check_logins, check_left,    check_forwards, check_dialups, check_callers, check_lists,
		check_daemon,
	};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		parts[i](c);
}

int check_end(struct check *c)
{
	if (c->ctx->json)
		json_close(&c->report, ']');
	return is_full(c) ? err_temp(&c->ctx->err, "out of memory") : 0;
}

void check_say(const struct check *c)
{
	fwrite(buf_text(&c->report), 1, c->report.len, stdout);
	if (c->ctx->json)
		putchar('\n');
}

void check_free(struct check *c)
{
	buf_free(&c->report);
	buf_free(&c->mend);
	buf_free(&c->unseen);
	buf_free(&c->homes);
	buf_free(&c->dead_ids);
	buf_free(&c->blocked);
	buf_free(&c->boxes);
	buf_free(&c->missing);
	buf_free(&c->missing_maildirs);
	buf_free(&c->forwards);
	buf_free(&c->passwd);
	sorted_free(&c->pops);
	buf_free(&c->doubtful_pops);
}
