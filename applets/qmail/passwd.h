/* passwd - a user by name, in the text of an etc/passwd (passwd(5)). Pure; the tree under --root has its own. */
#ifndef QMAIL_PASSWD_H
#define QMAIL_PASSWD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Points into the text. */
struct passwd_user {
	uid_t uid;
	gid_t gid;
	const char *home;
	size_t homelen;
};

bool passwd_find(const char *text, size_t n, const char *name, struct passwd_user *u);

#endif
