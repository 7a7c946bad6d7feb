/* store/schema/mask_line.c - passwords in lines that nobody understands. Guessed by the words in front of them: rather one
 * too many is hidden than one shown, but what every router prints and is none (`key chain`, `set community`) stays. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/core/text.h"
#include "store/schema/internal.h"

static bool listed(struct slice word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_eq_nocase(word, list[i]))
			return true;
	}
	return false;
}

static bool begins(const char *line, const char *words)
{
	line += strspn(line, " ");
	return strncasecmp(line, words, strlen(words)) == 0;
}

static struct slice next_word(const char **p)
{
	struct slice w;

	w.p = *p += strspn(*p, " \n");
	w.len = strcspn(*p, " \n");
	*p += w.len;
	return w;
}

static bool names_secret(struct slice word)
{
	static const char *const names[] = { "password",  "secret",         "pin",
					     "key",       "key-string",     "community",
					     "md5",       "pre-shared-key", "authentication-key",
					     "psk",       "wpa-psk",        "passphrase",
					     "passwd",    "dirread",        "hex-string",
					     "credential" };

	return listed(word, names, ARRAY_LEN(names)) ||
	       (word.len > 8 && strncasecmp(word.p + word.len - 8, "password", 8) == 0);
}

/* Words that announce a secret in some lines only. */
static bool names_secret_in(const char *line, struct slice word)
{
	if (begins(line, "snmp-server user "))
		return slice_eq_nocase(word, "sha");
	if (begins(line, "snmp-server host "))
		return slice_eq_nocase(word, "host");
	if (begins(line, "standby ") || begins(line, "vrrp ") || begins(line, "glbp "))
		return slice_eq_nocase(word, "authentication");
	return false;
}

/* Free text: a word in it means nothing. */
static bool is_text(const char *line)
{
	static const char *const words[] = { "description", "remark", "name", "label", "banner" };

	return listed(next_word(&line), words, ARRAY_LEN(words));
}

/* `key chain X`, `key 1` in it, `crypto key generate`; `set community 1:2`; `password encryption aes`. */
static bool is_harmless(const char *line, struct slice word, const char *rest)
{
	static const char *const behind_key[] = { "chain",    "config-key", "export",
						  "generate", "import",     "pubkey-chain",
						  "storage",  "trustpoint", "zeroize" };
	struct slice next = next_word(&rest);

	if (slice_eq_nocase(word, "key"))
		return listed(next, behind_key, ARRAY_LEN(behind_key)) ||
		       (next.len < 3 && strspn(next.p, "0123456789") >= next.len &&
			!rest[strspn(rest, " ")]);
	if (slice_eq_nocase(word, "community"))
		return begins(line, "set ") || begins(line, "match ");
	return slice_eq_nocase(next, "encryption") || slice_eq_nocase(next, "restriction");
}

bool schema_announces_secret(const char *line, struct slice word, const char *rest)
{
	return (names_secret(word) || names_secret_in(line, word)) && rest[strspn(rest, " \n")] &&
	       !is_text(line) && !is_harmless(line, word, rest);
}

/* `enable secret 5 $1$..`: what stands behind the name, and behind a kind of one digit. */
void schema_mask_line(const char *text, struct text *out)
{
	const char *p = text, *done = text;
	struct slice word;

	while ((word = next_word(&p)).len) {
		struct slice value;
		const char *q = p;

		if (!schema_announces_secret(text, word, p))
			continue;
		value = next_word(&q);
		if (value.len == 1 && isdigit((unsigned char)*value.p) && q[strspn(q, " ")])
			value = next_word(&q);
		if (!value.len)
			continue;
		text_addn(out, done, (size_t)(value.p - done));
		text_add(out, SCHEMA_MASK);
		p = done = q;
	}
	text_add(out, done);
}
