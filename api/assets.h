/* api/assets.h - the browser application inside the binary: a table that webui/embed.mjs writes to
 * build/webui_assets.c from webui/dist. */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asset {
	const char *path;  /* "/index.html"; NULL ends the table */
	const char *type;  /* media type */
	const char *etag;  /* quoted hash of the raw bytes */
	bool immutable;    /* hashed name: may be kept for ever */
	const uint8_t *gz; /* gzip'd bytes */
	size_t gz_len, raw_len;
};
extern const struct asset webui_assets[];

#endif
