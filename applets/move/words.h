/* words - the words of a line of qv-domain import. Pure. */
#ifndef MOVE_WORDS_H
#define MOVE_WORDS_H

#include <stddef.h>

/* The words that n bytes may have, and a NULL behind them. */
#define WORDS_ROOM(n) ((n) / 2 + 2)

/* The words of p, n bytes and a NUL, in place; argv has WORDS_ROOM(n). Their number. */
int words_split(char *p, size_t n, char **argv);

#endif
