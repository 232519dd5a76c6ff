/*
 * status_page - the state of the dial-up hosts as one page of HTML that needs nothing else, not even a script.
 *
 *	struct status_page p;
 *
 *	status_page_open(&p, now);
 *	status_page_add(&p, "some.example.com", &status);	for each host
 *	status_page_add_unread(&p, "other.example.com", "why");	for each that could not be looked at
 *	status_page_print(&p, "qvmail 0.1.0", &out);
 *	status_page_close(&p);
 *
 * Names and words of others are printable ASCII there, and escaped; a policy in its head forbids whatever is not in it.
 * The charts are for the eye: the numbers beside them, and the table behind the large one, say the same.
 */
#ifndef DIALUP_STATUS_PAGE_H
#define DIALUP_STATUS_PAGE_H

#include "dialup/status.h"

struct status_page {
	/* private */
	long long now;
	struct buf rows[STATUS_LEVELS];
	size_t hosts[STATUS_LEVELS];
	size_t waiting;
	long long bytes, oldest;
	struct past past;    /* of all of them; the hours alone */
};

void status_page_open(struct status_page *p, long long now);
void status_page_add(struct status_page *p, const char *host, const struct status *s);
void status_page_add_unread(struct status_page *p, const char *host, const char *why);

/* about: a line to stand below the title. Check with buf_failed(). */
void status_page_print(const struct status_page *p, const char *about, struct buf *out);
void status_page_close(struct status_page *p);

#define STATUS_PAGE_POLICY "default-src 'none';style-src 'unsafe-inline';img-src data:"

#endif
