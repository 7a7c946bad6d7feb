/* api/status/print_system.c - the text of the file service, `show flash:` and `show telephony-service`
 * (cme-model 3.5, 3.7, 3.8). Pure. */
#include <string.h>
#include <time.h>

#include "api/status/print.h"
#include "server/core/mem.h"

void print_hfs(const cJSON *view, struct text *out)
{
	struct cell c;

	text_addf(out, "Fetch Service Enabled = %s\n", print_yes(view, "enabled"));
	text_addf(out, "  App enabled port = %s\n", print_value(&c, view, "port"));
	text_addf(out, "  Use default port = %s\n", print_yes(view, "uses_default_port"));
	text_addf(out, "  Registered session-id = %s\n", print_value(&c, view, "session_id"));
	text_addf(out, "\nDefault home path = %s\n", print_value(&c, view, "home_path"));
	text_addf(out, "  Ongoing fetches from home = %s\n",
		  print_value(&c, view, "ongoing_home_fetches"));
	text_addf(out, "\nHTTP File Server Bindings\n  No. of bindings = %s\n",
		  print_value(&c, view, "bindings_count"));
	text_addf(out, "  No. of url table entries = %s\n", print_value(&c, view, "url_entries"));
	text_addf(out, "  No. of alias table entries = %s\n",
		  print_value(&c, view, "alias_entries"));
}

/* ---- flash ---- */

static void date(const char *at, struct text *out)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm = { 0 };

	if (at && strptime(at, "%Y-%m-%dT%H:%M:%S", &tm))
		text_addf(out, "%s %d %d %02d:%02d:%02d +00:00", months[tm.tm_mon], tm.tm_mday,
			  tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		text_add(out, UNKNOWN);
}

void print_flash(const cJSON *view, struct text *out)
{
	const cJSON *f;
	struct cell a, b;
	int n = 0;

	text_add(out, "-#- --length-- -----date/time----- path\n");
	cJSON_ArrayForEach (f, tree_get(view, "items")) {
		text_addf(out, "%-6d %s ", ++n, print_value(&a, f, "length"));
		date(tree_str(f, "modified_at"), out);
		text_addf(out, " %s\n", print_value(&a, f, "name"));
	}
	text_addf(out, "%s bytes available (%s bytes used)\n", print_value(&a, view, "free_bytes"),
		  print_value(&b, view, "used_bytes"));
}

/* ---- telephony-service, voice register global ---- */

static void dscp(const cJSON *view, struct text *out)
{
	static const char *const rows[][2] = { { "media", "media" },
					       { "signaling", "signal" },
					       { "video", "video" },
					       { "service", "service" } };

	text_add(out, "ip qos dscp:\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const cJSON *d = tree_get(tree_get(view, "dscp"), rows[i][0]);
		struct cell a, b, c;

		text_addf(out, " %s (the MS 6 bits, %s, in ToS, %s) for %s\n",
			  print_value(&a, d, "name"), print_value(&b, d, "value"),
			  print_value(&c, d, "tos"), rows[i][1]);
	}
}

static void cnf_file(const cJSON *view, struct text *out)
{
	struct cell a, b, c;

	if (!tree_get(view, "cnf_file.option"))
		return;
	text_addf(out, "cnf-file location %s\ncnf-file option: %s\n",
		  print_value(&a, view, "cnf_file.location"),
		  print_value(&b, view, "cnf_file.option"));
	text_addf(out, "version-stamp %s\n", print_value(&c, view, "cnf_file.version_stamp"));
}

static bool is_told(const char *name)
{
	static const char *const told[] = { "version", "dscp", "cnf_file", "protocol_mode",
					    "statistics" };

	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		if (!strcmp(told[i], name))
			return true;
	return false;
}

/* What has a line of its own in CME comes first; then every other setting under its name. */
void print_telephony(const cJSON *view, struct text *out)
{
	const cJSON *m;
	cJSON *rest = cJSON_CreateObject();
	struct cell a;

	text_addf(out, "CONFIG (Version=%s)\n=====================\n",
		  print_value(&a, view, "version"));
	text_addf(out, "Version %s\n", print_value(&a, view, "version"));
	if (tree_get(view, "protocol_mode"))
		text_addf(out, "protocol mode %s\n", print_value(&a, view, "protocol_mode"));
	dscp(view, out);
	cnf_file(view, out);
	cJSON_ArrayForEach (m, view)
		if (!is_told(m->string) && !cJSON_IsNull(m))
			cJSON_AddItemReferenceToObject(rest, m->string, (cJSON *)m);
	print_any(rest, out);
	cJSON_Delete(rest);
	if (tree_get(view, "statistics"))
		print_statistics(tree_get(view, "statistics"), out);
}
