/* api/backup.c - one archive of everything, and back. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones.h"
#include "server/provision/provision.h"

static int emit(void *ctx, const void *p, size_t len)
{
	struct text *t = ctx;

	text_addn(t, p, len);
	return t->overflow ? ERR_TOO_BIG : 0;
}

/* In a field, not in the query: addresses end up in logs. */
static const char *passphrase(const struct api_req *r)
{
	const char *p = http_header(r->http, "Backup-Passphrase");

	return p && *p ? p : NULL;
}

int api_backup_get(struct api_req *r)
{
	char name[128], at[TIME_TEXT_SIZE];
	struct text t;
	int err;

	text_init(&t, 256u << 20);
	err = store_backup(r->api->opt.store, passphrase(r), emit, &t);
	if (!err && t.overflow)
		err = ERR_TOO_BIG;
	if (!err) {
		text_time(at, clock_wall_ns(r->api->opt.clock));
		snprintf(name, sizeof(name), "attachment; filename=\"switchroom-%.10s.json\"", at);
		http_set_header(r->http, "Content-Disposition", name);
		api_text(r, 200, "application/json", t.buf, t.len);
		/* A copy of everything left the house: as worth noting as a change. */
		auth_audit(r->api->opt.auth, &(struct auth_entry){ .who = r->who.name,
								   .address = r->address,
								   .action = r->route->id,
								   .path = "/backup" });
	}
	if (t.buf)
		mem_wipe(t.buf, t.len);
	text_fini(&t);
	return err;
}

/* The report of a refused archive lists what is wrong with it. */
static int refused(struct api_req *r, int err, const cJSON *report)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, cJSON_GetObjectItemCaseSensitive(report, "errors")) {
		const char *code =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "code"));
		const char *path =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "path"));
		const char *field =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "field"));
		const char *detail =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "detail"));

		faults_add(&r->faults, err, code, path, field, "%s",
			   detail ? detail : err_text(err));
	}
	return err;
}

static void tell_phones(struct api_req *r, uint64_t revision)
{
	cJSON *impact = NULL;

	if (provision_impact_of(r->api->opt.store, revision, &impact))
		return;
	cJSON_Delete(api_tell_phones(r, &(struct phones_change){ .revision = revision },
				     cJSON_GetObjectItemCaseSensitive(impact, "affected_phones")));
	provision_files_changed(r->api->opt.store,
				cJSON_GetObjectItemCaseSensitive(impact, "files"));
	cJSON_Delete(impact);
}

int api_backup_restore(struct api_req *r)
{
	struct store_commit info = { .who = r->who.name,
				     .comment = "restore of a backup",
				     .address = r->address };
	struct store_put audit;
	cJSON *report = NULL;
	int err = api_read_confirm(r, &info.confirm_minutes);

	if (err)
		return err;
	r->audit = cJSON_CreateObject();
	cJSON_AddNumberToObject(r->audit, "revision", 0); /* known when it is made */
	api_audit_record(r, &audit);
	info.puts = &audit;
	info.n_puts = 1;
	err = store_restore(r->api->opt.store, r->text, r->text_len, passphrase(r), r->dry_run,
			    &info, &report);
	cJSON_free((void *)audit.value);
	r->audited = !err;
	if (err == ERR_VERSION) /* of the file, not of ours */
		err = ERR_INVALID;
	if (err) {
		refused(r, err, report);
		cJSON_Delete(report);
		return err;
	}
	if (!report)
		report = cJSON_CreateObject();
	cJSON_AddBoolToObject(report, "dry_run", r->dry_run);
	if (!r->dry_run) {
		cJSON_AddNumberToObject(report, "revision", (double)info.revision);
		tell_phones(r, info.revision);
		api_add_confirm(report, &info);
	}
	return api_json(r, 200, report);
}
