/* The schema against the table of the model, tests/model/rows.tsv: each setting of a running
 * configuration is there, under its name, with the limits, choices, default, unit, secret kind and effect
 * that the model gives, and some line of IOS begins as the model's does.
 * Where the schema says otherwise on purpose, `accepted` says why. */
#include "tests/support/test.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/ios/syntax.h"
#include "store/schema/internal.h"

enum col {
	RESOURCE,
	PATH,
	PART,
	TYPE,
	MIN,
	MAX,
	LIMIT,
	UNIT,
	CHOICES,
	DEFAULT,
	OPTIONAL,
	SECRET,
	EFFECT,
	COMMAND,
	COLS
};

struct row {
	char *text; /* owns the columns */
	const char *c[COLS];
};

static const struct accepted {
	const char *where, *aspect, *reason;
} accepted[] = {
	{ "telephony-service source_addresses.{family}.address", "type",
	  "a member for each family, each takes its own addresses only" },
	{ "telephony-service source_addresses.{family}.secondary", "type",
	  "a member for each family, each takes its own addresses only" },
	{ "telephony-service system_message", "max",
	  "30 characters is what a display shows: longer text is kept, with a warning (R-337)" },
	{ "telephony-service system_message", "default", "the model gives the default in words" },
	{ "telephony-service mwi_sip_server.address", "type",
	  "the model says in words that the server must be IPv4" },
	{ "ephones device_security_mode", "default",
	  "the value of the system is the default, in the words of the model" },
	{ "ephones keepalive", "default",
	  "the value of the system is the default, in the words of the model" },
	{ "ephones mtp", "default",
	  "off by default, in the words of the model; audio is the line without a word" },
	{ "ephone-templates keepalive", "default", "a template that says nothing changes nothing" },
	{ "ephone-templates mtp", "default", "a template that says nothing changes nothing" },
	{ "voice-register/global time_zone", "max",
	  "zones 54 to 56 with a warning (model section 6, number 18)" },
	{ "voice-register/global dst{edge}", "choices", "auto_adjust stands beside the two edges" },
	{ "voice-register/global dst.{edge}.month", "default",
	  "the model gives the default of the line in words" },
	{ "voice-register/global dst.{edge}.week", "default",
	  "the model gives the default of the line in words" },
	{ "voice-register/global dst.{edge}.weekday", "default",
	  "the model gives the default of the line in words" },
	{ "voice-register/global dst.{edge}.time", "default",
	  "the model gives the default of the line in words" },
	{ "voice-register/pools cor{number}", "type",
	  "a line with default has `default` for its number (model 4.1)" },
	{ "voice-register/templates cor{number}", "type",
	  "a line with default has `default` for its number (model 4.1)" },
	{ "voice-register/dns intercom.speed_dial", "type",
	  "the number of a line may hold letters" },
	{ "dial-peers forward_digits", "type", "a number up to 32, or one of two words" },
	{ "presence server", "type", "the model says in words that the server must be IPv4" },
	{ "platform-config raw_lines", "line",
	  "lines without effect are kept as they stand: test_ios_keep.c" },
	{ NULL, NULL, NULL },
};

/* ---- the table ---- */
#define ROWS_MAX 2000
static struct row rows[ROWS_MAX];
static size_t n_rows;

static void split(struct row *r, const char *line)
{
	char *p = r->text = mem_strdup(line);

	p[strcspn(p, "\n")] = '\0';
	for (int i = 0; i < COLS; i++) {
		r->c[i] = strsep(&p, "\t");
		assert_non_null(r->c[i]);
	}
	assert_null(p);
}

static int read_rows(void **state)
{
	FILE *f = fopen("tests/model/rows.tsv", "r");
	char line[2048];

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		assert_true(n_rows < ROWS_MAX);
		split(&rows[n_rows++], line);
	}
	fclose(f);
	return 0;
}

static int drop_rows(void **state)
{
	(void)state;
	while (n_rows)
		mem_free(rows[--n_rows].text);
	return 0;
}

/* ---- differences ---- */
static unsigned differences;
static unsigned accepted_seen[ARRAY_LEN(accepted)];

__attribute__((format(printf, 3, 4))) static void differs(const struct row *r, const char *aspect,
							  const char *fmt, ...)
{
	char where[300], what[400];
	va_list ap;

	snprintf(where, sizeof(where), "%s %s", r->c[RESOURCE], r->c[PATH]);
	if (strncmp(r->c[PART], "key:", 4) == 0)
		snprintf(where, sizeof(where), "%s %s{%s}", r->c[RESOURCE], r->c[PATH],
			 r->c[PART] + 4);
	for (size_t i = 0; accepted[i].where; i++) {
		if (strcmp(accepted[i].where, where) == 0 &&
		    strcmp(accepted[i].aspect, aspect) == 0) {
			accepted_seen[i]++;
			return;
		}
	}
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	print_error("%s: %s: %s\n", where, aspect, what);
	differences++;
}

/* ---- finding the rows of a path ---- */
#define FOUND_MAX 8
struct found {
	const struct schema_field *f[FOUND_MAX];
	enum schema_apply apply[FOUND_MAX];
	size_t n;
};

static void found_add(struct found *out, const struct schema_field *f, enum schema_apply apply)
{
	assert_true(out->n < FOUND_MAX);
	out->f[out->n] = f;
	out->apply[out->n++] = f->apply > apply ? f->apply : apply;
}

static void find(const struct schema_field *table, const char *path, enum schema_apply apply,
		 struct found *out);

/* Below `f`: "" the row itself, ".name" a member, ".{key}" the entries. */
static void find_below(const struct schema_field *f, const char *rest, enum schema_apply apply,
		       struct found *out)
{
	enum schema_apply own = f->apply > apply ? f->apply : apply;

	if (!*rest) {
		found_add(out, f, apply);
	} else if (rest[1] != '{') {
		if (f->type == T_OBJECT)
			find(f->members, rest + 1, own, out);
	} else {
		rest = strchr(rest, '}') + 1;
		if (f->type == T_OBJECT) {
			for (const struct schema_field *m = f->members; m->name; m++)
				find_below(m, rest, own, out);
		} else if (f->type == T_MAP && *rest && f->members) {
			find(f->members, rest + 1, own, out);
		} else if (f->type == T_MAP && !*rest) {
			found_add(out, f->item ? f->item : f, own);
		}
	}
}

static void find(const struct schema_field *table, const char *path, enum schema_apply apply,
		 struct found *out)
{
	size_t len = strcspn(path, ".");
	const struct schema_field *f = schema_member(table, path, len);

	if (f)
		find_below(f, path + len, apply, out);
}

/* ---- one aspect each ---- */
static const struct kin {
	const char *model;
	enum schema_type types[4];
	size_t n;
} kin[] = {
	{ "int", { T_INT }, 1 },
	{ "string", { T_STR, T_FILE }, 2 },
	{ "enum", { T_ENUM }, 1 },
	{ "bool", { T_BOOL }, 1 },
	{ "flag", { T_FLAG, T_BOOL }, 2 },
	{ "digits", { T_DIGITS }, 1 },
	{ "keypad", { T_DIGITS }, 1 },
	{ "dn_number", { T_DN_NUMBER }, 1 },
	{ "dial_pattern", { T_PATTERN }, 1 },
	{ "hex_digits", { T_HEX }, 1 },
	{ "hex24", { T_HEX }, 1 },
	{ "time_hhmm", { T_TIME }, 1 },
	{ "month", { T_ENUM }, 1 },
	{ "mac", { T_MAC }, 1 },
	{ "ip_address", { T_IP }, 1 },
	{ "ip_mask", { T_IP_MASK }, 1 },
	{ "ipv4", { T_IPV4 }, 1 },
	{ "ipv4_mask", { T_IPV4_MASK }, 1 },
	{ "ipv4_multicast", { T_MULTICAST }, 1 },
	{ "url", { T_URL }, 1 },
	{ "file_url", { T_URL, T_FILE }, 2 },
	{ "secret", { T_SECRET }, 1 },
	{ "dscp", { T_DSCP }, 1 },
	{ "phone_type", { T_PHONE_TYPE }, 1 },
	{ "codec", { T_CODEC, T_ENUM }, 2 },
	{ "cause_name", { T_ENUM, T_STR }, 2 },
	{ "plk_feature", { T_ENUM, T_STR }, 2 },
	{ "sip_target", { T_STR, T_URL, T_TARGET }, 3 },
	{ "tag_list", { T_LIST }, 1 },
	{ "number_list", { T_LIST }, 1 },
	{ "int_list", { T_LIST }, 1 },
	{ "ipv4_list", { T_LIST }, 1 },
	{ "softkey_list", { T_LIST }, 1 },
	{ "button_list", { T_LIST, T_BUTTONS }, 2 },
	{ "dtmf_list", { T_LIST }, 1 },
};

static const struct kin *kin_of(const char *model)
{
	for (size_t i = 0; i < ARRAY_LEN(kin); i++) {
		if (strcmp(kin[i].model, model) == 0)
			return &kin[i];
	}
	fail_msg("no type %s", model);
	return NULL;
}

static void same_type(const struct row *r, const struct schema_field *f)
{
	const struct kin *k = kin_of(r->c[TYPE]);

	if (*r->c[SECRET] && f->type == T_SECRET)
		return;
	for (size_t i = 0; i < k->n; i++) {
		if (k->types[i] == f->type)
			return;
	}
	/* a number, but one of a few */
	if (strcmp(r->c[TYPE], "enum") == 0 && f->type == T_INT && f->choices)
		return;
	differs(r, "type", "%s in the model, %d here", r->c[TYPE], (int)f->type);
}

/* Limits of a list of numbers are those of each number. */
static const struct schema_field *counted(const struct row *r, const struct schema_field *f)
{
	return strcmp(r->c[TYPE], "int_list") == 0 && f->item ? f->item : f;
}

static void same_bounds(const struct row *r, const struct schema_field *f)
{
	bool number = f->type == T_INT;
	long long min = strtoll(r->c[MIN], NULL, 10), max = strtoll(r->c[MAX], NULL, 10);

	if (number && f->choices && !*r->c[MIN])
		return;
	if (*r->c[MIN] && f->min != min)
		differs(r, "min", "%lld in the model, %lld here", min, (long long)f->min);
	if (*r->c[MAX] && (!schema_has_max(f) || schema_max(f) != max))
		differs(r, "max", "%lld in the model, %lld here", max, (long long)schema_max(f));
	if (strcmp(r->c[LIMIT], f->limit && !f->ref ? f->limit : "") != 0 && *r->c[LIMIT])
		differs(r, "limit", "%s in the model, %s here", r->c[LIMIT],
			f->limit ? f->limit : "none");
}

static void same_unit(const struct row *r, const struct schema_field *f)
{
	if (*r->c[UNIT] && (!f->unit || strcmp(f->unit, r->c[UNIT]) != 0))
		differs(r, "unit", "%s in the model, %s here", r->c[UNIT],
			f->unit ? f->unit : "none");
}

static bool has_choice(const struct schema_field *f, const char *name, size_t len)
{
	if (f->type == T_OBJECT)
		return schema_member(f->members, name, len);
	for (const char *const *c = f->choices; c && *c; c++) {
		if (strlen(*c) == len && memcmp(*c, name, len) == 0)
			return true;
	}
	return false;
}

static size_t count_choices(const struct schema_field *f)
{
	size_t n = 0;

	if (f->type == T_OBJECT) {
		while (f->members[n].name)
			n++;
		return n;
	}
	while (f->choices && f->choices[n])
		n++;
	return n;
}

static void same_choices(const struct row *r, const struct schema_field *f)
{
	size_t n = 0, here;

	if (f->type == T_LIST && f->item)
		f = f->item;
	here = count_choices(f);
	for (const char *c = r->c[CHOICES]; *c; n++) {
		size_t len = strcspn(c, "|");

		if (!has_choice(f, c, len))
			differs(r, "choices", "%.*s is missing", (int)len, c);
		c += len + (c[len] == '|');
	}
	if (n && n != here)
		differs(r, "choices", "%zu in the model, %zu here", n, here);
}

static bool equal_default(const struct row *r, const struct schema_field *f)
{
	const char *want = r->c[DEFAULT], *have = f->dflt ? f->dflt : "";

	if (f->type == T_BOOL || f->type == T_FLAG)
		return (strcmp(want, "true") == 0) == (strcmp(have, "true") == 0);
	if (f->type == T_DSCP && *want && *have)
		return schema_dscp_parse(want) == schema_dscp_parse(have);
	return strcasecmp(want, have) == 0;
}

static void same_default(const struct row *r, const struct schema_field *f)
{
	if (!equal_default(r, f))
		differs(r, "default", "%s in the model, %s here",
			*r->c[DEFAULT] ? r->c[DEFAULT] : "none", f->dflt ? f->dflt : "none");
}

static void same_secret(const struct row *r, const struct schema_field *f)
{
	const char *have = f->type != T_SECRET ? "" : f->flags & F_HASH ? "hash" : "recoverable";

	if (strcmp(have, r->c[SECRET]) != 0)
		differs(r, "secret", "%s in the model, %s here",
			*r->c[SECRET] ? r->c[SECRET] : "none", *have ? have : "none");
}

static void same_effect(const struct row *r, enum schema_apply apply)
{
	if (strcmp(schema_apply_text(apply), r->c[EFFECT]) != 0)
		differs(r, "effect", "%s in the model, %s here", r->c[EFFECT],
			schema_apply_text(apply));
}

static void same_value(const struct row *r, const struct schema_field *f, enum schema_apply apply)
{
	same_type(r, f);
	same_bounds(r, counted(r, f));
	same_unit(r, counted(r, f));
	same_choices(r, f);
	same_default(r, f);
	same_secret(r, f);
	same_effect(r, apply);
}

/* ---- lines ---- */
/* The words before the first value. */
static void literal_words(const char *s, size_t len, char *out, size_t cap)
{
	struct text t;
	size_t i = 0;

	text_fixed(&t, out, cap);
	while (i < len) {
		size_t n = 0;

		while (i < len && s[i] == ' ')
			i++;
		while (i + n < len && s[i + n] != ' ')
			n++;
		if (!n || memchr(s + i, '<', n) || strchr("[{~.(", s[i]))
			return;
		if (t.len)
			text_addc(&t, ' ');
		text_addf(&t, "%.*s", (int)n, s + i);
		i += n;
	}
}

/* One begins as the other does, at the end of a word. */
static bool begin_alike(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), n = la < lb ? la : lb;

	if (!la || !lb || strncasecmp(a, b, n) != 0)
		return false;
	return (!a[n] || a[n] == ' ') && (!b[n] || b[n] == ' ');
}

static bool has_line(const struct schema_object *o, const char *words)
{
	size_t n;
	const struct rule *rules = ios_rules(&n);

	for (size_t i = 0; i < n; i++) {
		char own[200];

		if (rules[i].obj != o)
			continue;
		literal_words(rules[i].syntax, strlen(rules[i].syntax), own, sizeof(own));
		if (begin_alike(words, own))
			return true;
	}
	return false;
}

/* Up to the next `|` that stands outside brackets. */
static size_t alternative(const char *s)
{
	int depth = 0;
	size_t n = 0;

	for (; s[n]; n++) {
		if (strchr("[{<", s[n]))
			depth++;
		else if (strchr("]}>", s[n]))
			depth--;
		else if (s[n] == '|' && depth == 0)
			break;
	}
	return n;
}

static void has_lines(const struct row *r, const struct schema_object *o)
{
	const char *s = r->c[COMMAND];

	while (*s) {
		size_t len = alternative(s);
		char words[200];

		literal_words(s, len, words, sizeof(words));
		if (words[0] && strncmp(words, "no ", 3) != 0 && !has_line(o, words))
			differs(r, "line", "no line begins with `%s`", words);
		s += len + (s[len] == '|');
	}
}

/* ---- rows ---- */
static const struct schema_field *key_row(const struct schema_field *map, const char *name)
{
	return map->keys ? schema_member(map->keys, name, strlen(name)) : NULL;
}

static void check_key(const struct row *r, const struct schema_object *o)
{
	struct found found = { .n = 0 };
	const struct schema_field *f;

	find(o->fields, r->c[PATH], APPLY_NONE, &found);
	if (!found.n) {
		differs(r, "missing", "no such list");
		return;
	}
	f = found.f[0];
	if (f->type == T_OBJECT) { /* a member for each key there can be */
		same_choices(r, f);
		same_effect(r, found.apply[0]);
		return;
	}
	f = f->type == T_MAP ? key_row(f, r->c[PART] + 4) : NULL;
	if (f)
		same_value(r, f, found.apply[0]);
	else
		differs(r, "missing", "no such key");
}

static void check_value(const struct row *r, const struct schema_object *o)
{
	struct found found = { .n = 0 };

	find(o->fields, r->c[PATH], APPLY_NONE, &found);
	if (!found.n)
		differs(r, "missing", "no such row");
	for (size_t i = 0; i < found.n; i++)
		same_value(r, found.f[i], found.apply[i]);
}

static void check_tag(const struct row *r, const struct schema_object *o)
{
	if (!o->key || strcmp(o->key->name, r->c[PATH]) != 0)
		differs(r, "missing", "no such key of a collection");
	else
		same_value(r, o->key, o->apply_create);
}

static void check_row(const struct row *r)
{
	const struct schema_object *o = schema_object(r->c[RESOURCE]);

	if (strcmp(r->c[PART], "action") == 0)
		return; /* no part of the configuration: tests/peer/test_model_actions.py */
	if (!o) {
		differs(r, "missing", "no such object");
		return;
	}
	if (strcmp(r->c[PART], "tag") == 0)
		check_tag(r, o);
	else if (strncmp(r->c[PART], "key:", 4) == 0)
		check_key(r, o);
	else if (strcmp(r->c[PART], "value") == 0)
		check_value(r, o);
	if (strcmp(r->c[PART], "raw") != 0)
		has_lines(r, o);
}

static void every_setting_of_the_model_is_in_the_schema(void **state)
{
	(void)state;
	assert_true(n_rows > 850);
	for (size_t i = 0; i < n_rows; i++)
		check_row(&rows[i]);
	if (differences)
		fail_msg("%u differences from the model", differences);
}

static void every_accepted_difference_has_a_reason(void **state)
{
	(void)state;
	for (size_t i = 0; accepted[i].where; i++) {
		assert_true(strlen(accepted[i].reason) > 10);
		if (!accepted_seen[i])
			fail_msg("%s: %s: no difference any more", accepted[i].where,
				 accepted[i].aspect);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_setting_of_the_model_is_in_the_schema),
		cmocka_unit_test(every_accepted_difference_has_a_reason),
	};
	return cmocka_run_group_tests(tests, read_rows, drop_rows);
}
