/* store/ios/import.c - reads the lines of a text one after the other. The mode is followed by the table of
 * commands; indentation decides where both would do. What no command matches is looked at more closely:
 * an EXEC command, an account, the beginning of a command, two commands in one line, or nothing we know - that is
 * kept for the export.
 *
 * Work is bounded: the expensive looks (nearest form, second command) are done for so many lines only. */
#include "store/ios/import_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"

/* ---- saying ---- */
void import_say(struct outcome *out, enum import_result result, const char *fmt, ...)
{
	va_list ap;

	out->result = result;
	out->plain = false;
	va_start(ap, fmt);
	vsnprintf(out->reason, sizeof(out->reason), fmt, ap);
	va_end(ap);
}

void import_plain(struct outcome *out, enum import_result result, const char *reason)
{
	out->result = result;
	out->plain = true;
	text_copy(out->reason, sizeof(out->reason), reason);
}

void import_warn(struct outcome *out, const char *text)
{
	if (!out->warnings)
		out->warnings = cJSON_CreateArray();
	cJSON_AddItemToArray(out->warnings, cJSON_CreateString(text));
}

static char *shorten(const char *text)
{
	size_t len = strlen(text);
	struct text out;

	if (len <= REPORT_TEXT_MAX)
		return mem_strdup(text);
	for (len = REPORT_TEXT_MAX; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--;
	text_init(&out, REPORT_TEXT_MAX + 8);
	text_addn(&out, text, len);
	text_add(&out, "...");
	return text_take(&out);
}

static char *some(const char *text)
{
	return *text ? mem_strdup(text) : NULL;
}

static void record(struct import *im, struct outcome *out)
{
	const struct script_line *s = &im->line;
	struct report_line l = { .line = s->number, .result = out->result };

	if (!out->shown)
		out->shown = secrets_mask(s->text, NULL, NULL);
	if (s->latin1)
		import_warn(out, "The line is no UTF-8; it was read as ISO 8859-1");
	l.mode = out->mode ? out->mode : import_mode(im, &im->at);
	l.text = shorten(out->shown);
	l.reason = some(out->reason);
	l.nearest = some(out->nearest);
	l.path = some(out->path);
	l.command = some(out->command);
	l.wrote = out->wrote;
	l.header = out->header;
	l.warnings = out->warnings;
	report_add(&im->report, &l, out->plain);
	mem_free(out->shown);
}

static bool is_closing(const char *text)
{
	return strcasecmp(text, "exit") == 0 || strcasecmp(text, "quit") == 0 ||
	       strcasecmp(text, "exit-address-family") == 0;
}

static bool closes(struct import *im, const char *text, struct outcome *out)
{
	bool end = strcasecmp(text, "end") == 0;

	if (!end && !is_closing(text))
		return false;
	if (end || !import_in_block(im)) {
		if (end)
			import_go_global(im);
		else
			import_close_mode(im);
		im->n_blocks = 0;
		im->refused_line = 0;
	} else if (!import_closes_inner(im, text)) {
		return false;
	}
	import_plain(out, IMPORT_IGNORED, "Closes the mode");
	return true;
}

/* ---- banners ---- */

/* What ends `banner motd ^C`: the character behind the words; false: no banner. */
static bool banner_begin(struct import *im, const char **body)
{
	static const char *const kinds[] = { "motd",     "login",    "exec",
					     "incoming", "slip-ppp", "prompt-timeout" };
	const char *p = im->line.text;

	if (strncasecmp(p, "banner ", 7) != 0)
		return false;
	p += 7;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strncasecmp(p, kinds[i], strlen(kinds[i])) == 0 && p[strlen(kinds[i])] == ' ')
			p += strlen(kinds[i]) + 1;
	}
	if (!*p)
		return false;
	snprintf(im->banner, sizeof(im->banner), "%.*s", p[0] == '^' && p[1] ? 2 : 1, p);
	*body = p + strlen(im->banner);
	return true;
}

/* Where it ends; 0: not within reach. */
static unsigned banner_last(const struct import *im)
{
	struct transcript ahead = im->script;
	struct script_line *l = mem_zalloc(sizeof(*l));
	unsigned found = 0;

	for (int i = 0; i < BANNER_LINES && !found && transcript_next(&ahead, l); i++) {
		if (strstr(l->text, im->banner))
			found = l->number;
	}
	mem_free(l);
	return found;
}

static bool in_banner(struct import *im, struct outcome *out)
{
	const char *body;

	if (im->line.number <= im->banner_end) {
		import_say(out, IMPORT_IGNORED, "Text of the banner of line %u", im->banner_line);
		out->shown = mem_strdup(im->line.text);
		return true;
	}
	if (im->lost_banners >= BANNERS_MAX || !banner_begin(im, &body))
		return false;
	im->banner_end = strstr(body, im->banner) ? im->line.number : banner_last(im);
	if (!im->banner_end) {
		im->lost_banners++;
		return false;
	}
	im->banner_line = im->line.number;
	import_say(out, IMPORT_IGNORED, "A banner of the router: here nobody would see it");
	out->shown = mem_strdup(im->line.text);
	return true;
}

/* ---- the lines ---- */

/* Text behind a command of the terminal, up to the next prompt or command. */
static bool in_output(struct import *im, struct outcome *out)
{
	struct ios_place global = { 0 };
	struct ios_line l;

	if (!im->output_of || im->line.prompt != PROMPT_NONE)
		return false;
	if (exec_kind(im->line.text, false) != EXEC_NONE || closes(im, im->line.text, out)) {
		im->output_of = 0;
		return *out->reason != '\0';
	}
	if (import_parse_at(&global, im->line.text, &l) == 0 ||
	    import_parse_at(&im->at, im->line.text, &l) == 0) {
		bool in_words = l.kind == IOS_ENTER;

		ios_line_fini(&l);
		if (in_words || im->at.obj) {
			im->output_of = 0;
			return false;
		}
	}
	import_say(out, IMPORT_IGNORED, "Output of the command in line %u", im->output_of);
	return true;
}

/* `hfs home-path ?`: a question to the router, its answer follows. */
static bool asks_help(struct import *im, struct outcome *out)
{
	const char *text = im->line.text;
	struct ios_line l;

	if (text[strlen(text) - 1] != '?')
		return false;
	if (im->line.prompt == PROMPT_NONE && import_parse_at(&im->at, text, &l) == 0) {
		ios_line_fini(&l);
		return false; /* a label may well end in one */
	}
	import_say(out, IMPORT_IGNORED, "A question to the router");
	im->output_of = im->line.number;
	return true;
}

static void read_command(struct import *im, struct outcome *out)
{
	const struct script_line *s = &im->line;

	if (s->prompt != PROMPT_NONE)
		im->output_of = 0;
	if (s->prompt == PROMPT_CONFIG)
		import_follow_prompt(im);
	if (in_banner(im, out) || in_output(im, out) || closes(im, s->text, out) ||
	    asks_help(im, out))
		return;
	if (s->prompt == PROMPT_EXEC) {
		import_go_global(im);
		import_exec(im, s->text, exec_kind(s->text, true), out);
	} else if (!import_inside_block(im, s->text, out)) {
		import_command(im, s->text, out);
	}
}

static void read_other(struct import *im, struct outcome *out)
{
	const struct script_line *s = &im->line;

	if (s->number <= im->banner_end) {
		in_banner(im, out);
		return;
	}
	switch (s->kind) {
	case SCRIPT_BLANK:
		import_plain(out, IMPORT_IGNORED, "An empty line");
		break;
	case SCRIPT_COMMENT:
		if (s->indent <= 0)
			import_leave_blocks(im);
		import_plain(out, IMPORT_IGNORED, "A comment");
		break;
	case SCRIPT_RUBBISH:
		import_say(out, IMPORT_IGNORED, "No text: it has control characters in it");
		break;
	case SCRIPT_LONG:
		import_say(out, IMPORT_REFUSED, "The line is longer than %d bytes",
			   SCRIPT_LINE_MAX);
		break;
	default:
		if (s->prompt == PROMPT_CONFIG)
			import_follow_prompt(im);
		if (s->prompt != PROMPT_NONE)
			im->output_of = 0;
		import_plain(out, IMPORT_IGNORED, s->note ? s->note : "");
	}
}

static void read_all(struct import *im)
{
	while (transcript_next(&im->script, &im->line)) {
		struct outcome out = { .result = IMPORT_IGNORED };

		if (im->line.kind == SCRIPT_COMMAND) {
			read_command(im, &out);
			im->separated = false;
		} else
			read_other(im, &out);
		record(im, &out);
	}
}

/* ---- the whole ---- */

/* Which line caused it. */
static void blame(struct import *im, struct faults *f, bool warning)
{
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++) {
		struct fault *x = &f->list[i];
		struct report_line *l =
		    x->path ? report_writer(&im->report, x->path, x->field ? x->field : "") : NULL;

		if (!l)
			continue;
		x->line = l->line;
		if (warning)
			report_warn(&im->report, l, x->detail);
	}
}

static void exclude(struct import *im, unsigned line, const char *reason)
{
	im->excluded = mem_realloc(im->excluded, (im->n_excluded + 1) * sizeof(*im->excluded));
	im->excluded[im->n_excluded++] = (struct excluded){ line, mem_strdup(reason) };
}

/* What the tags of a collection may be, when that follows a setting; -1: it does not. */
static int64_t tag_limit(struct import *im, const struct schema_object *o)
{
	const char *hash = o->key && o->key->max_from ? strchr(o->key->max_from, '#') : NULL;
	char path[128];

	if (!hash)
		return -1;
	snprintf(path, sizeof(path), "%.*s", (int)(hash - o->key->max_from), o->key->max_from);
	return cfg_int(schema_object(path), conf_get(im->conf, path), hash + 1);
}

/* What was there before may stay when the text is laid over it. */
static bool stays_above(const struct import *im, const char *path)
{
	return !im->opt->replace && conf_get_base(im->conf, path);
}

static void say_above(const struct schema_path *p, int64_t top, char *why, size_t cap)
{
	const struct schema_field *key = p->obj->key;
	char setting[64];

	text_copy(setting, sizeof(setting), strchr(key->max_from, '#') + 1);
	for (char *c = setting; *c; c++)
		*c = *c == '_' ? '-' : *c;
	if (top < key->min)
		snprintf(why, cap, "Value %s out of range: %s is %lld", p->key, setting,
			 (long long)top);
	else
		snprintf(why, cap, "Value %s out of range %lld-%lld", p->key, (long long)key->min,
			 (long long)top);
}

/* Tags above max-dn or max-pool: there may be more of them than a check tells. */
static void exclude_tags(struct import *im)
{
	for (size_t i = 0; i < im->report.n; i++) {
		const struct report_line *l = &im->report.list[i];
		struct schema_path p;
		char why[240];
		int64_t top;

		if (!l->header || l->result > IMPORT_KEPT || schema_path_parse(l->path, &p) ||
		    !p.obj->collection)
			continue;
		top = tag_limit(im, p.obj);
		if (top < 0 || strtoll(p.key, NULL, 10) <= top || stays_above(im, l->path))
			continue;
		say_above(&p, top, why, sizeof(why));
		exclude(im, l->line, why);
	}
}

/* Values that only the whole shows to be out of range. True: the text is to be read again without those lines. */
static bool exclude_ranges(struct import *im, const struct faults *f)
{
	size_t had = im->n_excluded;
	bool tags;

	exclude_tags(im);
	tags = im->n_excluded > had;
	/* Without them the limit may do; and a mode is never refused for what is missing in it. */
	for (size_t i = 0; !tags && i < f->n && i < FAULTS_MAX; i++) {
		const struct report_line *l = report_find(&im->report, f->list[i].line);

		if (f->list[i].err == ERR_RANGE && l && !l->header &&
		    strcmp(f->list[i].field, "/tag") != 0)
			exclude(im, f->list[i].line, f->list[i].detail);
	}
	if (im->n_excluded > had)
		qsort(im->excluded, im->n_excluded, sizeof(*im->excluded), import_excluded_order);
	return im->n_excluded > had;
}

/* A text that is no configuration, an empty file, is not what somebody wants to have instead of his own. */
static int says_nothing(const struct import *im, struct faults *f)
{
	const unsigned *n = im->report.counts;

	if (!im->opt->replace || n[IMPORT_APPLIED] || n[IMPORT_UNCHANGED] || n[IMPORT_KEPT])
		return 0;
	faults_add(f, ERR_INVALID, "nothing_configured", "", "",
		   "The text configures nothing, and nothing would be left");
	return ERR_INVALID;
}

static int read_text(struct import *im, const char *text, size_t len, struct faults *f,
		     struct faults *warnings)
{
	int err;

	if (im->opt->replace)
		conf_clear(im->conf);
	im->blocks = mem_zalloc(BLOCKS * sizeof(*im->blocks));
	im->keeper = ios_keeper_new(im->conf);
	transcript_begin(&im->script, text, len);
	read_all(im);
	err = says_nothing(im, f);
	err = err ? err : ios_keeper_stage(im->keeper, f);
	err = err ? err : schema_check_whole(im->conf, f, warnings);
	blame(im, f, false);
	blame(im, warnings, true);
	return err;
}

static struct import *import_new(struct conf *c, const struct import_options *opt)
{
	struct import *im = mem_zalloc(sizeof(*im));

	im->conf = c;
	im->opt = opt;
	return im;
}

/* Nothing in an import switches it on; whoever has imported should know. */
static void advise_hfs(struct conf *c, struct faults *warnings)
{
	const struct schema_object *o = schema_object("telephony-service");

	if (!cfg_bool(o, conf_get(c, o->path), "hfs.enabled"))
		faults_add(
		    warnings, ERR_INVALID, "hfs_off", o->path, "/hfs/enabled",
		    "Phones get their files by TFTP only: ip http server and hfs enable port "
		    "6970 offer them by HTTP too");
}

int ios_import(struct import **out, struct conf *c, const char *text, size_t len,
	       const struct import_options *opt, struct faults *f, struct faults *warnings)
{
	struct import *im = import_new(c, opt), *next;
	int err = read_text(im, text, len, f, warnings);

	for (int i = 0; err && i < READINGS - 1 && exclude_ranges(im, f); i++) {
		next = import_new(c, opt);
		next->excluded = im->excluded;
		next->n_excluded = im->n_excluded;
		im->n_excluded = 0;
		im->excluded = NULL;
		import_free(im);
		im = next;
		conf_reset(c);
		faults_fini(f);
		faults_fini(warnings);
		err = read_text(im, text, len, f, warnings);
	}
	if (!err)
		advise_hfs(c, warnings);
	*out = im;
	return err;
}

cJSON *import_report(const struct import *im)
{
	return report_json(&im->report);
}

const cJSON *import_accounts(const struct import *im)
{
	return im->report.accounts;
}

void import_free(struct import *im)
{
	if (!im)
		return;
	for (unsigned i = 0; i < im->n_modes; i++)
		mem_free(im->modes[i]);
	ios_keeper_free(im->keeper);
	mem_free(im->blocks);
	for (size_t i = 0; i < im->n_excluded; i++)
		mem_free(im->excluded[i].reason);
	mem_free(im->excluded);
	report_fini(&im->report);
	mem_free(im);
}
