/* api/line_diff.c - what both texts begin and end with is cut off; between that, the longest common
 * subsequence of lines, by the table that everybody learns. The texts are phone files: a few hundred lines. */
#include "api/line_diff.h"

#include <string.h>

#include "server/core/mem.h"

#define AROUND    3
#define CELLS_MAX (1u << 20) /* of the table; two bytes each */

struct lines {
	struct slice *is, *shown;
	size_t n;
};

/* One line of the result: of `a`, of `b`, or (' ') of both. */
struct step {
	char kind;
	size_t a, b;
};

struct diff {
	struct lines a, b;
	struct step *steps;
	size_t n;
};

static size_t split(const char *text, struct slice **out)
{
	struct slice rest = slice_of(text ? text : ""), part;
	size_t n = 0, cap = 64;
	struct slice *list = mem_alloc(cap * sizeof(*list));

	while (rest.len && slice_next(&rest, '\n', &part)) {
		if (n == cap)
			list = mem_realloc(list, (cap *= 2) * sizeof(*list));
		list[n++] = part;
	}
	*out = list;
	return n;
}

static void lines_init(struct lines *l, const struct diff_text *t)
{
	size_t n;

	l->n = split(t->is, &l->is);
	n = split(t->shown, &l->shown);
	if (n == l->n)
		return;
	mem_free(l->is);
	l->n = split(t->shown, &l->is);
}

static void lines_fini(struct lines *l)
{
	mem_free(l->is);
	mem_free(l->shown);
}

static bool same(const struct diff *d, size_t i, size_t j)
{
	return d->a.is[i].len == d->b.is[j].len &&
	       !memcmp(d->a.is[i].p, d->b.is[j].p, d->a.is[i].len);
}

static void add(struct diff *d, char kind, size_t i, size_t j)
{
	d->steps[d->n++] = (struct step){ kind, i, j };
}

/* Lines [from, a_end) and [from, b_end), which neither begin nor end alike. */
static void middle(struct diff *d, size_t from, size_t a_end, size_t b_end)
{
	size_t rows = a_end - from, cols = b_end - from, i = 0, j = 0, width = cols + 1;
	bool small =
	    rows && cols && rows < CELLS_MAX && cols < CELLS_MAX && (rows + 1) * width <= CELLS_MAX;
	uint16_t *t = mem_zalloc((small ? (rows + 1) * width : 1) * sizeof(*t));

	for (size_t x = small ? rows : 0; x-- > 0;) {
		for (size_t y = cols; y-- > 0;) {
			uint16_t down = t[(x + 1) * width + y], right = t[x * width + y + 1];

			t[x * width + y] = same(d, from + x, from + y)
					       ? (uint16_t)(t[(x + 1) * width + y + 1] + 1)
					   : down > right ? down
							  : right;
		}
	}
	while (small && i < rows && j < cols) {
		if (same(d, from + i, from + j)) {
			add(d, ' ', from + i, from + j);
			i++;
			j++;
		} else if (t[(i + 1) * width + j] >= t[i * width + j + 1]) {
			add(d, '-', from + i++, from + j);
		} else {
			add(d, '+', from + i, from + j++);
		}
	}
	while (i < rows)
		add(d, '-', from + i++, from + j);
	while (j < cols)
		add(d, '+', from + i, from + j++);
	mem_free(t);
}

static void compare(struct diff *d)
{
	size_t head = 0, a = d->a.n, b = d->b.n;

	d->steps = mem_alloc((a + b + 1) * sizeof(*d->steps));
	for (; head < a && head < b && same(d, head, head); head++)
		add(d, ' ', head, head);
	while (a > head && b > head && same(d, a - 1, b - 1)) {
		a--;
		b--;
	}
	middle(d, head, a, b);
	for (; a < d->a.n; a++, b++)
		add(d, ' ', a, b);
}

/* The end of the hunk that begins with the change at `from`: the last change that is near enough to the
 * one before it. */
static size_t hunk_end(const struct diff *d, size_t from)
{
	size_t last = from;

	for (size_t i = from; i < d->n && i <= last + 2 * AROUND + 1; i++)
		if (d->steps[i].kind != ' ')
			last = i;
	return last + 1;
}

static void print_hunk(const struct diff *d, size_t from, size_t to, struct text *out)
{
	size_t a = 0, b = 0, first_a = d->steps[from].a, first_b = d->steps[from].b;

	for (size_t i = from; i < to; i++) {
		a += d->steps[i].kind != '+';
		b += d->steps[i].kind != '-';
	}
	text_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", first_a + (a > 0), a, first_b + (b > 0), b);
	for (size_t i = from; i < to; i++) {
		const struct step *s = &d->steps[i];
		struct slice line = s->kind == '+' ? d->b.shown[s->b] : d->a.shown[s->a];

		text_addc(out, s->kind);
		text_addn(out, line.p, line.len);
		text_addc(out, '\n');
	}
}

void line_diff(const struct diff_text *before, const struct diff_text *after, struct text *out)
{
	struct diff d = { 0 };

	lines_init(&d.a, before);
	lines_init(&d.b, after);
	compare(&d);
	for (size_t i = 0; i < d.n;) {
		size_t end;

		if (d.steps[i].kind == ' ') {
			i++;
			continue;
		}
		end = hunk_end(&d, i);
		print_hunk(&d, i > AROUND ? i - AROUND : 0, end + AROUND < d.n ? end + AROUND : d.n,
			   out);
		i = end;
	}
	lines_fini(&d.a);
	lines_fini(&d.b);
	mem_free(d.steps);
}
