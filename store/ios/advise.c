/* store/ios/advise.c - the nearest valid form of a line. Commands are compared by their leading keywords: those
 * of the open modes first, then global ones; the distance is the number of letters to change. */
#include "store/ios/advise.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "store/ios/match.h"
#include "store/schema/internal.h"

#define LEADING_MAX 6
#define WORD_LEN    24 /* letters of a keyword that are compared */
#define CHOICES_MAX 8  /* listed in a usage; more are named only */

/* ---- a rule as a person writes it ---- */
static void usage_seq(struct text *t, const struct node *n, bool glue);

static void gap(struct text *t, bool glue)
{
	if (!glue && t->len && !strchr(" [{", t->buf[t->len - 1]))
		text_addc(t, ' ');
}

static void usage_choices(struct text *t, const struct schema_field *f, const char *name)
{
	unsigned n = 0;

	while (f->choices[n])
		n++;
	if (n > CHOICES_MAX) {
		text_addf(t, "<%s>", name);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		text_addf(t, "%s%s", i ? " | " : n > 1 ? "{" : "", f->choices[i]);
	text_add(t, n > 1 ? "}" : "");
}

static void usage_field(struct text *t, const struct node *n, bool glue)
{
	const struct schema_field *f = n->f;
	const char *dot = strrchr(n->path, '.');
	char name[64];

	if (node_is_silent(n))
		return;
	gap(t, glue);
	text_copy(name, sizeof(name), dot ? dot + 1 : n->path);
	for (char *c = name; *c; c++)
		*c = *c == '_' ? '-' : *c;
	if (f->type == T_FLAG)
		text_add(t, schema_keyword(f, name, sizeof(name)));
	else if (f->choices && f->type != T_LIST)
		usage_choices(t, f, name);
	else if (f->type == T_INT && schema_has_max(f))
		text_addf(t, "<%lld-%lld>", (long long)f->min, (long long)schema_max(f));
	else
		text_addf(t, "<%s>", name);
}

static void usage_alternatives(struct text *t, const struct node *n)
{
	gap(t, false);
	for (const struct node *a = n->child; a; a = a->alt) {
		text_add(t, a == n->child ? "{" : " | ");
		usage_seq(t, a->child, false);
	}
	text_addc(t, '}');
}

static void usage_seq(struct text *t, const struct node *n, bool glue)
{
	for (; n; n = n->next) {
		if (n->kind == N_WORD) {
			gap(t, glue);
			text_add(t, n->text);
		} else if (n->kind == N_FIELD) {
			usage_field(t, n, glue);
		} else if (n->kind == N_OPT) {
			gap(t, glue);
			text_addc(t, '[');
			usage_seq(t, n->child, false);
			text_addc(t, ']');
		} else if (n->kind == N_ALT) {
			usage_alternatives(t, n);
		} else if (n->kind == N_GLUE) {
			gap(t, glue);
			usage_seq(t, n->child, true);
		}
		if (n->repeat)
			text_add(t, " ...");
	}
}

void ios_usage(const struct rule *r, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	usage_seq(&t, r->root, false);
}

/* ---- comparing ---- */
struct lead {
	const char *word[LEADING_MAX];
	unsigned n;
	bool more; /* the command goes on */
};

static struct lead lead_of(const struct rule *r)
{
	struct lead l = { .n = 0 };
	const struct node *n = r->root;

	for (; n && n->kind == N_WORD && l.n < LEADING_MAX; n = n->next)
		l.word[l.n++] = n->text;
	while (n && n->kind != N_OPT && node_is_silent(n))
		n = n->next;
	l.more = n != NULL;
	return l;
}

struct wanted {
	const struct ios_place *at;
	struct word words[IOS_WORDS];
	const struct word *w; /* behind `no` or `default` */
	unsigned n;
	bool negated;
};

static bool wanted_words(struct wanted *x, const char *line)
{
	int n = ios_words(line, x->words, IOS_WORDS);

	x->w = x->words;
	x->n = n < 0 ? 0 : (unsigned)n;
	x->negated = x->n > 1 && ((x->w->len == 2 && strncasecmp(x->w->p, "no", 2) == 0) ||
				  (x->w->len == 7 && strncasecmp(x->w->p, "default", 7) == 0));
	x->w += x->negated;
	x->n -= x->negated;
	return x->n > 0;
}

static bool same_word(const struct word *w, const char *text)
{
	return strlen(text) == w->len && strncasecmp(w->p, text, w->len) == 0;
}

static bool begins_word(const struct word *w, const char *text)
{
	return w->len > 1 && w->len <= strlen(text) && strncasecmp(w->p, text, w->len) == 0;
}

/* All leading keywords stand there, and something behind them. */
static bool is_known(const struct wanted *x, const struct lead *l)
{
	if (!l->n || !l->more || x->n <= l->n)
		return false;
	for (unsigned i = 0; i < l->n; i++) {
		if (!same_word(&x->w[i], l->word[i]))
			return false;
	}
	return true;
}

/* The line is the beginning of the keywords. */
static bool is_beginning(const struct wanted *x, const struct lead *l)
{
	unsigned given = x->n;
	bool full = true;

	if (given > l->n || (given == l->n && !l->more))
		return false;
	for (unsigned i = 0; i < given; i++) {
		if (!begins_word(&x->w[i], l->word[i]))
			return false;
		full = full && same_word(&x->w[i], l->word[i]);
	}
	return full || given > 1 || x->w[0].len > 2;
}

/* It stops inside its arguments: `hfs enable port`. */
static bool stops_short(const struct wanted *x, const struct rule *r, struct match *m)
{
	m->words = x->w;
	m->n = x->n;
	m->no = true;
	return ios_match(m, r->root) && m->partial;
}

/* Letters to change, at most `bound` + 1. */
static unsigned distance(const char *a, size_t la, const char *b, size_t lb, unsigned bound)
{
	unsigned row[WORD_LEN + 1];
	size_t apart = la > lb ? la - lb : lb - la;

	if (apart > bound || la > WORD_LEN || lb > WORD_LEN)
		return bound + 1;
	for (size_t j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned diagonal = row[0], best;

		best = row[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			bool same =
			    tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
			unsigned cost = diagonal + !same;

			diagonal = row[j];
			cost = row[j] + 1 < cost ? row[j] + 1 : cost;
			cost = row[j - 1] + 1 < cost ? row[j - 1] + 1 : cost;
			row[j] = cost;
			best = cost < best ? cost : best;
		}
		if (best > bound)
			return bound + 1;
	}
	return row[lb];
}

/* Cost of taking the line for this command; a third of the letters may be wrong. -1: another one. */
static int cost_of(const struct wanted *x, const struct lead *l)
{
	unsigned cost = 0, letters = 0, i = 0;

	for (; i < l->n && i < x->n; i++) {
		size_t len = strlen(l->word[i]);
		unsigned bound = (unsigned)len / 3, d;

		letters += (unsigned)len;
		d = distance(x->w[i].p, x->w[i].len, l->word[i], len, bound);
		if (d > bound)
			return -1;
		cost += d;
	}
	for (; i < l->n; i++)
		cost += 2;
	return letters && cost <= letters / 3 ? (int)cost : -1;
}

struct found {
	const struct rule *rule;
	unsigned words;
	int cost;
};

static void best_known(struct found *f, const struct rule *r, const struct lead *l)
{
	if (!f->rule || l->n > f->words)
		*f = (struct found){ r, l->n, 0 };
}

static void best_near(struct found *f, const struct wanted *x, const struct rule *r,
		      const struct lead *l)
{
	int cost = l->n ? cost_of(x, l) : -1;

	if (cost < 0 || (f->rule && (cost > f->cost || (cost == f->cost && l->n <= f->words))))
		return;
	*f = (struct found){ r, l->n, cost };
}

static void tell(const struct wanted *x, const struct found *f, char *out, size_t cap)
{
	char usage[400];

	ios_usage(f->rule, usage, sizeof(usage));
	snprintf(out, cap, "%s%s", x->negated ? "no " : "", usage);
}

/* Lines of the router itself are kept when they look different; they are not refused. */
static bool is_platform(const struct rule *r)
{
	return strcmp(r->obj->path, "platform-config") == 0;
}

static void look_at(const struct wanted *x, int level, bool search, struct match *m,
		    struct found best[3])
{
	size_t n;
	const struct rule *rules = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		const struct rule *r = &rules[i];
		struct lead l;

		if (r->alias || !ios_stands_at(r, x->at, level))
			continue;
		l = lead_of(r);
		if (is_known(x, &l) && !is_platform(r)) {
			best_known(&best[ADVICE_KNOWN], r, &l);
			if (stops_short(x, r, m))
				best_known(&best[ADVICE_UNFINISHED], r, &l);
		} else if (is_beginning(x, &l) && !x->negated) {
			best_known(&best[ADVICE_UNFINISHED], r, &l);
		} else if (search) {
			best_near(&best[ADVICE_UNKNOWN], x, r, &l);
		}
	}
}

enum advice ios_advise(const struct ios_place *at, const char *line, bool search, char *nearest,
		       size_t cap)
{
	struct wanted *x = mem_zalloc(sizeof(*x));
	struct match *m = mem_zalloc(sizeof(*m));
	struct found best[3] = { { 0 } };
	enum advice what = ADVICE_UNKNOWN;

	nearest[0] = '\0';
	x->at = at;
	if (wanted_words(x, line)) {
		for (int level = 0; level < 3 && !best[ADVICE_KNOWN].rule; level++)
			look_at(x, level, search, m, best);
		if (best[ADVICE_UNFINISHED].rule)
			what = ADVICE_UNFINISHED;
		else if (best[ADVICE_KNOWN].rule)
			what = ADVICE_KNOWN;
		if (best[what].rule)
			tell(x, &best[what], nearest, cap);
	}
	mem_free(m);
	mem_free(x);
	return what;
}
