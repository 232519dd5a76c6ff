/* unread - has the running qmail-send read a control file since it was changed? */
#ifndef QMAIL_UNREAD_H
#define QMAIL_UNREAD_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * True only if it certainly has not. pid is that of qmail-send; path and st belong to the file, which we have not read
 * since.
 *
 * qmail-send reads locals and virtualdomains when it starts and at a HUP. Every read sets the access time of a file to
 * a time after its last change (also with relatime). So if a file was changed after qmail-send started and was not
 * read since, qmail-send has not read it. Without access times nothing is certain.
 */
bool control_is_unread(pid_t pid, const char *path, const struct stat *st);

#endif
