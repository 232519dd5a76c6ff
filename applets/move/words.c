/* words - the words of a line of qv-domain import. */
#include "move/words.h"

#include <stdbool.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\0';
}

int words_split(char *p, size_t n, char **argv)
{
	int argc = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_blank(p[i])) {
			p[i] = '\0';
			continue;
		}
		if (i == 0 || p[i - 1] == '\0')
			argv[argc++] = p + i;
	}
	p[n] = '\0';
	argv[argc] = NULL;
	return argc;
}
