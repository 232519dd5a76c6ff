/* error_str - errno in the words of qmail's programs, for applets whose messages scripts may parse. */
#ifndef LIB_ERROR_STR_H
#define LIB_ERROR_STR_H

/* Like strerror(3). */
const char *error_str(int errnum);

#endif
