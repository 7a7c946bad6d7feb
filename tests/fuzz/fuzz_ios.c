/* IOS lines, one after the other through the modes. What was understood and is valid is printed again, and the
 * printed lines are understood as the same. No store: secrets are refused, which is fine here. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/ios/ios.h"
#include "store/schema/internal.h"

static const struct ios_print masked = { NULL, false };

/* The merge patch applied to nothing, in canonical form; NULL: refused. */
static cJSON *result(const struct schema_object *o, const cJSON *patch)
{
	cJSON *merged = schema_merge(NULL, patch), *out;
	struct faults f;

	faults_init(&f);
	out = schema_canon(o, o->path, merged, NULL, NULL, NULL, &f);
	faults_fini(&f);
	cJSON_Delete(merged);
	return out;
}

static cJSON *reread(const struct schema_object *o, const char *text)
{
	struct slice rest = slice_of(text), line;
	struct ios_place at = { 0 };
	cJSON *all = cJSON_CreateObject(), *out;

	while (slice_next(&rest, '\n', &line)) {
		char *copy = slice_dup(line), why[160];
		struct ios_line l;

		if (copy[0] && copy[0] != '!') {
			assert(ios_parse_line(&at, copy, &l, why, sizeof(why)) == 0);
			assert(l.kind != IOS_DELETE);
			all = schema_merge(all, l.patch);
			at = l.place;
			ios_line_fini(&l);
		}
		mem_free(copy);
	}
	out = result(o, all);
	cJSON_Delete(all);
	return out;
}

static void try_print(const struct schema_object *o, const cJSON *patch)
{
	cJSON *once = result(o, patch), *twice;
	struct text out;

	if (!once)
		return;
	text_init(&out, 1 << 20);
	ios_print_object(&out, o, "1", once, &masked);
	twice = reread(o, out.buf);
	assert(twice && cJSON_Compare(once, twice, 1));
	text_fini(&out);
	cJSON_Delete(once);
	cJSON_Delete(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct slice rest = slice_of(text), line;
	struct ios_place at = { 0 };
	unsigned lines = 0;

	while (lines++ < 50 && slice_next(&rest, '\n', &line)) {
		char *copy = slice_dup(line), why[160];
		struct ios_line l;

		if (ios_parse_line(&at, copy, &l, why, sizeof(why)) == 0) {
			if (l.kind != IOS_DELETE && l.patch) {
				struct schema_path p;

				if (schema_path_parse(l.path, &p) == 0)
					try_print(p.obj, l.patch);
			}
			at = l.place;
			ios_line_fini(&l);
		}
		mem_free(copy);
	}
	mem_free(text);
	return 0;
}
