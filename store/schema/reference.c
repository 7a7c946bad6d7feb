/* store/schema/reference.c - the reference page docs/settings.md: every setting as a line of a table. */
#include <stdio.h>
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

/* "|" would end a cell, "<" would begin a tag. */
static void cell(struct text *out, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '|')
			text_add(out, "\\|");
		else if (*s == '<')
			text_add(out, "&lt;");
		else
			text_addc(out, *s);
	}
}

static void choices(struct text *out, const struct schema_field *f)
{
	for (const char *const *c = f->choices; *c; c++) {
		text_add(out, c == f->choices ? "" : ", ");
		cell(out, *c);
	}
}

static const struct {
	enum schema_type type;
	const char *text;
} kinds[] = {
	{ T_BOOL, "true or false" },
	{ T_FLAG, "true" },
	{ T_DIGITS, "digits, \\*, #" },
	{ T_DN_NUMBER, "digits, letters, ." },
	{ T_PATTERN, "dial pattern" },
	{ T_HEX, "hexadecimal digits" },
	{ T_MAC, "MAC address" },
	{ T_IP, "IPv4 or IPv6 address" },
	{ T_IPV4, "IPv4 address" },
	{ T_IPV6, "IPv6 address" },
	{ T_IPV4_MASK, "IPv4 mask" },
	{ T_IP_MASK, "mask or prefix length" },
	{ T_MULTICAST, "IPv4 multicast address" },
	{ T_DSCP, "0-63 or a DSCP name" },
	{ T_TIME, "HH:MM" },
	{ T_URL, "URL" },
	{ T_FILE, "file name" },
	{ T_TARGET, "dns:name, ipv4:address or ipv6:[address], each with :port" },
	{ T_BUTTONS, "buttons such as 1, 3-6 or 4,7,9" },
	{ T_PHONE_TYPE, "phone type" },
	{ T_SECRET, "secret, write only" },
	{ T_STR, "text" },
};

static const char *kind_text(enum schema_type type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type == type)
			return kinds[i].text;
	}
	return "text";
}

static void values(struct text *out, const struct schema_field *f)
{
	if (f->type == T_MAP) {
		text_add(out, "object keyed by");
		for (const struct schema_field *k = f->keys; k->name; k++) {
			text_addf(out, "%s `%s`: ", k == f->keys ? "" : ";", k->name);
			values(out, k);
		}
		if (!f->item && !f->members->name)
			text_add(out, "; entries are `{}`");
		if (f->max)
			text_addf(out, ", at most %lld entries", (long long)f->max);
	} else if (f->type == T_LIST) {
		text_add(out, "list of: ");
		values(out, f->item);
	} else if (f->choices && f->type != T_PHONE_TYPE) {
		choices(out, f);
	} else if (f->type == T_INT) {
		text_addf(out, "%lld", (long long)f->min);
		if (schema_has_max(f))
			text_addf(out, "-%lld", (long long)schema_max(f));
		else
			text_add(out, " and up");
		if (f->limit)
			text_addf(out, " (limit `%s`)", f->limit);
	} else {
		text_add(out, kind_text(f->type));
		if (f->max && f->type != T_TIME && f->min > 1)
			text_addf(out, ", %lld to %lld characters", (long long)f->min,
				  (long long)f->max);
		else if (f->max && f->type != T_TIME)
			text_addf(out, ", up to %lld characters", (long long)f->max);
	}
	if (f->unit)
		text_addf(out, " %s", f->unit);
	if (f->ref)
		text_addf(out, "; names one of `%s`", f->ref);
	if (f->pick)
		text_addf(out, "; `GET /%s` lists them", f->pick);
}

static void row(struct text *out, const struct schema_object *o, const struct schema_field *f,
		const char *shown, const char *path, enum schema_apply apply)
{
	char command[160];

	schema_command_of(o, path, command, sizeof(command));
	text_addf(out, "| `%s`%s | ", shown, (f->flags & F_REQUIRED) ? " (required)" : "");
	if (command[0])
		text_addf(out, "`%s`", command);
	text_add(out, " | ");
	values(out, f);
	text_add(out, " | ");
	cell(out, f->dflt ? f->dflt : f->type == T_BOOL ? "false" : "");
	text_addf(out, " | %s | ", schema_apply_text(apply));
	if (strncmp(f->help, f->label, strlen(f->label)) != 0) {
		cell(out, f->label);
		text_add(out, ". ");
	}
	cell(out, f->help);
	text_add(out, " |\n");
}

static void key_name(const struct schema_field *map, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	for (int i = 0; map->keys[i].name; i++)
		text_addf(&t, "%s%s", i ? "," : "", map->keys[i].name);
}

static void table(struct text *out, const struct schema_object *o,
		  const struct schema_field *fields, const char *shown, const char *path,
		  enum schema_apply apply)
{
	for (const struct schema_field *f = fields; f->name; f++) {
		enum schema_apply own = f->apply > apply ? f->apply : apply;
		char s[POINTER_MAX], p[POINTER_MAX], key[128];

		snprintf(s, sizeof(s), "%s%s%s", shown, *shown ? "." : "", f->name);
		snprintf(p, sizeof(p), "%s%s%s", path, *path ? "." : "", f->name);
		if (f->type == T_OBJECT) {
			table(out, o, f->members, s, p, own);
		} else if (f->type == T_MAP) {
			row(out, o, f, s, p, own);
			key_name(f, key, sizeof(key));
			snprintf(s + strlen(s), sizeof(s) - strlen(s), ".{%s}", key);
			if (f->item)
				row(out, o, f->item, s, p, own);
			else
				table(out, o, f->members, s, p, own);
		} else {
			row(out, o, f, s, p, own);
		}
	}
}

void schema_reference(struct text *out)
{
	text_add(
	    out,
	    "# Settings\n\n"
	    "Made by `switchroom settings` from the tables in `store/schema`; do not edit.\n"
	    "*Field* is the JSON path inside the object; `{...}` stands for the key of a list.\n"
	    "*Needs* is what phones need to see a change: none, reregister, restart, reset,\n"
	    "create+reset (new files, then reset) or reload.\n");
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		text_addf(out, "\n## %s\n\n%s\n\nMode `%s`; REST `/api/v1/config/%s%s`",
			  (*o)->label, (*o)->help, (*o)->mode, (*o)->path,
			  (*o)->collection ? "/{tag}" : "");
		if ((*o)->key)
			text_addf(out, ", tag 1-%lld", (long long)schema_max((*o)->key));
		text_add(out, ".\n\n| Field | Command | Values | Default | Needs | Meaning |\n"
			      "|---|---|---|---|---|---|\n");
		table(out, *o, (*o)->fields, "", "", APPLY_NONE);
	}
}
