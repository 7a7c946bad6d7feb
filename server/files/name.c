/* server/files/name.c - see name.h. */
#include "server/files/name.h"

#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

static const char *const devices[] = { "system:", "flash:", "slot0:" };
static const char *const folders[] = { "its/", "cme/sipphone/" };

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static const char *skip_word(const char *s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);

		if (strncasecmp(s, words[i], len) == 0)
			return s + len;
	}
	return s;
}

/* Appends the segments of `s` that say anything. */
static int join(char *out, const char *s)
{
	struct slice rest = slice_of(s), part;
	size_t len = 0;

	while (slice_next(&rest, '/', &part)) {
		if (part.len == 0 || slice_eq(part, "."))
			continue;
		if (slice_eq(part, ".."))
			return ERR_PERM;
		if (len)
			out[len++] = '/';
		memcpy(out + len, part.p, part.len);
		len += part.len;
	}
	out[len] = '\0';
	return len ? 0 : ERR_NOENT;
}

int file_names(struct file_names *out, const char *asked)
{
	size_t len = strnlen(asked, FILES_NAME_MAX + 1);
	const char *s;
	int err;

	out->n = 0;
	if (memchr(asked, '\\', len) || (is_letter(asked[0]) && asked[1] == ':'))
		return ERR_PERM;
	if (len > FILES_NAME_MAX || !text_is_utf8(asked, len))
		return ERR_NOENT;
	for (s = asked; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return ERR_NOENT;
	}
	s = skip_word(asked + strspn(asked, "/"), devices, ARRAY_LEN(devices));
	err = join(out->list[0], s);
	if (err)
		return err;
	out->n = 1;
	s = skip_word(out->list[0], folders, ARRAY_LEN(folders));
	if (s != out->list[0] && *s)
		text_copy(out->list[out->n++], FILES_NAME_MAX + 1, s);
	return 0;
}

bool file_name_hidden(const char *name)
{
	return name[0] == '.' || strstr(name, "/.");
}
