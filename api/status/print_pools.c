/* api/status/print_pools.c - the text of `show voice register pool` and `show sip-ua status registrar`
 * (cme-model 3.4, 3.6). Pure. */
#include <string.h>
#include <strings.h>

#include "api/status/print.h"

static void identification(const cJSON *p, struct text *out)
{
	const char *kind = tree_str(p, "id.kind");
	struct cell a, b;

	if (kind && !strcmp(kind, "network"))
		text_addf(out, "  Network address is %s, Mask is %s\n",
			  print_value(&a, p, "id.address"), print_value(&b, p, "id.mask"));
	else if (kind && !strcmp(kind, "ip"))
		text_addf(out, "  Ip address is %s, Mask is %s\n", print_value(&a, p, "id.address"),
			  print_value(&b, p, "id.mask"));
	else
		text_addf(out, "  Mac address is %s\n", print_mac(&a, p, "id.mac"));
}

static void model(const cJSON *p, struct text *out)
{
	const cJSON *v;
	struct cell a, b;
	int n = 0;

	text_addf(out, "  Type is %s", print_value(&a, p, "type"));
	cJSON_ArrayForEach (v, tree_get(p, "addons"))
		text_addf(out, " addon %d %s", ++n, cJSON_GetStringValue(v));
	text_addc(out, '\n');
	cJSON_ArrayForEach (v, tree_get(p, "numbers"))
		text_addf(out, "  Number list %s : DN %s\n", print_value(&a, v, "tag"),
			  print_value(&b, v, "dn"));
	text_addf(out, "  Proxy Ip address is %s\n",
		  tree_str(p, "proxy") ? tree_str(p, "proxy") : "0.0.0.0");
	text_addf(out, "  Current Phone load version is %s\n", print_value(&a, p, "phone_load"));
}

static void switches(const cJSON *p, struct text *out)
{
	const cJSON *m;
	struct cell a;

	text_addf(out, "  DTMF Relay is %s", print_able(p, "dtmf_relay.enabled"));
	cJSON_ArrayForEach (m, tree_get(p, "dtmf_relay.methods"))
		text_addf(out, ", %s", cJSON_GetStringValue(m));
	text_addf(out, "\n  Call Waiting is %s\n", print_able(p, "call_waiting"));
	text_addf(out, "  DnD is %s\n", print_able(p, "dnd"));
	text_addf(out, "  Video is %s\n", print_able(p, "video"));
	text_addf(out, "  Camera is %s\n", print_able(p, "camera"));
	text_addf(out, "  Busy trigger per button value is %s\n",
		  print_value(&a, p, "busy_trigger_per_button"));
}

static void keys(const cJSON *p, struct text *out)
{
	const cJSON *v;
	struct cell a, b, c;

	cJSON_ArrayForEach (v, tree_get(p, "blf_speed_dials"))
		text_addf(out, "  speed-dial blf %s %s label %s\n", print_value(&a, v, "tag"),
			  print_value(&b, v, "number"), print_value(&c, v, "label"));
	cJSON_ArrayForEach (v, tree_get(p, "fastdials"))
		text_addf(out, "  fastdial %s %s\n", print_value(&a, v, "tag"),
			  print_value(&b, v, "number"));
	cJSON_ArrayForEach (v, tree_get(p, "feature_buttons"))
		text_addf(out, "  feature-button %s %s\n", print_value(&a, v, "index"),
			  print_value(&b, v, "feature"));
}

static void lpcor(const cJSON *p, struct text *out)
{
	text_addf(out, "  Lpcor Type is %s\n",
		  tree_str(p, "lpcor_type") ? tree_str(p, "lpcor_type") : "none");
	if (tree_str(p, "lpcor_incoming"))
		text_addf(out, "  Lpcor Incoming is %s\n", tree_str(p, "lpcor_incoming"));
	if (tree_str(p, "lpcor_outgoing"))
		text_addf(out, "  Lpcor Outgoing is %s\n", tree_str(p, "lpcor_outgoing"));
}

static const char *method_text(const cJSON *p)
{
	const char *m = tree_str(p, "registration_method");

	if (!m)
		return UNKNOWN;
	return !strcmp(m, "per-line")           ? "per line"
	       : !strcmp(m, "bulk-in-progress") ? "bulk - in progress"
						: "bulk - completed";
}

static const char *on_off(const cJSON *p, const char *path)
{
	const char *s = tree_str(p, path);

	return !s ? UNKNOWN : !strcmp(s, "on") ? "ON" : "OFF";
}

static void registration(const cJSON *p, struct text *out)
{
	const cJSON *sc = tree_get(p, "service_control");
	struct cell a;

	text_addf(out, "  Transport type is %s\n", print_value(&a, p, "transport"));
	text_addf(out, "  service-control mechanism is %s\n",
		  !sc                ? "not available"
		  : cJSON_IsTrue(sc) ? "supported"
				     : "not supported");
	text_addf(out, "  Registration method: %s\n", method_text(p));
	text_addf(out, "  registration Call ID is %s\n",
		  print_value(&a, p, "registration_call_id"));
	text_addf(out, "  Privacy is %s:  init status: %s, current status: %s\n",
		  tree_is(p, "privacy.configured") ? "configured" : "not configured",
		  on_off(p, "privacy.initial"), on_off(p, "privacy.current"));
	text_addf(out, "\nPrivacy button is %s\n", print_able(p, "privacy_button"));
	text_addf(out, "active primary line is: %s\n", print_value(&a, p, "active_primary_line"));
}

static void more(const cJSON *p, struct text *out)
{
	const cJSON *paging = tree_get(p, "paging_dn.configured");
	struct cell a, b, c, d;

	text_addf(out, "contact IP address: %s port %s\n", print_value(&a, p, "contact.address"),
		  print_value(&b, p, "contact.port"));
	text_addf(out, "registration expires timer max is %s and min is %s\n",
		  print_value(&a, p, "expires_max"), print_value(&b, p, "expires_min"));
	text_addf(out, "Phone SIS Version: %s  GW SIS Version: %s\n",
		  print_value(&a, p, "sis_version.phone"),
		  print_value(&b, p, "sis_version.server"));
	text_addf(out, "conference admin: %s add mode: %s drop mode: %s\n",
		  print_value(&a, p, "conference.admin"), print_value(&b, p, "conference.add_mode"),
		  print_value(&c, p, "conference.drop_mode"));
	if (paging)
		text_addf(out, "paging-dn: config %s [%s] effective %s [%s]\n",
			  print_value(&a, p, "paging_dn.configured"),
			  print_value(&b, p, "paging_dn.mode"),
			  print_value(&c, p, "paging_dn.effective"),
			  print_value(&d, p, "paging_dn.mode"));
	if (tree_str(p, "unregistered_reason"))
		text_addf(out, "Reason for unregistered state:\n        %s\n",
			  tree_str(p, "unregistered_reason"));
}

void print_statistics(const cJSON *view, struct text *out)
{
	static const char *const rows[][2] = {
		{ "  Active registrations  : ", "active" },
		{ "  Total SIP phones registered: ", "phones_registered" },
		{ "  Total Registration Statistics\n    Registration requests  : ",
		  "reg_requests" },
		{ "    Registration success   : ", "reg_success" },
		{ "    Registration failed    : ", "reg_failed" },
		{ "    unRegister requests    : ", "unreg_requests" },
		{ "    unRegister success     : ", "unreg_success" },
		{ "    unRegister failed      : ", "unreg_failed" },
		{ "    Attempts to register\n           after last unregister : ",
		  "attempts_after_unregister" },
		{ "    Last register request time   : ", "last_register_at" },
		{ "    Last unregister request time : ", "last_unregister_at" },
		{ "    Register success time        : ", "last_register_success_at" },
		{ "    Unregister success time      : ", "last_unregister_success_at" },
	};
	struct cell c;

	text_add(out, "Statistics:\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		text_addf(out, "%s%s\n", rows[i][0], print_value(&c, view, rows[i][1]));
}

static void pool(const cJSON *p, struct text *out)
{
	const cJSON *peers = tree_get(p, "dial_peers"), *v;
	struct cell a;

	text_addf(out, "  Pool Tag %s\nConfig:\n", print_value(&a, p, "tag"));
	identification(p, out);
	model(p, out);
	switches(p, out);
	keys(p, out);
	text_addf(out, "  keep-conference is %s\n", print_able(p, "keep_conference"));
	if (tree_str(p, "username"))
		text_addf(out, "  username %s password <hidden>\n", tree_str(p, "username"));
	if (tree_get(p, "template"))
		text_addf(out, "  template is %s\n", print_value(&a, p, "template"));
	text_addf(out, "  kpml signal is %s\n", print_able(p, "kpml"));
	if (tree_get(p, "erl"))
		text_addf(out, "  Emergency response location %s\n", print_value(&a, p, "erl"));
	lpcor(p, out);
	registration(p, out);
	if (!tree_get(p, "statistics"))
		return;
	text_addc(out, '\n');
	more(p, out);
	text_add(out, "\nDialpeers created:\n");
	if (!peers)
		text_add(out, "  not available\n");
	cJSON_ArrayForEach (v, peers)
		text_addf(out, "  %d\n", v->valueint);
	text_addc(out, '\n');
	print_statistics(tree_get(p, "statistics"), out);
}

void print_pools(const cJSON *view, struct text *out)
{
	const cJSON *items = tree_get(view, "items"), *p;

	if (!items) {
		pool(view, out);
		return;
	}
	if (items->child && tree_get(items->child, "pool")) {
		print_pool_brief(view, out);
		return;
	}
	cJSON_ArrayForEach (p, items) {
		pool(p, out);
		if (p->next)
			text_addc(out, '\n');
	}
}

static void brief_row(const cJSON *p, struct text *out)
{
	const char *state = tree_str(p, "state");
	bool on = state && !strcmp(state, "registered");
	struct cell pool_tag, id, address, ln, dn, number;
	const char *mac = print_mac(&id, p, "id");
	char shown[80];
	struct text t;

	text_fixed(&t, shown, sizeof(shown));
	text_addf(&t, "%s%s", print_value(&number, p, "number"), on ? "$" : "");
	text_addf(out, "%-4s %-15s %-15s %-3s %-4s %-20s %s\n", print_value(&pool_tag, p, "pool"),
		  strcmp(mac, UNKNOWN) ? mac : print_value(&id, p, "id"),
		  print_value(&address, p, "address"), print_value(&ln, p, "line"),
		  print_value(&dn, p, "dn"), shown, on ? "REGISTERED" : "UNREGISTERED");
}

void print_pool_brief(const cJSON *view, struct text *out)
{
	const cJSON *p;

	text_add(out, "Pool ID              IP Address      Ln  DN   Number               State\n"
		      "==== =============== =============== === ==== ==================== "
		      "============\n");
	cJSON_ArrayForEach (p, tree_get(view, "items"))
		brief_row(p, out);
}

/* ---- refused (R-017) ---- */

void print_pool_attempts(const cJSON *view, struct text *out)
{
	const cJSON *items = tree_get(view, "items"), *a;
	struct cell v;

	text_add(out, "Phones that have attempted registrations and have failed:\n\n");
	if (!items || !items->child)
		text_add(out, "NONE\n");
	cJSON_ArrayForEach (a, items) {
		text_addf(out, "MAC address: %s\n", print_mac(&v, a, "mac"));
		text_addf(out, "IP address: %s\n", print_value(&v, a, "ip"));
		text_addf(out, "Attempts : %s\n", print_value(&v, a, "attempts"));
		text_addf(out, "Time of first attempt : %s\n", print_value(&v, a, "first_attempt"));
		text_addf(out, "Time of latest attempt: %s\n",
			  print_value(&v, a, "latest_attempt"));
		text_addf(out, "Reason for failure :\n%s\n%s", print_value(&v, a, "reason"),
			  a->next ? "\n" : "");
	}
}

/* ---- the registrar ---- */

void print_registrar(const cJSON *view, struct text *out)
{
	const cJSON *l;
	struct cell a, b, c, d;

	text_add(out, "Line          destination          expires(sec)  contact\n"
		      "transport    call-id\n"
		      "              peer\n"
		      "=====\n");
	cJSON_ArrayForEach (l, tree_get(view, "items")) {
		text_addf(out, "%-13s %-20s %-13s %s\n", print_value(&a, l, "line"),
			  print_value(&b, l, "destination"), print_value(&c, l, "expires_in"),
			  print_value(&d, l, "contact"));
		text_addf(out, "%-13s %s\n", print_value(&a, l, "transport"),
			  print_value(&b, l, "call_id"));
		text_addf(out, "              %s\n", print_value(&a, l, "peer"));
	}
}
