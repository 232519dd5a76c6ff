/*
 * starve - a library for LD_PRELOAD, in which the nth allocation fails: STARVE=n, or n+ for that one and all that follow.
 * A byte for each that failed is appended to the file STARVE_LOG; how many there were, to STARVE_LOG.all when the program
 * ends. Children inherit the count; programs that are executed know nothing of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static long nth, count;
static bool for_ever, on;
static char path[PATH_MAX], all[PATH_MAX + 8];
static pid_t first;

static void append(const char *to, const char *text)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		_exit(99);
	close(fd);
}

static bool fails(void)
{
	if (!on)
		return false;
	count++;
	if (count != nth && !(for_ever && count > nth))
		return false;
	append(path, "x");
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

__attribute__((constructor)) static void begin(void)
{
	const char *which = getenv("STARVE"), *log = getenv("STARVE_LOG");
	char *end;

	if (which == NULL || log == NULL)
		return;
	nth = strtol(which, &end, 10);
	for_ever = *end == '+';
	snprintf(path, sizeof path, "%s", log);
	snprintf(all, sizeof all, "%s.all", log);
	unsetenv("LD_PRELOAD");
	unsetenv("STARVE");
	first = getpid();
	on = true;
}

__attribute__((destructor)) static void end_it(void)
{
	char text[32];

	on = false;
	if (first != getpid())
		return;
	snprintf(text, sizeof text, "%ld\n", count);
	append(all, text);
}
