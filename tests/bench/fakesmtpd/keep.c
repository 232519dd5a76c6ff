/* keep - the messages that were accepted, as files of --store; the transcript, and what the client did wrong. */
#include <err.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fakesmtpd.h"

static FILE *text;
static char text_path[LINE];

static void append(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		err(1, "%s", path);
	close(fd);
}

void note(const char *way, const char *fmt, ...)
{
	char words[LINE], line[LINE + 40];
	va_list ap;

	if (opt.log == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	snprintf(line, sizeof line, "%d %s %s\n", session, way, words);
	append(opt.log, line);
}

void violation(const char *what)
{
	char path[LINE], line[200];

	__sync_fetch_and_add(&counts->violations, 1);
	note("!", "%s", what);
	if (opt.store == NULL)
		return;
	snprintf(path, sizeof path, "%s/violations", opt.store);
	snprintf(line, sizeof line, "session %d: %s\n", session, what);
	append(path, line);
}

void keep_begin(void)
{
	keep_drop();
	if (opt.sum)
		sum_begin();
	if (opt.store == NULL)
		return;
	snprintf(text_path, sizeof text_path, "%s/.%d.tmp", opt.store, (int)getpid());
	text = fopen(text_path, "w");
	if (text == NULL)
		err(1, "%s", text_path);
}

void keep(const char *p, size_t n)
{
	if (opt.sum)
		sum_add(p, n);
	if (text != NULL)
		fwrite(p, 1, n, text);
}

static void store(int number, const char *envelope)
{
	char path[LINE];

	fclose(text);
	text = NULL;
	snprintf(path, sizeof path, "%s/%04d.env", opt.store, number);
	append(path, envelope);
	snprintf(path, sizeof path, "%s/%04d.msg", opt.store, number);
	if (rename(text_path, path) < 0)
		err(1, "%s", path);
}

int keep_commit(const char *envelope)
{
	int number = __sync_add_and_fetch(&counts->messages, 1);

	if (opt.sum)
		sum_commit();
	if (text != NULL)
		store(number, envelope);
	return number;
}

void keep_drop(void)
{
	if (text == NULL)
		return;
	fclose(text);
	text = NULL;
	unlink(text_path);
}
