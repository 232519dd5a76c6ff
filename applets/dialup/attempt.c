/* attempt - how the last attempt for a dial-up host ended: its .qv-status file. */
#include "dialup/attempt.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/fs.h"
#include "lib/number.h"
#include "lib/printable.h"
#include "lib/replace.h"

enum { STATUS_MAX = 8192 };

static void file_name(const char *dir, char *path, size_t size)
{
	snprintf(path, size, "%s/" ATTEMPT_FILE, dir);
}

static const struct {
	const char *key;
	size_t at;
} numbers[] = {
	{"time", offsetof(struct attempt, time)},
	{"milliseconds", offsetof(struct attempt, milliseconds)},
	{"delivered", offsetof(struct attempt, delivered)},
	{"deferred", offsetof(struct attempt, deferred)},
	{"bounced", offsetof(struct attempt, bounced)},
	{"bytes", offsetof(struct attempt, bytes)},
	{"unsendable", offsetof(struct attempt, unsendable)},
	{"late", offsetof(struct attempt, late)},
	{"limited", offsetof(struct attempt, limited)},
	{"most", offsetof(struct attempt, most)},
	{"counted", offsetof(struct attempt, counted)},
	{"braked", offsetof(struct attempt, braked)},
	{"wanted", offsetof(struct attempt, wanted)},
	{"succeeded", offsetof(struct attempt, past.succeeded)},
	{"delivered_total", offsetof(struct attempt, past.total.delivered)},
	{"deferred_total", offsetof(struct attempt, past.total.deferred)},
	{"bounced_total", offsetof(struct attempt, past.total.bounced)},
	{"bytes_total", offsetof(struct attempt, past.total.bytes)},
};

static const struct {
	const char *key;
	size_t at, size;
} words[] = {
	{"result", offsetof(struct attempt, result), sizeof((struct attempt *)0)->result},
	{"mode", offsetof(struct attempt, mode), sizeof((struct attempt *)0)->mode},
	{"limit", offsetof(struct attempt, limit), sizeof((struct attempt *)0)->limit},
	{"reason", offsetof(struct attempt, reason), sizeof((struct attempt *)0)->reason},
	{"looks", offsetof(struct attempt, looks), sizeof((struct attempt *)0)->looks},
	{"wants", offsetof(struct attempt, wants), sizeof((struct attempt *)0)->wants},
};

static long long *number(const struct attempt *l, size_t i)
{
	return (long long *)((char *)l + numbers[i].at);
}

static char *word(const struct attempt *l, size_t i)
{
	return (char *)l + words[i].at;
}

static void parse_line(const char *key, const char *value, struct attempt *l)
{
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(key, numbers[i].key) == 0)
			*number(l, i) = numbers[i].at < offsetof(struct attempt, past) ? number_foreign(value) : past_number(value, NULL);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(key, words[i].key) == 0)
		{
			snprintf(word(l, i), words[i].size, "%s", value);
			printable(word(l, i));
		}
	if (strcmp(key, "hour") == 0)
		past_parse(&l->past, value);
}

void attempt_parse(char *text, struct attempt *l)
{
	char *next, *value;

	*l = (struct attempt){0};
	for (char *line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		value = strchr(line, ' ');
		if (value == NULL)
			continue;
		*value++ = '\0';
		parse_line(line, value, l);
	}
}

void attempt_read(struct ctx *ctx, const char *dir, struct attempt *l)
{
	struct buf b = BUF(STATUS_MAX);
	char path[PATH_MAX];
	int r;

	*l = (struct attempt){0};
	file_name(dir, path, sizeof path);
	r = fs_slurp(ctx, path, &b, NULL);
	if (r < 0)
		ctx_warn(ctx, "%s", ctx->err.text);
	if (r == 0 && b.len > 0)
		attempt_parse(b.p, l);
	buf_free(&b);
}

void attempt_print(const struct attempt *l, struct buf *b)
{
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		buf_printf(b, "%s %lld\n", numbers[i].key, *number(l, i));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (*word(l, i) != '\0')
			buf_printf(b, "%s %.*s\n", words[i].key, (int)words[i].size - 1, word(l, i));
	past_print(&l->past, b);
}

bool attempt_failed(const struct attempt *l)
{
	return l->time > 0 && (l->deferred > 0 || strcmp(l->result, "ok") != 0);
}

void attempt_count(struct attempt *l, const struct past *before)
{
	l->past = *before;
	past_add(&l->past, &(struct past_counts){0, l->delivered, l->deferred, l->bounced, l->bytes}, l->time);
	if (!attempt_failed(l))
		l->past.succeeded = l->time;
}

/* Root's flush makes it, and a call, which is popusr's, that cannot give it to root again. */
int attempt_write(struct ctx *ctx, const char *dir, const struct attempt *l)
{
	struct buf b = BUF(STATUS_MAX);
	char path[PATH_MAX];
	int r;

	file_name(dir, path, sizeof path);
	attempt_print(l, &b);
	r = replace_file(ctx, path, &(struct owner){0644, OWNER_WRITER, (gid_t)-1}, buf_text(&b), b.len);
	buf_free(&b);
	return r;
}
