/* store/ios/report.c - the report of an import: counters, the list, its JSON. */
#include "store/ios/report.h"

#include <string.h>

#include "server/core/mem.h"
#include "server/core/text.h"

static const char *const names[IMPORT_RESULTS] = { "applied", "unchanged", "kept", "ignored",
						   "refused" };

static struct report_mode *mode_of(struct report *r, const char *name)
{
	for (unsigned i = 0; i < r->n_modes; i++) {
		if (strcmp(r->modes[i].name, name) == 0)
			return &r->modes[i];
	}
	if (r->n_modes == REPORT_MODES_MAX)
		return &r->modes[REPORT_MODES_MAX - 1];
	r->modes[r->n_modes].name = name;
	return &r->modes[r->n_modes++];
}

static void line_fini(struct report_line *l)
{
	mem_free(l->text);
	mem_free(l->reason);
	mem_free(l->nearest);
	mem_free(l->path);
	mem_free(l->command);
	mem_free(l->wrote);
	cJSON_Delete(l->warnings);
}

void report_add(struct report *r, struct report_line *l, bool plain)
{
	size_t listed = plain ? r->n - r->others : r->others;

	plain = plain && !l->warnings;
	r->lines++;
	r->counts[l->result]++;
	r->warnings += (unsigned)cJSON_GetArraySize(l->warnings);
	mode_of(r, l->mode)->counts[l->result]++;
	if (listed >= (plain ? REPORT_PLAIN_MAX : REPORT_OTHERS_MAX)) {
		line_fini(l);
		return;
	}
	if (r->n == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 256;
		r->list = mem_realloc(r->list, r->cap * sizeof(*r->list));
	}
	r->others += !plain;
	r->list[r->n++] = *l;
}

struct report_line *report_find(struct report *r, unsigned line)
{
	for (size_t i = r->n; i-- && r->list[i].line >= line;) {
		if (r->list[i].line == line)
			return &r->list[i];
	}
	return NULL;
}

void report_move(struct report *r, struct report_line *l, enum import_result to)
{
	struct report_mode *m = mode_of(r, l->mode);

	r->counts[l->result]--;
	m->counts[l->result]--;
	l->result = to;
	r->counts[to]++;
	m->counts[to]++;
}

void report_warn(struct report *r, struct report_line *l, const char *text)
{
	if (!l->warnings)
		l->warnings = cJSON_CreateArray();
	cJSON_AddItemToArray(l->warnings, cJSON_CreateString(text));
	r->warnings++;
}

/* How much of `pointer` the line wrote; 0: something else. */
static size_t wrote_of(const struct report_line *l, const char *pointer)
{
	struct slice rest = slice_of(l->wrote ? l->wrote : ""), one;
	size_t best = l->header ? 1 : 0, m = strlen(pointer);

	while (rest.len && slice_next(&rest, '\n', &one)) {
		size_t less = one.len < m ? one.len : m;

		if (strncmp(one.p, pointer, less) == 0 && 1 + less > best)
			best = 1 + less;
	}
	return best;
}

struct report_line *report_writer(struct report *r, const char *path, const char *pointer)
{
	struct report_line *best = NULL;
	size_t most = 1;

	for (size_t i = 0; i < r->n; i++) {
		struct report_line *l = &r->list[i];
		size_t got;

		if (!l->path || l->result > IMPORT_KEPT || strcmp(l->path, path) != 0)
			continue;
		got = wrote_of(l, pointer);
		if (got >= most) {
			best = l;
			most = got;
		}
	}
	return best;
}

/* ---- JSON ---- */
static void add_counts(cJSON *o, const unsigned counts[IMPORT_RESULTS])
{
	for (int i = 0; i < IMPORT_RESULTS; i++)
		cJSON_AddNumberToObject(o, names[i], counts[i]);
}

static void add_text(cJSON *o, const char *name, const char *text)
{
	if (text && *text)
		cJSON_AddStringToObject(o, name, text);
}

static cJSON *line_json(const struct report_line *l)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "line", l->line);
	cJSON_AddStringToObject(o, "text", l->text ? l->text : "");
	cJSON_AddStringToObject(o, "mode", l->mode);
	cJSON_AddStringToObject(o, "result", names[l->result]);
	add_text(o, "reason", l->reason);
	add_text(o, "nearest", l->nearest);
	add_text(o, "path", l->path);
	add_text(o, "command", l->command);
	cJSON_AddItemToObject(
	    o, "warnings", l->warnings ? cJSON_Duplicate(l->warnings, true) : cJSON_CreateArray());
	return o;
}

cJSON *report_json(const struct report *r)
{
	cJSON *doc = cJSON_CreateObject(), *o;

	o = cJSON_AddObjectToObject(doc, "summary");
	cJSON_AddNumberToObject(o, "lines", r->lines);
	add_counts(o, r->counts);
	cJSON_AddNumberToObject(o, "warnings", r->warnings);
	cJSON_AddNumberToObject(o, "not_listed", r->lines - (double)r->n);
	o = cJSON_AddArrayToObject(doc, "modes");
	for (unsigned i = 0; i < r->n_modes; i++) {
		cJSON *m = cJSON_CreateObject();

		cJSON_AddStringToObject(m, "mode", r->modes[i].name);
		add_counts(m, r->modes[i].counts);
		cJSON_AddItemToArray(o, m);
	}
	o = cJSON_AddArrayToObject(doc, "lines");
	for (size_t i = 0; i < r->n; i++)
		cJSON_AddItemToArray(o, line_json(&r->list[i]));
	cJSON_AddItemToObject(doc, "accounts",
			      r->accounts ? cJSON_Duplicate(r->accounts, true)
					  : cJSON_CreateArray());
	return doc;
}

void report_fini(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		line_fini(&r->list[i]);
	mem_free(r->list);
	cJSON_Delete(r->accounts);
	memset(r, 0, sizeof(*r));
}
