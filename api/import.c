/* api/import.c - POST /import: a running configuration into one transaction, with a report of each line. */
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "store/ios/import.h"

#define IMPORT_MAX (16u << 20) /* bytes of the text */

static int read_options(struct api_req *r, struct import_options *opt)
{
	const char *mode = api_query(r, "mode");

	opt->replace = mode && !strcmp(mode, "replace");
	opt->accounts = r->who.role == ROLE_ADMIN;
	if (mode && !opt->replace && strcmp(mode, "merge") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "mode is merge or replace");
	if (r->text_len > IMPORT_MAX)
		return api_fault(r, ERR_TOO_BIG, NULL, "", "The text is larger than %u bytes",
				 IMPORT_MAX);
	return 0;
}

/* Who names the revision he looked at imports into that one only. */
static int check_base(struct api_req *r, const struct conf *c)
{
	int64_t base;
	int err = api_query_int(r, "base_revision", 0, INT64_C(9000000000000000), -1, &base);

	if (err || base < 0 || (uint64_t)base == conf_revision(c))
		return err;
	return api_fault(r, ERR_STALE, NULL, "", "The configuration is at revision %llu now",
			 (unsigned long long)conf_revision(c));
}

static cJSON *head(const struct api_req *r, const struct conf *c, const struct import_options *opt,
		   const struct import *im)
{
	cJSON *o = import_report(im), *a;

	cJSON_AddStringToObject(o, "mode", opt->replace ? "replace" : "merge");
	cJSON_AddNumberToObject(o, "base_revision", (double)conf_revision(c));
	cJSON_ArrayForEach (a, cJSON_GetObjectItemCaseSensitive(o, "accounts")) {
		const char *name =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a, "username"));
		cJSON *there = auth_account(r->api->opt.auth, name);

		if (there)
			cJSON_AddTrueToObject(a, "exists");
		cJSON_Delete(there);
	}
	return o;
}

/* The accounts live outside the revisions: they are made when the rest is on the disk. One that exists already
 * stays as it is. */
static void make_accounts(struct api_req *r, cJSON *doc)
{
	const cJSON *a;

	cJSON_ArrayForEach (a, cJSON_GetObjectItemCaseSensitive(doc, "accounts")) {
		const char *name =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a, "username"));
		const char *text =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(a, "role"));
		enum auth_role role;
		int err = auth_role_parse(text, &role);

		err = err ? err : auth_account_add(r->api->opt.auth, name, NULL, role);
		if (err && err != ERR_EXIST)
			log_error(LOG_API, "account_not_made", "name=%s err=\"%s\"", name,
				  err_text(err));
	}
}

/* For the audit log: how it went; the changes themselves are those of the revision. */
static cJSON *short_report(const cJSON *report)
{
	static const char *const members[] = { "mode", "summary", "accounts", NULL };
	cJSON *o = cJSON_CreateObject();

	for (const char *const *m = members; *m; m++)
		cJSON_AddItemToObject(
		    o, *m, cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(report, *m), true));
	return o;
}

static int commit(struct api_req *r, struct conf *c, cJSON *report, struct faults *warnings)
{
	struct api_write w = { .status = 200, .imported = true, .warnings = warnings };
	cJSON *audit = short_report(report);
	int err = api_read_write_query(r, &w);

	if (err) {
		cJSON_Delete(report);
		conf_close(c);
	} else {
		w.extra = report;
		w.audit = audit;
		w.committed = make_accounts;
		err = api_commit(r, c, &w);
	}
	cJSON_Delete(audit);
	return err;
}

/* The text as a whole does not fit together: 409, whatever a single setting would be told. The codes stay. */
static void as_conflict(struct faults *f)
{
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++) {
		if (err_http(f->list[i].err) == 422)
			f->list[i].err = ERR_CONFLICT;
	}
}

int api_import(struct api_req *r)
{
	struct import_options opt;
	struct import *im = NULL;
	struct faults warnings;
	struct conf *c = NULL;
	cJSON *report;
	int err = read_options(r, &opt);

	err = err ? err : conf_open(r->api->opt.store, &c);
	if (err)
		return err;
	err = check_base(r, c);
	if (err) {
		conf_close(c);
		return err;
	}
	faults_init(&warnings);
	r->faults.operation = -1;
	err = ios_import(&im, c, r->text, r->text_len, &opt, &r->faults, &warnings);
	report = head(r, c, &opt, im);
	import_free(im);
	if (err) {
		as_conflict(&r->faults);
		cJSON_AddBoolToObject(report, "dry_run", r->dry_run);
		cJSON_Delete(r->report);
		r->report = report;
		conf_close(c);
	} else {
		err = commit(r, c, report, &warnings);
	}
	faults_fini(&warnings);
	return err;
}
