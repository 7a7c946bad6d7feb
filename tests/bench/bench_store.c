/* What the store does in a second: synced commits by one and by many, reads, a view of ten thousand
 * phones, events. The disk is the one under $TMPDIR (or /tmp). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/core/log.h"
#include "server/core/mem.h"
#include "store/conf.h"
#include "store/event.h"
#include "store/store.h"
#include "tests/bench/bench.h"

#define PHONES  10000
#define COMMITS 1000
#define WRITERS 16
#define READS   200000
#define EVENTS  100000

struct writer {
	struct store *store;
	unsigned id, commits;
	pthread_t thread;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "bench_store: %s: %d\n", what, err);
	exit(1);
}

static void commit_one(struct store *s, const char *path, unsigned n)
{
	struct store_commit info = { .who = "bench" };
	cJSON *v = cJSON_CreateObject();
	struct conf *c;
	int err = conf_open(s, &c);

	if (err)
		die("conf_open", err);
	cJSON_AddNumberToObject(v, "n", n);
	conf_put(c, path, v);
	err = store_commit(s, c, &info);
	conf_close(c);
	if (err)
		die("store_commit", err);
}

static void *write_many(void *arg)
{
	struct writer *w = arg;
	char path[32];

	snprintf(path, sizeof(path), "bench/%u", w->id);
	for (unsigned i = 0; i < w->commits; i++)
		commit_one(w->store, path, i + 1);
	return NULL;
}

static void bench_commits(struct store *s, unsigned threads, const char *name)
{
	struct writer w[WRITERS];
	double start = bench_now_s();

	for (unsigned i = 0; i < threads; i++) {
		w[i] = (struct writer){ .store = s, .id = 100 * threads + i, .commits = COMMITS };
		pthread_create(&w[i].thread, NULL, write_many, &w[i]);
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(w[i].thread, NULL);
	bench_row(name, threads * COMMITS / (bench_now_s() - start), "commits/s");
}

static void fill(struct store *s)
{
	struct store_commit info = { .who = "bench" };
	char path[32], mac[16];
	struct conf *c;
	double start = bench_now_s();

	if (conf_open(s, &c))
		exit(1);
	for (unsigned i = 1; i <= PHONES; i++) {
		cJSON *v = cJSON_CreateObject(), *buttons = cJSON_AddObjectToObject(v, "buttons");

		snprintf(path, sizeof(path), "ephones/%u", i);
		snprintf(mac, sizeof(mac), "0011%08X", i);
		cJSON_AddStringToObject(v, "mac_address", mac);
		cJSON_AddStringToObject(v, "type", "7962");
		cJSON_AddNumberToObject(cJSON_AddObjectToObject(buttons, "1"), "dn", i);
		conf_put(c, path, v);
	}
	int err = store_commit(s, c, &info);

	conf_close(c);
	if (err)
		die("fill", err);
	bench_row("store: one commit of 10,000 phones", (bench_now_s() - start) * 1000, "ms");
}

static int count_one(void *ctx, const char *key, const cJSON *value)
{
	(void)key;
	(void)value;
	++*(unsigned *)ctx;
	return 0;
}

static void bench_reads(struct store *s)
{
	unsigned seen = 0;
	double start = bench_now_s();
	struct conf *c;
	char path[32];

	for (unsigned i = 0; i < READS; i++) {
		if (conf_open(s, &c))
			exit(1);
		snprintf(path, sizeof(path), "ephones/%u", 1 + i % PHONES);
		seen += conf_get(c, path) != NULL;
		conf_close(c);
	}
	if (seen != READS)
		die("reads", (int)seen);
	bench_row("store: snapshot and one read", READS / (bench_now_s() - start), "reads/s");
	start = bench_now_s();
	if (conf_open(s, &c))
		exit(1);
	conf_each(c, "ephones", NULL, count_one, &seen);
	conf_close(c);
	bench_row("store: walk over 10,000 phones", (bench_now_s() - start) * 1000, "ms");
	start = bench_now_s();
	if (conf_open(s, &c))
		exit(1);
	if (conf_count(c, "ephones") != PHONES)
		die("count", 0);
	conf_close(c);
	bench_row("store: count of 10,000 phones", (bench_now_s() - start) * 1000, "ms");
}

static void bench_events(struct store *s)
{
	uint64_t before = journal_last(s);
	double start = bench_now_s();

	for (unsigned i = 0; i < EVENTS; i++) {
		event_emit(s, EV_PHONE_STEP, "SEP001122334455", EVENT_STR("step", "file_sent"),
			   EVENT_STR("text", "Fetched SEP001122334455.cnf.xml"));
		/* As fast as the journal takes them, not faster. */
		while (i - (journal_last(s) - before) > 4000 && i > journal_last(s) - before)
			usleep(500);
	}
	while (journal_last(s) - before < EVENTS)
		usleep(500);
	bench_row("store: events into the journal", EVENTS / (bench_now_s() - start), "events/s");
}

int main(void)
{
	char dir[4096], why[512];
	struct store_options opt = { .dir = dir, .clock = &clock_system };
	struct store *s;

	(void)bench_folder(dir, sizeof(dir));
	log_setup(LOG_WARN, LOG_PLAIN, 2);
	if (store_open(&s, &opt, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	bench_commits(s, 1, "store: synced commits, 1 writer");
	bench_commits(s, WRITERS, "store: synced commits, 16 writers");
	fill(s);
	bench_reads(s);
	bench_events(s);
	store_close(s);
	bench_folder_remove(dir);
	return 0;
}
