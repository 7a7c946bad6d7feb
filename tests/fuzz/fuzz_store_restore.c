/* A backup that somebody uploads: the envelope, the strict parser, every object through the schema. A dry
 * run into an empty store; whatever comes, nothing is written. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/core/clock.h"
#include "server/core/log.h"
#include "store/store.h"
#include "tests/fuzz/fuzz.h"

static struct store *store;
static char dir[] = "/tmp/switchroom-fuzz-XXXXXX";

static void remove_store(void)
{
	char cmd[128];

	store_close(store);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	if (system(cmd))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_commit info = { .who = "fuzz" };
	cJSON *report;

	if (!store) {
		struct store_options opt = { .dir = dir, .clock = &clock_system };

		log_setup(LOG_ERROR, LOG_PLAIN, 2);
		if (!mkdtemp(dir) || store_open(&store, &opt, NULL, 0))
			abort();
		atexit(remove_store);
	}
	store_restore(store, (const char *)data, size, NULL, true, &info, &report);
	cJSON_Delete(report);
	assert(store_revision(store) == 0);
	return 0;
}
