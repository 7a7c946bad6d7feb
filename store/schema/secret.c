/* store/schema/secret.c - the clear text of a recoverable secret. */
#include "server/core/err.h"
#include "store/schema/internal.h"
#include "store/store.h"

int cfg_secret(struct store *s, const cJSON *item, const char *path, char *out, size_t cap)
{
	const cJSON *v = cfg_map(item, path);
	const cJSON *sealed = cJSON_GetObjectItemCaseSensitive(v, "$sealed");

	if (cap)
		out[0] = '\0';
	return cJSON_IsString(sealed) ? store_unseal(s, sealed->valuestring, out, cap) : ERR_NOENT;
}
