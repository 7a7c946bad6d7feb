/* tests/support/schema_rig.h - a store in a fresh directory with an open draft, for tests of the
 * schema. */
#ifndef TESTS_SUPPORT_SCHEMA_RIG_H
#define TESTS_SUPPORT_SCHEMA_RIG_H

#include "store/schema/schema.h"
#include "store/store.h"

struct schema_rig {
	char *dir;
	struct store *store;
	struct conf *conf;
	struct faults faults, warnings; /* of the last edit or check */
};

int rig_setup(void **state);
int rig_teardown(void **state);
int rig_edit(struct schema_rig *r, enum schema_op op, const char *path, const char *json);
void rig_must(struct schema_rig *r, enum schema_op op, const char *path, const char *json);
int rig_check(struct schema_rig *r);
void rig_commit(struct schema_rig *r);
void rig_assert_item(struct schema_rig *r, const char *path, const char *json);
const struct fault *rig_fault(const struct faults *f, const char *code); /* NULL: none */
void rig_assert_fault(struct schema_rig *r, const char *code, const char *field,
		      const char *detail);

#endif
