/* recipients - lists of valid recipients besides rcpthosts. */
#include "qmail/recipients.h"

#include "check/internal.h"

void check_recipients(struct check *c)
{
	const char *path;
	size_t at = 0;

	while ((path = recipients_next(c->ctx, &at)) != NULL)
		check_found(c, &(struct finding){CHECK_WARNING, "recipients", path, 0, ""},
		            "a qmail-smtpd that reads this file (s/qmail, or a validrcptto patch) refuses every recipient that it does not "
		            "list; qvmail does not maintain it: add new domains and addresses there, or remove it");
}
