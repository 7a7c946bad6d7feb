/* api/commit.c - what every write of the configuration shares: checks, difference, impact, commit. Dry run
 * and commit are the same code up to the last step. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "api/file_diff.h"
#include "api/object_diff.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/phones/phones.h"
#include "server/provision/provision.h"
#include "store/ios/ios.h"

void api_etag(char out[40], uint64_t revision)
{
	snprintf(out, 40, "\"%llu\"", (unsigned long long)revision);
}

/* Does an If-Match list name this tag? Weak tags never match (RFC 9110 13.1.1). */
static bool names_tag(const char *list, const char *tag)
{
	struct slice rest = slice_of(list), part;

	while (slice_next(&rest, ',', &part)) {
		part = slice_trim(part);
		if (slice_eq(part, "*") || slice_eq(part, tag))
			return true;
	}
	return false;
}

int api_precondition(struct conf *c, const char *object, const char *if_match,
		     const char *if_none_match)
{
	bool exists = conf_get(c, object) != NULL;
	char tag[40];

	api_etag(tag, conf_object_revision(c, object));
	if (if_none_match && exists && names_tag(if_none_match, tag))
		return ERR_STALE;
	if (!exists)
		return if_match ? ERR_STALE : 0;
	if (!if_match)
		return if_none_match ? ERR_STALE : ERR_NEED_MATCH;
	return names_tag(if_match, tag) ? 0 : ERR_STALE;
}

/* ---- difference ---- */

/* `diff=files,lines` of the query. */
bool api_wants(const struct api_req *r, const char *what)
{
	const char *diff = api_query(r, "diff");
	struct slice rest = slice_of(diff ? diff : ""), part;

	while (slice_next(&rest, ',', &part))
		if (slice_eq(part, what))
			return true;
	return false;
}

int api_check_diff(struct api_req *r, bool files)
{
	const char *diff = api_query(r, "diff");
	struct slice rest = slice_of(diff ? diff : ""), part;

	while (diff && slice_next(&rest, ',', &part))
		if (!slice_eq(part, "lines") && !(files && slice_eq(part, "files")))
			return api_fault(r, ERR_MALFORMED, "query", "", "diff is %s",
					 files ? "files, lines, or both" : "lines");
	return 0;
}

cJSON *api_change(struct api_req *r, const char *path, const cJSON *before, const cJSON *after,
		  enum schema_apply *apply)
{
	struct schema_path sp;
	enum schema_apply strongest = APPLY_NONE;
	cJSON *o, *fields;

	if (json_same(before, after) || schema_path_parse(path, &sp))
		return NULL;
	fields = schema_diff(sp.obj, before, after, &strongest);
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "path", path);
	cJSON_AddStringToObject(o, "change", !before ? "created" : !after ? "deleted" : "changed");
	cJSON_AddItemToObject(o, "fields", fields ? fields : cJSON_CreateArray());
	if (api_wants(r, "lines"))
		object_diff_add(o, r->api->opt.store, &sp, before, after);
	if (apply && strongest > *apply)
		*apply = strongest;
	return o;
}

struct changes {
	struct api_req *r;
	cJSON *list;
	enum schema_apply apply;
};

static int add_change(void *ctx, const char *path, const cJSON *before, const cJSON *after)
{
	struct changes *ch = ctx;
	cJSON *o = api_change(ch->r, path, before, after, &ch->apply);

	if (o)
		cJSON_AddItemToArray(ch->list, o);
	return 0;
}

cJSON *api_changes(struct api_req *r, struct conf *c, enum schema_apply *apply)
{
	struct changes ch = { .r = r, .list = cJSON_CreateArray(), .apply = APPLY_NONE };

	conf_each_change(c, add_change, &ch);
	*apply = ch.apply;
	return ch.list;
}

/* ---- the answer ---- */

static cJSON *warning_list(const struct faults *w)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < w->n && i < FAULTS_MAX; i++) {
		cJSON *o = cJSON_CreateObject();
		const struct fault *f = &w->list[i];

		cJSON_AddStringToObject(o, "code", f->code ? f->code : err_code(f->err));
		cJSON_AddStringToObject(o, "detail", f->detail ? f->detail : "");
		if (f->path)
			cJSON_AddStringToObject(o, "path", f->path);
		if (f->field)
			cJSON_AddStringToObject(o, "field", f->field);
		if (f->line)
			cJSON_AddNumberToObject(o, "line", f->line);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

static cJSON *answer(struct api_req *r, struct conf *c, const struct faults *warnings)
{
	enum schema_apply apply;
	cJSON *changes = api_changes(r, c, &apply), *o = provision_impact(c);

	if (apply == APPLY_RELOAD)
		cJSON_ReplaceItemInObjectCaseSensitive(
		    o, "pending_action", cJSON_CreateString(schema_apply_text(apply)));
	cJSON_AddItemToObject(o, "warnings", warning_list(warnings));
	cJSON_AddItemToObject(o, "changes", changes);
	cJSON_AddBoolToObject(o, "dry_run", r->dry_run);
	return o;
}

/* A version stamp that the change sets by hand goes to the files as they are now. */
static void set_stamps(struct api_req *r, const struct provision_stamps *stamps)
{
	struct conf *c;
	int err;

	if (!stamps->sccp[0] && !stamps->sip[0])
		return;
	err = conf_open(r->api->opt.store, &c);
	if (!err) {
		err = provision_stamps_set(c, stamps);
		conf_close(c);
	}
	files_forget(r->api->opt.files);
	if (err) /* the change itself is made */
		log_error(LOG_API, "stamps_not_set", "err=\"%s\"", err_text(err));
}

/* What waits is always made on the revision before. */
void api_add_confirm(cJSON *doc, const struct store_commit *info)
{
	char at[TIME_TEXT_SIZE];
	cJSON *o;

	if (!info->deadline_ns)
		return;
	o = cJSON_AddObjectToObject(doc, "confirm");
	text_time(at, info->deadline_ns);
	cJSON_AddNumberToObject(o, "revision", (double)info->revision);
	cJSON_AddNumberToObject(o, "falls_back_to", (double)(info->revision - 1));
	cJSON_AddStringToObject(o, "deadline", at);
}

static int commit(struct api_req *r, struct conf *c, const struct api_write *w, cJSON *doc)
{
	struct provision_stamps stamps;
	struct store_commit info = { .who = r->who.name,
				     .comment = w->comment,
				     .address = r->address,
				     .confirm_minutes = w->confirm_minutes,
				     .applied = w->apply,
				     .takes_back = w->takes_back };
	struct store_put audit;
	cJSON *asked;
	int err;

	r->audit = cJSON_CreateObject();
	cJSON_AddNumberToObject(r->audit, "revision", 0); /* known when it is made */
	if (w->confirm_minutes)
		cJSON_AddNumberToObject(r->audit, "confirm_minutes", w->confirm_minutes);
	if (w->audit)
		cJSON_AddItemReferenceToObject(r->audit, "import", (cJSON *)w->audit);
	else
		cJSON_AddItemReferenceToObject(r->audit, "changes",
					       cJSON_GetObjectItemCaseSensitive(doc, "changes"));
	api_audit_record(r, &audit);
	cJSON_Delete(r->audit);
	r->audit = NULL;
	info.puts = &audit;
	info.n_puts = 1;
	provision_stamps_asked(c, &stamps);
	err = store_commit(r->api->opt.store, c, &info);
	cJSON_free((void *)audit.value);
	r->audited = !err;
	r->raced = err == ERR_STALE;
	if (err)
		return err;
	if (!w->imported)
		set_stamps(r, &stamps);
	cJSON_AddNumberToObject(doc, "revision", (double)info.revision);
	api_add_confirm(doc, &info);
	provision_files_changed(r->api->opt.store, cJSON_GetObjectItemCaseSensitive(doc, "files"));
	asked =
	    api_tell_phones(r,
			    &(struct phones_change){
				.revision = info.revision, .undoes = w->undoes, .apply = w->apply },
			    cJSON_GetObjectItemCaseSensitive(doc, "affected_phones"));
	if (w->apply)
		cJSON_AddItemToObject(doc, "applied", asked);
	else
		cJSON_Delete(asked);
	return 0;
}

static void add_extra(cJSON *doc, cJSON *extra)
{
	cJSON *m;

	while (extra && (m = cJSON_DetachItemFromArray(extra, 0))) {
		cJSON_AddItemToObject(doc, m->string, m);
	}
	cJSON_Delete(extra);
}

static void made_at(struct api_req *r, const struct api_write *w, const cJSON *doc)
{
	const cJSON *rev = cJSON_GetObjectItemCaseSensitive(doc, "revision");
	char buf[SCHEMA_PATH_MAX + 40];

	if (w->location) {
		snprintf(buf, sizeof(buf), API_BASE "/config/%s", w->location);
		http_set_header(r->http, "Location", buf);
	}
	if (!r->dry_run && r->route->flags & R_CONFIG) {
		api_etag(buf, (uint64_t)rev->valuedouble);
		http_set_header(r->http, "ETag", buf);
	}
}

int api_check_comment(struct api_req *r, const char *comment, const char *field)
{
	size_t n = 0;

	for (const char *s = comment; s && *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return api_fault(r, ERR_INVALID, NULL, field,
					 "A comment is one line of text");
		n += ((unsigned char)*s & 0xc0) != 0x80; /* UTF-8: not a byte inside a character */
	}
	if (n > API_COMMENT_MAX)
		return api_fault(r, ERR_RANGE, NULL, field, "A comment has at most %d characters",
				 API_COMMENT_MAX);
	return 0;
}

int api_check_minutes(struct api_req *r, double minutes, const char *field)
{
	if (minutes >= 1 && minutes <= STORE_CONFIRM_MAX && minutes == (double)(int)minutes)
		return 0;
	return api_fault(r, *field ? ERR_RANGE : ERR_MALFORMED, *field ? NULL : "query", field,
			 "confirm_minutes is a number from 1 to %d", STORE_CONFIRM_MAX);
}

/* `confirm_minutes` of the query, for every write; transactions have it in the body. */
int api_read_confirm(struct api_req *r, unsigned *minutes)
{
	const char *s = api_query(r, "confirm_minutes");
	int64_t n = 0;

	if (!s)
		return 0;
	text_to_int(s, strlen(s), 1, STORE_CONFIRM_MAX, &n);
	*minutes = (unsigned)n;
	return api_check_minutes(r, (double)n, "");
}

int api_read_write(struct api_req *r, struct api_write *w)
{
	const char *apply;
	int err = api_str(r, r->body, "comment", false, &w->comment);

	err = err ? err : api_check_comment(r, w->comment, "/comment");
	err = err ? err : api_str(r, r->body, "apply", false, &apply);
	if (err)
		return err;
	w->apply = apply && !strcmp(apply, "affected");
	if (apply && !w->apply && strcmp(apply, "none") != 0)
		return api_fault(r, ERR_INVALID, NULL, "/apply", "apply is none or affected");
	return 0;
}

int api_read_write_query(struct api_req *r, struct api_write *w)
{
	const char *apply = api_query(r, "apply");

	w->comment = api_query(r, "comment");
	w->apply = apply && !strcmp(apply, "affected");
	if (apply && !w->apply && strcmp(apply, "none") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "apply is none or affected");
	return api_check_comment(r, w->comment, "");
}

/* A dry run may be made meanwhile, but what it shows cannot be committed yet. */
static int check_pending(struct api_req *r, const struct api_write *w, struct faults *warnings)
{
	struct store_confirmation now;
	int err = w->takes_back ? 0 : store_confirmation(r->api->opt.store, &now);

	if (w->takes_back || err || !now.pending)
		return err;
	if (!r->dry_run)
		return ERR_PENDING;
	faults_add(warnings, ERR_PENDING, NULL, NULL, NULL, "%s", err_text(ERR_PENDING));
	return 0;
}

/* A smaller table of refused SIP phones loses entries: a preview says so, and the change must be confirmed
 * (cme-model 4.2). */
static int check_attempts(struct api_req *r, struct conf *c, const struct api_write *w,
			  struct faults *warnings)
{
	static const char path[] = "voice-register/global",
			  field[] = "attempted_registrations_size";
	const struct schema_object *o = schema_object(path);
	int64_t size = cfg_int(o, conf_get(c, path), field);
	const char *confirm = api_query(r, "confirm");
	bool tell = r->dry_run || w->takes_back || w->imported;
	size_t have;

	if (confirm && strcmp(confirm, "true") != 0 && strcmp(confirm, "false") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "confirm is true or false");
	if (size >= cfg_int(o, conf_get_base(c, path), field) ||
	    phones_sip_attempts(r->api->opt.phones, &have) || (int64_t)have <= size)
		return 0;
	if (confirm && !strcmp(confirm, "true"))
		return 0;
	faults_add(tell ? warnings : &r->faults, ERR_CONFLICT, "attempted_table_shrink", path,
		   "/attempted_registrations_size",
		   "This will remove %zu old entries from the table. Proceed? Yes/No ?",
		   have - (size_t)size);
	return tell ? 0 : ERR_CONFLICT;
}

static int check(struct api_req *r, struct conf *c, struct api_write *w, struct faults *warnings)
{
	int err = check_pending(r, w, warnings);

	err = err ? err : api_check_diff(r, true);
	err = err ? err : api_read_confirm(r, &w->confirm_minutes);
	if (err)
		return err;
	r->faults.operation = -1;
	err = r->faults.n ? faults_err(&r->faults) : ios_settle(c, &r->faults, warnings);
	if (!err && !w->imported)
		err = (w->whole ? schema_check_whole : schema_check)(c, &r->faults, warnings);
	return err ? err : check_attempts(r, c, w, warnings);
}

int api_commit(struct api_req *r, struct conf *c, struct api_write *w)
{
	struct faults own, *warnings;
	cJSON *doc = NULL;
	int err;

	faults_init(&own);
	warnings = w->warnings ? w->warnings : &own;
	err = check(r, c, w, warnings);
	if (!err && r->faults.n)
		err = faults_err(&r->faults);
	if (err)
		goto out;
	doc = answer(r, c, warnings);
	if (api_wants(r, "files"))
		err = file_diff_add(c, doc);
	if (err)
		goto out;
	if (r->dry_run)
		cJSON_AddNumberToObject(doc, "revision", (double)conf_revision(c));
	else
		err = commit(r, c, w, doc);
	if (err)
		goto out;
	made_at(r, w, doc);
	add_extra(doc, w->extra);
	if (w->committed && !r->dry_run)
		w->committed(r, doc);
	api_json(r, r->dry_run ? 200 : w->status, doc);
	doc = NULL;
out:
	if (err)
		cJSON_Delete(w->extra);
	cJSON_Delete(doc);
	faults_fini(&own);
	conf_close(c);
	return err;
}
