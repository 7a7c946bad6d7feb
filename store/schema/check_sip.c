/* store/schema/check_sip.c - cross-checks of the SIP side beyond types, ranges and references (cme-model
 * 1.10 to 1.20): sip-ua. */
#include <stdio.h>
#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/schema/checks.h"
#include "store/schema/internal.h"

#define UA "sip-ua"

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(item, name);
}

/* ---- sip-ua ---- */

/* One user, up to five realms. */
static void check_provider_user(const cJSON *list, struct faults *f)
{
	const cJSON *e;
	char first[128] = "", other[128];

	cJSON_ArrayForEach (e, list) {
		snprintf(other, sizeof(other), "%.*s", (int)strcspn(e->string, ","), e->string);
		if (first[0] && strcmp(first, other) != 0)
			faults_add(f, ERR_CONFLICT, NULL, UA, "/authentications",
				   "One user only: %s and %s are given", first, other);
		text_copy(first, sizeof(first), other);
	}
}

CHECK(check_sip_ua)
{
	const cJSON *e;

	(void)c;
	(void)key;
	(void)warnings;
	check_provider_user(member(after, "authentications"), f);
	cJSON_ArrayForEach (e, member(after, "credentials")) {
		char pointer[POINTER_MAX] = "/credentials";

		schema_pointer_add(pointer, sizeof(pointer), e->string);
		if (e->string[0] == ',' || e->string[strlen(e->string) - 1] == ',')
			faults_add(f, ERR_INVALID, "required", UA, pointer,
				   "A number and a realm are required");
	}
}
