/* server/files/miss.c - see miss.h. */
#include "server/files/miss.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "server/core/mem.h"
#include "server/core/text.h"

struct miss_list {
	struct miss list[MISSES_MAX]; /* newest first */
	size_t n;
};

struct miss_list *miss_list_new(void)
{
	return mem_zalloc(sizeof(struct miss_list));
}

void miss_list_free(struct miss_list *l)
{
	mem_free(l);
}

void miss_note(struct miss_list *l, const char *name, const char *nearest, int64_t wall_ns)
{
	struct miss m = { .count = 0 };
	size_t i = 0;

	while (i < l->n && strcmp(l->list[i].name, name) != 0)
		i++;
	if (i < l->n)
		m.count = l->list[i].count;
	else if (l->n < MISSES_MAX)
		l->n++;
	else
		i = MISSES_MAX - 1;
	memmove(&l->list[1], &l->list[0], i * sizeof(l->list[0]));
	text_copy(m.name, sizeof(m.name), name);
	text_copy(m.nearest, sizeof(m.nearest), nearest);
	m.count++;
	m.last_ns = wall_ns;
	l->list[0] = m;
}

int miss_each(const struct miss_list *l, int (*fn)(void *ctx, const struct miss *m), void *ctx)
{
	int stop = 0;

	for (size_t i = 0; i < l->n && !stop; i++)
		stop = fn(ctx, &l->list[i]);
	return stop;
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : (unsigned char)c;
}

static int min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Edit distance by rows; names are short and those of unlike length are never compared. */
static int edits(const char *a, size_t la, const char *b, size_t lb)
{
	int row[FILES_NAME_MAX + 2];

	for (size_t j = 0; j <= lb; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= la; i++) {
		int diagonal = row[0], best = row[0] = (int)i;

		for (size_t j = 1; j <= lb; j++) {
			int change = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));

			diagonal = row[j];
			row[j] = min3(change, row[j] + 1, row[j - 1] + 1);
			best = row[j] < best ? row[j] : best;
		}
		if (best >= MISS_FAR)
			return MISS_FAR;
	}
	return row[lb];
}

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

int miss_distance(const char *asked, const char *have)
{
	size_t la = strlen(asked), lb = strlen(have);
	int d = MISS_FAR;

	if (strcasecmp(last_part(asked), last_part(have)) == 0)
		return strcasecmp(asked, have) != 0;
	if (la <= FILES_NAME_MAX && lb <= FILES_NAME_MAX &&
	    (la > lb ? la - lb : lb - la) < MISS_FAR)
		d = edits(asked, la, have, lb);
	return d < MISS_FAR ? d : MISS_FAR;
}

/* First match counts; letters of any case. */
static const struct {
	const char *pattern, *reason;
} reasons[] = {
	{ "SEPDEFAULT.cnf", "The firmware is too old for XML files: upgrade it by hand" },
	{ "*CTL*.tlv", "There is no trust list; the phone goes on without one" },
	{ "*ITL*.tlv", "There is no trust list; the phone goes on without one" },
	{ "SEP*.cnf.xml.sgn", "Files are not signed; the phone asks for the plain one" },
	{ "SEP*.cnf.xml", "This phone is not configured" },
	{ "ATA*.cnf.xml", "This phone is not configured" },
	{ "SIP*.cnf", "No such phone is configured as a SIP phone with text files" },
	{ "*.loads", "This firmware is not here: upload its files or correct the load" },
	{ "*-tones.xml", "There is no such network locale; the phone uses its own tones" },
	{ "*.jar", "There is no such user locale; the phone shows English" },
	{ "*-dictionary.xml", "There is no such user locale; the phone shows English" },
	{ "*AppDialRules.xml", "There are no dial rules; phones need none" },
};

const char *miss_reason(const char *name)
{
	const char *part = last_part(name);

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (fnmatch(reasons[i].pattern, part, FNM_CASEFOLD) == 0)
			return reasons[i].reason;
	}
	return "No such file";
}

void files_miss_note(const struct files_miss *miss, char *out, size_t cap)
{
	snprintf(out, cap, miss->nearest[0] ? "the nearest name is %s" : "%s",
		 miss->nearest[0] ? miss->nearest : miss->reason);
}
