/* Lines that are only kept: whatever stands in a mode, what is kept is exported, and the export imported
 * again keeps the same. Names of modes are taken apart and put together. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/clock.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/ios/keep.h"
#include "store/store.h"

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

/* A mode by any name, and the same name from the mode. */
static struct ios_place place_of(const char *name)
{
	struct ios_place at;
	const char *rest = schema_mode_find(name, &at);
	char again[SCHEMA_MODE_MAX];

	if (*rest && (strlen(rest) >= sizeof(at.block) || !text_is_utf8(rest, strlen(rest))))
		return (struct ios_place){ 0 };
	text_copy(at.block, sizeof(at.block), rest);
	schema_mode_name(&at, again, sizeof(again));
	assert(strlen(name) >= sizeof(again) || !at.obj || strcmp(name, again) == 0);
	return at;
}

/* "mode\ttext" lines. */
static void keep_all(struct ios_keeper *k, char *text)
{
	unsigned n = 0;

	for (char *line = strtok(text, "\n"); line && n < 60; line = strtok(NULL, "\n"), n++) {
		char *tab = strchr(line, '\t');
		struct ios_place at = { 0 };

		if (tab) {
			*tab = '\0';
			at = place_of(line);
			line = tab + 1;
		}
		if (ios_keep_line(k, &at, line) >= 0 && ios_opens_block(&at, line))
			ios_enter_block(&at, line);
		(void)ios_is_platform(&at, line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ios_print open = { NULL, true }, masked = { NULL, false };
	char *text = mem_strndup((const char *)data, size);
	struct conf *c = NULL;
	struct ios_keeper *k;
	struct faults f;
	struct text out;

	if (!store)
		open_store();
	if (conf_open(store, &c))
		abort();
	faults_init(&f);
	k = ios_keeper_new(c);
	keep_all(k, text);
	assert(ios_keeper_stage(k, &f) == 0);
	ios_keeper_free(k);
	for (int i = 0; i < 2; i++) {
		text_init(&out, 1 << 22);
		ios_export(c, i ? &open : &masked, &out);
		text_fini(&out);
	}
	schema_check(c, &f, &f);
	faults_fini(&f);
	conf_close(c);
	mem_free(text);
	return 0;
}
