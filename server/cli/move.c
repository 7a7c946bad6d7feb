/* server/cli/move.c - moving in and out: the file goes to the server as it is, and what the server says of each
 * line is printed for a person. */
#include "server/cli/move.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/cli/local.h"
#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

#define INPUT_MAX (16u << 20)
#define WHY_MAX   512

enum { EXIT_REFUSED = 2 };

struct move {
	const char *dir, *file, *confirm, *comment, *revision;
	bool replace, dry_run, all, secrets, apply;
};

static int fail(const char *what)
{
	fprintf(stderr, "switchroom: %s\n", what);
	return 1;
}

/* ---- the command line ---- */
struct move_option {
	const char *name;
	const char **value; /* NULL: a switch */
	bool *on;
};

static int read_args(struct move *m, int argc, char **argv, const struct move_option *known)
{
	for (int i = 0; i < argc; i++) {
		const struct move_option *o = known;

		if (strncmp(argv[i], "--", 2) != 0 && !m->file) {
			m->file = argv[i];
			continue;
		}
		while (o->name && strcmp(o->name, argv[i]) != 0)
			o++;
		if (!o->name || (o->value && i + 1 >= argc)) {
			fprintf(stderr, "switchroom: %s %s\n", argv[i],
				o->name ? "needs a value" : "is not an option here");
			return 1;
		}
		if (o->value)
			*o->value = argv[++i];
		else
			*o->on = true;
	}
	if (!m->dir)
		m->dir = getenv("SWITCHROOM_DATA");
	if (!m->dir)
		m->dir = local_default_dir();
	return m->dir ? 0 : fail("which data directory? Give --data DIR");
}

static void add_query(struct text *t, const char *name, const char *value)
{
	text_addc(t, strchr(t->buf, '?') ? '&' : '?');
	text_addf(t, "%s=", name);
	for (; *value; value++) {
		if (strchr("-._~", *value) || (*value >= '0' && *value <= '9') ||
		    (*value >= 'A' && *value <= 'Z') || (*value >= 'a' && *value <= 'z'))
			text_addc(t, *value);
		else
			text_addf(t, "%%%02X", (unsigned char)*value);
	}
}

/* ---- the report ---- */
static const char *const results[] = { "applied", "unchanged", "kept", "ignored", "refused" };

static const char *str(const cJSON *o, const char *name)
{
	const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, name));

	return s ? s : "";
}

static double num(const cJSON *o, const char *name)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);

	return cJSON_IsNumber(v) ? v->valuedouble : 0;
}

static void print_counts(const cJSON *report)
{
	const cJSON *sum = cJSON_GetObjectItemCaseSensitive(report, "summary"), *m;

	printf("%.0f lines:", num(sum, "lines"));
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		printf("%s %.0f %s", i ? "," : "", num(sum, results[i]), results[i]);
	printf("; %.0f warnings\n\n%-36s", num(sum, "warnings"), "mode");
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		printf(" %10s", results[i]);
	putchar('\n');
	cJSON_ArrayForEach (m, cJSON_GetObjectItemCaseSensitive(report, "modes")) {
		printf("%-36s", str(m, "mode"));
		for (size_t i = 0; i < ARRAY_LEN(results); i++)
			printf(" %10.0f", num(m, results[i]));
		putchar('\n');
	}
}

/* Comments and the like are not worth a line. */
static bool worth_a_line(const cJSON *l)
{
	const char *result = str(l, "result"), *text = str(l, "text");
	const cJSON *warnings = cJSON_GetObjectItemCaseSensitive(l, "warnings");

	if (warnings && warnings->child)
		return true;
	if (!strcmp(result, "applied") || !strcmp(result, "unchanged"))
		return false;
	return strcmp(result, "ignored") != 0 ||
	       (*text && *text != '!' && strcmp(str(l, "reason"), "Closes the mode") != 0);
}

static void print_lines(const cJSON *report)
{
	const cJSON *l, *w;

	cJSON_ArrayForEach (l, cJSON_GetObjectItemCaseSensitive(report, "lines")) {
		if (!worth_a_line(l))
			continue;
		printf("line %.0f %s: %s\n", num(l, "line"), str(l, "result"), str(l, "text"));
		if (*str(l, "reason"))
			printf("    %s\n", str(l, "reason"));
		if (*str(l, "nearest"))
			printf("    nearest: %s\n", str(l, "nearest"));
		cJSON_ArrayForEach (w, cJSON_GetObjectItemCaseSensitive(l, "warnings")) {
			printf("    warning: %s\n", w->valuestring);
		}
	}
	if (num(cJSON_GetObjectItemCaseSensitive(report, "summary"), "not_listed") > 0)
		puts("(further lines are only counted)");
}

static void print_accounts(const cJSON *report)
{
	const cJSON *a;

	cJSON_ArrayForEach (a, cJSON_GetObjectItemCaseSensitive(report, "accounts")) {
		printf("account %s (%s): %s\n", str(a, "username"), str(a, "role"),
		       cJSON_GetObjectItemCaseSensitive(a, "exists")
			   ? "is there already"
			   : "disabled until it gets a password");
	}
}

static void print_report(const cJSON *report)
{
	print_counts(report);
	putchar('\n');
	print_lines(report);
	print_accounts(report);
}

static void print_effect(const cJSON *doc, bool dry_run)
{
	int phones = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(doc, "affected_phones"));
	int files = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(doc, "files"));

	if (dry_run)
		printf("dry run, nothing is changed");
	else
		printf("revision %.0f", num(doc, "revision"));
	printf("; %d phones affected (%s), %d files\n", phones, str(doc, "pending_action"), files);
}

/* The import as a whole was refused: why, and which lines did it. */
static int refused(const struct local_answer *a, const cJSON *doc)
{
	const cJSON *report = cJSON_GetObjectItemCaseSensitive(doc, "report"), *e;
	char why[WHY_MAX];

	if (!report) {
		local_refusal(a, why, sizeof(why));
		return fail(why);
	}
	print_report(report);
	puts("refused as a whole, nothing is changed:");
	cJSON_ArrayForEach (e, cJSON_GetObjectItemCaseSensitive(doc, "errors")) {
		if (num(e, "line") > 0)
			printf("  line %.0f: ", num(e, "line"));
		else
			printf("  ");
		printf("%s%s%s%s\n", str(e, "detail"), *str(e, "path") ? " (" : "", str(e, "path"),
		       *str(e, "path") ? ")" : "");
	}
	return EXIT_REFUSED;
}

static int tell(const struct local_answer *a, const struct move *m)
{
	cJSON *doc = cJSON_Parse(a->body);
	int rc;

	if (a->status != 200) {
		rc = refused(a, doc);
	} else {
		print_report(doc);
		print_effect(doc, m->dry_run);
		rc = num(cJSON_GetObjectItemCaseSensitive(doc, "summary"), "refused") > 0
			 ? EXIT_REFUSED
			 : 0;
	}
	cJSON_Delete(doc);
	return rc;
}

/* ---- import ---- */
static int read_input(const char *name, struct text *out)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "rbe") : stdin;
	char buf[1 << 16];
	size_t n;

	if (!f) {
		fprintf(stderr, "switchroom: %s: %s\n", name, strerror(errno));
		return 1;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && !out->overflow)
		text_addn(out, buf, n);
	n = (size_t)ferror(f);
	if (f != stdin)
		fclose(f);
	if (n)
		return fail("the file cannot be read");
	return out->overflow ? fail("the file is larger than 16 MiB") : 0;
}

/* Without a comment a revision says at least which file it was. */
static void add_comment(const struct move *m, struct text *target)
{
	const char *slash = strrchr(m->file, '/');
	char made[WHY_MAX];

	snprintf(made, sizeof(made), "Import: %s", slash ? slash + 1 : m->file);
	add_query(target, "comment",
		  m->comment             ? m->comment
		  : strcmp(m->file, "-") ? made
					 : "Import");
}

static int send_import(const struct move *m, const struct text *body)
{
	struct local_answer a = { 0 };
	char why[WHY_MAX];
	struct text target;
	int err;

	text_init(&target, 4096);
	text_add(&target, "/import");
	add_query(&target, "mode", m->replace ? "replace" : "merge");
	if (m->dry_run)
		add_query(&target, "dry_run", "true");
	if (m->apply)
		add_query(&target, "apply", "affected");
	if (m->confirm)
		add_query(&target, "confirm_minutes", m->confirm);
	add_comment(m, &target);
	err = local_request(m->dir, "POST", target.buf, "text/plain", body->buf, body->len, &a, why,
			    sizeof(why));
	text_fini(&target);
	err = err ? fail(why) : tell(&a, m);
	local_answer_fini(&a);
	return err;
}

int cli_import(int argc, char **argv)
{
	struct move m = { 0 };
	const struct move_option known[] = {
		{ "--data", &m.dir, NULL },
		{ "--confirm", &m.confirm, NULL },
		{ "--comment", &m.comment, NULL },
		{ "--replace", NULL, &m.replace },
		{ "--dry-run", NULL, &m.dry_run },
		{ "--apply", NULL, &m.apply },
		{ 0 },
	};
	struct text body;
	int rc = read_args(&m, argc, argv, known);

	if (!rc && !m.file)
		rc = fail("which file? switchroom import FILE (- for standard input)");
	if (rc)
		return rc;
	text_init(&body, INPUT_MAX + 1);
	text_add(&body, "");
	rc = read_input(m.file, &body);
	if (!rc)
		rc = send_import(&m, &body);
	mem_wipe(body.buf, body.len);
	text_fini(&body);
	return rc;
}

/* ---- export ---- */
int cli_export(int argc, char **argv)
{
	struct move m = { 0 };
	const struct move_option known[] = {
		{ "--data", &m.dir, NULL },
		{ "--revision", &m.revision, NULL },
		{ "--all", NULL, &m.all },
		{ "--secrets", NULL, &m.secrets },
		{ 0 },
	};
	struct local_answer a = { 0 };
	char why[WHY_MAX];
	struct text target;
	int rc = read_args(&m, argc, argv, known);

	if (!rc && m.file)
		rc = fail("an export is written to standard output");
	if (rc)
		return rc;
	text_init(&target, 4096);
	text_add(&target, "/export");
	if (m.all)
		add_query(&target, "all", "true");
	if (m.secrets)
		add_query(&target, "secrets", "true");
	if (m.revision)
		add_query(&target, "revision", m.revision);
	rc = local_request(m.dir, "GET", target.buf, NULL, NULL, 0, &a, why, sizeof(why));
	text_fini(&target);
	if (!rc && a.status != 200)
		local_refusal(&a, why, sizeof(why));
	if (rc || a.status != 200)
		rc = fail(why);
	else if (fwrite(a.body, 1, a.len, stdout) != a.len || fflush(stdout))
		rc = fail("the export cannot be written");
	local_answer_fini(&a);
	return rc;
}
