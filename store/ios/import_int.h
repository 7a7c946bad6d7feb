/* store/ios/import_int.h - the inside of an import: what its files share. */
#ifndef STORE_IOS_IMPORT_INT_H
#define STORE_IOS_IMPORT_INT_H

#include "store/ios/advise.h"
#include "store/ios/exec.h"
#include "store/ios/import.h"
#include "store/ios/ios.h"
#include "store/ios/keep.h"
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
#define FULL_MAX     200 /* refused lines of one full list that are tried all the same */
#define READINGS     5   /* of a text whose values are out of range as a whole */
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
	bool lost; /* it is not kept, so that its lines have no place */
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
	bool indents;          /* the text says by indentation what belongs to a block */
	struct ios_place back; /* where a line below one may belong to after all */

	unsigned searches, splits, hashes;
	const struct rule
	    *full; /* lines of this list were refused last, so many times: it is full */
	char full_path[SCHEMA_PATH_MAX];
	unsigned full_times;
	bool masked;    /* the line has a password, as a masked export shows it */
	bool separated; /* `!` stands before the line */
	bool second;    /* of two commands in one line: not to be split again */
};

/* ---- import.c: what is to be said of a line ---- */
void import_say(struct outcome *out, enum import_result result, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Nobody needs to read it. */
void import_plain(struct outcome *out, enum import_result result, const char *reason);
void import_warn(struct outcome *out, const char *text);

/* ---- import_place.c: the modes that are open ---- */
const char *import_mode(struct import *im,
			const struct ios_place *at); /* its name, for the report */
void import_go(struct import *im, const struct ios_place *to);
void import_go_global(struct import *im);
void import_enter(struct import *im, const struct ios_place *to);
void import_follow_prompt(struct import *im);
void import_close_mode(struct import *im);
void import_leave_blocks(struct import *im); /* at a comment */
/* How many levels the indentation of the line leaves open; `certain`: whatever the table of commands says. */
unsigned import_left_open(const struct import *im, bool certain);
void import_note_indent(struct import *im);

/* ---- import_keep.c: lines that nobody knows ---- */
int import_parse_at(const struct ios_place *at, const char *text, struct ios_line *l);
void import_keep(struct import *im, const struct ios_place *at, const char *text,
		 struct outcome *out);
void import_open_block(struct import *im, const struct ios_place *at, const char *text, bool lost);
/* Below an unknown line and deeper: kept in its block. */
bool import_inside_block(struct import *im, const char *text, struct outcome *out);
/* Deeper than the unknown line before it. */
bool import_in_block(const struct import *im);
/* A closing word of such a block: the blocks around it stay open. */
bool import_closes_inner(struct import *im, const char *text);

/* ---- import_command.c: one command ---- */
void import_command(struct import *im, const char *text, struct outcome *out);
void import_exec(struct import *im, const char *text, enum exec_kind kind, struct outcome *out);
int import_excluded_order(const void *a, const void *b);

#endif
