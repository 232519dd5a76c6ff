/* credentials - what checkpassword's callers write to descriptor 3. */
#include "box/credentials.h"

#include <string.h>

int credentials_parse(const char *bytes, size_t n, struct credentials *c)
{
	const char *end = bytes + n, *nul = memchr(bytes, '\0', n);

	if (nul == NULL || memchr(nul + 1, '\0', (size_t)(end - nul - 1)) == NULL)
		return -1;
	c->user = bytes;
	c->password = nul + 1;
	return 0;
}
