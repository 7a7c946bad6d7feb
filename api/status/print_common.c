/* api/status/print_common.c - see print.h; and the printer of views for which CME's layout is not known. */
#include <stdio.h>
#include <string.h>

#include "api/status/print.h"
#include "server/core/mem.h"

#define TABLE_COLUMNS 8 /* more are printed one below the other */
#define COLUMN_MAX    40

const char *print_value(struct cell *c, const cJSON *o, const char *path)
{
	const cJSON *v = tree_get(o, path);

	if (cJSON_IsString(v) && *v->valuestring)
		text_copy(c->buf, sizeof(c->buf), v->valuestring);
	else if (cJSON_IsNumber(v))
		snprintf(c->buf, sizeof(c->buf), "%.15g", v->valuedouble);
	else if (cJSON_IsBool(v))
		text_copy(c->buf, sizeof(c->buf), cJSON_IsTrue(v) ? "yes" : "no");
	else
		return UNKNOWN;
	return c->buf;
}

static const char *choose(const cJSON *o, const char *path, const char *yes, const char *no)
{
	const cJSON *v = tree_get(o, path);

	return cJSON_IsBool(v) ? (cJSON_IsTrue(v) ? yes : no) : UNKNOWN;
}

const char *print_flag(const cJSON *o, const char *path)
{
	return choose(o, path, "1", "0");
}

const char *print_yes(const cJSON *o, const char *path)
{
	return choose(o, path, "Y", "N");
}

const char *print_able(const cJSON *o, const char *path)
{
	const char *s = choose(o, path, "enabled", "disabled");

	return strcmp(s, UNKNOWN) ? s : "not available";
}

const char *print_mac(struct cell *c, const cJSON *o, const char *path)
{
	const char *s = tree_str(o, path);
	char mac[MAC_TEXT_SIZE];

	if (!s || text_mac(mac, s, strlen(s)))
		return UNKNOWN;
	snprintf(c->buf, sizeof(c->buf), "%.4s.%.4s.%.4s", mac, mac + 4, mac + 8);
	return c->buf;
}

/* ---- any view ---- */

static void any_value(const cJSON *v, struct text *out, int depth);

static bool is_simple(const cJSON *v)
{
	return !cJSON_IsObject(v) && !cJSON_IsArray(v);
}

static void simple(const cJSON *v, struct cell *c)
{
	if (cJSON_IsString(v))
		text_copy(c->buf, sizeof(c->buf), v->valuestring);
	else if (cJSON_IsNumber(v))
		snprintf(c->buf, sizeof(c->buf), "%.15g", v->valuedouble);
	else
		text_copy(c->buf, sizeof(c->buf),
			  cJSON_IsTrue(v)    ? "yes"
			  : cJSON_IsFalse(v) ? "no"
					     : UNKNOWN);
}

static bool is_table(const cJSON *list)
{
	const cJSON *row, *cell;

	cJSON_ArrayForEach (row, list) {
		if (!cJSON_IsObject(row) || cJSON_GetArraySize(row) > TABLE_COLUMNS)
			return false;
		cJSON_ArrayForEach (cell, row)
			if (!is_simple(cell))
				return false;
	}
	return true;
}

/* The last column is not padded. */
static void table_row(const cJSON *row, const int *width, bool head, struct text *out)
{
	const cJSON *v;
	struct cell c;
	int i = 0;

	cJSON_ArrayForEach (v, row) {
		if (head)
			text_copy(c.buf, sizeof(c.buf), v->string);
		else
			simple(v, &c);
		if (v->next)
			text_addf(out, "%-*s ", width[i++], c.buf);
		else
			text_add(out, c.buf);
	}
	text_addc(out, '\n');
}

static void any_table(const cJSON *list, struct text *out)
{
	int width[TABLE_COLUMNS] = { 0 };
	const cJSON *row, *v;
	struct cell c;

	cJSON_ArrayForEach (row, list) {
		int i = 0;

		cJSON_ArrayForEach (v, row) {
			int n = (int)strlen(v->string);

			simple(v, &c);
			n = (int)strlen(c.buf) > n ? (int)strlen(c.buf) : n;
			n = n > COLUMN_MAX ? COLUMN_MAX : n;
			width[i] = n > width[i] ? n : width[i];
			i++;
		}
	}
	table_row(list->child, width, true, out);
	cJSON_ArrayForEach (row, list)
		table_row(row, width, false, out);
}

static void any_list(const cJSON *list, struct text *out, int depth)
{
	const cJSON *v;

	if (list->child && is_table(list)) {
		any_table(list, out);
		return;
	}
	cJSON_ArrayForEach (v, list) {
		any_value(v, out, depth);
		if (v->next)
			text_addc(out, '\n');
	}
}

static void any_member(const cJSON *v, struct text *out, int depth)
{
	struct cell c;

	if (is_simple(v)) {
		simple(v, &c);
		text_addf(out, "%*s%s: %s\n", depth, "", v->string, c.buf);
	} else if (cJSON_GetArraySize(v) > 0) {
		text_addf(out, "%*s%s:\n", depth, "", v->string);
		any_value(v, out, depth + 1);
	}
}

static void any_value(const cJSON *v, struct text *out, int depth)
{
	const cJSON *m;
	struct cell c;

	if (is_simple(v)) {
		simple(v, &c);
		text_addf(out, "%*s%s\n", depth, "", c.buf);
	} else if (cJSON_IsArray(v)) {
		any_list(v, out, depth);
	} else {
		cJSON_ArrayForEach (m, v)
			any_member(m, out, depth);
	}
}

void print_any(const cJSON *view, struct text *out)
{
	const cJSON *items = tree_get(view, "items"), *m;

	if (!cJSON_IsArray(items)) {
		any_value(view, out, 0);
		return;
	}
	if (items->child)
		any_list(items, out, 0);
	else
		text_add(out, "NONE\n");
	cJSON_ArrayForEach (m, view)
		if (m != items && strcmp(m->string, "next_cursor") != 0)
			any_member(m, out, 0);
}
