/* store/ios/import_place.c - where the next line of an import stands: the modes that are open, followed by the
 * commands, by prompts that name a mode, and by indentation and `!` where both would do. */
#include "store/ios/import_int.h"

#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"

/* "voice service voip / sip"; the text lives as long as the import. */
const char *import_mode(struct import *im, const struct ios_place *at)
{
	char name[128];

	if (!at->obj || (!at->obj->enter && !at->mode))
		return "global";
	snprintf(name, sizeof(name), "%s%s%s", at->obj->mode, at->mode ? " / " : "",
		 at->mode ? at->mode->name : "");
	for (unsigned i = 0; i < im->n_modes; i++) {
		if (strcmp(im->modes[i], name) == 0)
			return im->modes[i];
	}
	if (im->n_modes == REPORT_MODES_MAX)
		return at->obj->mode;
	im->modes[im->n_modes] = mem_strdup(name);
	return im->modes[im->n_modes++];
}

/* ---- modes ---- */
static bool same_place(const struct ios_place *a, const struct ios_place *b)
{
	return a->obj == b->obj && a->mode == b->mode && strcmp(a->key, b->key) == 0 &&
	       strcmp(a->entry, b->entry) == 0 && strcmp(a->block, b->block) == 0;
}

void import_go(struct import *im, const struct ios_place *to)
{
	im->at = *to;
	while (im->depth && !same_place(&im->levels[im->depth - 1].entered, to))
		im->depth--;
}

void import_go_global(struct import *im)
{
	im->at = (struct ios_place){ 0 };
	im->depth = 0;
}

static void remember(struct import *im, const struct ios_place *at)
{
	unsigned i = 0;

	while (i < im->n_visited && im->visited[i].obj != at->obj)
		i++;
	if (i == VISITED_MAX)
		return;
	im->n_visited += i == im->n_visited;
	im->visited[i] = (struct ios_place){ .obj = at->obj };
	memcpy(im->visited[i].key, at->key, sizeof(at->key));
}

void import_enter(struct import *im, const struct ios_place *to)
{
	struct ios_place before = { 0 };

	if (to->mode && !to->mode->global) {
		before.obj = to->obj;
		memcpy(before.key, to->key, sizeof(before.key));
	}
	import_go(im, &before);
	im->at = *to;
	im->levels[im->depth++] = (struct level){ before, *to, im->line.indent, -1 };
	remember(im, to);
}

static const struct schema_mode *mode_called(const struct schema_object *o, const char *name)
{
	for (const struct schema_mode *m = name ? o->modes : NULL; m && m->name; m++) {
		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

/* The mode named in a prompt is the current one, as far as it says which. */
void import_follow_prompt(struct import *im)
{
	const struct prompt_mode *p = prompt_mode(im->line.prompt_mode);
	const struct schema_object *o = p && *p->object ? schema_object(p->object) : NULL;
	const struct schema_mode *m = o ? mode_called(o, p->mode) : NULL;
	struct ios_place to = { .obj = o, .mode = m };

	if (p && !*p->object)
		import_go_global(im);
	if (!o || (p->mode && !m) || (im->at.obj == o && im->at.mode == m))
		return;
	if (im->at.obj == o && !m) {
		memcpy(to.key, im->at.key, sizeof(to.key));
		import_go(im, &to);
		return;
	}
	for (unsigned i = 0; o->collection && i < im->n_visited; i++) {
		if (im->visited[i].obj == o)
			memcpy(to.key, im->visited[i].key, sizeof(to.key));
	}
	if ((!o->collection || to.key[0]) && !(m && m->in))
		import_go(im, &to);
}

void import_close_mode(struct import *im)
{
	struct ios_place up = im->at;

	if (im->at.block[0]) {
		im->at.block[0] = '\0';
		return;
	}

	up.mode = NULL;
	up.entry[0] = '\0';
	if (im->at.mode && im->at.obj->enter)
		import_go(im, &up);
	else
		import_go_global(im);
}

/* Is the mode over by indentation alone? Behind `!` that is certain; else the table of commands may know better. */
static bool closed(const struct import *im, const struct level *l, bool certain)
{
	bool indented = l->inner > l->indent;

	if (im->line.indent < 0 || l->indent < 0 || im->line.indent > l->indent)
		return false;
	return im->separated ? indented || l->inner < 0 : indented && !certain;
}

/* How many levels the indentation of the line leaves open. */
unsigned import_left_open(const struct import *im, bool certain)
{
	unsigned d = im->depth;

	while (d && closed(im, &im->levels[d - 1], certain))
		d--;
	return d;
}

void import_note_indent(struct import *im)
{
	struct level *l = im->depth ? &im->levels[im->depth - 1] : NULL;

	if (l && l->inner < 0 && im->line.indent >= 0)
		l->inner = im->line.indent;
}

/* `!` stands between blocks. */
void import_leave_blocks(struct import *im)
{
	im->n_blocks = 0;
	im->back = (struct ios_place){ 0 };
	im->at.block[0] = '\0';
	im->separated = strcmp(im->line.text, "!") == 0;
}
