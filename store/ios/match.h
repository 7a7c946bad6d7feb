/* store/ios/match.h - words against a syntax tree. Only store/ios. */
#ifndef STORE_IOS_MATCH_H
#define STORE_IOS_MATCH_H

#include "store/ios/syntax.h"

#define IOS_WORDS 160
#define IOS_TAKEN 160
#define IOS_STEPS 20000 /* tries of one line against one rule */

struct word {
	const char *p; /* without quotes */
	size_t len;
	const char *from, *to; /* with quotes: place in the line */
	bool quoted;
};

/* A row and the text it got. */
struct taken {
	const struct node *node;
	const char *p; /* NULL: no text (a switch) */
	size_t len;
	unsigned entry; /* which repetition */
};

struct match {
	const struct word *words;
	unsigned n;
	bool no;      /* the words may stop after the keywords */
	bool lenient; /* a word that is no number, address... is taken all the same */
	struct taken taken[IOS_TAKEN];
	unsigned n_taken, steps;
	unsigned abbreviated, keywords, entries;
	bool partial; /* stopped early */
};

/* Words of a line; the number, or ERR_TOO_BIG. */
int ios_words(const char *line, struct word *words, unsigned cap);
bool ios_match(struct match *m, const struct node *root);

#endif
