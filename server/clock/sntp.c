/* server/clock/sntp.c - the shell: sockets, the state of the clock once a second, reports. */
#include "server/clock/sntp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "server/clock/sntp_limit.h"
#include "server/clock/sntp_proto.h"
#include "server/core/err.h"
#include "server/core/log.h"
#include "server/core/mem.h"
#include "server/core/metric.h"
#include "server/phones/phones.h"
#include "store/event.h"

#define ASK_MS   2000
#define STATE_MS 1000
#define STEP_NS  500000000 /* a jump of the wall clock that is worth a line */

#define SNTP_COUNTERS(X)                                                      \
	X(answers, "Questions answered.")                                     \
	X(unsynchronised, "Of these while the clock was not synchronised.")   \
	X(kisses, "Clients told that they ask too often.")                    \
	X(limited, "Questions dropped because their address asks too often.") \
	X(malformed, "Packets that are too short.")                           \
	X(bad_version, "Packets of an unknown version.")                      \
	X(bad_mode, "Packets that are no question (control, private, answers).")
#define COUNTER_FIELD(name, help) uint64_t name;
struct counters {
	SNTP_COUNTERS(COUNTER_FIELD)
};

struct door { /* one socket: which server, which index */
	struct sntp *sntp;
	unsigned index;
};

struct sntp {
	struct loop *loop;
	const struct clock *clock;
	struct phones *phones;
	struct store *store;
	struct clock_kernel kernel;
	struct clock_source source;
	struct clock_state state;
	struct sntp_limit *limit;
	struct loop_timer timer;
	struct net_udp *udp[SNTP_LISTEN_MAX];
	struct door doors[SNTP_LISTEN_MAX];
	unsigned n_udp;
	bool known; /* the state was read once */
	int64_t wall_minus_mono_ns;
	uint64_t steps;
	int64_t last_step_ms;
	struct counters count;
};

/* ---- the state of the clock ---- */
static const char *state_name(const struct clock_state *s)
{
	return s->synchronised ? "synchronised" : "unsynchronised";
}

static void tell_state(struct sntp *s)
{
	if (s->state.synchronised)
		log_info(LOG_CLOCK, "clock_synchronised", "source=%s stratum=%u dispersion_us=%u",
			 s->source.name, s->state.stratum, s->state.root_dispersion_us);
	else
		log_warn(LOG_CLOCK, "clock_unsynchronised",
			 "source=%s cure=\"run chrony or systemd-timesyncd on this machine\"",
			 s->source.name);
	if (s->store)
		event_emit(s->store, EV_CLOCK_STATE, NULL,
			   EVENT_STR("state", state_name(&s->state)));
}

static void look_for_step(struct sntp *s)
{
	int64_t diff = clock_wall_ns(s->clock) - (int64_t)s->clock->mono_ns(s->clock);
	int64_t jump = diff - s->wall_minus_mono_ns;

	s->wall_minus_mono_ns = diff;
	if (!s->known || llabs(jump) < STEP_NS)
		return;
	s->steps++;
	s->last_step_ms = jump / 1000000;
	log_warn(LOG_CLOCK, "clock_stepped", "by_ms=%lld", (long long)s->last_step_ms);
}

static void read_state(struct sntp *s)
{
	bool was = s->state.synchronised;

	look_for_step(s);
	s->source.read(s->source.ctx, clock_wall_ns(s->clock), &s->state);
	if (!s->known || was != s->state.synchronised)
		tell_state(s);
	s->known = true;
}

static void on_timer(struct loop_timer *t)
{
	read_state(container_of(t, struct sntp, timer));
	loop_timer_set(t, STATE_MS);
}

/* ---- packets ---- */
static bool is_question(struct sntp *s, const struct net_dgram *in)
{
	switch (sntp_check(in->data, in->len)) {
	case SNTP_ASK:
		return true;
	case SNTP_SHORT:
		s->count.malformed++;
		return false;
	case SNTP_VERSION:
		s->count.bad_version++;
		return false;
	default:
		s->count.bad_mode++;
		return false;
	}
}

static void answer(struct sntp *s, struct net_udp *udp, const struct net_dgram *in)
{
	uint8_t out[SNTP_LEN];

	sntp_answer(out, in->data, &s->state, in->recv_wall_ns, clock_wall_ns(s->clock));
	net_udp_send(udp, &in->peer, &in->local, in->ifindex, out, sizeof(out));
	s->count.answers++;
	s->count.unsynchronised += !s->state.synchronised;
}

static void kiss(struct sntp *s, struct net_udp *udp, const struct net_dgram *in)
{
	uint8_t out[SNTP_LEN];

	sntp_kiss(out, in->data, "RATE");
	net_udp_send(udp, &in->peer, &in->local, in->ifindex, out, sizeof(out));
	s->count.kisses++;
}

static void on_datagram(void *ctx, const struct net_dgram *in)
{
	struct door *d = ctx;
	struct sntp *s = d->sntp;
	bool report;

	if (!is_question(s, in))
		return;
	switch (sntp_limit_ask(s->limit, &in->peer, loop_now_ms(s->loop), &report)) {
	case SNTP_GIVE:
		answer(s, s->udp[d->index], in);
		if (report && s->phones)
			phones_post_time(s->phones, &in->peer);
		return;
	case SNTP_KISS:
		kiss(s, s->udp[d->index], in);
		return;
	case SNTP_DROP:
		s->count.limited++;
		return;
	}
}

/* ---- begin and end ---- */
int sntp_start(struct sntp **out, const struct sntp_options *opt)
{
	struct sntp *s = mem_zalloc(sizeof(*s));
	int err = opt->n_listen == 0 || opt->n_listen > SNTP_LISTEN_MAX ? ERR_INVALID : 0;

	s->loop = opt->loop;
	s->clock = loop_clock(opt->loop);
	s->phones = opt->phones;
	s->store = opt->store;
	s->source = opt->source ? *opt->source : clock_source_kernel(&s->kernel);
	s->limit = sntp_limit_new(opt->rate, opt->burst);
	loop_timer_init(&s->timer, s->loop, on_timer);
	for (unsigned i = 0; !err && i < opt->n_listen; i++) {
		s->doors[i] = (struct door){ s, i };
		err = net_udp_open(&s->udp[i], s->loop, &opt->listen[i], on_datagram, &s->doors[i]);
		if (!err)
			s->n_udp++;
	}
	if (err) {
		sntp_stop(s);
		return err;
	}
	read_state(s);
	loop_timer_set(&s->timer, STATE_MS);
	*out = s;
	return 0;
}

void sntp_stop(struct sntp *s)
{
	if (!s)
		return;
	loop_timer_cancel(&s->timer);
	for (unsigned i = 0; i < s->n_udp; i++)
		net_udp_close(s->udp[i]);
	sntp_limit_free(s->limit);
	mem_free(s);
}

void sntp_local(const struct sntp *s, struct net_addr *out)
{
	net_udp_local(s->udp[0], out);
}

/* ---- status ---- */
struct ask_status {
	struct sntp *s;
	struct clock_state state;
	struct counters count;
	uint64_t steps;
	int64_t last_step_ms;
};

static void do_status(void *owner, void *msg)
{
	struct ask_status *m = msg;

	(void)owner;
	m->state = m->s->state;
	m->count = m->s->count;
	m->steps = m->s->steps;
	m->last_step_ms = m->s->last_step_ms;
}

static int ask_status(struct sntp *s, struct ask_status *m)
{
	*m = (struct ask_status){ .s = s };
	return mailbox_ask(loop_mailbox(s->loop), do_status, m, sizeof(*m), ASK_MS, NULL);
}

static void add_time(cJSON *o, const char *name, int64_t wall_ns)
{
	char text[TIME_TEXT_SIZE];

	text_time(text, wall_ns);
	if (wall_ns)
		cJSON_AddStringToObject(o, name, text);
	else
		cJSON_AddNullToObject(o, name);
}

static void add_state(cJSON *o, const struct sntp *s, const struct clock_state *st)
{
	struct net_addr ref = { .u.in = { .sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(st->refid) } };
	char host[NET_HOST_SIZE];

	cJSON_AddStringToObject(o, "state", state_name(st));
	cJSON_AddStringToObject(o, "source", s->source.name);
	cJSON_AddNumberToObject(o, "leap", st->leap);
	cJSON_AddNumberToObject(o, "stratum", st->stratum);
	if (st->synchronised)
		cJSON_AddStringToObject(o, "reference_id", net_addr_host(&ref, host));
	else
		cJSON_AddNullToObject(o, "reference_id");
	add_time(o, "reference_time", st->reference_ns);
	cJSON_AddNumberToObject(o, "root_delay_ms", st->root_delay_us / 1000.0);
	cJSON_AddNumberToObject(o, "root_dispersion_ms", st->root_dispersion_us / 1000.0);
	cJSON_AddNumberToObject(o, "precision_s", ldexp(1, st->precision));
}

#define ADD_COUNTER(name, help) cJSON_AddNumberToObject(counters, #name, (double)m.count.name);

int sntp_status(struct sntp *s, char **json)
{
	struct ask_status m;
	int err = ask_status(s, &m);
	cJSON *o, *listen, *counters;
	char *text;

	if (err)
		return err;
	o = cJSON_CreateObject();
	add_time(o, "time", clock_wall_ns(s->clock));
	add_state(o, s, &m.state);
	cJSON_AddNumberToObject(o, "steps", (double)m.steps);
	cJSON_AddNumberToObject(o, "last_step_ms", (double)m.last_step_ms);
	listen = cJSON_AddArrayToObject(o, "listen");
	for (unsigned i = 0; i < s->n_udp; i++) {
		struct net_addr a;
		char addr[NET_TEXT_SIZE];

		net_udp_local(s->udp[i], &a);
		cJSON_AddItemToArray(listen, cJSON_CreateString(net_addr_text(&a, addr)));
	}
	counters = cJSON_AddObjectToObject(o, "counters");
	SNTP_COUNTERS(ADD_COUNTER)
	text = cJSON_PrintUnformatted(o);
	*json = mem_strdup(text);
	cJSON_free(text);
	cJSON_Delete(o);
	return 0;
}

#define ADD_METRIC(name, help) metric_counter(out, "sntp_" #name "_total", help, m.count.name);

void sntp_metrics(struct sntp *s, struct text *out)
{
	struct ask_status m;

	if (ask_status(s, &m))
		return;
	metric_gauge(out, "clock_synchronised", "Whether the system clock is synchronised.",
		     m.state.synchronised);
	SNTP_COUNTERS(ADD_METRIC)
}
