/* server/phones/names.c - device names: canonical spelling, and what a file name says about a
 * phone. Pure; any thread. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/phones/phones_int.h"

static int pool_parse(const char *s, char out[DEVICE_NAME_SIZE])
{
	const char *at = strchr(s, '@');
	struct net_addr a;
	char text[NET_TEXT_SIZE];
	int64_t tag;

	if (!at || text_to_int(s + 4, (size_t)(at - s - 4), 1, PHONES_TAG_MAX, &tag) ||
	    net_addr_parse_hostport(&a, at + 1, 0))
		return ERR_MALFORMED;
	struct text t;
	text_fixed(&t, out, DEVICE_NAME_SIZE);
	text_addf(&t, "POOL%d@%s", (int)tag, net_addr_text(&a, text));
	return t.overflow ? ERR_MALFORMED : 0;
}

void phones_set_prefix(char *device, const char *prefix)
{
	for (int i = 0; i < 3; i++)
		device[i] = prefix[i];
}

int phones_device_parse(const char *s, char out[DEVICE_NAME_SIZE])
{
	size_t len = strlen(s);
	struct net_addr a;
	char mac[MAC_TEXT_SIZE];

	if (len >= DEVICE_NAME_SIZE)
		return ERR_MALFORMED;
	if (!strncasecmp(s, "POOL", 4))
		return pool_parse(s, out);
	if (!text_mac(mac, s, len)) {
		phones_set_prefix(out, strncasecmp(s, "ATA", 3) != 0 ? "SEP" : "ATA");
		memcpy(out + 3, mac, sizeof(mac));
		return 0;
	}
	if (net_addr_parse(&a, s, 0))
		return ERR_MALFORMED;
	net_addr_host(&a, out);
	return 0;
}

/* Names that carry the MAC of their phone (provisioning 1.2, 1.5). */
static const struct {
	const char *prefix, *device;
} mac_names[] = {
	{ "SEP", "SEP" }, { "CTLSEP", "SEP" }, { "ITLSEP", "SEP" }, { "SIP", "SEP" },
	{ "MGC", "SEP" }, { "ATA", "ATA" },    { "CTLATA", "ATA" }, { "ITLATA", "ATA" },
	{ "ld", "SEP" },  { "gk", "SEP" },
};

static bool mac_here(const char *s, char mac[MAC_TEXT_SIZE])
{
	for (int i = 0; i < 12; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return false;
		mac[i] = (char)toupper((unsigned char)s[i]);
	}
	mac[12] = 0;
	return s[12] == 0 || s[12] == '.' || s[12] == '-';
}

int phones_device_of_file(const char *name, char out[DEVICE_NAME_SIZE])
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	for (size_t i = 0; i < ARRAY_LEN(mac_names); i++) {
		size_t len = strlen(mac_names[i].prefix);

		if (strncasecmp(base, mac_names[i].prefix, len) != 0 ||
		    !mac_here(base + len, out + 3))
			continue;
		phones_set_prefix(out, mac_names[i].device);
		return 0;
	}
	return ERR_NOENT;
}

static bool ends_with(const char *s, const char *end)
{
	size_t a = strlen(s), b = strlen(end);

	return a >= b && !strcasecmp(s + a - b, end);
}

/* What a phone can live without, and what it cannot (provisioning 1.2). First match counts. */
static const struct {
	const char *begin, *end;
	enum file_kind kind;
} file_kinds[] = {
	{ "CTL", ".tlv", FILE_KIND_TRUST },
	{ "ITL", ".tlv", FILE_KIND_TRUST },
	{ "", ".sgn", FILE_KIND_TRUST },
	{ "SEPDEFAULT.cnf", "", FILE_KIND_OPTIONAL },
	{ "SEP", ".cnf.xml", FILE_KIND_CONFIG },
	{ "SEP", ".cnf", FILE_KIND_OPTIONAL },
	{ "ATADefault", "", FILE_KIND_DEFAULT },
	{ "ATA", ".cnf.xml", FILE_KIND_CONFIG },
	{ "ata", "", FILE_KIND_OPTIONAL },
	{ "SIPDefault.cnf", "", FILE_KIND_DEFAULT },
	{ "SIP", ".cnf", FILE_KIND_CONFIG },
	{ "MGC", ".cnf", FILE_KIND_OPTIONAL },
	{ "XMLDefault", ".xml", FILE_KIND_DEFAULT },
	{ "OS79XX", "", FILE_KIND_OPTIONAL },
	{ "", ".loads", FILE_KIND_FIRMWARE },
	{ "", ".sbn", FILE_KIND_FIRMWARE },
	{ "", ".sb2", FILE_KIND_FIRMWARE },
	{ "", ".sbin", FILE_KIND_FIRMWARE },
	{ "", ".bin", FILE_KIND_FIRMWARE },
	{ "", ".zup", FILE_KIND_FIRMWARE },
	{ "", ".jar", FILE_KIND_OPTIONAL },
	{ "", "-tones.xml", FILE_KIND_OPTIONAL },
	{ "AppDialRules.xml", "", FILE_KIND_OPTIONAL },
	{ "DirLookupDialRules.xml", "", FILE_KIND_OPTIONAL },
	{ "defaultheadsetconfig.json", "", FILE_KIND_OPTIONAL },
	{ "RINGLIST", "", FILE_KIND_OPTIONAL },
	{ "DistinctiveRingList", "", FILE_KIND_OPTIONAL },
	{ "List.xml", "", FILE_KIND_OPTIONAL },
	{ "TzDataCSV.csv", "", FILE_KIND_OPTIONAL },
	{ "WLAN", "", FILE_KIND_OPTIONAL },
};

enum file_kind phones_file_kind(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	for (size_t i = 0; i < ARRAY_LEN(file_kinds); i++)
		if (!strncasecmp(base, file_kinds[i].begin, strlen(file_kinds[i].begin)) &&
		    ends_with(base, file_kinds[i].end))
			return file_kinds[i].kind;
	return FILE_KIND_OTHER;
}

void phones_clean(char *out, size_t cap, const char *in)
{
	size_t len = strnlen(in, cap - 1);
	bool cut = in[len] != 0;
	bool utf8;

	while (cut && len > 0 && ((unsigned char)in[len] & 0xc0) == 0x80)
		len--; /* never through the middle of a character */
	utf8 = text_is_utf8(in, len);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)in[i];

		out[i] = c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8) ? '?' : (char)c;
	}
	out[len] = 0;
}
