/* number - numbers in files that other users can write: they are added up, compared and printed as JSON, so they have limits. Pure. */
#ifndef LIB_NUMBER_H
#define LIB_NUMBER_H

/* A terabyte, or thirty thousand years; a million times as much, a rate in thousandths, is still a long long. */
#define NUMBER_FOREIGN 1000000000000LL

/* The decimal number that text begins with, from 0 to NUMBER_FOREIGN; 0: none. */
long long number_foreign(const char *text);

#endif
