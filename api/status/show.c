/* api/status/show.c - `show <words>` and the other EXEC commands: one table each. A row of show is a view and
 * its printer; a row of exec is an action. docs/show.md lists them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/status/actions.h"
#include "api/status/words.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/provision/provision.h"
#include "store/ios/ios.h"

#define POSSIBLE_TEXT 16384
#define LIST_TEXT     360 /* of the commands that a refusal names */
#define EXPORT_MAX    (64u << 20)
#define REVISIONS_MAX 50
#define SHOW_PAGE     500

enum show_arg { A_NONE, A_KEY, A_STATE, A_TYPE, A_IP, A_MAC };

struct show_row {
	const char *syntax, *help; /* struct words_row */
	status_make make;
	status_print print;
	enum show_arg arg; /* what the word behind stands for */
	const char *value; /* ... when it is no argument but part of the command */
	bool brief;
};

/* ---- what is shown elsewhere than below /status ---- */

static int show_running(struct api_req *r, bool all, struct text *out)
{
	struct ios_print opt = { .store = r->api->opt.store };
	struct conf *c;
	int err = conf_open(r->api->opt.store, &c);

	if (err)
		return err;
	err = all ? ios_export_all(c, &opt, out) : ios_export(c, &opt, out);
	conf_close(c);
	return err;
}

static int text_view(cJSON **out, struct text *t, int err)
{
	if (!err && t->overflow)
		err = ERR_TOO_BIG;
	if (!err)
		*out = cJSON_CreateString(t->buf ? t->buf : "");
	text_fini(t);
	return err;
}

static int show_running_config(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct text t;

	text_init(&t, EXPORT_MAX);
	return text_view(out, &t, show_running(r, a->brief, &t));
}

static void print_string(const cJSON *view, struct text *out)
{
	text_add(out, cJSON_GetStringValue(view));
}

static int add_revision(void *ctx, const struct store_revision *rev)
{
	cJSON *o = cJSON_CreateObject();
	char at[TIME_TEXT_SIZE];

	text_time(at, rev->wall_ns);
	cJSON_AddNumberToObject(o, "revision", (double)rev->number);
	cJSON_AddStringToObject(o, "at", at);
	tree_text(o, "who", rev->who);
	cJSON_AddNumberToObject(o, "objects", cJSON_GetArraySize(rev->changes));
	tree_text(o, "comment", rev->comment);
	cJSON_AddItemToArray(ctx, o);
	return 0;
}

static int show_revisions(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *items = cJSON_CreateArray();
	int err = store_revisions(r->api->opt.store, 0, REVISIONS_MAX, add_revision, items);

	(void)a;
	if (err < 0) {
		cJSON_Delete(items);
		return err;
	}
	*out = api_page(items, NULL);
	return 0;
}

static int show_version(struct api_req *r, const struct status_args *a, cJSON **out)
{
	static const char *const limits[] = { "ephones", "pools", "dns" };
	cJSON *o = cJSON_CreateObject(), *sub;

	(void)a;
	cJSON_AddStringToObject(o, "switchroom", r->api->version);
	cJSON_AddNumberToObject(o, "revision", (double)store_revision(r->api->opt.store));
	sub = cJSON_AddObjectToObject(o, "limits");
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		cJSON_AddNumberToObject(sub, limits[i], (double)schema_limit(limits[i]));
	*out = o;
	return 0;
}

static void print_version(const cJSON *view, struct text *out)
{
	text_addf(out,
		  "Switchroom, Version %s\nConfiguration revision %.0f\n"
		  "Limits: %.0f ephones, %.0f voice register pools, %.0f directory numbers\n",
		  tree_str(view, "switchroom"), tree_num(view, "revision", 0),
		  tree_num(view, "limits.ephones", 0), tree_num(view, "limits.pools", 0),
		  tree_num(view, "limits.dns", 0));
}

static int show_clock(struct api_req *r, const struct status_args *a, cJSON **out)
{
	const struct api_hooks *h = &r->api->opt.hooks;
	char now[TIME_TEXT_SIZE];
	cJSON *o = h->clock ? h->clock(h->ctx) : NULL;

	(void)a;
	text_time(now, clock_wall_ns(r->api->opt.clock));
	*out = cJSON_CreateObject();
	status_clock_text(*out, "time", now);
	cJSON_AddStringToObject(*out, "milliseconds", now + 20);
	tree_copy(*out, "state", o, "state");
	tree_copy(*out, "source", o, "source");
	cJSON_Delete(o);
	return 0;
}

/* IOS puts a star before a time that cannot be trusted. */
static void print_clock(const cJSON *view, struct text *out)
{
	const char *state = tree_str(view, "state"), *time = tree_str(view, "time");
	bool sure = state && !strcmp(state, "synchronised");

	text_addf(out, "%s%.8s.%.3s%s\n", sure ? "" : "*", time, tree_str(view, "milliseconds"),
		  time + 8);
	text_addf(out, "Time source is %s, %s\n",
		  tree_str(view, "source") ? tree_str(view, "source") : "not available",
		  state ? state : "state not available");
}

static int show_phones(struct api_req *r, const struct status_args *a, cJSON **out)
{
	cJSON *items = cJSON_CreateArray(), *page, *next = NULL;
	char after[DEVICE_NAME_SIZE] = "";
	int err = 0;

	(void)a;
	do {
		struct phones_query q = { .after = *after ? after : NULL, .limit = SHOW_PAGE };
		char *json = NULL;
		const cJSON *p;

		err = phones_list_json(r->api->opt.phones, &q, &json);
		page = err ? NULL : cJSON_Parse(json);
		mem_free(json);
		cJSON_ArrayForEach (p, tree_get(page, "items")) {
			const cJSON *line = cJSON_GetArrayItem(tree_get(p, "lines"), 0);
			cJSON *o = cJSON_CreateObject();

			tree_copy(o, "device", p, "device");
			tree_copy(o, "state", p, "state");
			tree_copy(o, "protocol", p, "protocol");
			tree_copy(o, "address", p, "address");
			tree_copy(o, "model", p, "model");
			tree_copy(o, "number", line, "number");
			tree_copy(o, "verdict", p, "verdict.code");
			cJSON_AddItemToArray(items, o);
		}
		next = cJSON_GetObjectItemCaseSensitive(page, "next_cursor");
		text_copy(after, sizeof(after), cJSON_IsString(next) ? next->valuestring : "");
		cJSON_Delete(page);
	} while (!err && *after);
	if (err) {
		cJSON_Delete(items);
		return err;
	}
	*out = api_page(items, NULL);
	return 0;
}

/* A word behind `show ephone`: MAC, phone type or tag. */
static int show_ephone(struct api_req *r, const struct status_args *a, cJSON **out)
{
	struct status_args narrow = { 0 };
	char mac[MAC_TEXT_SIZE];

	if (!text_mac(mac, a->key, strlen(a->key)))
		narrow.mac = a->key;
	else if (provision_model(a->key))
		narrow.type = a->key;
	else
		return status_ephone(r, a, out);
	return status_ephones(r, &narrow, out);
}

/* clang-format off */
static const struct show_row shows[] = {
	{ "clock", "Time of the system clock", show_clock, print_clock, 0, NULL, false },
	{ "credentials", "Certificate service", status_credentials, print_any, 0, NULL, false },
	{ "debugging", "Parts whose debug lines are on", status_categories, print_any, 0, NULL, false },
	{ "engines", "Services: where they listen, or why not", status_engines, print_any, 0, NULL, false },
	{ "ephone", "All SCCP phones", status_ephones, print_ephones, 0, NULL, false },
	{ "ephone attempted-registrations", "SCCP phones that were refused", status_ephone_attempts, print_ephone_attempts, 0, NULL, false },
	{ "ephone registered", "SCCP phones that are registered", status_ephones, print_ephones, A_STATE, "registered", false },
	{ "ephone rejected", "SCCP phones that max-ephones keeps out", status_rejections, print_any, 0, NULL, false },
	{ "ephone socket", "Sockets of the SCCP phones", status_ephone_sockets, print_sockets, 0, NULL, false },
	{ "ephone summary", "SCCP phones in short, and totals", status_ephone_summary, print_ephone_summary, 0, NULL, false },
	{ "ephone unregistered", "SCCP phones that are not registered", status_ephones, print_ephones, A_STATE, "unregistered", false },
	{ "ephone <phone>", "SCCP phones with this MAC, type or tag", show_ephone, print_ephones, A_KEY, NULL, false },
	{ "flash:", "Stored files", status_flash, print_flash, 0, NULL, false },
	{ "ip address trusted list", "Addresses that may send calls", status_trusted, print_any, 0, NULL, false },
	{ "phones", "All phones of both protocols", show_phones, print_any, 0, NULL, false },
	{ "presence subscription", "Subscriptions to presence", status_presence, print_any, 0, NULL, false },
	{ "revisions", "Revisions of the configuration, newest first", show_revisions, print_any, 0, NULL, false },
	{ "running-config", "The configuration as lines of IOS", show_running_config, print_string, 0, NULL, false },
	{ "running-config all", "The same with all defaults", show_running_config, print_string, 0, NULL, true },
	{ "shared-line", "Subscriptions to shared lines", status_shared_lines, print_any, 0, NULL, false },
	{ "sip-ua register status", "Registrations of this server elsewhere", status_sip_registrations, print_any, 0, NULL, false },
	{ "sip-ua status registrar", "Numbers that are registered here", status_sip_registrar, print_registrar, 0, NULL, false },
	{ "telephony-service", "Settings of telephony-service in force", status_telephony, print_telephony, 0, NULL, false },
	{ "telephony-service admin", "Users of the XML interface", status_telephony_admin, print_any, 0, NULL, false },
	{ "telephony-service all", "Settings of telephony-service in force", status_telephony, print_telephony, 0, NULL, false },
	{ "telephony-service conference hardware", "Hardware conferences", status_telephony_conference, print_any, 0, NULL, false },
	{ "telephony-service directory-entry", "Entries of the local directory", status_telephony_directory, print_any, 0, NULL, false },
	{ "telephony-service ephone", "Settings of the SCCP phones", status_telephony_ephones, print_any, 0, NULL, false },
	{ "telephony-service ephone-dn", "Settings of the SCCP numbers", status_telephony_dns, print_any, 0, NULL, false },
	{ "telephony-service ephone-template", "Settings of the templates", status_telephony_templates, print_any, 0, NULL, false },
	{ "telephony-service fac", "Feature access codes", status_telephony_fac, print_any, 0, NULL, false },
	{ "telephony-service tftp-bindings", "Files that phones can fetch", status_telephony_bindings, print_any, 0, NULL, false },
	{ "version", "Version and limits", show_version, print_version, 0, NULL, false },
	{ "version-stamp", "Version stamps of the generated files", status_stamps, print_any, 0, NULL, false },
	{ "voice register global", "Settings of the SIP phones in force", status_vr_global, print_telephony, 0, NULL, false },
	{ "voice register hfs", "The file service over HTTP", status_hfs, print_hfs, 0, NULL, false },
	{ "voice register hfs bindings", "Names that it serves", status_hfs_bindings, print_any, 0, NULL, false },
	{ "voice register pool all", "All SIP phones", status_pools, print_pools, 0, NULL, false },
	{ "voice register pool all brief", "A row for each line of all SIP phones", status_pools, print_pool_brief, 0, NULL, true },
	{ "voice register pool attempted-registrations", "SIP phones that were refused", status_pool_attempts, print_pool_attempts, 0, NULL, false },
	{ "voice register pool ip <address>", "SIP phones at this address", status_pools, print_pools, A_IP, NULL, false },
	{ "voice register pool mac <mac>", "The SIP phone with this MAC", status_pools, print_pools, A_MAC, NULL, false },
	{ "voice register pool registered", "SIP phones that are registered", status_pools, print_pools, A_STATE, "registered", false },
	{ "voice register pool type <type>", "SIP phones of this type", status_pools, print_pools, A_TYPE, NULL, false },
	{ "voice register pool unregistered", "SIP phones that are not registered", status_pools, print_pools, A_STATE, "unregistered", false },
	{ "voice register pool <number>", "One SIP phone", status_pool, print_pools, A_KEY, NULL, false },
	{ "voice register pool <number> brief", "A row for each of its lines", status_pool, print_pool_brief, A_KEY, NULL, true },
	{ "voice register statistics", "Registrations of the SIP phones, summed up", status_pool_statistics, print_statistics, 0, NULL, false },
};
/* clang-format on */

/* ---- what no command is ---- */

/* The commands of `possible` in one line; what does not fit is asked for with "?". */
static void list_commands(const char *verb, const struct text *possible, struct text *out)
{
	struct slice rest = slice_of(possible->buf ? possible->buf : ""), line;

	while (slice_next(&rest, '\n', &line)) {
		struct slice s = slice_trim(line);
		const char *end = s.len ? strstr(s.p, "  ") : NULL;
		size_t len = end && end < s.p + s.len ? (size_t)(end - s.p) : s.len;

		if (!s.len)
			continue;
		if (out->len + strlen(verb) + len > LIST_TEXT) {
			text_add(out, ", and more (? lists all)");
			return;
		}
		text_addf(out, "%s%s%s%.*s", out->len ? ", " : "", verb, *verb ? " " : "", (int)len,
			  s.p);
	}
}

static int complain(struct api_req *r, const char *verb, const struct words_match *m,
		    const struct text *possible)
{
	static const char *const codes[] = { [WORDS_UNKNOWN] = "unknown_command",
					     [WORDS_AMBIGUOUS] = "ambiguous_command",
					     [WORDS_INCOMPLETE] = "incomplete_command" };
	char list[LIST_TEXT + 32] = "";
	struct text t;

	text_fixed(&t, list, sizeof(list));
	list_commands(verb, possible, &t);
	if (m->result == WORDS_UNKNOWN)
		return api_fault(r, ERR_NOENT, codes[m->result], "",
				 "\"%s\" is not known here; possible: %s", m->at, list);
	if (m->result == WORDS_AMBIGUOUS)
		return api_fault(r, ERR_NOENT, codes[m->result], "",
				 "\"%s\" is ambiguous; possible: %s", m->at, list);
	return api_fault(r, ERR_NOENT, codes[m->result], "",
			 "The command is not complete; possible: %s", list);
}

/* The words behind "show", which may stand there itself. */
static const char *behind(const char *command, const char *verb, size_t least)
{
	size_t n;

	command += strspn(command, " ");
	n = strcspn(command, " ");
	return n >= least && n <= strlen(verb) && !strncasecmp(command, verb, n)
		   ? command + n + strspn(command + n, " ")
		   : command;
}

static int show(struct api_req *r, const struct show_row *row, const struct words_match *m)
{
	const char *value = m->n_args ? m->arg[0] : row->value;
	struct status_args a = { .brief = row->brief };
	cJSON *view = NULL;
	int err;

	a.key = row->arg == A_KEY ? value : NULL;
	a.state = row->arg == A_STATE ? value : NULL;
	a.type = row->arg == A_TYPE ? value : NULL;
	a.ip = row->arg == A_IP ? value : NULL;
	a.mac = row->arg == A_MAC ? value : NULL;
	err = row->make(r, &a, &view);
	if (!err)
		err = status_text(r, view, row->print);
	cJSON_Delete(view);
	return err;
}

int api_show(struct api_req *r)
{
	const char *command = api_query(r, "command");
	struct words_match m;
	struct text possible;
	int err;

	text_init(&possible, POSSIBLE_TEXT);
	words_match(shows, ARRAY_LEN(shows), sizeof(shows[0]),
		    command ? behind(command, "show", 2) : "?", &m, &possible);
	if (m.result == WORDS_FOUND)
		err = show(r, &shows[m.row], &m);
	else if (m.result == WORDS_HELP)
		err = api_text(r, 200, "text/plain; charset=utf-8",
			       possible.buf ? possible.buf : "", possible.len);
	else
		err = complain(r, "show", &m, &possible);
	text_fini(&possible);
	return err;
}

/* ---- exec ---- */

enum exec_what {
	X_CLEAR,
	X_ALL,
	X_SEQUENCE,
	X_CANCEL,
	X_MAC,
	X_TAG,
	X_CREATE,
	X_MKDIR,
	X_SQUEEZE,
	X_DEBUG,
	X_UNDEBUG,
};
struct exec_row {
	const char *syntax, *help; /* struct words_row */
	enum exec_what what;
	enum phone_protocol protocol;
	enum phone_action action;
	const char *category; /* X_DEBUG, X_UNDEBUG; NULL: all */
};

/* clang-format off */
static const struct exec_row execs[] = {
	{ "clear telephony-service ephone-attempted-registrations", "Forget the SCCP phones that were refused", X_CLEAR, PHONE_SCCP, 0, NULL },
	{ "clear voice register attempted-registrations", "Forget the SIP phones that were refused", X_CLEAR, PHONE_SIP, 0, NULL },
	{ "create cnf-files", "Make the files of the SCCP phones", X_CREATE, PHONE_SCCP, 0, NULL },
	{ "create cnf-files version-stamp <stamp>", "The same, with a stamp of 16 digits by hand", X_CREATE, PHONE_SCCP, 0, NULL },
	{ "create profile", "Make the files of the SIP phones", X_CREATE, PHONE_SIP, 0, NULL },
	{ "create profile sync <stamp>", "The same, with a stamp of 16 digits by hand", X_CREATE, PHONE_SIP, 0, NULL },
	{ "debug cme-hfs", "Log each file that a phone asks for over HTTP", X_DEBUG, 0, 0, "hfs" },
	{ "debug ephone", "Log each SCCP message", X_DEBUG, 0, 0, "sccp" },
	{ "mkdir flash:<name>", "Make a folder of stored files", X_MKDIR, 0, 0, NULL },
	{ "reset ephone <number>", "Reset one SCCP phone", X_TAG, PHONE_SCCP, PHONE_RESET, NULL },
	{ "reset telephony-service all", "Reset all SCCP phones, one every 15 seconds", X_ALL, PHONE_SCCP, PHONE_RESET, NULL },
	{ "reset telephony-service all <number>", "The same with another interval, 0 to 60 seconds", X_ALL, PHONE_SCCP, PHONE_RESET, NULL },
	{ "reset telephony-service cancel", "End a reset of all SCCP phones", X_CANCEL, PHONE_SCCP, PHONE_RESET, NULL },
	{ "reset telephony-service sequence-all", "Reset all SCCP phones, each when the one before is back", X_SEQUENCE, PHONE_SCCP, PHONE_RESET, NULL },
	{ "reset telephony-service <mac>", "Reset the SCCP phone with this MAC", X_MAC, PHONE_SCCP, PHONE_RESET, NULL },
	{ "reset voice register global", "Reset all SIP phones, one every 15 seconds", X_ALL, PHONE_SIP, PHONE_RESET, NULL },
	{ "reset voice register pool <number>", "Reset the phones of a pool", X_TAG, PHONE_SIP, PHONE_RESET, NULL },
	{ "restart ephone <number>", "Restart one SCCP phone", X_TAG, PHONE_SCCP, PHONE_RESTART, NULL },
	{ "restart telephony-service all", "Restart all SCCP phones, one every 15 seconds", X_ALL, PHONE_SCCP, PHONE_RESTART, NULL },
	{ "restart telephony-service all <number>", "The same with another interval, 0 to 60 seconds", X_ALL, PHONE_SCCP, PHONE_RESTART, NULL },
	{ "restart telephony-service <mac>", "Restart the SCCP phone with this MAC", X_MAC, PHONE_SCCP, PHONE_RESTART, NULL },
	{ "restart voice register global", "Restart all SIP phones, one every 15 seconds", X_ALL, PHONE_SIP, PHONE_RESTART, NULL },
	{ "restart voice register pool <number>", "Restart the phones of a pool", X_TAG, PHONE_SIP, PHONE_RESTART, NULL },
	{ "squeeze flash:", "Nothing to do on this kind of flash", X_SQUEEZE, 0, 0, NULL },
	{ "undebug all", "End all of that", X_UNDEBUG, 0, 0, NULL },
	{ "undebug cme-hfs", "End that", X_UNDEBUG, 0, 0, "hfs" },
	{ "undebug ephone", "End that", X_UNDEBUG, 0, 0, "sccp" },
};
/* clang-format on */

static int answer_text(struct api_req *r, cJSON *o, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int answer_text(struct api_req *r, cJSON *o, const char *fmt, ...)
{
	char buf[256];
	struct text t;
	va_list ap;

	text_fixed(&t, buf, sizeof(buf));
	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	o = o ? o : cJSON_CreateObject();
	cJSON_AddStringToObject(o, "text", buf);
	return api_json(r, 200, o);
}

static int exec_all(struct api_req *r, const struct exec_row *row, const struct words_match *m)
{
	struct action_all a = { .protocol = row->protocol,
				.action = row->action,
				.scope = row->what == X_ALL        ? "all"
					 : row->what == X_SEQUENCE ? "sequence-all"
					 : row->what == X_CANCEL   ? "cancel"
								   : "mac",
				.mac = row->what == X_MAC ? m->arg[0] : NULL,
				.interval_s = PHONES_RESET_INTERVAL_S };
	cJSON *o = NULL;
	int err;

	if (row->what == X_ALL && m->n_args)
		a.interval_s = (unsigned)tree_tag(m->arg[0]);
	if (a.interval_s > PHONES_RESET_INTERVAL_MAX_S)
		return api_fault(r, ERR_RANGE, NULL, "/command",
				 "The interval must be in the range 0 to %d",
				 PHONES_RESET_INTERVAL_MAX_S);
	err = action_all(r, &a, &o);
	if (err)
		return err;
	if (row->what == X_MAC)
		return answer_text(r, o, "asked");
	return answer_text(r, o, "%d phones%s", (int)tree_num(o, "phones", 0),
			   row->what == X_CANCEL ? " were still to come" : "");
}

static int exec(struct api_req *r, const struct exec_row *row, const struct words_match *m)
{
	bool sip = row->protocol == PHONE_SIP;
	cJSON *o = NULL;
	int err = 0;

	switch (row->what) {
	case X_CLEAR:
		err = phones_attempts_clear(r->api->opt.phones, sip ? "sip" : "sccp");
		return err ? err : answer_text(r, NULL, "cleared");
	case X_TAG:
		err = action_tag(r, sip, m->arg[0], row->action, &o);
		return err ? err
			   : answer_text(r, o, "asked %d",
					 cJSON_GetArraySize(tree_get(o, "devices")));
	case X_CREATE:
		return action_create(r, sip, m->n_args ? m->arg[0] : NULL, "made");
	case X_MKDIR:
		err = action_mkdir(r, m->arg[0]);
		return err ? err : answer_text(r, NULL, "Created dir flash:%s", m->arg[0]);
	case X_DEBUG:
	case X_UNDEBUG:
		err = action_debug(row->category, row->what == X_DEBUG);
		return err ? err
			   : answer_text(r, NULL,
					 row->what == X_DEBUG ? "debug lines go to the log"
							      : "no more debug lines");
	case X_SQUEEZE:
		return answer_text(r, NULL, "nothing to do");
	default:
		return exec_all(r, row, m);
	}
}

static int help(struct api_req *r, const struct text *possible)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "text", possible->buf ? possible->buf : "");
	return api_json(r, 200, o);
}

int api_exec(struct api_req *r)
{
	static const char *const names[] = { "command", NULL };
	const char *command;
	struct words_match m;
	struct text possible;
	int err = api_only(r, r->body, "", names);

	err = err ? err : api_str(r, r->body, "command", true, &command);
	if (err)
		return err;
	text_init(&possible, POSSIBLE_TEXT);
	words_match(execs, ARRAY_LEN(execs), sizeof(execs[0]), command, &m, &possible);
	if (m.result == WORDS_FOUND)
		err = exec(r, &execs[m.row], &m);
	else if (m.result == WORDS_HELP)
		err = help(r, &possible);
	else
		err = complain(r, "", &m, &possible);
	text_fini(&possible);
	return err;
}
