/* reply - what the caller is told. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "trigger/internal.h"

bool reply(struct trigger *t, const char *fmt, ...)
{
	char line[600];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line - 2, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof line - 2)
		n = sizeof line - 3;
	memcpy(line + n, "\r\n", 2);
	return input_write(&t->in, line, (size_t)n + 2);
}
