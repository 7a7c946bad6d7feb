/* server/core/mailbox.h - a bounded queue of messages to one owner thread.
 * Messages are copied in; a function runs on the owner's thread with the copy. mailbox_ask() waits
 * for it and copies the message (now holding the answer) back. After the deadline a late answer is
 * dropped safely through `drop`. Late is not undone: asks must be repeatable without harm. A full
 * mailbox is ERR_AGAIN; nothing is half done. */
#ifndef CORE_MAILBOX_H
#define CORE_MAILBOX_H

#include <stddef.h>
#include <stdint.h>

struct mailbox;
typedef void (*mailbox_fn)(void *owner, void *msg); /* runs on the owner's thread */
typedef void (*mailbox_drop)(void *msg);            /* frees what a late answer holds; any thread */
typedef void (*mailbox_wake)(void *ctx);            /* any thread: make the owner drain soon */

struct mailbox *mailbox_new(size_t slots, mailbox_wake wake, void *ctx);
void mailbox_free(struct mailbox *mb); /* owner has stopped; waiting asks get ERR_CLOSED */

/* Any thread. 0, ERR_AGAIN (full), ERR_CLOSED. */
int mailbox_post(struct mailbox *mb, mailbox_fn fn, const void *msg, size_t len);
/* Any thread but the owner's. 0, ERR_AGAIN, ERR_TIMEOUT, ERR_CLOSED. `drop` may be NULL. */
int mailbox_ask(struct mailbox *mb, mailbox_fn fn, void *msg, size_t len, unsigned timeout_ms,
		mailbox_drop drop);
/* Owner's thread: run up to `budget` messages; returns how many ran. */
size_t mailbox_drain(struct mailbox *mb, void *owner, size_t budget);
void mailbox_close(struct mailbox *mb);             /* refuse from now on; wakes waiting asks */
uint64_t mailbox_refused(const struct mailbox *mb); /* how many were refused because it was full */

#endif
