/* unread - has the running qmail-send read a control file since it was changed? */
#ifndef QMAIL_UNREAD_H
#define QMAIL_UNREAD_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * True where it is certain that it has not. pid is qmail-send's, path and st the file's, and nothing of ours has read it meanwhile.
 *
 * qmail-send reads locals and virtualdomains when it starts and at a HUP, and every reading moves a file's access time behind its
 * last change (relatime does so too). So what was changed after the start and read by nobody since, was not read by
 * qmail-send either. Where access times are not kept, nothing is certain.
 */
bool control_is_unread(pid_t pid, const char *path, const struct stat *st);

#endif
