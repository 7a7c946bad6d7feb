/* server/sip/sip_engine_int.h - the engine's parts, for its own files: sip_engine.c (the gate),
 * sip_register.c (REGISTER), sip_notify.c (requests of ours). */
#ifndef SIP_ENGINE_INT_H
#define SIP_ENGINE_INT_H

#include "server/sip/sip_auth.h"
#include "server/sip/sip_cache.h"
#include "server/sip/sip_client.h"
#include "server/sip/sip_engine.h"
#include "server/sip/sip_registrar.h"
#include "server/sip/sip_reply.h"

struct sip_engine {
	const struct clock *clock;
	const struct sip_engine_ops *ops;
	void *ctx;
	struct sip_timers timers;
	struct sip_hasher *hasher;
	struct sip_nonces *nonces;
	struct sip_guard *guard;
	struct sip_conf *conf;
	struct sip_cache *cache;
	struct sip_client *client;
	struct sip_registrar *registrar;
	struct sip_auth auth;
	struct sip_map tags; /* its key makes our To tags */
	struct sip_counters counters;
	struct sip_msg msg;     /* the message at hand */
	struct text out, extra; /* the answer, and header lines for it */
};
/* A request at hand. */
struct sip_turn {
	struct sip_engine *e;
	const struct sip_flow *flow;
	struct sip_cache_key key;
	uint64_t now_ms;
	bool keep; /* keep the answer for repetitions */
};
/* Answers with the header lines collected in e->extra. `reason` NULL: the usual phrase. */
void sip_turn_reply(struct sip_turn *t, int code, const char *reason);
void sip_on_register(struct sip_turn *t);

/* sip_notify.c */
/* To the Contact as given; over TCP on the phone's own connection. */
void sip_destination(const struct sip_device *d, const struct sip_binding *b, struct sip_flow *to);
bool sip_takes_service_control(const struct sip_engine *e, const struct sip_device *d);

#endif
