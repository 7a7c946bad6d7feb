/* store/ios/ios.c - one line to a change: finds the rule in the modes that are open, builds a merge patch.
 * A line replaces all its arguments: those not given are set to null. */
#include "store/ios/ios.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/match.h"
#include "store/schema/internal.h"

#define LINE_MAX_LEN 2048

enum form { FORM_SET, FORM_NO, FORM_DEFAULT };

struct parse {
	const struct ios_place *at;
	struct word words[IOS_WORDS];
	unsigned n;
	enum form form;
	struct match m;
	const struct rule *best;
	struct match won;
	bool tie;
	int level; /* where the best one stands */
};

/* ---- choosing the rule ---- */

/* Which rules stand at a level: 0 the sub-mode, 1 the object's own mode, 2 global configuration. */
bool ios_stands_at(const struct rule *r, const struct ios_place *at, int level)
{
	bool global_line = !r->obj->enter && !r->mode && !r->header;

	if (level == 0)
		return at->mode && r->mode == at->mode && !r->header;
	if (level == 1)
		return at->obj && r->obj == at->obj && at->obj->enter &&
		       (r->header ? r->mode && !r->mode->global : !r->mode);
	return global_line || (r->header && (!r->mode || r->mode->global));
}

/* Fewer abbreviations win (`ip` is not short for `ipv6`), then a whole command beats a beginning of one
 * (only with `no`), then more keywords. */
static int rank(const struct match *a, const struct match *b)
{
	if (a->abbreviated != b->abbreviated)
		return (int)b->abbreviated - (int)a->abbreviated;
	if (a->partial != b->partial)
		return (int)b->partial - (int)a->partial;
	return (int)a->keywords - (int)b->keywords;
}

static bool in_full(const struct match *m)
{
	return !m->abbreviated && !m->partial;
}

static bool begins_with(const struct rule *r, const struct word *w)
{
	return r->root && r->root->kind == N_WORD && strlen(r->root->text) == w->len &&
	       strncasecmp(r->root->text, w->p, w->len) == 0;
}

/* The first word is a keyword of the mode as it stands: then it is no abbreviation of another (`ip` of `ipv6`). */
static bool misread(const struct parse *p, const struct rule *r, int level)
{
	size_t n;
	const struct rule *rules = ios_rules(&n);

	if (!p->m.abbreviated || !p->m.n || begins_with(r, &p->m.words[0]))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (ios_stands_at(&rules[i], p->at, level) &&
		    begins_with(&rules[i], &p->m.words[0]))
			return true;
	}
	return false;
}

/* Equal ones of different rules leave a tie when something was abbreviated. The nearest mode wins, unless only an
 * abbreviation fits there and the line stands in full further out: `ephone 2` below an ephone is the next one,
 * not its `ephone-template 2`. */
static void consider(struct parse *p, const struct rule *r, int level)
{
	int better;

	if ((r->only_no && p->form == FORM_SET) || !ios_match(&p->m, r->root) ||
	    misread(p, r, level))
		return;
	if (p->best && p->level < level)
		better = in_full(&p->m) ? 1 : -1;
	else
		better = p->best ? rank(&p->m, &p->won) : 1;
	if (better == 0 && p->m.abbreviated && !r->alias && !p->best->alias)
		p->tie = true;
	if (better <= 0)
		return;
	p->best = r;
	p->level = level;
	p->won = p->m;
	p->tie = false;
}

static bool choose(struct parse *p)
{
	size_t n;
	const struct rule *rules = ios_rules(&n);

	/* Kept lines come last: a damaged argument of a row is not one of them. */
	for (int pass = 0; pass < 3 && !p->best; pass++) {
		p->m.lenient = pass == 1;
		for (int level = 0; level < 3 && !(p->best && in_full(&p->won)); level++) {
			for (size_t i = 0; i < n; i++) {
				if (rules[i].keep == (pass == 2) &&
				    ios_stands_at(&rules[i], p->at, level))
					consider(p, &rules[i], level);
			}
		}
	}
	return p->best != NULL;
}

/* ---- building the patch ---- */
static cJSON *below(cJSON *node, const char *dotted)
{
	while (*dotted) {
		size_t len = strcspn(dotted, ".");
		char name[128];
		cJSON *next;

		snprintf(name, sizeof(name), "%.*s", (int)len, dotted);
		next = cJSON_GetObjectItemCaseSensitive(node, name);
		if (!cJSON_IsObject(next)) {
			cJSON_DeleteItemFromObjectCaseSensitive(node, name);
			next = cJSON_AddObjectToObject(node, name);
		}
		node = next;
		dotted += len;
		dotted += *dotted == '.';
	}
	return node;
}

/* Takes `value`; NULL removes the member from the patch. */
static void put(cJSON *base, const char *path, cJSON *value)
{
	const char *dot = strrchr(path, '.');
	char parent[256] = "";
	cJSON *node;

	if (dot)
		snprintf(parent, sizeof(parent), "%.*s", (int)(dot - path), path);
	node = below(base, parent);
	cJSON_DeleteItemFromObjectCaseSensitive(node, dot ? dot + 1 : path);
	if (value)
		cJSON_AddItemToObject(node, dot ? dot + 1 : path, value);
}

struct reset {
	cJSON *base;
	enum form form;
};

/* The row as it is without the line. */
static void reset_row(void *ctx, const struct node *n)
{
	const struct reset *r = ctx;

	if (n->key >= 0)
		return;
	if (n->f->type == T_BOOL && n->kind == N_FIELD && r->form == FORM_NO)
		put(r->base, n->path, cJSON_CreateBool(n->invert));
	else if (n->f->type != T_OBJECT || r->form != FORM_SET)
		put(r->base, n->path, cJSON_CreateNull());
}

static bool is_stars(const struct taken *t)
{
	size_t i = 0;

	while (i < t->len && t->p[i] == '*')
		i++;
	return i == t->len;
}

static bool is_mask(const struct taken *t)
{
	return t->node->f->type == T_SECRET && is_stars(t);
}

static cJSON *taken_value(const struct taken *t)
{
	char *text = mem_strndup(t->p, t->len);
	cJSON *v = schema_raw(t->node->f, text);

	mem_free(text);
	return v;
}

static cJSON *keep_secret(void)
{
	cJSON *out = cJSON_CreateObject();

	cJSON_AddTrueToObject(out, "set");
	return out;
}

static void set_row(cJSON *base, const struct taken *t)
{
	if (t->node->f->type == T_OBJECT)
		below(base, t->node->path);
	else if (is_mask(t))
		put(base, t->node->path, keep_secret()); /* a masked export leaves it alone */
	else
		put(base, t->node->path, taken_value(t));
}

/* The key of one repetition; parts that were not given are empty. Number of parts given. */
static unsigned entry_key(const struct match *m, const struct schema_field *map, unsigned entry,
			  char *out, size_t cap)
{
	struct text t;
	unsigned given = 0;

	text_fixed(&t, out, cap);
	for (int i = 0; map->keys[i].name; i++) {
		if (i)
			text_addc(&t, ',');
		for (unsigned j = 0; j < m->n_taken; j++) {
			if (m->taken[j].node->key == i && m->taken[j].entry == entry) {
				text_addn(&t, m->taken[j].p, m->taken[j].len);
				given++;
				break;
			}
		}
	}
	return given;
}

static void set_entry(const struct parse *p, cJSON *base, unsigned entry, const char *key)
{
	const struct rule *r = p->best;
	cJSON *map = below(base, r->in), *value = NULL;
	struct reset all = { cJSON_CreateObject(), FORM_SET };

	if (!r->map->item)
		node_each(r->root, reset_row, &all);
	for (unsigned i = 0; i < p->won.n_taken; i++) {
		const struct taken *t = &p->won.taken[i];

		if (t->entry != entry || t->node->key >= 0)
			continue;
		if (r->map->item) {
			cJSON_Delete(value);
			value = r->map->sealed_key && is_stars(t) &&
					strcasecmp(r->map->sealed_key, key) == 0
				    ? NULL
				    : taken_value(t);
		} else {
			set_row(all.base, t);
		}
	}
	if (r->map->item)
		cJSON_Delete(all.base);
	else
		value = all.base;
	cJSON_DeleteItemFromObjectCaseSensitive(map, key);
	if (value)
		cJSON_AddItemToObject(map, key, value);
}

/* The spelling in which the key is stored; one that is no key stays as it is, to be refused. */
static void spell_key(const struct schema_field *map, char *key, size_t cap)
{
	char canon[512], why[200];

	if (schema_canon_key(map, key, canon, sizeof(canon), why, sizeof(why)) == 0)
		text_copy(key, cap, canon);
}

/* Entries of a map: `button 1:2 2:4` has several. */
static int patch_map(const struct parse *p, cJSON *base)
{
	const struct rule *r = p->best;
	unsigned entries = p->won.entries ? p->won.entries : 1, parts = schema_key_parts(r->map);

	if (r->clear) {
		put(base, r->in, cJSON_CreateNull());
		return 0;
	}
	for (unsigned i = 0; i < entries; i++) {
		char key[512];
		unsigned given = entry_key(&p->won, r->map, i, key, sizeof(key));

		spell_key(r->map, key, sizeof(key));
		if (p->form == FORM_SET) {
			set_entry(p, base, i, key);
		} else if (given == 0 && p->won.partial) {
			put(base, r->in, cJSON_CreateNull());
		} else if (given < parts && p->won.partial) {
			return ERR_MALFORMED;
		} else {
			cJSON *map = below(base, r->in);

			cJSON_DeleteItemFromObjectCaseSensitive(map, key);
			cJSON_AddNullToObject(map, key);
		}
	}
	return 0;
}

/* `no ip source-address` alone: every line that begins so. */
static void reset_beginning(struct parse *p, cJSON *base)
{
	size_t n;
	const struct rule *rules = ios_rules(&n);
	struct reset all = { base, p->form };

	for (size_t i = 0; i < n; i++) {
		if (rules[i].obj == p->best->obj && rules[i].mode == p->best->mode &&
		    !rules[i].header && !rules[i].map && !rules[i].keep &&
		    ios_match(&p->m, rules[i].root) && p->m.partial &&
		    p->m.keywords == p->won.keywords && p->m.abbreviated == p->won.abbreviated)
			node_each(rules[i].root, reset_row, &all);
	}
}

static int patch_line(struct parse *p, cJSON *base)
{
	struct reset all = { base, p->form };

	if (p->best->map)
		return patch_map(p, base);
	if (p->won.partial)
		reset_beginning(p, base);
	node_each(p->best->root, reset_row, &all);
	for (unsigned i = 0; p->form == FORM_SET && i < p->won.n_taken; i++)
		set_row(base, &p->won.taken[i]);
	return 0;
}

static void on_kept_row(void *ctx, const struct node *n)
{
	*(const char **)ctx = n->path;
}

/* The line with its keywords written out. */
static void keep_line(const struct parse *p, struct ios_line *out)
{
	const struct node *n = p->best->root;
	unsigned at = 0;
	struct text t;

	text_init(&t, LINE_MAX_LEN);
	for (; n && n->kind == N_WORD && at < p->m.n; n = n->next, at++)
		text_addf(&t, "%s%s", at ? " " : "", n->text);
	for (; at < p->m.n; at++) {
		const struct word *w = &p->m.words[at];

		text_addc(&t, ' ');
		text_addn(&t, w->from, (size_t)(w->to - w->from));
	}
	node_each(p->best->root, on_kept_row, (void *)&out->keep_row);
	out->keep = text_take(&t);
	out->drop = p->form != FORM_SET;
}

/* ---- headers ---- */
static void place_key(struct ios_place *place, const struct taken *t)
{
	char *text = mem_strndup(t->p, t->len);

	schema_path_quote(text, place->key, sizeof(place->key));
	mem_free(text);
}

static void enter_object(const struct parse *p, struct ios_line *out)
{
	const struct schema_object *o = p->best->obj;

	out->place = (struct ios_place){ .obj = o };
	out->patch = cJSON_CreateObject();
	for (unsigned i = 0; i < p->won.n_taken; i++) {
		const struct taken *t = &p->won.taken[i];

		/* `ephone-dn 3` enters dn 3 whatever its line mode is. */
		if (t->node->key < 0)
			set_row(out->patch, t);
		else
			place_key(&out->place, t);
	}
	snprintf(out->path, sizeof(out->path), "%s%s%s", o->path, o->collection ? "/" : "",
		 out->place.key);
	out->kind = p->form == FORM_SET ? IOS_ENTER : IOS_DELETE;
	if (out->kind == IOS_DELETE)
		out->place = *p->at;
}

/* `no sip`: every line of that mode back to its default, also those that are on by default. */
static void reset_mode(const struct parse *p, cJSON *base)
{
	size_t n;
	const struct rule *rules = ios_rules(&n);
	struct reset all = { base, FORM_DEFAULT };

	for (size_t i = 0; i < n; i++) {
		if (rules[i].mode != p->best->mode || rules[i].header)
			continue;
		if (rules[i].map)
			put(base, rules[i].in, cJSON_CreateNull());
		else
			node_each(rules[i].root, reset_row, &all);
	}
}

static bool has_rows(const struct node *root)
{
	for (; root; root = root->next) {
		if (root->kind == N_FIELD)
			return true;
	}
	return false;
}

static int enter_mode(struct parse *p, struct ios_line *out)
{
	const struct rule *r = p->best;

	out->place = (struct ios_place){ .obj = r->obj, .mode = r->mode };
	if (!r->mode->global)
		memcpy(out->place.key, p->at->key, sizeof(out->place.key));
	if (r->map) {
		entry_key(&p->won, r->map, 0, out->place.entry, sizeof(out->place.entry));
		spell_key(r->map, out->place.entry, sizeof(out->place.entry));
	}
	out->kind = p->form == FORM_SET ? IOS_ENTER : IOS_SET;
	if (p->form != FORM_SET)
		out->place = *p->at;
	out->patch = cJSON_CreateObject();
	if (!r->map && p->form != FORM_SET)
		reset_mode(p, out->patch);
	return r->map || has_rows(r->root) ? patch_line(p, out->patch) : 0;
}

static void object_path(const struct rule *r, const struct ios_place *at, char *out, size_t cap)
{
	snprintf(out, cap, "%s%s%s", r->obj->path, r->obj->collection ? "/" : "",
		 r->obj->collection ? at->key : "");
}

static int build(struct parse *p, struct ios_line *out)
{
	const struct rule *r = p->best;
	const struct schema_mode *mode = r->mode;
	cJSON *base;

	out->syntax = r->syntax;
	out->rule = r;
	out->abbreviated = p->won.abbreviated > 0;
	if (r->header && !mode) {
		enter_object(p, out);
		return p->won.partial ? ERR_MALFORMED : 0;
	}
	object_path(r, p->at, out->path, sizeof(out->path));
	if (r->header)
		return enter_mode(p, out);
	out->kind = IOS_SET;
	out->place = *p->at;
	if (!mode && p->at->mode)
		out->place.mode = NULL;
	if (r->obj != p->at->obj)
		out->place = (struct ios_place){ 0 };
	out->patch = base = cJSON_CreateObject();
	if (r->keep) {
		keep_line(p, out);
		return 0;
	}
	if (mode && mode->in) {
		base = below(base, mode->in);
		base = cJSON_AddObjectToObject(base, p->at->entry);
	}
	return patch_line(p, base);
}

/* ---- the line ---- */
static void note_secrets(const struct parse *p, const char *line, struct ios_line *out)
{
	for (unsigned i = 0; i < p->won.n_taken && out->n_secrets < ARRAY_LEN(out->secrets); i++) {
		const struct taken *t = &p->won.taken[i];

		if (t->node->f->type == T_SECRET && t->p >= line && t->p < line + strlen(line)) {
			out->hashed = out->hashed || (t->node->f->flags & F_HASH);
			out->secrets[out->n_secrets].at = (size_t)(t->p - line);
			out->secrets[out->n_secrets++].len = t->len;
		}
	}
}

static bool first_word(struct parse *p, const char *word)
{
	return p->n > 1 && p->words[0].len == strlen(word) &&
	       strncasecmp(p->words[0].p, word, p->words[0].len) == 0;
}

static int fail(int err, char *why, size_t cap, const char *text)
{
	snprintf(why, cap, "%s", text);
	return err;
}

int ios_parse_line(const struct ios_place *at, const char *line, struct ios_line *out, char *why,
		   size_t cap)
{
	struct parse *p;
	int n, err = 0;

	memset(out, 0, sizeof(*out));
	if (strlen(line) > LINE_MAX_LEN || !text_is_utf8(line, strlen(line)))
		return fail(ERR_MALFORMED, why, cap, "The line is too long or not text");
	p = mem_zalloc(sizeof(*p));
	p->at = at;
	n = ios_words(line, p->words, IOS_WORDS);
	p->n = n < 0 ? 0 : (unsigned)n;
	if (first_word(p, "no"))
		p->form = FORM_NO;
	else if (first_word(p, "default"))
		p->form = FORM_DEFAULT;
	p->m.words = p->words + (p->form != FORM_SET);
	p->m.n = p->n - (p->form != FORM_SET);
	p->m.no = p->form != FORM_SET;
	if (p->n == 0)
		err = fail(ERR_MALFORMED, why, cap, n < 0 ? "Too many words" : "An empty line");
	else if (!choose(p))
		err = fail(ERR_NOENT, why, cap, "There is no such command here");
	else if (p->tie)
		err = fail(ERR_CONFLICT, why, cap, "The command is ambiguous");
	else if (note_secrets(p, line, out), build(p, out) != 0)
		err = fail(ERR_MALFORMED, why, cap, "The command is incomplete");
	mem_free(p);
	out->place.block[0] = '\0';
	if (err)
		ios_line_fini(out);
	return err;
}

void ios_line_fini(struct ios_line *l)
{
	cJSON_Delete(l->patch);
	l->patch = NULL;
	mem_free(l->keep);
	l->keep = NULL;
}

/* The kept lines as they are with this one, as a patch of their row. */
static cJSON *keep_patch(struct conf *c, const struct ios_line *l)
{
	const struct schema_object *o = l->place.obj;
	const char *old = cfg_str(o, conf_get(c, l->path), l->keep_row);
	cJSON *patch = cJSON_CreateObject();
	struct text t;

	text_init(&t, 1 << 16);
	text_add(&t, old ? old : "");
	if (l->drop)
		schema_lines_drop(&t, l->keep);
	else
		text_addf(&t, "\n%s", l->keep);
	cJSON_AddStringToObject(patch, l->keep_row, t.buf);
	text_fini(&t);
	return patch;
}

static bool is_keep_secret(const cJSON *v)
{
	return cJSON_IsObject(v) && v->child && !v->child->next &&
	       strcmp(v->child->string, "set") == 0 && cJSON_IsTrue(v->child);
}

/* A masked secret that is nowhere cannot be kept: the line is as if it had none. */
static void drop_unknown(cJSON *patch, const cJSON *now, const cJSON *base)
{
	cJSON *e, *next;

	for (e = patch ? patch->child : NULL; e; e = next) {
		const cJSON *here = cJSON_GetObjectItemCaseSensitive(now, e->string);
		const cJSON *there = cJSON_GetObjectItemCaseSensitive(base, e->string);

		next = e->next;
		if (is_keep_secret(e) && !here && !there)
			cJSON_Delete(cJSON_DetachItemViaPointer(patch, e));
		else if (cJSON_IsObject(e))
			drop_unknown(e, here, there);
	}
}

static int apply_patch(struct conf *c, const char *path, const cJSON *given, struct faults *f)
{
	cJSON *patch = cJSON_Duplicate(given, true);
	struct schema_path p;
	int err = schema_path_parse(path, &p);

	if (!err)
		drop_unknown(patch, conf_get(c, p.object), conf_get_base(c, p.object));
	err = schema_edit(c, OP_PATCH, path, patch, f, NULL);
	cJSON_Delete(patch);
	return err;
}

int ios_apply(struct conf *c, const struct ios_line *l, struct faults *f)
{
	if (l->kind == IOS_DELETE)
		return schema_edit(c, OP_DELETE, l->path, NULL, f, NULL);
	if (l->keep) {
		cJSON *patch = keep_patch(c, l);
		int err = schema_edit(c, OP_PATCH, l->path, patch, f, NULL);

		cJSON_Delete(patch);
		return err;
	}
	return apply_patch(c, l->path, l->patch, f);
}

int ios_selftest(char *why, size_t cap)
{
	const char *fault = ios_rules_fault();

	return fault ? fail(ERR_INVALID, why, cap, fault) : 0;
}
