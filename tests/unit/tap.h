/*
 * tap - the Test Anything Protocol for unit tests; each test is one .c file and one program.
 *
 *	int main(void)
 *	{
 *		ok(sched_due(&s, 10), "a directory is due %d seconds after its attempt", 10);
 *		is_str(name, "example.com", "upper case is stored lower");
 *		is_int(n, 3, "three lines");
 *		return done_testing();
 *	}
 *
 * The name is the promise that is tested. Each returns whether it held, so that a test can say more.
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* private */
static int tap_tests, tap_failed;

__attribute__((format(printf, 2, 0))) static inline bool tap_result(bool held, const char *name, va_list ap)
{
	tap_tests++;
	tap_failed += !held;
	printf("%sok %d - ", held ? "" : "not ", tap_tests);
	vprintf(name, ap);
	putchar('\n');
	fflush(stdout); /* what was tested stays told if the next call crashes */
	return held;
}

__attribute__((format(printf, 2, 3))) static inline bool ok(bool held, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	tap_result(held, name, ap);
	va_end(ap);
	return held;
}

/* A NULL equals only NULL. */
__attribute__((format(printf, 3, 4))) static inline bool is_str(const char *got, const char *want, const char *name, ...)
{
	bool held = got == want || (got != NULL && want != NULL && strcmp(got, want) == 0);
	va_list ap;

	va_start(ap, name);
	tap_result(held, name, ap);
	va_end(ap);
	if (!held)
		printf("#  got: %s\n# want: %s\n", got != NULL ? got : "(null)", want != NULL ? want : "(null)");
	return held;
}

__attribute__((format(printf, 3, 4))) static inline bool is_int(intmax_t got, intmax_t want, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	tap_result(got == want, name, ap);
	va_end(ap);
	if (got != want)
		printf("#  got: %jd\n# want: %jd\n", got, want);
	return got == want;
}

/* Prints the plan; main's return value. */
static inline int done_testing(void)
{
	printf("1..%d\n", tap_tests);
	return tap_failed > 0;
}

#endif
