/* export_address - a .qmail file of a POP domain as the command that writes just these bytes. */
#include <fcntl.h>
#include <string.h>

#include "lib/opt.h"
#include "lib/join.h"
#include "move/export_homes.h"
#include "qmail/dotqmail.h"
#include "setup/mailbox_change.h"

enum { COPIES_MAX = sizeof ((struct opt_list *)0)->item / sizeof *((struct opt_list *)0)->item };

static bool take_maildir(struct export_file *f, const char *path, size_t n)
{
	if (*f->path != '\0' || f->n > 0 || n < 2 || path[n - 1] != '/')
		return false;
	join_part(f->path, sizeof f->path, path, n - 1);
	return true;
}

static bool take_target(struct export_file *f, const char *target)
{
	struct err e;

	if (name_target(&e, target) < 0)
		return false;
	buf_printf(&f->targets, " %s", target);
	buf_printf(&f->copies, " --copy %s", target);
	f->n++;
	return true;
}

/* One instruction; again gets the line that qv-mailbox would write for it. */
static bool take(struct export_file *f, const struct dotqmail_line *l, struct buf *again)
{
	char value[sizeof f->path];
	bool forward = l->kind == DOTQMAIL_FORWARD;

	if (l->n >= sizeof value)
		return false;
	join_part(value, sizeof value, l->value, l->n);
	buf_printf(again, "%s%s\n", forward ? "&" : "", value);
	return forward ? take_target(f, value) : l->kind == DOTQMAIL_MAILDIR && take_maildir(f, value, l->n);
}

/* How qv-mailbox add is told where the Maildir is; one that is not there would be made. */
static bool find_maildir(struct export *x, const struct boxes *b, struct export_file *f)
{
	size_t n = strlen(b->dir);
	char checked[NAME_PATH_MAX + 1];
	struct box box;
	struct stat st;
	struct err e;

	f->kind = "box";
	f->where = f->path + n + 1;
	if (strncmp(f->path, b->dir, n) == 0 && f->path[n] == '/' && name_box(&e, f->where) == 0)
		return fstatat(x->pop, f->where, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
	f->kind = "maildir";
	f->where = f->path;
	join(box.path, sizeof box.path, f->path, NULL);
	return boxes_look(x->ctx, &box) == 0 && name_maildir(&e, f->path, checked) == 0 && strcmp(f->path, checked) == 0;
}

bool export_file(struct export *x, const struct boxes *b, const struct address *a, struct export_file *f)
{
	struct buf again = BUF(CONTROL_MAX);
	struct dotqmail_line l;
	bool same = !a->is_link;

	*f = (struct export_file){.targets = BUF(CONTROL_MAX), .copies = BUF(CONTROL_MAX)};
	for (size_t at = 0; same && dotqmail_next(buf_text(&a->text), a->text.len, &at, &l);)
		same = take(f, &l, &again);
	same = same && again.len > 0 && again.len == a->text.len && memcmp(again.p, a->text.p, again.len) == 0;
	buf_free(&again);
	return same && (*f->path == '\0' || (f->n <= COPIES_MAX && find_maildir(x, b, f)));
}

void export_file_free(struct export_file *f)
{
	buf_free(&f->targets);
	buf_free(&f->copies);
}

void export_made(struct export *x, const char *path)
{
	export_paths_add(&x->boxes, path, "", false);
}

void export_made_for(struct export *x, const char *path, const struct domain *d, const struct address *a)
{
	char text[NAME_MAX + sizeof d->name.text + 2];

	name_whole(a->local, d->name.text, text, sizeof text);
	export_paths_add(&x->boxes, path, text, true);
}

/* A Maildir that is another's must be made by its owner's command first. */
static struct buf *place(struct export *x, const struct export_file *f)
{
	return strcmp(f->kind, "box") == 0 ? &x->out : &x->last;
}

void export_address(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b)
{
	char text[NAME_MAX + sizeof d->name.text + 2];
	struct name_address checked;
	struct export_file f;
	struct err e;
	bool said = export_file(x, b, a, &f);

	name_whole(a->local, d->name.text, text, sizeof text);
	if (name_address(&e, text, &checked) == 0 && checked.many && strcmp(buf_text(&a->text), mailbox_discards) == 0) {
		buf_printf(&x->out, "mailbox default %s discard\n", text);
	} else if (!said || name_address(&e, text, &checked) < 0) {
		export_not_address(x, d, a);
	} else if (f.kind == NULL) {
		buf_printf(&x->out, "mailbox forward %s%s\n", text, buf_text(&f.targets));
	} else {
		buf_printf(place(x, &f), "mailbox add %s --%s %s%s\n", text, f.kind, f.where, buf_text(&f.copies));
		export_made_for(x, f.path, d, a);
	}
	export_file_free(&f);
}

void export_default(struct export *x, const struct domain *d, const struct address *a, const struct boxes *b)
{
	struct export_file f;
	bool said = export_file(x, b, a, &f);

	if (strcmp(buf_text(&a->text), mailbox_discards) == 0) {
		buf_printf(&x->out, "mailbox default %s discard\n", d->name.text);
	} else if (said && f.kind == NULL && f.n == 1) {
		buf_printf(&x->out, "mailbox default %s%s\n", d->name.text, buf_text(&f.targets));
	} else if (said && f.kind != NULL && f.n == 0) {
		buf_printf(&x->last, "mailbox default %s %s %s\n", d->name.text, f.kind, f.where);
		if (f.where == f.path)
			export_made(x, f.path);
	} else {
		export_not_address(x, d, a);
	}
	export_file_free(&f);
}
