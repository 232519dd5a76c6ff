/* log - one line, one write(2), to stderr or to syslog's mail facility. */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdarg.h>
#include <stdbool.h>

enum log_level { LOG_LINE_INFO, LOG_LINE_WARNING, LOG_LINE_ERROR };

/*
 * "NAME: WORD" + the formatted text + newline; control bytes become '?', overlong text
 * is cut at 2,000 bytes. Without to_syslog the line goes to stderr.
 */
void log_line(bool to_syslog, enum log_level level, const char *name, const char *word, const char *fmt, va_list ap);

/* Connect to syslogd now: later this process may not be able to. */
void log_open(void);

/*
 * True if stderr is a network socket, or the same socket as stdin or stdout, as under inetd: the peer is a client, and nothing
 * must be printed.
 */
bool log_is_client(void);

#endif
