/* api/status/actions.c - the EXEC commands of CME that do something (cme-model 1.40, 4): reset and restart of
 * one phone, of all, in sequence; create cnf-files and create profile; folders of flash. */
#include "api/status/actions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/provision/provision.h"

#define STAMP_DIGITS 16
#define FOLDER_MAX   64

static const char *const action_names[] = { [PHONE_RESTART] = "restart", [PHONE_RESET] = "reset" };
static const char *const protocol_names[] = { [PHONE_SIP] = "sip", [PHONE_SCCP] = "sccp" };

/* ---- one phone ---- */

static int act_on(struct api_req *r, const char *device, enum phone_action action)
{
	int err = phones_act(r->api->opt.phones, device, action, r->who.name);

	if (err == ERR_NOENT)
		return api_fault(r, ERR_CONFLICT, "not_registered", "", "%s is not registered",
				 device);
	return err;
}

static int act_on_mac(struct api_req *r, const char *mac, enum phone_action action, cJSON **out)
{
	char device[DEVICE_NAME_SIZE];
	cJSON *found = NULL;
	int err = phones_device_parse(mac, device)
		      ? api_fault(r, ERR_INVALID, NULL, "/mac", "%s is no MAC address", mac)
		      : 0;

	/* the same MAC behind an ATA has another name */
	if (!err && phones_live(r->api->opt.phones, NULL, device, &found) == 0 && !found->child)
		memcpy(device, "ATA", 3);
	cJSON_Delete(found);
	err = err ? err : act_on(r, device, action);
	if (err)
		return err;
	*out = cJSON_CreateObject();
	cJSON_AddStringToObject(*out, "action", action_names[action]);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(*out, "devices"), cJSON_CreateString(device));
	return 0;
}

int action_tag(struct api_req *r, bool sip, const char *tag, enum phone_action action, cJSON **out)
{
	const char *what = sip ? "voice register pool" : "ephone";
	const struct status_args none = { 0 };
	char path[64], key[16];
	struct live l;
	struct conf *c;
	const cJSON *phone = NULL;
	cJSON *devices;
	unsigned number;
	bool there;
	int err = number_of(r, tag, what, &number);

	err = err ? err : conf_open(r->api->opt.store, &c);
	if (err)
		return err;
	snprintf(path, sizeof(path), sip ? "voice-register/pools/%u" : "ephones/%u", number);
	there = conf_get(c, path) != NULL;
	conf_close(c);
	if (!there)
		return api_fault(r, ERR_NOENT, NULL, "", "There is no %s %u", what, number);
	snprintf(key, sizeof(key), "%u", number);
	err = live_of_items(r, protocol_names[sip ? PHONE_SIP : PHONE_SCCP],
			    sip ? "voice-register/pools" : "ephones", key, &none, &l);
	if (err)
		return err;
	devices = cJSON_CreateArray();
	while ((phone = live_next(&l, number, phone))) {
		const char *device = tree_str(phone, "device");

		if (!phones_act(r->api->opt.phones, device, action, r->who.name))
			cJSON_AddItemToArray(devices, cJSON_CreateString(device));
	}
	live_free(&l);
	if (!devices->child) {
		cJSON_Delete(devices);
		return api_fault(r, ERR_CONFLICT, "not_registered", "",
				 "The phone of %s %u is not registered", what, number);
	}
	*out = cJSON_CreateObject();
	cJSON_AddStringToObject(*out, "action", action_names[action]);
	cJSON_AddItemToObject(*out, "devices", devices);
	return 0;
}

/* ---- all phones ---- */

static int check_scope(struct api_req *r, const struct action_all *a)
{
	static const char *const scopes[] = { "all", "mac", "sequence-all", "cancel" };
	size_t allowed = a->action == PHONE_RESTART ? 2 : ARRAY_LEN(scopes);

	for (size_t i = 0; i < allowed; i++)
		if (!strcmp(scopes[i], a->scope))
			return 0;
	return api_fault(r, ERR_INVALID, NULL, "/scope",
			 a->action == PHONE_RESTART
			     ? "scope of restart is all or mac"
			     : "scope of reset is all, mac, sequence-all or cancel");
}

static cJSON *all_answer(const struct action_all *a, size_t n)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "protocol", protocol_names[a->protocol]);
	cJSON_AddStringToObject(o, "action", action_names[a->action]);
	cJSON_AddStringToObject(o, "scope", a->scope);
	if (!strcmp(a->scope, "all"))
		cJSON_AddNumberToObject(o, "interval", a->interval_s);
	else
		cJSON_AddNullToObject(o, "interval");
	cJSON_AddNumberToObject(o, "phones", (double)n);
	return o;
}

int action_all(struct api_req *r, const struct action_all *a, cJSON **out)
{
	struct phones_reset reset = { a->protocol, a->action, !strcmp(a->scope, "sequence-all"),
				      a->interval_s };
	size_t n = 0;
	int err = check_scope(r, a);

	if (err)
		return err;
	if (!strcmp(a->scope, "mac")) {
		if (!a->mac)
			return api_fault(r, ERR_INVALID, "required", "/mac", "mac is needed");
		return act_on_mac(r, a->mac, a->action, out);
	}
	err = !strcmp(a->scope, "cancel")
		  ? phones_reset_cancel(r->api->opt.phones, a->protocol, &n)
		  : phones_reset_all(r->api->opt.phones, &reset, r->who.name, &n);
	if (err)
		return err;
	*out = all_answer(a, n);
	return 0;
}

/* protocol, scope, mac, interval of the body. */
static int read_all(struct api_req *r, struct action_all *a, bool wants_protocol)
{
	static const char *const names[] = { "scope", "mac", "interval", "protocol", NULL };
	const cJSON *interval = cJSON_GetObjectItemCaseSensitive(r->body, "interval");
	const char *protocol, *own = wants_protocol ? NULL : protocol_names[a->protocol];
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "scope", false, &a->scope);
	err = err ? err : api_str(r, r->body, "mac", false, &a->mac);
	err = err ? err : api_str(r, r->body, "protocol", wants_protocol, &protocol);
	if (err)
		return err;
	a->scope = a->scope ? a->scope : a->mac ? "mac" : "all";
	a->interval_s = PHONES_RESET_INTERVAL_S;
	if (protocol && strcmp(protocol, "sip") != 0 && strcmp(protocol, "sccp") != 0)
		return api_fault(r, ERR_INVALID, NULL, "/protocol", "protocol is sccp or sip");
	if (protocol && own && strcmp(protocol, own) != 0)
		return api_fault(r, ERR_INVALID, NULL, "/protocol", "Here it is %s", own);
	if (protocol)
		a->protocol = !strcmp(protocol, "sip") ? PHONE_SIP : PHONE_SCCP;
	if (!interval || cJSON_IsNull(interval))
		return 0;
	if (!cJSON_IsNumber(interval) || interval->valuedouble != (int)interval->valuedouble)
		return api_fault(r, ERR_TYPE, NULL, "/interval", "interval is a number of seconds");
	if (interval->valuedouble < 0 || interval->valuedouble > PHONES_RESET_INTERVAL_MAX_S)
		return api_fault(r, ERR_RANGE, NULL, "/interval",
				 "interval must be in the range 0 to %d",
				 PHONES_RESET_INTERVAL_MAX_S);
	a->interval_s = (unsigned)interval->valueint;
	return 0;
}

static int all_phones(struct api_req *r, enum phone_action action, int protocol)
{
	struct action_all a = { .action = action,
				.protocol =
				    protocol < 0 ? PHONE_SCCP : (enum phone_protocol)protocol };
	cJSON *o = NULL;
	int err = read_all(r, &a, protocol < 0);

	err = err ? err : action_all(r, &a, &o);
	return err ? err : api_json(r, 202, o);
}

static int one_phone(struct api_req *r, bool sip, enum phone_action action)
{
	cJSON *o = NULL;
	int err = action_tag(r, sip, r->params.value[0], action, &o);

	return err ? err : api_json(r, 202, o);
}

int api_reset_all(struct api_req *r)
{
	return all_phones(r, PHONE_RESET, -1);
}

int api_restart_all(struct api_req *r)
{
	return all_phones(r, PHONE_RESTART, -1);
}

int api_sccp_reset_all(struct api_req *r)
{
	return all_phones(r, PHONE_RESET, PHONE_SCCP);
}

int api_sccp_restart_all(struct api_req *r)
{
	return all_phones(r, PHONE_RESTART, PHONE_SCCP);
}

int api_sip_reset_all(struct api_req *r)
{
	return all_phones(r, PHONE_RESET, PHONE_SIP);
}

int api_sip_restart_all(struct api_req *r)
{
	return all_phones(r, PHONE_RESTART, PHONE_SIP);
}

int api_ephone_reset(struct api_req *r)
{
	return one_phone(r, false, PHONE_RESET);
}

int api_ephone_restart(struct api_req *r)
{
	return one_phone(r, false, PHONE_RESTART);
}

int api_pool_reset(struct api_req *r)
{
	return one_phone(r, true, PHONE_RESET);
}

int api_pool_restart(struct api_req *r)
{
	return one_phone(r, true, PHONE_RESTART);
}

int api_action_list(struct api_req *r)
{
	cJSON *list = NULL;
	int err = phones_resets(r->api->opt.phones, &list);

	return err ? err : api_json(r, 200, api_page(list, NULL));
}

/* ---- create cnf-files, create profile ---- */

static int check_ready(struct api_req *r, struct conf *c, bool sip)
{
	const cJSON *o = conf_get(c, sip ? "voice-register/global" : "telephony-service");
	const char *mode = tree_str(o, "mode");

	if (sip && (!mode || strncmp(mode, "cme", 3) != 0))
		return api_fault(r, ERR_CONFLICT, "not_ready", "",
				 "create profile needs mode cme in voice register global");
	if (sip ? !tree_get(o, "source_address.address") : !tree_get(o, "source_addresses"))
		return api_fault(r, ERR_CONFLICT, "not_ready", "",
				 sip ? "create profile needs a source-address"
				     : "create cnf-files needs an ip source-address");
	return 0;
}

/* The same stamp once more goes to the bytes of today too, although it changes no setting. */
static int stamp_files(struct api_req *r, bool sip, const char *stamp)
{
	struct provision_stamps stamps = { 0 };
	struct conf *c;
	int err;

	text_copy(sip ? stamps.sip : stamps.sccp, sizeof(stamps.sip), stamp);
	err = conf_open(r->api->opt.store, &c);
	if (err)
		return err;
	err = provision_stamps_set(c, &stamps);
	conf_close(c);
	files_forget(r->api->opt.files);
	return err;
}

static cJSON *create_patch(bool sip, const char *stamp)
{
	cJSON *patch = cJSON_CreateObject(), *sub;

	sub = cJSON_AddObjectToObject(patch, sip ? "profile" : "cnf_file");
	sub = cJSON_AddObjectToObject(sub, "create");
	cJSON_AddTrueToObject(sub, "enabled");
	if (stamp)
		cJSON_AddStringToObject(sub, "version_stamp", stamp);
	return patch;
}

int action_create(struct api_req *r, bool sip, const char *stamp, const char *text)
{
	const char *object = sip ? "voice-register/global" : "telephony-service";
	struct api_write w = { .comment = sip ? "create profile" : "create cnf-files",
			       .status = 200 };
	struct conf *c;
	cJSON *patch;
	int err = 0;

	if (stamp && (strlen(stamp) != STAMP_DIGITS || strspn(stamp, "0123456789") != STAMP_DIGITS))
		return api_fault(r, ERR_INVALID, NULL, "/version_stamp",
				 "A version stamp has 16 digits");
	err = conf_open(r->api->opt.store, &c);
	if (err)
		return err;
	err = check_ready(r, c, sip);
	patch = create_patch(sip, stamp);
	err = err ? err : schema_edit(c, OP_PATCH, object, patch, &r->faults, NULL);
	err = err ? err : faults_err(&r->faults);
	cJSON_Delete(patch);
	if (err) {
		conf_close(c);
		return err;
	}
	if (text) {
		w.extra = cJSON_CreateObject();
		cJSON_AddStringToObject(w.extra, "text", text);
	}
	err = api_commit(r, c, &w);
	return err || !stamp || r->dry_run ? err : stamp_files(r, sip, stamp);
}

static int create(struct api_req *r, bool sip)
{
	static const char *const names[] = { "version_stamp", NULL };
	const char *stamp;
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "version_stamp", false, &stamp);
	return err ? err : action_create(r, sip, stamp, NULL);
}

int api_create_cnf_files(struct api_req *r)
{
	return create(r, false);
}

int api_create_profile(struct api_req *r)
{
	return create(r, true);
}

/* The dialogue of IOS is not here, and IOS too refuses it once there is a configuration. */
int api_telephony_setup(struct api_req *r)
{
	struct conf *c;
	bool there;
	int err = conf_open(r->api->opt.store, &c);

	if (err)
		return err;
	there = conf_get(c, "telephony-service") != NULL;
	conf_close(c);
	return api_fault(r, ERR_CONFLICT, "setup_refused", "", "%s",
			 there ? "telephony-service setup is refused: there is a configuration of "
				 "telephony-service already"
			       : "telephony-service setup is a dialogue of IOS; PUT "
				 "/config/telephony-service instead");
}

/* ---- flash ---- */

static bool is_folder_name(const char *s)
{
	return *s && *s != '.' && strlen(s) <= FOLDER_MAX &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		   strlen(s);
}

int action_mkdir(struct api_req *r, const char *name)
{
	char path[sizeof(r->api->data_dir) + FOLDER_MAX + 16];
	int n;

	if (!is_folder_name(name))
		return api_fault(r, ERR_INVALID, NULL, "/name",
				 "A folder has a name of letters, digits, dots, dashes and "
				 "underscores, at most %d",
				 FOLDER_MAX);
	n = snprintf(path, sizeof(path), "%s/flash", r->api->data_dir);
	if (n < 0 || (mkdir(path, 0750) && errno != EEXIST))
		return err_from_errno(errno);
	snprintf(path + n, sizeof(path) - (size_t)n, "/%s", name);
	if (!mkdir(path, 0750))
		return 0;
	return errno == EEXIST
		   ? api_fault(r, ERR_EXIST, NULL, "/name", "flash:%s is there already", name)
		   : err_from_errno(errno);
}

int api_mkdir(struct api_req *r)
{
	static const char *const names[] = { "name", NULL };
	const char *name;
	cJSON *o;
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "name", true, &name);
	err = err ? err : action_mkdir(r, name);
	if (err)
		return err;
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "name", name);
	return api_json(r, 201, o);
}

/* Deleted files leave no gaps on this kind of flash. */
int api_squeeze(struct api_req *r)
{
	return api_empty(r);
}
