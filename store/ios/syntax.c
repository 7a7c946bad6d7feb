/* store/ios/syntax.c - compiles the syntaxes of the mode tables (their grammar: store/schema/schema.h). */
#include "store/ios/syntax.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

static struct rule *rules;
static size_t n_rules, cap_rules;
static char fault[256];

struct compile {
	const struct rule *rule;
	const struct schema_field *table; /* where paths begin, when there is no map */
	const char *p;
};

static struct node *parse_seq(struct compile *c, const char *until);

static void complain(struct compile *c, const char *what, const char *arg)
{
	if (!fault[0])
		snprintf(fault, sizeof(fault), "%s: %s: %s %s", c->rule->obj->path, c->rule->syntax,
			 what, arg);
}

static struct node *node_new(enum node_kind kind)
{
	struct node *n = mem_zalloc(sizeof(*n));

	n->kind = kind;
	n->key = -1;
	return n;
}

/* ---- names ---- */
static void bind_in_map(struct compile *c, struct node *n)
{
	const struct schema_field *map = c->rule->map;

	for (int i = 0; map->keys[i].name; i++) {
		if (strcmp(map->keys[i].name, n->path) == 0) {
			n->key = i;
			n->f = &map->keys[i];
			return;
		}
	}
	if (map->item && strcmp(map->item->name, n->path) == 0)
		n->f = map->item;
	else if (map->members)
		n->f = schema_row(map->members, n->path);
}

static void bind(struct compile *c, struct node *n)
{
	const struct rule *r = c->rule;

	if (r->map)
		bind_in_map(c, n);
	else if (r->header && !r->mode && r->obj->key && strcmp(r->obj->key->name, n->path) == 0) {
		n->f = r->obj->key;
		n->key = 0;
	} else {
		n->f = schema_row(c->table, n->path);
	}
	if (!n->f)
		complain(c, "no such row", n->path);
}

/* "<path>", "<!path>" or "<path=value>" */
static struct node *parse_field(struct compile *c)
{
	size_t len = strcspn(c->p, ">"), name = strcspn(c->p, "=>");
	struct node *n = node_new(name < len ? N_CONST : N_FIELD);
	size_t from = c->p[1] == '!' ? 2 : 1;

	n->invert = from == 2;
	n->path = mem_strndup(c->p + from, name - from);
	if (n->kind == N_CONST)
		n->text = mem_strndup(c->p + name + 1, len - name - 1);
	c->p += len + (c->p[len] == '>');
	bind(c, n);
	return n;
}

static bool at_end_of_word(const char *p)
{
	return !*p || strchr(" []{}|", *p);
}

static struct node *parse_token(struct compile *c)
{
	struct node *first = NULL, **tail = &first, *glue;

	while (!at_end_of_word(c->p)) {
		if (*c->p == '<') {
			*tail = parse_field(c);
		} else {
			size_t len = strcspn(c->p, " []{}|<");

			*tail = node_new(N_WORD);
			(*tail)->text = mem_strndup(c->p, len);
			c->p += len;
		}
		tail = &(*tail)->next;
	}
	if (!first || !first->next)
		return first;
	glue = node_new(N_GLUE);
	glue->child = first;
	return glue;
}

static struct node *parse_alternatives(struct compile *c)
{
	struct node *n = node_new(N_ALT), **tail = &n->child;

	do {
		c->p++;
		*tail = node_new(N_GROUP);
		(*tail)->child = parse_seq(c, "|}");
		tail = &(*tail)->alt;
	} while (*c->p == '|');
	if (*c->p++ != '}')
		complain(c, "unbalanced", "{");
	return n;
}

static struct node *parse_one(struct compile *c)
{
	struct node *n;

	if (*c->p == '[') {
		c->p++;
		n = node_new(N_OPT);
		n->child = parse_seq(c, "]");
		if (*c->p++ != ']')
			complain(c, "unbalanced", "[");
		return n;
	}
	if (*c->p == '{')
		return parse_alternatives(c);
	if (*c->p == '~') {
		size_t len = strcspn(++c->p, " ]}|");

		n = node_new(N_PEEK);
		n->text = mem_strndup(c->p, len);
		c->p += len;
		return n;
	}
	return parse_token(c);
}

static struct node *parse_seq(struct compile *c, const char *until)
{
	struct node *first = NULL, **tail = &first, *last = NULL;

	for (;;) {
		c->p += strspn(c->p, " ");
		if (!*c->p || strchr(until, *c->p))
			return first;
		if (strncmp(c->p, "...", 3) == 0 && last) {
			last->repeat = true;
			c->p += 3;
			continue;
		}
		last = parse_one(c);
		if (!last) {
			complain(c, "bad syntax at", c->p);
			return first;
		}
		*tail = last;
		tail = &last->next;
	}
}

/* ---- the rules ---- */
static void add_rule(struct rule r)
{
	struct compile c = { &r, r.obj->fields, r.syntax };

	if (r.mode && r.mode->in && !r.header) {
		const struct schema_field *map = schema_row(r.obj->fields, r.mode->in);

		c.table = map ? map->members : r.obj->fields;
	}
	if (r.in) {
		r.map = schema_row(c.table, r.in);
		if (!r.map || r.map->type != T_MAP) {
			complain(&c, "no such map", r.in);
			return;
		}
	}
	r.root = parse_seq(&c, "");
	if (n_rules == cap_rules) {
		cap_rules = cap_rules ? 2 * cap_rules : 256;
		rules = mem_realloc(rules, cap_rules * sizeof(*rules));
	}
	rules[n_rules++] = r;
}

static const struct schema_mode *mode_named(const struct schema_object *o, const char *name)
{
	for (const struct schema_mode *m = o->modes; m && m->name; m++) {
		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

static void add_aliases(const struct schema_object *o, const struct schema_mode *m,
			const struct schema_line *l)
{
	struct slice rest = slice_of(l->alias ? l->alias : ""), one;

	while (rest.len && slice_next(&rest, ';', &one))
		add_rule((struct rule){
		    .obj = o, .mode = m, .syntax = slice_dup(one), .in = l->in, .alias = true });
}

static void add_object(const struct schema_object *o)
{
	if (o->enter)
		add_rule((struct rule){ .obj = o, .syntax = o->enter, .header = true });
	for (const struct schema_mode *m = o->modes; m && m->name; m++)
		add_rule((struct rule){
		    .obj = o, .mode = m, .syntax = m->enter, .in = m->in, .header = true });
	for (const struct schema_line *l = o->lines; l && l->syntax; l++) {
		const struct schema_mode *m = l->mode ? mode_named(o, l->mode) : NULL;

		if (l->mode && !m)
			snprintf(fault, sizeof(fault), "%s: no mode %s", o->path, l->mode);
		add_rule((struct rule){
		    .obj = o, .mode = m, .syntax = l->syntax, .in = l->in, .keep = l->keep });
		add_aliases(o, m, l);
		if (l->clear)
			add_rule((struct rule){ .obj = o,
						.mode = m,
						.syntax = l->clear,
						.in = l->in,
						.alias = true,
						.clear = true });
		if (l->no)
			add_rule((struct rule){ .obj = o,
						.mode = m,
						.syntax = l->no,
						.in = l->in,
						.alias = true,
						.only_no = true });
	}
}

static void compile_all(void)
{
	for (const struct schema_object *const *o = schema_objects(); *o; o++)
		add_object(*o);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

const struct rule *ios_rules(size_t *n)
{
	pthread_once(&once, compile_all);
	*n = n_rules;
	return rules;
}

const char *ios_rules_fault(void)
{
	pthread_once(&once, compile_all);
	return fault[0] ? fault : NULL;
}

void node_each(const struct node *n, void (*fn)(void *ctx, const struct node *n), void *ctx)
{
	for (; n; n = n->next) {
		if ((n->kind == N_FIELD || n->kind == N_CONST) && n->f)
			fn(ctx, n);
		node_each(n->child, fn, ctx);
		for (const struct node *a = n->kind == N_ALT && n->child ? n->child->alt : NULL; a;
		     a = a->alt)
			node_each(a->child, fn, ctx);
	}
}

bool node_is_silent(const struct node *n)
{
	return n->kind == N_CONST || n->kind == N_PEEK ||
	       (n->kind == N_FIELD && (n->f->type == T_BOOL || n->f->type == T_OBJECT));
}
