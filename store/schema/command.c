/* store/schema/command.c - which IOS command writes a row: for messages, forms and the reference
 * page. */
#include <stdio.h>
#include <string.h>

#include "server/core/text.h"
#include "store/schema/internal.h"

/* Does the line write `path`, given relative to the line's map? */
static bool line_names(const char *syntax, const char *path)
{
	size_t len = strlen(path);

	for (const char *p = strchr(syntax, '<'); p; p = strchr(p + 1, '<')) {
		p += p[1] == '!';
		if (strncmp(p + 1, path, len) == 0 && (p[1 + len] == '>' || p[1 + len] == '='))
			return true;
	}
	return false;
}

/* "source_addresses.ipv4.port" below the map "in" -> rest behind key; path itself without map. */
static const char *below(const char *path, const char *in)
{
	size_t len = in ? strlen(in) : 0;

	if (!in)
		return path;
	if (strncmp(path, in, len) != 0)
		return NULL;
	if (path[len] == '\0')
		return "";
	return path[len] == '.' ? path + len + 1 : NULL;
}

static void leading_words(const char *syntax, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	while (*syntax && !strchr("<[{~", *syntax)) {
		size_t len = strcspn(syntax, " ");

		if (memchr(syntax, '<', len))
			break;
		text_addf(&t, "%s%.*s", t.len ? " " : "", (int)len, syntax);
		syntax += len;
		syntax += *syntax == ' ';
	}
}

/* Does the line write the row at `path`, given relative to where the line stands? */
static bool line_writes(const char *syntax, const char *in, const char *path)
{
	const char *rest = below(path, in), *last;

	if (!rest)
		return false;
	if (!in)
		return line_names(syntax, rest);
	/* In a map the first part may be a key: what counts is behind it. */
	last = strrchr(rest, '.');
	return !*rest || !last || line_names(syntax, last + 1);
}

static const struct schema_mode *mode_named(const struct schema_object *o, const char *name)
{
	for (const struct schema_mode *m = name ? o->modes : NULL; m && m->name; m++) {
		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

/* A keyed mode: its lines stand below the map, with the key or (in the schema itself) without. */
static bool mode_line_writes(const struct schema_mode *m, const char *syntax, const char *in,
			     const char *path)
{
	const char *rest = below(path, m->in), *behind;

	if (!m->in)
		return line_writes(syntax, in, path);
	if (!rest || !*rest)
		return false;
	behind = strchr(rest, '.');
	return line_writes(syntax, in, rest) || (behind && line_writes(syntax, in, behind + 1));
}

static bool find_line(const struct schema_object *o, const char *path, char *out, size_t cap)
{
	for (const struct schema_line *l = o->lines; l && l->syntax; l++) {
		const struct schema_mode *m = mode_named(o, l->mode);

		if (l->keep)
			continue;
		if (m ? mode_line_writes(m, l->syntax, l->in, path)
		      : line_writes(l->syntax, l->in, path)) {
			leading_words(l->syntax, out, cap);
			return true;
		}
	}
	for (const struct schema_mode *m = o->modes; m && m->name; m++) {
		if (line_writes(m->enter, m->in, path)) {
			leading_words(m->enter, out, cap);
			return true;
		}
	}
	return false;
}

void schema_command_of(const struct schema_object *o, const char *path, char *out, size_t cap)
{
	char probe[POINTER_MAX], *dot;
	const struct schema_field *f = schema_member(o->fields, path, strlen(path));

	out[0] = '\0';
	if (o->enter && (line_names(o->enter, path) || (f && (f->flags & F_EXISTS)))) {
		leading_words(o->enter, out, cap);
		return;
	}
	/* A path into a deeper member is written by the line of the nearest row above it. */
	text_copy(probe, sizeof(probe), path);
	while (!find_line(o, probe, out, cap)) {
		dot = strrchr(probe, '.');
		if (!dot)
			return;
		*dot = '\0';
	}
}
