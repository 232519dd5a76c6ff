/* callers - users/qv-trigger, to be changed: who may call for the mail of which dial-up host (dialup/caller.h). */
#ifndef SETUP_CALLERS_H
#define SETUP_CALLERS_H

#include "dialup/caller.h"
#include "plan/plan.h"
#include "qmail/lines.h"

struct callers {
	struct lines lines;
	struct plan_seen seen;
};

/* A missing file is an empty one. 0, or -1 with errno kept; callers_free() either way. */
int callers_load(struct ctx *ctx, struct callers *t);
void callers_free(struct callers *t);

/* The entry of this host; without a line: nobody may call. Returns false then. */
bool callers_look(const struct callers *t, const char *host, struct caller *c);

/* Replace the host's entry. One that lets nobody call needs no line. */
void callers_set(struct callers *t, const struct caller *c);

/* The secret of a user who has it for another host. Returns false if there is none. */
bool callers_secret(const struct callers *t, const char *user, struct cram *cram);

/* The secret of this user, wherever the name is. */
void callers_change_secret(struct callers *t, const char *user, const struct cram *cram);

/* Add a step for the file if it differs. */
void callers_plan(const struct callers *t, struct plan *plan);

#endif
