/* credentials - what checkpassword's callers write to descriptor 3: USER NUL PASSWORD NUL TIMESTAMP NUL. Pure. */
#ifndef BOX_CREDENTIALS_H
#define BOX_CREDENTIALS_H

#include <stddef.h>

enum { CREDENTIALS_MAX = 512 /* bytes of all of it */ };

/* Strings in the bytes. */
struct credentials {
	const char *user, *password;
};

/* The timestamp is not used, and some callers omit it. 0, or -1: no user or no password. */
int credentials_parse(const char *bytes, size_t n, struct credentials *c);

#endif
