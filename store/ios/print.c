/* store/ios/print.c - an object as IOS lines, from the same trees that read them. A line is printed when
 * something it writes is stored: canonical objects hold no defaults, except those that IOS prints
 * all the same. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "store/ios/kept.h"
#include "store/ios/print.h"
#include "store/ios/syntax.h"
#include "store/schema/internal.h"
#include "store/store.h"

#define TEXT_MAX 600

struct print {
	const struct ios_print *opt;
	struct text *out;
	int depth;
	struct said *said;       /* NULL: nobody asks */
	const struct kept *kept; /* NULL: none */
	const char *key;         /* of the item; NULL: no collection */
	size_t from;             /* where the object begins in `out` */
};

/* What a tree is printed from. */
struct source {
	const struct rule *rule;
	const cJSON *base; /* object, or entry of the map */
	const char *key;   /* of the entry or item; NULL: none */
	const struct ios_print *opt;
	struct text *line;
	bool stored; /* something not default has been printed */
	struct said *said;
};

static bool print_seq(struct source *s, const struct node *n, bool tail);

/* ---- what has been said ---- */
static void said_add(struct said *said, const cJSON *v)
{
	if (!said || !v)
		return;
	if (said->n == said->cap) {
		said->cap = said->cap ? 2 * said->cap : 64;
		said->list = mem_realloc(said->list, said->cap * sizeof(const cJSON *));
	}
	said->list[said->n++] = v;
}

/* A place on the line to go back to when what follows cannot be printed. */
struct mark {
	size_t len, said;
};

static struct mark mark_of(const struct source *s)
{
	return (struct mark){ s->line->len, s->said ? s->said->n : 0 };
}

static void go_back(struct source *s, struct mark m)
{
	s->line->len = m.len;
	if (s->line->buf)
		s->line->buf[m.len] = '\0';
	if (s->said)
		s->said->n = m.said;
}

/* ---- values ---- */
static const cJSON *stored_at(const struct source *s, const struct node *n)
{
	if (s->rule->map && s->rule->map->item == n->f)
		return s->base;
	return cfg_map(s->base, n->path);
}

static void secret_text(const struct source *s, const cJSON *v, char *out, size_t cap)
{
	const cJSON *sealed = cJSON_GetObjectItemCaseSensitive(v, "$sealed");

	if (!s->opt->secrets || !s->opt->store || !sealed ||
	    store_unseal(s->opt->store, sealed->valuestring, out, cap) != 0)
		text_copy(out, cap, IOS_MASK);
}

static bool key_text(struct source *s, const struct node *n, char *out, size_t cap)
{
	if (s->rule->map) {
		if (!schema_key_part(s->rule->map, s->key, (unsigned)n->key, out, cap))
			return false;
	} else {
		schema_key_text(s->key, out, cap);
	}
	s->stored = s->stored || !n->f->dflt || strcmp(out, n->f->dflt) != 0;
	return out[0] != '\0';
}

/* The text of a row, stored or default; false when it has none. */
static bool value_text(struct source *s, const struct node *n, char *out, size_t cap)
{
	const cJSON *v;
	cJSON *dflt;

	if (n->key >= 0)
		return key_text(s, n, out, cap);
	v = stored_at(s, n);
	if (v && schema_is_secret(n->f, v)) {
		secret_text(s, v, out, cap);
	} else if (v) {
		schema_to_text(n->f, v, out, cap);
	} else {
		dflt = schema_default(n->f);
		if (!dflt)
			return false;
		schema_to_text(n->f, dflt, out, cap);
		cJSON_Delete(dflt);
		return true;
	}
	s->stored = true;
	said_add(s->said, v);
	return true;
}

/* ---- nodes ---- */
static void add_word(struct source *s, const char *text, bool quote)
{
	if (s->line->len)
		text_addc(s->line, ' ');
	text_addf(s->line, quote ? "\"%s\"" : "%s", text);
}

/* A text to the end of the line needs no quotes; before other words it does when it has blanks. */
static bool needs_quotes(const struct node *n, const char *text, bool tail)
{
	if (n->f->type == T_LIST)
		return false;
	if (n->f->flags & F_WORDS)
		return false;
	if (!text[0] || strncasecmp(text, "(conf", 5) == 0 || strncasecmp(text, "(cfg", 4) == 0)
		return true; /* a prompt, for who reads it again */
	return strchr(text, ' ') && !((n->f->flags & F_REST) && tail);
}

static bool print_flag(struct source *s, const struct node *n)
{
	char word[64];

	if (!cJSON_IsTrue(stored_at(s, n)))
		return false;
	s->stored = true;
	said_add(s->said, stored_at(s, n));
	add_word(s, schema_keyword(n->f, word, sizeof(word)), false);
	return true;
}

static bool print_field(struct source *s, const struct node *n, bool tail)
{
	char text[TEXT_MAX];

	if (n->f->type == T_FLAG)
		return print_flag(s, n);
	if (n->f->type == T_OBJECT || n->f->type == T_BOOL) {
		s->stored = s->stored || stored_at(s, n);
		said_add(s->said, stored_at(s, n));
		return true;
	}
	if (!value_text(s, n, text, sizeof(text)))
		return false;
	add_word(s, text, needs_quotes(n, text, tail));
	return true;
}

static bool print_const(struct source *s, const struct node *n)
{
	char text[TEXT_MAX];

	return value_text(s, n, text, sizeof(text)) && strcmp(text, n->text) == 0;
}

static bool print_glue(struct source *s, const struct node *part)
{
	char text[TEXT_MAX];

	if (s->line->len)
		text_addc(s->line, ' ');
	for (; part; part = part->next) {
		if (part->kind == N_WORD)
			text_add(s->line, part->text);
		else if (value_text(s, part, text, sizeof(text)))
			text_add(s->line, text);
		else if (part->key >= 0 || (part->f->flags & F_REQUIRED))
			return false;
	}
	return true;
}

static void print_option(struct source *s, const struct node *n, bool tail)
{
	struct mark mark = mark_of(s);
	bool before = s->stored;

	s->stored = false;
	if (!print_seq(s, n->child, tail) || !s->stored)
		go_back(s, mark);
	else
		before = true;
	s->stored = before;
}

static bool print_alternatives(struct source *s, const struct node *n, bool tail)
{
	struct mark mark = mark_of(s);
	bool before = s->stored;

	for (const struct node *a = n->child; a; a = a->alt) {
		if (print_seq(s, a->child, tail))
			return true;
		go_back(s, mark);
		s->stored = before;
	}
	return false;
}

static bool silent_to_end(const struct node *n)
{
	for (; n; n = n->next) {
		if (!node_is_silent(n))
			return false;
	}
	return true;
}

/* `tail`: nothing but this sequence can follow on the line. */
static bool print_seq(struct source *s, const struct node *n, bool tail)
{
	const struct node *before = NULL;

	for (; n; before = n, n = n->next) {
		bool last = tail && silent_to_end(n->next);
		bool ok = true;

		switch (n->kind) {
		case N_WORD:
			add_word(s, n->text, false);
			break;
		case N_FIELD:
			ok = print_field(s, n, last);
			break;
		case N_CONST:
			ok = print_const(s, n);
			break;
		case N_OPT:
			/* Options come in any order: another one may follow. */
			print_option(s, n, last && !(before && before->kind == N_OPT));
			break;
		case N_ALT:
			ok = print_alternatives(s, n, last);
			break;
		case N_GLUE:
			ok = print_glue(s, n->child);
			break;
		case N_PEEK:
		case N_GROUP:
			break;
		}
		if (!ok)
			return false;
	}
	return true;
}

/* ---- lines ---- */
static void emit(struct print *p, const char *line)
{
	for (int i = 0; i < p->depth; i++)
		text_addc(p->out, ' ');
	text_addf(p->out, "%s\n", line);
}

struct find_switch {
	const struct node *node;
};

static void on_switch(void *ctx, const struct node *n)
{
	struct find_switch *f = ctx;

	if (n->kind == N_FIELD && n->f->type == T_BOOL)
		f->node = n;
}

static bool default_on(const struct node *n)
{
	return n->f->dflt && strcmp(n->f->dflt, "true") == 0;
}

static bool switch_is_on(const struct node *n, const cJSON *base)
{
	const cJSON *v = cfg_map(base, n->path);

	return v ? cJSON_IsTrue(v) : default_on(n);
}

/* The line says what is: otherwise its `no` form does. */
static bool line_holds(const struct node *n, const cJSON *base)
{
	return switch_is_on(n, base) != n->invert;
}

static void emit_no(struct print *p, const struct rule *r)
{
	char buf[TEXT_MAX];
	struct text t;

	text_fixed(&t, buf, sizeof(buf));
	text_add(&t, "no");
	for (const struct node *n = r->root; n && n->kind == N_WORD; n = n->next)
		text_addf(&t, " %s", n->text);
	emit(p, buf);
}

/* One line of `base`; true when it was printed. */
static bool print_line(struct print *p, const struct rule *r, const cJSON *base, const char *key)
{
	struct text line;
	struct source s = { r, base, key, p->opt, &line, false, p->said };
	struct find_switch sw = { NULL };
	struct mark start;
	bool ok;

	node_each(r->root, on_switch, &sw);
	if (sw.node && !line_holds(sw.node, base)) {
		if (switch_is_on(sw.node, base) == default_on(sw.node))
			return false;
		said_add(p->said, cfg_map(base, sw.node->path));
		emit_no(p, r);
		return true;
	}
	text_init(&line, 1 << 16);
	start = mark_of(&s);
	ok = print_seq(&s, r->root, true) && (s.stored || r->map);
	if (ok)
		emit(p, line.buf);
	else
		go_back(&s, start);
	if (ok && r->map)
		said_add(p->said, base);
	text_fini(&line);
	return ok;
}

/* All entries of a repeated word on one line: `button 1:2 2:4`. */
static void print_repeated(struct print *p, const struct rule *r, const cJSON *map)
{
	struct text line;
	const cJSON *e;
	bool any = false;

	text_init(&line, 1 << 16);
	for (const struct node *n = r->root; n && n->kind == N_WORD; n = n->next)
		text_addf(&line, "%s%s", line.len ? " " : "", n->text);
	cJSON_ArrayForEach (e, map) {
		struct source s = { r, e, e->string, p->opt, &line, false, p->said };
		const struct node *n = r->root;

		while (n && n->kind == N_WORD)
			n = n->next;
		if (!n || !print_glue(&s, n->child))
			continue;
		said_add(p->said, e);
		any = true;
	}
	if (any)
		emit(p, line.buf);
	text_fini(&line);
}

static bool repeats(const struct rule *r)
{
	for (const struct node *n = r->root; n; n = n->next) {
		if (n->repeat)
			return true;
	}
	return false;
}

static void on_kept(void *ctx, const struct node *n)
{
	*(const struct node **)ctx = n;
}

/* Kept lines, in the order they stand in; the first `keep` rule of a mode prints all of them. */
static void print_kept(struct print *p, const struct rule *r, const cJSON *base)
{
	const struct node *row = NULL;
	struct slice rest, line;

	node_each(r->root, on_kept, (void *)&row);
	said_add(p->said, cfg_map(base, row->path));
	rest = slice_of(cfg_map(base, row->path) ? cfg_map(base, row->path)->valuestring : "");
	while (rest.len && slice_next(&rest, '\n', &line)) {
		char *one = slice_dup(line);

		emit(p, one);
		mem_free(one);
	}
}

static void print_rule(struct print *p, const struct rule *r, const cJSON *base)
{
	const cJSON *map = r->map ? cfg_map(base, r->in) : NULL, *e;

	if (r->keep)
		print_kept(p, r, base);
	else if (!r->map)
		print_line(p, r, base, NULL);
	else if (repeats(r))
		print_repeated(p, r, map);
	else {
		cJSON_ArrayForEach (e, map) {
			print_line(p, r, e, e->string);
		}
	}
}

static void print_lines(struct print *p, const struct schema_object *o,
			const struct schema_mode *mode, const cJSON *base)
{
	size_t n;
	const struct rule *r = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		bool again = i && r[i].keep && r[i - 1].keep && r[i - 1].obj == o;

		if (r[i].obj == o && r[i].mode == mode && !r[i].header && !r[i].alias && !again)
			print_rule(p, &r[i], base);
	}
}

static const struct rule *header_of(const struct schema_object *o, const struct schema_mode *mode)
{
	size_t n;
	const struct rule *r = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		if (r[i].obj == o && r[i].mode == mode && r[i].header)
			return &r[i];
	}
	return NULL;
}

/* What is only kept stands behind the lines of its mode. */
static void print_loose(const struct print *p, const struct rule *h, const char *entry)
{
	struct schema_place at = { .obj = h->obj, .mode = h->mode };

	text_copy(at.key, sizeof(at.key), p->key ? p->key : "");
	if (h->mode)
		text_copy(at.entry, sizeof(at.entry), entry ? entry : "");
	kept_print(p->kept, &at, p->depth, p->opt->secrets, p->out);
}

/* The header of a mode, whatever is stored; then its lines, one deeper. */
static void print_block(struct print *p, const struct rule *h, const cJSON *base, const char *key,
			bool bare)
{
	struct text line, body;
	struct source s = { h, base, key, p->opt, &line, false, p->said };
	struct print inner = { p->opt, &body, p->depth + 1, p->said, p->kept, p->key, 0 };
	struct find_switch sw = { NULL };
	struct mark start;

	text_init(&line, TEXT_MAX);
	text_init(&body, 1 << 20);
	start = mark_of(&s);
	node_each(h->root, on_switch, &sw);
	print_seq(&s, h->root, true);
	print_lines(&inner, h->obj, h->mode, base);
	print_loose(&inner, h, key);
	if (sw.node && !switch_is_on(sw.node, base)) {
		go_back(&s, start);
		said_add(p->said, cfg_map(base, sw.node->path));
		if (sw.node->f->dflt)
			emit_no(p, h);
	} else if (bare || body.len || (sw.node && !default_on(sw.node))) {
		if (p->depth == 0 && p->out->len > p->from)
			text_add(p->out, "!\n");
		emit(p, line.buf);
		text_add(p->out, body.buf);
	}
	text_fini(&line);
	text_fini(&body);
}

/* Every entry of a keyed mode is a block, also an empty one. */
static void print_entries(struct print *p, const struct rule *h, const cJSON *map)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, map) {
		said_add(p->said, e);
		print_block(p, h, e, e->string, true);
	}
}

static void print_modes(struct print *p, const struct schema_object *o, const cJSON *item)
{
	for (const struct schema_mode *m = o->modes; m && m->name; m++) {
		if (m->in)
			print_entries(p, header_of(o, m), cfg_map(item, m->in));
		else
			print_block(p, header_of(o, m), item, NULL, false);
	}
}

static void print_object(struct print p, const struct schema_object *o, const cJSON *item)
{
	const struct rule *h = header_of(o, NULL);

	p.from = p.out->len;
	if (h) {
		print_block(&p, h, item, p.key, true);
		p.depth = 1;
	} else {
		print_lines(&p, o, NULL, item);
	}
	print_modes(&p, o, item);
}

void ios_print_object(struct text *out, const struct schema_object *o, const char *key,
		      const cJSON *item, const struct ios_print *opt)
{
	ios_print_said(out, o, key, item, opt, NULL);
}

void ios_print_said(struct text *out, const struct schema_object *o, const char *key,
		    const cJSON *item, const struct ios_print *opt, struct said *said)
{
	if (item)
		print_object((struct print){ opt, out, 0, said, NULL, key, 0 }, o, item);
}

/* ---- the whole configuration ---- */
struct export
{
	struct text *out;
	const struct schema_object *obj;
	const struct ios_print *opt;
	const struct kept *kept;
	bool all;
};

static int export_item(void *ctx, const char *key, const cJSON *item)
{
	struct export *e = ctx;
	cJSON *filled = e->all ? schema_filled(e->obj, item) : NULL;
	size_t before = e->out->len;

	print_object((struct print){ e->opt, e->out, 0, NULL, e->kept, key, 0 }, e->obj,
		     filled ? filled : item);
	if (e->out->len > before)
		text_add(e->out, "!\n");
	cJSON_Delete(filled);
	return 0;
}

static int export_objects(struct conf *c, const struct ios_print *opt, bool all, struct text *out)
{
	struct kept *kept = kept_open(c);

	text_add(out, "!\n");
	kept_print_global(kept, false, opt->secrets, out);
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		struct export e = { out, *o, opt, kept, all };

		if ((*o)->collection)
			conf_each(c, (*o)->path, NULL, export_item, &e);
		else if (conf_get(c, (*o)->path) || kept_has(kept, *o))
			export_item(&e, "", conf_get(c, (*o)->path));
	}
	kept_print_global(kept, true, opt->secrets, out);
	text_add(out, "end\n");
	kept_close(kept);
	return out->overflow ? ERR_TOO_BIG : 0;
}

int ios_export(struct conf *c, const struct ios_print *opt, struct text *out)
{
	return export_objects(c, opt, false, out);
}

int ios_export_all(struct conf *c, const struct ios_print *opt, struct text *out)
{
	return export_objects(c, opt, true, out);
}
