/* store/schema/check_platform.c - warnings that lines of an imported router give reason to. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

/* ---- source addresses should be addresses of an interface ---- */
static bool same_address(const char *a, const char *b)
{
	struct in6_addr x, y;

	return inet_pton(AF_INET6, a, &x) == 1 && inet_pton(AF_INET6, b, &y) == 1 &&
	       memcmp(&x, &y, sizeof(x)) == 0;
}

static bool on_interface(const cJSON *interface, const char *address)
{
	const cJSON *e;

	if (cJSON_GetObjectItemCaseSensitive(cfg_map(interface, "ip"), address))
		return true;
	cJSON_ArrayForEach (e, cfg_map(interface, "ipv6")) {
		char text[64];

		snprintf(text, sizeof(text), "%.*s", (int)strcspn(e->string, "/"), e->string);
		if (same_address(text, address))
			return true;
	}
	return false;
}

static bool is_local(const cJSON *interfaces, const char *address)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, interfaces) {
		if (on_interface(e, address))
			return true;
	}
	return false;
}

static void check_sources(struct conf *c, const cJSON *interfaces, struct faults *warnings)
{
	static const char *const sources[][2] = {
		{ "telephony-service", "source_addresses.ipv4.address" },
		{ "telephony-service", "source_addresses.ipv6.address" },
		{ "voice-register/global", "source_address.address" },
		{ "credentials", "source_address.address" },
	};

	for (size_t i = 0; interfaces && i < ARRAY_LEN(sources); i++) {
		const char *address =
		    cJSON_GetStringValue(cfg_map(conf_get(c, sources[i][0]), sources[i][1]));
		char field[64];

		if (!address || is_local(interfaces, address))
			continue;
		snprintf(field, sizeof(field), "/%s", sources[i][1]);
		for (char *p = field; *p; p++)
			*p = *p == '.' ? '/' : *p;
		faults_add(warnings, ERR_INVALID, "source_not_local", sources[i][0], field,
			   "%s is the address of none of the interfaces", address);
	}
}

/* ---- dual stack needs IPv6 forwarding (R-121) ---- */
static bool has_line(const cJSON *lines, const char *text)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, lines) {
		const char *line =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(e, "text"));

		if (line && strcasecmp(line, text) == 0)
			return true;
	}
	return false;
}

static void check_dual_stack(struct conf *c, const cJSON *lines, struct faults *warnings)
{
	static const char *const modes[] = { "telephony-service", "sip-ua" };

	for (size_t i = 0; lines && i < ARRAY_LEN(modes); i++) {
		const char *mode =
		    cfg_str(schema_object(modes[i]), conf_get(c, modes[i]), "protocol_mode.mode");

		if (mode && strcmp(mode, "dual-stack") == 0 && !has_line(lines, "ipv6 cef"))
			faults_add(warnings, ERR_INVALID, "no_ipv6_forwarding", modes[i],
				   "/protocol_mode/mode",
				   "Dual stack needs IPv6 forwarding: the router has no ipv6 cef");
	}
}

void platform_warnings(struct conf *c, const cJSON *now, struct faults *warnings)
{
	check_sources(c, cfg_map(now, "interfaces"), warnings);
	check_dual_stack(c, cfg_map(now, "raw_lines"), warnings);
}
