/* server/cli/local.h - commands that ask the running server: one request over the socket in its data
 * directory, the REST API that the browser uses too. Blocks; main thread of a command. */
#ifndef CLI_LOCAL_H
#define CLI_LOCAL_H

#include <stddef.h>

struct local_answer {
	int status;
	char type[96]; /* media type; "" */
	char *body;    /* NUL-terminated; mem_free() */
	size_t len;
};

/* The directory to use when none was named: ./run, then where the package keeps it; NULL: neither. */
const char *local_default_dir(void);
/* `target`: path and query below the base, encoded ("/export?all=true"). `body` NULL: none; else `type` is
 * its media type. 0 with any status; ERR_NOENT (no server runs there), ERR_PERM, ERR_TIMEOUT, ERR_PROTO,
 * ERR_IO with a sentence in `why`. */
int local_request(const char *dir, const char *method, const char *target, const char *type,
		  const void *body, size_t len, struct local_answer *out, char *why, size_t cap);
void local_answer_fini(struct local_answer *a);
/* What a refusal says: the detail of a problem document, and where; the body itself of anything else. */
void local_refusal(const struct local_answer *a, char *why, size_t cap);

#endif
