/* server/cli/ask.c - see ask.h. */
#include "server/cli/ask.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "server/cli/local.h"
#include "server/cli/options.h"
#include "server/core/mem.h"
#include "server/core/text.h"

#define COMMAND_MAX 1024
#define WHY_MAX     1024

/* The words before the first option, joined by blanks; the number of words. */
static int join_words(int argc, char **argv, const char *verb, struct text *out)
{
	int n = 0;

	text_add(out, verb);
	for (; n < argc && strncmp(argv[n], "--", 2) != 0; n++)
		text_addf(out, "%s%s", out->len ? " " : "", argv[n]);
	return n;
}

/* RFC 3986 2.3: everything but unreserved signs. */
static void escape(const char *s, struct text *out)
{
	for (; *s; s++) {
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
		    (*s >= '0' && *s <= '9') || strchr("-._~", *s))
			text_addc(out, *s);
		else
			text_addf(out, "%%%02X", (unsigned char)*s);
	}
}

static int find_dir(struct options *opt, int argc, char **argv, int from)
{
	char why[WHY_MAX];
	const char *usual;

	options_init(opt);
	if (options_read(opt, argc, argv, from, why, sizeof(why))) {
		fprintf(stderr, "switchroom: %s\n", why);
		return 2;
	}
	usual = local_default_dir();
	if (!opt->data[0] && usual)
		(void)text_copy(opt->data, sizeof(opt->data), usual);
	if (opt->data[0])
		return 0;
	fprintf(stderr, "switchroom: which data directory? Give --data DIR\n");
	return 2;
}

static int refused(const struct local_answer *a)
{
	char why[WHY_MAX];

	local_refusal(a, why, sizeof(why));
	fprintf(stderr, "switchroom: %s\n", why);
	return 1;
}

static void print_member(const struct local_answer *a)
{
	cJSON *o = cJSON_Parse(a->body);
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(o, "text"));

	if (text && *text)
		printf("%s%s", text, text[strlen(text) - 1] == '\n' ? "" : "\n");
	cJSON_Delete(o);
}

int ask_show(int argc, char **argv)
{
	char command[COMMAND_MAX], target[3 * COMMAND_MAX + 32], why[WHY_MAX];
	struct local_answer a;
	struct options opt;
	struct text words, url;
	int rc;

	text_fixed(&words, command, sizeof(command));
	text_fixed(&url, target, sizeof(target));
	rc = find_dir(&opt, argc, argv, join_words(argc, argv, "", &words));
	text_add(&url, "/show?command=");
	escape(words.len ? command : "?", &url);
	if (rc)
		return rc;
	if (local_request(opt.data, "GET", target, NULL, NULL, 0, &a, why, sizeof(why))) {
		fprintf(stderr, "switchroom: %s\n", why);
		return 1;
	}
	rc = a.status == 200 ? 0 : refused(&a);
	if (!rc)
		fwrite(a.body, 1, a.len, stdout);
	local_answer_fini(&a);
	return rc;
}

int ask_exec(const char *verb, int argc, char **argv)
{
	char command[COMMAND_MAX], why[WHY_MAX];
	struct local_answer a;
	struct options opt;
	struct text words;
	cJSON *body = cJSON_CreateObject();
	char *json;
	int rc;

	text_fixed(&words, command, sizeof(command));
	rc = find_dir(&opt, argc, argv, join_words(argc, argv, verb, &words));
	cJSON_AddStringToObject(body, "command", command);
	json = cJSON_PrintUnformatted(body);
	cJSON_Delete(body);
	if (!rc && local_request(opt.data, "POST", "/exec", "application/json", json, strlen(json),
				 &a, why, sizeof(why))) {
		fprintf(stderr, "switchroom: %s\n", why);
		rc = 1;
	} else if (!rc) {
		rc = a.status < 300 ? 0 : refused(&a);
		if (!rc)
			print_member(&a);
		local_answer_fini(&a);
	}
	cJSON_free(json);
	return rc;
}
