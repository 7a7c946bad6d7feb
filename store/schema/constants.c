/* store/schema/constants.c - see constants.h. */
#include "store/schema/constants.h"

#include "store/schema/schema.h"

static const struct schema_constant constants[] = {
	{ "ephones", LIMIT_EPHONES, "ephones", false,
	  "SCCP phones that can be configured, and their tags." },
	{ "max_ephones", MAX_MAX_EPHONES, "ephones", true, "Largest value of max-ephones." },
	{ "ephone_dns", LIMIT_DNS, "dns", false, "Numbers of SCCP phones." },
	{ "pools", LIMIT_POOLS, "pools", false, "SIP phones." },
	{ "voice_register_dns", LIMIT_DNS, "dns", false, "Numbers of SIP phones." },
	{ "cme_app_phones", CME_APP_MAX_PHONES, NULL, false, "SIP phones in mode cme-app." },
	{ "conferences", MAX_CONFERENCES, NULL, false, "Three-party conferences at one time." },
	{ "attempted_registrations", ATTEMPTED_LOG_SIZE, NULL, false,
	  "Refused SCCP phones that are remembered." },
	{ "locales", LOCALES, NULL, false, "Languages at one time." },
	{ "lpcor_entries", LPCOR_ENTRIES, NULL, false, "Entries of a table of call partitioning." },
	{ "lpcor_groups", LPCOR_GROUPS, NULL, false, "Groups of call partitioning." },
	{ "trusted_addresses", TRUSTED_LIST, NULL, false,
	  "Entries of the list of trusted addresses." },
	{ 0 },
};

const struct schema_constant *schema_constants(void)
{
	return constants;
}

int64_t schema_constant_value(const struct schema_constant *c)
{
	int64_t limit = c->limit ? schema_limit(c->limit) : c->dflt;

	return c->floor && limit < c->dflt ? c->dflt : limit;
}
