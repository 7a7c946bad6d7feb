/* Strict JSON, then the same bytes as the body of an object: parse, bring to canonical form, twice the same. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>

#include "store/schema/internal.h"

static void try_object(const struct schema_object *o, const cJSON *v)
{
	struct faults f;
	cJSON *once, *twice;

	faults_init(&f);
	once = schema_canon(o, o->path, v, NULL, NULL, NULL, &f);
	assert(!once == (f.n != 0));
	if (once) {
		twice = schema_canon(o, o->path, once, NULL, NULL, NULL, &f);
		assert(twice && cJSON_Compare(once, twice, 1));
		cJSON_Delete(twice);
	}
	cJSON_Delete(once);
	faults_fini(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[160];
	cJSON *v = NULL;

	if (json_parse((const char *)data, size, &v, why, sizeof(why)) != 0) {
		assert(!v && why[0]);
		return 0;
	}
	for (const struct schema_object *const *o = schema_objects(); *o; o++)
		try_object(*o, v);
	cJSON_Delete(v);
	return 0;
}
