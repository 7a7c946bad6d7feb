/* api/status/handlers.c - GET of the views: JSON, or the text of CME with `Accept: text/plain` or
 * `?format=text`. */
#include <string.h>
#include <strings.h>

#include "api/status/status.h"
#include "server/core/err.h"
#include "server/core/mem.h"

#define VIEW_TEXT_MAX (64u << 20)

static int wants_text(struct api_req *r, bool *out)
{
	const char *format = api_query(r, "format"), *accept = http_header(r->http, "Accept");

	*out = format ? !strcmp(format, "text") : accept && !strncasecmp(accept, "text/plain", 10);
	if (format && !*out && strcmp(format, "json") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "format is json or text");
	return 0;
}

static int read_args(struct api_req *r, bool text, bool paged, struct status_args *a)
{
	const char *brief = api_query(r, "brief");
	int64_t limit = 0;
	int err;

	*a = (struct status_args){ .key = r->params.n ? r->params.value[0] : NULL,
				   .state = api_query(r, "state"),
				   .type = api_query(r, "type"),
				   .ip = api_query(r, "ip"),
				   .mac = api_query(r, "mac"),
				   .cursor = api_query(r, "cursor"),
				   .brief = brief && !strcmp(brief, "true") };
	if (!paged)
		return 0;
	err = api_query_int(r, "limit", 1, API_PAGE_MAX, text ? 0 : API_PAGE, &limit);
	a->limit = (size_t)limit;
	return err;
}

int status_text(struct api_req *r, const cJSON *view, status_print print)
{
	struct text t;
	int err = 0;

	text_init(&t, VIEW_TEXT_MAX);
	print(view, &t);
	if (t.overflow)
		err = ERR_TOO_BIG;
	else
		api_text(r, 200, "text/plain; charset=utf-8", t.buf ? t.buf : "", t.len);
	text_fini(&t);
	return err;
}

static int answer(struct api_req *r, status_make make, status_print print, bool paged)
{
	struct status_args a;
	cJSON *view = NULL;
	bool text;
	int err = wants_text(r, &text);

	err = err ? err : read_args(r, text, paged, &a);
	err = err ? err : make(r, &a, &view);
	if (err)
		return err;
	if (!text)
		return api_json(r, 200, view);
	err = status_text(r, view, print);
	cJSON_Delete(view);
	return err;
}

#define VIEW(name, print, paged)                                       \
	int api_view_##name(struct api_req *r)                         \
	{                                                              \
		return answer(r, status_##name, print_##print, paged); \
	}

/* clang-format off */
VIEW(ephones, ephones, true)
VIEW(ephone_summary, ephone_summary, true)
VIEW(ephone_attempts, ephone_attempts, false)
VIEW(rejections, any, false)
VIEW(ephone, ephones, false)
VIEW(ephone_sockets, sockets, false)
VIEW(pools, pools, true)
VIEW(pool_attempts, pool_attempts, false)
VIEW(pool_statistics, statistics, false)
VIEW(pool, pools, false)
VIEW(hfs, hfs, false)
VIEW(hfs_bindings, any, false)
VIEW(sip_registrar, registrar, false)
VIEW(sip_registrations, any, false)
VIEW(telephony, telephony, false)
VIEW(telephony_ephones, any, true)
VIEW(telephony_dns, any, true)
VIEW(telephony_templates, any, true)
VIEW(telephony_bindings, any, false)
VIEW(telephony_fac, any, false)
VIEW(telephony_directory, any, false)
VIEW(telephony_admin, any, false)
VIEW(telephony_conference, any, false)
VIEW(vr_global, telephony, false)
VIEW(credentials, any, false)
VIEW(presence, any, false)
VIEW(shared_lines, any, false)
VIEW(trusted, any, false)
VIEW(flash, flash, false)
VIEW(stamps, any, true)
VIEW(engines, any, false)
/* clang-format on */

/* ---- the attempted registrations of one side ---- */

static int clear(struct api_req *r, const char *protocol)
{
	int err = phones_attempts_clear(r->api->opt.phones, protocol);

	return err ? err : api_empty(r);
}

int api_ephone_attempts_clear(struct api_req *r)
{
	return clear(r, "sccp");
}

int api_pool_attempts_clear(struct api_req *r)
{
	return clear(r, "sip");
}
