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

static int count_one(void *ctx, const char *key, const void *value, size_t len)
{
	struct auth *a = ctx;
	int64_t n = 0;

	(void)value;
	(void)len;
	if (text_to_int(key, strlen(key), 0, INT64_MAX, &n))
		return ERR_CORRUPT;
	if (!a->audit_count++)
		a->audit_next = (uint64_t)n + 1;
	return 0;
}

int auth_audit_load(struct auth *a)
{
	a->audit_next = 1;
	return store_each(a->store, BUCKET_AUDIT, NULL, true, count_one, a);
}

static char *entry_text(struct auth *a, const struct auth_entry *e)
{
	cJSON *o = cJSON_CreateObject();
	char *detail = e->detail ? cJSON_PrintUnformatted(e->detail) : NULL, *text;

	auth_add_time(o, "at", clock_wall_ns(a->clock));
	cJSON_AddStringToObject(o, "who", e->who ? e->who : "");
	cJSON_AddStringToObject(o, "address", e->address ? e->address : "");
	cJSON_AddStringToObject(o, "action", e->action);
	cJSON_AddStringToObject(o, "path", e->path ? e->path : "");
	if (detail && strlen(detail) <= DETAIL_MAX)
		cJSON_AddRawToObject(o, "detail", detail);
	else if (detail)
		cJSON_AddStringToObject(o, "detail", "too large to keep here; see the revision");
	text = cJSON_PrintUnformatted(o);
	cJSON_Delete(o);
	cJSON_free(detail);
	return text;
}

int auth_audit(struct auth *a, const struct auth_entry *e)
{
	char key[KEY_SIZE], old[KEY_SIZE];
	struct store_put puts[2] = { { .bucket = BUCKET_AUDIT, .key = key },
				     { .bucket = BUCKET_AUDIT, .key = old } };
	char *text = entry_text(a, e);
	size_t n = 1;
	uint64_t number;
	int err;

	pthread_mutex_lock(&a->lock);
	number = a->audit_next++;
	if (++a->audit_count > AUTH_AUDIT_MAX) {
		key_of(old, number - AUTH_AUDIT_MAX);
		a->audit_count--;
		n = 2;
	}
	pthread_mutex_unlock(&a->lock);
	key_of(key, number);
	puts[0].value = text;
	puts[0].len = strlen(text);
	err = store_put(a->store, puts, n);
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
