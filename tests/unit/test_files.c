/* tests/unit/test_files.c - the resolver over a store: order of sources, letter case, misses, revisions,
 * many threads. */
#include "tests/support/site.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "server/core/err.h"
#include "server/files/files.h"

struct rig {
	struct store_rig *store;
	struct files *files;
};

static int setup(void **state)
{
	struct rig *r = mem_zalloc(sizeof(*r));
	int rc = site_setup((void **)&r->store);

	assert_int_equal(files_new(&r->files, r->store->store, r->store->dir), 0);
	*state = r;
	return rc;
}

static int teardown(void **state)
{
	struct rig *r = *state;
	void *store = r->store;

	files_free(r->files);
	mem_free(r);
	return store_rig_teardown(&store);
}

static void put(struct rig *r, const char *folder, const char *name, const char *text)
{
	char path[4400];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", r->store->dir, folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%s/%s", r->store->dir, folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The first bytes of a file; the static buffer is overwritten by the next call. */
static const char *content(struct rig *r, const char *name)
{
	static char buf[16384];
	struct file_view *v;
	struct files_miss miss;
	long n;
	int err = files_open(r->files, name, NULL, &v, &miss);

	if (err)
		return err_code(err);
	n = files_read(v, 0, buf, sizeof(buf) - 1);
	assert_int_equal(n, v->size);
	buf[n] = '\0';
	files_close(v);
	return buf;
}

#define PHONE "SEP001122334455.cnf.xml"

static void generated_names_are_served_in_any_spelling(void **state)
{
	static const char *const spellings[] = { PHONE,
						 "/" PHONE,
						 "./" PHONE,
						 "//" PHONE,
						 "sep001122334455.cnf.xml",
						 "SEP001122334455.CNF.XML",
						 "system:/its/" PHONE,
						 "ITS/" PHONE,
						 "/cme/sipphone/" PHONE };
	struct rig *r = *state;
	char *want = mem_strdup(content(r, PHONE));

	assert_non_null(strstr(want, "<deviceProtocol>SIP</deviceProtocol>"));
	for (size_t i = 0; i < ARRAY_LEN(spellings); i++)
		assert_string_equal(content(r, spellings[i]), want);
	mem_free(want);
	assert_non_null(strstr(content(r, "xmldefault.cnf.xml"), "<Default>"));
	REQ("R-090");
}

/* DESIGN 9, R-111: exact names over all sources first, then any case over all. */
static void sources_are_asked_in_order(void **state)
{
	struct rig *r = *state;

	put(r, "files", PHONE, "uploaded phone");
	put(r, "files", "RINGLIST.DAT", "uploaded");
	put(r, "files", "both", "uploaded");
	put(r, "flash", "rings", "");
	put(r, "flash/phones", "both", "home");
	put(r, "flash/phones", "only-home", "home");
	put(r, "flash/phones", "ringlist.dat", "home");
	assert_non_null(strstr(content(r, PHONE), "<device>")); /* generated beats uploaded */
	assert_string_equal(content(r, "only-home"), "not_found");
	site_set(r->store, "http", "{\"enabled\":true}");
	site_set(r->store, "telephony-service", "{\"hfs\":{\"home_path\":\"flash:phones\"}}");
	assert_string_equal(content(r, "only-home"), "home");
	assert_string_equal(content(r, "both"), "uploaded");
	assert_string_equal(content(r, "RINGLIST.DAT"), "uploaded");
	assert_string_equal(content(r, "ringlist.dat"), "home"); /* exact, though further back */
	assert_string_equal(content(r, "Ringlist.Dat"), "uploaded");
	site_set(r->store, "telephony-service", "{\"hfs\":{\"home_path\":\"flash:/phones/\"}}");
	assert_string_equal(content(r, "only-home"), "home");
	site_set(r->store, "telephony-service", "{\"hfs\":{\"home_path\":null}}");
	assert_string_equal(content(r, "only-home"), "not_found");
	REQ("R-111");
}

static void a_home_path_cannot_leave_the_data_folder(void **state)
{
	static const char *const paths[] = { "/etc",        "flash:/etc",       "..",
					     "flash:../..", "flash:a/../../..", "../../../etc",
					     "x y:/etc" };
	struct rig *r = *state;
	struct conf *c;
	struct faults f;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		cJSON *v = cJSON_CreateObject(), *hfs = cJSON_AddObjectToObject(v, "hfs");

		cJSON_AddStringToObject(hfs, "home_path", paths[i]);
		c = store_rig_conf(r->store);
		faults_init(&f);
		if (schema_edit(c, OP_PATCH, "telephony-service", v, &f, NULL) == 0)
			site_commit(r->store, c);
		else
			conf_close(c);
		faults_fini(&f);
		cJSON_Delete(v);
		assert_string_equal(content(r, "passwd"), "not_found");
		assert_string_equal(content(r, "store.key"), "not_found");
		assert_string_equal(content(r, "store.mdb"), "not_found");
	}
}

/* one line publishes a name for both servers; the home path serves both as well. */
static void a_bound_name_gives_its_file(void **state)
{
	struct rig *r = *state;
	cJSON *list, *e;
	int bound = 0;

	put(r, "flash", "x", "");
	put(r, "flash/phones", "term62.default.loads", "term");
	put(r, "flash/phones", "SCCP42.loads", "load");
	put(r, "files", "later.bin", "uploaded");
	assert_string_equal(content(r, "SCCP42.loads"), "not_found");
	site_set(r->store, "tftp",
		 "{\"bindings\":{\"flash:phones/SCCP42.loads,SCCP42.loads\":{},"
		 "\"flash:/phones/term62.default.loads,\":{},\"flash:old/later.bin,new.bin\":{},"
		 "\"flash:../store.key,key\":{},\"..:store.key,key2\":{},\"flash:none,none\":{}}}");
	assert_string_equal(content(r, "SCCP42.loads"), "load");
	assert_string_equal(content(r, "/sccp42.LOADS"), "load");
	assert_string_equal(content(r, "phones/term62.default.loads"), "term");
	assert_string_equal(content(r, "term62.default.loads"), "term");
	assert_string_equal(content(r, "phones/SCCP42.loads"), "not_found"); /* only its alias */
	assert_string_equal(content(r, "new.bin"), "uploaded");
	assert_string_equal(content(r, "key"), "not_found");
	assert_string_equal(content(r, "key2"), "not_found");
	assert_string_equal(content(r, "none"), "not_found");
	put(r, "files", "SCCP42.loads", "by hand");
	assert_string_equal(content(r, "SCCP42.loads"), "load"); /* what is bound comes first */
	list = files_describe(r->files, NULL);
	cJSON_ArrayForEach (e, list)
		bound +=
		    strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(e, "source")), "bound") == 0;
	assert_int_equal(bound, 4);
	cJSON_Delete(list);
	REQ("R-118");
}

/* every generated name is served, also behind the folders in which CME keeps SIP files. */
static void generated_names_stand_in_the_folders_of_cme_too(void **state)
{
	static const char *const folders[] = {
		"system:/cme/sipphone/", "/cme/sipphone/", "flash:", "flash:/",
		"sip/phones/",           "/SIP/phones/"
	};
	struct rig *r = *state;
	cJSON *list, *e;
	int served = 0;

	site_set(r->store, "voice-register/global",
		 "{\"tftp_path\":{\"path\":\"tftp\",\"url\":\"tftp://10.1.1.1/sip/phones\"},"
		 "\"profile\":{\"create\":{\"enabled\":true}}}");
	list = files_describe(r->files, NULL);
	cJSON_ArrayForEach (e, list) {
		const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(e, "name"));
		char *want = mem_strdup(content(r, name));

		for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
			char path[FILES_NAME_MAX + 1];

			snprintf(path, sizeof(path), "%s%s", folders[i], name);
			assert_string_equal(content(r, path), want);
		}
		served += strstr(want, "<") != NULL;
		mem_free(want);
	}
	assert_int_equal(served, 5); /* two phones of each protocol, and the default file */
	assert_string_equal(content(r, "other/" PHONE), "not_found");
	cJSON_Delete(list);
	REQ("R-100");
	REQ("R-110");
}

static void escapes_are_refused_and_unknown_names_missed(void **state)
{
	static const char *const escapes[] = { "../store.key", "files/../../store.key",
					       "..",           "a\\..\\b",
					       "c:\\x",        "/../../etc/passwd" };
	struct rig *r = *state;
	struct files_miss miss;
	struct file_view *v;

	put(r, "files", ".upload-123", "in the making");
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		assert_int_equal(files_open(r->files, escapes[i], NULL, &v, &miss), ERR_PERM);
		assert_null(v);
		assert_string_not_equal(miss.reason, "");
	}
	assert_string_equal(content(r, ".upload-123"), "not_found");
	assert_string_equal(content(r, ""), "not_found");
	assert_string_equal(content(r, "/"), "not_found");
	assert_string_equal(content(r, "files"), "not_found");
}

static const char *nearest(struct rig *r, const char *name)
{
	static struct files_miss miss;
	struct file_view *v;

	assert_int_equal(files_open(r->files, name, NULL, &v, &miss), ERR_NOENT);
	return miss.nearest;
}

static const char *reason(struct rig *r, const char *name)
{
	static struct files_miss miss;
	struct file_view *v;

	assert_int_equal(files_open(r->files, name, NULL, &v, &miss), ERR_NOENT);
	return miss.reason;
}

static void misses_name_what_is_near(void **state)
{
	struct rig *r = *state;
	cJSON *list, *first;

	put(r, "files", "SIP42.9-4-2SR3-1S.loads", "x");
	put(r, "files/United_States", "g3-tones.xml", "x");
	assert_string_equal(nearest(r, "SIP42.9-4-2SR3-1.loads"), "SIP42.9-4-2SR3-1S.loads");
	assert_string_equal(nearest(r, "g3-tones.xml"), "United_States/g3-tones.xml");
	assert_string_equal(nearest(r, "XMLDefaults.cnf.xml"), "XMLDefault.cnf.xml");
	assert_string_equal(nearest(r, "SIP001122334455.cnf"), PHONE);
	assert_string_equal(nearest(r, "CTLSEP001122334455.tlv"), PHONE);
	assert_string_equal(nearest(r, "nothing-like-it"), "");
	assert_string_equal(reason(r, "SEP00112233AAAA.cnf.xml"), "This phone is not configured");
	assert_string_equal(reason(r, "sepdefault.CNF"),
			    "The firmware is too old for XML files: upgrade it by hand");
	list = files_misses(r->files);
	first = cJSON_GetArrayItem(list, 0);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(first, "name")),
			    "sepdefault.CNF");
	assert_int_equal(cJSON_GetArraySize(list), 8);
	cJSON_Delete(list);
	put(r, "files", "SEPDEFAULT.cnf", "by hand");
	assert_string_equal(content(r, "SEPDefault.cnf"), "by hand");
	REQ("R-362");
}

static void a_commit_shows_at_the_next_request_and_old_views_stay(void **state)
{
	struct rig *r = *state;
	struct file_view *old, *again, *fresh;
	struct files_miss miss;
	char *kept;

	assert_int_equal(files_open(r->files, PHONE, NULL, &old, &miss), 0);
	assert_int_equal(files_open(r->files, PHONE, NULL, &again, &miss), 0);
	assert_ptr_equal(old, again); /* one rendering, shared */
	assert_int_equal(old->source, FILE_GENERATED);
	files_close(again);
	kept = mem_strndup((const char *)old->data, (size_t)old->size);
	site_set(r->store, "voice-register/dns/1", "{\"label\":\"Changed\"}");
	assert_int_equal(files_open(r->files, PHONE, NULL, &fresh, &miss), 0);
	assert_true(fresh->revision > old->revision);
	assert_non_null(memmem(fresh->data, fresh->size, "Changed", 7));
	assert_memory_equal(old->data, kept, old->size);
	files_close(old);
	files_close(fresh);
	mem_free(kept);
	site_set(r->store, "voice-register/pools/1", NULL);
	assert_string_equal(content(r, PHONE), "not_found");
	REQ("R-099");
}

static void reads_stop_at_the_end(void **state)
{
	struct rig *r = *state;
	struct file_view *v;
	struct files_miss miss;
	char buf[16];
	const char *names[] = { PHONE, "disk" };

	put(r, "files", "disk", "0123456789");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(files_open(r->files, names[i], NULL, &v, &miss), 0);
		assert_int_equal(files_read(v, v->size, buf, sizeof(buf)), 0);
		assert_int_equal(files_read(v, v->size - 3, buf, sizeof(buf)), 3);
		assert_int_equal(files_read(v, UINT64_MAX, buf, sizeof(buf)), 0);
		files_close(v);
	}
	assert_int_equal(files_open(r->files, "disk", NULL, &v, &miss), 0);
	put(r, "files", "disk", "012"); /* cut while it is read */
	assert_int_equal(files_read(v, 0, buf, 10), ERR_IO);
	files_close(v);
	files_close(NULL);
}

static void descriptions_name_files_and_stamps(void **state)
{
	struct rig *r = *state;
	cJSON *list, *e;
	int found = 0;

	put(r, "files", "ring.raw", "12345");
	list = files_describe(r->files, "sep001122334455");
	assert_int_equal(cJSON_GetArraySize(list), 1);
	e = cJSON_GetArrayItem(list, 0);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(e, "name")), PHONE);
	assert_int_equal(strlen(cJSON_GetStringValue(cJSON_GetObjectItem(e, "version_stamp"))), 16);
	assert_int_equal(strlen(cJSON_GetStringValue(cJSON_GetObjectItem(e, "sha256"))), 64);
	assert_true(cJSON_GetNumberValue(cJSON_GetObjectItem(e, "size")) > 1000);
	cJSON_Delete(list);
	list = files_describe(r->files, NULL);
	cJSON_ArrayForEach (e, list) {
		const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(e, "name"));

		found += strcmp(name, PHONE) == 0 || strcmp(name, "XMLDefault.cnf.xml") == 0;
		if (strcmp(name, "ring.raw") == 0) {
			found++;
			assert_int_equal(cJSON_GetNumberValue(cJSON_GetObjectItem(e, "size")), 5);
		}
	}
	assert_int_equal(found, 3);
	cJSON_Delete(list);
}

/* ---- many readers while the configuration changes ---- */

struct reader {
	struct rig *rig;
	atomic_bool *stop;
	atomic_int *reads;
};

static void *read_on(void *arg)
{
	static const char *const names[] = {
		PHONE,  "SEP001122334466.cnf.xml", "none",
		"disk", "sep000a000b0001.cnf.xml", "XMLDefault.cnf.xml"
	};
	struct reader *rd = arg;
	unsigned i = 0;

	while (!atomic_load(rd->stop)) {
		struct file_view *v;
		struct files_miss miss;
		char end[8];

		if (files_open(rd->rig->files, names[i++ % ARRAY_LEN(names)], NULL, &v, &miss))
			continue;
		/* a whole file, never a mixture: it ends as it should */
		if (v->source == FILE_GENERATED &&
		    (files_read(v, v->size - 4, end, 4) != 4 || memcmp(end + 2, ">\n", 2) != 0))
			abort();
		files_close(v);
		atomic_fetch_add(rd->reads, 1);
	}
	return NULL;
}

static void many_threads_read_while_commits_go_on(void **state)
{
	struct rig *r = *state;
	atomic_bool stop = false;
	atomic_int reads = 0;
	struct reader rd = { r, &stop, &reads };
	pthread_t threads[4];
	char json[64];

	put(r, "files", "disk", "x");
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_on, &rd), 0);
	for (int i = 0; i < 40; i++) {
		snprintf(json, sizeof(json), "{\"label\":\"Round %d\"}", i);
		site_set(r->store, "voice-register/dns/1", json);
	}
	while (atomic_load(&reads) < 200)
		sched_yield();
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	assert_non_null(strstr(content(r, PHONE), "Round 39"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
		T(generated_names_are_served_in_any_spelling),
		T(sources_are_asked_in_order),
		T(a_bound_name_gives_its_file),
		T(generated_names_stand_in_the_folders_of_cme_too),
		T(a_home_path_cannot_leave_the_data_folder),
		T(escapes_are_refused_and_unknown_names_missed),
		T(misses_name_what_is_near),
		T(a_commit_shows_at_the_next_request_and_old_views_stay),
		T(reads_stop_at_the_end),
		T(descriptions_name_files_and_stamps),
		T(many_threads_read_while_commits_go_on),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
