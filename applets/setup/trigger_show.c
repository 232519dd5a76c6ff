/* trigger_show - who may call for a dial-up host's mail, and who did. */
#include "setup/trigger_show.h"

#include <stdio.h>
#include <time.h>

#include "lib/json.h"

static void show_caller(const struct caller *c)
{
	char range[PEER_TEXT];

	if (*c->user != '\0')
		printf("%-12s user %s\n", "may call", c->user);
	for (size_t i = 0; i < c->from_n; i++) {
		peer_range_print(&c->from[i], range);
		printf("%-12s from %s%s\n", "may call", range, c->autoturn ? ", autoturn" : "");
	}
}

static void show_last(const struct call *c)
{
	char when[32] = "", who[CALL_WHO];
	time_t t = (time_t)c->time;
	struct tm tm;

	if (c->time == 0)
		return;
	if (gmtime_r(&t, &tm) != NULL)
		strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &tm);
	printf("%-12s %s, %s by %s: %s\n", "last call", when, c->way, call_who(c, who), c->result);
}

void trigger_show(const struct callers *callers, const char *host, const struct call *last)
{
	struct caller c;

	if (callers == NULL)
		printf("%-12s only root may see\n", "may call");
	else if (callers_look(callers, host, &c))
		show_caller(&c);
	else
		printf("%-12s nobody\n", "may call");
	show_last(last);
}

static void put_caller(const struct caller *c, struct buf *b)
{
	char range[PEER_TEXT];

	json_open(b, '{');
	json_put_string(b, "user", *c->user != '\0' ? c->user : NULL);
	json_key(b, "from");
	json_open(b, '[');
	for (size_t i = 0; i < c->from_n; i++) {
		peer_range_print(&c->from[i], range);
		json_string(b, range);
	}
	json_close(b, ']');
	json_put_bool(b, "autoturn", c->autoturn);
	json_close(b, '}');
}

void trigger_show_json(const struct callers *callers, const char *host, const struct call *last, struct buf *b)
{
	struct caller c;

	json_key(b, "trigger");
	if (callers != NULL && callers_look(callers, host, &c))
		put_caller(&c, b);
	else
		json_null(b);
	call_json(last, "last_call", b);
}
