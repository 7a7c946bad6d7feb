/* tests/fuzz/fuzz_words.c - commands in words (api/status/words.h): whatever stands in them, the answer is one of
 * the results, its texts end, and a row that was found is one of the table. */
#include <string.h>

#include "api/status/words.h"
#include "server/core/mem.h"
#include "tests/fuzz/fuzz.h"

static const struct words_row rows[] = {
	{ "ephone", "" },
	{ "ephone summary", "" },
	{ "ephone socket", "" },
	{ "ephone <phone>", "" },
	{ "flash:", "" },
	{ "mkdir flash:<name>", "" },
	{ "voice register pool all brief", "" },
	{ "voice register pool ip <address>", "" },
	{ "voice register pool <number>", "" },
	{ "voice register pool <mac>", "" },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *command = mem_strndup((const char *)data, size), possible[512];
	struct words_match m;
	struct text t;

	text_fixed(&t, possible, sizeof(possible));
	words_match(rows, ARRAY_LEN(rows), sizeof(rows[0]), command, &m, &t);
	if (m.result > WORDS_HELP || m.n_args > WORDS_ARGS || strlen(m.at) >= WORDS_WORD_MAX ||
	    (m.result == WORDS_FOUND && m.row >= ARRAY_LEN(rows)))
		__builtin_trap();
	for (size_t i = 0; i < m.n_args; i++)
		if (!m.arg[i][0] || strlen(m.arg[i]) >= WORDS_WORD_MAX)
			__builtin_trap();
	mem_free(command);
	return 0;
}
