/* export_note - what no command makes is named, as a comment. */
#include "box/home.h"
#include "move/export_homes.h"

void export_not(struct export *x, const char *path, const char *why)
{
	buf_printf(&x->out, "# not exported: %s: %s\n", path, why);
}

void export_not_address(struct export *x, const struct domain *d, const struct address *a)
{
	char path[1200];

	if (domain_dotqmail(d, a->local, path, sizeof path) == 0)
		export_not(x, path, a->is_link ? "is a symbolic link" : "cannot be expressed as a qv-mailbox command");
}
