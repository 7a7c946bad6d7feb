/* server/sip/sip_engine.h - the whole SIP side without sockets: packets and time in, packets and events
 * out. The gate every request passes, the registrar, requests of our own, the guard against strangers.
 * sip.c puts it on the network; the replay tests drive it with a fake clock. Call loop. */
#ifndef SIP_ENGINE_H
#define SIP_ENGINE_H

#include "server/core/clock.h"
#include "server/phones/phones.h"
#include "server/sip/sip_conf.h"
#include "server/sip/sip_flow.h"

struct sip_engine;

struct sip_engine_ops {
	/* 0, or ERR_CLOSED: that connection is gone. */
	int (*send)(void *ctx, const struct sip_flow *to, const void *data, size_t len);
	/* A TCP connection carries a registration until then: do not age it before. */
	void (*keep)(void *ctx, uint64_t conn, uint64_t until_ms);
	void (*drop)(void *ctx, uint64_t conn); /* close it: the phone came back on another */
	int (*neighbour)(void *ctx, const struct net_addr *a, char mac[MAC_TEXT_SIZE]);
	bool (*is_ours)(void *ctx, const struct sip_flow *flow, struct slice host);
	/* Events. `device` NULL: unknown. */
	void (*step)(void *ctx, const char *device, const struct net_addr *peer,
		     enum phone_step step, const char *detail);
	void (*registered)(void *ctx, const char *device, const struct phone_reg *reg);
	void (*unregistered)(void *ctx, const char *device, enum phone_step why,
			     const char *reason);
	void (*rejected)(void *ctx, const char *device, const struct net_addr *peer, const char *id,
			 int code, const char *reason);
	void (*blocked)(void *ctx, const struct net_addr *peer);
};
struct sip_counters {
	uint64_t received, sent, dropped, limited, repeated, registers, registered, challenged,
	    refused;
};

int sip_engine_new(struct sip_engine **out, const struct clock *clock,
		   const struct sip_engine_ops *ops, void *ctx);
void sip_engine_free(struct sip_engine *e);
struct sip_conf *sip_engine_conf(struct sip_engine *e);
/* After changes of the configuration: ends registrations it no longer allows. */
void sip_engine_conf_changed(struct sip_engine *e);

/* One datagram. */
void sip_engine_input(struct sip_engine *e, const struct sip_flow *flow, const uint8_t *data,
		      size_t len);
/* What a stream has collected: returns how many bytes were used, or ERR_PROTO - close it. */
long sip_engine_stream(struct sip_engine *e, const struct sip_flow *flow, const uint8_t *data,
		       size_t len);
void sip_engine_tick(struct sip_engine *e);
uint64_t sip_engine_next_ms(const struct sip_engine *e); /* UINT64_MAX: nothing is waited for */

/* NOTIFY service-control, or check-sync to phones that know no other. 0, ERR_NOENT, ERR_CLOSED, ERR_AGAIN. */
int sip_engine_act(struct sip_engine *e, const char *device, enum phone_action action);
/* Members about a registered device, for the status views. */
void sip_engine_report(const struct sip_engine *e, const char *device, cJSON *o);
const struct sip_counters *sip_engine_counters(const struct sip_engine *e);
size_t sip_engine_bindings(const struct sip_engine *e);
size_t sip_engine_devices(const struct sip_engine *e);
size_t sip_engine_cache_bytes(const struct sip_engine *e);

#endif
