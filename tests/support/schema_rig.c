#include "tests/support/schema_rig.h"

#include <string.h>

#include "server/core/mem.h"
#include "tests/support/test.h"

int rig_setup(void **state)
{
	struct schema_rig *r = mem_zalloc(sizeof(*r));
	struct store_options opt = { .clock = &clock_system };

	r->dir = test_tmpdir();
	opt.dir = r->dir;
	assert_int_equal(store_open(&r->store, &opt, NULL, 0), 0);
	assert_int_equal(conf_open(r->store, &r->conf), 0);
	faults_init(&r->faults);
	faults_init(&r->warnings);
	*state = r;
	return 0;
}

int rig_teardown(void **state)
{
	struct schema_rig *r = *state;

	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	conf_close(r->conf);
	store_close(r->store);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

int rig_edit(struct schema_rig *r, enum schema_op op, const char *path, const char *json)
{
	cJSON *v = json ? cJSON_Parse(json) : NULL;
	int err;

	assert_true(!json || v);
	faults_fini(&r->faults);
	err = schema_edit(r->conf, op, path, v, &r->faults, NULL);
	cJSON_Delete(v);
	assert_int_equal(err != 0, r->faults.n != 0);
	return err;
}

void rig_must(struct schema_rig *r, enum schema_op op, const char *path, const char *json)
{
	if (rig_edit(r, op, path, json))
		fail_msg("%s %s: %s %s", path, json ? json : "", r->faults.list[0].field,
			 r->faults.list[0].detail);
}

int rig_check(struct schema_rig *r)
{
	faults_fini(&r->faults);
	faults_fini(&r->warnings);
	return schema_check(r->conf, &r->faults, &r->warnings);
}

void rig_commit(struct schema_rig *r)
{
	struct store_commit info = { .who = "test" };

	assert_int_equal(store_commit(r->store, r->conf, &info), 0);
	conf_close(r->conf);
	assert_int_equal(conf_open(r->store, &r->conf), 0);
}

void rig_assert_item(struct schema_rig *r, const char *path, const char *json)
{
	const cJSON *item = conf_get(r->conf, path);
	char *text = item ? cJSON_PrintUnformatted(item) : NULL;

	assert_string_equal(text ? text : "null", json);
	cJSON_free(text);
}

const struct fault *rig_fault(const struct faults *f, const char *code)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->list[i].code, code) == 0)
			return &f->list[i];
	}
	return NULL;
}

void rig_assert_fault(struct schema_rig *r, const char *code, const char *field, const char *detail)
{
	const struct fault *x = rig_fault(&r->faults, code);

	if (!x) {
		fail_msg("no fault %s; first is %s: %s", code,
			 r->faults.n ? r->faults.list[0].code : "-",
			 r->faults.n ? r->faults.list[0].detail : "-");
		return;
	}
	assert_string_equal(x->field, field);
	assert_string_equal(x->detail, detail);
}
