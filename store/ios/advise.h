/* store/ios/advise.h - help for a line that no command matches: what it may have been meant to be. Only store/ios. */
#ifndef STORE_IOS_ADVISE_H
#define STORE_IOS_ADVISE_H

#include <stddef.h>

#include "store/ios/ios.h"

enum advice {
	ADVICE_UNKNOWN,    /* no command begins like it */
	ADVICE_UNFINISHED, /* a command that stops before its arguments */
	ADVICE_KNOWN,      /* a command whose arguments are others */
};

/* `nearest` receives the closest valid form, "" none; `search`: also by the distance between words, which costs
 * more. */
enum advice ios_advise(const struct ios_place *at, const char *line, bool search, char *nearest,
		       size_t cap);
/* A rule as a person writes it: "keepalive <10-65535>". */
void ios_usage(const struct rule *r, char *out, size_t cap);

#endif
