/* store/ios/match.c - backtracking match of a line. Neighbouring optional parts come in any order, so a
 * continuation remembers which of them are used; everything else is plain recursion with a step limit. */
#include "store/ios/match.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

struct cont {
	const struct node *node; /* what follows; NULL: the rest of `up` */
	uint32_t used;           /* of a run of optional parts at `node` */
	const struct cont *up;
};

int ios_words(const char *line, struct word *words, unsigned cap)
{
	unsigned n = 0;

	for (;;) {
		struct word *w = &words[n];

		while (*line && isspace((unsigned char)*line))
			line++;
		if (!*line)
			return (int)n;
		if (n == cap)
			return ERR_TOO_BIG;
		w->from = line;
		w->quoted = *line == '"' && strchr(line + 1, '"');
		if (w->quoted) {
			w->p = line + 1;
			w->len = (size_t)(strchr(line + 1, '"') - w->p);
			line = w->p + w->len + 1;
		} else {
			w->p = line;
			while (*line && !isspace((unsigned char)*line))
				line++;
			w->len = (size_t)(line - w->p);
		}
		w->to = line;
		n++;
	}
}

/* ---- one word ---- */
static bool keyword(struct match *m, const char *text, const struct word *w)
{
	size_t len = strlen(text);

	if (w->quoted || w->len == 0 || w->len > len || strncasecmp(text, w->p, w->len) != 0)
		return false;
	m->keywords++;
	m->abbreviated += w->len != len;
	return true;
}

/* The choice a word means: exact, or the only one it begins. */
static const char *choice(struct match *m, const struct schema_field *f, const struct word *w)
{
	const char *found = NULL;
	unsigned hits = 0;

	for (const char *const *c = f->choices; *c; c++) {
		if (strlen(*c) == w->len && strncasecmp(*c, w->p, w->len) == 0)
			return *c;
		if (!w->quoted && w->len && strlen(*c) > w->len &&
		    strncasecmp(*c, w->p, w->len) == 0) {
			found = *c;
			hits++;
		}
	}
	m->abbreviated += hits == 1;
	return hits == 1 ? found : NULL;
}

static bool is_int(const char *p, size_t len)
{
	size_t i = len && *p == '-';

	if (i == len)
		return false;
	while (i < len && isdigit((unsigned char)p[i]))
		i++;
	return i == len;
}

static bool digits_only(const char *p, size_t len)
{
	size_t i = 0;

	while (i < len && (isxdigit((unsigned char)p[i]) || strchr("*#+", p[i])))
		i++;
	return len && i == len;
}

static bool is_name(const struct schema_name *n, const char *p, size_t len)
{
	for (; n && n->name; n++) {
		if (strlen(n->name) == len && strncasecmp(n->name, p, len) == 0)
			return true;
	}
	return false;
}

/* Does the type itself rule the word out? Ranges are not looked at: they deserve their own message. */
static bool plausible(const struct schema_field *f, const char *p, size_t len)
{
	char text[300], why[160];
	cJSON *v;
	int err;

	switch (f->type) {
	case T_INT:
		return is_int(p, len) || is_name(f->names, p, len);
	case T_MAC:
	case T_IP:
	case T_IPV4:
	case T_IPV6:
	case T_IPV4_MASK:
	case T_IP_MASK:
	case T_MULTICAST:
	case T_TIME:
	case T_DSCP:
	case T_TARGET:
	case T_BUTTONS:
		if (len >= sizeof(text))
			return false;
		memcpy(text, p, len);
		text[len] = '\0';
		v = schema_from_text(f, text, &err, why, sizeof(why));
		cJSON_Delete(v);
		return v || err == ERR_RANGE;
	case T_DIGITS:
		return digits_only(p, len);
	default:
		return len > 0;
	}
}

static bool take(struct match *m, const struct node *n, const char *p, size_t len)
{
	if (m->n_taken == IOS_TAKEN)
		return false;
	m->taken[m->n_taken++] = (struct taken){ n, p, len, m->entries };
	return true;
}

static bool take_word(struct match *m, const struct node *n, const struct word *w)
{
	const struct schema_field *f = n->f;
	char key[64];
	const char *c;

	if (f->type == T_FLAG)
		return keyword(m, schema_keyword(f, key, sizeof(key)), w) && take(m, n, "true", 4);
	if (f->type == T_ENUM || f->type == T_CODEC) {
		c = choice(m, f, w);
		if (c)
			return take(m, n, c, strlen(c));
		return m->lenient && take(m, n, w->p, w->len);
	}
	if (!m->lenient && !plausible(f, w->p, w->len))
		return false;
	return take(m, n, w->p, w->len);
}

/* ---- parts of one word ---- */
static size_t glue_enum(const struct schema_field *f, const char *p, size_t len, const char **c)
{
	size_t best = 0;

	for (const char *const *x = f->choices; *x; x++) {
		size_t l = strlen(*x);

		if (l <= len && l > best && strncasecmp(*x, p, l) == 0) {
			best = l;
			*c = *x;
		}
	}
	return best;
}

static bool match_glue(struct match *m, const struct node *part, const struct word *w)
{
	const char *p = w->p, *c = NULL;
	size_t left = w->len, len;

	for (; part; part = part->next) {
		if (part->kind == N_WORD) {
			len = strlen(part->text);
			if (left < len || strncasecmp(p, part->text, len) != 0)
				return false;
		} else if (!part->next) {
			return left == 0 ? part->key < 0 && !(part->f->flags & F_REQUIRED)
					 : take(m, part, p, left);
		} else if (part->f->type == T_ENUM) {
			len = glue_enum(part->f, p, left, &c);
			if (!len || !take(m, part, c, strlen(c)))
				return false;
		} else {
			for (len = 0; len < left && isdigit((unsigned char)p[len]);)
				len++;
			if (!len || !take(m, part, p, len))
				return false;
		}
		p += len;
		left -= len;
	}
	return left == 0;
}

/* ---- the tree ---- */
struct mark {
	unsigned taken, abbreviated, keywords, entries;
};

static struct mark mark_now(const struct match *m)
{
	return (struct mark){ m->n_taken, m->abbreviated, m->keywords, m->entries };
}

static bool mark_back(struct match *m, struct mark k)
{
	m->n_taken = k.taken;
	m->abbreviated = k.abbreviated;
	m->keywords = k.keywords;
	m->entries = k.entries;
	return false;
}

static bool run(struct match *m, const struct node *n, uint32_t used, const struct cont *k,
		unsigned at);

static bool run_cont(struct match *m, const struct cont *k, unsigned at)
{
	if (!k)
		return at == m->n;
	return run(m, k->node, k->used, k->up, at);
}

static bool run_options(struct match *m, const struct node *n, uint32_t used, const struct cont *k,
			unsigned at)
{
	struct mark mark = mark_now(m);
	const struct node *o = n;

	for (unsigned i = 0; o && o->kind == N_OPT && i < 32; i++, o = o->next) {
		struct cont again = { n, used | (uint32_t)1 << i, k };

		if (used & ((uint32_t)1 << i))
			continue;
		if (at < m->n && run(m, o->child, 0, &again, at))
			return true;
		mark_back(m, mark);
	}
	return run(m, o, 0, k, at);
}

static bool run_alternatives(struct match *m, const struct node *n, const struct cont *k,
			     unsigned at)
{
	struct mark mark = mark_now(m);
	struct cont after = { n->next, 0, k };

	for (const struct node *a = n->child; a; a = a->alt) {
		if (run(m, a->child, 0, &after, at))
			return true;
		mark_back(m, mark);
	}
	return false;
}

/* Text to the end of the line, or as little of it as lets the rest match. */
static bool run_rest(struct match *m, const struct node *n, const struct cont *k, unsigned at)
{
	struct mark mark = mark_now(m);
	const struct word *first = &m->words[at];

	if (first->quoted) {
		if (take(m, n, first->p, first->len) && run(m, n->next, 0, k, at + 1))
			return true;
		return mark_back(m, mark);
	}
	for (unsigned i = at; i < m->n; i++) {
		if (take(m, n, first->from, (size_t)(m->words[i].to - first->from)) &&
		    run(m, n->next, 0, k, i + 1))
			return true;
		mark_back(m, mark);
	}
	return false;
}

/* A list of words: as many as look like items. */
static bool run_list(struct match *m, const struct node *n, const struct cont *k, unsigned at)
{
	struct mark mark = mark_now(m);
	unsigned to = at;

	while (to < m->n && plausible(n->f->item, m->words[to].p, m->words[to].len) &&
	       (!n->f->item->choices || m->lenient || choice(m, n->f->item, &m->words[to])))
		to++;
	mark_back(m, mark);
	for (; to > at; to--) {
		const char *from = m->words[at].from;

		if (take(m, n, from, (size_t)(m->words[to - 1].to - from)) &&
		    run(m, n->next, 0, k, to))
			return true;
		mark_back(m, mark);
	}
	return false;
}

/* A list joined by commas goes on in the next word while there is a comma on either side. */
static bool run_commas(struct match *m, const struct node *n, const struct cont *k, unsigned at)
{
	struct mark mark = mark_now(m);
	const struct word *first = &m->words[at], *last = first, *next;
	unsigned to = at + 1;

	for (; to < m->n && last->len; to++, last = next) {
		next = &m->words[to];
		if (last->p[last->len - 1] != ',' && next->p[0] != ',')
			break;
	}
	return (first->len && take(m, n, first->p, (size_t)(last->p + last->len - first->p)) &&
		run(m, n->next, 0, k, to)) ||
	       mark_back(m, mark);
}

static bool run_glue(struct match *m, const struct node *n, const struct cont *k, unsigned at)
{
	struct mark mark = mark_now(m);

	do {
		if (!match_glue(m, n->child, &m->words[at]))
			return mark_back(m, mark);
		m->entries += n->repeat;
		at++;
	} while (n->repeat && at < m->n);
	return run(m, n->next, 0, k, at) || mark_back(m, mark);
}

/* With `no` the words may stop anywhere behind the leading keywords. */
static bool may_stop(const struct match *m, const struct node *n)
{
	return m->no && m->keywords && (n->kind != N_WORD || m->n_taken);
}

/* "ipv4: 10.1.2.3": old listings have a blank behind the colon. */
static bool run_parted(struct match *m, const struct node *n, const struct cont *k, unsigned at)
{
	struct mark mark = mark_now(m);
	const struct word *w = &m->words[at];

	return (at + 1 < m->n && w->len > 1 && w->p[w->len - 1] == ':' &&
		take(m, n, w->from, (size_t)(m->words[at + 1].to - w->from)) &&
		run(m, n->next, 0, k, at + 2)) ||
	       mark_back(m, mark);
}

static bool run_word(struct match *m, const struct node *n, const struct cont *k, unsigned at)
{
	struct mark mark = mark_now(m);
	bool ok =
	    n->kind == N_WORD ? keyword(m, n->text, &m->words[at]) : take_word(m, n, &m->words[at]);

	return (ok && run(m, n->next, 0, k, at + 1)) || mark_back(m, mark);
}

static bool run(struct match *m, const struct node *n, uint32_t used, const struct cont *k,
		unsigned at)
{
	struct mark mark = mark_now(m);

	if (++m->steps > IOS_STEPS)
		return false;
	if (!n)
		return run_cont(m, k, at);
	if (n->kind == N_OPT)
		return run_options(m, n, used, k, at);
	if (n->kind == N_PEEK) {
		if (at < m->n && (m->words[at].len < strlen(n->text) ||
				  strncasecmp(m->words[at].p, n->text, strlen(n->text)) != 0))
			return false;
		return run(m, n->next, 0, k, at);
	}
	if (node_is_silent(n)) {
		const char *value = n->text ? n->text : n->invert ? "false" : "true";

		if (take(m, n, value, strlen(value)) && run(m, n->next, 0, k, at))
			return true;
		return mark_back(m, mark);
	}
	if (at == m->n && may_stop(m, n))
		return m->partial = true;
	if (n->kind == N_ALT)
		return run_alternatives(m, n, k, at);
	if (at == m->n)
		return false;
	if (n->kind == N_GLUE)
		return run_glue(m, n, k, at);
	if (n->kind == N_FIELD && n->f->type == T_LIST)
		return (n->f->flags & F_COMMA) ? run_commas(m, n, k, at) : run_list(m, n, k, at);
	if (n->kind == N_FIELD && (n->f->flags & (F_REST | F_LINES | F_WORDS)))
		return run_rest(m, n, k, at);
	if (n->kind == N_FIELD && (n->f->type == T_TARGET || (n->f->flags & F_JOIN)) &&
	    run_parted(m, n, k, at))
		return true;
	return run_word(m, n, k, at);
}

bool ios_match(struct match *m, const struct node *root)
{
	m->n_taken = m->steps = m->abbreviated = m->keywords = m->entries = 0;
	m->partial = false;
	return run(m, root, 0, NULL, 0);
}
