/* server/run/changes.c - changes that nobody of administration looked after: what fell back because it was not
 * confirmed, and commits whose process died before the phones room had noted them. Main thread. */
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/phones/phones.h"
#include "server/provision/provision.h"
#include "server/run/app.h"
#include "store/store.h"

#define CATCH_UP_MAX 100 /* revisions: seconds of work at most */

static void tell_phones(struct app *a, const struct phones_change *change)
{
	struct phones_need *list;
	cJSON *impact = NULL;
	size_t n;
	int err = provision_impact_of(a->store, change->revision, &impact);

	if (!err) {
		n = phones_needs(cJSON_GetObjectItemCaseSensitive(impact, "affected_phones"),
				 &list);
		err = phones_changed(a->phones, change, list, n);
		mem_free(list);
		provision_files_changed(a->store,
					cJSON_GetObjectItemCaseSensitive(impact, "files"));
		cJSON_Delete(impact);
	}
	if (err)
		log_error(LOG_MAIN, "phones_not_told", "revision=%llu err=%s",
			  (unsigned long long)change->revision, err_code(err));
}

static void audit(struct app *a, const struct store_fallback *fell)
{
	struct auth_entry e = { .who = "system",
				.address = "",
				.action = "confirmation.expire",
				.path = "/confirmation",
				.detail = cJSON_CreateObject() };
	struct store_put put;

	cJSON_AddNumberToObject((cJSON *)e.detail, "undone", (double)fell->undone);
	cJSON_AddNumberToObject((cJSON *)e.detail, "made", (double)fell->made);
	auth_audit_record(a->auth, &e, &put);
	store_put_soon(a->store, &put, 1);
	cJSON_free((void *)put.value);
	cJSON_Delete((cJSON *)e.detail);
}

void changes_look(struct app *a)
{
	struct store_fallback fell;

	if (!store_fell_back(a->store, &fell))
		return;
	if (fell.made == a->fell_back_told) { /* the disk has not taken the note yet */
		store_fell_back_done(a->store, fell.made);
		return;
	}
	a->fell_back_told = fell.made;
	log_warn(LOG_MAIN, "fell_back", "revision=%llu made=%llu", (unsigned long long)fell.undone,
		 (unsigned long long)fell.made);
	tell_phones(a, &(struct phones_change){ .revision = fell.made,
						.undoes = fell.undone,
						.apply = fell.applied,
						.who = "system" });
	audit(a, &fell);
	store_fell_back_done(a->store, fell.made);
}

void changes_catch_up(struct app *a)
{
	uint64_t newest = store_revision(a->store), r = phones_changed_upto(a->phones);
	struct store_fallback fell = { 0 };

	(void)store_fell_back(a->store, &fell);
	if (newest > CATCH_UP_MAX && r < newest - CATCH_UP_MAX)
		r = newest - CATCH_UP_MAX;
	while (++r <= newest)
		if (r != fell.made)
			tell_phones(a, &(struct phones_change){ .revision = r, .who = "system" });
	changes_look(a);
}
