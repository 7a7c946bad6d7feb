/* tests/fuzz/fuzz_sccp_codec.c - any body for any message of the table in any version: what is
 * decoded is encoded to bytes that decode to the same again. Input: row, version, text encoding,
 * body. */
#include <stdlib.h>
#include <string.h>

#include "server/sccp/codec.h"
#include "tests/fuzz/fuzz.h"

/* Fields that phones write in two ways are told apart by their content: a hostile one can look like
 * the other after its first decoding. */
static bool is_ambiguous(const struct sccp_field *f)
{
	for (; f->kind != SCCP_F_END; f++)
		if (f->kind == SCCP_F_MODE || f->kind == SCCP_F_ENBLOC)
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t rows;
	const struct sccp_desc *t = sccp_table(&rows), *d;
	struct sccp_form form;
	_Alignas(8) uint8_t msg[SCCP_STRUCT_MAX], back[SCCP_STRUCT_MAX];
	uint8_t one[SCCP_PACKET_MAX], two[SCCP_PACKET_MAX];
	struct sccp_packet p;
	long n;

	if (size < 3)
		return 0;
	d = &t[data[0] % rows];
	form.version =
	    (uint8_t)(SCCP_VERSION_MIN + data[1] % (SCCP_VERSION_MAX - SCCP_VERSION_MIN + 1));
	form.utf8 = data[2] & 1;
	if (sccp_decode(d, form, data + 3, size - 3, msg))
		return 0;
	n = sccp_encode(d, form, msg, one, sizeof(one));
	if (n < SCCP_HEADER || n % 4 || sccp_packet_take(one, (size_t)n, &p) != n)
		abort();
	if (sccp_decode(d, form, p.body, p.len, back))
		abort();
	if (is_ambiguous(d->fields))
		return 0;
	if (sccp_encode(d, form, back, two, sizeof(two)) != n || memcmp(one, two, (size_t)n) != 0)
		abort();
	return 0;
}
