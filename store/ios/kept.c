/* store/ios/kept.c - see kept.h. Canonical lines are sorted by mode (store/schema/kept.c), so that the
 * lines of one mode stand together. */
#include "store/ios/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/exec.h"
#include "store/ios/keep.h"
#include "store/ios/transcript.h"
#include "store/schema/internal.h"

struct group {
	const char *mode;
	const struct schema_object *obj; /* whose mode it is; NULL: none */
	const cJSON *first;
	size_t n;
};

struct kept {
	struct group *list;
	size_t n;
};

static const char *text_of(const cJSON *line, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, name));

	return s ? s : "";
}

struct kept *kept_open(struct conf *c)
{
	const cJSON *lines = cfg_map(conf_get(c, SCHEMA_PLATFORM), "raw_lines"), *e;
	struct kept *k = mem_zalloc(sizeof(*k));
	struct group *g = NULL;
	struct schema_place p;

	k->list = mem_zalloc(((size_t)cJSON_GetArraySize(lines) + 1) * sizeof(*k->list));
	cJSON_ArrayForEach (e, lines) {
		const char *mode = text_of(e, "mode");

		if (!g || strcmp(g->mode, mode) != 0) {
			schema_mode_find(mode, &p);
			g = g ? g + 1 : k->list;
			*g = (struct group){ mode, p.obj, e, 0 };
			k->n++;
		}
		g->n++;
	}
	return k;
}

void kept_close(struct kept *k)
{
	if (k)
		mem_free(k->list);
	mem_free(k);
}

static const struct group *find(const struct kept *k, const char *mode)
{
	size_t low = 0, high = k ? k->n : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = strcmp(k->list[mid].mode, mode);

		if (d == 0)
			return &k->list[mid];
		if (d < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void print_line(const char *text, int depth, bool secrets, struct text *out)
{
	for (int i = 0; i < depth; i++)
		text_addc(out, ' ');
	if (secrets)
		text_add(out, text);
	else
		schema_mask_line(text, out);
	text_addc(out, '\n');
}

static void print_group(const struct kept *k, const struct group *g, int depth, bool secrets,
			struct text *out)
{
	const cJSON *e = g ? g->first : NULL;

	for (size_t i = 0; e && i < g->n; i++, e = e->next) {
		char inner[SCHEMA_MODE_MAX];

		print_line(text_of(e, "text"), depth, secrets, out);
		/* Every level is longer than the one around it, so this ends. */
		if (snprintf(inner, sizeof(inner), "%s" SCHEMA_MODE_SEP "%s", g->mode,
			     text_of(e, "text")) < (int)sizeof(inner))
			print_group(k, find(k, inner), depth + 1, secrets, out);
	}
}

void kept_print(const struct kept *k, const struct schema_place *at, int depth, bool secrets,
		struct text *out)
{
	char mode[SCHEMA_MODE_MAX];

	if (!k || !k->n)
		return;
	schema_mode_name(at, mode, sizeof(mode));
	print_group(k, find(k, mode), depth, secrets, out);
}

void kept_print_global(const struct kept *k, bool late, bool secrets, struct text *out)
{
	const struct ios_place global = { 0 };
	const struct group *g = find(k, "");
	const cJSON *e = g ? g->first : NULL;
	bool after_block = false, any = false;

	for (size_t i = 0; e && i < g->n; i++, e = e->next) {
		const char *text = text_of(e, "text");
		const struct group *block = find(k, text);

		if (schema_kept_is_late(text) != late)
			continue;
		if (any && (block || after_block))
			text_add(out, "!\n");
		print_line(text, 0, secrets, out);
		print_group(k, block, 1, secrets, out);
		/* A header without lines: what follows is not below it. */
		after_block = block || ios_opens_block(&global, text);
		any = true;
	}
	if (any)
		text_add(out, "!\n");
}

/* ---- lines that are none ---- */
static bool is_noise(const char *text)
{
	struct script_line *line = mem_zalloc(sizeof(*line));
	struct transcript t;
	bool noise;

	transcript_begin(&t, text, strlen(text));
	noise = !transcript_next(&t, line) || line->kind != SCRIPT_COMMAND ||
		line->prompt != PROMPT_NONE || strcmp(line->text, text) != 0 ||
		exec_kind(text, false) != EXEC_NONE;
	mem_free(line);
	return noise;
}

static bool is_command(const char *mode, const char *text)
{
	struct ios_place at;
	struct ios_line l;
	char why[200];

	/* In a block that nobody knows everything is unknown. */
	if (*schema_mode_find(mode, &at))
		return false;
	if (strcasecmp(text, "end") == 0 || strcasecmp(text, "exit") == 0)
		return true;
	if (ios_parse_line(&at, text, &l, why, sizeof(why)) != 0)
		return false;
	ios_line_fini(&l);
	return true;
}

struct stored {
	const cJSON *line;
};

static int line_order(const void *pa, const void *pb)
{
	const struct stored *a = pa, *b = pb;
	int d = strcmp(text_of(a->line, "mode"), text_of(b->line, "mode"));

	return d ? d : strcmp(text_of(a->line, "text"), text_of(b->line, "text"));
}

void kept_check(struct conf *c, struct faults *f)
{
	const cJSON *before = cfg_map(conf_get_base(c, SCHEMA_PLATFORM), "raw_lines"), *e;
	const cJSON *now = cfg_map(conf_get(c, SCHEMA_PLATFORM), "raw_lines");
	struct stored *old = mem_zalloc(((size_t)cJSON_GetArraySize(before) + 1) * sizeof(*old));
	size_t n = 0;

	cJSON_ArrayForEach (e, before) {
		old[n++].line = e;
	}
	if (n)
		qsort(old, n, sizeof(*old), line_order);
	cJSON_ArrayForEach (e, now) {
		const char *text = text_of(e, "text");
		const struct stored this = { e };
		char field[64];

		if ((n && bsearch(&this, old, n, sizeof(*old), line_order)) || strchr(text, '\n'))
			continue; /* a text of several lines is a banner or a certificate */
		snprintf(field, sizeof(field), "/raw_lines/%s/text", e->string);
		if (is_noise(text))
			faults_add(f, ERR_INVALID, "no_line", SCHEMA_PLATFORM, field,
				   "This is no line of a configuration");
		else if (is_command(text_of(e, "mode"), text))
			faults_add(
			    f, ERR_CONFLICT, "known_command", SCHEMA_PLATFORM, field,
			    "This command has settings of its own: only lines without effect "
			    "are kept here");
	}
	mem_free(old);
}

bool kept_has(const struct kept *k, const struct schema_object *o)
{
	for (size_t i = 0; k && i < k->n; i++) {
		if (k->list[i].obj == o)
			return true;
	}
	return false;
}
