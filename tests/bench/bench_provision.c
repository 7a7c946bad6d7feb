/* Phone files of 1,000 SIP phones: rendering, preview of a change of one and of all, the resolver with a
 * cold and a warm cache. */
#include <stdio.h>
#include <stdlib.h>

#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/provision/provision.h"
#include "store/store.h"
#include "tests/bench/bench.h"

#define PHONES 1000
#define ROUNDS 5

static void die(const char *what)
{
	fprintf(stderr, "bench_provision: %s\n", what);
	exit(1);
}

static void stage(struct conf *c, const char *path, const char *json)
{
	cJSON *v = cJSON_Parse(json);
	struct faults f;

	faults_init(&f);
	if (!v || schema_edit(c, OP_PATCH, path, v, &f, NULL))
		die(f.n ? f.list[0].detail : path);
	faults_fini(&f);
	cJSON_Delete(v);
}

static void fill(struct store *s)
{
	struct store_commit info = { .who = "bench" };
	char path[64], json[256];
	struct conf *c;

	if (conf_open(s, &c))
		die("conf_open");
	stage(c, "voice-register/global",
	      "{\"mode\":\"cme\",\"source_address\":{\"address\":\"192.0.2.10\"},\"max_pool\":2000,"
	      "\"max_dn\":2000}");
	for (int i = 1; i <= PHONES; i++) {
		snprintf(path, sizeof(path), "voice-register/dns/%d", i);
		snprintf(json, sizeof(json), "{\"number\":\"%d\",\"name\":\"Phone %d\"}", 30000 + i,
			 i);
		stage(c, path, json);
		snprintf(path, sizeof(path), "voice-register/pools/%d", i);
		snprintf(
		    json, sizeof(json),
		    "{\"id\":{\"kind\":\"mac\",\"mac\":\"0C00000%05X\"},\"phone_type\":\"7962\","
		    "\"numbers\":{\"1\":%d},\"username\":\"u%d\",\"password\":\"secret%d\"}",
		    (unsigned)i, i, i, i);
		stage(c, path, json);
	}
	if (store_commit(s, c, &info))
		die("store_commit");
	conf_close(c);
}

static void bench_preview(struct store *s, const char *name, const char *path, const char *json,
			  int want)
{
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		double began = bench_now_s(), took;
		struct conf *c;
		cJSON *im;

		if (conf_open(s, &c))
			die("conf_open");
		stage(c, path, json);
		im = provision_impact(c);
		took = bench_now_s() - began;
		best = took < best ? took : best;
		if (cJSON_GetArraySize(cJSON_GetObjectItem(im, "files")) != want)
			die("wrong preview");
		cJSON_Delete(im);
		conf_close(c);
	}
	bench_row_bar(name, best * 1e3, "ms", BENCH_AT_MOST, 100);
}

static void bench_files(struct files *f, const char *name)
{
	double began = bench_now_s();
	uint64_t bytes = 0;

	for (int i = 1; i <= PHONES; i++) {
		struct file_view *v;
		char file[64];

		snprintf(file, sizeof(file), "SEP0C00000%05X.cnf.xml", (unsigned)i);
		if (files_open(f, file, NULL, &v, NULL))
			die(file);
		bytes += v->size;
		files_close(v);
	}
	bench_row(name, PHONES / (bench_now_s() - began), "files/s");
	if (!bytes)
		die("empty files");
}

int main(void)
{
	struct store_options opt = { .clock = &clock_system };
	struct store *s;
	struct files *f;
	char dir[512], why[256];

	log_setup(LOG_ERROR, LOG_PLAIN, 2);
	opt.dir = bench_folder(dir, sizeof(dir));
	if (store_open(&s, &opt, why, sizeof(why)))
		die(why);
	fill(s);
	if (files_new(&f, s, dir))
		die("files_new");
	bench_preview(s, "preview of a change of all 1,000 phones", "voice-register/global",
		      "{\"voicemail\":\"2999\"}", PHONES);
	bench_preview(s, "preview of a change of one phone of 1,000", "voice-register/dns/77",
		      "{\"label\":\"New\"}", 1);
	bench_files(f, "phone files rendered, cold cache");
	bench_files(f, "phone files opened, warm cache");
	files_free(f);
	store_close(s);
	bench_folder_remove(dir);
	return 0;
}
