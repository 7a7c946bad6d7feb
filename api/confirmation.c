/* api/confirmation.c - the change that waits to be confirmed: look, keep, take back. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"

static int answer(struct api_req *r, const struct store_confirmation *now)
{
	uint64_t left_s = (now->remaining_ms + 999) / 1000;
	cJSON *o = cJSON_CreateObject();
	char at[TIME_TEXT_SIZE];

	cJSON_AddBoolToObject(o, "pending", now->pending);
	if (now->pending) {
		text_time(at, now->deadline_ns);
		cJSON_AddNumberToObject(o, "revision", (double)now->revision);
		cJSON_AddNumberToObject(o, "falls_back_to", (double)now->falls_back_to);
		cJSON_AddStringToObject(o, "deadline", at);
		cJSON_AddStringToObject(o, "who", now->who);
		cJSON_AddNumberToObject(o, "remaining_seconds", (double)left_s);
	}
	return api_json(r, 200, o);
}

static int nothing_waits(struct api_req *r)
{
	return api_fault(r, ERR_NOENT, "nothing_to_confirm", "", "No change waits to be confirmed");
}

int api_confirmation_get(struct api_req *r)
{
	struct store_confirmation now;
	int err = store_confirmation(r->api->opt.store, &now);

	return err ? err : answer(r, &now);
}

int api_confirmation_confirm(struct api_req *r)
{
	struct store_confirmation now;
	struct store_put audit;
	int err = store_confirmation(r->api->opt.store, &now);

	if (err || !now.pending)
		return err ? err : nothing_waits(r);
	r->audit = cJSON_CreateObject();
	cJSON_AddNumberToObject(r->audit, "confirmed", (double)now.revision);
	api_audit_record(r, &audit);
	err = store_confirm(r->api->opt.store, r->who.name, &audit, 1);
	cJSON_free((void *)audit.value);
	if (err == ERR_NOENT)
		return nothing_waits(r);
	r->audited = !err;
	now.pending = false;
	return err ? err : answer(r, &now);
}

/* A commit like any other, except that it is the one that may come now. Phones that were asked to take the
 * change are asked again, unless the caller says otherwise. */
int api_confirmation_take_back(struct api_req *r)
{
	const char *apply = api_query(r, "apply");
	struct api_write w = { .status = 200, .takes_back = true, .whole = true };
	struct store_confirmation now;
	struct conf *c = NULL;
	char comment[64];
	int err = store_confirmation(r->api->opt.store, &now);

	if (apply && strcmp(apply, "affected") != 0 && strcmp(apply, "none") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "apply is none or affected");
	if (err || !now.pending)
		return err ? err : nothing_waits(r);
	err = api_draft_of(r, now.falls_back_to, &c);
	if (err)
		return err;
	w.apply = apply ? !strcmp(apply, "affected") : now.applied;
	snprintf(comment, sizeof(comment), "revision %llu taken back",
		 (unsigned long long)now.revision);
	w.comment = comment;
	w.undoes = now.revision;
	return api_commit(r, c, &w);
}
