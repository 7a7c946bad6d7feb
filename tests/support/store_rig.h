/* A store in a directory of its own, for tests. */
#ifndef TESTS_SUPPORT_STORE_RIG_H
#define TESTS_SUPPORT_STORE_RIG_H

#include "tests/support/test.h"

#include "store/conf.h"
#include "store/store.h"

struct store_rig {
	char *dir;
	size_t map_start;          /* 0: the default */
	const struct clock *clock; /* NULL: the system's */
	struct store *store;
};

void store_rig_open(struct store_rig *r); /* fails the test with the store's own sentence */
void store_rig_reopen(struct store_rig *r);
int store_rig_setup(void **state); /* for cmocka: *state is a struct store_rig */
int store_rig_teardown(void **state);
struct conf *store_rig_conf(struct store_rig *r);
/* Commit one object (JSON text; NULL deletes): the result of store_commit(); `revision` may be
 * NULL. */
int store_rig_try(struct store_rig *r, const char *path, const char *text, uint64_t *revision);
uint64_t store_rig_commit(struct store_rig *r, const char *path, const char *text);
void assert_json(const cJSON *v, const char *text); /* NULL: not there */

#endif
