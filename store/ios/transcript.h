/* store/ios/transcript.h - the lines of a text that somebody pasted: a saved configuration, the output of
 * `show running-config`, or what a terminal program wrote down. Takes away what the terminal added (prompts,
 * pagers, backspaces, colours, log lines) and says what each line is. Knows no command. Pure. */
#ifndef STORE_IOS_TRANSCRIPT_H
#define STORE_IOS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define SCRIPT_LINE_MAX 2048 /* bytes of one line that are read; a longer one is told so */

enum script_kind {
	SCRIPT_COMMAND, /* `text` is to be read */
	SCRIPT_BLANK,
	SCRIPT_COMMENT,
	SCRIPT_NOISE,   /* of the terminal or of IOS; `note` says what */
	SCRIPT_RUBBISH, /* no text: control characters in it */
	SCRIPT_LONG,
};
enum script_prompt { PROMPT_NONE, PROMPT_EXEC, PROMPT_CONFIG };

struct script_line {
	unsigned number; /* from 1 */
	enum script_kind kind;
	enum script_prompt prompt;
	char prompt_mode[48]; /* "config-ephone-dn", lower case */
	int indent;           /* blanks in front; -1: not known (a prompt or a pager stood there) */
	bool latin1;          /* bytes that were no UTF-8, taken as ISO 8859-1 */
	const char *note;
	char text[2 * SCRIPT_LINE_MAX + 1]; /* without prompt and blanks around; UTF-8 */
};

struct transcript {
	const char *p, *end;
	char newline;
	unsigned number;
};
void transcript_begin(struct transcript *t, const char *text, size_t len);
bool transcript_next(struct transcript *t, struct script_line *out); /* false: the text is over */

#endif
