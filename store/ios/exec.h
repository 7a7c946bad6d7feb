/* store/ios/exec.h - commands that are no configuration, and prompts that name a mode. Only store/ios. Pure. */
#ifndef STORE_IOS_EXEC_H
#define STORE_IOS_EXEC_H

#include <stdbool.h>

enum exec_kind {
	EXEC_NONE,   /* not one of them */
	EXEC_ACTION, /* would do something to phones or files; nothing is done */
	EXEC_SHOW,   /* output follows, to be skipped */
	EXEC_CONFIG, /* what follows is the configuration */
	EXEC_QUIET,  /* says nothing: enable, configure terminal */
};

/* `behind_prompt`: whatever stands behind `Router#` is one. */
enum exec_kind exec_kind(const char *text, bool behind_prompt);

/* The mode that a prompt names ("config-ephone-dn"): path of the object and its sub-mode. */
struct prompt_mode {
	const char *prompt, *object, *mode;
};
const struct prompt_mode *prompt_mode(const char *prompt); /* NULL: unknown */

#endif
