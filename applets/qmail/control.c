/* control - the table of the control files. */
#include "qmail/control.h"

#include <string.h>

#include "qmail/conf.h"

enum {
	SMTPD = 1 << CONTROL_SMTPD,
	SEND = 1 << CONTROL_SEND,
	REMOTE = 1 << CONTROL_REMOTE,
	OURS = 1 << CONTROL_PROGRAMS,
};

#define TO(member) .to = offsetof(struct conf, member), .size = sizeof((struct conf *)NULL)->member

/* morercpthosts is read by qmail-newmrh alone, as root. */
// clang-format off
const struct control controls[] = {
	{QMAIL_CONTROL "me",                CONTROL_LINE,   .by = SMTPD | SEND | REMOTE | OURS, TO(me)},
	{QMAIL_CONTROL "smtpgreeting",      CONTROL_LINE,   .by = SMTPD},
	{QMAIL_CONTROL "localiphost",       CONTROL_LINE,   .by = SMTPD},
	{QMAIL_CONTROL "timeoutsmtpd",      CONTROL_NUMBER, .by = SMTPD},
	{QMAIL_CONTROL "badmailfrom",       CONTROL_LIST,   .by = SMTPD},
	{QMAIL_CONTROL "databytes",         CONTROL_NUMBER, .by = SMTPD},
	{QMAIL_CONTROL "rcpthosts",         CONTROL_LIST,   .by = SMTPD | OURS},
	{QMAIL_CONTROL "morercpthosts",     CONTROL_LIST,   .by = OURS},
	{QMAIL_CONTROL "morercpthosts.cdb", CONTROL_CDB,    .by = SMTPD},
	{QMAIL_CONTROL "queuelifetime",     CONTROL_NUMBER, .by = SEND},
	{QMAIL_CONTROL "concurrencylocal",  CONTROL_NUMBER, .by = SEND},
	{QMAIL_CONTROL "concurrencyremote", CONTROL_NUMBER, .by = SEND},
	{QMAIL_CONTROL "envnoathost",       CONTROL_LINE,   .by = SEND},
	{QMAIL_CONTROL "bouncefrom",        CONTROL_LINE,   .by = SEND},
	{QMAIL_CONTROL "bouncehost",        CONTROL_LINE,   .by = SEND | OURS, .as = "me", TO(bouncehost)},
	{QMAIL_CONTROL "doublebouncehost",  CONTROL_LINE,   .by = SEND | OURS, .as = "me", TO(doublebouncehost)},
	{QMAIL_CONTROL "doublebounceto",    CONTROL_LINE,   .by = SEND | OURS, .fallback = "postmaster",
	                                                    TO(doublebounceto)},
	{QMAIL_CONTROL "locals",            CONTROL_LIST,   .by = SEND | OURS},
	{QMAIL_CONTROL "percenthack",       CONTROL_LIST,   .by = SEND},
	{QMAIL_CONTROL "virtualdomains",    CONTROL_MAP,    .by = SEND | OURS},
	{QMAIL_CONTROL "timeoutremote",     CONTROL_NUMBER, .by = REMOTE},
	{QMAIL_CONTROL "timeoutconnect",    CONTROL_NUMBER, .by = REMOTE},
	{QMAIL_CONTROL "helohost",          CONTROL_LINE,   .by = REMOTE | OURS, .as = "me", .fallback = "localhost",
	                                                    TO(helohost)},
	{QMAIL_CONTROL "smtproutes",        CONTROL_MAP,    .by = REMOTE | OURS},
	{QMAIL_CONTROL "qv-popmail",        CONTROL_DIR,    .by = OURS, .fallback = "/home/popmail", TO(popmail)},
	{QMAIL_CONTROL "qv-serialmail",     CONTROL_DIR,    .by = OURS, .fallback = "/home/serialmail", TO(serialmail)},
	{QMAIL_CONTROL "qv-popuser",        CONTROL_LINE,   .by = OURS, .fallback = "popusr", TO(popuser)},
	{QMAIL_CONTROL "qv-qmail-send",     CONTROL_LINE,   .by = OURS, TO(qmail_send)},
	{QMAIL_CONTROL "qv-helo",           CONTROL_LINE,   .by = OURS, .as = "helohost", TO(helo)},
	{QMAIL_CONTROL "qv-interval",       CONTROL_NUMBER, .by = OURS, .fallback = "120", TO(interval)},
	{QMAIL_CONTROL "qv-grace",          CONTROL_SECONDS, .by = OURS, .fallback = "1", TO(grace)},
	{QMAIL_CONTROL "qv-concurrency",    CONTROL_NUMBER, .by = OURS, .fallback = "20", TO(concurrency)},
	{QMAIL_CONTROL "qv-lifetime",       CONTROL_NUMBER, .by = OURS, .fallback = "1209600", TO(lifetime)},
	{QMAIL_CONTROL "qv-warn",           CONTROL_NUMBER, .by = OURS, .fallback = "14400", TO(warn)},
	{QMAIL_CONTROL "qv-brake",          CONTROL_NUMBER, .by = OURS, .fallback = "4", TO(brake)},
	{QMAIL_CONTROL "qv-call-interval",  CONTROL_NUMBER, .by = OURS, .fallback = "10", TO(call_interval)},
	{NULL, 0, .by = 0},
};
// clang-format on

_Static_assert(sizeof controls / sizeof *controls <= CONTROLS_MAX, "CONTROLS_MAX");

const struct control *control_find(const char *name)
{
	const struct control *k = controls;

	while (k->path != NULL && strcmp(k->path + strlen(QMAIL_CONTROL), name) != 0)
		k++;
	return k;
}

bool control_is_read(const struct control *k, enum control_program by)
{
	return (k->by >> by & 1) != 0;
}

bool control_is_ours(const struct control *k)
{
	return (k->by & OURS) != 0;
}

const char *control_user(enum control_program p)
{
	static const char *const users[] = {
		[CONTROL_SMTPD] = "qmaild",
		[CONTROL_SEND] = "qmails",
		[CONTROL_REMOTE] = "qmailr",
	};

	return users[p];
}
