/* server/sip/sip_client.h - non-INVITE client transactions (RFC 3261 17.1.2): a request of ours is repeated
 * on timer E until something comes back, and given up on timer F. Found by the branch of our Via. Pure. */
#ifndef SIP_CLIENT_H
#define SIP_CLIENT_H

#include "server/sip/sip_map.h"
#include "server/sip/sip_msg.h"

#define SIP_T1_MS       500
#define SIP_T2_MS       4000
#define SIP_TIMER_F_MS  32000
#define SIP_CLIENT_MAX  20000 /* transactions at a time */
#define SIP_BRANCH_SIZE 32

struct sip_client;
/* status 0: nobody answered. */
typedef void (*sip_client_done)(void *ctx, const char *device, const char *what, int status);
typedef int (*sip_client_send)(void *ctx, const struct sip_flow *to, const void *data, size_t len);

struct sip_client *sip_client_new(struct sip_timers *timers, sip_client_send send,
				  sip_client_done done, void *ctx);
void sip_client_free(struct sip_client *c);
/* Unpredictable, begins with the magic cookie. */
void sip_client_branch(struct sip_client *c, char out[SIP_BRANCH_SIZE]);
/* Sends `request` (copied). `what` is a constant naming it. 0, ERR_AGAIN (too many), ERR_CLOSED (the
 * phone's connection is gone). */
int sip_client_start(struct sip_client *c, const char *branch, const struct sip_flow *to,
		     const char *device, const char *what, const void *request, size_t len,
		     uint64_t now_ms);
/* A response; false: it answers nothing of ours (drop it). */
bool sip_client_response(struct sip_client *c, const struct sip_msg *m, uint64_t now_ms);

#endif
