/* store/ios/import_keep.c - lines of an import that nobody knows: kept for the export, in their block. */
#include "store/ios/import_int.h"

#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"

/* ---- keeping ---- */
int import_parse_at(const struct ios_place *at, const char *text, struct ios_line *l)
{
	char why[160];

	return ios_parse_line(at, text, l, why, sizeof(why));
}

/* A setting of this very mode. */
static bool knows(const struct ios_place *at, const char *text)
{
	struct ios_line l;
	bool own;

	if (import_parse_at(at, text, &l))
		return false;
	own = l.place.obj == at->obj && l.kind == IOS_SET;
	ios_line_fini(&l);
	return own;
}

static void say_kept(int kept, const char *text, const struct ios_place *at, struct outcome *out)
{
	if (kept == ERR_TOO_BIG)
		import_say(out, IMPORT_IGNORED, "Too long, or more than %d unknown lines: not kept",
			   IOS_KEPT_LINES);
	else if (kept < 0)
		import_say(out, IMPORT_IGNORED, "No text that could be kept");
	else if (ios_is_platform(at, text))
		import_say(out, IMPORT_KEPT,
			   "Of the router, without effect here; kept for the export");
	else
		import_say(out, IMPORT_KEPT, "No such command here; kept for the export");
}

void import_keep(struct import *im, const struct ios_place *at, const char *text,
		 struct outcome *out)
{
	mem_free(out->shown);
	out->shown = secrets_mask(text, NULL, NULL);
	out->mode = import_mode(im, at);
	if (secrets_clear(text))
		import_say(out, IMPORT_IGNORED,
			   "No such command here, and it holds a password in clear text: not kept");
	else
		say_kept(ios_keep_line(im->keeper, at, text), text, at, out);
	/* A router's own line means no command of ours. */
	if (at->block[0] || ios_is_platform(at, text))
		out->nearest[0] = '\0';
}

void import_open_block(struct import *im, const struct ios_place *at, const char *text, bool lost)
{
	struct block *b;

	if (im->n_blocks == BLOCKS || im->line.indent < 0)
		return;
	b = &im->blocks[im->n_blocks++];
	b->indent = im->line.indent;
	b->at = *at;
	b->lost = lost;
	text_copy(b->head, sizeof(b->head), text);
}

bool import_in_block(const struct import *im)
{
	return im->n_blocks && im->line.indent > im->blocks[0].indent;
}

static void leave_inner(struct import *im)
{
	while (im->blocks[im->n_blocks - 1].indent >= im->line.indent)
		im->n_blocks--;
}

/* A certificate is not whole without its `quit`. */
bool import_closes_inner(struct import *im, const char *text)
{
	if (strcasecmp(text, "quit") == 0)
		return false;
	leave_inner(im);
	return true;
}

/* A text that indents, back at the header: the block is over, with `!` or without. */
static void leave_by_indent(struct import *im)
{
	if (!im->indents || !im->n_blocks || im->line.indent < 0)
		return;
	memcpy(im->at.block, im->blocks[0].at.block, sizeof(im->at.block));
	im->n_blocks = 0;
}

/* Below an unknown line and deeper: part of its block, unless the mode before it knows the line. */
bool import_inside_block(struct import *im, const char *text, struct outcome *out)
{
	const struct block *b;
	struct ios_place at;

	if (!import_in_block(im)) {
		leave_by_indent(im);
		return false;
	}
	im->indents = true;
	if (im->back.obj && knows(&im->back, text)) {
		im->n_blocks = 0;
		import_go(im, &im->back);
		return false;
	}
	if (strcasecmp(text, "quit") == 0 && im->line.indent > im->blocks[im->n_blocks - 1].indent)
		im->line.indent = im->blocks[im->n_blocks - 1].indent; /* a tab is in front */
	leave_inner(im);
	b = &im->blocks[im->n_blocks - 1];
	at = b->at;
	if (ios_enter_block(&at, b->head))
		at = b->at;
	if (b->lost)
		import_say(out, IMPORT_IGNORED, "It belongs to `%.40s`, which is not kept",
			   b->head);
	else
		import_keep(im, &at, text, out);
	import_open_block(im, &at, text, out->result != IMPORT_KEPT);
	return true;
}
