/* store/auth/audit.c - the audit log: numbered entries, the oldest make room. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/log.h"
#include "store/auth/auth_int.h"

#define KEY_SIZE   20
#define DETAIL_MAX (64u << 10) /* bytes of an entry's detail; larger ones are left out */

static void key_of(char out[KEY_SIZE], uint64_t number)
{
	snprintf(out, KEY_SIZE, "%016llu", (unsigned long long)number);
}

static char *detail_text(const struct auth_entry *e)
{
	char *text = e->detail ? cJSON_PrintUnformatted(e->detail) : NULL;

	if (!text || strlen(text) <= DETAIL_MAX)
		return text;
	cJSON_free(text);
	return cJSON_PrintUnformatted(
	    &(cJSON){ .type = cJSON_String,
		      .valuestring = (char *)"too large to keep here; see the revision" });
}

static char *entry_text(struct auth *a, const struct auth_entry *e)
{
	char *detail = detail_text(e), *text;
	cJSON *o = cJSON_CreateObject();

	auth_add_time(o, "at", clock_wall_ns(a->clock));
	cJSON_AddStringToObject(o, "who", e->who ? e->who : "");
	cJSON_AddStringToObject(o, "address", e->address ? e->address : "");
	cJSON_AddStringToObject(o, "action", e->action);
	cJSON_AddStringToObject(o, "path", e->path ? e->path : "");
	if (detail)
		cJSON_AddRawToObject(o, "detail", detail);
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	cJSON_free(detail);
	return text;
}

void auth_audit_record(struct auth *a, const struct auth_entry *e, struct store_put *put)
{
	/* Outside of a string a quote is not escaped: nobody's name or path can look like this. */
	static const char here[] = "\"detail\":{\"revision\":";
	char *text = entry_text(a, e), *at = strstr(text, here);

	*put = (struct store_put){
		.bucket = BUCKET_AUDIT, .value = text, .len = strlen(text), .keep = AUTH_AUDIT_MAX
	};
	if (!at)
		return;
	at += sizeof(here) - 1; /* the 0 that stands there makes room for the number */
	memmove(at, at + 1, strlen(at));
	put->len--;
	put->revision_at = (size_t)(at - text);
}

int auth_audit(struct auth *a, const struct auth_entry *e)
{
	char *text = entry_text(a, e);
	int err = store_put(a->store,
			    &(struct store_put){ .bucket = BUCKET_AUDIT,
						 .value = text,
						 .len = strlen(text),
						 .keep = AUTH_AUDIT_MAX },
			    1);

	if (err)
		log_error(LOG_API, "audit_not_written", "action=%s err=%s", e->action,
			  err_code(err));
	cJSON_free(text);
	return err;
}

struct page {
	cJSON *list;
	size_t left;
	bool more;
};

static int add_one(void *ctx, const char *key, const void *value, size_t len)
{
	struct page *p = ctx;
	cJSON *o, *id;
	int64_t n = 0;

	if (!p->left) {
		p->more = true;
		return 1;
	}
	o = cJSON_ParseWithLength(value, len);
	if (!o)
		return 0;
	text_to_int(key, strlen(key), 0, INT64_MAX, &n);
	id = cJSON_CreateNumber((double)n);
	cJSON_AddItemToObject(o, "id", id);
	cJSON_AddItemToArray(p->list, o);
	p->left--;
	return 0;
}

cJSON *auth_audit_page(struct auth *a, uint64_t below, size_t limit, bool *more)
{
	struct page p = { .list = cJSON_CreateArray(), .left = limit };
	char key[KEY_SIZE];

	key_of(key, below);
	store_each(a->store, BUCKET_AUDIT, below ? key : NULL, true, add_one, &p);
	*more = p.more;
	return p.list;
}
