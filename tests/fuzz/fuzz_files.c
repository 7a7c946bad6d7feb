/* tests/fuzz/fuzz_files.c - what peers send to name a file: names, Range fields, XML texts. Checked beside
 * the sanitizers: no cleaned name leaves its folder, and a name finds the same bytes whatever letter case
 * it is written in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/mem.h"
#include "server/files/folder.h"
#include "server/files/miss.h"
#include "server/files/name.h"
#include "server/hfs/range.h"
#include "server/provision/xml.h"
#include "tests/fuzz/fuzz.h"

static char dir[64];

static void remove_dir(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/inside", dir);
	unlink(path);
	rmdir(dir);
}

static struct folder *folder_with_one_file(void)
{
	char path[128];
	FILE *f;

	strcpy(dir, "/tmp/switchroom-fuzz-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	atexit(remove_dir);
	snprintf(path, sizeof(path), "%s/inside", dir);
	f = fopen(path, "w");
	if (!f)
		abort();
	fputs("inside", f);
	fclose(f);
	return folder_new(dir, FILE_UPLOADED);
}

static void check_name(struct folder *d, const char *name)
{
	struct file_names n;
	struct file_view *v;

	(void)miss_reason(name);
	if (file_names(&n, name))
		return;
	for (int i = 0; i < n.n; i++) {
		const char *s = n.list[i];

		if (s[0] == '/' || !s[0] || strstr(s, "//") || strcmp(s, "..") == 0 ||
		    strncmp(s, "../", 3) == 0 || strstr(s, "/../") || strchr(s, '\\'))
			abort();
		(void)miss_distance(s, "XMLDefault.cnf.xml");
		for (int fold = 0; fold < 2; fold++) {
			if (folder_open(d, s, fold, &v))
				continue;
			if (strcasecmp(v->name, "inside") != 0 || v->size != 6)
				abort();
			files_close(v);
		}
	}
}

static void check_range(const char *header)
{
	static const uint64_t sizes[] = { 0, 1, 10, UINT64_MAX };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct byte_range r;
		enum range_kind k = range_parse(header, sizes[i], &r);

		if (k == RANGE_PART && (r.len == 0 || r.at >= sizes[i] || r.len > sizes[i] - r.at))
			abort();
	}
}

static void check_xml(const char *text)
{
	struct xml x;
	size_t len;
	char *doc;

	xml_begin(&x, 1 << 20);
	xml_open(&x, "a", (const char *const[]){ "n", text, NULL });
	xml_text_max(&x, "b", text, 30);
	xml_named(&x, text, text);
	doc = xml_end(&x, &len);
	if (doc && !text_is_utf8(doc, len))
		abort();
	mem_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct folder *d;
	char *s = mem_strndup((const char *)data, size);

	if (!d)
		d = folder_with_one_file();
	check_name(d, s);
	check_range(s);
	check_xml(s);
	mem_free(s);
	return 0;
}
