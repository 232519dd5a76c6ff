/* error_str - errno in the words of qmail's programs. */
#include "lib/error_str.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

struct word {
	int errnum;
	const char *text;
};

static const struct word words[] = {
	{EINTR, "interrupted system call"},
	{ENOMEM, "out of memory"},
	{ENOENT, "file does not exist"},
	{ETXTBSY, "text busy"},
	{EIO, "input/output error"},
	{EEXIST, "file already exists"},
	{EAGAIN, "temporary failure"},
	{EPERM, "permission denied"},
	{EACCES, "access denied"},
	{ENXIO, "device not configured"},
	{E2BIG, "argument list too long"},
	{ENOEXEC, "exec format error"},
	{EBADF, "file descriptor not open"},
	{ENOTDIR, "not a directory"},
	{EISDIR, "is a directory"},
	{EINVAL, "invalid argument"},
	{ENFILE, "system cannot open more files"},
	{EMFILE, "process cannot open more files"},
	{ENOSPC, "out of disk space"},
	{EROFS, "read-only file system"},
	{EMLINK, "too many links"},
	{ELOOP, "symbolic link loop"},
	{ENAMETOOLONG, "file name too long"},
	{EDQUOT, "disk quota exceeded"},
	{ESTALE, "stale NFS file handle"},
};

const char *error_str(int errnum)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].errnum == errnum)
			return words[i].text;
	return strerror(errnum);
}
