/*
 * banned - calls that have caused lost mail elsewhere; using one is a compile error. The Makefile includes it in every
 * file.
 */
#ifndef LIB_BANNED_H
#define LIB_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok strncpy strncat mktemp tmpnam atoi atol

#endif
