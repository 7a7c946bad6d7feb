/* Every line of the schema: set, stored, printed, read back, permuted, taken away again. The lines are made
 * from the syntax trees with a sample value for each type, so that a new row is tested by being there. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "store/ios/syntax.h"
#include "store/schema/internal.h"
#include "tests/support/schema_rig.h"

#define LINE 1024

/* How a line is made from a tree. */
struct make {
	const struct rule *rule;
	unsigned alternative; /* which one of each { | } */
	bool reversed;        /* optional parts in the other order */
	bool printed;         /* as the export shows it: hashes masked */
	const char *peek;     /* what the next word must begin with */
	struct text out;
};

/* ---- samples ---- */
struct taboo {
	const char *path, *value;
	bool hit;
};

static void on_const(void *ctx, const struct node *n)
{
	struct taboo *t = ctx;

	if (n->kind == N_CONST && strcmp(n->path, t->path) == 0 && strcmp(n->text, t->value) == 0)
		t->hit = true;
}

/* A choice that is neither the default nor written as a keyword of its own elsewhere in the line. */
static const char *sample_choice(const struct make *m, const struct node *n)
{
	const char *found = NULL;

	for (const char *const *c = n->f->choices; *c; c++) {
		struct taboo t = { n->path ? n->path : "", *c, false };

		node_each(m->rule->root, on_const, &t);
		/* Type 7 is only another spelling: it is kept as clear text. */
		if (strstr(n->f->name, "encoding") && strcmp(*c, "7") == 0)
			continue;
		if (!t.hit && (!n->f->dflt || strcmp(n->f->dflt, *c) != 0))
			found = *c;
	}
	assert_non_null(found);
	return found;
}

static void sample_int(const struct schema_field *f, char *out, size_t cap)
{
	long long v = schema_has_max(f) ? schema_max(f) : f->min + 7;

	if (f->dflt && strtoll(f->dflt, NULL, 10) == v)
		v = f->min;
	snprintf(out, cap, "%lld", v);
}

static const char *const samples[] = {
	[T_STR] = "word",
	[T_DIGITS] = "123",
	[T_DN_NUMBER] = "1234",
	[T_PATTERN] = "12..",
	[T_HEX] = "1A",
	[T_MAC] = "0011.2233.4455",
	[T_IP] = "10.1.2.3",
	[T_IPV4] = "10.1.2.3",
	[T_IPV6] = "2001:db8::1",
	[T_IPV4_MASK] = "255.255.255.0",
	[T_IP_MASK] = "255.255.255.0",
	[T_MULTICAST] = "239.1.2.3",
	[T_DSCP] = "af11",
	[T_TIME] = "09:30",
	[T_URL] = "http://10.1.2.3/x",
	[T_FILE] = "file.bin",
	[T_PHONE_TYPE] = "7962",
	[T_SECRET] = "123456",
	[T_TARGET] = "ipv4:10.1.2.3:5062",
	[T_BUTTONS] = "3-6",
};

static void sample(const struct make *m, const struct node *n, char *out, size_t cap)
{
	const struct schema_field *f = n->f;
	struct node item = { .f = f->item };
	char one[128];

	if (f->type == T_LIST) {
		if (f->item->type == T_ENUM)
			snprintf(out, cap, "%s %s", f->item->choices[1], f->item->choices[0]);
		else if (f->item->type == T_INT)
			snprintf(out, cap, "3,4");
		else {
			struct text t;

			sample(m, &item, one, sizeof(one));
			text_fixed(&t, out, cap);
			if (f->flags & F_COMMA)
				text_addf(&t, "%s,%s9", one, one);
			else
				text_addf(&t, "%s 10.1.2.9", one);
		}
	} else if (f->names) {
		text_copy(out, cap, f->names->name);
	} else if (f->type == T_INT && !f->choices) {
		sample_int(f, out, cap);
	} else if (f->type == T_ENUM || f->type == T_CODEC || f->type == T_INT) {
		text_copy(out, cap, sample_choice(m, n));
	} else if (f->type == T_SECRET && (f->flags & F_HASH) && m->printed) {
		text_copy(out, cap, IOS_MASK);
	} else if ((f->flags & (F_REST | F_WORDS)) && !(f->flags & F_JOIN)) {
		text_copy(out, cap, "Two words");
	} else if (f->flags & F_BARE) {
		text_copy(out, cap, "9:30");
	} else if (m->peek && f->type == T_URL) {
		snprintf(out, cap, "%s//10.1.2.3/x", m->peek);
	} else {
		text_copy(out, cap, samples[f->type]);
		if (f->max && strlen(out) > (size_t)f->max)
			out[f->max] = '\0';
	}
}

/* ---- lines ---- */
static void make_seq(struct make *m, const struct node *n, bool tail);

static void make_word(struct make *m, const char *text, bool quote)
{
	text_addf(&m->out, quote ? "%s\"%s\"" : "%s%s", m->out.len ? " " : "", text);
}

static void make_field(struct make *m, const struct node *n, bool tail)
{
	char text[256];

	if (node_is_silent(n))
		return;
	if (n->f->type == T_FLAG)
		schema_keyword(n->f, text, sizeof(text));
	else
		sample(m, n, text, sizeof(text));
	make_word(m, text,
		  n->f->type != T_LIST && !(n->f->flags & F_WORDS) && strchr(text, ' ') && !tail);
}

static void make_glue(struct make *m, const struct node *part)
{
	char text[256];

	if (m->out.len)
		text_addc(&m->out, ' ');
	for (; part; part = part->next) {
		if (part->kind == N_FIELD)
			sample(m, part, text, sizeof(text));
		text_add(&m->out, part->kind == N_WORD ? part->text : text);
	}
}

static void make_alternative(struct make *m, const struct node *n, bool tail)
{
	const struct node *a = n->child;

	for (unsigned i = 0; i < m->alternative && a->alt; i++)
		a = a->alt;
	make_seq(m, a->child, tail);
}

static bool only_silent(const struct node *n)
{
	for (; n; n = n->next) {
		if (!node_is_silent(n))
			return false;
	}
	return true;
}

/* Returns the node behind the run of optional parts. */
static const struct node *make_options(struct make *m, const struct node *n, bool tail)
{
	const struct node *list[32];
	int count = 0;

	for (; n && n->kind == N_OPT; n = n->next)
		list[count++] = n;
	tail = tail && only_silent(n) && count == 1;
	for (int i = 0; i < count; i++)
		make_seq(m, list[m->reversed ? count - 1 - i : i]->child, tail);
	return n;
}

static void make_seq(struct make *m, const struct node *n, bool tail)
{
	while (n) {
		bool last = tail && only_silent(n->next);

		if (n->kind == N_OPT) {
			n = make_options(m, n, tail);
			continue;
		}
		if (n->kind == N_WORD)
			make_word(m, n->text, false);
		else if (n->kind == N_FIELD)
			make_field(m, n, last);
		else if (n->kind == N_ALT)
			make_alternative(m, n, last);
		else if (n->kind == N_GLUE)
			make_glue(m, n->child);
		else if (n->kind == N_PEEK)
			m->peek = n->text;
		n = n->next;
	}
}

static const char *make_line(const struct rule *r, unsigned alternative, bool reversed,
			     bool printed, char *buf)
{
	struct make m = {
		.rule = r, .alternative = alternative, .reversed = reversed, .printed = printed
	};

	text_fixed(&m.out, buf, LINE);
	make_seq(&m, r->root, true);
	assert_false(m.out.overflow);
	return buf;
}

static unsigned alternatives(const struct node *n)
{
	unsigned most = 1;

	for (; n; n = n->next) {
		unsigned here = 0, below = n->child ? alternatives(n->child) : 1;

		for (const struct node *a = n->kind == N_ALT ? n->child : NULL; a; a = a->alt)
			here++;
		most = here > most ? here : most;
		most = below > most ? below : most;
	}
	return most;
}

/* ---- feeding ---- */
static struct ios_place feed(struct schema_rig *r, const struct ios_place *at, const char *line)
{
	struct ios_line l;
	char why[200] = "";
	int err = ios_parse_line(at, line, &l, why, sizeof(why));
	struct ios_place place;

	if (err)
		fail_msg("`%s` is not read: %s", line, why);
	faults_fini(&r->faults);
	if (ios_apply(r->conf, &l, &r->faults))
		fail_msg("`%s` is refused: %s %s", line, r->faults.list[0].field,
			 r->faults.list[0].detail);
	place = l.place;
	ios_line_fini(&l);
	return place;
}

static const struct rule *header(const struct rule *of, bool of_object)
{
	size_t n;
	const struct rule *r = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		if (r[i].header && r[i].obj == of->obj &&
		    r[i].mode == (of_object ? NULL : of->mode))
			return &r[i];
	}
	return NULL;
}

/* Enters the modes above a line. */
static struct ios_place enter(struct schema_rig *r, const struct rule *rule)
{
	struct ios_place at = { 0 };
	char line[LINE];
	const struct rule *h = header(rule, true);

	if (h && h != rule)
		at = feed(r, &at, make_line(h, 0, false, false, line));
	if (rule->mode && !rule->header)
		at = feed(r, &at, make_line(header(rule, false), 0, false, false, line));
	return at;
}

static const char *object_of(const struct rule *rule, char *path, size_t cap)
{
	char text[64], key[64] = "";
	struct node n = { .f = rule->obj->key, .key = 0 };
	struct make m = { .rule = rule };

	if (rule->obj->key) {
		sample(&m, &n, text, sizeof(text));
		schema_path_quote(text, key, sizeof(key));
	}
	snprintf(path, cap, "%s%s%s", rule->obj->path, key[0] ? "/" : "", key);
	return path;
}

static char *state_of(struct schema_rig *r, const struct rule *rule)
{
	char path[SCHEMA_PATH_MAX];
	const cJSON *item = conf_get(r->conf, object_of(rule, path, sizeof(path)));
	char *text = item ? cJSON_PrintUnformatted(item) : NULL,
	     *out = mem_strdup(text ? text : "");

	cJSON_free(text);
	return out;
}

static void assert_state(struct schema_rig *r, const struct rule *rule, const char *want,
			 const char *line)
{
	char *now = state_of(r, rule);

	if (strcmp(now, want) != 0)
		fail_msg("after `%s`: %s, not %s", line, now, want);
	mem_free(now);
}

static void assert_printed(struct schema_rig *r, const struct rule *rule, const char *line)
{
	struct ios_print opt = { r->store, true };
	char path[SCHEMA_PATH_MAX], want[LINE + 2];
	const char *slash, *key = "";
	struct text out;

	object_of(rule, path, sizeof(path));
	slash = strrchr(path, '/');
	if (rule->obj->collection)
		key = slash + 1;
	text_init(&out, 1 << 20);
	ios_print_object(&out, rule->obj, key, conf_get(r->conf, path), &opt);
	snprintf(want, sizeof(want), "%s\n", line);
	if (!strstr(out.buf, want))
		fail_msg("`%s` is not printed:\n%s", line, out.buf);
	text_fini(&out);
}

static void start_again(struct schema_rig *r)
{
	conf_close(r->conf);
	assert_int_equal(conf_open(r->store, &r->conf), 0);
}

struct find_bool {
	bool on_by_default, other;
};

static void on_bool(void *ctx, const struct node *n)
{
	struct find_bool *f = ctx;

	if (n->kind == N_FIELD && n->f->type == T_BOOL)
		f->on_by_default = (n->f->dflt && strcmp(n->f->dflt, "true") == 0) != n->invert;
	else
		f->other = true;
}

static void leading_words(const struct rule *rule, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	for (const struct node *n = rule->root; n && n->kind == N_WORD; n = n->next)
		text_addf(&t, "%s%s", t.len ? " " : "", n->text);
}

/* A switch that is on by default: its `no` line is what is stored and printed. */
static void try_default_on(struct schema_rig *r, const struct rule *rule)
{
	struct ios_place at = enter(r, rule);
	char words[LINE], no[LINE + 16], *before = state_of(r, rule), *after;

	leading_words(rule, words, sizeof(words));
	snprintf(no, sizeof(no), "no %s", words);
	feed(r, &at, no);
	assert_printed(r, rule, no);
	after = state_of(r, rule);
	assert_string_not_equal(before, after);
	feed(r, &at, words);
	assert_state(r, rule, before, words);
	feed(r, &at, no);
	snprintf(no, sizeof(no), "default %s", words);
	feed(r, &at, no);
	assert_state(r, rule, before, no);
	mem_free(before);
	mem_free(after);
	start_again(r);
}

/* `off`: what takes the line away again: "no", but "default" where `no` is a setting of its own. */
static void try_line(struct schema_rig *r, const struct rule *rule, unsigned alternative,
		     const char *off)
{
	struct ios_place at = enter(r, rule);
	char line[LINE], shown[LINE], turned[LINE], no[LINE + 16], *before = state_of(r, rule),
								   *after;

	make_line(rule, alternative, false, false, line);
	make_line(rule, alternative, false, true, shown);
	make_line(rule, alternative, true, false, turned);
	feed(r, &at, line);
	if (rule->alias) {
		mem_free(before);
		start_again(r);
		return;
	}
	assert_printed(r, rule, shown);
	after = state_of(r, rule);
	assert_string_not_equal(before, after);
	feed(r, &at, shown);
	assert_state(r, rule, after, shown);
	if (rule->header)
		goto out;
	snprintf(no, sizeof(no), "%s %s", off, line);
	feed(r, &at, no);
	assert_state(r, rule, before, no);
	if (!strstr(after, "$hash") && !strstr(after, "$sealed")) {
		feed(r, &at, turned);
		assert_state(r, rule, after, turned);
		snprintf(no, sizeof(no), "default %s", line);
		feed(r, &at, no);
		assert_state(r, rule, before, no);
	} else {
		feed(r, &at, turned);
		assert_printed(r, rule, shown);
	}
out:
	mem_free(before);
	mem_free(after);
	start_again(r);
}

static void every_line_is_read_stored_printed_and_taken_away(void **state)
{
	struct schema_rig *r = *state;
	size_t n, tried = 0;
	const struct rule *rules = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		struct find_bool b = { false, false };

		node_each(rules[i].root, on_bool, &b);
		if (b.on_by_default && !rules[i].alias && !rules[i].header)
			try_default_on(r, &rules[i]);
		if (rules[i].only_no)
			continue;
		if (rules[i].header && rules[i].mode && !rules[i].map)
			continue; /* nothing of its own to store: tried by its lines */
		if (rules[i].header && !rules[i].obj->collection && !rules[i].mode)
			continue;
		if (b.on_by_default && !b.other)
			continue;
		for (unsigned a = 0; a < alternatives(rules[i].root); a++, tried++)
			try_line(r, &rules[i], a, b.on_by_default ? "default" : "no");
	}
	assert_true(tried > 250);
	REQ("R-315");
	REQ("R-316");
	REQ("R-325");
}

/* ---- rows ---- */
typedef void (*row_fn)(void *ctx, const struct schema_object *o, const struct schema_field *f,
		       const char *path);

static void each_row(const struct schema_object *o, const struct schema_field *table,
		     const char *path, row_fn fn, void *ctx)
{
	for (const struct schema_field *f = table; f->name; f++) {
		char below[300];

		snprintf(below, sizeof(below), "%s%s%s", path, *path ? "." : "", f->name);
		fn(ctx, o, f, below);
		if (f->keys)
			each_row(o, f->keys, below, fn, ctx);
		if (f->members)
			each_row(o, f->members, below, fn, ctx);
		if (f->item && f->type == T_MAP) {
			const struct schema_field one[] = { *f->item, { .name = NULL } };

			each_row(o, one, below, fn, ctx);
		}
	}
}

static void every_object(row_fn fn, void *ctx)
{
	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		if ((*o)->key)
			fn(ctx, *o, (*o)->key, (*o)->key->name);
		each_row(*o, (*o)->fields, "", fn, ctx);
	}
}

struct used {
	const struct schema_field *f;
	bool hit;
};

static void on_used(void *ctx, const struct node *n)
{
	struct used *u = ctx;

	u->hit = u->hit || (n->f->name == u->f->name && n->f->label == u->f->label &&
			    n->f->help == u->f->help);
}

static void is_written(void *ctx, const struct schema_object *o, const struct schema_field *f,
		       const char *path)
{
	size_t n, *count = ctx;
	const struct rule *rules = ios_rules(&n);
	struct used u = { f, f->type == T_OBJECT || f->type == T_MAP ||
				 (f->flags & (F_EXISTS | F_KEPT)) };

	for (size_t i = 0; i < n && !u.hit; i++) {
		if (rules[i].obj == o)
			node_each(rules[i].root, on_used, &u);
	}
	if (!u.hit)
		fail_msg("no line writes %s %s", o->path, path);
	(*count)++;
}

static void every_row_has_a_line(void **state)
{
	char why[256] = "";
	size_t count = 0;

	(void)state;
	if (ios_selftest(why, sizeof(why)))
		fail_msg("%s", why);
	every_object(is_written, &count);
	assert_true(count > 400);
}

static void is_described(void *ctx, const struct schema_object *o, const struct schema_field *f,
			 const char *path)
{
	(void)ctx;
	if (!f->label || !f->help || !*f->label || !*f->help || f->help[strlen(f->help) - 1] != '.')
		fail_msg("%s %s: label and help", o->path, path);
	if ((f->type == T_ENUM) && !f->choices)
		fail_msg("%s %s: choices", o->path, path);
	if ((f->type == T_LIST) != (f->item && f->type != T_MAP))
		fail_msg("%s %s: item", o->path, path);
}

static void every_row_says_what_it_is(void **state)
{
	(void)state;
	every_object(is_described, NULL);
}

/* ---- wrong values ---- */
static void refuse(const struct schema_object *o, const char *path, const struct schema_field *f,
		   cJSON *v, int want, const char *text)
{
	char why[400] = "";
	int err;
	cJSON *got = schema_canon_value(f, v, &err, why, sizeof(why));

	if (got || err != want || (text && strcmp(why, text) != 0))
		fail_msg("%s %s: %s, not %s (%d)", o->path, path, why, text ? text : "", err);
	cJSON_Delete(v);
}

static void refuse_numbers(const struct schema_object *o, const char *path,
			   const struct schema_field *f)
{
	char text[200];
	long long top = schema_max(f);

	if (f->choices)
		return;
	if (schema_has_max(f)) {
		if (f->fault && strcmp(f->fault, "lpcor_index_range") == 0)
			snprintf(text, sizeof(text), "Index must be %lld-%lld", (long long)f->min,
				 top);
		else if (f->fault)
			snprintf(text, sizeof(text),
				 "Maximum number of configurable ephones is %lld", top);
		else
			snprintf(text, sizeof(text), "Value %lld out of range %lld-%lld", top + 1,
				 (long long)f->min, top);
		refuse(o, path, f, cJSON_CreateNumber((double)(top + 1)), ERR_RANGE, text);
	}
	refuse(o, path, f, cJSON_CreateNumber((double)(f->min - 1)), ERR_RANGE, NULL);
	refuse(o, path, f, cJSON_CreateNumber(1.5), ERR_TYPE, "Must be a whole number");
}

static void is_strict(void *ctx, const struct schema_object *o, const struct schema_field *f,
		      const char *path)
{
	char *long_text;

	(void)ctx;
	switch (f->type) {
	case T_OBJECT:
	case T_MAP:
		return;
	case T_BOOL:
	case T_FLAG:
		refuse(o, path, f, cJSON_CreateString("true"), ERR_TYPE, "Must be true or false");
		return;
	case T_INT:
		refuse(o, path, f, cJSON_CreateString("7"), ERR_TYPE, "Must be a whole number");
		refuse_numbers(o, path, f);
		return;
	case T_LIST:
		refuse(o, path, f, cJSON_CreateTrue(), ERR_TYPE, "Must be a list");
		return;
	case T_DSCP:
		refuse(o, path, f, cJSON_CreateNumber(64), ERR_RANGE, "Value 64 out of range 0-63");
		refuse(o, path, f, cJSON_CreateTrue(), ERR_TYPE, NULL);
		return;
	default:
		refuse(o, path, f, cJSON_CreateNumber(7), ERR_TYPE, "Must be text");
	}
	refuse(o, path, f, cJSON_CreateString("a\001b"), ERR_INVALID, NULL);
	if (!f->max || f->type == T_TIME || f->type == T_BUTTONS)
		return;
	long_text = mem_zalloc((size_t)f->max + 2);
	memset(long_text, '1', (size_t)f->max + 1);
	refuse(o, path, f, cJSON_CreateString(long_text), ERR_RANGE, NULL);
	mem_free(long_text);
}

static void every_row_refuses_wrong_types_and_ranges(void **state)
{
	(void)state;
	every_object(is_strict, NULL);
	REQ("R-320");
}

static void has_sound_default(void *ctx, const struct schema_object *o,
			      const struct schema_field *f, const char *path)
{
	char why[200] = "";
	cJSON *v;
	int err;

	(void)ctx;
	if (!f->dflt)
		return;
	v = schema_from_text(f, f->dflt, &err, why, sizeof(why));
	if (!v)
		fail_msg("%s %s: default %s: %s", o->path, path, f->dflt, why);
	cJSON_Delete(v);
}

static void every_default_is_a_valid_value(void **state)
{
	(void)state;
	every_object(has_sound_default, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_says_what_it_is),
		cmocka_unit_test(every_row_has_a_line),
		cmocka_unit_test(every_default_is_a_valid_value),
		cmocka_unit_test(every_row_refuses_wrong_types_and_ranges),
		cmocka_unit_test_setup_teardown(every_line_is_read_stored_printed_and_taken_away,
						rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
