/* api/system.c - the system itself: clock, engines, capabilities, schema, certificate. */
#include <stdio.h>
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/http/cert.h"
#include "server/provision/provision.h"
#include "server/zones/zones.h"
#include "store/ios/ios.h"
#include "store/schema/constants.h"

static cJSON *hooked(struct api_req *r, cJSON *(*fn)(void *ctx))
{
	return fn ? fn(r->api->opt.hooks.ctx) : NULL;
}

int api_clock_get(struct api_req *r)
{
	cJSON *o = hooked(r, r->api->opt.hooks.clock);

	return o ? api_json(r, 200, o) : ERR_UNSUPPORTED;
}

/* ---- what there is ---- */

static cJSON *models(void)
{
	cJSON *list = cJSON_CreateArray();
	const struct provision_model *m;
	size_t n;

	m = provision_models(&n);
	for (size_t i = 0; i < n; i++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "type", m[i].type);
		cJSON_AddStringToObject(o, "name", m[i].name);
		cJSON_AddNumberToObject(o, "lines", m[i].lines);
		cJSON_AddBoolToObject(o, "sip", m[i].sip);
		cJSON_AddBoolToObject(o, "sccp", m[i].sccp);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

static cJSON *zones(void)
{
	cJSON *list = cJSON_CreateArray();
	const struct zone *z;
	unsigned n;

	z = zones_all(&n);
	for (unsigned i = 0; i < n; i++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddNumberToObject(o, "number", z[i].number);
		cJSON_AddStringToObject(o, "name", z[i].iana);
		cJSON_AddStringToObject(o, "cisco", z[i].cisco);
		cJSON_AddStringToObject(o, "text", z[i].label);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

int api_model_list(struct api_req *r)
{
	return api_json(r, 200, api_page(models(), NULL));
}

int api_zone_list(struct api_req *r)
{
	return api_json(r, 200, api_page(zones(), NULL));
}

int api_schema_get(struct api_req *r)
{
	cJSON *all = schema_describe();

	ios_describe(all);
	return api_json(r, 200, all);
}

/* What the documents call platform dependent, with the values in force (cme-model 5). */
static cJSON *constants(void)
{
	cJSON *list = cJSON_CreateArray();

	for (const struct schema_constant *c = schema_constants(); c->name; c++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "name", c->name);
		cJSON_AddNumberToObject(o, "value", (double)schema_constant_value(c));
		cJSON_AddNumberToObject(o, "default", (double)c->dflt);
		if (c->limit)
			cJSON_AddStringToObject(o, "limit", c->limit);
		if (c->limit)
			cJSON_AddNumberToObject(o, "top", LIMIT_TOP);
		cJSON_AddStringToObject(o, "help", c->help);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

int api_capabilities(struct api_req *r)
{
	static const char *const limits[] = { "ephones", "pools", "dns" };
	cJSON *o = cJSON_CreateObject(), *sub;
	int port = atomic_load(&r->api->feed_port), tls = atomic_load(&r->api->feed_tls_port);

	cJSON_AddStringToObject(o, "version", r->api->version);
	sub = cJSON_AddObjectToObject(o, "feed");
	if (port >= 0)
		cJSON_AddNumberToObject(sub, "port", port);
	if (tls >= 0)
		cJSON_AddNumberToObject(sub, "tls_port", tls);
	sub = cJSON_AddObjectToObject(o, "limits");
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		cJSON_AddNumberToObject(sub, limits[i], (double)schema_limit(limits[i]));
	cJSON_AddItemToObject(o, "constants", constants());
	cJSON_AddItemToObject(o, "models", models());
	cJSON_AddItemToObject(o, "time_zones", zones());
	return api_json(r, 200, o);
}

int api_openapi_get(struct api_req *r)
{
	const char *if_none = http_header(r->http, "If-None-Match");

	http_set_header(r->http, "ETag", r->api->openapi_etag);
	if (if_none && !strcmp(if_none, r->api->openapi_etag))
		return api_text(r, 304, NULL, NULL, 0);
	return api_text(r, 200, "application/json", r->api->openapi, strlen(r->api->openapi));
}

/* ---- TLS certificate ---- */

static int certificate_doc(struct api_req *r)
{
	struct cert_info info;
	char why[API_WHY] = "", at[TIME_TEXT_SIZE];
	cJSON *o, *names;
	struct slice rest, part;
	int err = *r->api->cert_file ? cert_describe(r->api->cert_file, &info, why, sizeof(why))
				     : ERR_NOENT;

	if (err)
		return api_fault(r, ERR_NOENT, NULL, "", "No TLS is served");
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "subject", info.subject);
	cJSON_AddStringToObject(o, "issuer", info.issuer);
	cJSON_AddStringToObject(o, "fingerprint_sha256", info.fingerprint);
	cJSON_AddStringToObject(o, "key", info.key);
	cJSON_AddBoolToObject(o, "self_signed", info.self_signed);
	cJSON_AddBoolToObject(o, "installed", cert_is_own(r->api->data_dir, r->api->cert_file));
	text_time(at, info.not_before_s * 1000000000);
	cJSON_AddStringToObject(o, "not_before", at);
	text_time(at, info.not_after_s * 1000000000);
	cJSON_AddStringToObject(o, "not_after", at);
	names = cJSON_AddArrayToObject(o, "names");
	rest = slice_of(info.names);
	while (slice_next(&rest, ',', &part)) {
		char *name = slice_dup(part);

		cJSON_AddItemToArray(names, cJSON_CreateString(name));
		mem_free(name);
	}
	return api_json(r, 200, o);
}

int api_certificate_get(struct api_req *r)
{
	int err;

	pthread_mutex_lock(&r->api->setup_lock); /* `cert_file` may be changing */
	err = certificate_doc(r);
	pthread_mutex_unlock(&r->api->setup_lock);
	return err;
}

static int put_in_force(struct api_req *r)
{
	struct api *a = r->api;
	char path[CERT_PATH_MAX], why[API_WHY] = "";
	int err = cert_ensure(a->data_dir, NULL, path, why, sizeof(why));

	if (!err && atomic_load(&a->http)) /* else only the local socket is open */
		err = http_reload_certificate(a->http, path, why, sizeof(why));
	if (err)
		return api_fault(r, err, NULL, "", "%s", why);
	text_copy(a->cert_file, sizeof(a->cert_file), path);
	if (a->opt.hooks.certificate)
		a->opt.hooks.certificate(a->opt.hooks.ctx, path);
	return certificate_doc(r);
}

int api_certificate_put(struct api_req *r)
{
	char why[API_WHY] = "";
	int err;

	pthread_mutex_lock(&r->api->setup_lock);
	err = cert_install(r->api->data_dir, r->text, r->text_len, why, sizeof(why));
	if (err)
		api_fault(r, err, "certificate", "", "%s", why);
	err = err ? err : put_in_force(r);
	pthread_mutex_unlock(&r->api->setup_lock);
	return err;
}

int api_certificate_remove(struct api_req *r)
{
	int err;

	pthread_mutex_lock(&r->api->setup_lock);
	err = cert_remove(r->api->data_dir);
	err = err ? err : put_in_force(r);
	pthread_mutex_unlock(&r->api->setup_lock);
	return err;
}
