/* api/object_diff.c - the difference of an object as the lines of IOS that are taken away and added
 * (`?diff=lines`). What is compared holds the passwords, what is shown does not. */
#include "api/object_diff.h"

#include <string.h>

#include "api/line_diff.h"
#include "server/core/mem.h"
#include "store/ios/ios.h"

#define BLOCK_MAX (1u << 20)

struct side {
	struct text clear, masked;
};

static void print(struct side *s, const struct schema_path *at, const cJSON *item,
		  struct store *store)
{
	text_init(&s->clear, BLOCK_MAX);
	text_init(&s->masked, BLOCK_MAX);
	if (!item)
		return;
	ios_print_object(&s->clear, at->obj, at->key, item,
			 &(struct ios_print){ .store = store, .secrets = true });
	ios_print_object(&s->masked, at->obj, at->key, item, &(struct ios_print){ .store = NULL });
}

static void release(struct side *s)
{
	if (s->clear.buf)
		mem_wipe(s->clear.buf, s->clear.len);
	text_fini(&s->clear);
	text_fini(&s->masked);
}

void object_diff_add(cJSON *change, struct store *store, const struct schema_path *at,
		     const cJSON *before, const cJSON *after)
{
	struct side a, b;
	struct text lines;

	print(&a, at, before, store);
	print(&b, at, after, store);
	text_init(&lines, 2 * BLOCK_MAX);
	line_diff(&(struct diff_text){ a.clear.buf, a.masked.buf },
		  &(struct diff_text){ b.clear.buf, b.masked.buf }, &lines);
	cJSON_AddStringToObject(change, "lines", lines.buf ? lines.buf : "");
	text_fini(&lines);
	release(&a);
	release(&b);
}
