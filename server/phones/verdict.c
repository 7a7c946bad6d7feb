/* server/phones/verdict.c - one sentence per phone: what is wrong and what to do. A table of rules
 * over what is known; the first that applies speaks. Texts take {names}. Pure. */
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/phones/phones_int.h"

#define BOOT_MS    60000    /* from its file to its registration a phone is booting */
#define GIVE_UP_MS 86400000 /* an older miss says nothing about today */

struct view {
	const struct phones *p;
	const struct phone *ph;
	const struct phone_conf *conf;
	int64_t now_ms;
};

static bool configured(const struct view *v)
{
	return v->conf != NULL;
}

static bool missed_lately(const struct view *v)
{
	return v->ph->missing && v->now_ms - v->ph->missing_ms < GIVE_UP_MS;
}

static bool missed_own_file(const struct view *v)
{
	return missed_lately(v) && phones_file_kind(v->ph->missing) == FILE_KIND_CONFIG;
}

/* ---- rules ---- */
static bool reg_missing(const struct view *v)
{
	return v->ph->registered && missed_lately(v) && !missed_own_file(v);
}

static bool reg_foreign(const struct view *v)
{
	return v->ph->registered && !configured(v);
}

static bool reg_well(const struct view *v)
{
	return v->ph->registered;
}

/* A refusal speaks until the phone has gone a new way: its file fetched again afterwards. */
static bool rejected(const struct view *v)
{
	return v->ph->reject_reason && v->ph->rejected_ms >= v->ph->gone_ms;
}

static bool trusts_another(const struct view *v)
{
	return v->ph->trust_misses >= 4 && !v->ph->config_fetched_ms && !missed_own_file(v);
}

static bool never_seen(const struct view *v)
{
	return !v->ph->last_seen_ms;
}

static bool stranger_missing(const struct view *v)
{
	return !configured(v) && v->ph->missing;
}

static bool stranger(const struct view *v)
{
	return !configured(v);
}

static bool keepalive_lost(const struct view *v)
{
	return v->ph->gone_why == STEP_KEEPALIVE_LOST;
}

static bool expired(const struct view *v)
{
	return v->ph->gone_why == STEP_EXPIRED;
}

static bool came_back(const struct view *v)
{
	return v->ph->config_fetched_ms && v->ph->config_fetched_ms > v->ph->gone_ms;
}

static bool gone_away(const struct view *v)
{
	return v->ph->gone_why != STEP_COUNT && !came_back(v);
}

static bool closed_and_away(const struct view *v)
{
	return v->ph->gone_why == STEP_TRANSPORT_DOWN && !came_back(v);
}

static bool lost_and_away(const struct view *v)
{
	return keepalive_lost(v) && !came_back(v);
}

static bool expired_and_away(const struct view *v)
{
	return expired(v) && !came_back(v);
}

static bool missing_firmware(const struct view *v)
{
	return missed_lately(v) && phones_file_kind(v->ph->missing) == FILE_KIND_FIRMWARE;
}

static bool booting(const struct view *v)
{
	int64_t since = v->ph->config_fetched_ms ? v->ph->config_fetched_ms : v->ph->last_seen_ms;

	return v->now_ms - since < BOOT_MS;
}

static bool fetched(const struct view *v)
{
	return v->ph->config_fetched_ms != 0;
}

static bool only_default(const struct view *v)
{
	return v->ph->default_fetched_ms != 0;
}

static bool always(const struct view *v)
{
	(void)v;
	return true;
}

struct rule {
	const char *code;
	enum phone_severity severity;
	bool (*applies)(const struct view *v);
	const char *reason; /* a refusal that begins so; NULL: any */
	const char *text, *action;
};

static const struct rule rules[] = {
	{ "registered_missing_file", SEV_WARN, reg_missing, NULL,
	  "Registered, but it asked for {missing}, which is not here{note}.",
	  "Put {missing} into the folder files of the data directory, or correct the name in its "
	  "configuration." },
	{ "registered_unconfigured", SEV_INFO, reg_foreign, NULL,
	  "Registered by {protocol} from {address}, but no ephone or pool names it.",
	  "Add it as a phone to give it lines of its own." },
	{ "registered", SEV_INFO, reg_well, NULL,
	  "Registered by {protocol} from {address} and well.", "" },
	{ "never_seen", SEV_WARN, never_seen, NULL,
	  "Configured as {resource} {tag}, but nothing has been heard from it since this server "
	  "started.",
	  "Check its power, cable and VLAN, and that DHCP option 150 gives this server's "
	  "address." },
	{ "wrong_password", SEV_ERROR, rejected, REJECT_PASSWORD,
	  "Its registration is refused: the user name or password is wrong.",
	  "Reset the phone so that it fetches its file with the present password; a softphone "
	  "needs "
	  "the password of {resource} {tag} typed in." },
	{ "not_configured", SEV_ERROR, rejected, REJECT_NO_POOL,
	  "Its registration is refused: no voice register pool matches it.",
	  "Add a pool with its MAC address, or correct the MAC address of the pool meant for it." },
	{ "not_configured", SEV_ERROR, rejected, REJECT_UNCONFIGURED,
	  "Its registration is refused: no ephone or pool has its MAC address.",
	  "Add it as a phone, or correct the MAC address of the phone meant." },
	{ "wrong_number", SEV_ERROR, rejected, REJECT_NUMBER,
	  "It registers a number that is not configured ({reason}).",
	  "Add the directory number, or reset the phone so that it fetches its present lines." },
	{ "other_number", SEV_ERROR, rejected, REJECT_OTHER_NUMBER,
	  "It registers a number that belongs to another phone ({reason}).",
	  "Give the number to {resource} {tag} as well, or reset the phone so that it fetches its "
	  "lines." },
	{ "limit_reached", SEV_ERROR, rejected, REJECT_LIMIT,
	  "Its registration is refused: {reason} is reached.",
	  "Raise max-ephones (telephony-service) or max-pool (voice register global)." },
	{ "blocked", SEV_ERROR, rejected, REJECT_BLOCKED,
	  "Its address {address} is blocked for a while after too many failed registrations.",
	  "Correct the password it uses; the block ends by itself." },
	{ "expires_short", SEV_ERROR, rejected, REJECT_EXPIRES,
	  "It asks for a shorter registration time than the registrar allows.",
	  "Reset the phone, or lower the registrar's minimum time." },
	{ "wrong_protocol", SEV_ERROR, rejected, REJECT_PROTOCOL,
	  "It registers by {protocol}, but is configured for the other protocol.",
	  "Load the firmware of the other protocol, or configure it as {other_resource}." },
	{ "wrong_address", SEV_ERROR, rejected, REJECT_ADDRESS,
	  "It came to another address of this server than the configured source address.",
	  "Correct ip source-address, or take strict-match off." },
	{ "rejected", SEV_ERROR, rejected, NULL, "Its registration is refused: {reason}.",
	  "See its timeline for the steps before the refusal." },
	{ "trusts_another_server", SEV_ERROR, trusts_another, NULL,
	  "It asks for trust lists and signed files only: it trusts another server.",
	  "Erase its trust list in the phone's own menu (Security Configuration), then let it "
	  "restart." },
	{ "not_configured", SEV_WARN, stranger_missing, NULL,
	  "It asks for {missing}, but no ephone or pool is configured for it.",
	  "Add it as a phone, or correct the MAC address of the phone meant." },
	{ "not_configured", SEV_WARN, stranger, NULL,
	  "It asks for files, but no ephone or pool is configured for it.",
	  "Add it as a phone when it is one of yours." },
	{ "keepalive_lost", SEV_ERROR, lost_and_away, NULL,
	  "It was registered, then fell silent: no keepalive from {address}.",
	  "Check its power and cable, and the network between it and this server." },
	{ "expired", SEV_ERROR, expired_and_away, NULL,
	  "Its registration ran out: it did not register again in time.",
	  "Check its power and cable, and the network between it and this server." },
	{ "connection_closed", SEV_WARN, closed_and_away, NULL,
	  "Its connection was closed without signing off, and it has not come back.",
	  "Wait when it was told to reset; otherwise check its power and cable." },
	{ "unregistered", SEV_WARN, gone_away, NULL, "It signed off and has not come back.",
	  "Wait when it was told to restart; otherwise check its power and cable." },
	{ "own_file_missing", SEV_ERROR, missed_own_file, NULL,
	  "It asks for {missing}, which is not here, although it is configured{note}.",
	  "Check that {resource} {tag} has a phone type and that the file can be rendered." },
	{ "firmware_missing", SEV_ERROR, missing_firmware, NULL,
	  "It asks for the firmware file {missing}, which is not here{note}.",
	  "Put the firmware into the folder files of the data directory, or take the load command "
	  "for its type out." },
	{ "missing_file", SEV_WARN, missed_lately, NULL,
	  "It asks for {missing}, which is not here{note}.",
	  "Put {missing} into the folder files of the data directory, or correct the name in its "
	  "configuration." },
	{ "booting", SEV_INFO, booting, NULL,
	  "It is starting: it has asked for files and is expected to "
	  "register.",
	  "Wait a minute." },
	{ "fetched_not_registered", SEV_ERROR, fetched, NULL,
	  "It fetched its file but does not register.",
	  "Check that its protocol engine is on, that a firewall lets it reach this server, and "
	  "that the "
	  "address in its file is this server's." },
	{ "only_default_file", SEV_ERROR, only_default, NULL,
	  "It took the default file but not its own.",
	  "Reset the phone; if it stays so, compare the MAC address on its back with {resource} "
	  "{tag}." },
	{ "not_provisioned", SEV_WARN, always, NULL,
	  "It was seen at {address}, but has neither fetched its file nor registered.",
	  "Reset the phone; check that DHCP option 150 gives this server's address." },
};

static bool reason_fits(const struct rule *r, const struct phone *ph)
{
	return !r->reason ||
	       (ph->reject_reason && !strncasecmp(ph->reject_reason, r->reason, strlen(r->reason)));
}

/* ---- texts ---- */
static void add_name(const struct view *v, struct slice name, struct text *t)
{
	const struct phone *ph = v->ph;
	char host[NET_HOST_SIZE];
	bool sip = v->conf && v->conf->kind == CONF_POOL;

	if (slice_eq(name, "missing"))
		text_add(t, ph->missing ? ph->missing : "a file");
	else if (slice_eq(name, "note") && ph->miss_note && ph->miss_note[0])
		text_addf(t, " (%s)", ph->miss_note);
	else if (slice_eq(name, "reason"))
		text_add(t, ph->reject_reason ? ph->reject_reason : "");
	else if (slice_eq(name, "address"))
		text_add(t, ph->has_peer ? net_addr_host(&ph->peer, host) : "an unknown address");
	else if (slice_eq(name, "protocol"))
		text_add(t, ph->protocol == PHONE_SIP ? "SIP" : "SCCP");
	else if (slice_eq(name, "resource"))
		text_add(t, !v->conf ? "its" : sip ? "voice register pool" : "ephone");
	else if (slice_eq(name, "other_resource"))
		text_add(t, sip ? "an ephone" : "a voice register pool");
	else if (slice_eq(name, "tag") && v->conf)
		text_addf(t, "%u", v->conf->tag);
	else if (slice_eq(name, "tag"))
		text_add(t, "pool");
}

static void fill(const struct view *v, const char *template, char *out, size_t cap)
{
	struct text t;

	text_fixed(&t, out, cap);
	while (*template) {
		const char *end = *template == '{' ? strchr(template, '}') : NULL;

		if (end) {
			add_name(v, (struct slice){ template + 1, (size_t)(end - template - 1) },
				 &t);
			template = end + 1;
		} else {
			text_addc(&t, *template ++);
		}
	}
}

void phone_verdict(const struct phones *p, const struct phone *ph, struct verdict *out)
{
	struct view v = { p, ph, phone_conf_of(p, ph), clock_wall_ns(p->clock) / 1000000 };
	const struct rule *r = rules;

	while (!r->applies(&v) || !reason_fits(r, ph))
		r++; /* the last rule always applies */
	out->code = r->code;
	out->severity = r->severity;
	fill(&v, r->text, out->text, sizeof(out->text));
	fill(&v, r->action, out->action, sizeof(out->action));
}
