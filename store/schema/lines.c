/* store/schema/lines.c - commands without a row of their own (cme-model: "import, keep, export"): the
 * `options` text of a mode, one command per line. Which ones there are stands in the mode's `keep`
 * lines; everything else is refused, so that an export can always be read again. */
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

#define WORDS_MAX 64

/* Words of a line joined by single blanks; the number of them. */
static unsigned squeeze(const char *line, struct text *out)
{
	struct slice rest = slice_of(line), word;
	unsigned n = 0;

	while (slice_word(&rest, &word)) {
		if (n++)
			text_addc(out, ' ');
		text_addn(out, word.p, word.len);
	}
	return n;
}

/* The words of a syntax before "[<options>]". */
static size_t keep_words(const char *syntax)
{
	size_t len = strcspn(syntax, "[<");

	while (len && syntax[len - 1] == ' ')
		len--;
	return len;
}

static bool names_row(const char *syntax, const char *row)
{
	const char *open = strchr(syntax, '<');
	size_t len = strlen(row);

	return open && strncmp(open + 1, row, len) == 0 && open[1 + len] == '>';
}

/* How many characters of `line` the longest `keep` line that allows it stands for; 0: none does. */
static size_t allowed(const struct schema_object *o, const struct schema_field *f, char *line)
{
	size_t best = 0;
	const char *words = NULL;

	for (const struct schema_line *l = o->lines; l && l->syntax; l++) {
		size_t len = l->keep && names_row(l->syntax, f->name) ? keep_words(l->syntax) : 0;

		if (len > best && strncasecmp(line, l->syntax, len) == 0 &&
		    (line[len] == ' ' || line[len] == '\0')) {
			best = len;
			words = l->syntax;
		}
	}
	if (best)
		memcpy(line, words, best);
	return best;
}

/* Is `a` the same command as `b` with another last word? Both have `keep` characters in common that
 * name the command. */
static bool replaces(const char *a, const char *b, size_t b_len, size_t keep)
{
	const char *last = strrchr(a, ' ');
	size_t head = last ? (size_t)(last - a) : 0;

	if (strlen(a) == b_len && memcmp(a, b, b_len) == 0)
		return true;
	return head >= keep && b_len > head + 1 && memcmp(a, b, head + 1) == 0 &&
	       !memchr(b + head + 1, ' ', b_len - head - 1);
}

static void add_line(struct text *out, const char *line, size_t len)
{
	if (out->len)
		text_addc(out, '\n');
	text_addn(out, line, len);
}

int schema_lines_add(const struct schema_object *o, const struct schema_field *f, struct text *text,
		     const char *line)
{
	struct slice rest = slice_of(text->buf ? text->buf : ""), old;
	struct text one, out;
	bool placed = false;
	size_t keep;

	text_init(&one, 1 << 12);
	text_init(&out, text->max);
	squeeze(line, &one);
	keep = one.len && !one.overflow ? allowed(o, f, one.buf) : 0;
	while (keep && rest.len && slice_next(&rest, '\n', &old)) {
		bool same = replaces(one.buf, old.p, old.len, keep);

		if (!same)
			add_line(&out, old.p, old.len);
		else if (!placed)
			add_line(&out, one.buf, one.len);
		placed = placed || same;
	}
	if (keep && !placed)
		add_line(&out, one.buf, one.len);
	if (keep) {
		text_reset(text);
		text_addn(text, out.buf, out.len);
	}
	text_fini(&one);
	text_fini(&out);
	return keep ? 0 : ERR_INVALID;
}

void schema_lines_drop(struct text *text, const char *beginning)
{
	struct slice rest = slice_of(text->buf ? text->buf : ""), old;
	struct text one, out;

	text_init(&one, 1 << 12);
	text_init(&out, text->max);
	squeeze(beginning, &one);
	while (rest.len && slice_next(&rest, '\n', &old)) {
		if (old.len < one.len || strncasecmp(old.p, one.buf, one.len) != 0 ||
		    (old.len > one.len && old.p[one.len] != ' '))
			add_line(&out, old.p, old.len);
	}
	text_reset(text);
	text_addn(text, out.buf ? out.buf : "", out.len);
	text_fini(&one);
	text_fini(&out);
}
