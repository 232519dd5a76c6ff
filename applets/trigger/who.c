/* who - the peer, and what he may have. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/fs.h"
#include "trigger/internal.h"

void trigger_hosts_add(struct trigger_hosts *h, const char *name)
{
	buf_add(&h->names, name, strlen(name) + 1);
	h->n++;
}

const char *trigger_hosts_next(const struct trigger_hosts *h, const char *name)
{
	const char *next = name != NULL ? name + strlen(name) + 1 : h->names.p;

	return h->names.p != NULL && next < h->names.p + h->names.len ? next : NULL;
}

bool trigger_hosts_has(const struct trigger_hosts *h, const char *name)
{
	const char *p = NULL;

	while ((p = trigger_hosts_next(h, p)) != NULL)
		if (strcmp(p, name) == 0)
			return true;
	return false;
}

void trigger_hosts_free(struct trigger_hosts *h)
{
	buf_free(&h->names);
}

/* "192.0.2.7", "192.0.2.7:1025", "[2001:db8::1]:1025", "2001:db8::1" */
static bool parse_peer(const char *text, struct peer *p)
{
	char plain[PEER_TEXT];
	const char *colon = strchr(text, ':');
	size_t n;

	if (peer_parse(text, p))
		return true;
	if (*text == '[')
		n = strcspn(++text, "]");
	else
		n = colon != NULL ? (size_t)(colon - text) : strlen(text);
	if (n >= sizeof plain)
		return false;
	memcpy(plain, text, n);
	plain[n] = '\0';
	return peer_parse(plain, p);
}

static bool peer_of_socket(struct peer *p)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;

	return getpeername(0, (struct sockaddr *)&a, &n) == 0 && peer_of((struct sockaddr *)&a, p);
}

static bool is_loopback(const struct peer *p)
{
	struct peer_range here;

	return (peer_range_parse("127.0.0.0/8", &here) == NULL && peer_is_in(p, &here)) ||
	       (peer_range_parse("::1", &here) == NULL && peer_is_in(p, &here));
}

/*
 * What a listener says of him; an empty word is none. Behind a wrapper the socket may be one between the two, and REMOTE_HOST is
 * stunnel's word for the address; from others it is a name.
 */
static bool find_peer(struct peer *p, bool wrapped)
{
	static const char *const names[] = {"TCPREMOTEIP", "TCPREMOTEADDR", "REMOTE_ADDR", "REMOTE_HOST"};

	for (size_t i = 0; i < sizeof names / sizeof *names - !wrapped; i++) {
		const char *text = getenv(names[i]);

		if (text != NULL && *text != '\0')
			return parse_peer(text, p);
	}
	return peer_of_socket(p) && !(wrapped && is_loopback(p));
}

int who_load(struct trigger *t)
{
	t->callers = BUF(CONTROL_MAX);
	t->knows_peer = find_peer(&t->peer, t->o->is_protected);
	if (t->knows_peer)
		peer_print(&t->peer, t->from);
	return fs_slurp(t->ctx, CALLER_FILE, &t->callers, NULL) < 0 ? -1 : 0;
}

void who_forget(struct trigger *t)
{
	if (t->callers.p != NULL)
		explicit_bzero(t->callers.p, t->callers.len);
	buf_free(&t->callers);
}

static bool may(const struct trigger *t, const struct caller *c, enum who_by by)
{
	bool login = *t->user != '\0' && strcmp(c->user, t->user) == 0;
	bool address = t->knows_peer && caller_is_from(c, &t->peer);

	switch (by) {
	case WHO_ANY:
		return login || address;
	case WHO_LOGIN:
		return login;
	case WHO_AUTOTURN:
		return address && c->autoturn;
	case WHO_ADDRESS:
		return address;
	}
	return false;
}

int who_may(struct trigger *t, enum who_by by, struct trigger_hosts *h)
{
	struct caller c;
	size_t at = 0;

	while (caller_next(buf_text(&t->callers), t->callers.len, &at, &c))
		if (may(t, &c, by))
			trigger_hosts_add(h, c.host);
	explicit_bzero(&c, sizeof c);
	return buf_failed(&h->names) ? err_temp(&t->ctx->err, "out of memory") : 0;
}

const char *who_text(const struct trigger *t, char to[160])
{
	snprintf(to, 160, "%s%sfrom %s", t->user, *t->user != '\0' ? " " : "", *t->from != '\0' ? t->from : "an unknown address");
	return to;
}
