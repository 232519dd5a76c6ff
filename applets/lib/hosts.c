/* hosts - a name of /etc/hosts in whatever case of letters: musl's getaddrinfo(3) finds it there in its own case only. */
#include "lib/hosts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Whether n bytes of a line are a word of it (strchr() finds the end, too), and not the first, which is the address. */
static bool is_name(const char *line, const char *p, size_t n)
{
	return p > line && strchr(" \t", p[-1]) != NULL && strchr(" \t", p[n]) != NULL;
}

/* Whether the line has the host as it is written here; where name is still empty, it gets another way to write it. */
static bool has(const char *line, const char *host, size_t n, char name[HOSTS_NAME])
{
	const char *p = line;

	while ((p = strcasestr(p, host)) != NULL) {
		if (is_name(line, p, n) && memcmp(p, host, n) == 0)
			return true;
		if (is_name(line, p, n) && name[0] == '\0')
			snprintf(name, HOSTS_NAME, "%.*s", (int)n, p);
		p++;
	}
	return false;
}

const char *hosts_spelling(const char *host, char name[HOSTS_NAME])
{
	size_t n = strlen(host);
	char line[512]; /* as much as libc takes of one */
	bool same = false;
	FILE *f;

	name[0] = '\0';
	if (n == 0 || n >= HOSTS_NAME || host[strspn(host, "0123456789.")] == '\0' || (f = fopen("/etc/hosts", "re")) == NULL)
		return host;
	/* To its end: else fclose(3) seeks, which the fence forbids. */
	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "#\n")] = '\0';
		same = has(line, host, n, name) || same;
	}
	fclose(f);
	return same || name[0] == '\0' ? host : name;
}
