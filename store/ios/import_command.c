/* store/ios/import_command.c - one command of an import: applied; or looked at more closely, when none matches. It
 * may be one of the terminal, an account, the beginning of a command, two commands in one line, or nothing we know. */
#include "store/ios/import_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "store/auth/auth.h"
#include "store/ios/match.h"

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

	import_say(out, IMPORT_REFUSED, "%s",
		   first && first->detail ? first->detail : err_text(err));
	if (l->rule)
		ios_usage(l->rule, out->nearest, sizeof(out->nearest));
	if (l->kind != IOS_ENTER)
		return;
	im->refused = l->place;
	im->refused_line = im->line.number;
}

int import_excluded_order(const void *a, const void *b)
{
	const struct excluded *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

static const struct excluded *excluded_line(const struct import *im)
{
	const struct excluded key = { .line = im->line.number };

	return im->n_excluded
		   ? bsearch(&key, im->excluded, im->n_excluded, sizeof(key), import_excluded_order)
		   : NULL;
}

static bool same_list(const struct import *im, const struct ios_line *l)
{
	return im->full == l->rule && strcmp(im->full_path, l->path) == 0;
}

/* A list that is full stays so; to try each of very many lines would take its time. */
static bool stays_full(const struct import *im, const struct ios_line *l, struct faults *f)
{
	if (im->full_times < FULL_MAX || !same_list(im, l) ||
	    strncasecmp(im->line.text, "no ", 3) == 0)
		return false;
	faults_add(f, ERR_RANGE, NULL, l->path, "", "The list is full");
	return true;
}

static void note_full(struct import *im, const struct ios_line *l, const struct faults *f)
{
	const char *why = f->n ? f->list[0].detail : NULL;

	if (!why || strncmp(why, "At most ", 8) != 0)
		return;
	im->full_times = same_list(im, l) ? im->full_times + 1 : 1;
	im->full = l->rule;
	text_copy(im->full_path, sizeof(im->full_path), l->path);
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
	if (stays_full(im, l, f))
		return ERR_RANGE;
	err = ios_apply(im->conf, l, f);
	if (err)
		note_full(im, l, f);
	if (err && im->masked)
		snprintf(note, sizeof(note),
			 "The password is masked, and none is there: set it anew");
	if (err && (undone || im->masked)) {
		faults_fini(f);
		import_say(out, IMPORT_IGNORED, "%s", note);
		return 0;
	}
	if (*note && !err)
		import_warn(out, note);
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
	out->mode = import_mode(im, l->kind == IOS_ENTER || l->place.obj ? &l->place : &before);
	was = conf_get(im->conf, out->path);
	faults_init(&f);
	err = stage(im, l, out, &f);
	if (l->kind == IOS_DELETE && err == ERR_NOENT)
		err = 0;
	if (err)
		refuse(im, l, &f, err, out);
	else if (!*out->reason)
		import_plain(
		    out, conf_get(im->conf, out->path) != was ? IMPORT_APPLIED : IMPORT_UNCHANGED,
		    "");
	if (!err && out->result != IMPORT_IGNORED &&
	    (l->keep || !strcmp(l->rule->obj->path, "platform-config")))
		import_say(out, IMPORT_KEPT, "Without effect here; kept for the export");
	faults_fini(&f);
	if (l->kind == IOS_ENTER)
		import_enter(im, &l->place);
	else
		import_go(im, &l->place);
}

/* Lines below a header that was refused have no place to go. */
static bool below_refused(struct import *im, const struct ios_line *l, struct outcome *out)
{
	if (!im->refused_line)
		return false;
	if (l->place.obj == im->refused.obj && strcmp(l->place.key, im->refused.key) == 0 &&
	    (l->kind != IOS_ENTER || l->rule->mode)) {
		import_say(out, IMPORT_REFUSED,
			   "It belongs to the block of line %u, which was refused",
			   im->refused_line);
		out->mode = import_mode(im, &l->place);
		return true;
	}
	im->refused_line = 0;
	return false;
}

/* ---- reading one command ---- */
/* Indentation closes modes before the table is asked; where that leads nowhere, the table alone decides. */
static int parse(struct import *im, const char *text, struct ios_line *l)
{
	unsigned open = import_left_open(im, false);
	int err;

	if (open < im->depth) {
		struct ios_place outer = im->levels[open].before;

		err = import_parse_at(&outer, text, l);
		if (!err) {
			im->depth = open;
			im->at = outer;
			return 0;
		}
		if (import_left_open(im, true) < im->depth)
			return err;
	}
	import_note_indent(im);
	return import_parse_at(&im->at, text, l);
}

static void take(struct import *im, const char *text, struct ios_line *l, struct outcome *out)
{
	mem_free(out->shown);
	out->shown = secrets_mask(text, l, NULL);
	im->masked = l->n_secrets && strcmp(out->shown, text) == 0;
	if (below_refused(im, l, out))
		import_go(im, &l->place);
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
		import_say(out, IMPORT_IGNORED, "Accounts are made for administrators only");
		return true;
	}
	if (auth_name_check(name)) {
		import_say(out, IMPORT_REFUSED, "This cannot be the name of an account");
		return true;
	}
	if (!im->report.accounts)
		im->report.accounts = cJSON_CreateArray();
	if (cJSON_GetArraySize(im->report.accounts) >= AUTH_ACCOUNTS_MAX) {
		import_say(out, IMPORT_REFUSED, "At most %d accounts", AUTH_ACCOUNTS_MAX);
		return true;
	}
	a = cJSON_CreateObject();
	cJSON_AddStringToObject(a, "username", name);
	cJSON_AddStringToObject(a, "role", auth_role_text(role));
	cJSON_AddItemToArray(im->report.accounts, a);
	import_say(out, IMPORT_APPLIED,
		   "An account of this product, disabled until it gets a password");
	import_warn(out, "The password is not taken over");
	return true;
}

/* A command in full, or one that stops before its arguments. */
static bool begins_command(const struct ios_place *at, const char *text)
{
	char nearest[REASON];
	struct ios_line l;
	bool full;

	if (import_parse_at(at, text, &l))
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

		if (import_parse_at(at, first, &l) == 0) {
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
	import_command(im, text, &more);
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
	unsigned open = import_left_open(im, false);
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
	if (import_parse_at(&im->unfinished_at, whole_text, &l))
		return false;
	import_go(im, &im->unfinished_at);
	begun = report_find(&im->report, im->unfinished_line);
	secret = l.n_secrets > 0;
	take(im, whole_text, &l, out);
	if (out->result <= IMPORT_UNCHANGED)
		import_say(out, out->result, "Completes line %u", im->unfinished_line);
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
	im->back = at->obj || im->separated ? *at : im->at;
	if (open < im->depth) {
		im->depth = open;
		im->at = *at;
	}
	import_keep(im, at, text, out);
	im->n_blocks = 0;
	import_open_block(im, at, text, out->result != IMPORT_KEPT);
	if (out->result == IMPORT_KEPT && ios_opens_block(at, text))
		ios_enter_block(&im->at, text);
}

static void unknown(struct import *im, const char *text, int err, struct outcome *out)
{
	unsigned open = import_left_open(im, false);
	struct ios_place at = open < im->depth ? im->levels[open].before : im->at;
	bool search = im->searches < NEAREST_MAX;
	enum advice advice;

	if (at.block[0] && !at.obj && ios_heads_block(text))
		at.block[0] = im->at.block[0] = '\0'; /* one block of the router behind the other */
	advice = ios_advise(&at, text, search, out->nearest, sizeof(out->nearest));
	im->searches += search;
	out->mode = import_mode(im, &at);
	if (awaits_secret(im)) {
		mem_free(out->shown);
		out->shown = mem_strdup(IOS_MASK);
		import_say(out, IMPORT_IGNORED, "It may be the password that line %u waits for",
			   im->unfinished_line);
		im->unfinished[0] = '\0';
		return;
	}
	if (err == ERR_CONFLICT) {
		import_say(out, IMPORT_REFUSED, "The abbreviation is ambiguous");
	} else if (advice == ADVICE_UNFINISHED && err == ERR_NOENT) {
		import_say(out, IMPORT_IGNORED,
			   "Unfinished: the command stops before its arguments");
		text_copy(im->unfinished, sizeof(im->unfinished), text);
		im->unfinished_at = at;
		im->unfinished_line = im->line.number;
	} else if (advice == ADVICE_KNOWN || err == ERR_MALFORMED) {
		import_say(out, IMPORT_REFUSED, "These are no arguments of the command");
	} else {
		keep_unknown(im, &at, open, text, out);
	}
}

void import_exec(struct import *im, const char *text, enum exec_kind kind, struct outcome *out)
{
	import_say(out, IMPORT_IGNORED,
		   kind == EXEC_ACTION ? "An action, not a setting: an import starts nothing"
				       : "A command of the terminal, no configuration");
	im->output_of = kind == EXEC_CONFIG || kind == EXEC_QUIET ? 0 : im->line.number;
	(void)text;
}

void import_command(struct import *im, const char *text, struct outcome *out)
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
		import_exec(im, text, kind, out);
	else if (completes(im, text, out))
		return;
	else if (im->second || !two_commands(im, text, out))
		unknown(im, text, err, out);
}
