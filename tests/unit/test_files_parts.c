/* tests/unit/test_files_parts.c - the parts of the resolver: names, folders on the disk, the cache of
 * rendered files, near misses, byte ranges. */
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/cache.h"
#include "server/files/folder.h"
#include "server/files/miss.h"
#include "server/files/name.h"
#include "server/files/view.h"
#include "server/hfs/range.h"

/* ---- names ---- */

static void slashes_and_folders_of_the_router_are_dropped(void **state)
{
	static const struct {
		const char *asked, *first, *second;
	} rows[] = {
		{ "a.xml", "a.xml", NULL },
		{ "/a.xml", "a.xml", NULL },
		{ "///./a//b/./c.xml", "a/b/c.xml", NULL },
		{ "system:/its/XMLDefault.cnf.xml", "its/XMLDefault.cnf.xml",
		  "XMLDefault.cnf.xml" },
		{ "/its/a", "its/a", "a" },
		{ "cme/sipphone/SIPDefault.cnf", "cme/sipphone/SIPDefault.cnf", "SIPDefault.cnf" },
		{ "flash:/x/y", "x/y", NULL },
		{ "its", "its", NULL },
		{ "its/", "its", NULL },
		{ "..a/b..", "..a/b..", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct file_names n;

		assert_int_equal(file_names(&n, rows[i].asked), 0);
		assert_string_equal(n.list[0], rows[i].first);
		assert_int_equal(n.n, rows[i].second ? 2 : 1);
		if (rows[i].second)
			assert_string_equal(n.list[1], rows[i].second);
	}
}

static void names_that_leave_the_folder_are_refused(void **state)
{
	static const char *const escapes[] = {
		"../a",   "/../a",       "a/../b",      "a/..",          "..",
		"/..",    "..\\a",       "a\\b",        "C:a",           "c:/windows",
		"./../a", "its/../../a", "flash:/../x", "system:/its/.."
	};
	static const char *const none[] = { "",       "/",    "//",    "./",   ".",
					    "a\001b", "a\nb", "a\x7f", "\xff", "a/\300\257b" };
	char longer[FILES_NAME_MAX + 2];
	struct file_names n;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		if (file_names(&n, escapes[i]) != ERR_PERM)
			fail_msg("taken: %s", escapes[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(file_names(&n, none[i]), ERR_NOENT);
	memset(longer, 'a', sizeof(longer));
	longer[FILES_NAME_MAX] = '\0';
	assert_int_equal(file_names(&n, longer), 0);
	longer[FILES_NAME_MAX] = 'a';
	longer[FILES_NAME_MAX + 1] = '\0';
	assert_int_equal(file_names(&n, longer), ERR_NOENT);
}

/* ---- folders ---- */

static void put(const char *dir, const char *name, const char *text)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void sub(const char *dir, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void assert_holds(struct folder *d, const char *name, bool fold, const char *text)
{
	struct file_view *v;
	char buf[64] = "";

	assert_int_equal(folder_open(d, name, fold, &v), 0);
	assert_int_equal(v->size, strlen(text));
	assert_int_equal(files_read(v, 0, buf, sizeof(buf)), strlen(text));
	assert_string_equal(buf, text);
	files_close(v);
}

static void exact_names_go_before_other_case(void **state)
{
	char *dir = test_tmpdir();
	struct folder *d = folder_new(dir, FILE_UPLOADED);
	struct file_view *v;

	(void)state;
	put(dir, "TERM41.DEFAULT.loads", "upper");
	assert_int_equal(folder_open(d, "term41.default.loads", false, &v), ERR_NOENT);
	assert_holds(d, "term41.default.loads", true, "upper");
	put(dir, "term41.default.loads", "lower"); /* the list notices */
	assert_holds(d, "term41.default.loads", false, "lower");
	assert_holds(d, "Term41.Default.Loads", true, "upper"); /* first in byte order */
	sub(dir, "Desktops");
	sub(dir, "Desktops/320x212x16");
	put(dir, "Desktops/320x212x16/List.xml", "list");
	assert_holds(d, "desktops/320X212X16/list.XML", true, "list");
	assert_holds(d, "Desktops/320x212x16/List.xml", false, "list");
	folder_free(d);
	test_rmdir(dir);
}

static void nothing_but_regular_files_inside_is_opened(void **state)
{
	char *dir = test_tmpdir(), *outside = test_tmpdir();
	struct folder *d = folder_new(dir, FILE_HOME);
	char path[4200], target[4200];
	struct file_view *v;

	(void)state;
	put(outside, "secret", "secret");
	put(dir, "inside", "inside");
	put(dir, ".hidden", "hidden");
	sub(dir, "folder");
	snprintf(path, sizeof(path), "%s/out", dir);
	snprintf(target, sizeof(target), "%s/secret", outside);
	assert_int_equal(symlink(target, path), 0);
	snprintf(path, sizeof(path), "%s/outdir", dir);
	assert_int_equal(symlink(outside, path), 0);
	snprintf(path, sizeof(path), "%s/in", dir);
	assert_int_equal(symlink("inside", path), 0);
	snprintf(path, sizeof(path), "%s/up", dir);
	assert_int_equal(symlink("../../../../../../etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	for (int fold = 0; fold < 2; fold++) {
		assert_holds(d, "inside", fold, "inside");
		assert_holds(d, "in", fold, "inside");
		assert_int_equal(folder_open(d, "out", fold, &v), ERR_NOENT);
		assert_int_equal(folder_open(d, "outdir/secret", fold, &v), ERR_NOENT);
		assert_int_equal(folder_open(d, "up", fold, &v), ERR_NOENT);
		assert_int_equal(folder_open(d, "folder", fold, &v), ERR_NOENT);
		assert_int_equal(folder_open(d, "fifo", fold, &v), ERR_NOENT);
		assert_int_equal(folder_open(d, ".hidden", fold, &v), ERR_NOENT);
		assert_int_equal(folder_open(d, "nothing", fold, &v), ERR_NOENT);
	}
	folder_free(d);
	test_rmdir(dir);
	test_rmdir(outside);
	REQ("R-112");
}

/* Each open file is a descriptor, and anybody may ask for one by UDP: the last ones are not given out,
 * and a phone is told to try again, not that the file is not there. */
static void files_leave_some_descriptors_to_others(void **state)
{
	char dir[] = "/tmp/files-test-XXXXXX", path[64];
	struct file_view *v[64] = { NULL };
	struct rlimit was, few;
	struct folder *d;
	int next, err = 0, n = 0, spare;

	(void)state;
	assert_non_null(mkdtemp(dir));
	put(dir, "a.xml", "x");
	d = folder_new(dir, FILE_UPLOADED);
	next = dup(0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	few = was;
	few.rlim_cur = (rlim_t)next + 24;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	while (n < 64 && !(err = folder_open(d, "a.xml", false, &v[n])))
		n++;
	assert_int_equal(err, ERR_AGAIN);
	assert_in_range(n, 1, 24);
	spare = open("/dev/null", O_RDONLY);
	assert_true(spare >= 0);
	close(spare);
	few.rlim_cur = (rlim_t)next + (rlim_t)n; /* not even the folder can be opened */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(folder_open(d, "a.xml", false, &v[n]), ERR_AGAIN);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	while (n)
		files_close(v[--n]);
	folder_free(d);
	snprintf(path, sizeof(path), "%s/a.xml", dir);
	unlink(path);
	rmdir(dir);
}

static void a_folder_that_is_not_there_is_empty(void **state)
{
	char *dir = test_tmpdir();
	char path[4200];
	struct folder *d;
	struct file_view *v;

	(void)state;
	snprintf(path, sizeof(path), "%s/later", dir);
	d = folder_new(path, FILE_HOME);
	assert_int_equal(folder_open(d, "a", false, &v), ERR_NOENT);
	assert_int_equal(folder_open(d, "A", true, &v), ERR_NOENT);
	sub(dir, "later");
	put(path, "a", "now");
	assert_holds(d, "a", false, "now");
	assert_holds(d, "A", true, "now");
	folder_free(d);
	test_rmdir(dir);
}

/* ---- the cache ---- */

static struct file_view *made(const char *name, uint64_t revision, size_t size)
{
	return view_memory(mem_zalloc(size), size, name, revision);
}

static void keep(struct render_cache *c, const char *name, uint64_t revision, size_t size)
{
	struct file_view *v = made(name, revision, size);

	cache_put(c, v);
	files_close(v);
}

static void the_cache_keeps_one_revision_within_its_limit(void **state)
{
	struct render_cache *c = cache_new(10000);
	struct file_view *v, *held;

	(void)state;
	keep(c, "a", 1, 2000);
	keep(c, "b", 1, 2000);
	keep(c, "c", 1, 2000);
	held = cache_get(c, 1, "a"); /* used: b is now the oldest */
	assert_non_null(held);
	keep(c, "d", 1, 3000);
	assert_true(cache_bytes(c) <= 10000);
	assert_null(cache_get(c, 1, "b"));
	files_close((v = cache_get(c, 1, "c")));
	assert_non_null(v);
	keep(c, "huge", 1, 20000);
	assert_null(cache_get(c, 1, "huge"));
	assert_null(cache_get(c, 2, "a")); /* a new revision: nothing of the old one is left */
	assert_int_equal(cache_bytes(c), 0);
	keep(c, "late", 1, 10); /* rendered from what is no longer current */
	assert_null(cache_get(c, 2, "late"));
	assert_null(cache_get(c, 1, "late"));
	assert_int_equal(held->size, 2000); /* a reader keeps what it has */
	assert_int_equal(held->data[1999], 0);
	files_close(held);
	cache_free(c);
}

static void thousands_of_names_are_found_again(void **state)
{
	struct render_cache *c = cache_new(64u << 20);
	char name[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "SEP%012X.cnf.xml", i);
		keep(c, name, 7, 100);
	}
	for (int i = 0; i < 20000; i++) {
		struct file_view *v;

		snprintf(name, sizeof(name), "SEP%012X.cnf.xml", i);
		v = cache_get(c, 7, name);
		assert_non_null(v);
		assert_string_equal(v->name, name);
		files_close(v);
	}
	cache_free(c);
}

/* ---- misses ---- */

static int count_one(void *ctx, const struct miss *m)
{
	(void)m;
	(*(int *)ctx)++;
	return 0;
}

static int first_one(void *ctx, const struct miss *m)
{
	*(struct miss *)ctx = *m;
	return 1;
}

static void misses_are_remembered_in_bounded_memory(void **state)
{
	struct miss_list *l = miss_list_new();
	struct miss m;
	char name[32];
	int n = 0;

	(void)state;
	for (int i = 0; i < 3 * MISSES_MAX; i++) {
		snprintf(name, sizeof(name), "name%d", i);
		miss_note(l, name, "", i);
	}
	miss_each(l, count_one, &n);
	assert_int_equal(n, MISSES_MAX);
	miss_note(l, "name3000", "near", 99);
	assert_int_equal(miss_each(l, first_one, &m), 1);
	assert_string_equal(m.name, "name3000");
	assert_string_equal(m.nearest, "near");
	assert_int_equal(m.count, 2);
	assert_int_equal(m.last_ns, 99);
	n = 0;
	miss_each(l, count_one, &n);
	assert_int_equal(n, MISSES_MAX);
	miss_list_free(l);
}

static void near_names_are_told_from_far_ones(void **state)
{
	(void)state;
	assert_int_equal(miss_distance("abc.loads", "ABC.loads"), 0);
	assert_int_equal(miss_distance("SIP42.9-4-2SR3-1S.loads", "SIP42.9-4-2SR3-1.loads"), 1);
	assert_int_equal(miss_distance("SIP42.9-4-2.loads", "SIP42.9-3-1.loads"), 2);
	assert_int_equal(miss_distance("jar41sip.9-4-2.sbn", "apps41.9-4-2.sbn"), MISS_FAR);
	assert_int_equal(miss_distance("g3-tones.xml", "United_States/g3-tones.xml"), 1);
	assert_int_equal(miss_distance("a", "abcd"), MISS_FAR);
	assert_non_null(strstr(miss_reason("sepdefault.cnf"), "too old"));
	assert_non_null(strstr(miss_reason("CTLSEP001122334455.tlv"), "trust list"));
	assert_string_equal(miss_reason("whatever"), "No such file");
}

/* ---- byte ranges: RFC 9110 section 14.1.2 ---- */

static void ranges_are_read_as_the_standard_says(void **state)
{
	static const struct {
		const char *header;
		uint64_t size;
		enum range_kind kind;
		uint64_t at, len;
	} rows[] = {
		{ NULL, 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=0-0", 100, RANGE_PART, 0, 1 },
		{ "bytes=0-99", 100, RANGE_PART, 0, 100 },
		{ "bytes=90-200", 100, RANGE_PART, 90, 10 },
		{ "bytes=90-", 100, RANGE_PART, 90, 10 },
		{ "bytes=-10", 100, RANGE_PART, 90, 10 },
		{ "bytes=-200", 100, RANGE_PART, 0, 100 },
		{ "Bytes=1-2", 100, RANGE_PART, 1, 2 },
		{ "bytes=100-", 100, RANGE_BAD, 0, 100 },
		{ "bytes=100-200", 100, RANGE_BAD, 0, 100 },
		{ "bytes=-0", 100, RANGE_BAD, 0, 100 },
		{ "bytes=0-", 0, RANGE_BAD, 0, 0 },
		{ "bytes=5-4", 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=0-1,5-6", 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=a-b", 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=", 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=--1", 100, RANGE_WHOLE, 0, 100 },
		{ "lines=0-1", 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=18446744073709551616-", 100, RANGE_WHOLE, 0, 100 },
		{ "bytes=0-99999999999999999999999", 100, RANGE_WHOLE, 0, 100 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct byte_range r;

		if (range_parse(rows[i].header, rows[i].size, &r) != rows[i].kind ||
		    r.at != rows[i].at || r.len != rows[i].len)
			fail_msg("%s of %d: %d+%d", rows[i].header, (int)rows[i].size, (int)r.at,
				 (int)r.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slashes_and_folders_of_the_router_are_dropped),
		cmocka_unit_test(names_that_leave_the_folder_are_refused),
		cmocka_unit_test(exact_names_go_before_other_case),
		cmocka_unit_test(nothing_but_regular_files_inside_is_opened),
		cmocka_unit_test(files_leave_some_descriptors_to_others),
		cmocka_unit_test(a_folder_that_is_not_there_is_empty),
		cmocka_unit_test(the_cache_keeps_one_revision_within_its_limit),
		cmocka_unit_test(thousands_of_names_are_found_again),
		cmocka_unit_test(misses_are_remembered_in_bounded_memory),
		cmocka_unit_test(near_names_are_told_from_far_ones),
		cmocka_unit_test(ranges_are_read_as_the_standard_says),
	};

	return cmocka_run_group_tests_name("files_parts", tests, NULL, NULL);
}
