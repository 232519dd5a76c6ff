/* banned - calls that have cost others mail; using one does not compile. Forced into every file by the Makefile. */
#ifndef LIB_BANNED_H
#define LIB_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok strncpy strncat mktemp tmpnam atoi atol

#endif
