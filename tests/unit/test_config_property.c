/* Random valid configurations, made from the rows of the schema, and what must hold for each of them:
 * its export is read back into an empty system without a complaint, gives equal objects and the same export
 * again; a revision that is restored has the export it had.
 *
 * CONFIG_PROPERTY_COUNT sets how many (300; `make test` takes 10,000), CONFIG_PROPERTY_SEED the first
 * seed. A failure prints its seed and the fewest operations that still fail. */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/import.h"
#include "store/ios/ios.h"
#include "store/schema/internal.h"
#include "tests/support/config_gen.h"
#include "tests/support/schema_rig.h"

#define EXPORT_MAX (4u << 20)
#define WHY        1600

/* ---- the configuration as text and as objects ---- */
static char *export_of(struct schema_rig *r, struct conf *c)
{
	struct ios_print opt = { r->store, true };
	struct text out;

	text_init(&out, EXPORT_MAX);
	assert_int_equal(ios_export(c, &opt, &out), 0);
	return text_take(&out);
}

/* Each sealing of a secret differs, so they are opened for the comparison. */
static void open_secrets(struct schema_rig *r, cJSON *v)
{
	cJSON *sealed, *e;
	char clear[512];

	cJSON_ArrayForEach (e, v) {
		sealed = cJSON_GetObjectItemCaseSensitive(e, "$sealed");
		if (sealed &&
		    store_unseal(r->store, sealed->valuestring, clear, sizeof(clear)) == 0)
			cJSON_SetValuestring(sealed, clear);
		else
			open_secrets(r, e);
	}
}

static cJSON *opened(struct schema_rig *r, const cJSON *item)
{
	cJSON *out = cJSON_Duplicate(item, true);

	open_secrets(r, out);
	return out;
}

struct compare {
	struct schema_rig *rig;
	struct conf *other;
	const char *collection;
	char *why;
	bool differs;
};

static int compare_item(void *ctx, const char *key, const cJSON *item)
{
	struct compare *x = ctx;
	char path[SCHEMA_PATH_MAX], *a_text, *b_text;
	cJSON *a = opened(x->rig, item), *b;

	snprintf(path, sizeof(path), "%s%s%s", x->collection, *key ? "/" : "", key);
	b = opened(x->rig, conf_get(x->other, path));
	a_text = cJSON_PrintUnformatted(a);
	b_text = b ? cJSON_PrintUnformatted(b) : NULL;
	if (!b_text || strcmp(a_text, b_text) != 0) {
		snprintf(x->why, WHY, "%s: %.500s\n  is, read back, %.500s", path, a_text,
			 b_text ? b_text : "not there");
		x->differs = true;
	}
	cJSON_free(a_text);
	cJSON_free(b_text);
	cJSON_Delete(a);
	cJSON_Delete(b);
	return x->differs;
}

/* Every object of `a` is in `b` and equal. */
static bool objects_equal(struct schema_rig *r, struct conf *a, struct conf *b, char *why)
{
	struct compare x = { .rig = r, .other = b, .why = why };

	for (const struct schema_object *const *o = schema_objects(); *o && !x.differs; o++) {
		const cJSON *one;

		x.collection = (*o)->path;
		if ((*o)->collection)
			conf_each(a, (*o)->path, NULL, compare_item, &x);
		else if ((one = conf_get(a, (*o)->path)))
			compare_item(&x, "", one);
	}
	return !x.differs;
}

/* ---- reading it back ---- */

/* The first line that was not taken as what it is. */
static bool all_taken(const cJSON *report, char *why)
{
	const cJSON *l;

	cJSON_ArrayForEach (l, cJSON_GetObjectItemCaseSensitive(report, "lines")) {
		const char *result =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(l, "result"));
		const char *text =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(l, "text"));
		const char *reason =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(l, "reason"));

		if (strcmp(result, "refused") != 0 && (strcmp(result, "ignored") != 0 || !reason ||
						       strcmp(text, "end") == 0 || text[0] == '!'))
			continue;
		snprintf(why, WHY, "`%.300s` is %s: %.300s", text, result, reason ? reason : "");
		return false;
	}
	return true;
}

static bool read_text(struct conf *c, const char *text, char *why)
{
	struct import_options opt = { .replace = true };
	struct faults f, warnings;
	struct import *im = NULL;
	cJSON *report;
	bool ok;

	faults_init(&f);
	faults_init(&warnings);
	ok = ios_import(&im, c, text, strlen(text), &opt, &f, &warnings) == 0;
	if (!ok)
		snprintf(why, WHY, "read back it does not pass: %.200s%.200s %.300s",
			 f.n ? f.list[0].path : "", f.n ? f.list[0].field : "",
			 f.n ? f.list[0].detail : "");
	report = import_report(im);
	ok = ok && all_taken(report, why);
	cJSON_Delete(report);
	import_free(im);
	faults_fini(&f);
	faults_fini(&warnings);
	return ok;
}

static struct conf *empty_draft(struct schema_rig *r)
{
	struct conf *c;

	assert_int_equal(conf_open(r->store, &c), 0);
	conf_clear(c);
	return c;
}

static void first_difference(const char *a, const char *b, char *why)
{
	size_t i = 0, line = 0;

	for (; a[i] && a[i] == b[i]; i++)
		line = a[i] == '\n' ? i + 1 : line;
	snprintf(why, WHY, "the export changes:\n  %.*s\n  %.*s", (int)strcspn(a + line, "\n"),
		 a + line, (int)strcspn(b + line, "\n"), b + line);
}

/* What must hold for the configuration in `a`. */
static bool comes_back(struct schema_rig *r, struct conf *a, char *why)
{
	char *text = export_of(r, a), *again = NULL;
	struct conf *b = empty_draft(r);
	bool ok =
	    read_text(b, text, why) && objects_equal(r, a, b, why) && objects_equal(r, b, a, why);

	if (ok) {
		again = export_of(r, b);
		ok = strcmp(text, again) == 0;
		if (!ok)
			first_difference(text, again, why);
	}
	conf_close(b);
	mem_free(text);
	mem_free(again);
	return ok;
}

/* ---- making a failing one smaller ---- */
struct trial {
	struct schema_rig *rig;
	const struct gen *gen;
	bool *keep;
};

static bool holds(struct trial *t, char *why)
{
	struct conf *c = empty_draft(t->rig);
	char said[400];
	bool ok = gen_stage(c, t->gen->ops, t->gen->n, t->keep, said, sizeof(said)) < 0 ||
		  comes_back(t->rig, c, why);

	conf_close(c);
	return ok;
}

/* Leaves out halves, then quarters, ... as long as what is left still fails. */
static void shrink(struct trial *t, char *why)
{
	size_t n = t->gen->n;
	bool *before = mem_zalloc(n * sizeof(bool));

	for (size_t step = (n + 1) / 2; step; step = step > 1 ? (step + 1) / 2 : 0) {
		for (size_t at = 0; at < n; at += step) {
			char said[WHY];

			memcpy(before, t->keep, n * sizeof(bool));
			for (size_t i = at; i < at + step && i < n; i++)
				t->keep[i] = false;
			if (holds(t, said))
				memcpy(t->keep, before, n * sizeof(bool));
			else
				memcpy(why, said, sizeof(said));
		}
	}
	mem_free(before);
}

static void report(struct schema_rig *r, const struct gen *g, uint64_t seed, char *why)
{
	struct trial t = { r, g, mem_zalloc(g->n * sizeof(bool)) };

	memset(t.keep, true, g->n);
	shrink(&t, why);
	print_error("CONFIG_PROPERTY_SEED=%llu: %s\n", (unsigned long long)seed, why);
	for (size_t i = 0; i < g->n; i++) {
		char *text = t.keep[i] ? cJSON_PrintUnformatted(g->ops[i].patch) : NULL;

		if (text)
			print_error("  patch %s %s\n", g->ops[i].path, text);
		cJSON_free(text);
	}
	mem_free(t.keep);
}

/* ---- revisions ---- */
#define KEPT 8
struct kept {
	uint64_t revision[KEPT];
	char *text[KEPT];
	size_t n;
};

static void keep(struct schema_rig *r, struct kept *k, struct conf *c, char *text)
{
	struct store_commit info = { .who = "test" };
	size_t i = k->n++ % KEPT;

	assert_int_equal(store_commit(r->store, c, &info), 0);
	mem_free(k->text[i]);
	k->revision[i] = info.revision;
	k->text[i] = text;
}

struct copy {
	struct conf *to;
	const char *collection;
};

static int copy_item(void *ctx, const char *key, const cJSON *item)
{
	struct copy *x = ctx;
	char path[SCHEMA_PATH_MAX];

	snprintf(path, sizeof(path), "%s%s%s", x->collection, *key ? "/" : "", key);
	conf_put(x->to, path, cJSON_Duplicate(item, true));
	return 0;
}

static void copy_all(struct conf *from, struct conf *to)
{
	struct copy x = { .to = to };

	for (const struct schema_object *const *o = schema_objects(); *o; o++) {
		x.collection = (*o)->path;
		if ((*o)->collection)
			conf_each(from, (*o)->path, NULL, copy_item, &x);
		else if (conf_get(from, (*o)->path))
			copy_item(&x, "", conf_get(from, (*o)->path));
	}
}

/* One of those kept, as it was then and restored as a new revision. */
static void restore_one(struct schema_rig *r, struct kept *k, size_t i)
{
	struct store_commit info = { .who = "test", .comment = "restore" };
	struct conf *then, *now = empty_draft(r);
	char *text;

	assert_int_equal(conf_open_at(r->store, k->revision[i], &then), 0);
	text = export_of(r, then);
	assert_string_equal(text, k->text[i]);
	mem_free(text);
	copy_all(then, now);
	conf_close(then);
	assert_int_equal(store_commit(r->store, now, &info), 0);
	conf_close(now);
	assert_int_equal(conf_open(r->store, &now), 0);
	text = export_of(r, now);
	assert_string_equal(text, k->text[i]);
	mem_free(text);
	conf_close(now);
}

/* ---- the tests ---- */
static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

struct tally {
	uint64_t refused, invalid, objects, bytes;
	char why[400];
};

/* One seed: made, valid, exported, read back. The draft is handed over. */
static struct conf *try_seed(struct schema_rig *r, uint64_t seed, struct tally *t)
{
	struct conf *c = empty_draft(r);
	char why[WHY] = "";
	struct gen g;
	int err = gen_make(&g, seed, c);

	if (err || g.refused)
		memcpy(t->why, g.why, sizeof(g.why));
	t->refused += (uint64_t)g.refused;
	t->invalid += err != 0;
	if (!err && !comes_back(r, c, why)) {
		report(r, &g, seed, why);
		conf_close(c);
		c = NULL;
	}
	t->objects += g.n;
	gen_fini(&g);
	return c;
}

static void random_configurations_come_back_from_their_export(void **state)
{
	struct schema_rig *r = *state;
	uint64_t count = number_of("CONFIG_PROPERTY_COUNT", 300);
	uint64_t first = number_of("CONFIG_PROPERTY_SEED", 1), failed = 0;
	uint64_t most = number_of("CONFIG_PROPERTY_FAILURES", 5);
	struct tally t = { 0 };

	for (uint64_t i = 0; i < count && failed < most; i++) {
		struct conf *c = try_seed(r, first + i, &t);

		failed += c == NULL;
		conf_close(c);
	}
	print_message("%llu configurations from seed %llu, %llu operations, %llu refused, %llu "
		      "invalid; last: %s\n",
		      (unsigned long long)count, (unsigned long long)first,
		      (unsigned long long)t.objects, (unsigned long long)t.refused,
		      (unsigned long long)t.invalid, t.why);
	assert_int_equal(failed, 0);
	assert_true(t.refused * 100 <= t.objects && t.invalid * 100 <= count);
	REQ("R-325");
}

static void a_restored_revision_has_the_export_it_had(void **state)
{
	struct schema_rig *r = *state;
	uint64_t count = 1 + number_of("CONFIG_PROPERTY_COUNT", 300) / 10;
	struct kept k = { .n = 0 };
	struct tally t = { 0 };

	for (uint64_t i = 0; i < count; i++) {
		struct conf *c = try_seed(r, 1000000 + i, &t);
		char *text;

		assert_non_null(c);
		text = export_of(r, c);
		keep(r, &k, c, text);
		conf_close(c);
		restore_one(r, &k, i % (k.n < KEPT ? k.n : KEPT));
	}
	for (size_t i = 0; i < KEPT; i++)
		mem_free(k.text[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_configurations_come_back_from_their_export,
						rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_restored_revision_has_the_export_it_had,
						rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
