/* control - what stands in the control files that were read: whole, line by line, or why not. */
#include <errno.h>
#include <string.h>

#include "route/internal.h"

const struct route_file *route_control(const struct route_files *f, enum control_program p, const char *name)
{
	return &f->control[p][control_find(name) - controls];
}

const struct route_file *route_unreadable(const struct route_files *f, enum control_program p)
{
	for (size_t i = 0; i < CONTROLS_MAX; i++)
		if (f->control[p][i].trouble != 0 && f->control[p][i].trouble != ENOENT)
			return &f->control[p][i];
	return NULL;
}

struct constmap route_map(const struct route_file *file)
{
	return (struct constmap){buf_text(&file->text), file->text.len, file->index};
}

struct cdbfile_view route_view(const struct route_cdb *cdb)
{
	return (struct cdbfile_view){.fd = cdb->fd, .p = cdb->map.p, .n = cdb->map.n};
}

bool route_line(const struct route_file *file, struct buf *to)
{
	const char *p = buf_text(&file->text);
	size_t n = strcspn(p, "\n");

	if (file->trouble != 0)
		return false;
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	buf_free(to);
	buf_add(to, p, n);
	return true;
}
