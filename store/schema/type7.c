/* store/schema/type7.c - `password 7 ...`: two digits say where in the key to begin, then each pair of hex digits
 * is one character, combined with the next byte of the key (Vigenere over bytes). */
#include "store/schema/type7.h"

#include <string.h>

#include "server/core/err.h"
#include "server/core/mem.h"
#include "server/core/text.h"

#define TYPE7_MAX 128 /* characters of a password */

static const char key[] = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

int type7_decode(const char *text, char *out, size_t cap)
{
	uint8_t bytes[TYPE7_MAX];
	int64_t seed;
	size_t len = strlen(text);
	int n, err = 0;

	if (len < 4 || len % 2 || text_to_int(text, 2, 0, (int64_t)sizeof(key) - 2, &seed))
		return ERR_MALFORMED;
	n = text_unhex(bytes, sizeof(bytes), text + 2, len - 2);
	if (n <= 0)
		return ERR_MALFORMED;
	if ((size_t)n >= cap)
		err = ERR_TOO_BIG;
	for (int i = 0; i < n && !err; i++) {
		out[i] =
		    (char)(bytes[i] ^ (uint8_t)key[((size_t)seed + (size_t)i) % (sizeof(key) - 1)]);
		if ((unsigned char)out[i] < 0x20)
			err = ERR_MALFORMED;
	}
	mem_wipe(bytes, sizeof(bytes));
	if (err)
		mem_wipe(out, cap);
	else
		out[n] = '\0';
	return err;
}
