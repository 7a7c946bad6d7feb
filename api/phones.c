/* api/phones.c - what is alive: phones, timelines, attempted registrations, files. Answers are made by the call
 * loop; we pass them on. */
#include <string.h>

#include "api/api_int.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/phones/phones.h"

/* Any spelling of a MAC is accepted; what is no MAC may be the name of a pool's contact. */
static int device_of(struct api_req *r, char out[DEVICE_NAME_SIZE])
{
	if (!phones_device_parse(r->params.value[0], out))
		return 0;
	if (strncmp(r->params.value[0], "POOL", 4) != 0 ||
	    text_copy(out, DEVICE_NAME_SIZE, r->params.value[0]))
		return ERR_NOENT;
	return 0;
}

int api_phone_list(struct api_req *r)
{
	const char *sort = api_query(r, "sort");
	struct phones_query q = { .state = api_query(r, "state"),
				  .protocol = api_query(r, "protocol"),
				  .text = api_query(r, "q"),
				  .after = api_query(r, "cursor") };
	int64_t limit;
	char *json = NULL;
	int err = api_query_int(r, "limit", 1, API_PAGE_MAX, API_PAGE, &limit);

	if (!err && sort && strcmp(sort, "device") != 0 && strcmp(sort, "-device") != 0)
		err = api_fault(r, ERR_MALFORMED, "query", "",
				"Phones are sorted by device or -device");
	if (!err && q.protocol && strcmp(q.protocol, "sip") != 0 && strcmp(q.protocol, "sccp") != 0)
		err = api_fault(r, ERR_MALFORMED, "query", "", "protocol is sip or sccp");
	if (!err && q.state && strcmp(q.state, "registered") != 0 &&
	    strcmp(q.state, "unregistered") != 0 && strcmp(q.state, "unknown") != 0)
		err = api_fault(r, ERR_MALFORMED, "query", "",
				"state is registered, unregistered or unknown");
	if (err)
		return err;
	q.descending = sort && *sort == '-';
	q.limit = limit > PHONES_PAGE_MAX ? PHONES_PAGE_MAX : (size_t)limit;
	err = phones_list_json(r->api->opt.phones, &q, &json);
	return err ? err : api_take_json(r, json);
}

static int ask_phone(struct api_req *r,
		     int (*ask)(struct phones *p, const char *device, char **json))
{
	char device[DEVICE_NAME_SIZE], *json = NULL;
	int err = device_of(r, device);

	err = err ? err : ask(r->api->opt.phones, device, &json);
	return err ? err : api_take_json(r, json);
}

int api_phone_get(struct api_req *r)
{
	return ask_phone(r, phones_get_json);
}

int api_phone_timeline(struct api_req *r)
{
	return ask_phone(r, phones_timeline_json);
}

static int file_page(struct api_req *r, const char *device)
{
	cJSON *list = files_describe(r->api->opt.files, device);

	return list ? api_json(r, 200, api_page(list, NULL)) : ERR_NOENT;
}

int api_phone_files(struct api_req *r)
{
	char device[DEVICE_NAME_SIZE];
	int err = device_of(r, device);

	return err ? err : file_page(r, device);
}

int api_file_list(struct api_req *r)
{
	const char *root = api_query(r, "root");

	if (root && strcmp(root, "flash") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "root is flash");
	if (root)
		return api_json(r, 200, files_flash(r->api->data_dir));
	return file_page(r, NULL);
}

static int act(struct api_req *r, enum phone_action action, const char *name)
{
	char device[DEVICE_NAME_SIZE], *json = NULL;
	cJSON *o;
	int err = device_of(r, device);

	err = err ? err : phones_get_json(r->api->opt.phones, device, &json);
	mem_free(json);
	if (err)
		return err;
	err = phones_act(r->api->opt.phones, device, action, r->who.name);
	if (err == ERR_NOENT)
		return api_fault(r, ERR_CONFLICT, "not_registered", "", "%s is not registered",
				 device);
	if (err)
		return err;
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "device", device);
	cJSON_AddStringToObject(o, "action", name);
	return api_json(r, 202, o);
}

int api_phone_restart(struct api_req *r)
{
	return act(r, PHONE_RESTART, "restart");
}

int api_phone_reset(struct api_req *r)
{
	return act(r, PHONE_RESET, "reset");
}

static int protocol_of(struct api_req *r, const char **out)
{
	*out = api_query(r, "protocol");
	if (*out && strcmp(*out, "sip") != 0 && strcmp(*out, "sccp") != 0)
		return api_fault(r, ERR_MALFORMED, "query", "", "protocol is sip or sccp");
	return 0;
}

int api_attempt_list(struct api_req *r)
{
	const char *protocol;
	char *json = NULL;
	int err = protocol_of(r, &protocol);

	err = err ? err : phones_attempts_json(r->api->opt.phones, protocol, &json);
	return err ? err : api_take_json(r, json);
}

int api_attempt_clear(struct api_req *r)
{
	const char *protocol;
	int err = protocol_of(r, &protocol);

	err = err ? err : phones_attempts_clear(r->api->opt.phones, protocol);
	return err ? err : api_empty(r);
}
