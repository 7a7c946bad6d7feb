/* store/ios/import.c - reads the lines of a text one after the other. The mode is followed by the table of
 * commands; indentation decides where both would do. What no command matches is looked at more closely:
 * an EXEC command, an account, the beginning of a command, two commands in one line, or nothing we know - that is
 * kept for the export.
 *
 * Work is bounded: the expensive looks (nearest form, second command) are done for so many lines only. */
#include "store/ios/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/auth/auth.h"
#include "store/ios/advise.h"
#include "store/ios/exec.h"
#include "store/ios/ios.h"
#include "store/ios/keep.h"
#include "store/ios/match.h"
#include "store/ios/report.h"
#include "store/ios/secrets.h"
#include "store/ios/transcript.h"
#include "store/schema/internal.h"

#define NEAREST_MAX  2000 /* lines whose nearest form is searched */
#define SPLITS_MAX   500  /* lines that are tried as two commands */
#define SPLIT_WORDS  40
#define BANNER_LINES 200
#define HASHES_MAX   20 /* passwords that are hashed: each takes a tenth of a second */
#define BANNERS_MAX  20 /* banners without an end that are looked for */
#define LEVELS       2  /* an object and a mode in it */
#define VISITED_MAX  64
#define BLOCKS       4
#define READINGS     5 /* of a text whose values are out of range as a whole */
#define REASON       400

/* A mode that is open, and how its lines are indented. */
struct level {
	struct ios_place before, entered;
	int indent; /* of the header; -1: not known */
	int inner;  /* of its first line; -1: none yet */
};

/* What is to be said of a line. */
struct outcome {
	enum import_result result;
	bool plain;
	const char *mode;
	char reason[REASON], nearest[REASON], path[SCHEMA_PATH_MAX], command[96];
	bool header;
	char *shown; /* masked text */
	char *wrote; /* JSON pointers */
	cJSON *warnings;
};

/* A line that is kept, while deeper ones may follow: they are its block. */
struct block {
	int indent;
	struct ios_place at;
	char head[SCRIPT_LINE_MAX + 1];
};

/* A line that the check of the whole found out of range: the next reading refuses it. */
struct excluded {
	unsigned line;
	char *reason;
};

struct import {
	struct conf *conf;
	struct excluded *excluded;
	size_t n_excluded;
	const struct import_options *opt;
	struct report report;
	struct transcript script;
	struct script_line line;
	char *modes[REPORT_MODES_MAX]; /* names with their sub-modes */
	unsigned n_modes;

	struct ios_place at;
	struct level levels[LEVELS];
	unsigned depth;
	struct ios_place refused;              /* a block whose header was refused */
	unsigned refused_line;                 /* 0: none */
	struct ios_place visited[VISITED_MAX]; /* the last item of each collection */
	unsigned n_visited;

	unsigned output_of; /* line of an EXEC command whose output is skipped; 0: none */
	char banner[4];     /* what ends it; "" no banner */
	unsigned banner_line, banner_end, lost_banners;

	char unfinished[SCRIPT_LINE_MAX + 1]; /* the beginning of a command, "" none */
	struct ios_place unfinished_at;
	unsigned unfinished_line;

	struct ios_keeper *keeper;
	struct block *blocks; /* BLOCKS of them */
	unsigned n_blocks;
	struct ios_place back; /* where a line below one may belong to after all */

	unsigned searches, splits, hashes;
	bool masked;    /* the line has a password, as a masked export shows it */
	bool separated; /* `!` stands before the line */
	bool second;    /* of two commands in one line: not to be split again */
};

static void command(struct import *im, const char *text, struct outcome *out);

/* ---- saying ---- */
static void say(struct outcome *out, enum import_result result, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct outcome *out, enum import_result result, const char *fmt, ...)
{
	va_list ap;

	out->result = result;
	out->plain = false;
	va_start(ap, fmt);
	vsnprintf(out->reason, sizeof(out->reason), fmt, ap);
	va_end(ap);
}

static void plainly(struct outcome *out, enum import_result result, const char *reason)
{
	out->result = result;
	out->plain = true;
	text_copy(out->reason, sizeof(out->reason), reason);
}

static void warn(struct outcome *out, const char *text)
{
	if (!out->warnings)
		out->warnings = cJSON_CreateArray();
	cJSON_AddItemToArray(out->warnings, cJSON_CreateString(text));
}

/* "voice service voip / sip"; the text lives as long as the import. */
static const char *mode_name(struct import *im, const struct ios_place *at)
{
	char name[128];

	if (!at->obj || !at->obj->enter) {
		if (!at->mode || !at->obj)
			return "global";
	}
	snprintf(name, sizeof(name), "%s%s%s", at->obj->mode, at->mode ? " / " : "",
		 at->mode ? at->mode->name : "");
	for (unsigned i = 0; i < im->n_modes; i++) {
		if (strcmp(im->modes[i], name) == 0)
			return im->modes[i];
	}
	if (im->n_modes == REPORT_MODES_MAX)
		return at->obj->mode;
	im->modes[im->n_modes] = mem_strdup(name);
	return im->modes[im->n_modes++];
}

static char *shorten(const char *text)
{
	size_t len = strlen(text);
	char *out;

	if (len <= REPORT_TEXT_MAX)
		return mem_strdup(text);
	for (len = REPORT_TEXT_MAX; len && ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--;
	out = mem_zalloc(len + 4);
	memcpy(out, text, len);
	memcpy(out + len, "...", 4);
	return out;
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
		warn(out, "The line is no UTF-8; it was read as ISO 8859-1");
	l.mode = out->mode ? out->mode : mode_name(im, &im->at);
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

/* ---- modes ---- */
static bool same_place(const struct ios_place *a, const struct ios_place *b)
{
	return a->obj == b->obj && a->mode == b->mode && strcmp(a->key, b->key) == 0 &&
	       strcmp(a->entry, b->entry) == 0 && strcmp(a->block, b->block) == 0;
}

static void go(struct import *im, const struct ios_place *to)
{
	im->at = *to;
	while (im->depth && !same_place(&im->levels[im->depth - 1].entered, to))
		im->depth--;
}

static void go_global(struct import *im)
{
	im->at = (struct ios_place){ 0 };
	im->depth = 0;
}

static void remember(struct import *im, const struct ios_place *at)
{
	unsigned i = 0;

	while (i < im->n_visited && im->visited[i].obj != at->obj)
		i++;
	if (i == VISITED_MAX)
		return;
	im->n_visited += i == im->n_visited;
	im->visited[i] = (struct ios_place){ .obj = at->obj };
	memcpy(im->visited[i].key, at->key, sizeof(at->key));
}

static void enter(struct import *im, const struct ios_place *to)
{
	struct ios_place before = { 0 };

	if (to->mode && !to->mode->global) {
		before.obj = to->obj;
		memcpy(before.key, to->key, sizeof(before.key));
	}
	go(im, &before);
	im->at = *to;
	im->levels[im->depth++] = (struct level){ before, *to, im->line.indent, -1 };
	remember(im, to);
}

static const struct schema_mode *mode_called(const struct schema_object *o, const char *name)
{
	for (const struct schema_mode *m = name ? o->modes : NULL; m && m->name; m++) {
		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

/* The mode named in a prompt is the current one, as far as it says which. */
static void follow_prompt(struct import *im)
{
	const struct prompt_mode *p = prompt_mode(im->line.prompt_mode);
	const struct schema_object *o = p && *p->object ? schema_object(p->object) : NULL;
	const struct schema_mode *m = o ? mode_called(o, p->mode) : NULL;
	struct ios_place to = { .obj = o, .mode = m };

	if (p && !*p->object)
		go_global(im);
	if (!o || (p->mode && !m) || (im->at.obj == o && im->at.mode == m))
		return;
	if (im->at.obj == o && !m) {
		memcpy(to.key, im->at.key, sizeof(to.key));
		go(im, &to);
		return;
	}
	for (unsigned i = 0; o->collection && i < im->n_visited; i++) {
		if (im->visited[i].obj == o)
			memcpy(to.key, im->visited[i].key, sizeof(to.key));
	}
	if ((!o->collection || to.key[0]) && !(m && m->in))
		go(im, &to);
}

static void close_mode(struct import *im)
{
	struct ios_place up = im->at;

	if (im->at.block[0]) {
		im->at.block[0] = '\0';
		return;
	}

	up.mode = NULL;
	up.entry[0] = '\0';
	if (im->at.mode && im->at.obj->enter)
		go(im, &up);
	else
		go_global(im);
}

/* Is the mode over by indentation alone? Behind `!` that is certain; else the table of commands may know better. */
static bool closed(const struct import *im, const struct level *l, bool certain)
{
	bool indented = l->inner > l->indent;

	if (im->line.indent < 0 || l->indent < 0 || im->line.indent > l->indent)
		return false;
	return im->separated ? indented || l->inner < 0 : indented && !certain;
}

/* How many levels the indentation of the line leaves open. */
static unsigned left_open(const struct import *im, bool certain)
{
	unsigned d = im->depth;

	while (d && closed(im, &im->levels[d - 1], certain))
		d--;
	return d;
}

static void note_indent(struct import *im)
{
	struct level *l = im->depth ? &im->levels[im->depth - 1] : NULL;

	if (l && l->inner < 0 && im->line.indent >= 0)
		l->inner = im->line.indent;
}

/* ---- keeping ---- */
static int parse_at(const struct ios_place *at, const char *text, struct ios_line *l)
{
	char why[160];

	return ios_parse_line(at, text, l, why, sizeof(why));
}

/* A setting of this very mode. */
static bool knows(const struct ios_place *at, const char *text)
{
	struct ios_line l;
	bool own;

	if (parse_at(at, text, &l))
		return false;
	own = l.place.obj == at->obj && l.kind == IOS_SET;
	ios_line_fini(&l);
	return own;
}

static void say_kept(struct import *im, int kept, const char *text, const struct ios_place *at,
		     struct outcome *out)
{
	if (kept == ERR_TOO_BIG)
		say(out, IMPORT_IGNORED, "Too long, or more than %d unknown lines: not kept",
		    IOS_KEPT_LINES);
	else if (kept < 0)
		say(out, IMPORT_IGNORED, "No text that could be kept");
	else if (ios_is_platform(at, text))
		say(out, IMPORT_KEPT, "Of the router, without effect here; kept for the export");
	else
		say(out, IMPORT_KEPT, "No such command here; kept for the export");
	if (out->result == IMPORT_KEPT && (at->block[0] || ios_is_platform(at, text)))
		out->nearest[0] = '\0';
	(void)im;
}

static void keep(struct import *im, const struct ios_place *at, const char *text,
		 struct outcome *out)
{
	mem_free(out->shown);
	out->shown = secrets_mask(text, NULL, NULL);
	out->mode = mode_name(im, at);
	if (secrets_clear(text))
		say(out, IMPORT_IGNORED,
		    "No such command here, and it holds a password in clear text: not kept");
	else
		say_kept(im, ios_keep_line(im->keeper, at, text), text, at, out);
}

static void open_block(struct import *im, const struct ios_place *at, const char *text)
{
	struct block *b;

	if (im->n_blocks == BLOCKS || im->line.indent < 0)
		return;
	b = &im->blocks[im->n_blocks++];
	b->indent = im->line.indent;
	b->at = *at;
	text_copy(b->head, sizeof(b->head), text);
}

/* Below an unknown line and deeper: part of its block, unless the mode before it knows the line. */
static bool inside_block(struct import *im, const char *text, struct outcome *out)
{
	const struct block *b;
	struct ios_place at;

	if (im->line.indent < 0 || !im->n_blocks || im->line.indent <= im->blocks[0].indent)
		return false;
	if (im->back.obj && knows(&im->back, text)) {
		im->n_blocks = 0;
		go(im, &im->back);
		return false;
	}
	while (im->blocks[im->n_blocks - 1].indent >= im->line.indent)
		im->n_blocks--;
	b = &im->blocks[im->n_blocks - 1];
	at = b->at;
	if (ios_enter_block(&at, b->head))
		at = b->at;
	keep(im, &at, text, out);
	open_block(im, &at, text);
	return true;
}

/* ---- applying ---- */

/* Members that the patch sets, as JSON pointers. */
static void pointers_of(const cJSON *patch, const char *at, struct text *out)
{
	const cJSON *e;

	cJSON_ArrayForEach (e, patch) {
		char pointer[POINTER_MAX];

		if (cJSON_IsNull(e))
			continue;
		text_copy(pointer, sizeof(pointer), at);
		schema_pointer_add(pointer, sizeof(pointer), e->string);
		if (cJSON_IsObject(e) && e->child)
			pointers_of(e, pointer, out);
		else
			text_addf(out, "%s\n", pointer);
	}
}

static void command_words(const char *syntax, char *out, size_t cap)
{
	size_t n = strcspn(syntax, "<[{~");

	while (n && (syntax[n - 1] == ' ' || (syntax[n] && syntax[n - 1] != ' ')))
		n--;
	snprintf(out, cap, "%.*s", (int)n, syntax);
}

static void object_path(const char *path, char *out, size_t cap)
{
	struct schema_path p;

	text_copy(out, cap, schema_path_parse(path, &p) == 0 ? p.object : path);
}

static void refuse(struct import *im, const struct ios_line *l, const struct faults *f, int err,
		   struct outcome *out)
{
	const struct fault *first = f->n ? &f->list[0] : NULL;

	say(out, IMPORT_REFUSED, "%s", first && first->detail ? first->detail : err_text(err));
	if (l->rule)
		ios_usage(l->rule, out->nearest, sizeof(out->nearest));
	if (l->kind != IOS_ENTER)
		return;
	im->refused = l->place;
	im->refused_line = im->line.number;
}

static int excluded_order(const void *a, const void *b)
{
	const struct excluded *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

static const struct excluded *excluded_line(const struct import *im)
{
	const struct excluded key = { .line = im->line.number };

	return im->n_excluded
		   ? bsearch(&key, im->excluded, im->n_excluded, sizeof(key), excluded_order)
		   : NULL;
}

static int stage(struct import *im, struct ios_line *l, struct outcome *out, struct faults *f)
{
	const struct excluded *x = excluded_line(im);
	char note[200];
	int undone = secrets_decode(l, note, sizeof(note)), err;

	if (x) {
		faults_add(f, ERR_RANGE, NULL, l->path, "", "%s", x->reason);
		return ERR_RANGE;
	}
	if (l->hashed && !im->masked && im->hashes++ >= HASHES_MAX) {
		faults_add(f, ERR_TOO_BIG, NULL, l->path, "",
			   "More than %d passwords of this kind in one import", HASHES_MAX);
		return ERR_TOO_BIG;
	}
	if (undone == ERR_MALFORMED) {
		faults_add(f, undone, NULL, l->path, "", "%s", note);
		return undone;
	}
	err = ios_apply(im->conf, l, f);
	if (err && im->masked)
		snprintf(note, sizeof(note),
			 "The password is masked, and none is there: set it anew");
	if (err && (undone || im->masked)) {
		faults_fini(f);
		say(out, IMPORT_IGNORED, "%s", note);
		return 0;
	}
	if (*note && !err)
		warn(out, note);
	return err;
}

static void apply(struct import *im, struct ios_line *l, struct outcome *out)
{
	const struct ios_place before = im->at;
	const cJSON *was;
	struct text wrote;
	struct faults f;
	int err;

	object_path(l->path, out->path, sizeof(out->path));
	command_words(l->syntax, out->command, sizeof(out->command));
	text_init(&wrote, 1 << 14);
	pointers_of(l->patch, "", &wrote);
	out->wrote = text_take(&wrote);
	out->header = l->kind == IOS_ENTER && !l->rule->mode;
	out->mode = mode_name(im, l->kind == IOS_ENTER || l->place.obj ? &l->place : &before);
	was = conf_get(im->conf, out->path);
	faults_init(&f);
	err = stage(im, l, out, &f);
	if (l->kind == IOS_DELETE && err == ERR_NOENT)
		err = 0;
	if (err)
		refuse(im, l, &f, err, out);
	else if (!*out->reason)
		plainly(out,
			conf_get(im->conf, out->path) != was ? IMPORT_APPLIED : IMPORT_UNCHANGED,
			"");
	if (!err && out->result != IMPORT_IGNORED &&
	    (l->keep || !strcmp(l->rule->obj->path, "platform-config")))
		say(out, IMPORT_KEPT, "Without effect here; kept for the export");
	faults_fini(&f);
	if (l->kind == IOS_ENTER)
		enter(im, &l->place);
	else
		go(im, &l->place);
}

/* Lines below a header that was refused have no place to go. */
static bool below_refused(struct import *im, const struct ios_line *l, struct outcome *out)
{
	if (!im->refused_line)
		return false;
	if (l->place.obj == im->refused.obj && strcmp(l->place.key, im->refused.key) == 0 &&
	    (l->kind != IOS_ENTER || l->rule->mode)) {
		say(out, IMPORT_REFUSED, "It belongs to the block of line %u, which was refused",
		    im->refused_line);
		out->mode = mode_name(im, &l->place);
		return true;
	}
	im->refused_line = 0;
	return false;
}

/* ---- reading one command ---- */
/* Indentation closes modes before the table is asked; where that leads nowhere, the table alone decides. */
static int parse(struct import *im, const char *text, struct ios_line *l)
{
	unsigned open = left_open(im, false);
	int err;

	if (open < im->depth) {
		struct ios_place outer = im->levels[open].before;

		err = parse_at(&outer, text, l);
		if (!err) {
			im->depth = open;
			im->at = outer;
			return 0;
		}
		if (left_open(im, true) < im->depth)
			return err;
	}
	note_indent(im);
	return parse_at(&im->at, text, l);
}

static void take(struct import *im, const char *text, struct ios_line *l, struct outcome *out)
{
	mem_free(out->shown);
	out->shown = secrets_mask(text, l, NULL);
	im->masked = l->n_secrets && strcmp(out->shown, text) == 0;
	if (below_refused(im, l, out))
		go(im, &l->place);
	else
		apply(im, l, out);
	im->unfinished[0] = '\0';
	im->n_blocks = 0;
	ios_line_fini(l);
}

/* `web admin system name x secret 5 ...`: an account without its password, disabled. */
static bool account(struct import *im, const char *text, struct outcome *out)
{
	struct slice rest = slice_of(text), w[4];
	enum auth_role role;
	char name[AUTH_NAME_SIZE];
	cJSON *a;

	for (int i = 0; i < 4; i++) {
		if (!slice_word(&rest, &w[i]))
			return false;
	}
	if (!slice_eq_nocase(w[0], "web") || !slice_eq_nocase(w[1], "admin"))
		return false;
	role = slice_eq_nocase(w[2], "system") ? ROLE_ADMIN : ROLE_OPERATOR;
	if (role == ROLE_OPERATOR && !slice_eq_nocase(w[2], "customer"))
		return false;
	if (slice_eq_nocase(w[3], "name") && !slice_word(&rest, &w[3]))
		return false;
	if (w[3].len >= sizeof(name))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)w[3].len, w[3].p);
	if (!im->opt->accounts) {
		say(out, IMPORT_IGNORED, "Accounts are made for administrators only");
		return true;
	}
	if (auth_name_check(name)) {
		say(out, IMPORT_REFUSED, "This cannot be the name of an account");
		return true;
	}
	if (!im->report.accounts)
		im->report.accounts = cJSON_CreateArray();
	if (cJSON_GetArraySize(im->report.accounts) >= AUTH_ACCOUNTS_MAX) {
		say(out, IMPORT_REFUSED, "At most %d accounts", AUTH_ACCOUNTS_MAX);
		return true;
	}
	a = cJSON_CreateObject();
	cJSON_AddStringToObject(a, "username", name);
	cJSON_AddStringToObject(a, "role", auth_role_text(role));
	cJSON_AddItemToArray(im->report.accounts, a);
	say(out, IMPORT_APPLIED, "An account of this product, disabled until it gets a password");
	warn(out, "The password is not taken over");
	return true;
}

/* A command in full, or one that stops before its arguments. */
static bool begins_command(const struct ios_place *at, const char *text)
{
	char nearest[REASON];
	struct ios_line l;
	bool full;

	if (parse_at(at, text, &l))
		return ios_advise(at, text, false, nearest, sizeof(nearest)) == ADVICE_UNFINISHED &&
		       strchr(text, ' ');
	full = !l.abbreviated;
	ios_line_fini(&l);
	return full;
}

/* Where the second of two commands begins; 0: there is one only. The first ends where it can take no more words,
 * and nothing is abbreviated. */
static size_t second_command(struct import *im, const struct ios_place *at, const char *text)
{
	struct word *w = mem_zalloc(IOS_WORDS * sizeof(*w));
	int n = ios_words(text, w, IOS_WORDS);
	size_t found = 0;

	if (n > SPLIT_WORDS || im->splits >= SPLITS_MAX)
		n = 0;
	im->splits += n > 1;
	for (int i = n - 1; i > 0 && !found; i--) {
		char *first = mem_strndup(text, (size_t)(w[i - 1].to - text));
		struct ios_line l;

		if (parse_at(at, first, &l) == 0) {
			if (!l.abbreviated && begins_command(at, w[i].from))
				found = (size_t)(w[i].from - text);
			ios_line_fini(&l);
		}
		mem_free(first);
	}
	mem_free(w);
	return found;
}

static void read_second(struct import *im, const char *text, struct outcome *out)
{
	struct outcome more = { .result = IMPORT_APPLIED };

	im->second = true;
	command(im, text, &more);
	im->second = false;
	if (more.result > out->result && more.result != IMPORT_IGNORED)
		out->result = more.result;
	out->plain = false;
	snprintf(out->reason, sizeof(out->reason),
		 "Two commands in one line; of the second: %.300s",
		 *more.reason ? more.reason : "read");
	mem_free(more.shown);
	mem_free(more.wrote);
	cJSON_Delete(more.warnings);
}

static bool two_commands(struct import *im, const char *text, struct outcome *out)
{
	unsigned open = left_open(im, false);
	struct ios_place at = open < im->depth ? im->levels[open].before : im->at;
	size_t second = second_command(im, &at, text);
	struct ios_line l;
	char *first;

	if (!second)
		return false;
	first = mem_strndup(text, second - 1);
	if (parse(im, first, &l) == 0) {
		take(im, first, &l, out);
		read_second(im, text + second, out);
		mem_free(out->shown);
		out->shown = secrets_mask(text, NULL, NULL);
	}
	mem_free(first);
	return true;
}

/* A bare argument completes the command that stopped before it. */
static bool completes(struct import *im, const char *text, struct outcome *out)
{
	char whole_text[2 * SCRIPT_LINE_MAX + 2];
	struct report_line *begun;
	struct ios_line l;
	bool secret;

	if (!im->unfinished[0] || im->line.prompt != PROMPT_NONE || strchr(text, ' '))
		return false;
	snprintf(whole_text, sizeof(whole_text), "%s %s", im->unfinished, text);
	if (parse_at(&im->unfinished_at, whole_text, &l))
		return false;
	go(im, &im->unfinished_at);
	begun = report_find(&im->report, im->unfinished_line);
	secret = l.n_secrets > 0;
	take(im, whole_text, &l, out);
	if (out->result <= IMPORT_UNCHANGED)
		say(out, out->result, "Completes line %u", im->unfinished_line);
	mem_free(out->shown);
	out->shown = mem_strdup(secret ? IOS_MASK : text);
	if (begun && begun->result == IMPORT_IGNORED) {
		mem_free(begun->reason);
		begun->reason = mem_strdup("Completed by the next line");
	}
	return true;
}

/* The line before stopped behind a word such as `password`. */
static bool awaits_secret(const struct import *im)
{
	char probe[SCRIPT_LINE_MAX + 4];
	bool found = false;

	if (!im->unfinished[0] || im->unfinished_line + 1 != im->line.number)
		return false;
	snprintf(probe, sizeof(probe), "%s x", im->unfinished);
	mem_free(secrets_mask(probe, NULL, &found));
	return found;
}

static void keep_unknown(struct import *im, const struct ios_place *at, unsigned open,
			 const char *text, struct outcome *out)
{
	im->back = at->obj ? *at : im->separated ? (struct ios_place){ 0 } : im->at;
	if (open < im->depth) {
		im->depth = open;
		im->at = *at;
	}
	keep(im, at, text, out);
	im->n_blocks = 0;
	open_block(im, at, text);
	if (ios_opens_block(at, text))
		ios_enter_block(&im->at, text);
}

static void unknown(struct import *im, const char *text, int err, struct outcome *out)
{
	unsigned open = left_open(im, false);
	struct ios_place at = open < im->depth ? im->levels[open].before : im->at;
	bool search = im->searches < NEAREST_MAX;
	enum advice advice = ios_advise(&at, text, search, out->nearest, sizeof(out->nearest));

	im->searches += search;
	out->mode = mode_name(im, &at);
	if (awaits_secret(im)) {
		mem_free(out->shown);
		out->shown = mem_strdup(IOS_MASK);
		say(out, IMPORT_IGNORED, "It may be the password that line %u waits for",
		    im->unfinished_line);
		im->unfinished[0] = '\0';
		return;
	}
	if (err == ERR_CONFLICT) {
		say(out, IMPORT_REFUSED, "The abbreviation is ambiguous");
	} else if (advice == ADVICE_UNFINISHED && err == ERR_NOENT) {
		say(out, IMPORT_IGNORED, "Unfinished: the command stops before its arguments");
		text_copy(im->unfinished, sizeof(im->unfinished), text);
		im->unfinished_at = at;
		im->unfinished_line = im->line.number;
	} else if (advice == ADVICE_KNOWN || err == ERR_MALFORMED) {
		say(out, IMPORT_REFUSED, "These are no arguments of the command");
	} else {
		keep_unknown(im, &at, open, text, out);
	}
}

static void exec_command(struct import *im, const char *text, enum exec_kind kind,
			 struct outcome *out)
{
	say(out, IMPORT_IGNORED,
	    kind == EXEC_ACTION ? "An action, not a setting: an import starts nothing"
				: "A command of the terminal, no configuration");
	im->output_of = kind == EXEC_CONFIG || kind == EXEC_QUIET ? 0 : im->line.number;
	(void)text;
}

static void command(struct import *im, const char *text, struct outcome *out)
{
	enum exec_kind kind;
	struct ios_line l;
	int err = parse(im, text, &l);

	if (!err) {
		take(im, text, &l, out);
		return;
	}
	if (account(im, text, out))
		return;
	kind = exec_kind(text, false);
	if (kind != EXEC_NONE)
		exec_command(im, text, kind, out);
	else if (completes(im, text, out))
		return;
	else if (im->second || !two_commands(im, text, out))
		unknown(im, text, err, out);
}

static bool closes(struct import *im, const char *text, struct outcome *out)
{
	if (strcasecmp(text, "end") == 0) {
		go_global(im);
	} else if (strcasecmp(text, "exit") == 0 || strcasecmp(text, "quit") == 0 ||
		   strcasecmp(text, "exit-address-family") == 0) {
		close_mode(im);
	} else {
		return false;
	}
	im->n_blocks = 0;
	im->refused_line = 0;
	plainly(out, IMPORT_IGNORED, "Closes the mode");
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
		say(out, IMPORT_IGNORED, "Text of the banner of line %u", im->banner_line);
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
	say(out, IMPORT_IGNORED, "A banner of the router: here nobody would see it");
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
	if (parse_at(&global, im->line.text, &l) == 0 ||
	    parse_at(&im->at, im->line.text, &l) == 0) {
		bool in_words = l.kind == IOS_ENTER;

		ios_line_fini(&l);
		if (in_words || im->at.obj) {
			im->output_of = 0;
			return false;
		}
	}
	say(out, IMPORT_IGNORED, "Output of the command in line %u", im->output_of);
	return true;
}

/* `hfs home-path ?`: a question to the router, its answer follows. */
static bool asks_help(struct import *im, struct outcome *out)
{
	const char *text = im->line.text;
	struct ios_line l;

	if (text[strlen(text) - 1] != '?')
		return false;
	if (im->line.prompt == PROMPT_NONE && parse_at(&im->at, text, &l) == 0) {
		ios_line_fini(&l);
		return false; /* a label may well end in one */
	}
	say(out, IMPORT_IGNORED, "A question to the router");
	im->output_of = im->line.number;
	return true;
}

static void read_command(struct import *im, struct outcome *out)
{
	const struct script_line *s = &im->line;

	if (s->prompt != PROMPT_NONE)
		im->output_of = 0;
	if (s->prompt == PROMPT_CONFIG)
		follow_prompt(im);
	if (in_banner(im, out) || in_output(im, out) || closes(im, s->text, out) ||
	    asks_help(im, out))
		return;
	if (s->prompt == PROMPT_EXEC) {
		go_global(im);
		exec_command(im, s->text, exec_kind(s->text, true), out);
	} else if (!inside_block(im, s->text, out)) {
		command(im, s->text, out);
	}
}

/* `!` stands between blocks. */
static void leave_blocks(struct import *im)
{
	im->n_blocks = 0;
	im->back = (struct ios_place){ 0 };
	im->at.block[0] = '\0';
	im->separated = strcmp(im->line.text, "!") == 0;
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
		plainly(out, IMPORT_IGNORED, "An empty line");
		break;
	case SCRIPT_COMMENT:
		if (s->indent <= 0)
			leave_blocks(im);
		plainly(out, IMPORT_IGNORED, "A comment");
		break;
	case SCRIPT_RUBBISH:
		say(out, IMPORT_IGNORED, "No text: it has control characters in it");
		break;
	case SCRIPT_LONG:
		say(out, IMPORT_REFUSED, "The line is longer than %d bytes", SCRIPT_LINE_MAX);
		break;
	default:
		if (s->prompt == PROMPT_CONFIG)
			follow_prompt(im);
		if (s->prompt != PROMPT_NONE)
			im->output_of = 0;
		plainly(out, IMPORT_IGNORED, s->note ? s->note : "");
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
		if (top < 0 || strtoll(p.key, NULL, 10) <= top || conf_get_base(im->conf, l->path))
			continue;
		snprintf(why, sizeof(why), "Value %s out of range %lld-%lld", p.key,
			 (long long)p.obj->key->min, (long long)top);
		exclude(im, l->line, why);
	}
}

/* Values that only the whole shows to be out of range. True: the text is to be read again without those lines. */
static bool exclude_ranges(struct import *im, const struct faults *f)
{
	size_t had = im->n_excluded;

	exclude_tags(im);
	for (size_t i = 0; i < f->n && i < FAULTS_MAX; i++) {
		if (f->list[i].err == ERR_RANGE && f->list[i].line &&
		    strcmp(f->list[i].field, "/tag") != 0)
			exclude(im, f->list[i].line, f->list[i].detail);
	}
	if (im->n_excluded > had)
		qsort(im->excluded, im->n_excluded, sizeof(*im->excluded), excluded_order);
	return im->n_excluded > had;
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
	err = ios_keeper_stage(im->keeper, f);
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
