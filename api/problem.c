/* api/problem.c - answers: JSON, and problem documents (RFC 9457) for what went wrong. */
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"

#define PROBLEM_TYPE "application/problem+json"
#define PRINT_START  4096

static void common_fields(struct api_req *r)
{
	http_set_header(r->http, "Cache-Control", "no-store");
	http_set_header(r->http, "X-Content-Type-Options", "nosniff");
}

static struct auth_entry entry(const struct api_req *r)
{
	return (struct auth_entry){ .who = r->who.name,
				    .address = r->address,
				    .action = r->route->id,
				    .path = *r->audit_path ? r->audit_path
							   : http_path(r->http) + strlen(API_BASE),
				    .detail = r->audit };
}

void api_audit_record(const struct api_req *r, struct store_put *put)
{
	struct auth_entry e = entry(r);

	auth_audit_record(r->api->opt.auth, &e, put);
}

/* Who changed what is on the disk before the one who did it hears of it. */
static void audit(struct api_req *r)
{
	struct auth_entry e = entry(r);

	if (!r->audited)
		auth_audit(r->api->opt.auth, &e);
}

int api_text(struct api_req *r, int status, const char *type, const char *body, size_t len)
{
	if (r->route && strcmp(r->route->method, "GET") != 0 && status < 300 && !r->dry_run)
		audit(r);
	common_fields(r);
	r->status = status;
	http_reply(r->http, status, type, body, len);
	return 0;
}

int api_json(struct api_req *r, int status, cJSON *take)
{
	char *text = cJSON_PrintBuffered(take, PRINT_START, false);

	cJSON_Delete(take);
	api_text(r, status, "application/json", text, strlen(text));
	cJSON_free(text);
	return 0;
}

int api_take_json(struct api_req *r, char *json)
{
	api_text(r, 200, "application/json", json, strlen(json));
	mem_free(json);
	return 0;
}

int api_empty(struct api_req *r)
{
	return api_text(r, 204, NULL, NULL, 0);
}

int api_fault(struct api_req *r, int err, const char *code, const char *field, const char *fmt, ...)
{
	char buf[512];
	struct text t;
	va_list ap;

	text_fixed(&t, buf, sizeof(buf));
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	faults_add(&r->faults, err, code, NULL, field, "%s", buf);
	return err;
}

static void add_fault(cJSON *o, const struct fault *f)
{
	cJSON_AddStringToObject(o, "code", f->code ? f->code : err_code(f->err));
	if (f->field)
		cJSON_AddStringToObject(o, "field", f->field);
	if (f->command && *f->command)
		cJSON_AddStringToObject(o, "command", f->command);
	if (f->path && *f->path)
		cJSON_AddStringToObject(o, "path", f->path);
	if (f->line)
		cJSON_AddNumberToObject(o, "line", f->line);
	if (f->operation >= 0)
		cJSON_AddNumberToObject(o, "operation", f->operation);
}

cJSON *api_problem_doc(int status, int err, const struct faults *f)
{
	const struct fault *first = f && f->n ? &f->list[0] : NULL;
	cJSON *o = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(o, "type", "about:blank");
	cJSON_AddStringToObject(o, "title", err_text(first ? first->err : err));
	cJSON_AddNumberToObject(o, "status", status);
	cJSON_AddStringToObject(o, "detail",
				first && first->detail ? first->detail : err_text(err));
	if (!first) {
		cJSON_AddStringToObject(o, "code", err_code(err));
		return o;
	}
	add_fault(o, first);
	list = cJSON_AddArrayToObject(o, "errors");
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++) {
		cJSON *e = cJSON_CreateObject();

		cJSON_AddStringToObject(e, "detail", f->list[i].detail ? f->list[i].detail : "");
		add_fault(e, &f->list[i]);
		cJSON_AddItemToArray(list, e);
	}
	return o;
}

void api_problem(struct api_req *r, int err)
{
	int status = err_http(r->faults.n ? r->faults.list[0].err : err);
	cJSON *o = api_problem_doc(status, err, &r->faults);
	char *text;

	if (r->report)
		cJSON_AddItemToObject(o, "report", r->report);
	r->report = NULL;
	text = cJSON_PrintBuffered(o, PRINT_START, false);

	cJSON_Delete(o);
	if (status == 401)
		http_set_header(r->http, "WWW-Authenticate", "Bearer realm=\"switchroom\"");
	if (status == 503)
		http_set_header(r->http, "Retry-After", "1");
	api_text(r, status, PROBLEM_TYPE, text, strlen(text));
	cJSON_free(text);
}
