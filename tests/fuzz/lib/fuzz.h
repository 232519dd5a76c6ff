/*
 * fuzz - what the harnesses share. Each is one .c file with LLVMFuzzerTestOneInput(), for libFuzzer and AFL++ alike, and for
 * replay.c. Where a harness has several parsers, the first byte of an input chooses one: a letter, so that inputs are text.
 *
 *	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *	{
 *		static const struct parser parsers[] = {{'a', addresses}, ...};
 *
 *		return fuzz_choose(parsers, sizeof parsers / sizeof *parsers, data, size);
 *	}
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/buf.h"

enum { FUZZ_TEXT = 1 << 22 /* bytes of a buffer, more than any input makes */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process if claim is false: a crash to the fuzzer. */
static inline void check(bool claim, const char *what)
{
	if (claim)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* p[0..n) is a piece of the text. */
static inline void check_within(const char *text, size_t size, const char *p, size_t n, const char *what)
{
	check(p >= text && n <= size && (size_t)(p - text) <= size - n, what);
}

/* A part of an input, with its own memory to its last byte, so that ASan sees who reads on. p is followed by no NUL. */
struct part {
	char *p;
	size_t n;
};

static inline struct part part_of(const void *p, size_t n)
{
	struct part a = {malloc(n > 0 ? n : 1), n};

	check(a.p != NULL, "no memory");
	if (a.p != NULL && n > 0)
		memcpy(a.p, p, n);
	return a;
}

/* What is before the first byte 0xFF of rest, which begins behind it afterwards. */
static inline struct part part_next(struct part *rest)
{
	const char *end = rest->n > 0 ? memchr(rest->p, 0xff, rest->n) : NULL;
	size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
	struct part a = part_of(rest->p, n);

	n += end != NULL;
	rest->p += n;
	rest->n -= n;
	return a;
}

/* The same as a string: up to its first NUL. */
static inline char *string_of(const char *p, size_t n)
{
	char *s = strndup(p, n);

	check(s != NULL, "no memory");
	return s;
}

struct parser {
	char letter;
	void (*run)(struct part in);
};

/* An input that begins with another letter is for the first one, too. */
static inline int fuzz_choose(const struct parser *parsers, size_t n, const uint8_t *data, size_t size)
{
	struct part in;
	size_t i = 0;

	if (size == 0)
		return 0;
	while (i < n && parsers[i].letter != (char)data[0])
		i++;
	in = part_of(data + 1, size - 1);
	parsers[i < n ? i : 0].run(in);
	free(in.p);
	return 0;
}

/* Bytes that end where a page begins that cannot be read, and begin behind such a page: for code without ASan (tinycdb). */
static inline char *guarded(const char *p, size_t n)
{
	enum { ARENA = 1 << 20, PAGE = 1 << 16 };
	static char *arena;

	if (arena == NULL) {
		arena = mmap(NULL, ARENA + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(arena != MAP_FAILED && mprotect(arena + PAGE, ARENA, PROT_READ | PROT_WRITE) == 0, "no memory");
		arena += PAGE;
	}
	check(n <= ARENA, "an input that is too long");
	if (n > 0)
		memcpy(arena + ARENA - n, p, n);
	return arena + ARENA - n;
}

/* An empty file in memory. */
static inline int memory_file(void)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	check(fd >= 0, "no file");
	return fd;
}

/* All that is in it; it is closed. */
static inline struct part memory_take(int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	struct part a = {malloc(n > 0 ? (size_t)n : 1), (size_t)n};

	check(n >= 0 && a.p != NULL && pread(fd, a.p, a.n, 0) == (ssize_t)n, "the file cannot be read");
	close(fd);
	return a;
}

#endif
