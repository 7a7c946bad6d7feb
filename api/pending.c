/* api/pending.c - what phones still need after a change: applied later is not forgotten. */
#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/phones/phones.h"

cJSON *api_tell_phones(struct api_req *r, const struct phones_change *change, const cJSON *affected)
{
	struct phones_change told = *change;
	struct phones_need *list;
	size_t n = phones_needs(affected, &list);
	cJSON *asked = cJSON_CreateArray();
	int err;

	text_copy(told.who, sizeof(told.who), r->who.name);
	err = phones_changed(r->api->opt.phones, &told, list, n);
	if (err) /* the change itself is made */
		log_error(LOG_API, "phones_not_told", "revision=%llu err=%s",
			  (unsigned long long)told.revision, err_code(err));
	for (size_t i = 0; i < n; i++)
		if (list[i].asked)
			cJSON_AddItemToArray(asked, cJSON_CreateString(list[i].device));
	mem_free(list);
	return asked;
}

int api_pending_list(struct api_req *r)
{
	int64_t limit;
	cJSON *o = NULL;
	int err = api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &limit);

	if (err)
		return err;
	limit = limit > PHONES_PAGE_MAX ? PHONES_PAGE_MAX : limit;
	err = phones_pending(r->api->opt.phones, api_query(r, "cursor"), (size_t)limit, &o);
	return err ? err : api_json(r, 200, o);
}

int api_pending_ask(struct api_req *r)
{
	cJSON *o = NULL;
	int err = phones_pending_ask(r->api->opt.phones, r->who.name, &o);

	if (err)
		return err;
	r->audit = cJSON_CreateObject();
	cJSON_AddItemToObject(r->audit, "asked",
			      cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(o, "asked"), true));
	return api_json(r, 202, o);
}
