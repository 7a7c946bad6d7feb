/* store/ios/report.h - what became of each line of an imported text. Every line is counted once; as many are
 * listed as fit the limits. Passwords are masked before they get here. Only store/ios. */
#ifndef STORE_IOS_REPORT_H
#define STORE_IOS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

enum import_result {
	IMPORT_APPLIED,   /* the configuration is another one by it */
	IMPORT_UNCHANGED, /* it says what stands there already */
	IMPORT_KEPT,      /* without effect here, kept word for word for the export */
	IMPORT_IGNORED,
	IMPORT_REFUSED,
	IMPORT_RESULTS,
};

/* Plain ones (applied, unchanged, empty lines and comments) and others are limited apart, so that the many do not
 * push out those that somebody has to read. */
#define REPORT_PLAIN_MAX  50000
#define REPORT_OTHERS_MAX 20000
#define REPORT_TEXT_MAX   200 /* bytes of a line that are shown */
#define REPORT_MODES_MAX  64

struct report_line {
	unsigned line;
	enum import_result result;
	const char *mode;                               /* constant */
	bool header;                                    /* it opens the block of the object */
	char *text, *reason, *nearest, *path, *command; /* may be NULL */
	char *wrote; /* members of the object it set, as JSON pointers, one a line; may be NULL */
	cJSON *warnings;
};

struct report_mode {
	const char *name;
	unsigned counts[IMPORT_RESULTS];
};

struct report {
	struct report_line *list;
	size_t n, cap, others;
	unsigned lines, warnings, counts[IMPORT_RESULTS];
	struct report_mode modes[REPORT_MODES_MAX];
	unsigned n_modes;
	cJSON *accounts;
};

/* Counts the line and lists it; takes what hangs on it. `plain`: nobody needs to read it. */
void report_add(struct report *r, struct report_line *l, bool plain);
/* Another thought about a line that is listed already; NULL when it is not. */
struct report_line *report_find(struct report *r, unsigned line);
void report_move(struct report *r, struct report_line *l, enum import_result to);
void report_warn(struct report *r, struct report_line *l, const char *text);
/* The line that last wrote `pointer` of the object, else the one that made the object; NULL: none listed. */
struct report_line *report_writer(struct report *r, const char *path, const char *pointer);
/* {summary, modes, lines, accounts} */
cJSON *report_json(const struct report *r);
void report_fini(struct report *r);

#endif
