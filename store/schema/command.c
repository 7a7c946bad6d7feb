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

void schema_command_of(const struct schema_object *o, const char *path, char *out, size_t cap)
{
	char probe[POINTER_MAX], *dot;

	out[0] = '\0';
	text_copy(probe, sizeof(probe), path);
	/* A path into a deeper member is written by the line of the nearest row above it. */
	for (;;) {
		for (const struct schema_line *l = o->lines; l && l->syntax; l++) {
			const char *rest = below(probe, l->in);
			const char *last = rest ? strrchr(rest, '.') : NULL;

			/* In a map the first part is a key: compare what is behind it, too. */
			if (rest && (l->in ? (!*rest || !last || line_names(l->syntax, last + 1))
					   : line_names(l->syntax, rest))) {
				leading_words(l->syntax, out, cap);
				return;
			}
		}
		dot = strrchr(probe, '.');
		if (!dot)
			return;
		*dot = '\0';
	}
}
