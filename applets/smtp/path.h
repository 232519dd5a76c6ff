/* path - whether an address can be put between < and > of MAIL FROM and RCPT TO (RFC 5321 4.1.2, RFC 6531 3.3). */
#ifndef SMTP_PATH_H
#define SMTP_PATH_H

#include <stdbool.h>

/*
 * NULL, or why not: "has control characters". This is no syntax check, the server has the last word; it is the
 * guarantee that an address never becomes another command or another parameter.
 */
const char *path_fault(const char *address);

bool path_is_ascii(const char *address);

#endif
