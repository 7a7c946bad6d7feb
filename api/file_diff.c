/* api/file_diff.c - renders each file that a draft changes twice, without and with the draft. */
#include "api/file_diff.h"

#include <string.h>

#include "api/line_diff.h"
#include "api/phone_file.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/provision.h"

#define MASKED_MAX (2 * PROVISION_FILE_MAX)

struct side {
	struct conf *conf;
	struct provision_index *index;
	struct rendered file; /* `data` NULL: there is none */
	struct text masked;
};

static void render(struct side *s, const char *name)
{
	memset(&s->file, 0, sizeof(s->file));
	text_init(&s->masked, MASKED_MAX);
	if (!provision_render_indexed(s->conf, s->index, name, false, &s->file))
		phone_file_mask(s->file.data, s->file.len, &s->masked);
}

static void release(struct side *s)
{
	provision_release(&s->file);
	text_fini(&s->masked);
}

static struct diff_text text_of(const struct side *s)
{
	return (struct diff_text){ s->file.data, s->masked.buf };
}

/* False: it does not fit any more. */
static bool add_file(cJSON *list, struct side *before, struct side *after, const char *name,
		     size_t *left)
{
	struct diff_text a, b;
	struct text diff;
	cJSON *o;
	bool fits;

	render(before, name);
	render(after, name);
	a = text_of(before);
	b = text_of(after);
	text_init(&diff, FILE_DIFF_BYTES);
	line_diff(&a, &b, &diff);
	fits = !diff.overflow && diff.len <= *left;
	if (fits) {
		*left -= diff.len;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "name", name);
		cJSON_AddStringToObject(o, "change",
					!before->file.data  ? "created"
					: !after->file.data ? "deleted"
							    : "changed");
		cJSON_AddStringToObject(o, "diff", diff.buf ? diff.buf : "");
		cJSON_AddItemToArray(list, o);
	}
	text_fini(&diff);
	release(before);
	release(after);
	return fits;
}

static void add_all(struct side *before, struct side *after, cJSON *doc)
{
	const cJSON *files = cJSON_GetObjectItemCaseSensitive(doc, "files"), *name;
	cJSON *list = cJSON_CreateArray();
	size_t left = FILE_DIFF_BYTES;
	int n = 0, more = 0;

	cJSON_ArrayForEach (name, files) {
		if (n < FILE_DIFF_FILES && add_file(list, before, after, name->valuestring, &left))
			n++;
		else
			more++;
	}
	cJSON_AddItemToObject(doc, "file_changes", list);
	if (more)
		cJSON_AddNumberToObject(doc, "file_changes_more", more);
}

int file_diff_add(struct conf *draft, cJSON *doc)
{
	struct side before = { 0 }, after = { .conf = draft };
	int err = conf_open_at(conf_store(draft), conf_revision(draft), &before.conf);

	if (err)
		return err;
	before.index = provision_index_new(before.conf);
	after.index = provision_index_new(draft);
	add_all(&before, &after, doc);
	provision_index_free(before.index);
	provision_index_free(after.index);
	conf_close(before.conf);
	return 0;
}
