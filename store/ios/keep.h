/* store/ios/keep.h - lines that are kept as they stand (R-318, cme-model 1.39): unknown ones inside a mode
 * that we know, and lines and whole blocks of the platform. They are the `raw_lines` of /platform-config,
 * {mode, text} in the order of the export, and are printed inside their block again. */
#ifndef STORE_IOS_KEEP_H
#define STORE_IOS_KEEP_H

#include "store/ios/ios.h"

#define IOS_KEPT_LINES 5000
#define IOS_KEPT_TEXT  2000 /* bytes of one line */

/* Gathers lines over a draft and stages them at once: one per import. Begins with what the draft has. */
struct ios_keeper;
struct ios_keeper *ios_keeper_new(struct conf *c);
enum ios_kept {
	IOS_KEPT_NEW,
	IOS_KEPT_SAME,    /* it is there already */
	IOS_KEPT_CHANGED, /* it took the place of its opposite: `no ip cef`, `ip cef` */
};
/* Keeps one line; blanks around it are cut, `\n` inside belongs to it (a banner, a certificate). A line
 * with a masked secret is the same as the one it was made from. Which it was, or ERR_TOO_BIG (too many,
 * too long), ERR_MALFORMED (no text: control characters, no UTF-8). */
int ios_keep_line(struct ios_keeper *k, const struct ios_place *at, const char *text);
/* Stages /platform-config; faults as in schema_edit(). Lines of modes that are gone by now go with them. */
int ios_keeper_stage(struct ios_keeper *k, struct faults *f);
void ios_keeper_free(struct ios_keeper *k);

/* Does a line that nobody knows open a block, by its first words (`voice-card 0`, `line vty 0 4`)? Indented
 * lines behind any line say so too. */
bool ios_opens_block(const struct ios_place *at, const char *text);
/* ... one that stands in no other block. */
bool ios_heads_block(const char *text);
/* The place of the lines behind such a header. ERR_TOO_BIG: nested too deep. ios_parse_line() looks at the
 * modes around a block and leaves the block when a line is theirs. */
int ios_enter_block(struct ios_place *at, const char *text);
/* Is this a line that every router prints and that means nothing here, known not to be a mistake? */
bool ios_is_platform(const struct ios_place *at, const char *text);

#endif
