/* Revisions: every kept one can be brought back, to the byte; what lies between two of them; the fall back
 * of a change that nobody confirmed is such a way back too. */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"
#include "tests/support/config_gen.h"
#include "tests/support/schema_rig.h"

#define CHANGES 50

/* The whole configuration: as it is stored, and as IOS writes it, secrets included. */
struct picture {
	char *objects, *lines;
};

static int add_object(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	char *text = cJSON_PrintUnformatted(after);

	(void)before;
	text_addf(ctx, "%s %s\n", path, text);
	cJSON_free(text);
	return 0;
}

/* Against an empty draft of itself everything is a change. */
static void add_objects(struct schema_rig *r, uint64_t revision, struct text *out)
{
	struct conf *from, *empty;

	assert_int_equal(conf_open_at(r->store, revision, &from), 0);
	assert_int_equal(conf_open_at(r->store, 0, &empty), 0);
	assert_int_equal(conf_take_all(empty, from), 0);
	assert_int_equal(conf_each_change(empty, add_object, out), 0);
	conf_close(empty);
	conf_close(from);
}

static struct picture picture_of(struct schema_rig *r, uint64_t revision)
{
	struct ios_print opt = { r->store, true };
	struct picture p = { 0 };
	struct conf *c;
	struct text t;

	text_init(&t, 16u << 20);
	add_objects(r, revision, &t);
	p.objects = text_take(&t);
	assert_int_equal(conf_open_at(r->store, revision, &c), 0);
	text_init(&t, 16u << 20);
	assert_int_equal(ios_export(c, &opt, &t), 0);
	p.lines = text_take(&t);
	conf_close(c);
	return p;
}

static void picture_free(struct picture *p)
{
	mem_free(p->objects);
	mem_free(p->lines);
}

static bool picture_equal(const struct picture *a, const struct picture *b)
{
	return !strcmp(a->objects ? a->objects : "", b->objects ? b->objects : "") &&
	       !strcmp(a->lines ? a->lines : "", b->lines ? b->lines : "");
}

static void commit(struct schema_rig *r, unsigned confirm_minutes)
{
	struct store_commit info = { .who = "test", .confirm_minutes = confirm_minutes };

	assert_int_equal(store_commit(r->store, r->conf, &info), 0);
	conf_close(r->conf);
	assert_int_equal(conf_open(r->store, &r->conf), 0);
}

/* One random operation is one revision, unless a rule of the whole refuses it. */
static void change_at_random(struct schema_rig *r, const struct gen *g, struct picture *pictures)
{
	char why[1600];

	for (size_t i = 0; i < g->n && store_revision(r->store) < CHANGES; i++) {
		uint64_t before = store_revision(r->store), made;

		(void)gen_stage(r->conf, g->ops + i, 1, NULL, why, sizeof(why));
		commit(r, 0);
		made = store_revision(r->store);
		if (made != before)
			pictures[made] = picture_of(r, made);
	}
}

/* pictures[n] is of revision n. */
static void make_history(struct schema_rig *r, struct picture pictures[CHANGES + 1])
{
	pictures[0] = picture_of(r, 0);
	for (uint64_t seed = 1; store_revision(r->store) < CHANGES; seed++) {
		struct conf *scratch;
		struct gen g;

		assert_int_equal(conf_open_at(r->store, 0, &scratch), 0);
		gen_make(&g, seed, scratch);
		conf_close(scratch);
		change_at_random(r, &g, pictures);
		gen_fini(&g);
		assert_true(seed < 1000);
	}
}

static void restore(struct schema_rig *r, uint64_t revision)
{
	struct conf *then;

	assert_int_equal(conf_open_at(r->store, revision, &then), 0);
	assert_int_equal(conf_take_all(r->conf, then), 0);
	conf_close(then);
	commit(r, 0);
}

static void assert_now(struct schema_rig *r, const struct picture *want, uint64_t revision)
{
	struct picture now = picture_of(r, store_revision(r->store));

	if (!picture_equal(&now, want))
		fail_msg("revision %llu came back as\n%s\n%s\nand was\n%s\n%s",
			 (unsigned long long)revision, now.objects, now.lines, want->objects,
			 want->lines);
	picture_free(&now);
}

static void any_kept_revision_comes_back_to_the_byte(void **state)
{
	struct picture pictures[CHANGES + 1] = { 0 };
	struct schema_rig *r = *state;

	make_history(r, pictures);
	for (uint64_t i = 0; i <= CHANGES; i++) {
		uint64_t n = (i * 37 + 11) % (CHANGES + 1); /* in no order */

		restore(r, n);
		assert_now(r, &pictures[n], n);
	}
	for (uint64_t i = 0; i <= CHANGES; i++)
		picture_free(&pictures[i]);
}

/* From any to any other: staged over the one, the other is there. */
static void any_two_revisions_can_be_compared(void **state)
{
	struct picture pictures[CHANGES + 1] = { 0 };
	struct schema_rig *r = *state;

	make_history(r, pictures);
	for (uint64_t i = 0; i + 7 <= CHANGES; i += 5) {
		struct conf *from, *to;
		struct text t;

		assert_int_equal(conf_open_at(r->store, CHANGES - i, &from), 0);
		assert_int_equal(conf_open_at(r->store, i + 7, &to), 0);
		text_init(&t, 16u << 20);
		assert_int_equal(conf_take_all(from, to), 0);
		assert_int_equal(ios_export(from, &(struct ios_print){ r->store, true }, &t), 0);
		assert_string_equal(t.buf ? t.buf : "",
				    pictures[i + 7].lines ? pictures[i + 7].lines : "");
		text_fini(&t);
		conf_close(from);
		conf_close(to);
	}
	for (uint64_t i = 0; i <= CHANGES; i++)
		picture_free(&pictures[i]);
}

static void the_fall_back_leaves_no_trace_in_the_configuration(void **state)
{
	struct schema_rig *r = *state;
	struct store_commit back = { .who = "test", .takes_back = true };
	struct picture before;
	struct conf *then;

	rig_must(r, OP_PATCH, "telephony-service", "{\"max_ephones\":10,\"max_dn\":10}");
	rig_must(r, OP_PUT, "ephones/1",
		 "{\"mac_address\":\"001122334455\",\"username\":\"u\",\"password\":\"geheim\"}");
	commit(r, 0);
	before = picture_of(r, 1);
	rig_must(r, OP_PATCH, "ephones/1", "{\"password\":\"anders\",\"description\":\"Desk\"}");
	rig_must(r, OP_PUT, "ephone-dns/1", "{\"number\":\"1001\"}");
	commit(r, 5);
	assert_int_equal(conf_open_at(r->store, 1, &then), 0);
	assert_int_equal(conf_take_all(r->conf, then), 0);
	conf_close(then);
	assert_int_equal(store_commit(r->store, r->conf, &back), 0);
	assert_int_equal(back.revision, 3);
	assert_now(r, &before, 1);
	picture_free(&before);
}

static int note_number(void *ctx, const struct store_revision *rev)
{
	text_addf(ctx, "%llu ", (unsigned long long)rev->number);
	return 0;
}

static void assert_history(struct schema_rig *r, const char *path, uint64_t below, size_t max,
			   const char *want)
{
	struct text t;

	text_init(&t, 4096);
	text_add(&t, "");
	assert_int_equal(store_revisions_of(r->store, path, below, max, note_number, &t), 0);
	assert_string_equal(t.buf ? t.buf : "", want);
	text_fini(&t);
}

static void the_history_of_an_object_names_what_changed_it(void **state)
{
	struct schema_rig *r = *state;

	rig_must(r, OP_PATCH, "telephony-service", "{\"max_ephones\":20,\"max_dn\":20}");
	commit(r, 0);
	rig_must(r, OP_PUT, "ephone-dns/1", "{\"number\":\"1001\"}");
	commit(r, 0);
	rig_must(r, OP_PUT, "ephone-dns/11", "{\"number\":\"1011\",\"name\":\"ephone-dns/1\"}");
	commit(r, 0);
	rig_must(r, OP_PATCH, "ephone-dns/1", "{\"name\":\"Ann\"}");
	commit(r, 0);
	rig_must(r, OP_DELETE, "ephone-dns/1", NULL);
	commit(r, 0);
	assert_history(r, "ephone-dns/1", 0, 100, "5 4 2 ");
	assert_history(r, "ephone-dns/1", 0, 2, "5 4 ");
	assert_history(r, "ephone-dns/1", 4, 100, "2 ");
	assert_history(r, "ephone-dns/11", 0, 100, "3 ");
	assert_history(r, "ephone-dns/", 0, 100, "5 4 3 2 ");
	assert_history(r, "telephony-service", 0, 100, "1 ");
	assert_history(r, "ephones/", 0, 100, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
		T(any_kept_revision_comes_back_to_the_byte),
		T(any_two_revisions_can_be_compared),
		T(the_fall_back_leaves_no_trace_in_the_configuration),
		T(the_history_of_an_object_names_what_changed_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
