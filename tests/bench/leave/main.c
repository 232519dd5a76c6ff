/*
 * leave - fills a Maildir as qmail-local leaves mail for a dial-up host, with sums that `fakesmtpd --sum` checks.
 *
 *	leave NEW PREFIX MESSAGES BYTES	files 1 to MESSAGES in directory NEW, owned by its owner, each BYTES long or so
 *
 * All is synced when it ends: what a file's removal costs depends on that. BYTES without the two lines of the envelope.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../crc32.h"

enum { TEXT_LINE = 72, HEADER = 160 };

/* Lines of printable text that differ, every 50th with a dot in front; n is set to what there is, whole lines. */
static char *make_body(size_t *n)
{
	char *body = malloc(*n + TEXT_LINE + 1);
	size_t at = 0;

	if (body == NULL)
		err(1, "memory");
	for (size_t line = 0; at == 0 || at + TEXT_LINE <= *n; line++, at += TEXT_LINE)
		snprintf(body + at, TEXT_LINE + 1, "%c%-70zu\n", line % 50 == 49 ? '.' : 'x', line * 2654435761);
	*n = at;
	return body;
}

/* As it goes over the wire, with CR LF. */
static uint32_t wire_sum(const char *body, size_t n, size_t *length)
{
	char line[TEXT_LINE + 2];
	uint32_t sum = 0;

	for (size_t at = 0; at < n; at += TEXT_LINE) {
		snprintf(line, sizeof line, "%.*s\r\n", TEXT_LINE - 1, body + at);
		sum = crc32(sum, line, TEXT_LINE + 1);
	}
	*length = n + n / TEXT_LINE;
	return sum;
}

static void write_message(const char *prefix, size_t id, const char *sum, const char *body, size_t n)
{
	char name[40];
	FILE *f;

	snprintf(name, sizeof name, "17000%05zu.%zu.bench", id, id);
	f = fopen(name, "wx");
	if (f == NULL)
		err(1, "%s", name);
	fprintf(f,
	        "Return-Path: <sender@elsewhere.test>\nDelivered-To: %s-user@bench.test\n"
	        "From: sender@elsewhere.test\nTo: user@bench.test\nSubject: message %zu\nX-Id: %zu\nX-Sum: %s\n\n",
	        prefix, id, id, sum);
	fwrite(body, 1, n, f);
	if (fclose(f) != 0)
		err(1, "%s", name);
}

/* Not of this second: clients that keep mail in order leave that for the next time. */
static void own_all(size_t messages)
{
	const struct timespec past = {.tv_sec = time(NULL) - 600}, stamps[2] = {past, past};
	struct stat dir;
	char name[40];

	if (stat(".", &dir) < 0)
		err(1, "the directory");
	for (size_t id = 1; id <= messages; id++) {
		snprintf(name, sizeof name, "17000%05zu.%zu.bench", id, id);
		if (chown(name, dir.st_uid, dir.st_gid) < 0 || utimensat(AT_FDCWD, name, stamps, 0) < 0)
			err(1, "%s", name);
	}
}

int main(int argc, char **argv)
{
	size_t messages, n, length;
	char *body, sum[40];

	if (argc != 5 || chdir(argv[1]) < 0)
		errx(2, "usage: leave NEW PREFIX MESSAGES BYTES");
	messages = strtoul(argv[3], NULL, 10);
	n = strtoul(argv[4], NULL, 10);
	n = n > HEADER ? n - HEADER : 0;
	body = make_body(&n);
	snprintf(sum, sizeof sum, "%08x ", wire_sum(body, n, &length));
	snprintf(sum + 9, sizeof sum - 9, "%zu", length);
	for (size_t id = 1; id <= messages; id++)
		write_message(argv[2], id, sum, body, n);
	own_all(messages);
	free(body);
	return syncfs(open(".", O_RDONLY | O_DIRECTORY)) < 0;
}
