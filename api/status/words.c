/* api/status/words.c - see words.h: one row after the other drops out as the words are read. */
#include "api/status/words.h"

#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/core/net.h"

#define POSSIBLE_MAX 60
#define COLUMN       56

struct table {
	const char *rows;
	size_t n, stride;
};

static const struct words_row *row_at(const struct table *t, size_t i)
{
	return (const struct words_row *)(const void *)(t->rows + i * t->stride);
}

/* The token of a syntax at a place; false behind its end. */
static bool token_at(const char *syntax, size_t place, struct slice *out)
{
	struct slice rest = slice_of(syntax);

	for (size_t i = 0; i <= place; i++)
		if (!slice_next(&rest, ' ', out))
			return false;
	return true;
}

static bool is_argument(struct slice token)
{
	return memchr(token.p, '<', token.len) != NULL;
}

static bool all_digits(const char *s)
{
	return *s && strspn(s, "0123456789") == strlen(s);
}

/* Whether a word may stand for <token>; *value is what it stands for. */
static bool takes(struct slice token, const char *word, const char **value)
{
	size_t head = (size_t)((const char *)memchr(token.p, '<', token.len) - token.p);
	char mac[MAC_TEXT_SIZE];
	struct net_addr a;
	struct slice name = { token.p + head, token.len - head };

	if (strncasecmp(word, token.p, head) != 0)
		return false;
	*value = word + head;
	if (!**value)
		return false;
	if (slice_eq(name, "<number>"))
		return all_digits(*value);
	if (slice_eq(name, "<mac>"))
		return !text_mac(mac, *value, strlen(*value));
	if (slice_eq(name, "<address>"))
		return !net_addr_parse(&a, *value, 0);
	return true;
}

enum fit { FIT_NONE, FIT_ARGUMENT, FIT_BEGINNING, FIT_WORD };

static enum fit fit(struct slice token, const char *word)
{
	size_t len = strlen(word);
	const char *value;

	if (is_argument(token))
		return takes(token, word, &value) ? FIT_ARGUMENT : FIT_NONE;
	if (len > token.len || strncasecmp(token.p, word, len) != 0)
		return FIT_NONE;
	return len == token.len ? FIT_WORD : FIT_BEGINNING;
}

/* ---- the rows that are left ---- */

static void keep(const struct table *t, bool *left, size_t place, const char *word, enum fit best)
{
	for (size_t i = 0; i < t->n; i++) {
		struct slice token;

		left[i] = left[i] && token_at(row_at(t, i)->syntax, place, &token) &&
			  fit(token, word) == best;
	}
}

static enum fit best_fit(const struct table *t, const bool *left, size_t place, const char *word)
{
	enum fit best = FIT_NONE;

	for (size_t i = 0; i < t->n; i++) {
		struct slice token;

		if (left[i] && token_at(row_at(t, i)->syntax, place, &token) &&
		    fit(token, word) > best)
			best = fit(token, word);
	}
	return best;
}

/* Do the rows that are left have different keywords at this place? */
static bool is_ambiguous(const struct table *t, const bool *left, size_t place)
{
	struct slice first = { NULL, 0 }, token;

	for (size_t i = 0; i < t->n; i++) {
		if (!left[i] || !token_at(row_at(t, i)->syntax, place, &token))
			continue;
		if (first.p && (first.len != token.len || memcmp(first.p, token.p, token.len) != 0))
			return true;
		first = token;
	}
	return false;
}

static void tell(const struct table *t, const bool *left, struct text *possible)
{
	size_t told = 0;

	for (size_t i = 0; possible && i < t->n && told < POSSIBLE_MAX; i++) {
		if (!left[i])
			continue;
		text_addf(possible, "  %-*s  %s\n", COLUMN, row_at(t, i)->syntax,
			  row_at(t, i)->help);
		told++;
	}
}

/* "?" behind the beginning of a word lists what begins so. */
static bool is_help(char *word)
{
	size_t len = strlen(word);

	if (!len || word[len - 1] != '?')
		return false;
	word[len - 1] = '\0';
	return true;
}

/* The row that ends where the words end. */
static bool find_end(const struct table *t, const bool *left, size_t place, size_t *row)
{
	struct slice token;

	for (size_t i = 0; i < t->n; i++) {
		if (left[i] && !token_at(row_at(t, i)->syntax, place, &token)) {
			*row = i;
			return true;
		}
	}
	return false;
}

static void take_arguments(const char *syntax, char words[][WORDS_WORD_MAX], size_t n,
			   struct words_match *out)
{
	struct slice token;
	const char *value;

	for (size_t i = 0; i < n && token_at(syntax, i, &token); i++)
		if (is_argument(token) && out->n_args < WORDS_ARGS &&
		    takes(token, words[i], &value))
			text_copy(out->arg[out->n_args++], WORDS_WORD_MAX, value);
}

/* True: go on with the next word. */
static bool read_word(const struct table *t, bool *left, size_t place, char *word,
		      struct words_match *out, struct text *possible)
{
	bool *before, help = is_help(word);
	enum fit best = best_fit(t, left, place, word);

	text_copy(out->at, sizeof(out->at), word);
	if (help && !*word) {
		out->result = WORDS_HELP;
		tell(t, left, possible);
		return false;
	}
	if (best == FIT_NONE) {
		out->result = WORDS_UNKNOWN;
		tell(t, left, possible);
		return false;
	}
	before = mem_dup(left, t->n * sizeof(*left));
	keep(t, left, place, word, help ? FIT_BEGINNING : best);
	if (help && best != FIT_BEGINNING) {
		memcpy(left, before, t->n * sizeof(*left));
		keep(t, left, place, word, best);
	}
	mem_free(before);
	if (help || (best == FIT_BEGINNING && is_ambiguous(t, left, place))) {
		out->result = help ? WORDS_HELP : WORDS_AMBIGUOUS;
		tell(t, left, possible);
		return false;
	}
	return true;
}

static size_t split(const char *command, char words[][WORDS_WORD_MAX])
{
	struct slice rest = slice_of(command), word;
	size_t n = 0;

	while (n < WORDS_MAX && slice_word(&rest, &word)) {
		size_t len = word.len < WORDS_WORD_MAX ? word.len : WORDS_WORD_MAX - 1;

		memcpy(words[n], word.p, len);
		words[n++][len] = '\0';
	}
	return n;
}

void words_match(const void *rows, size_t n, size_t stride, const char *command,
		 struct words_match *out, struct text *possible)
{
	struct table t = { rows, n, stride };
	char words[WORDS_MAX][WORDS_WORD_MAX];
	bool *left = mem_alloc(n * sizeof(*left));
	size_t count = split(command, words), i = 0;

	memset(out, 0, sizeof(*out));
	for (size_t k = 0; k < n; k++)
		left[k] = true;
	while (i < count && read_word(&t, left, i, words[i], out, possible))
		i++;
	if (i == count && find_end(&t, left, count, &out->row)) {
		out->result = WORDS_FOUND;
		take_arguments(row_at(&t, out->row)->syntax, words, count, out);
	} else if (i == count) {
		out->result = WORDS_INCOMPLETE;
		tell(&t, left, possible);
	}
	mem_free(left);
}
