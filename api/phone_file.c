/* api/phone_file.c - a look into a file made for a phone. Its bytes are what the phone gets, except that
 * passwords are masked: they leave the house only in the phone's own file. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "api/api_int.h"
#include "api/phone_file.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/files/files.h"
#include "server/phones/phones.h"

#define MASK     "********"
#define SHOW_MAX (1u << 20) /* generated files are far smaller (PROVISION_FILE_MAX) */

static bool is_secret_name(const char *name, size_t len)
{
	static const char *const words[] = { "password", "secret", "passcode" };
	char lower[64];

	if (len >= sizeof(lower))
		return false;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strstr(lower, words[i]))
			return true;
	}
	return false;
}

void phone_file_mask(const char *xml, size_t len, struct text *out)
{
	const char *p = xml, *end = xml + len;

	while (p < end) {
		const char *open = memchr(p, '<', (size_t)(end - p));
		const char *close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
		const char *next;

		if (!close)
			break;
		close++;
		text_addn(out, p, (size_t)(close - p));
		p = close;
		if (open[1] == '/' || close[-2] == '/')
			continue;
		if (!is_secret_name(open + 1, (size_t)(close - open) - 2))
			continue;
		next = memchr(p, '<', (size_t)(end - p));
		if (!next)
			next = end;
		if (next > p) {
			text_add(out, MASK);
			p = next;
		}
	}
	if (p < end)
		text_addn(out, p, (size_t)(end - p));
}

static bool belongs_to(struct files *f, const char *device, const char *name)
{
	cJSON *list = files_describe(f, device);
	const cJSON *row;
	bool found = false;

	cJSON_ArrayForEach (row, list) {
		const char *has =
		    cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "name"));

		found = found || (has && !strcmp(has, name));
	}
	cJSON_Delete(list);
	return found;
}

static int read_all(const struct file_view *v, char *buf)
{
	if (v->data) {
		memcpy(buf, v->data, (size_t)v->size);
		return 0;
	}
	return files_read(v, 0, buf, (size_t)v->size) == (long)v->size ? 0 : ERR_IO;
}

int api_phone_file(struct api_req *r)
{
	char device[DEVICE_NAME_SIZE], *raw = NULL;
	struct files_miss miss;
	struct file_view *v = NULL;
	struct text out;
	cJSON *o;
	int err = phones_device_parse(r->params.value[0], device);

	if (err || !belongs_to(r->api->opt.files, device, r->params.value[1]))
		return ERR_NOENT;
	err = files_open(r->api->opt.files, r->params.value[1], NULL, &v, &miss);
	if (!err && v->size > SHOW_MAX)
		err = ERR_TOO_BIG;
	if (!err) {
		raw = mem_alloc((size_t)v->size + 1);
		err = read_all(v, raw);
	}
	if (!err) {
		text_init(&out, 2 * SHOW_MAX);
		phone_file_mask(raw, (size_t)v->size, &out);
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "name", v->name);
		cJSON_AddNumberToObject(o, "size", (double)v->size);
		cJSON_AddStringToObject(o, "text", out.buf ? out.buf : "");
		api_json(r, 200, o);
		text_fini(&out);
		mem_wipe(raw, (size_t)v->size);
	}
	mem_free(raw);
	files_close(v);
	return err;
}
