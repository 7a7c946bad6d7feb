/* api/line_diff.h - the difference of two texts line by line, as `diff -u` writes it. Pure; any thread. */
#ifndef API_LINE_DIFF_H
#define API_LINE_DIFF_H

#include "server/core/text.h"

/* What is compared and what is shown for it, which has as many lines (else it is compared itself). NULL:
 * there is no such text. */
struct diff_text {
	const char *is, *shown;
};

/* Appends the hunks, each with up to three lines around; nothing when the texts are equal. Where texts
 * differ in more than about a thousand lines, those are given as all gone and all new. */
void line_diff(const struct diff_text *before, const struct diff_text *after, struct text *out);

#endif
