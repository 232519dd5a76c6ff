/*
 * userns - user_namespaces(7): in a user namespace that lacks some ids, files of those ids show the overflow id, and
 * root may not do everything.
 */
#ifndef LIB_USERNS_H
#define LIB_USERNS_H

#include <stdbool.h>
#include <sys/stat.h>

/* True if not every id has a place in the user namespace of this process. */
bool userns_lacks_ids(void);

/* True if the owner of this file may be one of the ids that the namespace lacks: who may use the file is unknown. */
bool userns_hides_owner(const struct stat *st);

#endif
