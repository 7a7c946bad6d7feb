/* api/status/words.h - commands in words, abbreviated as on IOS: a word is a keyword of the table, in any
 * letter case, or the beginning of just one that is possible at its place; what is no keyword may be an
 * argument. Pure. */
#ifndef API_STATUS_WORDS_H
#define API_STATUS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "server/core/text.h"

#define WORDS_ARGS     4
#define WORDS_MAX      12
#define WORDS_WORD_MAX 96

/* Keywords and <arguments>, separated by blanks. <number> takes digits, <mac> a MAC, <address> an address,
 * any other name one word of any kind; "flash:<name>" a word that begins so. */
struct words_row {
	const char *syntax, *help;
};

enum words_result {
	WORDS_FOUND,
	WORDS_UNKNOWN,    /* `at`: the word */
	WORDS_AMBIGUOUS,  /* `at`: the word */
	WORDS_INCOMPLETE, /* more words are needed */
	WORDS_HELP,       /* the last word was "?" */
};
struct words_match {
	enum words_result result;
	size_t row; /* WORDS_FOUND */
	char arg[WORDS_ARGS][WORDS_WORD_MAX];
	size_t n_args;
	char at[WORDS_WORD_MAX];
};

/* `stride`: bytes from one row to the next, whose first members are those of struct words_row. `possible`
 * receives one line for each command that the words given so far allow ("syntax   help"), at most 60;
 * for an unknown word those that come nearest. May be NULL. */
void words_match(const void *rows, size_t n, size_t stride, const char *command,
		 struct words_match *out, struct text *possible);

#endif
