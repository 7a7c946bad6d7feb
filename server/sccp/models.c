/* server/sccp/models.c - the table of SCCP device types. */
#include "server/sccp/models.h"

#include <stdio.h>
#include <string.h>

#include "server/core/mem.h"

#define M8       "MMMMMMMM"
#define M12      "MMMMMMMMMMMM"
#define ONE_LINE "LHSSSSSSSSS"
#define OLD_30   "MMMMRVPFCUUUUMMMMMMMMMMMMM"
#define OLD_12   "LLSSSSHRTFPV"

static const struct sccp_model models[] = {
	{ 1, "30SP+", "30SP+", OLD_30 },
	{ 2, "12SP+", "12SP+", OLD_12 },
	{ 3, "12SP", "12SP", OLD_12 },
	{ 4, "12S", "12", OLD_12 },
	{ 5, "30VIP", "30VIP", OLD_30 },
	{ 6, "7910", "Telecaster 7910", "LHTDVCFSSR" },
	{ 7, "7960", "Telecaster 7960", "MMMMMM" },
	{ 8, "7940", "Telecaster 7940", "MM" },
	{ 9, "7935", "7935", "LL" },
	{ 10, "VGC-PHONE", "VGC phone", "L" },
	{ 12, "ATA", "ATA 186", "LSSSS" },
	{ 13, "ATA", "ATA 188", "LSSSS" },
	{ 115, "7941", "7941", "MM" },
	{ 119, "7971", "7971", M8 },
	{ 275, "E-SERIES", "Nokia E series", "LLSSSSS" },
	{ 302, "7985", "7985", "M" },
	{ 307, "7911", "7911", ONE_LINE },
	{ 308, "7961GE", "7961-GE", "MMMMMM" },
	{ 309, "7941GE", "7941-GE", "MM" },
	{ 348, "7931", "7931", M12 M8 "mdha" },
	{ 365, "7921", "7921", "MMMMMM" },
	{ 369, "7906", "7906", ONE_LINE },
	{ 376, "S60", "Nokia ICC client", "M" },
	{ 404, "7962", "7962", "MMMMMM" },
	{ 431, "7937", "7937", "LL" },
	{ 434, "7942", "7942", "MM" },
	{ 435, "7945", "7945", "MM" },
	{ 436, "7965", "7965", "MMMMMM" },
	{ 437, "7975", "7975", M8 },
	{ 484, "7925", "7925", "MMMMMM" },
	{ 495, "6921", "6921", "MMSSSSSS" },
	{ 496, "6941", "6941", "MMMM" },
	{ 497, "6961", "6961", M12 },
	{ 547, "6901", "6901", "M" },
	{ 548, "6911", "6911", "M" },
	{ 564, "6945", "6945", "MMMM" },
	{ 577, "7926", "7926", "MMMMMM" },
	{ 585, "8945", "8945", "MMMMMMMMMMCHTR" },
	{ 586, "8941", "8941", "MMMMMMMMMMCHTR" },
	{ 20000, "7905", "7905", ONE_LINE },
	{ 30002, "7920", "7920", "MMMMMM" },
	{ 30006, "7970", "7970", M8 },
	{ 30007, "7912", "7912", ONE_LINE },
	{ 30008, "7902", "7902", "LHTDVCFSSSSR" },
	{ 30016, "CIPC", "CIPC", M8 },
	{ 30018, "7961", "7961", "MMMMMM" },
	{ 30019, "7936", "7936", "LL" },
	{ 30027, "ANALOG", "SCCP Gateway (AN)", "L" },
	{ 30028, "BRI", "SCCP Gateway (BRI)", "L" },
	{ 80000, "521SG", "SPA521S", "M" },
	{ 80001, "524SG", "SPA524SG", "MMMM" },
	{ 80003, "502G", "SPA502G", "M" },
	{ 80004, "504G", "SPA504G", "MMMM" },
	{ 80005, "525G", "SPA525G", M8 },
	{ 80006, "508G", "SPA508G", M8 "VH" },
	{ 80007, "509G", "SPA509G", M12 "VH" },
	{ 80009, "525G2", "SPA525G2", M8 },
	{ 80011, "303G", "SPA303G", "MMM" },
	{ 80012, "512G", "SPA512G", "M" },
	{ 80013, "514G", "SPA514G", "MMMM" },
};

const struct sccp_model *sccp_model(uint32_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		if (models[i].id == id)
			return &models[i];
	return NULL;
}

const char *sccp_model_text(uint32_t id, char *out, size_t cap)
{
	const struct sccp_model *m = sccp_model(id);

	if (m)
		snprintf(out, cap, "%s", m->text);
	else
		snprintf(out, cap, "Unknown %u", id);
	return out;
}

unsigned sccp_addon_buttons(const char *module)
{
	static const struct {
		const char *name;
		unsigned buttons;
	} addons[] = { { "7914", 14 },
		       { "7915-12", 12 },
		       { "7915-24", 24 },
		       { "7916-12", 12 },
		       { "7916-24", 24 } };

	for (size_t i = 0; module && i < ARRAY_LEN(addons); i++)
		if (!strcmp(addons[i].name, module))
			return addons[i].buttons;
	return 0;
}
