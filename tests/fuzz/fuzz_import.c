/* A text that somebody pastes: every line is accounted for, and what was understood is exported, imported again
 * and exported the same. Hashed passwords are no part of an export. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/clock.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/ios/import.h"
#include "store/ios/ios.h"
#include "store/store.h"

#define TEXT_MAX (1 << 12) /* of a fuzzed text: it is the kind that counts */

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

static void open_store(void)
{
	struct store_options opt = { .dir = dir, .clock = &clock_system };

	log_setup(LOG_ERROR, LOG_PLAIN, 2);
	if (!mkdtemp(dir) || store_open(&store, &opt, NULL, 0))
		abort();
	atexit(remove_store);
}

static double counted(const cJSON *report, const char *what)
{
	return cJSON_GetObjectItem(cJSON_GetObjectItem(report, "summary"), what)->valuedouble;
}

static void account(const cJSON *report)
{
	static const char *const results[] = { "applied", "unchanged", "kept", "ignored",
					       "refused" };
	double sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		sum += counted(report, results[i]);
	assert(sum == counted(report, "lines"));
}

/* The export of what the text says, without lines of hashed passwords; NULL: refused as a whole. */
static char *move_in(const char *text, size_t len, double *refused)
{
	static const struct import_options opt = { .replace = true, .accounts = true };
	const struct ios_print print = { store, true };
	struct faults faults, warnings;
	struct import *im;
	struct conf *c;
	struct text out, clean;
	struct slice rest, line;
	cJSON *report;
	int err;

	faults_init(&faults);
	faults_init(&warnings);
	if (conf_open(store, &c))
		abort();
	err = ios_import(&im, c, text, len, &opt, &faults, &warnings);
	report = import_report(im);
	account(report);
	*refused = counted(report, "refused");
	text_init(&out, 16 << 20);
	text_init(&clean, 16 << 20);
	assert(ios_export(c, &print, &out) == 0);
	rest = slice_of(out.buf);
	while (rest.len && slice_next(&rest, '\n', &line)) {
		if (!memmem(line.p, line.len, IOS_MASK, strlen(IOS_MASK)))
			text_addf(&clean, "%.*s\n", (int)line.len, line.p);
	}
	text_fini(&out);
	cJSON_Delete(report);
	import_free(im);
	conf_close(c);
	faults_fini(&faults);
	faults_fini(&warnings);
	if (!err)
		return text_take(&clean);
	text_fini(&clean);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	double refused;
	char *once, *twice;

	if (!store)
		open_store();
	if (size > TEXT_MAX)
		return 0;
	once = move_in((const char *)data, size, &refused);
	if (!once)
		return 0;
	twice = move_in(once, strlen(once), &refused);
	if (!twice || refused > 0 || strcmp(once, twice) != 0) {
		fprintf(stderr, "---- once\n%s---- twice (%.0f refused)\n%s", once, refused,
			twice ? twice : "(refused as a whole)\n");
		abort();
	}
	mem_free(once);
	mem_free(twice);
	return 0;
}
