/* tests/support/store_rig.c - a store in a directory of its own. */
#include "tests/support/store_rig.h"

#include "server/core/mem.h"

void store_rig_open(struct store_rig *r)
{
	struct store_options opt = { .dir = r->dir,
				     .clock = r->clock ? r->clock : &clock_system,
				     .map_start = r->map_start };
	char why[512];

	if (store_open(&r->store, &opt, why, sizeof(why)))
		fail_msg("%s", why);
}

void store_rig_reopen(struct store_rig *r)
{
	store_close(r->store);
	r->store = NULL;
	store_rig_open(r);
}

int store_rig_setup(void **state)
{
	struct store_rig *r = mem_zalloc(sizeof(*r));

	r->dir = test_tmpdir();
	store_rig_open(r);
	*state = r;
	return 0;
}

int store_rig_teardown(void **state)
{
	struct store_rig *r = *state;

	store_close(r->store);
	test_rmdir(r->dir);
	mem_free(r);
	return 0;
}

struct conf *store_rig_conf(struct store_rig *r)
{
	struct conf *c;

	assert_int_equal(conf_open(r->store, &c), 0);
	return c;
}

int store_rig_try(struct store_rig *r, const char *path, const char *text, uint64_t *revision)
{
	struct store_commit info = { .who = "admin", .comment = "test", .address = "192.0.2.1" };
	struct conf *c = store_rig_conf(r);
	cJSON *value = text ? cJSON_Parse(text) : NULL;
	int err;

	assert_true(!text || value);
	conf_put(c, path, value);
	err = store_commit(r->store, c, &info);
	conf_close(c);
	if (revision)
		*revision = info.revision;
	return err;
}

uint64_t store_rig_commit(struct store_rig *r, const char *path, const char *text)
{
	uint64_t revision = 0;

	assert_int_equal(store_rig_try(r, path, text, &revision), 0);
	return revision;
}

void assert_json(const cJSON *v, const char *text)
{
	char *is;

	if (!text) {
		assert_null(v);
		return;
	}
	assert_non_null(v);
	is = cJSON_PrintUnformatted(v);
	assert_string_equal(is, text);
	cJSON_free(is);
}
